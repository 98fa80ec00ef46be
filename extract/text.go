package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// spaceState is the white space that waits for the next visible character.
type spaceState uint8

const (
	noSpace     spaceState = iota
	plainSpace             // blanks
	brokenSpace            // blanks with a line end of the source
)

// addText appends a text node to the open block and opens one if needed. White
// space collapses to one space, except in preformatted text; a line end of the
// source between two Chinese characters is no space, because Chinese is wrapped
// anywhere (CSS Text 3, segment break transformation).
func (d *page) addText(s string, at place) {
	if at.pre {
		d.addPre(s, at)
		return
	}
	if strings.IndexByte(s, '&') >= 0 {
		for single := singleNBSP(s); ; {
			i, n, text := nextEscaped(s, single)
			if i < 0 {
				break
			}
			d.addPlain(s[:i], at)
			d.addPlain(text, at)
			s = s[i+n:]
		}
	}
	d.addPlain(s, at)
}

// addPlain is addText for text that is not preformatted and holds no reference that
// was escaped twice.
func (d *page) addPlain(s string, at place) {
	if !d.open {
		i := skipBlanks(s, 0)
		if i == len(s) {
			return
		}
		s = s[i:]
		d.begin(at)
	}
	b := &d.cur
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c <= ' ' || c == 0x7f {
				d.inWord = false
				if c == '\n' || c == '\r' {
					d.space = brokenSpace
				} else if d.space == noSpace {
					d.space = plainSpace
				}
				i++
				continue
			}
			d.endSpace(rune(c))
			// the rest of an ASCII run needs no decoding
			j := i
			for j < len(s) && s[j] > ' ' && s[j] < 0x7f {
				d.countASCII(b, s[j], at.link)
				j++
			}
			d.text = append(d.text, s[i:j]...)
			d.last = rune(s[j-1])
			i = j
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch classOf(r) {
		case runeSpace:
			d.inWord = false
			if d.space == noSpace {
				d.space = plainSpace
			}
			continue
		case runeDropped:
			continue
		case runeHan:
			d.endSpace(r)
			b.tok++
			if at.link {
				b.linkTok++
			}
			d.inWord = false
		case runeLetter:
			d.endSpace(r)
			d.countWord(b, at.link)
		default:
			d.endSpace(r)
			d.inWord = false
			countMark(b, r)
		}
		d.text = utf8.AppendRune(d.text, r) // U+FFFD for bytes that are no UTF-8
		d.last = r
	}
}

// addPre appends preformatted text as it is, without control characters.
func (d *page) addPre(s string, at place) {
	if !d.open {
		for len(s) > 0 && (s[0] == '\n' || s[0] == '\r') {
			s = s[1:]
		}
		if s == "" {
			return
		}
		d.begin(at)
	}
	b := &d.cur
	for _, r := range s {
		switch classOf(r) {
		case runeSpace:
			d.inWord = false
			switch r {
			case '\n', '\t':
			case '\r', '\f', '\v':
				continue
			default:
				if r != '\u3000' {
					r = ' '
				}
			}
		case runeDropped:
			continue
		case runeHan:
			b.tok++
			if at.link {
				b.linkTok++
			}
			d.inWord = false
		case runeLetter:
			d.countWord(b, at.link)
		default:
			d.inWord = false
			countMark(b, r)
		}
		d.text = utf8.AppendRune(d.text, r)
		d.last = r
	}
}

// lineBreak ends the line: a new block, or a line end in preformatted text.
func (d *page) lineBreak(at place) {
	if at.pre && d.open {
		d.text = append(d.text, '\n')
		d.inWord = false
		return
	}
	d.flush(true)
}

// endCodeLine ends a line of code that stands in an element of its own; an empty
// one is a blank line, but not at the beginning of a block.
func (d *page) endCodeLine(empty bool) {
	if d.open && len(d.text) > int(d.cur.t0) && (empty || d.text[len(d.text)-1] != '\n') {
		d.text = append(d.text, '\n')
		d.inWord = false
	}
}

func (d *page) begin(at place) {
	d.cur = block{
		t0: int32(len(d.text)), el: at.el, row: at.row, cell: at.cell,
		head: at.head, pre: at.pre,
	}
	d.open = true
	d.inWord = false
	d.space = noSpace
	d.last = 0
}

// endSpace writes the white space that waits before r.
func (d *page) endSpace(r rune) {
	if d.space == noSpace {
		return
	}
	if len(d.text) > int(d.cur.t0) && !(d.space == brokenSpace && isWide(d.last) && isWide(r)) {
		d.text = append(d.text, ' ')
	}
	d.space = noSpace
}

func (d *page) countWord(b *block, link bool) {
	if d.inWord {
		return
	}
	d.inWord = true
	b.tok++
	if link {
		b.linkTok++
	}
}

func (d *page) countASCII(b *block, c byte, link bool) {
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
		d.countWord(b, link)
		return
	}
	d.inWord = false
	countMark(b, rune(c))
}

