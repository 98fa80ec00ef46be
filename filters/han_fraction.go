package filters

import "github.com/qingliu/qingliu/corpus"

// HanFractionConfig configures han_fraction.
type HanFractionConfig struct {
	MinFraction float64 `yaml:"min_fraction" min:"han_fraction" range:"0..1" unit:"fraction of code points" doc:"drop texts with a smaller share of Chinese characters"`
}

var hanFraction = define(Spec{
	Name: "han_fraction", Doc: "Drops pages that are mostly not Chinese characters. White space does not count.",
	From:    "CWT (at least 0.30 of all characters); own measurement, 2026-11: tutorials with long listings go down to 0.1",
	Signals: []Signal{{"han_fraction", 4, "Han code points of those that are no white space"}},
	Needs:   NeedText,
}, HanFractionConfig{MinFraction: 0.1}, newHanFraction)

type hanFractionFilter struct {
	at slot
	s  *scratch
}

func newHanFraction(_ HanFractionConfig, at slot, s *scratch) Filter {
	return &hanFractionFilter{at, s}
}

func (f *hanFractionFilter) Measure(doc *corpus.Document) {
	f.at.setShare(doc, 0, f.s.counts[classHan], f.s.solid)
}
