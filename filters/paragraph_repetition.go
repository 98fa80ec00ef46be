package filters

import (
	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
)

// ParagraphRepetitionConfig configures paragraph_repetition.
type ParagraphRepetitionConfig struct {
	MaxFraction float64 `yaml:"max_fraction" max:"paragraph_repetition_fraction" range:"0..1" unit:"fraction of bytes" doc:"drop when more of the text is in repeated sentences"`
}

// minSentenceBytes is the size from which a repeated sentence counts: about ten
// Chinese characters. Shorter ones (好的。谢谢！) repeat in good dialogue.
const minSentenceBytes = 30

var paragraphRepetition = define(Spec{
	Name: "paragraph_repetition", Doc: "Drops pages that say the same sentences again, wherever the lines break.",
	From:    "Gopher, table A1 (arXiv:2112.11446), duplicate paragraphs 0.20 of characters, applied to sentences; loosened by own measurement, 2026-11",
	Signals: []Signal{{"paragraph_repetition_fraction", 4, "bytes in sentences of 30 bytes or more that repeat an earlier one, of all bytes in sentences"}},
	Needs:   NeedText,
}, ParagraphRepetitionConfig{MaxFraction: 0.4}, newParagraphRepetition)

type paragraphRepetitionFilter struct {
	at slot
	s  *scratch
}

func newParagraphRepetition(_ ParagraphRepetitionConfig, at slot, s *scratch) Filter {
	return &paragraphRepetitionFilter{at, s}
}

// Measure cuts sentences itself, at 。！？；!? and line ends, so that the value does
// not depend on the sentence rules of another package.
func (f *paragraphRepetitionFilter) Measure(doc *corpus.Document) {
	text := doc.Text()
	f.s.table.reset(min(len(text)/minSentenceBytes+1, MaxRunes))
	repeated, all, known := 0, 0, 0
	for start := 0; start < len(text); {
		end, next := sentenceEnd(text, start)
		n := end - start
		all += n
		if n >= minSentenceBytes && known < MaxRunes {
			e := f.s.table.find(xxh3.HashString(text[start:end]))
			if e.count > 0 {
				repeated += n
			} else {
				known++
			}
			e.count = 1
		}
		start = next
	}
	f.at.setShare(doc, 0, repeated, all)
}

// sentenceEnd returns where the sentence from start on ends, without its mark,
// and where the next one begins.
func sentenceEnd(text string, start int) (end, next int) {
	for start+end < len(text) {
		i := start + end
		switch text[i] {
		case '\n', '!', '?':
			return i, i + 1
		case 0xe3: // 。 is E3 80 82
			if len(text) > i+2 && text[i+1] == 0x80 && text[i+2] == 0x82 {
				return i, i + 3
			}
		case 0xef: // ！ EF BC 81, ；EF BC 9B, ？EF BC 9F
			if len(text) > i+2 && text[i+1] == 0xbc && (text[i+2] == 0x81 || text[i+2] == 0x9b || text[i+2] == 0x9f) {
				return i, i + 3
			}
		}
		end++
	}
	return len(text), len(text)
}
