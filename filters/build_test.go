package filters

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// buildYAML builds the set of a config file with a filters section.
func buildYAML(text string) (*Set, error) {
	var file struct {
		Filters yaml.Node `yaml:"filters"`
	}
	if err := yaml.Load([]byte(text), &file, yaml.WithKnownFields()); err != nil {
		return nil, err
	}
	blocks, err := Blocks(&file.Filters)
	if err != nil {
		return nil, err
	}
	return Build(blocks)
}

func TestBuild_limits(t *testing.T) {
	set, err := buildYAML(`
filters:
  line_repetition: {max_fraction: 0.25}
  length:
    min_code_points: 200
    action: tag
  han_fraction: {action: off}
  bullet_lines: {}
  digit_fraction: {max_fraction: 1}
`)
	if err != nil {
		t.Fatal(err)
	}
	signal := func(name string) int { i, _ := SignalIndex(name); return i }
	want := []Limit{
		{"length.min_code_points", "length", signal("n_code_points"), false, 200, Tag},
		{"digit_fraction.max_fraction", "digit_fraction", signal("digit_fraction"), true, 1, Drop},
		{"bullet_lines.max_fraction", "bullet_lines", signal("bullet_lines"), true, 0.9, Drop},
		{"line_repetition.max_fraction", "line_repetition", signal("line_repetition_fraction"), true, 0.25, Drop},
		{"line_repetition.max_lines_fraction", "line_repetition", signal("line_repetition_lines"), true, lineRepetition.defaults.(LineRepetitionConfig).MaxLinesFraction, Drop},
		{"line_repetition.max_text_fraction", "line_repetition", signal("text_repetition_fraction"), true, lineRepetition.defaults.(LineRepetitionConfig).MaxText, Drop},
		{"line_repetition.max_text_lines_fraction", "line_repetition", signal("text_repetition_lines"), true, lineRepetition.defaults.(LineRepetitionConfig).MaxTextLines, Drop},
	}
	if d := cmp.Diff(want, set.Limits()); d != "" {
		t.Error(d)
	}
	for name, want := range map[string]Action{"length": Tag, "han_fraction": Off, "bullet_lines": Drop, "porn_density": Off} {
		if got := set.Action(name); got != want {
			t.Errorf("Action(%s) = %v, want %v", name, got, want)
		}
	}
}

func TestBuild_withoutBlocksHasNoLimits(t *testing.T) {
	for _, text := range []string{"filters:\n", "filters: {}\n", "{}\n"} {
		set, err := buildYAML(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if n := len(set.Limits()); n != 0 {
			t.Errorf("%q: %d limits, want 0", text, n)
		}
	}
}

func TestBuild_infiniteIsNoLimit(t *testing.T) {
	set, err := buildYAML("filters:\n  mean_word_length: {min_code_points: 1.2, max_code_points: 5, max_text_code_points: 100}\n  line_density: {max_open_lines_per_word: 0.5, max_lines_per_word: .inf}\n")
	if err != nil {
		t.Fatal(err)
	}
	if l := set.Limits(); len(l) != 4 || l[0].Reason != "line_density.max_open_lines_per_word" || l[0].Bound != 0.5 {
		t.Errorf("limits %v, want four", l)
	}
	for _, l := range set.Limits() {
		if math.IsInf(l.Bound, 0) {
			t.Errorf("infinite limit %v", l)
		}
	}
}

// Mistakes in a config are found with line, filter, key, value and what is allowed.
func TestBuild_mistakes(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       []string // one per line of the error
	}{
		{"unknown filter", "filters:\n  line_repetitoin: {max_fraction: 0.2}\n",
			[]string{"line 2: filters.line_repetitoin: no such filter; there are bracket_fraction, bullet_lines, "}},
		{"misspelt key", "filters:\n  line_repetition:\n    max_fraction: 0.2\n    max_line_fraction: 0.3\n",
			[]string{"line 4: filters.line_repetition.max_line_fraction: no such key; keys are max_fraction, max_lines_fraction, max_text_fraction, max_text_lines_fraction, action"}},
		{"misspelt key in one line", "filters:\n  length: {min_runes: 3}\n",
			[]string{"line 2: filters.length.min_runes: no such key; keys are min_code_points,"}},
		{"out of range", "filters:\n  han_fraction: {action: drop,\n    min_fraction: 30}\n",
			[]string{"line 3: filters.han_fraction.min_fraction: 30 is out of range 0..1"}},
		{"not a number", "filters:\n  han_fraction:\n    min_fraction: .nan\n",
			[]string{`line 3: filters.han_fraction.min_fraction: ".nan" is no number, allowed is 0..1`}},
		{"filter without a value", "filters:\n  han_fraction:\n  length: ~\n",
			[]string{"line 2: filters.han_fraction has no value: write {} for its defaults, {action: off} to take it out", "line 3: filters.length has no value"}},
		{"limits that leave nothing", "filters:\n  length: {min_code_points: 500, max_code_points: 100}\n",
			[]string{"filters.length.min_code_points 500 is above filters.length.max_code_points 100: no page would be kept"}},
		{"text for number", "filters:\n  han_fraction: {min_fraction: much}\n",
			[]string{`line 2: filters.han_fraction.min_fraction: "much" is no number, allowed is 0..1`}},
		{"number in quotes", "filters:\n  length:\n    min_lines: \"3\"\n",
			[]string{`line 3: filters.length.min_lines: "3" is no integer, allowed is 0..`}},
		{"fraction for integer", "filters:\n  length:\n    min_lines: 2.5\n",
			[]string{`line 3: filters.length.min_lines: "2.5" is no integer, allowed is 0..`}},
		{"list for number", "filters:\n  length:\n    min_lines: [1, 2]\n",
			[]string{"line 3: filters.length.min_lines: a list is no integer, allowed is 0.."}},
		{"no value", "filters:\n  han_fraction:\n    min_fraction:\n",
			[]string{`line 3: filters.han_fraction.min_fraction: "" is no number, allowed is 0..1`}},
		{"action", "filters:\n  han_fraction: {action: delete}\n",
			[]string{`line 2: filters.han_fraction.action: "delete" is none of drop|tag|off`}},
		{"no block", "filters:\n  han_fraction: 0.3\n",
			[]string{`line 2: filters.han_fraction: "0.3" is no block of keys; keys are min_fraction, action`}},
		{"list of filters", "filters:\n  - han_fraction\n",
			[]string{"line 2: filters: a list is no mapping from filter names to blocks"}},
		{"repeated key", "filters:\n  han_fraction:\n    min_fraction: 0.1\n    min_fraction: 0.2\n",
			[]string{"line 4: filters.han_fraction.min_fraction stands twice, first in line 3"}},
		{"repeated filter", "filters:\n  han_fraction: {}\n  han_fraction: {}\n",
			[]string{"line 3: filters.han_fraction stands twice"}},
		{"several, in the order of lines", "filters:\n  stop_words: {min_fraction: 2}\n  length: {min_words: -1, action: x}\n  lenght: {}\n",
			[]string{
				"line 2: filters.stop_words.min_fraction: 2 is out of range 0..1",
				`line 3: filters.length.action: "x" is none of`,
				"line 3: filters.length.min_words: -1 is out of range 0..",
				"line 4: filters.lenght: no such filter",
			}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := buildYAML(row.text)
			if err == nil {
				t.Fatal("no error")
			}
			got := strings.Split(err.Error(), "\n")
			if len(got) != len(row.want) {
				t.Fatalf("got %d errors, want %d:\n%v", len(got), len(row.want), err)
			}
			for i, want := range row.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got  %s\nwant %s…", got[i], want)
				}
			}
		})
	}
}

