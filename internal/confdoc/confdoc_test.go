package confdoc

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// size reads 8KiB; it stands for types that read their own text.
type size int64

func (s *size) UnmarshalText(b []byte) error {
	var n int64
	var unit string
	if _, err := fmt.Sscanf(string(b), "%d%s", &n, &unit); err != nil || unit != "KiB" {
		return errors.New("no size")
	}
	*s = size(n << 10)
	return nil
}

func (s size) String() string { return fmt.Sprintf("%dKiB", int64(s)>>10) }

type inner struct {
	Similarity float64 `yaml:"similarity" range:"0..1" doc:"accept from here on"`
}

type source struct {
	Path string `yaml:"path" doc:"where it is"`
	Rank int    `yaml:"rank" range:"1..9" doc:"order"`
}

type common struct {
	Name string `yaml:"name" doc:"name of it"`
}

type config struct {
	common  `yaml:",inline"`
	Max     float64           `yaml:"max_fraction" max:"line_repetition" range:"0..1" unit:"fraction" doc:"drop above"`
	Min     int               `yaml:"min_runes" min:"n_runes" range:"1.." unit:"code points" doc:"drop below"`
	Level   string            `yaml:"level" range:"low|high" doc:"how much"`
	Wait    time.Duration     `yaml:"wait" range:"1s..1m" doc:"how long"`
	Bytes   size              `yaml:"bytes" range:"1KiB..16KiB" doc:"how big"`
	On      bool              `yaml:"on" doc:"whether"`
	Dedup   inner             `yaml:"dedup" doc:"near duplicates"`
	Opt     *inner            `yaml:"opt" doc:"may be missing"`
	Inputs  []source          `yaml:"inputs" doc:"what is read"`
	Sets    map[string]source `yaml:"sets" doc:"by name"`
	Shares  []float64         `yaml:"shares" range:"0..1" doc:"parts"`
	Skipped int               `yaml:"-"`
	hidden  int
}

func defaults() config {
	return config{common: common{"x"}, Max: 0.2, Min: 100, Level: "low", Wait: time.Second, Bytes: 8 << 10, Dedup: inner{0.77}, hidden: 1}
}

