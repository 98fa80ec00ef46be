package filters

import "github.com/qingliu/qingliu/corpus"

// MaxRunes is how many code points without white space, and how many words, of one
// text the repetition and entropy signals look at. It bounds memory: a 1 MB prefix
// of a larger page says enough.
const MaxRunes = 1 << 18

// keepRunes is the size up to which scratch memory is kept for the next page. A
// table that stays large makes every small page after it slow.
const keepRunes = 1 << 16

// scratch is what several filters need of the same document, derived once, and
// the memory they reuse. It belongs to one Measurer.
type scratch struct {
	counts                [classCount]int // code points of the whole text by class
	solid                 int             // code points that are no white space
	letterRuns, digitRuns int             // runs of letters other than Han, of decimal digits
	runes                 []rune          // the first MaxRunes of those

	words        []uint64 // hash of each word with a letter or digit, at most MaxRunes
	wordRunes    []int32  // code points of the same words, running total: n+1 values
	letterWords  int      // words with at least one letter
	contentWords int      // words with a letter or digit, without the bound of words

	table   table
	pos     []int32 // candidate positions of the n-gram filters
	grams   []uint64
	seen    []uint64 // bit sets, see findPairs
	twice   []uint64
	slots   []int32 // of each candidate in the table
	fold    []byte  // lower-cased ASCII
	runs    charRuns
	lexicon lexiconScan
}

func newScratch() *scratch { return &scratch{} }

// reset derives everything anew from doc.
func (s *scratch) reset(doc *corpus.Document) {
	s.readText(doc.Text())
	s.readWords(doc.Text(), doc.Words())
	s.lexicon.done, s.runs.done = false, false
}

// shrink gives back what a giant page made grow.
func (s *scratch) shrink() {
	if cap(s.runes) > keepRunes || cap(s.words) > keepRunes {
		*s = scratch{}
		return
	}
	s.table.shrink()
}

func (s *scratch) readText(text string) {
	classes := bmpClasses()
	clear(s.counts[:])
	runes := s.runes[:0]
	s.letterRuns, s.digitRuns = 0, 0
	before := classSpace
	for _, r := range text {
		c := classOther
		if r < 0x10000 {
			c = classes[r]
		} else {
			c = astralClass(r)
		}
		s.counts[c]++
		if c != before {
			switch {
			case c == classDigit:
				s.digitRuns++
			case (c == classLatin || c == classLetter) && before != classLatin && before != classLetter:
				s.letterRuns++
			}
			before = c
		}
		if c != classSpace && len(runes) < MaxRunes {
			runes = append(runes, r)
		}
	}
	s.runes = runes
	s.solid = 0
	for c, n := range s.counts {
		if class(c) != classSpace {
			s.solid += n
		}
	}
}

func (s *scratch) readWords(text string, spans []corpus.Span) {
	s.words, s.wordRunes = s.words[:0], append(s.wordRunes[:0], 0)
	s.letterWords, s.contentWords = 0, 0
	total := int32(0)
	classes := bmpClasses()
	for _, w := range spans {
		word := text[w.Start:w.End]
		content, letter := contentOf(word, classes)
		if !content {
			continue
		}
		s.contentWords++
		if letter {
			s.letterWords++
		}
		if len(s.words) < MaxRunes {
			for i := range len(word) {
				if word[i]&0xc0 != 0x80 {
					total++
				}
			}
			s.words = append(s.words, hashWord(word))
			s.wordRunes = append(s.wordRunes, total)
		}
	}
}

// contentOf reports whether a word has a letter or digit, and whether it has a
// letter. The first code point nearly always tells both.
func contentOf(word string, classes *[0x10000]class) (content, letter bool) {
	for _, r := range word {
		c := classOther
		if r < 0x10000 {
			c = classes[r]
		} else {
			c = astralClass(r)
		}
		if c.isLetter() {
			return true, true
		}
		content = content || c.isContent()
	}
	return content, false
}

// runesOf returns the code points of the n kept words from word i on.
func (s *scratch) runesOf(i, n int) int { return int(s.wordRunes[i+n] - s.wordRunes[i]) }
