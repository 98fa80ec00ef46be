package filters

import "github.com/qingliu/qingliu/corpus"

// DigitFractionConfig configures digit_fraction.
type DigitFractionConfig struct {
	MaxFraction float64 `yaml:"max_fraction" max:"digit_fraction" range:"0..1" unit:"fraction of letters and digits" doc:"drop texts with a larger share of digits"`
}

var digitFraction = define(Spec{
	Name: "digit_fraction", Doc: "Drops pages of numbers: draw results, timetables, logs, phone lists.",
	From:    "MAP-CC (at most 0.30 of the characters that are no punctuation), loosened by own measurement, 2026-11",
	Signals: []Signal{{"digit_fraction", 4, "decimal digits of all letters and digits"}},
	Needs:   NeedText,
}, DigitFractionConfig{MaxFraction: 0.35}, newDigitFraction)

type digitFractionFilter struct {
	at slot
	s  *scratch
}

func newDigitFraction(_ DigitFractionConfig, at slot, s *scratch) Filter {
	return &digitFractionFilter{at, s}
}

func (f *digitFractionFilter) Measure(doc *corpus.Document) {
	n := &f.s.counts
	f.at.setShare(doc, 0, n[classDigit], n[classHan]+n[classLatin]+n[classLetter]+n[classDigit])
}
