package filters

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
)

var marks = []rune("。，！？…；：、“”【】●·#|")

// randomText returns a text of any code points, broken bytes among them, of lines
// that sometimes repeat.
func randomText(r *rand.Rand) string {
	var lines []string
	for range r.IntN(12) {
		if len(lines) > 0 && r.IntN(4) == 0 {
			lines = append(lines, lines[r.IntN(len(lines))])
			continue
		}
		var b strings.Builder
		for range r.IntN(60) {
			switch r.IntN(12) {
			case 0:
				b.WriteRune(rune(r.IntN(utf8.MaxRune + 1))) // surrogates become U+FFFD
			case 1:
				b.WriteByte(byte(r.IntN(256)))
			case 2:
				b.WriteRune(marks[r.IntN(len(marks))])
			case 3:
				b.WriteRune(rune(0x20 + r.IntN(0x5f)))
			case 4:
				b.WriteString([]string{"2021-03-18", "首页", "版权所有", "的", "...", "{", "更多"}[r.IntN(7)])
			default:
				b.WriteRune(rune(0x4e00 + r.IntN(40)))
			}
		}
		lines = append(lines, b.String())
	}
	return strings.Join(lines, "\n")
}

// Over random Unicode: no filter changes a text, a value depends on the text alone
// and not on the pages before it, decisions name declared limits, and deciding by
// columns in any order of rows gives what deciding one by one does.
func TestFilters_randomUnicode(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	set, err := buildYAML(allDefaults(""))
	if err != nil {
		t.Fatal(err)
	}
	limits := set.Limits()
	declared := map[string]bool{}
	for _, l := range limits {
		declared[l.Reason] = true
		if l.Filter == "" || !strings.HasPrefix(l.Reason, l.Filter+".") {
			t.Errorf("limit %q of filter %q", l.Reason, l.Filter)
		}
	}
	const n = 400
	texts := make([]string, n)
	for i := range texts {
		texts[i] = randomText(r)
	}
	measureAll := func(order []int) [][]float64 {
		m := set.NewMeasurer()
		out := make([][]float64, n)
		for _, i := range order {
			d := document(texts[i])
			lines, words := append([]corpus.Span{}, d.Lines()...), append([]corpus.Span{}, d.Words()...)
			m.Measure(d)
			if d.Text() != texts[i] || len(d.Lines()) != len(lines) || len(d.Words()) != len(words) {
				t.Fatalf("%q changed", texts[i])
			}
			out[i] = append([]float64{}, d.Signals...)
		}
		return out
	}
	forward := make([]int, n)
	for i := range forward {
		forward[i] = i
	}
	a, b := measureAll(forward), measureAll(r.Perm(n))
	for i := range a {
		for k := range a[i] {
			if a[i][k] != b[i][k] && !(math.IsNaN(a[i][k]) && math.IsNaN(b[i][k])) {
				t.Fatalf("%q: %s is %v, after other pages %v", texts[i], Signals()[k].Name, a[i][k], b[i][k])
			}
		}
	}
	perm := r.Perm(n)
	cols := make([][]float64, len(Signals()))
	for k := range cols {
		cols[k] = make([]float64, n)
		for row, i := range perm {
			cols[k][row] = a[i][k]
		}
	}
	first := make([]int16, n)
	DecideColumns(limits, cols, n, first, nil)
	for row, i := range perm {
		want := Decide(limits, func(k int) float64 { return a[i][k] }, nil)
		if int(first[row]) != want {
			t.Fatalf("%q: limit %d by columns, %d alone", texts[i], first[row], want)
		}
		if want >= 0 && !declared[limits[want].Reason] {
			t.Fatalf("reason %q is not declared", limits[want].Reason)
		}
	}
}

// Line rules only take from ends: what they keep of a line is a beginning of it,
// and keeping again keeps the same.
func TestLineRules_randomUnicode(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	rules := append(append([]LineRule{}, LineRules...), C4Lines...)
	for range 2000 {
		for line := range strings.SplitSeq(randomText(r), "\n") {
			for _, rule := range rules {
				kept := rule.Keep(line)
				if !strings.HasPrefix(line, kept) {
					t.Fatalf("%s: %q became %q", rule.Name(), line, kept)
				}
			}
		}
	}
}
