package filters

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/qingliu/qingliu/zh"
)

// class says what a code point counts as. The classes are disjoint.
type class uint8

const (
	classOther  class = iota // controls, private use, unassigned, U+FFFD
	classHan                 // ideographs as zh.IsHan counts them
	classLatin               // Latin letters, also full width
	classLetter              // letters of other scripts, and marks
	classDigit               // decimal digits, also full width
	classSpace               // white space, also U+3000 and zero-width space
	classPoint               // ordinary punctuation of running text, see points
	classSymbol              // all other punctuation and symbols: bullets, brackets, arrows, emoji
	classCount  = iota
)

// points is punctuation that running Chinese or English text is full of. Brackets
// 【】, bullets, ～, # and the like are symbols.
const points = `，。、；：？！“”‘’（）《》〈〉「」『』…—–·．﹐﹑﹔﹕﹖﹗` + `.,;:?!'"()-%％/`

// bmpClasses holds the class of every code point below U+10000.
var bmpClasses = sync.OnceValue(func() *[0x10000]class {
	t := new([0x10000]class)
	fill := func(c class, tables ...*unicode.RangeTable) {
		for _, rt := range tables {
			for _, r := range rt.R16 {
				for i := uint32(r.Lo); i <= uint32(r.Hi); i += uint32(r.Stride) {
					t[i] = c
				}
			}
		}
	}
	fill(classSymbol, unicode.P, unicode.S, unicode.Nl, unicode.No)
	fill(classLetter, unicode.L, unicode.M)
	fill(classLatin, unicode.Latin)
	fill(classDigit, unicode.Nd)
	fill(classSpace, unicode.White_Space)
	for r := rune(0x3000); r < 0x10000; r++ {
		if zh.IsHan(r) {
			t[r] = classHan
		}
	}
	for _, r := range points {
		t[r] = classPoint
	}
	t['\u200b'], t['\ufeff'] = classSpace, classSpace
	t[utf8.RuneError] = classOther
	return t
})

// astralClass returns the class of a code point from U+10000 on.
func astralClass(r rune) class {
	switch {
	case zh.IsHan(r):
		return classHan
	case unicode.Is(unicode.Latin, r):
		return classLatin
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return classLetter
	case unicode.IsDigit(r):
		return classDigit
	case unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.IsNumber(r):
		return classSymbol
	}
	return classOther
}

// classOf returns the class of r.
func classOf(r rune) class {
	if r < 0x10000 {
		return bmpClasses()[r]
	}
	return astralClass(r)
}

// isContent reports whether a class carries text: letters and digits.
func (c class) isContent() bool { return c >= classHan && c <= classDigit }

// isLetter reports whether a class is a letter of any script.
func (c class) isLetter() bool { return c >= classHan && c <= classLetter }

// beginsHan reports whether s begins with a code point from U+4E00 to U+9FFF.
func beginsHan(s string) bool {
	return len(s) > 2 && (uint16(s[0])<<8|uint16(s[1]))-0xe4b8 <= 0xe9bf-0xe4b8
}

// lastRune returns the last code point of valid UTF-8 and its size in bytes, faster
// than utf8.DecodeLastRuneInString for what lines of Chinese end in.
func lastRune(s string) (r rune, size int) {
	n := len(s)
	if n > 0 && s[n-1] < utf8.RuneSelf {
		return rune(s[n-1]), 1
	}
	if n > 2 && s[n-3]>>4 == 0xe {
		return threeByteRune(s[n-3:]), 3
	}
	return utf8.DecodeLastRuneInString(s)
}

// trimLine is strings.TrimSpace of valid UTF-8, faster where there is nothing to cut:
// white space begins with a byte up to E3, and what begins with E3 is U+3000.
func trimLine(s string) string {
	if n := len(s); n > 2 && (s[0]-'!' < 0x7f-'!' || s[0] >= 0xe4) {
		if b := s[n-1]; b-'!' < 0x7f-'!' || b > 0x80 && s[n-3] >= 0xe3 || s[n-3] >= 0xe4 {
			return s
		}
	}
	return strings.TrimSpace(s)
}

// trimSpace cuts spaces, tabs, no-break and ideographic spaces off the end.
func trimSpace(s string) string {
	for len(s) > 0 {
		switch n := len(s); s[n-1] {
		case ' ', '\t', '\r':
			s = s[:n-1]
		case 0xa0: // U+00A0 is C2 A0
			if n < 2 || s[n-2] != 0xc2 {
				return s
			}
			s = s[:n-2]
		case 0x80: // U+3000 is E3 80 80
			if n < 3 || s[n-2] != 0x80 || s[n-3] != 0xe3 {
				return s
			}
			s = s[:n-3]
		default:
			return s
		}
	}
	return s
}
