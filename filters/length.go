package filters

import (
	"math"

	"github.com/qingliu/qingliu/corpus"
)

// LengthConfig configures length.
type LengthConfig struct {
	MinCodePoints int     `yaml:"min_code_points" min:"n_code_points" range:"0.." unit:"code points" doc:"drop shorter texts; a larger value drops more"`
	MaxCodePoints float64 `yaml:"max_code_points" max:"n_code_points" range:"1.." unit:"code points" doc:"drop longer texts; .inf for no limit"`
	MinLines      int     `yaml:"min_lines" min:"n_lines" range:"0.." unit:"lines" doc:"drop texts with fewer non-blank lines"`
	MinWords      int     `yaml:"min_words" min:"n_words" range:"0.." unit:"words" doc:"drop texts with fewer words that have a letter or digit"`
	MaxWords      float64 `yaml:"max_words" max:"n_words" range:"1.." unit:"words" doc:"drop texts with more words; .inf for no limit"`
	MinSentences  int     `yaml:"min_sentences" min:"n_sentences" range:"0.." unit:"sentences" doc:"drop texts with fewer sentences"`
}

var length = define(Spec{
	Name: "length", Doc: "Bounds the size of a text in code points, lines, words and sentences.",
	From: "CCI4 (100 code points); CWT (more than 200) and FineWeb-2 cmn_Hani (50 words) drop short news",
	Signals: []Signal{
		{"n_code_points", 0, "code points of the main text, white space included"},
		{"n_lines", 0, "non-blank lines"},
		{"n_words", 0, "words with at least one letter or digit; not measured without words"},
		{"n_sentences", 0, "sentences; not measured without sentences"},
	},
	Needs: NeedText | NeedWords | NeedSentences,
}, LengthConfig{MinCodePoints: 100, MaxCodePoints: math.Inf(1), MaxWords: math.Inf(1)}, newLength)

type lengthFilter struct {
	at slot
	s  *scratch
}

func newLength(_ LengthConfig, at slot, s *scratch) Filter { return &lengthFilter{at, s} }

func (f *lengthFilter) Measure(doc *corpus.Document) {
	f.at.set(doc, 0, float64(doc.RuneCount()))
	f.at.set(doc, 1, float64(len(doc.Lines())))
	if doc.Words() != nil {
		f.at.set(doc, 2, float64(f.s.contentWords))
	}
	if doc.Sentences() != nil {
		f.at.set(doc, 3, float64(len(doc.Sentences())))
	}
}
