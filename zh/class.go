package zh

import (
	"sync"
	"unicode"
)

// class is what a code point is to this package.
type class = uint8

const (
	classOther    class = iota // control, format, unassigned, damaged
	classMark                  // combining mark
	classLetter                // letter of a script not named below
	classLatin                 // A–Z and a–z, full width too
	classLatinExt              // accented and other Latin letters
	classDigit
	classPunct // punctuation, symbols, numbers that are no decimal digits
	classSpace
	classKana
	classHangul
	classHan       // ideograph of both forms of Chinese
	classHansOnly  // exists in simplified text only
	classHantOnly  // exists in traditional text only
	classJapan     // exists in Japanese text only
	classHansJapan // classHansOnly, but standard in Japanese too
	classHantOld   // classHantOnly, replaced in Japanese
)

// classTable holds the class of every code point below U+10000.
type classTable [0x10000]class

var bmpClasses = sync.OnceValue(func() *classTable {
	t := new(classTable)
	fill := func(c class, tables ...*unicode.RangeTable) {
		for _, rt := range tables {
			for _, r := range rt.R16 {
				for i := uint32(r.Lo); i <= uint32(r.Hi); i += uint32(r.Stride) {
					t[i] = c
				}
			}
		}
	}
	fill(classLetter, unicode.L)
	fill(classLatinExt, unicode.Latin)
	fill(classKana, unicode.Hiragana, unicode.Katakana)
	fill(classHangul, unicode.Hangul)
	fill(classMark, unicode.M)
	fill(classPunct, unicode.P, unicode.S, unicode.Nl, unicode.No)
	fill(classDigit, unicode.Nd)
	fill(classSpace, unicode.White_Space)
	for _, first := range []rune{'A', 'a', 'Ａ', 'ａ'} {
		for r := first; r < first+26; r++ {
			t[r] = classLatin
		}
	}
	for _, r := range "ーｰ々〆" { // long vowel, iteration, closing: by Unicode not kana
		t[r] = classKana
	}
	t[unicode.ReplacementChar] = classOther
	for r := rune(0x3000); r < 0x10000; r++ {
		if IsHan(r) {
			t[r] = classHan
		}
	}
	for _, f := range []struct {
		form string
		c    class
	}{{"hans", classHansOnly}, {"hant", classHantOnly}, {"japan", classJapan}, {"shared", classHansJapan}, {"old", classHantOld}} {
		for _, r := range formRunes(f.form) {
			if r < 0x10000 {
				t[r] = f.c
			}
		}
	}
	return t
})

// astralClass is the class of a code point from U+10000 on. The few one-form
// ideographs there count as common to both forms.
func astralClass(r rune) class {
	switch {
	case IsHan(r):
		return classHan
	case unicode.IsLetter(r):
		return classLetter
	case unicode.IsMark(r):
		return classMark
	case unicode.IsDigit(r):
		return classDigit
	case unicode.IsPunct(r), unicode.IsSymbol(r), unicode.IsNumber(r):
		return classPunct
	}
	return classOther
}
