package filters

import (
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
)

// ProseFractionConfig configures prose_fraction.
type ProseFractionConfig struct {
	MinFraction float64 `yaml:"min_fraction" min:"prose_fraction" range:"0..1" unit:"fraction of bytes" doc:"drop when less of the text is in lines that read like prose"`
}

// Blogs and much Taiwanese writing end lines without a mark, so that a rule on line
// ends alone drops them. Inside their lines they have commas, which the entries of
// menus and link lists have not.
var proseFraction = define(Spec{
	Name: "prose_fraction", Doc: "Drops pages with little text in lines that have a comma or sentence mark anywhere: menus, link lists, tables.",
	From:    "own measurement, 2026-11, on articles, list pages and boilerplate of 118 Chinese sites",
	Signals: []Signal{{"prose_fraction", 4, "bytes in lines with a comma or sentence mark, of all bytes in non-blank lines; ASCII ones count behind Chinese or before a space"}},
	Needs:   NeedText,
}, ProseFractionConfig{MinFraction: 0.25}, newProseFraction)

type proseFractionFilter struct {
	at slot
	s  *scratch
}

func newProseFraction(_ ProseFractionConfig, at slot, s *scratch) Filter {
	return proseFractionFilter{at, s}
}

func (f proseFractionFilter) Measure(doc *corpus.Document) {
	text, prose, all := doc.Text(), 0, 0
	for i, l := range doc.Lines() {
		size := int(l.End - l.Start)
		all += size
		if isProse(text[l.Start:l.End], f.s.lines[i].marks) {
			prose += size
		}
	}
	f.at.setShare(doc, 0, prose, all)
}

func isProse(line string, marks uint8) bool {
	if marks&(proseMark|asciiMark) != asciiMark {
		return marks&proseMark != 0
	}
	for i := range len(line) {
		switch line[i] {
		case ',', '!', '?', ';':
			if i > 0 && line[i-1] >= utf8.RuneSelf || i+1 < len(line) && line[i+1] == ' ' {
				return true
			}
		}
	}
	return false
}
