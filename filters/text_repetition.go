package filters

import "github.com/qingliu/qingliu/corpus"

// TextRepetitionConfig configures text_repetition.
type TextRepetitionConfig struct {
	MaxSentences float64 `yaml:"max_sentences" max:"text_sentence_repetition" range:"0..1" unit:"fraction of bytes" doc:"drop when more of the text is in repeated sentences"`
	MaxChars13   float64 `yaml:"max_chars_13" max:"text_13gram_repetition" range:"0..1" unit:"fraction of 13-grams" doc:"drop when more of the 13-grams of characters occur again"`
	MaxTop2      float64 `yaml:"max_top_2" max:"text_2gram_top" range:"0..1" unit:"fraction of code points" doc:"drop when one pair of words takes more of the text"`
	MaxDup5      float64 `yaml:"max_dup_5" max:"text_5gram_dup" range:"0..1" unit:"fraction of code points" doc:"drop when more of the text is in repeated runs of five words"`
	MaxDup10     float64 `yaml:"max_dup_10" max:"text_10gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for ten words"`
}

// A tutorial prints its listing again after each change, and markup repeats itself
// anyway, so that repetition says nothing of a page that is mostly a listing. The
// signals of the filters that it is measured by stay as they were published.
var textRepetition = define(Spec{
	Name: "text_repetition", Doc: "Drops pages that repeat themselves, but none that is mostly source code: the limits of paragraph_repetition, char_ngram_repetition and word_ngram_repetition that decide anything.",
	From: "own measurement, 2026-11, on 8,215 pages and 5,560 weakly labelled texts: the other lengths of word_ngram_repetition drop one page, a listing, and two articles more",
	Signals: []Signal{
		{"text_sentence_repetition", 4, "paragraph_repetition_fraction; not measured without words and where more than half of the text is code (see code_lines)"},
		{"text_13gram_repetition", 4, "the same of char_ngram_repetition"},
		{"text_2gram_top", 4, "the same of word_2gram_top"},
		{"text_5gram_dup", 4, "the same of word_5gram_dup"},
		{"text_10gram_dup", 4, "the same of word_10gram_dup"},
	},
	Needs: NeedText | NeedWords,
}, TextRepetitionConfig{.4, .8, .4, .65, .5}, newTextRepetition)

// Values that filters before text_repetition leave for it, in the order of its signals.
const (
	repeatedSentences = iota
	repeated13grams
	repeatedTop2
	repeatedDup5
	repeatedDup10
	repeatedValues
)

type textRepetitionFilter struct {
	at slot
	s  *scratch
}

func newTextRepetition(_ TextRepetitionConfig, at slot, s *scratch) Filter {
	return textRepetitionFilter{at, s}
}

func (f textRepetitionFilter) Measure(doc *corpus.Document) {
	if len(f.s.words) == 0 || f.s.mostlyCode(doc) {
		return
	}
	for k, v := range f.s.repeated {
		f.at.set(doc, k, v)
	}
}
