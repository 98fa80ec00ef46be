package filters

import (
	"math/bits"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
)

// lineCounts is what a line is made of.
type lineCounts struct {
	han, solid int32 // Han, and all that is no white space
	marks      uint8 // those that occur
	digits     bool  // whether there are any
}

// Marks of punctuation that several filters look for.
const (
	stopMark    = 1 << iota // ends a sentence of paragraph_repetition: line ends, 。！？；!?
	proseMark               // 。！，；？
	asciiMark               // , ! ? and ;, which say less
	bracketMark             // 【 and 〖
	hashMark                // # and ＃
	dotsMark                // … and ⋯
	pointMark               // . and 。
)

var bmpMarks = func() *[0x10000]uint8 {
	t := new([0x10000]uint8)
	for mark, runes := range map[uint8]string{
		stopMark: "\n。！？；!?", proseMark: "。！，；？", asciiMark: ",!?;", bracketMark: "【〖", hashMark: "#＃", dotsMark: "…⋯", pointMark: ".。",
	} {
		for _, r := range runes {
			t[r] |= mark
		}
	}
	return t
}()

// sentenceStop is where a sentence ends, without its mark, and where the next begins.
type sentenceStop struct{ end, next int32 }

// punctuation is what readText finds of it.
type punctuation struct {
	stops            []sentenceStop
	marks            uint8 // that occurred since it was last cleared
	hashes, ellipses int   // code points of # and of … and three or more points
	run, at          int   // points on end, and the index in runes behind the last one
	point            rune  // which
}

// add takes a code point with marks at text[from:to], that is the n-th of runes.
func (p *punctuation) add(r rune, marks uint8, from, to, n int) {
	p.marks |= marks
	if marks&stopMark != 0 {
		p.stops = append(p.stops, sentenceStop{int32(from), int32(to)})
	}
	if n >= MaxRunes {
		return
	}
	switch {
	case marks&hashMark != 0:
		p.hashes++
	case marks&dotsMark != 0:
		p.ellipses++
	case marks&pointMark != 0:
		if r != p.point || n != p.at {
			p.run = 0
		}
		p.point, p.at = r, n+1
		if p.run++; p.run == 3 {
			p.ellipses += 3
		} else if p.run > 3 {
			p.ellipses++
		}
	}
}

// Where a run of letters other than Han, or of digits, begins: bits of runStarts.
const (
	digitRun = 1 << iota
	letterRun
)

// runStarts says, by the class of a code point times 8 plus that of the next one,
// whether runs begin at the next one.
var runStarts = func() (t [classCount * 8]uint8) {
	letter := func(c class) bool { return c == classLatin || c == classLetter }
	for a := range class(classCount) {
		for b := range class(classCount) {
			if b == classDigit && a != b {
				t[a<<3|b] |= digitRun
			}
			if letter(b) && !letter(a) {
				t[a<<3|b] |= letterRun
			}
		}
	}
	return t
}()

// readText counts code points by class, in the text and in each line, and keeps those
// that are no white space.
func (s *scratch) readText(doc *corpus.Document) {
	clear(s.counts[:])
	s.letterRuns, s.digitRuns = 0, 0
	s.punct = punctuation{stops: s.punct.stops[:0]}
	if n := min(doc.RuneCount(), MaxRunes); cap(s.runes) < n {
		s.runes = make([]rune, 0, n)
	}
	s.runes, s.lines = s.runes[:0], s.lines[:0]
	text, from, before := doc.Text(), 0, classSpace
	for _, l := range doc.Lines() {
		before, _ = s.readPart(text, from, int(l.Start), before)
		han, space, digits, all := s.counts[classHan], s.counts[classSpace], s.counts[classDigit], 0
		s.punct.marks = 0
		before, all = s.readPart(text, int(l.Start), int(l.End), before)
		from = int(l.End)
		han, space = s.counts[classHan]-han, s.counts[classSpace]-space
		s.lines = append(s.lines, lineCounts{int32(han), int32(all - space), s.punct.marks, s.counts[classDigit] > digits})
	}
	s.readPart(text, from, len(text), before)
	s.solid = 0
	for c, n := range s.counts {
		if class(c) != classSpace {
			s.solid += n
		}
	}
}

