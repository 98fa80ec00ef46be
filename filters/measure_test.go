package filters

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/corpus"
)

func newMeasurer(t testing.TB) *Measurer {
	t.Helper()
	set, err := Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	return set.NewMeasurer()
}

func TestMeasure_allocatesNothing(t *testing.T) {
	m := newMeasurer(t)
	pages := benchPages(t)
	run := func() {
		for _, name := range []string{"news", "list", "code"} {
			m.Measure(pages[name])
		}
	}
	run()
	if n := testing.AllocsPerRun(20, run); n != 0 {
		t.Errorf("%v allocations for three pages, want 0", n)
	}
}

// A measurer that has seen other pages measures like a new one.
func TestMeasure_independentOfEarlierPages(t *testing.T) {
	m := newMeasurer(t)
	texts := append([]string{newsText, strings.Repeat(newsText, 3), "短。"}, oddTexts...)
	for range 2 {
		for _, text := range texts {
			used, fresh := document(text), document(text)
			m.Measure(used)
			newMeasurer(t).Measure(fresh)
			for i := range used.Signals {
				a, b := used.Signals[i], fresh.Signals[i]
				if a != b && !(math.IsNaN(a) && math.IsNaN(b)) {
					t.Errorf("%.20q: %s = %v after other pages, %v alone", text, Signals()[i].Name, a, b)
				}
			}
		}
	}
}

func TestMeasure_withoutWordsAndSentences(t *testing.T) {
	d := &corpus.Document{}
	d.SetText(newsText + newsText + "无句号的一行")
	newMeasurer(t).Measure(d)
	for i, spec := range Table {
		for j, s := range spec.Signals {
			v := d.Signals[firstSignal[i]+j]
			needsMore := s.Name == "n_words" || s.Name == "n_sentences" || spec.Needs&NeedWords != 0 && spec.Name != "length"
			if math.IsNaN(v) != needsMore {
				t.Errorf("%s = %v without words and sentences", s.Name, v)
			}
		}
	}
}

// A page larger than MaxRunes is measured on its beginning, and its memory is given
// back.
func TestMeasure_giantPage(t *testing.T) {
	m := newMeasurer(t)
	var b strings.Builder
	for b.Len() < 4*MaxRunes {
		fmt.Fprintf(&b, "第%d行：", b.Len())
		b.WriteString(newsText)
	}
	d := document(b.String())
	m.Measure(d)
	if m.scratch.runes != nil || m.scratch.table.entries != nil {
		t.Error("scratch of a giant page was kept")
	}
	i, _ := SignalIndex("n_code_points")
	if got := d.Signals[i]; got != float64(d.RuneCount()) {
		t.Errorf("n_code_points = %v, want %d", got, d.RuneCount())
	}
}

func TestMeasure_roundsToDecimals(t *testing.T) {
	d := document("一二三四五六七。\n一二三，")
	newMeasurer(t).Measure(d)
	for i, s := range Signals() {
		if v := d.Signals[i]; !math.IsNaN(v) && v != corpus.Round(v, s.Decimals) {
			t.Errorf("%s = %v has more than %d decimals", s.Name, v, s.Decimals)
		}
	}
}

func TestFingerprints(t *testing.T) {
	base, err := buildYAML("filters: {length: {min_code_points: 100}}\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		text       string
		limitsSame bool
	}{
		{"filters:\n  length:\n    min_code_points: 100\n", true},
		{"filters: {length: {min_code_points: 101}}\n", false},
		{"filters: {length: {min_code_points: 100, action: tag}}\n", false},
		{"filters: {length: {action: off}}\n", false},
		{"filters: {length: {min_code_points: 100}, bullet_lines: {}}\n", false},
	} {
		set, err := buildYAML(row.text)
		if err != nil {
			t.Fatal(err)
		}
		if MeasureFingerprint(set) != MeasureFingerprint(base) {
			t.Errorf("%q: limits change the fingerprint of what is measured", row.text)
		}
		if same := LimitFingerprint(set) == LimitFingerprint(base); same != row.limitsSame {
			t.Errorf("%q: fingerprint of limits same = %v, want %v", row.text, same, row.limitsSame)
		}
	}
}

func TestReference(t *testing.T) {
	text := string(Reference())
	for _, spec := range Table {
		if !strings.Contains(text, "\n### "+spec.Name+"\n") && !strings.HasPrefix(text, "### "+spec.Name+"\n") {
			t.Errorf("no section for %s", spec.Name)
		}
		for _, s := range spec.Signals {
			if !strings.Contains(text, "| `"+s.Name+"` |") {
				t.Errorf("no row for the signal %s", s.Name)
			}
		}
		for _, f := range spec.fields {
			if !strings.Contains(text, "| `"+f.Key+"` |") {
				t.Errorf("no row for %s.%s", spec.Name, f.Key)
			}
		}
	}
}

func FuzzMeasure(f *testing.F) {
	for _, s := range oddTexts {
		f.Add(s)
	}
	f.Add(newsText)
	seg := newSegmenter(f)
	m := newMeasurer(f)
	f.Fuzz(func(t *testing.T, text string) {
		d := &corpus.Document{}
		d.SetText(text)
		segment(seg, d)
		m.Measure(d)
		if d.Text() != text {
			t.Error("text changed")
		}
		for i, s := range Signals() {
			v := d.Signals[i]
			if math.IsInf(v, 0) || v < 0 || s.Decimals == 4 && v > 1 && !strings.Contains(s.Name, "_per_") { // a ratio may be above 1, a share not
				t.Errorf("%s = %v", s.Name, v)
			}
		}
	})
}
