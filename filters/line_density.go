package filters

import "github.com/qingliu/qingliu/corpus"

// LineDensityConfig configures line_density.
type LineDensityConfig struct {
	MaxLinesPerWord float64 `yaml:"max_lines_per_word" max:"lines_per_word" range:"0.." unit:"lines per word" doc:"drop texts with more lines for their words"`
}

var lineDensity = define(Spec{
	Name: "line_density", Doc: "Drops pages with a line break every few words: lists and menus. The counterpart of mean_line_length over words.",
	From:    "FineWeb-2 cmn_Hani (at most 0.178 line breaks per word), loosened by own measurement, 2026-11: manuals reach 0.21",
	Signals: []Signal{{"lines_per_word", 4, "non-blank lines per word with a letter or digit"}},
	Needs:   NeedText | NeedWords,
}, LineDensityConfig{MaxLinesPerWord: 0.25}, newLineDensity)

type lineDensityFilter struct {
	at slot
	s  *scratch
}

func newLineDensity(_ LineDensityConfig, at slot, s *scratch) Filter {
	return &lineDensityFilter{at, s}
}

func (f *lineDensityFilter) Measure(doc *corpus.Document) {
	f.at.setShare(doc, 0, len(doc.Lines()), f.s.contentWords)
}
