package zh

import (
	"math"
	"strings"
	"sync"
	"unicode/utf8"
)

// maxRunRunes bounds the ideographs cut at once, and with them the scratch
// memory of a Segmenter (about 300 KiB).
const maxRunRunes = 8192

// maxKeptSpans bounds the spans that AppendSpaced keeps from text to text.
const maxKeptSpans = 1 << 18

// WordsVersion is the edition of dictionaries and rules of the segmenters:
// another one may cut differently. Signals and records depend on it.
const WordsVersion = 1

// tables are shared by all segmenters and never change.
type tables struct {
	words *trie
	emit  *emissions
	file  []byte // what words was unpacked from
}

var (
	loadTables    = sync.OnceValues(func() (*tables, error) { return newTables(wordsFile) })
	loadEmissions = sync.OnceValues(func() (*emissions, error) { return unpackEmissions(hmmFile) })
)

// newTables unpacks a dictionary.
func newTables(file []byte) (*tables, error) {
	packed, err := unpackWords(file)
	if err != nil {
		return nil, err
	}
	words, err := newTrie(packed.source())
	if err != nil {
		return nil, err
	}
	emit, err := loadEmissions()
	if err != nil {
		return nil, err
	}
	return &tables{words: words, emit: emit, file: file}, nil
}

// Segmenter cuts text into words. It owns scratch memory: use one per
// goroutine. All share one set of tables of about 14 MB.
type Segmenter struct {
	tables *tables
	class  *classTable
	jieba  bool // cuts by jieba's rules

	run    *run
	states [][4]uint8 // hidden Markov model: best previous state
	tokens []Span     // of AppendSpaced
}

// run is the ideographs that are cut at once, with what jieba cuts among them.
type run struct {
	n       int                     // code points
	runes   [maxRunRunes]rune       // up to n
	codes   [maxRunRunes + 1]uint16 // of the runes, and 0
	offsets [maxRunRunes + 1]int32  // in the text, and of the end
	cost    [maxRunRunes + 1]int64  // of the best path from each to the end
	next    [maxRunRunes]int32      // index of the rune behind its first word
	heads   [maxRunRunes]head
}

// NewSegmenter returns a segmenter. The first call in a process loads the
// tables; an error means that the program's embedded tables are damaged.
func NewSegmenter() (*Segmenter, error) {
	t, err := loadTables()
	if err != nil {
		return nil, err
	}
	return &Segmenter{tables: t, class: bmpClasses(), run: new(run)}, nil
}

// AppendWords appends the words of text as byte spans, in order and without
// overlap. Ideographs are cut by the dictionary, on the path of the highest
// probability, and runs of single ideographs by the hidden Markov model. Any
// other run of letters and digits is one word, with the decimal points in it;
// kana and hangul are runs of their own. Punctuation, symbols, spaces and
// damaged bytes are in no word. It does not allocate once dst and the scratch
// memory have grown.
func (s *Segmenter) AppendWords(dst []Span, text string) []Span {
	return s.append(dst, text, false)
}

// AppendTokens appends the words that AppendWords finds and, each by itself,
// every other code point that is no white space: with the white space between
// them the tokens are the whole text, damaged bytes excepted.
func (s *Segmenter) AppendTokens(dst []Span, text string) []Span {
	return s.append(dst, text, true)
}

// AppendSpaced appends the tokens of text (see AppendTokens) with one space
// between, and the line feeds of text where they stand. Damaged bytes go.
func (s *Segmenter) AppendSpaced(dst []byte, text string) []byte {
	s.tokens = s.AppendTokens(s.tokens[:0], text)
	end := 0
	for i, w := range s.tokens {
		lines := strings.Count(text[end:w.Start], "\n")
		for range lines {
			dst = append(dst, '\n')
		}
		if lines == 0 && i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, text[w.Start:w.End]...)
		end = int(w.End)
	}
	for range strings.Count(text[end:], "\n") {
		dst = append(dst, '\n')
	}
	if cap(s.tokens) > maxKeptSpans {
		s.tokens = nil
	}
	return dst
}

func (s *Segmenter) append(dst []Span, text string, marks bool) []Span {
	if s.jieba {
		return s.appendJieba(dst, text, marks)
	}
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		switch kind := s.kind(r); kind {
		case kindNone:
			if marks && s.classOf(r) != classSpace && (r != utf8.RuneError || size > 1) {
				dst = append(dst, Span{int32(i), int32(i + size)})
			}
			i += size
		case kindHan:
			end := s.readRun(text, i)
			dst = s.cutRun(dst)
			i = end
		default:
			end := s.wordEnd(text, i+size, kind)
			dst = append(dst, Span{int32(i), int32(end)})
			i = end
		}
	}
	return dst
}

// Kinds of runes: a word has runes of one kind only.
const (
	kindNone = iota
	kindAlnum
	kindKana
	kindHangul
	kindHan
)

