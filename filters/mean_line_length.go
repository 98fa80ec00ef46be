package filters

import (
	"math"

	"github.com/qingliu/qingliu/corpus"
)

// MeanLineLengthConfig configures mean_line_length.
type MeanLineLengthConfig struct {
	MinCodePoints float64 `yaml:"min_code_points" min:"mean_line_length" range:"0.." unit:"code points per line" doc:"drop texts of shorter lines: menus, lists, tables"`
	MaxCodePoints float64 `yaml:"max_code_points" max:"mean_line_length" range:"1.." unit:"code points per line" doc:"drop texts of longer lines; .inf for no limit"`
}

var meanLineLength = define(Spec{
	Name: "mean_line_length", Doc: "Drops pages that consist of short lines: navigation, link lists, tables of words.",
	From:    "CWT, CCI4 and FlagData: at least 10 characters per line",
	Signals: []Signal{{"mean_line_length", 2, "code points that are no white space, per non-blank line"}},
	Needs:   NeedText,
}, MeanLineLengthConfig{MinCodePoints: 10, MaxCodePoints: math.Inf(1)}, newMeanLineLength)

type meanLineLengthFilter struct {
	at slot
	s  *scratch
}

func newMeanLineLength(_ MeanLineLengthConfig, at slot, s *scratch) Filter {
	return &meanLineLengthFilter{at, s}
}

func (f *meanLineLengthFilter) Measure(doc *corpus.Document) {
	f.at.setShare(doc, 0, f.s.solid, len(doc.Lines()))
}
