package filters

import (
	"math"
	"math/bits"
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
	pairs    [1 << 10]uint64         // bit set of hashes of the first two code points
	hanPairs [1 << 10]uint64         // the same of two ideographs that an entry may begin with, unfolded
	hanAlone [1 << 6]uint64          // the same of ideographs that are an entry alone
	maxBytes int
}

type lexiconEntry struct {
	list   lexiconID
	number uint16 // of the entry, among all lists
}

var sharedLexicons = sync.OnceValue(func() *lexicons {
	l := &lexicons{entries: make(map[string]lexiconEntry)}
	first := map[rune]map[rune]bool{} // the second code points by the first, folded; 0 for an entry of one
	for id, list := range lexiconLists {
		for line := range wordLines(list) {
			key := string(zh.AppendFolded(nil, line))
			if _, ok := l.entries[key]; ok {
				continue // another form of the same word
			}
			l.entries[key] = lexiconEntry{lexiconID(id), uint16(len(l.entries))}
			l.maxBytes = max(l.maxBytes, len(key))
			r, size := utf8.DecodeRuneInString(key)
			next := rune(0)
			if len(key) > size {
				next, _ = utf8.DecodeRuneInString(key[size:])
			}
			if first[r] == nil {
				first[r] = map[rune]bool{}
			}
			first[r][next] = true
			h := pairHash(r, next)
			l.pairs[h>>6] |= 1 << (h & 63)
		}
	}
	forms := map[rune][]rune{} // ideographs that oneHan knows, by their folded form
	for r := rune(firstHan); r <= lastHan; r++ {
		forms[zh.Fold(r)] = append(forms[zh.Fold(r)], r)
	}
	for a := range rune(0x10000) {
		seconds := first[zh.Fold(a)]
		if seconds == nil {
			continue
		}
		l.starts[a>>6] |= 1 << (a & 63)
		if a < firstHan || a > lastHan {
			continue
		}
		for next := range seconds {
			if next == 0 {
				h := hanHash(headOf(string(a) + "     "))
				l.hanAlone[h>>6] |= 1 << (h & 63)
			}
			for _, b := range forms[next] {
				h := hanPairHash(headOf(string([]rune{a, b}) + "  "))
				l.hanPairs[h>>6] |= 1 << (h & 63)
			}
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

// scanLexicons looks all lists up where the words of s.heads begin, once per document.
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
	next := 0 // the word behind the last match
	for _, h := range s.heads {
		i := int(h)
		if i < next || !l.mayBeginAt(text[words[i].Start:]) {
			continue
		}
		e, n := s.longestEntry(l, text, words[i:])
		if n == 0 {
			continue
		}
		next = i + n
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

// The ideographs that nearly all of a Chinese text is of, and that fast paths know:
// three bytes, from E4 B8 80 to E9 BF BF.
const firstHan, lastHan = 0x4e00, 0x9fff

// headOf returns the first eight bytes of s, the first on top.
func headOf(s string) uint64 { return bits.ReverseBytes64(eightBytes(s)) }

// oneHan returns 1 if a head begins with a code point from U+4E00 to U+9FFF, else 0.
func oneHan(head uint64) uint64 {
	return (head>>48 - 0xe4b8 - (0xe9bf - 0xe4b8 + 1)) >> 63 &^ ((head>>48 - 0xe4b8) >> 63)
}

// twoHan reports whether a head begins with two of them.
func twoHan(head uint64) bool { return oneHan(head)&oneHan(head<<24) != 0 }

// hanPairHash hashes the two ideographs that a head begins with.
func hanPairHash(head uint64) uint64 { return head >> 16 * 0x9e3779b97f4a7c15 >> 48 }

// hanHash hashes the ideograph that a head begins with.
func hanHash(head uint64) uint64 { return head >> 40 * 0x9e3779b97f4a7c15 >> 52 }

// mayBeginHan returns 1 if an entry may begin with the two ideographs, or the one, that a
// head begins with, else 0.
func (l *lexicons) mayBeginHan(head uint64) uint64 {
	two, one := hanPairHash(head), hanHash(head)
	return (l.hanPairs[two>>6]>>(two&63) | l.hanAlone[one>>6]>>(one&63)) & 1
}

// mayBeginAt reports whether an entry may begin where text does. It is mayBegin for
// two ideographs, which are nearly all, without folding them.
func (l *lexicons) mayBeginAt(text string) bool {
	if len(text) >= 8 {
		if head := headOf(text); twoHan(head) {
			return l.mayBeginHan(head) != 0
		}
	}
	r, _ := runeOf(text)
	return r >= 0x10000 || l.starts[r>>6]>>(r&63)&1 != 0
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

// longestEntry returns the longest entry that begins with the first of the words,
// and how many words it takes, 0 if there is none.
func (s *scratch) longestEntry(l *lexicons, text string, words []corpus.Span) (e lexiconEntry, n int) {
	start := int(words[0].Start)
	c, size := runeOf(text[start:])
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
