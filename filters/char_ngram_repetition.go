package filters

import "github.com/qingliu/qingliu/corpus"

// CharNgramRepetitionConfig configures char_ngram_repetition.
type CharNgramRepetitionConfig struct {
	MaxFraction float64 `yaml:"max_fraction" max:"char_ngram_repetition" range:"0..1" unit:"fraction of 13-grams" doc:"drop when more of the 13-grams occur again"`
}

var charNgramRepetition = define(Spec{
	Name: "char_ngram_repetition", Doc: "Drops pages that consist of repeated phrases, whatever their words and lines are.",
	From:    "CWT: at most 0.50 of the 13-grams of characters occur more than once; loosened by own measurement, 2026-11",
	Signals: []Signal{{"char_ngram_repetition", 4, "13-grams of code points without white space that occur more than once, of all 13-grams of the first 262,144 code points"}},
	Needs:   NeedText,
}, CharNgramRepetitionConfig{MaxFraction: 0.8}, newCharNgramRepetition)

const charNgram = 13

type charNgramRepetitionFilter struct {
	at slot
	s  *scratch
}

func newCharNgramRepetition(_ CharNgramRepetitionConfig, at slot, s *scratch) Filter {
	return &charNgramRepetitionFilter{at, s}
}

// rollBase is the base of the polynomial modulo 2^64 that hashes runs: odd, and
// without a pattern in its bits.
const rollBase = 0x9e3779b97f4a7c15

func (f *charNgramRepetitionFilter) Measure(doc *corpus.Document) {
	again, all := 0, len(f.s.runes)
	if all >= charNgram {
		again, all = f.s.scanChars().again, all-charNgram+1
	}
	f.at.setShare(doc, 0, again, all)
	f.s.repeated[repeated13grams] = share(again, all)
}
