package zh

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Gap says what lies between two code points of a folded text.
type Gap uint8

// Gaps, each standing for those before it too.
const (
	GapNone   Gap = iota // nothing, or what is not seen: zero width, variation selectors, marks
	GapSymbol            // symbols such as ★ * + ~, which stand in no word
	GapSoft              // a space, or a sign that joins and lists: / | - _ . ·
	GapBreak             // punctuation, a line end, or more than three separators
)

// maxGapRunes is how many separators may stand in a gap that is no break.
const maxGapRunes = 3

// NextFolded returns the first letter, digit or ideograph of text at or behind
// i, in the form in which lists of words are looked up: half width, lower case,
// simplified, and compatibility forms such as ① or ⼤ as what they stand for. It
// stands in text[at:end], behind a gap. At the end of the text r is 0, and at
// and end are the length. Text is read from i on to end only, so that forms in
// a text can be walked with the way back to its bytes:
//
//	for r, at, end, gap := zh.NextFolded(text, 0); r != 0; r, at, end, gap = zh.NextFolded(text, end) {
//		…
//	}
func NextFolded(text string, i int) (r rune, at, end int, gap Gap) {
	t := foldTables()
	separators := 0
	for i < len(text) {
		var c rune
		size := 3
		if s := text[i:]; len(s) > 2 && s[0]-0xe4 <= 5 && s[1]>>6 == 2 && s[2]>>6 == 2 { // most of Han
			c = rune(s[0]&0xf)<<12 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f)
		} else {
			c, size = utf8.DecodeRuneInString(s)
		}
		r, g := t.fold(c)
		if r != 0 {
			return r, i, i + size, gap
		}
		if g != GapNone {
			if separators++; separators > maxGapRunes {
				g = GapBreak
			}
		}
		gap = max(gap, g)
		i += size
	}
	return 0, len(text), len(text), GapBreak
}

// AppendFolded appends the folded letters, digits and ideographs of text without
// what lies between: the key of an entry of a list. Folding it again changes
// nothing.
func AppendFolded(dst []byte, text string) []byte {
	for r, _, end, _ := NextFolded(text, 0); r != 0; r, _, end, _ = NextFolded(text, end) {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// Fold returns the folded form of one code point, 0 if it is left out.
func Fold(r rune) rune {
	f, _ := foldTables().fold(r)
	return f
}

// foldTable has for each code point of plane 0 its folded form, or 0; then gap
// has what it is instead.
type foldTable struct {
	to  [0x10000]uint16
	gap [0x10000]Gap
}

func (t *foldTable) fold(r rune) (rune, Gap) {
	if uint32(r) < 0x10000 {
		if to := t.to[r]; to != 0 {
			return rune(to), GapNone
		}
		return 0, t.gap[r]
	}
	return foldRune(r)
}

var foldTables = sync.OnceValue(func() *foldTable {
	t := new(foldTable)
	for r := range rune(0x10000) {
		to, gap := foldRune(r)
		if to >= 0x10000 {
			to = r // a simplified form outside the plane: as in package dedup
		}
		t.to[r], t.gap[r] = uint16(to), gap
	}
	return t
})

// foldRune is the rule behind the table.
func foldRune(r rune) (rune, Gap) {
	if c := compatForm(r); c != r {
		r = c
	}
	switch {
	case r == unicode.ReplacementChar:
		return 0, GapBreak
	case IsHan(r):
		if s := ToSimplified(r); ToSimplified(s) == s {
			return s, GapNone
		}
		return ToSimplified(ToSimplified(r)), GapNone
	case unicode.IsLetter(r), unicode.IsDigit(r):
		if l := unicode.ToLower(r); unicode.ToLower(l) == l {
			return l, GapNone
		}
		return r, GapNone
	case unicode.Is(unicode.Cf, r), unicode.IsMark(r):
		return 0, GapNone
	}
	switch r {
	case ' ', '\t', 0xA0, 0x3000, '/', '|', '-', '_', '.', '·', '｜', '—', '－', '・':
		return 0, GapSoft
	case '*', '#', '@', '&', '%', '\\':
		return 0, GapSymbol
	}
	switch {
	case isLineBreak(r):
		return 0, GapBreak
	case unicode.IsSpace(r):
		return 0, GapSoft
	case unicode.IsSymbol(r):
		return 0, GapSymbol
	}
	return 0, GapBreak
}

// compatForm returns what a compatibility code point stands for, if that is one
// code point: full-width and circled forms, radicals, letters for mathematics.
func compatForm(r rune) rune {
	switch {
	case r >= 0x2100 && r < 0x2150, r >= 0x2460 && r < 0x2500, r >= 0x2E80 && r < 0x2FE0, r >= 0x3280 && r < 0x32C0,
		r >= 0xF900 && r < 0xFB00, r >= 0xFF00 && r < 0xFFF0, r >= 0x1D400 && r < 0x1D800, r >= 0x2F800 && r < 0x2FA20:
	default:
		return r
	}
	var in, out [utf8.UTFMax * 4]byte
	n := utf8.EncodeRune(in[:], r)
	form := norm.NFKC.Append(out[:0], in[:n]...)
	if c, size := utf8.DecodeRune(form); size == len(form) && c != unicode.ReplacementChar {
		return c
	}
	return r
}
