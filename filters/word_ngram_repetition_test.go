package filters

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/corpus"
)

func TestWordNgramRepetition(t *testing.T) {
	// The test's words have two code points, so that each share is one of words.
	checkRows(t, "word_ngram_repetition", "{max_top_2: 0.4}", "word_2gram_top", []row{
		{"none repeats", "今天天气很好大家", 0, true},
		{"just below", "今天天气很好今天天气大家都来一起走走看看风景", 0.3636, true},
		{"at the limit", "今天天气很好今天天气大家都来一起走走看看", 0.4, true},
		{"just above", "今天天气很好今天天气大家", 0.6667, false},
		{"marks are no words", "今天，天气。很好！今天天气大家都来一起走走看看", 0.4, true},
		{"overlap is no repetition", "哈哈哈哈哈哈大家都来一起走走看看", 0, true},
	})
	checkRows(t, "word_ngram_repetition", "{max_top_3: 0.5}", "word_3gram_top", []row{
		{"just above", "今天天气很好今天天气很好大家", 0.8571, false},
		{"at the limit", "今天天气很好今天天气很好大家都来一起走走看看风景", 0.5, true},
	})
	checkRows(t, "word_ngram_repetition", "{max_top_4: 0.5}", "word_4gram_top", []row{
		{"one", "今天天气很好不错今天天气很好不错", 1, false},
	})
	checkRows(t, "word_ngram_repetition", "{max_dup_5: 0.4}", "word_5gram_dup", []row{
		{"none", "今天天气很好不错大家今天天气很好不错", 0, true},
		{"just above", "今天天气很好不错大家都来一起今天天气很好不错大家", 0.4167, false},
		{"just below", "今天天气很好不错大家都来一起走走今天天气很好不错大家", 0.3846, true},
		{"positions count once", strings.Repeat("今天天气很好不错大家都来", 2), 0.5, false},
	})
	checkRows(t, "word_ngram_repetition", "{max_dup_10: 0.5}", "word_10gram_dup", []row{
		{"at the limit", strings.Repeat("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸", 2), 0.5, true},
		{"just above", strings.Repeat("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸", 3), 0.6667, false},
	})
	checkRows(t, "word_ngram_repetition", "{max_repetition_5: 0.5}", "word_5gram_repetition", []row{
		{"fewer than five words", "今天天气很好不错", 0, true},
		{"none repeats", "今天天气很好不错大家都来", 0, true},
		{"just below", "今天天气很好不错大家都来今天天气很好不错大家", 0.2857, true},
		{"at the limit", strings.Repeat("今天天气很好不错大家都来", 2), 0.5, true},
		{"just above", strings.Repeat("今天天气很好不错大家都来", 2) + "今天", 0.6667, false},
		{"three times", strings.Repeat("今天天气很好不错大家都来", 3), 1, false},
		{"overlapping ones count", "哈哈哈哈哈哈哈哈哈哈哈哈", 1, false},
	})
	for _, signal := range []string{"word_5gram_repetition", "word_2gram_top", "word_3gram_top", "word_4gram_top", "word_5gram_dup", "word_6gram_dup", "word_7gram_dup", "word_8gram_dup", "word_9gram_dup", "word_10gram_dup"} {
		checkRows(t, "word_ngram_repetition", "{}", signal, []row{
			{"verse stays", versePage, 0, true}, {"source code stays", codePage, measure(t, codePage, signal), true},
		})
	}
}

// refNgrams computes the signals as their text says, with maps, for every length
// by itself.
func refNgrams(words []string) []float64 {
	total := 0
	for _, w := range words {
		total += len([]rune(w))
	}
	runes := func(i, n int) (sum int) {
		for _, w := range words[i : i+n] {
			sum += len([]rune(w))
		}
		return sum
	}
	var out []float64
	for n := minGram; n <= maxGram; n++ {
		count, end := map[string]int{}, map[string]int{}
		covered := make([]bool, len(words))
		top := 0
		for i := 0; i+n <= len(words); i++ {
			g := strings.Join(words[i:i+n], "\x00")
			if i < end[g] {
				continue
			}
			end[g] = i + n
			count[g]++
			if count[g] > 1 {
				top = max(top, count[g]*runes(i, n))
				for k := i; k < i+n; k++ {
					covered[k] = true
				}
			}
		}
		if n < minDupGram {
			out = append(out, share(top, total))
			continue
		}
		dup := 0
		for k, c := range covered {
			if c {
				dup += runes(k, 1)
			}
		}
		out = append(out, share(dup, total))
	}
	grams := map[string]int{}
	for i := 0; i+5 <= len(words); i++ {
		grams[strings.Join(words[i:i+5], "\x00")]++
	}
	again := 0
	for _, n := range grams {
		if n > 1 {
			again += n
		}
	}
	return append(out, share(again, max(len(words)-4, 1)))
}

// TestWordNgramRepetition_equalsReference compares with the slow twin on words from
// small vocabularies, where everything repeats.
func TestWordNgramRepetition_equalsReference(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	m := newMeasurer(t)
	first, _ := SignalIndex("word_2gram_top")
	for round := range 300 {
		vocabulary := 1 + rnd.IntN(12)
		words := make([]string, 1+rnd.IntN(80))
		for i := range words {
			words[i] = fmt.Sprintf("w%d", rnd.IntN(vocabulary)*rnd.IntN(1+round%40))
		}
		d := &corpus.Document{}
		d.SetText(strings.Join(words, " "))
		setWords(d)
		m.Measure(d)
		for k, want := range refNgrams(words) {
			if got := d.Signals[first+k]; got != corpus.Round(want, 4) {
				t.Fatalf("round %d, %d-grams of %q: got %v, want %v", round, k+minGram, words, got, want)
			}
		}
	}
}
