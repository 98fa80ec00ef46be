package filters

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/corpus"
)

// document returns a document with words: runs of Han cut after every second code
// point, runs of letters and digits, single marks.
func document(text string) *corpus.Document {
	d := &corpus.Document{}
	d.SetText(text)
	setWords(d)
	return d
}

func setWords(d *corpus.Document) {
	text := d.Text()
	var words []corpus.Span
	start, n, kind := 0, 0, classOther
	flush := func(i int) {
		if i > start && kind != classSpace {
			words = append(words, corpus.Span{Start: int32(start), End: int32(i)})
		}
		start, n = i, 0
	}
	for i, r := range text {
		c := classOf(r)
		if c == classDigit {
			c = classLatin
		}
		if c != kind || c == classPoint || c == classSymbol || c == classHan && n == 2 {
			flush(i)
		}
		kind = c
		n++
	}
	flush(len(text))
	d.SetWords(words)
	d.SetSentences([]corpus.Span{{Start: 0, End: int32(len(text))}})
}

// measure returns the value of one signal of a text.
func measure(t *testing.T, text, signal string) float64 {
	t.Helper()
	set, err := Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	i, ok := SignalIndex(signal)
	if !ok {
		t.Fatalf("no signal %s", signal)
	}
	d := document(text)
	set.NewMeasurer().Measure(d)
	return d.Signals[i]
}

func TestTable(t *testing.T) {
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	names, signals := map[string]bool{}, map[string]bool{}
	for _, spec := range Table {
		if !snake.MatchString(spec.Name) || names[spec.Name] {
			t.Errorf("%s: name is not snake_case or not unique", spec.Name)
		}
		names[spec.Name] = true
		if spec.Doc == "" || spec.From == "" || spec.Needs == 0 || len(spec.Signals) == 0 {
			t.Errorf("%s: doc, source, needs or signals missing", spec.Name)
		}
		for _, s := range spec.Signals {
			if !snake.MatchString(s.Name) || signals[s.Name] {
				t.Errorf("%s: signal %s is not snake_case or not unique", spec.Name, s.Name)
			}
			signals[s.Name] = true
			if s.Doc == "" || s.Decimals < 0 || s.Decimals > 9 {
				t.Errorf("%s: signal %s lacks doc or has %d decimals", spec.Name, s.Name, s.Decimals)
			}
		}
		if len(spec.limits) == 0 {
			t.Errorf("%s: no limit", spec.Name)
		}
		for _, f := range spec.fields {
			if !snake.MatchString(f.Key) || f.Doc == "" || f.Unit == "" || f.Range == "" {
				t.Errorf("%s: field %s lacks key, doc, unit or range", spec.Name, f.Key)
			}
			if len(f.Doc) > 80 {
				t.Errorf("%s.%s: doc has %d bytes, more than 80", spec.Name, f.Key, len(f.Doc))
			}
		}
	}
	for i, s := range Signals() {
		if j, ok := SignalIndex(s.Name); !ok || i != j {
			t.Errorf("SignalIndex(%s) = %d, %v, want %d", s.Name, j, ok, i)
		}
	}
}

// oddTexts are inputs that must not panic, and that no filter may change.
var oddTexts = []string{
	"", "\n", "\n\n \t\n", "。", "a", "\xff\xfe\x80", "中\xe4\xb8", "\x00\x01", strings.Repeat("\n", 500),
	strings.Repeat("哈", 3000), strings.Repeat("a b ", 2000), strings.Repeat("【", 100), "】】】", strings.Repeat("🎉", 200),
	"\U000e0001\ufeff\u200b", strings.Repeat("。", 1000), "…………", "٣٤٥ ไทย עברית",
}

func TestMeasure_oddTexts(t *testing.T) {
	set, err := Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	m := set.NewMeasurer()
	for _, text := range oddTexts {
		d := document(text)
		m.Measure(d)
		if d.Text() != text {
			t.Errorf("%.20q: text changed", text)
		}
		if len(d.Signals) != len(Signals()) {
			t.Fatalf("%.20q: %d signals, want %d", text, len(d.Signals), len(Signals()))
		}
		for i, v := range d.Signals {
			if math.IsInf(v, 0) || v < 0 {
				t.Errorf("%.20q: %s = %v", text, Signals()[i].Name, v)
			}
			if strings.Contains(Signals()[i].Name, "fraction") && v > 1 {
				t.Errorf("%.20q: %s = %v", text, Signals()[i].Name, v)
			}
		}
	}
}
