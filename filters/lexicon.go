package filters

import (
	"math"
	"sync"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/zh"
)

// lexiconID names the word lists that are looked up together.
type lexiconID uint8

const (
	gamblingWords lexiconID = iota
	pornWords
	seoSpamWords
	downloadWords
	disclaimerWords
	lexiconCount = iota
)

var lexiconLists = [lexiconCount]string{
	gamblingWords:   gamblingWordList,
	pornWords:       pornWordList,
	seoSpamWords:    seoSpamWordList,
	downloadWords:   downloadWordList,
	disclaimerWords: disclaimerWordList,
}

// An entry of a list may consist of several words of the segmenter, more where it
// is written with separators.
const maxEntryWords = 16

// lexicons is the word lists in the form they are looked up in; read-only.
type lexicons struct {
	entries  map[string]lexiconEntry // folded, see zh.AppendFolded
	starts   [1 << 10]uint64         // bit set of code points that an entry may begin with, unfolded
	alone    [1 << 10]uint64         // of those that are an entry alone
	seconds  [1 << 10]uint64         // of those that may come second
	pairs    [1 << 10]uint64         // bit set of hashes of the first two code points
	maxBytes int
}

type lexiconEntry struct {
	list   lexiconID
	number uint16 // of the entry, among all lists
}

var sharedLexicons = sync.OnceValue(func() *lexicons {
	l := &lexicons{entries: make(map[string]lexiconEntry)}
	first, second, alone := map[rune]bool{}, map[rune]bool{}, map[rune]bool{} // folded
	for id, list := range lexiconLists {
		for line := range wordLines(list) {
			key := string(zh.AppendFolded(nil, line))
			if _, ok := l.entries[key]; ok {
				continue // another form of the same word
			}
			l.entries[key] = lexiconEntry{lexiconID(id), uint16(len(l.entries))}
			l.maxBytes = max(l.maxBytes, len(key))
			r, size := utf8.DecodeRuneInString(key)
			first[r] = true
			next := rune(0) // one code point alone
			if len(key) > size {
				next, _ = utf8.DecodeRuneInString(key[size:])
			}
			second[next] = true
			if next == 0 {
				alone[r] = true
			}
			h := pairHash(r, next)
			l.pairs[h>>6] |= 1 << (h & 63)
		}
	}
	for r := range rune(0x10000) {
		if first[zh.Fold(r)] {
			l.starts[r>>6] |= 1 << (r & 63)
		}
		if second[zh.Fold(r)] {
			l.seconds[r>>6] |= 1 << (r & 63)
		}
		if alone[zh.Fold(r)] {
			l.alone[r>>6] |= 1 << (r & 63)
		}
	}
	return l
})

// lexiconScan is what was found in one document.
type lexiconScan struct {
	done     bool
	hits     [lexiconCount]int
	distinct [lexiconCount]int
	seen     []bool
}

// scanLexicons looks all lists up in one pass over the words, once per document.
// An entry matches where it begins at the beginning of a word and ends at the end
// of one, in any width, case and form of its characters and with separators (see
// separated); of several the longest counts, and the search goes on behind it.
func (s *scratch) scanLexicons(text string, words []corpus.Span) *lexiconScan {
	scan := &s.lexicon
	if scan.done {
		return scan
	}
	l := sharedLexicons()
	if scan.seen == nil {
		scan.seen = make([]bool, len(l.entries))
	}
	scan.done, scan.hits, scan.distinct = true, [lexiconCount]int{}, [lexiconCount]int{}
	clear(scan.seen)
	for i := 0; i < len(words); {
		head := text[words[i].Start:]
		if beginsHan(head) && beginsHan(head[3:]) && !l.mayBeginHan(threeByteRune(head), threeByteRune(head[3:])) {
			i++
			continue
		}
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

// mayBeginHan is a faster mayBegin for two ideographs below U+10000 as they stand in
// the text, which lets more of them pass.
func (l *lexicons) mayBeginHan(a, b rune) bool {
	return (l.starts[a>>6]>>(a&63)&(l.seconds[b>>6]>>(b&63))|l.alone[a>>6]>>(a&63))&1 != 0
}

// separators counts what stands between the code points of a match.
type separators struct{ soft, symbols int }

// add counts the gap between two code points; false if no entry goes across it.
// Between letters of a-z it makes words of their own: a-v is not av.
func (s *separators) add(before, behind rune, g zh.Gap) bool {
	if g != zh.GapNone && before < utf8.RuneSelf && behind < utf8.RuneSelf {
		return false
	}
	switch g {
	case zh.GapSoft:
		s.soft++
	case zh.GapSymbol:
		s.symbols++
	}
	return g != zh.GapBreak
}

// separated reports whether a match of n code points may be an entry: symbols in
// it (新葡★京) are there to hide it, but spaces and slashes only if they stand in
// at least every other place (新 葡 京), or they separate words (金沙 娱乐).
func (s separators) separated(n int) bool {
	return s.soft == 0 || 2*(s.soft+s.symbols) >= n-1
}

// longestEntry returns the longest entry that begins with the first of the words
// and how many words it takes, 0 if there is none.
func (s *scratch) longestEntry(l *lexicons, text string, words []corpus.Span) (e lexiconEntry, n int) {
	start := int(words[0].Start)
	c, size := runeOf(text[start:])
	if c < 0x10000 && l.starts[c>>6]&(1<<(c&63)) == 0 {
		return e, 0
	}
	r := zh.Fold(c)
	if r == 0 {
		return e, 0
	}
	next, _, end, gap := zh.NextFolded(text, start+size)
	if alone := l.mayBegin(r, 0); !alone && (gap == zh.GapBreak || !l.mayBegin(r, next)) {
		return e, 0
	}
	s.fold = utf8.AppendRune(s.fold[:0], r)
	var seps separators
	last := start + size // end of the match so far
	for w, k := 0, 1; ; k++ {
		for w < len(words) && w < maxEntryWords && int(words[w].End) < last {
			w++
		}
		if w == len(words) || w == maxEntryWords {
			return e, n
		}
		if int(words[w].End) == last && seps.separated(k) {
			if found, ok := l.entries[string(s.fold)]; ok {
				e, n = found, w+1
			}
		}
		if next == 0 || !seps.add(r, next, gap) || len(s.fold) >= l.maxBytes {
			return e, n
		}
		s.fold = utf8.AppendRune(s.fold, next)
		r = next
		last = end
		next, _, end, gap = zh.NextFolded(text, end)
	}
}

// longestPrefix returns the longest entry that text begins with, whether or not words
// end there, and its size in bytes, 0 if there is none.
func (s *scratch) longestPrefix(l *lexicons, text string) (e lexiconEntry, size int) {
	r, at, end, _ := zh.NextFolded(text, 0)
	if r == 0 || at > 0 {
		return e, 0
	}
	next, _, to, gap := zh.NextFolded(text, end)
	if !l.mayBegin(r, 0) && (gap == zh.GapBreak || !l.mayBegin(r, next)) {
		return e, 0
	}
	s.fold = utf8.AppendRune(s.fold[:0], r)
	var seps separators
	for k := 1; ; k++ {
		if found, ok := l.entries[string(s.fold)]; ok && seps.separated(k) {
			e, size = found, end
		}
		if next == 0 || !seps.add(r, next, gap) || len(s.fold) >= l.maxBytes {
			return e, size
		}
		s.fold = utf8.AppendRune(s.fold, next)
		r = next
		end = to
		next, _, to, gap = zh.NextFolded(text, end)
	}
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
