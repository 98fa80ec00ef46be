package filters

import (
	_ "embed"

	"github.com/qingliu/qingliu/corpus"
)

// DisclaimerDensityConfig configures disclaimer_density.
type DisclaimerDensityConfig struct {
	MaxPerThousand float64 `yaml:"max_per_thousand" max:"disclaimer_density" range:"0..1000" unit:"hits per 1,000 code points" doc:"drop when the phrases are denser"`
}

//go:embed words/disclaimer.txt
var disclaimerWordList string

// What is left of a page without text is often the note below it, which is whole
// sentences and passes rules on prose.
var disclaimerDensity = define(Spec{
	Name: "disclaimer_density", Doc: "Drops pages whose only sentences are the disclaimer and copyright note of their site, by the density of such phrases.",
	From: "own phrase list and measurement, 2026-11, on boilerplate of 112 Chinese sites; articles reach 8, such boilerplate has 13 and more",
	Signals: []Signal{
		{"disclaimer_density", 3, "hits of the list per 1,000 code points that are no white space; 0 unless two different entries occur"},
		{"disclaimer_words", 0, "different entries of the list"},
	},
	Needs:    NeedText | NeedWords,
	wordList: disclaimerWordList,
}, DisclaimerDensityConfig{MaxPerThousand: 12}, newDisclaimerDensity)

type disclaimerDensityFilter struct {
	at slot
	s  *scratch
}

func newDisclaimerDensity(_ DisclaimerDensityConfig, at slot, s *scratch) Filter {
	return &disclaimerDensityFilter{at, s}
}

func (f *disclaimerDensityFilter) Measure(doc *corpus.Document) {
	f.s.setDensity(doc, f.at, disclaimerWords)
}
