package filters

import (
	"github.com/qingliu/qingliu/corpus"
)

// BracketFractionConfig configures bracket_fraction.
type BracketFractionConfig struct {
	MaxFraction float64 `yaml:"max_fraction" max:"bracket_fraction" range:"0..1" unit:"fraction of code points" doc:"drop when more of the text is inside 【】"`
}

var bracketFraction = define(Spec{
	Name: "bracket_fraction", Doc: "Drops pages with much text inside 【】 or 〖〗, the mark of classified ads and title lists.",
	From:    "MAP-CC (at most 0.10 of characters), loosened by own measurement, 2026-11: good pages with 【】 headings reach 0.15",
	Signals: []Signal{{"bracket_fraction", 4, "code points between 【 and 】 or 〖 and 〗 on one line, brackets included, of those that are no white space"}},
	Needs:   NeedText,
}, BracketFractionConfig{MaxFraction: 0.25}, newBracketFraction)

type bracketFractionFilter struct {
	at slot
	s  *scratch
}

func newBracketFraction(_ BracketFractionConfig, at slot, s *scratch) Filter {
	return &bracketFractionFilter{at, s}
}

func (f *bracketFractionFilter) Measure(doc *corpus.Document) {
	text, inside := doc.Text(), 0
	for i, l := range doc.Lines() {
		if f.s.lines[i].marks&bracketMark == 0 {
			continue
		}
		since := -1 // solid code points since the opening bracket
		for _, r := range text[l.Start:l.End] {
			switch {
			case r == '【' || r == '〖':
				since = 1
			case since < 0 || classOf(r) == classSpace:
			case r == '】' || r == '〗':
				inside += since + 1
				since = -1
			default:
				since++
			}
		}
	}
	// Of broken UTF-8 the bytes are counted here, code points in all.
	f.at.setShare(doc, 0, min(inside, f.s.solid), f.s.solid)
}
