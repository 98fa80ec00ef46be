package filters

import (
	"math"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
)

// lexiconID names the word lists that are looked up together.
type lexiconID uint8

const (
	gamblingWords lexiconID = iota
	pornWords
	seoSpamWords
	lexiconCount = iota
)

var lexiconLists = [lexiconCount]string{
	gamblingWords: gamblingWordList,
	pornWords:     pornWordList,
	seoSpamWords:  seoSpamWordList,
}

// An entry of a list may consist of several words of the segmenter.
const maxEntryWords = 6

// lexicons is the word lists in the form they are looked up in; read-only.
type lexicons struct {
	entries  map[string]lexiconEntry // lower case
	starts   [1 << 10]uint64         // bit set of the low 16 bits of first code points
	pairs    [1 << 10]uint64         // bit set of hashes of the first two code points
	maxBytes int
}

type lexiconEntry struct {
	list   lexiconID
	number uint16 // of the entry, among all lists
}

var sharedLexicons = func() *lexicons {
	l := &lexicons{entries: make(map[string]lexiconEntry)}
	for id, list := range lexiconLists {
		for line := range wordLines(list) {
			l.entries[line] = lexiconEntry{lexiconID(id), uint16(len(l.entries))}
			l.maxBytes = max(l.maxBytes, len(line))
			r, size := utf8.DecodeRuneInString(line)
			l.starts[uint16(r)>>6] |= 1 << (r & 63)
			next, _ := utf8.DecodeRuneInString(line[size:])
			h := pairHash(r, next)
			if len(line) == size {
				h = pairHash(r, 0) // one code point alone
			}
			l.pairs[h>>6] |= 1 << (h & 63)
		}
	}
	return l
}()

// lexiconScan is what was found in one document.
type lexiconScan struct {
	done     bool
	hits     [lexiconCount]int
	distinct [lexiconCount]int
	seen     []bool
}

// scanLexicons looks all lists up in one pass over the words, once per document.
// An entry matches where it begins at the beginning of a word and ends at the end
// of one; of several the longest counts, and the search goes on behind it.
func (s *scratch) scanLexicons(text string, words []corpus.Span) *lexiconScan {
	scan := &s.lexicon
	if scan.done {
		return scan
	}
	l := sharedLexicons
	if scan.seen == nil {
		scan.seen = make([]bool, len(l.entries))
	}
	scan.done, scan.hits, scan.distinct = true, [lexiconCount]int{}, [lexiconCount]int{}
	clear(scan.seen)
	for i := 0; i < len(words); {
		e, n := s.longestEntry(l, text, words[i:])
		if n == 0 {
			i++
			continue
		}
		i += n
		scan.hits[e.list]++
		if !scan.seen[e.number] {
			scan.seen[e.number] = true
			scan.distinct[e.list]++
		}
	}
	return scan
}

func pairHash(a, b rune) uint16 {
	return uint16((uint32(a)*0x9e3779b1 ^ uint32(b)*0x85ebca77) >> 16)
}

// mayBegin reports whether an entry may begin with these two code points, or be
// the first alone where the second is 0.
func (l *lexicons) mayBegin(a, b rune) bool {
	h := pairHash(a, b)
	return l.pairs[h>>6]&(1<<(h&63)) != 0
}

func lowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		r += 'a' - 'A'
	}
	return r
}

// longestEntry returns the longest entry that begins with the first of the words
// and how many words it takes, 0 if there is none.
func (s *scratch) longestEntry(l *lexicons, text string, words []corpus.Span) (e lexiconEntry, n int) {
	start := words[0].Start
	r, size := utf8.DecodeRuneInString(text[start:])
	r = lowerASCII(r)
	if l.starts[uint16(r)>>6]&(1<<(r&63)) == 0 {
		return e, 0
	}
	next, _ := utf8.DecodeRuneInString(text[int(start)+size:])
	if !l.mayBegin(r, lowerASCII(next)) && !l.mayBegin(r, 0) {
		return e, 0
	}
	s.fold = s.fold[:0]
	for i := 0; i < len(words) && i < maxEntryWords; i++ {
		w := words[i]
		if i > 0 && w.Start != words[i-1].End || int(w.End-start) > l.maxBytes {
			break
		}
		for _, b := range []byte(text[w.Start:w.End]) {
			if b >= 'A' && b <= 'Z' {
				b += 'a' - 'A'
			}
			s.fold = append(s.fold, b)
		}
		if found, ok := l.entries[string(s.fold)]; ok {
			e, n = found, i+1
		}
	}
	return e, n
}

// longestPrefix returns the longest entry that text begins with, whether or not words
// end there, and its size in bytes, 0 if there is none.
func (s *scratch) longestPrefix(l *lexicons, text string) (e lexiconEntry, size int) {
	r, n := utf8.DecodeRuneInString(text)
	next, _ := utf8.DecodeRuneInString(text[n:])
	r = lowerASCII(r)
	if !l.mayBegin(r, lowerASCII(next)) && !l.mayBegin(r, 0) {
		return e, 0
	}
	s.fold = s.fold[:0]
	for i := 0; i < len(text) && i < l.maxBytes; i++ {
		s.fold = append(s.fold, byte(lowerASCII(rune(text[i]))))
		if i+1 < len(text) && !utf8.RuneStart(text[i+1]) {
			continue
		}
		if found, ok := l.entries[string(s.fold)]; ok {
			e, size = found, i+1
		}
	}
	return e, size
}

// setDensity stores, for one list, the hits per 1,000 code points and the number of
// different entries. One entry alone, however often it stands there, gives density
// 0: it is what a page is about, not what a page of spam looks like.
func (s *scratch) setDensity(doc *corpus.Document, at slot, list lexiconID) {
	if doc.Words() == nil || s.solid == 0 {
		return
	}
	scan := s.scanLexicons(doc.Text(), doc.Words())
	density := 0.0
	if scan.distinct[list] > 1 {
		density = float64(scan.hits[list]*1000) / float64(s.solid)
	}
	at.set(doc, 0, math.Min(density, 1000))
	at.set(doc, 1, float64(scan.distinct[list]))
}
