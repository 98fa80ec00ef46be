package filters

import (
	_ "embed"

	"github.com/qingliu/qingliu/corpus"
)

// DownloadDensityConfig configures download_density.
type DownloadDensityConfig struct {
	MaxPerThousand float64 `yaml:"max_per_thousand" max:"download_density" range:"0..1000" unit:"hits per 1,000 code points" doc:"drop when the words are denser"`
}

//go:embed words/download.txt
var downloadWordList string

var downloadDensity = define(Spec{
	Name: "download_density", Doc: "Drops pages that hand out films, books and programs (links, how to download, disclaimers) by the density of such words.",
	From: "own word list and measurement, 2026-11; tutorials that name where a program comes from stay below 6",
	Signals: []Signal{
		{"download_density", 3, "hits of the list per 1,000 code points that are no white space; 0 unless two different entries occur"},
		{"download_words", 0, "different entries of the list"},
	},
	Needs:    NeedText | NeedWords,
	wordList: downloadWordList,
}, DownloadDensityConfig{MaxPerThousand: 10}, newDownloadDensity)

type downloadDensityFilter struct {
	at slot
	s  *scratch
}

func newDownloadDensity(_ DownloadDensityConfig, at slot, s *scratch) Filter {
	return &downloadDensityFilter{at, s}
}

func (f *downloadDensityFilter) Measure(doc *corpus.Document) {
	f.s.setDensity(doc, f.at, downloadWords)
}
