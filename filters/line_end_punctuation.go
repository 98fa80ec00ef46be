package filters

import (
	"unicode"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
)

// LineEndPunctuationConfig configures line_end_punctuation.
type LineEndPunctuationConfig struct {
	MinFraction     float64 `yaml:"min_fraction" min:"line_end_punctuation" range:"0..1" unit:"fraction of lines" doc:"drop when fewer lines end like a sentence"`
	MinTextFraction float64 `yaml:"min_text_fraction" min:"line_end_punctuation_text" range:"0..1" unit:"fraction of bytes" doc:"drop when less of the text is in lines that end like a sentence"`
}

// A line ends like a sentence when its last code point is a Chinese or ASCII
// sentence mark or a Chinese closing quote or bracket, or when it ends in an ASCII
// quote or bracket behind a sentence mark. Colons do not count: 来源：, 作者： and
// the labels of forms end in them.
var lineEndPunctuation = define(Spec{
	Name: "line_end_punctuation", Doc: "Drops pages whose lines do not end like sentences: menus, link lists, tag clouds.",
	From: "FineWeb-2 cmn_Hani (0.106 of lines), with Chinese closing quotes and brackets added",
	Signals: []Signal{
		{"line_end_punctuation", 4, "lines that end like a sentence, of all non-blank lines"},
		{"line_end_punctuation_text", 4, "bytes in lines that end like a sentence, of all bytes in non-blank lines"},
	},
	Needs: NeedText,
}, LineEndPunctuationConfig{MinFraction: 0.106}, newLineEndPunctuation)

type lineEndPunctuationFilter struct{ at slot }

func newLineEndPunctuation(_ LineEndPunctuationConfig, at slot, _ *scratch) Filter {
	return lineEndPunctuationFilter{at}
}

func (f lineEndPunctuationFilter) Measure(doc *corpus.Document) {
	text, lines := doc.Text(), doc.Lines()
	n, inEnded, all := 0, 0, 0
	for _, l := range lines {
		size := int(l.End - l.Start)
		all += size
		if endsLikeSentence(text[l.Start:l.End]) {
			n++
			inEnded += size
		}
	}
	f.at.setShare(doc, 0, n, len(lines))
	f.at.setShare(doc, 1, inEnded, all)
}

func endsLikeSentence(line string) bool {
	for first := true; len(line) > 0; first = false {
		r, size := lastRune(line)
		switch r {
		case '。', '！', '？', '…', '；', '.', '!', '?', ';', '．', '｡', '⋯':
			return true
		case '”', '’', '」', '』', '）', '〞':
			return true
		case '"', '\'', ')', ']', '】', '》':
			// decided by what stands before it
		default:
			if !first || !unicode.IsSpace(r) {
				return false
			}
			line = line[:len(line)-size]
			for {
				if r, size = utf8.DecodeLastRuneInString(line); size == 0 || !unicode.IsSpace(r) {
					break
				}
				line = line[:len(line)-size]
			}
			continue
		}
		line = line[:len(line)-size]
	}
	return false
}