func TestFields(t *testing.T) {
	fields, err := Fields(defaults())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range fields {
		got = append(got, fmt.Sprintf("%s|%s|%v|%s%s", f.Key, f.Type, f.Default, f.Max, f.Min))
	}
	want := []string{
		"name|text|x|",
		"max_fraction|number|0.2|line_repetition",
		"min_runes|integer|100|n_runes",
		"level|text|low|",
		"wait|duration|1s|",
		"bytes|number with unit|8KiB|",
		"on|yes/no|false|",
		"dedup.similarity|number|0.77|",
		"opt.similarity|number|<nil>|",
		"inputs|list of block|[]|",
		"inputs[].path|text|<nil>|",
		"inputs[].rank|integer|<nil>|",
		"sets|map of block|map[]|",
		"sets.*.path|text|<nil>|",
		"sets.*.rank|integer|<nil>|",
		"shares|list of number|[]|",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	c := defaults()
	c.Dedup.Similarity = 0.5
	for _, f := range fields {
		switch v := f.Of(&c); f.Key {
		case "dedup.similarity":
			if v != 0.5 {
				t.Errorf("Of(%s) = %v, want 0.5", f.Key, v)
			}
		case "opt.similarity", "inputs[].path":
			if v != nil {
				t.Errorf("Of(%s) = %v, want nil", f.Key, v)
			}
		}
	}
}

type selfRef struct {
	Next *selfRef `yaml:"next" doc:"the next"`
}

func TestFields_mistakes(t *testing.T) {
	for _, row := range []struct {
		name string
		v    any
		want string
	}{
		{"no struct", 3, "int is no struct"},
		{"no yaml tag", struct {
			A int `doc:"x"`
		}{}, "field A has no yaml tag"},
		{"no doc tag", struct {
			A int `yaml:"a"`
		}{}, "field A has no doc tag"},
		{"range of text", struct {
			A string `yaml:"a" doc:"x" range:"0..1"`
		}{}, "of a text is a list"},
		{"range of number", struct {
			A int `yaml:"a" doc:"x" range:"0-1"`
		}{}, "neither a..b"},
		{"range that is no number", struct {
			A int `yaml:"a" doc:"x" range:"low.."`
		}{}, "neither a..b"},
		{"range of yes/no", struct {
			A bool `yaml:"a" doc:"x" range:"0..1"`
		}{}, "has no range"},
		{"limit of text", struct {
			A string `yaml:"a" doc:"x" max:"s"`
		}{}, "is no number"},
		{"both limits", struct {
			A int `yaml:"a" doc:"x" max:"s" min:"s"`
		}{}, "both max and min"},
		{"same key", struct {
			A int `yaml:"a" doc:"x"`
			B int `yaml:"a" doc:"x"`
		}{}, "two fields have the key a"},
		{"endless type", selfRef{}, "nested deeper"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := Fields(row.v)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got error %v, want one with %q", err, row.want)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*config)
		want   string // "" for none
	}{
		{"defaults", func(*config) {}, ""},
		{"at the upper end", func(c *config) { c.Max = 1 }, ""},
		{"above", func(c *config) { c.Max = 1.5 }, "max_fraction: 1.5 is out of range 0..1"},
		{"below", func(c *config) { c.Max = -0.1 }, "max_fraction: -0.1 is out of range 0..1"},
		{"not a number", func(c *config) { c.Max = math.NaN() }, "max_fraction: NaN is out of range 0..1"},
		{"open range", func(c *config) { c.Min = math.MaxInt }, ""},
		{"below open range", func(c *config) { c.Min = 0 }, "min_runes: 0 is out of range 1.."},
		{"word", func(c *config) { c.Level = "middle" }, `level: "middle" is none of low|high`},
		{"duration", func(c *config) { c.Wait = time.Hour }, "wait: 1h0m0s is out of range 1s..1m"},
		{"own text", func(c *config) { c.Bytes = 32 << 10 }, "bytes: 32KiB is out of range 1KiB..16KiB"},
		{"nested", func(c *config) { c.Dedup.Similarity = 2 }, "dedup.similarity: 2 is out of range 0..1"},
		{"behind a pointer", func(c *config) { c.Opt = &inner{-1} }, "opt.similarity: -1 is out of range 0..1"},
		{"in a list", func(c *config) { c.Inputs = []source{{Rank: 1}, {Rank: 10}} }, "inputs.1.rank: 10 is out of range 1..9"},
		{"in a map", func(c *config) { c.Sets = map[string]source{"b": {Rank: 0}, "a": {Rank: 11}} },
			"sets.a.rank: 11 is out of range 1..9; sets.b.rank: 0 is out of range 1..9"},
		{"list of numbers", func(c *config) { c.Shares = []float64{0, 1, 1.01} }, "shares.2: 1.01 is out of range 0..1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := defaults()
			row.change(&c)
			var got []string
			for _, err := range Check(&c, nil) {
				got = append(got, err.Error())
			}
			if s := strings.Join(got, "; "); s != row.want {
				t.Errorf("got %q, want %q", s, row.want)
			}
		})
	}
}

func TestCheck_where(t *testing.T) {
	c := defaults()
	c.Min = 0
	errs := Check(c, func(key string) string { return "line 7 (" + key + ")" })
	if len(errs) != 1 || errs[0].Error() != "line 7 (min_runes): min_runes: 0 is out of range 1.." {
		t.Errorf("got %v", errs)
	}
	if errs := Check(7, nil); len(errs) != 1 {
		t.Errorf("Check(7) = %v, want one error", errs)
	}
}

func TestAppendTable(t *testing.T) {
	fields, err := Fields(struct {
		Max   float64  `yaml:"max_fraction" max:"s" range:"0..1" unit:"fraction" doc:"drop above"`
		Level string   `yaml:"level" range:"a|b" doc:"how | much"`
		List  []string `yaml:"list" doc:"words"`
		On    bool     `yaml:"on" doc:"whether"`
		Top   float64  `yaml:"top" doc:"none"`
	}{Max: 0.25, Level: "a", List: []string{"x", "y"}, On: true, Top: math.Inf(1)})
	if err != nil {
		t.Fatal(err)
	}
	want := "| key | type | default | unit | range | bounds | meaning |\n" +
		"|---|---|---|---|---|---|---|\n" +
		"| `max_fraction` | number | 0.25 | fraction | 0..1 | `s` from above | drop above |\n" +
		"| `level` | text | a |  | a\\|b |  | how \\| much |\n" +
		"| `list` | list of text | [x, y] |  |  |  | words |\n" +
		"| `on` | yes/no | true |  |  |  | whether |\n" +
		"| `top` | number | .inf |  |  |  | none |\n"
	if d := cmp.Diff(want, string(AppendTable(nil, fields))); d != "" {
		t.Error(d)
	}
	if got := AppendTable(nil, nil); got != nil {
		t.Errorf("without fields: %q", got)
	}
}

func ExampleCheck() {
	var c struct {
		Similarity float64 `yaml:"similarity" range:"0..1" doc:"accept from here on"`
	}
	c.Similarity = 1.5
	for _, err := range Check(&c, nil) {
		fmt.Println(err)
	}
	// Output: similarity: 1.5 is out of range 0..1
}
