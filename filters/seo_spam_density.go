package filters

import (
	_ "embed"

	"github.com/qingliu/qingliu/corpus"
)

// SeoSpamDensityConfig configures seo_spam_density.
type SeoSpamDensityConfig struct {
	MaxPerThousand float64 `yaml:"max_per_thousand" max:"seo_spam_density" range:"0..1000" unit:"hits per 1,000 code points" doc:"drop when the words are denser"`
}

//go:embed words/seo_spam.txt
var seoSpamWordList string

var seoSpamDensity = define(Spec{
	Name: "seo_spam_density", Version: 2, Doc: "Drops pages of advertising copy and search spam (services, fakes, loans, cures) by the density of its words.",
	From: "own word list and measurement, 2026-11; by density on word boundaries, because any-substring lists drop news and law",
	Signals: []Signal{
		{"seo_spam_density", 3, "hits of the list per 1,000 code points that are no white space; 0 unless two different entries occur"},
		{"seo_spam_words", 0, "different entries of the list"},
	},
	Needs:    NeedText | NeedWords,
	wordList: seoSpamWordList,
}, SeoSpamDensityConfig{MaxPerThousand: 15}, newSeoSpamDensity)

type seoSpamDensityFilter struct {
	at slot
	s  *scratch
}

func newSeoSpamDensity(_ SeoSpamDensityConfig, at slot, s *scratch) Filter {
	return &seoSpamDensityFilter{at, s}
}

func (f *seoSpamDensityFilter) Measure(doc *corpus.Document) {
	f.s.setDensity(doc, f.at, seoSpamWords)
}
