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

type proseFractionFilter struct{ at slot }

func newProseFraction(_ ProseFractionConfig, at slot, _ *scratch) Filter {
	return proseFractionFilter{at}
}

func (f proseFractionFilter) Measure(doc *corpus.Document) {
	text, prose, all := doc.Text(), 0, 0
	for _, l := range doc.Lines() {
		size := int(l.End - l.Start)
		all += size
		if isProse(text[l.Start:l.End]) {
			prose += size
		}
	}
	f.at.setShare(doc, 0, prose, all)
}

func isProse(line string) bool {
	for i := 0; i < len(line); i++ {
		switch b := line[i]; b {
		case ',', '!', '?', ';':
			if i > 0 && line[i-1] >= utf8.RuneSelf || i+1 < len(line) && line[i+1] == ' ' {
				return true
			}
		case 0xe3: // 。 is E3 80 82
			if i+2 < len(line) && line[i+1] == 0x80 && line[i+2] == 0x82 {
				return true
			}
		case 0xef: // ！ EF BC 81, ， EF BC 8C, ； EF BC 9B, ？ EF BC 9F
			if i+2 < len(line) && line[i+1] == 0xbc {
				switch line[i+2] {
				case 0x81, 0x8c, 0x9b, 0x9f:
					return true
				}
			}
		}
	}
	return false
}
