package filters

import "testing"

func TestLetterWords(t *testing.T) {
	checkRows(t, "letter_words", "{min_fraction: 0.5}", "letter_words", []row{
		{"just below", "天气 12 13", 0.3333, false},
		{"at the limit", "天气 12", 0.5, true},
		{"each mark is a word", "天气，。", 0.3333, false},
		{"letters and digits together", "天气 a1", 1, true},
		{"draw results", "05 11 18 23 期", 0.2, false},
	})
	checkRows(t, "letter_words", "{}", "letter_words", []row{
		{"price list stays", pricePage, 0.7778, true}, {"source code stays", codePage, 0.6567, true},
	})
}
