package filters

import (
	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
)

// LineRepetitionConfig configures line_repetition.
type LineRepetitionConfig struct {
	MaxFraction      float64 `yaml:"max_fraction" max:"line_repetition_fraction" range:"0..1" unit:"fraction of bytes" doc:"drop when more of the text is in repeated lines"`
	MaxLinesFraction float64 `yaml:"max_lines_fraction" max:"line_repetition_lines" range:"0..1" unit:"fraction of lines" doc:"drop when more of the lines repeat an earlier one"`
	MaxText          float64 `yaml:"max_text_fraction" max:"text_repetition_fraction" range:"0..1" unit:"fraction of bytes" doc:"the same as max_fraction, but repeated lines of code do not count"`
	MaxTextLines     float64 `yaml:"max_text_lines_fraction" max:"text_repetition_lines" range:"0..1" unit:"fraction of lines" doc:"the same as max_lines_fraction, but lines of code do not count"`
}

var lineRepetition = define(Spec{
	Name: "line_repetition", Doc: "Drops pages most of whose text repeats earlier lines.",
	From: "Gopher, table A1 (arXiv:2112.11446): 0.20 of characters, 0.30 of lines, the same in c4-zh; loosened by own measurement, 2026-11; a tutorial that shows a listing in four stages repeats 0.59 of its lines",
	Signals: []Signal{
		{"line_repetition_fraction", 4, "bytes in lines that repeat an earlier line, of all bytes in non-blank lines; spaces at both ends do not count"},
		{"line_repetition_lines", 4, "lines that repeat an earlier one, of all non-blank lines"},
		{"text_repetition_fraction", 4, "the same as line_repetition_fraction, where repeated lines of source code (see code_lines) count as new"},
		{"text_repetition_lines", 4, "the same as line_repetition_lines, where repeated lines of source code count as new"},
	},
	Needs:   NeedText,
	Version: 1, // code by code_lines 2
}, LineRepetitionConfig{MaxFraction: 1, MaxLinesFraction: 1, MaxText: 0.4, MaxTextLines: 0.5}, newLineRepetition)

type lineRepetitionFilter struct {
	at slot
	s  *scratch
}

func newLineRepetition(_ LineRepetitionConfig, at slot, s *scratch) Filter {
	return &lineRepetitionFilter{at, s}
}

func (f *lineRepetitionFilter) Measure(doc *corpus.Document) {
	text, lines := doc.Text(), doc.Lines()
	if len(lines) > MaxRunes {
		lines = lines[:MaxRunes]
	}
	flags := f.s.codeFlags(doc)
	f.s.table.reset(len(lines))
	repeated, repeatedBytes, textLines, textBytes, all := 0, 0, 0, 0, 0
	for i, l := range lines {
		line := trimLine(text[l.Start:l.End])
		all += len(line)
		e := f.s.table.find(xxh3.HashString(line))
		if e.count > 0 {
			repeated++
			repeatedBytes += len(line)
			if !flags[i] {
				textLines++
				textBytes += len(line)
			}
		}
		e.count = 1
	}
	f.at.setShare(doc, 0, repeatedBytes, all)
	f.at.setShare(doc, 1, repeated, len(lines))
	f.at.setShare(doc, 2, textBytes, all)
	f.at.setShare(doc, 3, textLines, len(lines))
}
