package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/configs"
)

func TestNearestRank(t *testing.T) {
	for _, x := range []struct {
		rank float64
		n    int
		want int
	}{{0, 10, 0}, {90, 10, 8}, {91, 10, 9}, {100, 10, 9}, {50, 1, 0}, {50, 2, 0}, {50.1, 2, 1}, {10, 10, 0}} {
		if got := nearestRank(x.rank, x.n); got != x.want {
			t.Errorf("nearestRank(%v, %d) = %d, want %d", x.rank, x.n, got, x.want)
		}
	}
}

func TestParseWhere_percentile(t *testing.T) {
	for s, want := range map[string]string{
		"n_code_points >= percentile(90)":                 "",
		"n_code_points >= percentile(90, by: dataset)":    "",
		"n_code_points < percentile( 12.5 ,by:page_type)": "",
		"n_code_points >= percentile(101)":                "no percentage",
		"n_code_points >= percentile(90":                  "not closed",
		"n_code_points >= percentile(90, by: nothing)":    "a label",
		"n_code_points >= percentile(90, for: dataset)":   "a label",
		"page_type == percentile(90)":                     "page_type is",
		"dataset == news && dataset != corpus":            "",
		"dataset == new":                                  "there are news, corpus",
		"variety == zh-hans":                              "there are zh-Hans",
		"domain == law":                                   "without the key domain",
		"domain == nows":                                  "without the key domain",
	} {
		_, err := (&Config{Name: "corpus", Measure: MeasureConfig{Signals: true}, Input: []Input{{Dataset: "news"}, {}}}).parseWhere(s)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", s, err, want)
		}
	}
}

// Documents of 100, 200, … characters in two datasets: each gives its own upper
// half, whatever the other has, and equal bytes for any number of workers.
func TestRun_percentileByDataset(t *testing.T) {
	dir := t.TempDir()
	var inputs strings.Builder
	for d, size := range map[string]int{"a": 300, "b": 900} {
		var b strings.Builder
		for i := range 8 {
			fmt.Fprintf(&b, "{\"id\":\"%s%d\",\"url\":\"http://%s.example/%d\",\"text\":%q}\n", d, i, d, i, noise(size+100*i, i*7+size))
		}
		name := filepath.Join(dir, d+".jsonl")
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{"a", "b"} {
		fmt.Fprintf(&inputs, "  - {path: %q, dataset: %s}\n", filepath.Join(dir, d+".jsonl"), d)
	}
	yaml := "name: t\ninput:\n" + inputs.String() + "gates: {language: any}\ndedup: {near: false}\noutputs:\n" +
		"  - {name: all}\n  - {name: half, where: 'n_code_points > percentile(50, by: dataset)'}\n"
	out := filepath.Join(dir, "run")
	r := runConfig(t, yaml, out, RunOptions{})
	verifyRelease(t, out)
	l, err := r.loadLayout()
	if err != nil {
		t.Fatal(err)
	}
	if l.Outputs[0].Docs != 16 || l.Outputs[1].Docs != 8 {
		t.Errorf("%d and %d documents, want 16 and 8", l.Outputs[0].Docs, l.Outputs[1].Docs)
	}
	cuts := l.Outputs[1].Cuts
	if len(cuts) != 1 || len(cuts[0].Values) != 2 || !(cuts[0].Values["a"] < cuts[0].Values["b"]) {
		t.Errorf("cut-offs %+v", cuts)
	}
	one := filepath.Join(dir, "one")
	runConfig(t, yaml, one, RunOptions{Workers: 1})
	a, b := digests(t, filepath.Join(out, ReleaseDir)), digests(t, filepath.Join(one, ReleaseDir))
	for name, sum := range a {
		if b[name] != sum {
			t.Errorf("%s differs with one worker", name)
		}
	}
}

// noise returns about n characters of text that repeats nothing for long.
func noise(n, seed int) string {
	var b strings.Builder
	for i := 0; i < n; i++ {
		if i%17 == 16 {
			b.WriteString("，")
			continue
		}
		seed = (seed*1103515245 + 12345) & 0x7fffffff
		b.WriteRune(rune(0x4e00 + seed>>8%3000))
	}
	return b.String() + "。"
}

// Every shipped preset loads and runs the demo.
func TestPresets_runTheDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the demo once for each preset")
	}
	demo, err := filepath.Abs(filepath.Join("..", "testdata", "demo"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range PresetNames() {
		t.Run(name, func(t *testing.T) {
			data, err := configs.Presets.ReadFile("presets/" + name + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(data), "\n"); n > 45 {
				t.Errorf("%d lines, more than a screen", n)
			}
			yaml := fmt.Sprintf("extends: %s\nname: t\ninput:\n  - {path: %q, dataset: crawl}\n  - {path: %q, dataset: partner}\n", name, filepath.Join(demo, "*.warc*"), filepath.Join(demo, "partner.jsonl"))
			if !strings.Contains(string(data), "outputs:") {
				yaml += "outputs: [{name: all}]\n"
			}
			dir := t.TempDir()
			r := runConfig(t, yaml, dir, RunOptions{})
			verifyRelease(t, dir)
			l, err := r.loadLayout()
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range l.Outputs {
				t.Logf("%s: %d documents", o.Name, o.Docs)
			}
			for _, o := range l.Outputs {
				if o.Docs == 0 && name != "c4-zh@1" { // the demo has no page of six paragraphs
					t.Errorf("%s: nothing is kept", o.Name)
				}
			}
		})
	}
}

func TestConfig_englishLimits(t *testing.T) {
	for filter, want := range map[string]bool{
		"mean_word_length: {min_code_points: 3}":              true,
		"mean_word_length: {min_code_points: 1.3}":            false,
		"mean_word_length: {min_code_points: 3, action: tag}": false,
		"mean_word_length: {max_code_points: 1.5}":            true,
		"stop_words: {min_fraction: 0.3}":                     true,
		"letter_words: {min_fraction: 0.8}":                   true,
		"letter_words: {min_fraction: 0.735}":                 false,
	} {
		_, err := ParseConfig("t.yaml", []byte("name: t\ninput: x\noutputs: [{name: a}]\nfilters: {"+filter+"}\n"))
		if refused := err != nil && strings.Contains(err.Error(), "does not fit Chinese"); refused != want {
			t.Errorf("%s: refused %v, want %v (%v)", filter, refused, want, err)
		}
		if _, err := ParseConfig("t.yaml", []byte("name: t\ninput: x\ngates: {language: any}\noutputs: [{name: a}]\nfilters: {"+filter+"}\n")); err != nil {
			t.Errorf("%s for any language: %v", filter, err)
		}
	}
}
