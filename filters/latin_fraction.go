package filters

import "github.com/qingliu/qingliu/corpus"

// LatinFractionConfig configures latin_fraction.
type LatinFractionConfig struct {
	MaxFraction float64 `yaml:"max_fraction" max:"latin_fraction" range:"0..1" unit:"fraction of code points" doc:"drop texts with a larger share of Latin letters"`
}

var latinFraction = define(Spec{
	Name: "latin_fraction", Doc: "Drops pages that are mostly Latin letters: code dumps, English pages with a Chinese frame. White space does not count.",
	From:    "own measurement, 2026-11: technical articles with long code listings reach 0.8",
	Signals: []Signal{{"latin_fraction", 4, "Latin letters of the code points that are no white space"}},
	Needs:   NeedText,
}, LatinFractionConfig{MaxFraction: 0.8}, newLatinFraction)

type latinFractionFilter struct {
	at slot
	s  *scratch
}

func newLatinFraction(_ LatinFractionConfig, at slot, s *scratch) Filter {
	return &latinFractionFilter{at, s}
}

func (f *latinFractionFilter) Measure(doc *corpus.Document) {
	f.at.setShare(doc, 0, f.s.counts[classLatin], f.s.solid)
}