var kindOfClass = [16]uint8{
	classLetter: kindAlnum, classLatin: kindAlnum, classLatinExt: kindAlnum, classDigit: kindAlnum,
	classKana: kindKana, classHangul: kindHangul,
	classHan: kindHan, classHansOnly: kindHan, classHantOnly: kindHan, classJapan: kindHan,
	classHansJapan: kindHan, classHantOld: kindHan,
}

func (s *Segmenter) kind(r rune) uint8 {
	return kindOfClass[s.classOf(r)&15]
}

func (s *Segmenter) classOf(r rune) class {
	if uint32(r) < uint32(len(s.class)) {
		return s.class[r]
	}
	return astralClass(r)
}

// wordEnd returns where the word of the given kind ends whose first rune ends
// at i.
func (s *Segmenter) wordEnd(text string, i int, kind uint8) int {
	for i < len(text) {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		c := s.classOf(r)
		point := r == '.' && isDigit(text[i-1]) && i+1 < len(text) && isDigit(text[i+1])
		if kindOfClass[c&15] != kind && c != classMark && !point {
			break
		}
		i += size
	}
	return i
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// readRun fills runes, codes and offsets with the ideographs from i on, at
// most maxRunRunes, and returns where they end.
func (s *Segmenter) readRun(text string, i int) int {
	q, n := s.run, 0
	code := s.tables.words.code
	for i < len(text) && n < maxRunRunes {
		var r rune
		size := 3
		if i+2 < len(text) && text[i]-0xE4 <= 0xE9-0xE4 && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80 {
			r = rune(text[i]&0x0F)<<12 | rune(text[i+1]&0x3F)<<6 | rune(text[i+2]&0x3F) // U+4000–9FFF
		} else {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if !IsHan(r) {
			break
		}
		c := uint16(0)
		if int(r) < len(code) {
			c = code[r]
		}
		q.runes[n], q.codes[n], q.offsets[n] = r, c, int32(i)
		n++
		i += size
	}
	q.n, q.codes[n], q.offsets[n] = n, 0, int32(i)
	return i
}

// cutRun appends the words of the run that was read last. Code points that the
// best path leaves alone, several in a row, go to the hidden Markov model, or
// by jieba's rules.
func (s *Segmenter) cutRun(dst []Span) []Span {
	s.findPath()
	q := s.run
	n := int32(q.n)
	for i := int32(0); i < n; {
		j := q.next[i]
		if j == i+1 {
			for j < n && q.next[j] == j+1 {
				j++
			}
			if j > i+1 {
				if s.jieba {
					dst = s.appendSingles(dst, i, j)
				} else {
					dst = s.appendUnknown(dst, i, j)
				}
				i = j
				continue
			}
		}
		dst = append(dst, Span{q.offsets[i], q.offsets[j]})
		i = j
	}
	return dst
}

// findPath fills cost and next with the cheapest way through the dictionary;
// of equal ways it takes the one with the longer first word, as gse does.
// Costs are integers, so the sum of a way does not depend on the order of its
// words.
func (s *Segmenter) findPath() {
	q := s.run
	n := q.n
	cost, next, codes, heads := q.cost[:n+1], q.next[:n], q.codes[:n+1], q.heads[:n]
	t := s.tables.words
	nodes, costs := t.nodes, t.costs
	// The nodes of all first and second runes are looked up in advance: these
	// loads miss the cache, and without a branch between them they overlap.
	first := nodes[0].base
	for i := range heads {
		one, second := nodes[first+uint32(codes[i])], codes[i+1]
		two := nodes[one.base+uint32(second)]
		if two.label != second {
			two.base, two.word = 0, 0
		}
		heads[i] = head{base: two.base, one: one.word, two: two.word}
	}
	cost[n] = 0
	for i := n - 1; i >= 0; i-- {
		h := heads[i]
		best, end := int64(math.MaxInt64), i+1
		if h.one != 0 {
			best = costs[h.one] + cost[i+1]
		}
		if h.two != 0 {
			if v := costs[h.two] + cost[i+2]; v <= best {
				best, end = v, i+2
			}
		}
		for j, base := i+2, h.base; base != 0 && j < n; j++ {
			c := codes[j]
			node := nodes[base+uint32(c)]
			if node.label != c {
				break
			}
			if node.word != 0 {
				if v := costs[node.word] + cost[j+1]; v <= best {
					best, end = v, j+1
				}
			}
			base = node.base
		}
		if best == math.MaxInt64 {
			best = t.unknown + cost[i+1]
		}
		cost[i], next[i] = best, int32(end)
	}
}

// head is what the dictionary says about the first two runes at a place: the
// words of one and of two runes, and the base of the node for two.
type head struct {
	base     uint32
	one, two uint16
}

// Clone returns a segmenter for another goroutine that shares the tables of s,
// its user dictionary included.
func (s *Segmenter) Clone() *Segmenter {
	return &Segmenter{tables: s.tables, class: s.class, jieba: s.jieba, run: new(run)}
}
