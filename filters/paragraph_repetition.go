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

// Measure cuts sentences at 。！？；!? and line ends, so that the value does
// not depend on the sentence rules of another package.
func (f *paragraphRepetitionFilter) Measure(doc *corpus.Document) {
	text := doc.Text()
	f.s.table.reset(min(len(text)/minSentenceBytes+1, MaxRunes))
	repeated, all, known := 0, 0, 0
	sentence := func(start, end int) {
		n := end - start
		all += n
		if n < minSentenceBytes || known >= MaxRunes {
			return
		}
		e := f.s.table.find(xxh3.HashString(text[start:end]))
		if e.count > 0 {
			repeated += n
		} else {
			known++
		}
		e.count = 1
	}
	start := 0
	for _, stop := range f.s.punct.stops {
		sentence(start, int(stop.end))
		start = int(stop.next)
	}
	sentence(start, len(text))
	f.at.setShare(doc, 0, repeated, all)
	f.s.repeated[repeatedSentences] = share(repeated, all)
}
