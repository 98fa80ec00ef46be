package filters

import (
	"strings"
	"testing"
	"unicode"

	"github.com/qingliu/qingliu/corpus"
)

func TestCharNgramRepetition(t *testing.T) {
	const s = "天地玄黄宇宙洪荒日月盈昃辰宿列张" // 16 code points: 4 13-grams
	checkRows(t, "char_ngram_repetition", "{max_fraction: 0.4}", "char_ngram_repetition", []row{
		{"no repetition", s, 0, true},
		{"too short for one", "天地玄黄", 0, true},
		{"just below", s + "寒来暑往秋收冬藏闰余成岁律" + s, 0.2424, true},
		{"repetition of twelve", strings.Repeat("天地玄黄宇宙洪荒日月盈昃", 2) + "寒来暑往秋收冬藏闰余成岁", 0, true},
		{"at the limit", s + s, 0.4, true},
		{"just above", s + "寒" + s + "寒", 0.4545, false},
		{"whole text again and again", strings.Repeat(s, 4), 1, false},
		{"spaces and line ends do not help", s + " \n" + strings.Join(strings.Split(s, ""), " ") + "\n" + s, 1, false},
	})
	checkRows(t, "char_ngram_repetition", "{}", "char_ngram_repetition", []row{
		{"verse stays", versePage, 0, true}, {"price list stays", pricePage, 0, true}, {"source code stays", codePage, 0, true},
	})
}

// refCharNgrams counts 13-grams with a map.
func refCharNgrams(text string) float64 {
	var runes []rune
	for _, r := range text {
		if classOf(r) != classSpace {
			runes = append(runes, r)
		}
	}
	counts := map[string]int{}
	for i := 0; i+charNgram <= len(runes); i++ {
		counts[string(runes[i:i+charNgram])]++
	}
	again, all := 0, 0
	for _, n := range counts {
		all += n
		if n > 1 {
			again += n
		}
	}
	return share(again, all)
}

func FuzzCharNgramRepetition(f *testing.F) {
	f.Add(newsText + newsText)
	f.Add(strings.Repeat("ab", 40))
	f.Add(strings.Repeat("0", 14))
	m := newMeasurer(f)
	index, _ := SignalIndex("char_ngram_repetition")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsFunc(text, func(r rune) bool { return r == unicode.ReplacementChar }) {
			return // string(runes) would make one of the bad bytes
		}
		d := document(text)
		m.Measure(d)
		want := corpus.Round(refCharNgrams(text), 4)
		if got := d.Signals[index]; got != want && want == want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
