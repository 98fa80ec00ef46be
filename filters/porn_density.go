package filters

import (
	_ "embed"

	"github.com/qingliu/qingliu/corpus"
)

// PornDensityConfig configures porn_density.
type PornDensityConfig struct {
	MaxPerThousand float64 `yaml:"max_per_thousand" max:"porn_density" range:"0..1000" unit:"hits per 1,000 code points" doc:"drop when the words are denser"`
}

//go:embed words/porn.txt
var pornWordList string

var pornDensity = define(Spec{
	Name: "porn_density", Version: 2, Doc: "Drops pages of pornographic spam by the density of its words.",
	From: "own word list and measurement, 2026-11; by density on word boundaries, because any-substring lists drop news and law",
	Signals: []Signal{
		{"porn_density", 3, "hits of the list per 1,000 code points that are no white space; 0 unless two different entries occur"},
		{"porn_words", 0, "different entries of the list"},
	},
	Needs:    NeedText | NeedWords,
	wordList: pornWordList,
}, PornDensityConfig{MaxPerThousand: 5}, newPornDensity)

type pornDensityFilter struct {
	at slot
	s  *scratch
}

func newPornDensity(_ PornDensityConfig, at slot, s *scratch) Filter {
	return &pornDensityFilter{at, s}
}

func (f *pornDensityFilter) Measure(doc *corpus.Document) {
	f.s.setDensity(doc, f.at, pornWords)
}