func TestBuild_alias(t *testing.T) {
	var file struct {
		Filters yaml.Node `yaml:"filters"`
	}
	text := "filters:\n  line_repetition: &x {max_fraction: 0.7}\n  bullet_lines: *x\n"
	if err := yaml.Load([]byte(text), &file, yaml.WithKnownFields()); err != nil {
		t.Fatal(err)
	}
	blocks, err := Blocks(&file.Filters)
	if err != nil {
		t.Fatal(err)
	}
	set, err := Build(blocks)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range set.Limits() {
		if strings.HasSuffix(l.Reason, ".max_fraction") && l.Bound != 0.7 {
			t.Errorf("%s = %v, want 0.7", l.Reason, l.Bound)
		}
	}
}

// Every filter takes each of its keys, and its defaults are inside their ranges.
func TestBuild_everyFilter(t *testing.T) {
	for _, spec := range Table {
		node := &yaml.Node{}
		if err := yaml.Load([]byte("{}"), node); err != nil {
			t.Fatal(err)
		}
		set, err := Build(map[string]*yaml.Node{spec.Name: node})
		if err != nil {
			t.Errorf("%s: %v", spec.Name, err)
			continue
		}
		for _, l := range set.Limits() {
			if l.Filter != spec.Name || !strings.HasPrefix(l.Reason, spec.Name+".") {
				t.Errorf("%s has the limit %v", spec.Name, l)
			}
			if own := Signals()[l.Signal].Name; !hasSignal(spec, own) {
				t.Errorf("%s bounds %s, which is no signal of its own", l.Reason, own)
			}
		}
	}
}

func hasSignal(spec Spec, name string) bool {
	for _, s := range spec.Signals {
		if s.Name == name {
			return true
		}
	}
	return false
}

func FuzzBuild(f *testing.F) {
	f.Add("length: {min_code_points: 3}\n")
	f.Add("length: &a {action: tag}\nhan_fraction: *a\n")
	f.Add("- 1\n")
	f.Add("<<: {length: {}}\n")
	f.Add("? [a]\n: {b: c}\n")
	f.Fuzz(func(t *testing.T, text string) {
		var node yaml.Node
		if yaml.Load([]byte(text), &node) != nil {
			return
		}
		blocks, err := Blocks(&node)
		if err != nil {
			return
		}
		set, err := Build(blocks)
		if err != nil {
			return
		}
		for _, l := range set.Limits() {
			if math.IsNaN(l.Bound) || math.IsInf(l.Bound, 0) {
				t.Errorf("limit %v", l)
			}
		}
	})
}
