package filters

import (
	"math"

	"github.com/qingliu/qingliu/corpus"
)

// LineDensityConfig configures line_density.
type LineDensityConfig struct {
	MaxLinesPerWord     float64 `yaml:"max_lines_per_word" max:"lines_per_word" range:"0.." unit:"lines per word" doc:"drop texts with more lines for their words, verse too"`
	MaxOpenLinesPerWord float64 `yaml:"max_open_lines_per_word" max:"open_lines_per_word" range:"0.." unit:"lines per word" doc:"the same counting only lines without an end mark"`
}

var lineDensity = define(Spec{
	Name: "line_density", Doc: "Drops pages with a line break every few words: lists and menus. The counterpart of mean_line_length over words.",
	From: "FineWeb-2 cmn_Hani (at most 0.178 line breaks per word); over open lines by own measurement, 2026-11: manuals reach 0.21",
	Signals: []Signal{
		{"lines_per_word", 4, "non-blank lines per word with a letter or digit"},
		{"open_lines_per_word", 4, "non-blank lines that do not end like a sentence, per word with a letter or digit"},
	},
	Needs: NeedText | NeedWords,
}, LineDensityConfig{MaxLinesPerWord: math.Inf(1), MaxOpenLinesPerWord: 0.25}, newLineDensity)

type lineDensityFilter struct {
	at slot
	s  *scratch
}

func newLineDensity(_ LineDensityConfig, at slot, s *scratch) Filter {
	return &lineDensityFilter{at, s}
}

func (f *lineDensityFilter) Measure(doc *corpus.Document) {
	text, lines := doc.Text(), doc.Lines()
	open := 0
	for _, l := range lines {
		if !endsLikeSentence(text[l.Start:l.End]) {
			open++
		}
	}
	f.at.setShare(doc, 0, len(lines), f.s.contentWords)
	f.at.setShare(doc, 1, open, f.s.contentWords)
}
