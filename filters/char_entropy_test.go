package filters

import (
	"math"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/corpus"
)

func TestCharEntropy(t *testing.T) {
	checkRows(t, "char_entropy", "{min_nats: 1.386}", "char_entropy", []row{
		{"one character", strings.Repeat("哈", 500), 0, false},
		{"just below", "天地玄玄天地天地", 1.082, false},
		{"at the limit", strings.Repeat("天地玄黄", 7), 1.386, true},
		{"spaces do not count", "天 地 玄\n黄", 1.386, true},
	})
	checkRows(t, "char_entropy", "{}", "char_entropy", []row{
		{"verse stays", versePage, 3.525, true}, {"source code stays", codePage, 4.168, true}, {"news stays", newsText, 4.954, true},
		{"laughter", strings.Repeat("哈哈哈呵呵，", 50), 1.011, false},
	})
}

// The integer logarithm agrees with the floating-point one to nine digits.
func TestCharEntropy_equalsReference(t *testing.T) {
	for x := uint64(1); x < 1<<19; x += 1 + x/300 {
		want := math.Log2(float64(x))
		if got := float64(log2(x)) / (1 << logBits); math.Abs(got-want) > 1e-9*float64(logBits) {
			t.Fatalf("log2(%d) = %v, want %v", x, got, want)
		}
	}
	i, _ := SignalIndex("char_entropy")
	for _, text := range []string{newsText, codePage, strings.Repeat(newsText, 9) + codePage, "天地天"} {
		counts, n := map[rune]int{}, 0
		for _, r := range text {
			if classOf(r) != classSpace {
				counts[r]++
				n++
			}
		}
		want := 0.0
		for _, c := range counts {
			p := float64(c) / float64(n)
			want -= p * math.Log(p)
		}
		d := document(text)
		newMeasurer(t).Measure(d)
		if got := d.Signals[i]; math.Abs(got-want) > 0.0005000001 {
			t.Errorf("%.9q: got %v, want %v", text, got, want)
		}
		if corpus.Round(want, 3) != d.Signals[i] {
			t.Errorf("%.9q: got %v, want %v rounded", text, d.Signals[i], want)
		}
	}
}
