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

// The hash of a 13-gram is a polynomial modulo 2^64, which rolls: drop the oldest
// code point, shift, add the newest.
const rollBase = 0x9e3779b97f4a7c15

var rollDrop = func() uint64 {
	p := uint64(1)
	for range charNgram - 1 {
		p *= rollBase
	}
	return p
}()

func (f *charNgramRepetitionFilter) Measure(doc *corpus.Document) {
	runes := f.s.runes
	n := len(runes) - charNgram + 1
	if n <= 0 {
		f.at.setShare(doc, 0, 0, len(runes))
		return
	}
	t := &f.s.table
	t.reset(n)
	h, again := uint64(0), 0
	for i, r := range runes {
		if i >= charNgram {
			h -= uint64(runes[i-charNgram]+1) * rollDrop
		}
		h = h*rollBase + uint64(r+1)
		if i < charNgram-1 {
			continue
		}
		e := t.find(mix(h))
		switch e.count {
		case 0:
			e.count = 1
		case 1:
			e.count = 2
			again += 2 // this one and the first
		default:
			again++
		}
	}
	f.at.setShare(doc, 0, again, n)
}
