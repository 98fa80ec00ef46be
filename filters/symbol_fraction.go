package filters

import "github.com/qingliu/qingliu/corpus"

// SymbolFractionConfig configures symbol_fraction.
type SymbolFractionConfig struct {
	MaxFraction         float64 `yaml:"max_fraction" max:"symbol_fraction" range:"0..1" unit:"fraction of code points" doc:"drop when more of the text is symbols"`
	MaxSpecialFraction  float64 `yaml:"max_special_fraction" max:"special_fraction" range:"0..1" unit:"fraction of code points" doc:"drop when more of the text is neither letter nor digit"`
	MinSpecialFraction  float64 `yaml:"min_special_fraction" min:"special_fraction" range:"0..1" unit:"fraction of code points" doc:"drop when less of the text is punctuation: word salad"`
	MaxHashFraction     float64 `yaml:"max_hash_fraction" max:"hash_fraction" range:"0..1" unit:"fraction of code points" doc:"drop when more of the text is number signs"`
	MaxEllipsisFraction float64 `yaml:"max_ellipsis_fraction" max:"ellipsis_fraction" range:"0..1" unit:"fraction of code points" doc:"drop when more of the text is ellipses"`
}

var symbolFraction = define(Spec{
	Name: "symbol_fraction", Doc: "Drops pages full of symbols (bullets, pipes, arrows, box drawings, emoji) or of too much or no punctuation.",
	From: "ROOTS zh (0.30 special characters) and MAP-CC (some punctuation; # and ellipses at most 0.10 each), loosened by own measurement, 2026-11",
	Signals: []Signal{
		{"symbol_fraction", 4, "symbols and unusual punctuation, of the code points that are no white space"},
		{"special_fraction", 4, "everything but letters and digits, of the code points that are no white space"},
		{"hash_fraction", 4, "# and ＃, of the code points that are no white space"},
		{"ellipsis_fraction", 4, "… and runs of three or more full stops, of the code points that are no white space"},
	},
	Needs: NeedText,
}, SymbolFractionConfig{
	MaxFraction: 0.25, MaxSpecialFraction: 0.4, MinSpecialFraction: 0.01, MaxHashFraction: 0.1, MaxEllipsisFraction: 0.1,
}, newSymbolFraction)

type symbolFractionFilter struct {
	at slot
	s  *scratch
}

func newSymbolFraction(_ SymbolFractionConfig, at slot, s *scratch) Filter {
	return &symbolFractionFilter{at, s}
}

func (f *symbolFractionFilter) Measure(doc *corpus.Document) {
	n := &f.s.counts
	f.at.setShare(doc, 0, n[classSymbol], f.s.solid)
	f.at.setShare(doc, 1, n[classPoint]+n[classSymbol]+n[classOther], f.s.solid)
	f.at.setShare(doc, 2, f.s.punct.hashes, len(f.s.runes))
	f.at.setShare(doc, 3, f.s.punct.ellipses, len(f.s.runes))
}
