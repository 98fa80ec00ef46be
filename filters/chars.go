package filters

import (
	"unicode"
	"unicode/utf8"

	"github.com/qingliu/qingliu/zh"
)

// class says what a code point counts as. The classes are disjoint.
type class uint8

const (
	classSpace     class = iota // white space, also U+3000 and zero-width space
	classHan                    // ideographs as zh.IsHan counts them
	classLatin                  // Latin letters, also full width
	classLetter                 // letters of other scripts, and marks
	classDigit                  // decimal digits, also full width
	classPoint                  // ordinary punctuation of running text, see isPoint
	classSymbol                 // all other punctuation and symbols: bullets, brackets, arrows, emoji
	classOther                  // controls, private use, unassigned, U+FFFD
	classCount     = iota
	lastASCIIClass = utf8.RuneSelf
)

var asciiClass = func() (t [lastASCIIClass]class) {
	for i := range t {
		t[i] = slowClass(rune(i))
	}
	return t
}()

// classOf returns the class of r. Common Chinese text takes the first two branches.
func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		return asciiClass[r]
	case r >= 0x4e00 && r <= 0x9fff:
		return classHan
	case isPoint(r):
		return classPoint
	}
	return slowClass(r)
}

// isPoint reports whether r is punctuation that running Chinese or English text is
// full of. Brackets 【】, bullets, ～, # and the like are symbols.
func isPoint(r rune) bool {
	switch r {
	case '，', '。', '、', '；', '：', '？', '！', '“', '”', '‘', '’', '（', '）', '《', '》', '〈', '〉',
		'「', '」', '『', '』', '…', '—', '–', '·', '．', '﹐', '﹑', '﹔', '﹕', '﹖', '﹗',
		'.', ',', ';', ':', '?', '!', '\'', '"', '(', ')', '-', '%', '％', '/':
		return true
	}
	return false
}

func slowClass(r rune) class {
	switch {
	case r == '\u200b' || r == '\ufeff' || unicode.IsSpace(r):
		return classSpace
	case zh.IsHan(r):
		return classHan
	case unicode.Is(unicode.Latin, r):
		return classLatin
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return classLetter
	case unicode.IsDigit(r):
		return classDigit
	case isPoint(r):
		return classPoint
	case r == utf8.RuneError:
		return classOther
	case unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.IsNumber(r):
		return classSymbol
	}
	return classOther
}

// isContent reports whether a class carries text: letters and digits.
func (c class) isContent() bool { return c >= classHan && c <= classDigit }

// isLetter reports whether a class is a letter of any script.
func (c class) isLetter() bool { return c >= classHan && c <= classLetter }
