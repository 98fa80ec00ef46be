package filters

import (
	"math"
	"strings"
	"testing"
)

func TestTextRepetition(t *testing.T) {
	const a, b, c = "今天上午市里召开了会议。", "明天下午大家都去爬山吧！", "后天晚上我们看一场电影？"
	checkRows(t, "text_repetition", "{max_sentences: 0.25}", "text_sentence_repetition", []row{
		{"at the limit", a + b + c + a, 0.25, true},
		{"just above", a + b + a, 0.3333, false},
	})
	listing := strings.Repeat("\tfor _, v := range values { total += v }\n", 8)
	for _, signal := range []string{"text_sentence_repetition", "text_13gram_repetition", "text_2gram_top", "text_5gram_dup", "text_10gram_dup"} {
		checkRows(t, "text_repetition", "{}", signal, []row{{"a listing and its text", codePage + listing, math.NaN(), true}})
	}
	page := strings.Repeat(newsText, 5) // not of a listing, though it has one
	checkRows(t, "text_repetition", "{}", "text_10gram_dup", []row{{"the same page five times", page + listing, 0.7939, false}})
}

// What is measured is what the filters measure that the signals are named after.
func TestTextRepetition_sameValues(t *testing.T) {
	set, err := Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	m, seg := set.NewMeasurer(), newSegmenter(t)
	for _, text := range []string{newsText, strings.Repeat(newsText, 3), versePage + versePage, modernVerse, menuPage} {
		d := document(text)
		segment(seg, d)
		m.Measure(d)
		for name, of := range map[string]string{
			"text_sentence_repetition": "paragraph_repetition_fraction", "text_13gram_repetition": "char_ngram_repetition", "text_2gram_top": "word_2gram_top",
			"text_5gram_dup": "word_5gram_dup", "text_10gram_dup": "word_10gram_dup", "text_word_length": "mean_word_length",
		} {
			i, _ := SignalIndex(name)
			j, _ := SignalIndex(of)
			if math.IsNaN(d.Signals[i]) || d.Signals[i] != d.Signals[j] {
				t.Errorf("%.20q: %s is %v, %s %v", text, name, d.Signals[i], of, d.Signals[j])
			}
		}
	}
}
