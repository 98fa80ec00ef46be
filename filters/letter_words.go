package filters

import "github.com/qingliu/qingliu/corpus"

// LetterWordsConfig configures letter_words.
type LetterWordsConfig struct {
	MinFraction float64 `yaml:"min_fraction" min:"letter_words" range:"0..1" unit:"fraction of words" doc:"drop when fewer words have a letter"`
}

var letterWords = define(Spec{
	Name: "letter_words", Doc: "Drops pages most of whose words are numbers, punctuation and symbols.",
	From:    "FineWeb-2 cmn_Hani: at least 0.735; own looser default, because that one drops good articles",
	Signals: []Signal{{"letter_words", 4, "words with a letter of any script, of all words, each mark of punctuation and symbol counted as a word, too"}},
	Needs:   NeedText | NeedWords,
}, LetterWordsConfig{MinFraction: 0.25}, newLetterWords)

type letterWordsFilter struct {
	at slot
	s  *scratch
}

func newLetterWords(_ LetterWordsConfig, at slot, s *scratch) Filter {
	return &letterWordsFilter{at, s}
}

func (f *letterWordsFilter) Measure(doc *corpus.Document) {
	if doc.Words() == nil {
		return
	}
	n := &f.s.counts
	f.at.setShare(doc, 0, f.s.letterWords, f.s.contentWords+n[classPoint]+n[classSymbol])
}