// readPart goes on with text[from:to] behind a code point of class before. It returns
// the class of the last code point and the number of them.
func (s *scratch) readPart(text string, from, to int, before class) (last class, all int) {
	if from == to {
		return before, 0
	}
	classes := bmpClasses()
	part := text[:to]
	room := s.runes[:cap(s.runes)]
	n, han, starts := len(s.runes), 0, [4]int{}
	for i := from; i < len(part); all++ {
		// Nearly all are Han of three bytes, U+4E00 to U+9FFF.
		if b := part[i]; b-0xe4 <= 5 && len(part)-i > 2 {
			if r := threeByteRune(part[i:]); r >= 0x4e00 {
				if n < len(room) {
					room[n] = r
					n++
				}
				han++
				i += 3
				before = classHan
				continue
			}
		}
		r, size := runeOf(part[i:])
		c := classOther
		if r < 0x10000 {
			c = classes[r]
			if marks := bmpMarks[r]; marks != 0 {
				s.punct.add(r, marks, i, i+size, n)
			}
		} else {
			c = astralClass(r)
		}
		i += size
		s.counts[c]++
		starts[runStarts[before<<3|c]]++
		before = c
		if n < len(room) {
			room[n] = r
			if c != classSpace {
				n++
			}
		}
	}
	s.counts[classHan] += han
	s.digitRuns += starts[digitRun]
	s.letterRuns += starts[letterRun]
	s.runes = room[:n]
	return before, all
}

// runeOf returns the first code point of valid UTF-8 and its size in bytes. It is faster
// than utf8.DecodeRuneInString for what stands in Chinese texts.
func runeOf(s string) (r rune, size int) {
	b := s[0]
	if b < utf8.RuneSelf {
		return rune(b), 1
	}
	if b>>4 == 0xe && len(s) > 2 {
		return threeByteRune(s), 3
	}
	return otherRune(s)
}

//go:noinline
func otherRune(s string) (r rune, size int) { return utf8.DecodeRuneInString(s) }

// threeByteRune decodes a code point that has three bytes of valid UTF-8.
func threeByteRune(s string) rune {
	_ = s[2]
	return rune(s[0]&0xf)<<12 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f)
}

// readWords hashes the words that have a letter or digit, and finds where entries of
// word lists may begin.
func (s *scratch) readWords(text string, spans []corpus.Span) {
	n, all := 0, min(len(spans), MaxRunes)
	s.words, s.wordRunes, s.heads = sized(s.words, all), sized(s.wordRunes, all+1), sized(s.heads, len(spans))
	words, wordRunes, heads := s.words, s.wordRunes[1:], s.heads
	others, letters, content := 0, 0, 0 // words of the slow path; what they are
	total, m := int32(0), 0
	s.wordRunes[0] = 0
	lists, classes := sharedLexicons(), bmpClasses()
	for i, w := range spans {
		heads[m] = int32(i)
		size := int(w.End - w.Start)
		x, head := uint64(0), uint64(0)
		if rest := text[w.Start:]; len(rest) >= 8 {
			x = eightBytes(rest)
			head = bits.ReverseBytes64(x)
		}
		if oneHan(head) != 0 && size <= 8 { // nearly all
			m += int(lists.mayBeginHan(head) | (oneHan(head<<24) ^ 1))
			if n < len(words) {
				x &= ^uint64(0) >> ((64 - 8*size) & 63) // no word is empty
				total += int32(size - bits.OnesCount64(x>>7&^(x>>6)&0x0101010101010101))
				words[n], wordRunes[n] = hashShort(x, size), total
				n++
			}
			continue
		}
		others++
		m++
		word := text[w.Start:w.End]
		has, letter := contentOf(word, classes)
		if !has {
			continue
		}
		content++
		if letter {
			letters++
		}
		if n < len(words) {
			total += int32(utf8.RuneCountInString(word))
			words[n], wordRunes[n] = hashWord(word), total
			n++
		}
	}
	s.words, s.wordRunes, s.heads = words[:n], s.wordRunes[:n+1], heads[:m]
	s.contentWords = len(spans) - others + content
	s.letterWords = len(spans) - others + letters
}

// sized returns a slice of n values, in the memory of s if that suffices; they are
// what was there.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
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
