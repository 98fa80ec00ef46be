package filters

import (
	"math"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
)

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
	lines                 []lineCounts    // of doc.Lines()
	punct                 punctuation

	words        []uint64 // hash of each word with a letter or digit, at most MaxRunes
	wordRunes    []int32  // code points of the same words, running total: n+1 values
	heads        []int32  // words at which an entry of a word list may begin
	letterWords  int      // words with at least one letter
	contentWords int      // words with a letter or digit, without the bound of words

	table table
	pos   []int32 // candidate positions of the n-gram filters
	grams []uint64
	pairs []bitPair // of hashes of pairs of words
	slots []int32   // of each candidate in the table
	fold  []byte    // lower-cased ASCII
	runs  charRuns

	runeCounts []uint32 // by code point, all 0 between pages
	distinct   struct {
		done  bool
		n     int
		sum   uint64
		runes []uint32 // slots of the counts that are not 0
	}
	lexicon  lexiconScan
	repeated [repeatedValues]float64 // for text_repetition
	code     struct {
		done         bool
		flags, maybe []bool // of doc.Lines(), see codeFlags
		bytes, all   int    // in lines of code, in all lines
	}
}

func newScratch() *scratch { return &scratch{} }

// reset derives everything anew from doc.
func (s *scratch) reset(doc *corpus.Document) {
	s.table.seed = seedOf(doc.Text())
	s.runs.base = s.table.seed
	s.readText(doc)
	s.readWords(doc.Text(), doc.Words())
	s.lexicon.done, s.runs.done, s.distinct.done, s.code.done = false, false, false, false
	for k := range s.repeated {
		s.repeated[k] = math.NaN()
	}
}

// shrink gives back what a giant page made grow.
func (s *scratch) shrink() {
	if cap(s.runes) > keepRunes || cap(s.words) > keepRunes || cap(s.heads) > keepRunes {
		*s = scratch{}
		return
	}
	s.table.shrink()
}

// lowerHash hashes a line in lower case of ASCII with end behind it, as the hashes of
// word lists in lower case are. It uses s.fold.
func (s *scratch) lowerHash(line, end string) uint64 {
	b := s.fold[:0]
	for i := range len(line) {
		c := line[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	s.fold = append(b, end...)
	return xxh3.Hash(s.fold)
}

// runesOf returns the code points of the n kept words from word i on.
func (s *scratch) runesOf(i, n int) int { return int(s.wordRunes[i+n] - s.wordRunes[i]) }