// countMark counts punctuation and sentence ends.
func countMark(b *block, r rune) {
	switch r {
	case '，', '、', '；', '：', ',', ';', '.':
		b.punct++
	case '。', '！', '？', '!', '?', '…':
		b.punct++
		b.stop++
	}
}

type runeClass uint8

const (
	runeOther runeClass = iota
	runeHan             // one token each: Han, kana, Hangul
	runeLetter
	runeSpace
	runeDropped // control and zero-width characters
)

// classOf classes a code point. CJK and CJK punctuation come first: they are
// nearly all of the text.
func classOf(r rune) runeClass {
	switch {
	case r >= 0x3400 && r <= 0x9fff:
		return runeHan
	case r < 0x80:
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return runeLetter
		case r == ' ', r >= '\t' && r <= '\r':
			return runeSpace
		case r < ' ', r == 0x7f:
			return runeDropped
		}
		return runeOther
	case r >= 0x3040 && r <= 0x30ff, r >= 0xac00 && r <= 0xd7af, r >= 0xf900 && r <= 0xfaff, r >= 0x20000 && r <= 0x3ffff:
		return runeHan
	case r >= 0x3001 && r <= 0x303f:
		return runeOther
	case r == 0xad, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2064, r == 0xfeff,
		r >= 0x80 && r < 0xa0 && r != 0x85, r >= 0xfff9 && r <= 0xfffb:
		return runeDropped
	case r >= 0xe000 && r <= 0xf8ff, r >= 0xf0000: // private use: characters of icon fonts
		return runeDropped
	case unicode.IsSpace(r):
		return runeSpace
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return runeLetter
	}
	return runeOther
}

// isWide reports whether r is a Chinese character or full-width mark, around
// which a line end of the source is no space.
func isWide(r rune) bool {
	return r >= 0x2e80 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xff60 ||
		r >= 0x20000 && r <= 0x3ffff || r == '“' || r == '”' || r == '…' || r == '—'
}

// flush ends the open block and keeps it if it holds a token.
func (d *page) flush(br bool) {
	if !d.open {
		return
	}
	d.open = false
	b := &d.cur
	if b.tok == 0 {
		d.text = d.text[:b.t0]
		return
	}
	for n := len(d.text); n > int(b.t0) && isBlankByte(d.text[n-1]); n-- { // preformatted
		d.text = d.text[:n-1]
	}
	for d.text[b.t0] == '\n' { // behind control characters; the block holds a token
		b.t0++
	}
	b.t1 = int32(len(d.text))
	b.br = br
	if !b.pre {
		d.trim(b)
	}
	// A "link" with many tokens and sentence ends is an <a> that was never closed
	// or that wraps a paragraph.
	if b.linkTok >= lim.OpenLinkTokens && b.stop >= 2 && b.stop*60 >= b.tok {
		b.linkTok = 0
	}
	if b.tok <= maxPatternTokens && !b.pre {
		b.pats = d.cut(findPatterns(d.text[b.t0:b.t1], b.tok))
	}
	b.good = isGood(b)
	b.headline = b.headline || b.head > 0 || d.els[b.el].name.bits&isHeadlineName != 0
	if b.headline && b.linkTok > 0 {
		d.noteHead(b)
	}
	d.bl = append(d.bl, *b)
}

// trim cuts rows of ornaments and the blanks beside them from both ends of a block.
func (d *page) trim(b *block) {
	head, tail := ornaments(d.text[b.t0:b.t1])
	b.t0 += int32(head)
	b.t1 -= int32(tail)
	for head > 0 && isBlankByte(d.text[b.t0]) { // the block holds a token
		b.t0++
	}
	for tail > 0 && isBlankByte(d.text[b.t1-1]) {
		b.t1--
	}
}

// cut returns the patterns of a block without those that the config keeps. A
// strong phrase belongs to the classes found with it.
func (d *page) cut(pats uint32) uint32 {
	if pats&d.keep == 0 {
		return pats
	}
	if pats &^= d.keep; pats&patFurniture == 0 {
		pats &^= patStrong
	}
	return pats
}

// isGood reports whether a block reads like running text: few links, some
// punctuation, enough tokens, no copyright, disclaimer or contact line and no short line
// of strong furniture.
func isGood(b *block) bool {
	if b.tok < lim.GoodTokens || b.punct == 0 || b.linkTok*100 >= b.tok*lim.GoodLinks || b.pats&(patCopyright|patContact|patDisclaimer) != 0 {
		return false
	}
	if b.isAddress() {
		return false
	}
	return b.tok >= lim.GoodDespite || b.stop > 0 || b.pats&patStrong == 0
}

// isAddress reports whether a block gives an address and the ways to reach somebody and
// says nothing else.
func (b *block) isAddress() bool {
	return b.pats&patAddress != 0 && b.tok <= maxFurnitureTokens && b.stop == 0
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
