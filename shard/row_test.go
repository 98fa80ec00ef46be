package shard

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRowChecker(t *testing.T) {
	t.Parallel()
	const first = `{"id":"a","text":"清","n":1,"meta":{"x":null,"y":[1,{"z":2}]}}`
	for _, c := range []struct{ name, row, want string }{
		{"same", first, ""},
		{"null for a number", `{"id":"a","text":"清","n":null,"meta":{"x":null,"y":[]}}`, ""},
		{"value for a null", `{"id":"a","text":"清","n":1,"meta":{"x":"v","y":[]}}`, ""},
		{"keys inside an array are free", `{"id":"a","text":"清","n":1,"meta":{"x":null,"y":[{"q":1}]}}`, ""},
		{"white space", ` { "id" : "a" , "text":"清","n" :1, "meta" : { "x": null,"y" : [ 1 , 2 ] } } `, ""},
		{"missing key", `{"id":"a","text":"清","n":1}`, `key "meta" of the first row is missing`},
		{"missing nested key", `{"id":"a","text":"清","n":1,"meta":{"x":null}}`, `key "y" of the first row is missing`},
		{"other order", `{"text":"清","id":"a","n":1,"meta":{"x":null,"y":[]}}`, `key "text" where the first row has "id"`},
		{"more keys", `{"id":"a","text":"清","n":1,"meta":{"x":null,"y":[]},"o":1}`, `key "o" is not in the first row`},
		{"nested key moved out", `{"id":"a","text":"清","n":1,"meta":{"x":null},"y":[]}`, `key "y" at depth 0, in the first row at 1`},
		{"other kind", `{"id":"a","text":"清","n":"1","meta":{"x":null,"y":[]}}`, `key "n" is a string, in earlier rows a number`},
		{"null for an object", `{"id":"a","text":"清","n":1,"meta":null}`, `key "meta" is null, in earlier rows an object`},
		{"no id", `{"id":null,"text":"清","n":1,"meta":{"x":null,"y":[]}}`, "no id"},
		{"no object", `[1]`, "no JSON object"},
		{"empty", ``, "no JSON object"},
		{"cut off", first[:len(first)-1], "cut off"},
		{"data behind", first + "{}", "data behind the object"},
		{"bad number", `{"id":"a","text":"清","n":01}`, "bad number"},
		{"bad literal", `{"id":"a","text":"清","n":nul}`, "no JSON value"},
		{"half a surrogate pair", `{"id":"a","text":"\ud83d"}`, "bad escape"},
		{"invalid UTF-8", "{\"id\":\"a\",\"text\":\"\xff\"}", "no valid UTF-8"},
		{"control character", "{\"id\":\"a\",\"text\":\"\t\"}", "control character"},
		{"too deep", `{"id":"a","text":"清","n":1,"meta":{"x":null,"y":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}}`, "too deep"},
	} {
		rc := rowChecker{idKey: "id", textKey: "text"}
		if err := rc.check([]byte(first)); err != nil {
			t.Fatal(err)
		}
		err := rc.check([]byte(c.row))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	var rc rowChecker
	if err := rc.check([]byte(`{"a":1,"b":{"a":1},"a":2}`)); err == nil || err.Error() != `key "a" occurs twice` {
		t.Errorf("repeated key: %v", err)
	}
}

func TestRowChecker_codePoints(t *testing.T) {
	t.Parallel()
	rc := rowChecker{textKey: "text"}
	for row, want := range map[string]int64{
		`{"text":""}`:     0,
		`{"text":"清流 a"}`: 4,
		`{"text":"\n\"\\\/\u6e05\ud83d\ude00😀"}`: 7,
	} {
		if err := rc.check([]byte(row)); err != nil || rc.codePoints != want {
			t.Errorf("%s: %d code points, want %d; %v", row, rc.codePoints, want, err)
		}
	}
}

// FuzzRowChecker compares with encoding/json, which is laxer in three points.
func FuzzRowChecker(f *testing.F) {
	for _, s := range []string{
		`{"id":"a","text":"清","n":-1.5e+3,"meta":{"x":null,"y":[true,false]}}`, `{"a":"\u00e9\ud83d\ude00\n"}`, `{"a":00}`, `{"a":1,}`, `{} x`, `{"a":.5}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rc := rowChecker{textKey: "text"}
		err := rc.check(b)
		if err == nil && !json.Valid(b) {
			t.Errorf("%q is accepted", b)
		}
		if err == nil || !json.Valid(b) || !utf8.Valid(b) {
			return
		}
		for _, reason := range []string{"no JSON object", "bad escape", "occurs twice", "nested too deep"} {
			if strings.Contains(err.Error(), reason) {
				return
			}
		}
		if strings.ContainsAny(string(b), "\n") {
			return // no white space inside a line
		}
		t.Errorf("%q is refused: %v", b, err)
	})
}
