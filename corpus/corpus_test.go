package corpus

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAppendJSONString(t *testing.T) {
	t.Parallel()
	f := func(in, want string) {
		t.Helper()
		if got := string(AppendJSONString(nil, in)); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
	f("", `""`)
	f("清流", `"清流"`)
	f("a\"b\\c\n\t\r", `"a\"b\\c\n\t\r"`)
	f("\x00\x1b[31m\x7f", `"\u0000\u001b[31m\u007f"`)
	f("line\u2028paragraph\u2029next\u0085", `"line\u2028paragraph\u2029next\u0085"`)
	f("bad\xffend\xe6", "\"bad\ufffdend\ufffd\"")
	f("𠮷😀", `"𠮷😀"`)
}

// Every string comes back from a JSON reader, with damaged bytes replaced, and
// stands on one line.
func TestAppendJSONString_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		b := AppendJSONString(nil, in)
		var got string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if !utf8.Valid(b) || slices.Contains(b, '\n') {
			t.Fatalf("%q is no line of UTF-8", b)
		}
		want := string([]rune(in)) // replaces damaged bytes one by one
		if got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestAppendJSONFloat(t *testing.T) {
	t.Parallel()
	f := func(in float64, decimals int, want string) {
		t.Helper()
		if got := string(AppendJSONFloat(nil, in, decimals)); got != want {
			t.Errorf("%v: got %s, want %s", in, got, want)
		}
	}
	f(0, 4, "0")
	f(0.5, 4, "0.5")
	f(0.12345, 4, "0.1235")
	f(-0.00001, 4, "0")
	f(120, 0, "120")
	f(1e21, 0, "1000000000000000000000")
	f(math.NaN(), 2, "null")
	f(math.Inf(-1), 2, "null")
}

func TestRound(t *testing.T) {
	t.Parallel()
	f := func(in float64, decimals int, want float64) {
		t.Helper()
		if got := Round(in, decimals); got != want {
			t.Errorf("Round(%v, %d) = %v, want %v", in, decimals, got, want)
		}
	}
	f(0.28705, 4, 0.2871)
	f(2.5, 0, 3)
	f(-2.5, 0, -3)
	f(1.0/3, 3, 0.333)
	if !math.IsNaN(Round(math.NaN(), 2)) {
		t.Error("NaN does not stay")
	}
}

// Published ids serve take-downs: these never change.
func TestNewID(t *testing.T) {
	t.Parallel()
	f := func(url string, sha [20]byte, want string) {
		t.Helper()
		if got := NewID(url, sha); got != want {
			t.Errorf("NewID(%q) = %s, want %s", url, got, want)
		}
	}
	f("http://news.example.cn/a", [20]byte{1, 2, 3}, "fd2dc399b1a170e4ef073f77f680afcd")
	f("", [20]byte{}, "50e5c27aa8d9b28fb501218ca46a6e6a")
}

func TestDocument_derived(t *testing.T) {
	t.Parallel()
	var d Document
	d.SetText("第一行\n\n  \n第二行 end\n")
	lines := func() (out []string) {
		for _, s := range d.Lines() {
			out = append(out, d.Text()[s.Start:s.End])
		}
		return out
	}
	if diff := cmp.Diff([]string{"第一行", "第二行 end"}, lines()); diff != "" {
		t.Error(diff)
	}
	if d.RuneCount() != 16 {
		t.Errorf("%d code points", d.RuneCount())
	}
	d.SetWords([]Span{{0, 9}})
	d.SetSentences([]Span{{0, 9}})
	d.SetText("新")
	if d.Words() != nil || d.Sentences() != nil || d.RuneCount() != 1 || len(d.Lines()) != 1 {
		t.Error("a new text keeps what was derived from the old one")
	}
	d.Title, d.PII = "x", append(d.PII, 3)
	d.ResetSignals(4)
	d.Reset()
	if d.Title != "" || d.Text() != "" || len(d.Signals) != 0 || len(d.PII) != 0 || len(d.Lines()) != 0 {
		t.Errorf("Reset leaves %+v", d)
	}
}

// The keys of a record, their order and their types are what loaders rely on:
// they are the same for an empty document and a full one.
func TestAppendSchema_shape(t *testing.T) {
	t.Parallel()
	labels := Labels{PIIClasses: []string{"phone", "email"}, Signals: []ReleaseSignal{{"han_fraction", 0, 4}, {"mean_line_length", 1, 2}}}
	var empty, full Document
	empty.ResetSignals(2)
	full.ResetSignals(2)
	full.Signals[0], full.Signals[1] = 1, 31.25
	full.ID, full.Title, full.URL, full.Truncated = strings.Repeat("a", 32), "题\"目", "http://a.example/", "length"
	full.LanguageScore, full.Rights.NoAI, full.PII = 0.97, true, []int{1, 0}
	full.SetText("正文")
	for _, schema := range Schemas {
		want, got := shape(t, AppendSchema(nil, schema, &empty, &labels)), shape(t, AppendSchema(nil, schema, &full, &labels))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: keys or types differ (-empty +full):\n%s", schema, diff)
		}
	}
	if b := string(AppendRecord(nil, &full, &labels)); !strings.Contains(b, `"han_fraction":1.0`) || !strings.Contains(b, `"mean_line_length":31.25`) {
		t.Errorf("fractions lost their point: %s", b)
	}
}

// shape lists the keys of a JSON object in order, with the type of each value.
func shape(t *testing.T, b []byte) []string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.UseNumber()
	var out []string
	for key := false; ; {
		tok, err := dec.Token()
		if err != nil {
			break
		}
		kind := "null"
		switch v := tok.(type) {
		case json.Delim:
			kind, key = v.String(), false
		case string:
			if kind = "text"; !key {
				kind = "key " + v
			}
		case json.Number:
			kind = map[bool]string{true: "fraction", false: "integer"}[strings.Contains(v.String(), ".")]
		case bool:
			kind = "bool"
		}
		key = strings.HasPrefix(kind, "key ")
		out = append(out, kind)
	}
	if len(out) < 4 {
		t.Fatalf("no record: %s", b)
	}
	return out
}
