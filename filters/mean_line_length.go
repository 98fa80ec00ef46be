package filters

import "github.com/qingliu/qingliu/corpus"

// MeanLineLengthConfig configures mean_line_length.
type MeanLineLengthConfig struct {
	MinCodePoints     float64 `yaml:"min_code_points" min:"mean_line_length" range:"0.." unit:"code points per line" doc:"drop texts of shorter lines, verse too; 0 for no limit"`
	MinOpenCodePoints float64 `yaml:"min_open_code_points" min:"text_per_open_line" range:"0.." unit:"code points per line" doc:"drop texts with less text for each line without an end mark"`
}

// Published rules bound the mean over all lines and drop verse and dialogue with
// it. An open line is one that does not end like a sentence: menus and lists consist
// of them, while verse with its marks has few and a listing stands among prose.
var meanLineLength = define(Spec{
	Name: "mean_line_length", Doc: "Drops pages that consist of short lines: navigation, link lists, tables of words.",
	From: "CWT, CCI4 and FlagData: at least 10 characters per line; per open line by own measurement, 2026-11",
	Signals: []Signal{
		{"mean_line_length", 2, "code points that are no white space, per non-blank line"},
		{"text_per_open_line", 2, "code points that are no white space, of all lines, per line that does not end like a sentence; not measured without such lines"},
	},
	Needs: NeedText,
}, MeanLineLengthConfig{MinOpenCodePoints: 10}, newMeanLineLength)

type meanLineLengthFilter struct {
	at slot
	s  *scratch
}

func newMeanLineLength(_ MeanLineLengthConfig, at slot, s *scratch) Filter {
	return &meanLineLengthFilter{at, s}
}

func (f *meanLineLengthFilter) Measure(doc *corpus.Document) {
	text, lines := doc.Text(), doc.Lines()
	open := 0
	for _, l := range lines {
		if !endsLikeSentence(text[l.Start:l.End]) {
			open++
		}
	}
	f.at.setShare(doc, 0, f.s.solid, len(lines))
	f.at.setShare(doc, 1, f.s.solid, open)
}
