package filters

import "github.com/qingliu/qingliu/corpus"

// NumberDensityConfig configures number_density.
type NumberDensityConfig struct {
	MaxNumbers  float64 `yaml:"max_numbers" max:"numbers_per_unit" range:"0.." unit:"numbers per unit" doc:"drop texts with more numbers for their characters and words"`
	MaxNewlines float64 `yaml:"max_newlines" max:"newlines_per_unit" range:"0.." unit:"line breaks per unit" doc:"drop texts with more line breaks for the same"`
}

// FlagData counts a Han character as much as a Latin word, which needs no segmenter.
var numberDensity = define(Spec{
	Name: "number_density", Doc: "Drops tables and menus by numbers and line breaks per unit; a unit is a Han character or a run of other letters.",
	From: "FlagData cleaner operators (numbers at most 0.5, line breaks at most 0.25)",
	Signals: []Signal{
		{"numbers_per_unit", 4, "runs of decimal digits per Han code point or run of other letters; not measured where there is none"},
		{"newlines_per_unit", 4, "line breaks between non-blank lines per Han code point or run of other letters; not measured where there is none"},
	},
	Needs: NeedText,
}, NumberDensityConfig{MaxNumbers: 0.5, MaxNewlines: 0.25}, newNumberDensity)

type numberDensityFilter struct {
	at slot
	s  *scratch
}

func newNumberDensity(_ NumberDensityConfig, at slot, s *scratch) Filter {
	return &numberDensityFilter{at, s}
}

func (f *numberDensityFilter) Measure(doc *corpus.Document) {
	units := f.s.counts[classHan] + f.s.letterRuns
	f.at.setShare(doc, 0, f.s.digitRuns, units)
	f.at.setShare(doc, 1, max(len(doc.Lines())-1, 0), units)
}
