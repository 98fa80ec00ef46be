package filters

import (
	_ "embed"

	"github.com/qingliu/qingliu/corpus"
)

// GamblingDensityConfig configures gambling_density.
type GamblingDensityConfig struct {
	MaxPerThousand float64 `yaml:"max_per_thousand" max:"gambling_density" range:"0..1000" unit:"hits per 1,000 code points" doc:"drop when the words are denser"`
}

//go:embed words/gambling.txt
var gamblingWordList string

var gamblingDensity = define(Spec{
	Name: "gambling_density", Version: 2, Doc: "Drops pages of betting and lottery spam by the density of its words.",
	From: "own word list and measurement, 2026-11; by density on word boundaries, because any-substring lists drop news and law",
	Signals: []Signal{
		{"gambling_density", 3, "hits of the list per 1,000 code points that are no white space; 0 unless two different entries occur"},
		{"gambling_words", 0, "different entries of the list"},
	},
	Needs:    NeedText | NeedWords,
	wordList: gamblingWordList,
}, GamblingDensityConfig{MaxPerThousand: 6}, newGamblingDensity)

type gamblingDensityFilter struct {
	at slot
	s  *scratch
}

func newGamblingDensity(_ GamblingDensityConfig, at slot, s *scratch) Filter {
	return &gamblingDensityFilter{at, s}
}

func (f *gamblingDensityFilter) Measure(doc *corpus.Document) {
	f.s.setDensity(doc, f.at, gamblingWords)
}
