package filters

import (
	"math"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"
)

func TestStopWords(t *testing.T) {
	checkRows(t, "stop_words", "{min_distinct: 2, min_fraction: 0}", "stop_words_distinct", []row{
		{"none", "苹果 香蕉 葡萄", 0, false},
		{"just below", "苹果 的 香蕉 的", 1, false},
		{"at the limit", "苹果 的 香蕉 和", 2, true},
		{"variants are one word", "為 为 爲", 1, false},
	})
	checkRows(t, "stop_words", "{min_distinct: 0, min_fraction: 0.25}", "stop_words_fraction", []row{
		{"just below", "苹果 香蕉 葡萄 草莓 的", 0.2, false},
		{"at the limit", "苹果 香蕉 葡萄 的", 0.25, true},
		{"traditional", "蘋果 香蕉 葡萄 這個", 0.25, true},
		{"Cantonese", "蘋果 香蕉 葡萄 嘅", 0.25, true},
	})
	checkRows(t, "stop_words", "{}", "stop_words_distinct", []row{{"keywords", "苹果，香蕉，葡萄，草莓", 0, false}})
}

func TestStopWords_classicalIsNotMeasured(t *testing.T) {
	d := document("学而时习之，不亦说乎？有朋自远方来，不亦乐乎？")
	d.Variety = "lzh"
	newMeasurer(t).Measure(d)
	i, _ := SignalIndex("stop_words_distinct")
	if v := d.Signals[i]; !math.IsNaN(v) {
		t.Errorf("stop_words_distinct = %v, want not measured", v)
	}
}

func TestStopWordList_everyWordOnce(t *testing.T) {
	seen := map[string]bool{}
	hashes := map[uint64]bool{}
	for line := range wordLines(stopWordList) {
		for _, w := range strings.Fields(line) {
			if seen[w] {
				t.Errorf("%s stands twice", w)
			}
			seen[w] = true
			hashes[xxh3.HashString(w)] = true
		}
	}
	if len(seen) != len(hashes) || len(seen) > 512 {
		t.Errorf("%d words, %d hashes", len(seen), len(hashes))
	}
}
