package zh

import (
	"math/bits"
	"sync"
)

// Function characters of written Cantonese, of Classical Chinese, and of
// modern Standard Chinese, which Classical Chinese hardly uses. The lists and
// the limits of Variety are our own (2026-11).
const (
	cantoneseRunes = "嘅咗喺冇哋佢嚟啲嗰咁嘢噉咩唔嘥啱嚿攞睇諗谂揾搵瞓啫嗌攰嬲乜畀"
	classicalRunes = "之乎者也矣焉哉曰乃吾汝兮遂豈岂其於弗孰亦"
	modernRunes    = "的了们們个個这這那么麼吗嗎呢吧是在没沒很"
)

// Variety returns the written variety of a Chinese text: "yue" (Cantonese, two
// different function characters and 2 % of the ideographs), "lzh" (Classical
// Chinese, three different function characters and 5 % of at least 20
// ideographs, at least four times as many as modern ones), "zh-mixed" (of at
// least 50 ideographs 2 % simplified only and 2 % traditional only, neither more
// than four times the other), else "zh-Hant" or "zh-Hans" as [Script] says. It returns "" if the language of c, the counts of
// the text, is not Chinese.
func Variety(text string, c Counts) string {
	if lang, _ := Language(c); lang != "zh" {
		return ""
	}
	marks := varietyMarks()
	var count [4]int       // code points by list
	var seen [4]varietySet // which of them
	last := rune(0)
	for _, r := range text {
		if i := uint32(r) - 0x4E00; i < uint32(len(marks)) && marks[i] != 0 {
			m := marks[i]
			count[m&3]++
			seen[m&3] |= 1 << (m >> 2)
		} else if last == '是' && (r == '以' || r == '故' || r == '谓' || r == '謂') {
			count[markModern]-- // 是以, therefore: a word of Classical Chinese
		}
		last = r
	}
	cantonese, classical := count[markCantonese], count[markClassical]
	switch {
	case seen[markCantonese].len() >= 2 && 50*cantonese >= c.Han:
		return "yue"
	case c.Han >= 20 && 20*classical >= c.Han && classical >= 4*count[markModern] && seen[markClassical].len() >= 3:
		return "lzh"
	case isMixed(c):
		return "zh-mixed"
	case Script(c) == "Hant":
		return "zh-Hant"
	}
	return "zh-Hans"
}

// isMixed reports whether both forms of Chinese are in use side by side.
func isMixed(c Counts) bool {
	few, many := min(c.HansOnly, c.HantOnly), max(c.HansOnly, c.HantOnly)
	return c.Han >= 50 && 50*few >= c.Han && many <= 4*few
}

// varietySet holds positions in one of the lists.
type varietySet uint64

func (s varietySet) len() int { return bits.OnesCount64(uint64(s)) }

// Lists by number; 0 is no list.
const (
	markCantonese = 1 + iota
	markClassical
	markModern
)

// varietyMarks has for each code point of U+4E00–9FFF its list in the low two
// bits and its position there in the others.
var varietyMarks = sync.OnceValue(func() *[0x5200]uint8 {
	t := new([0x5200]uint8)
	for i, runes := range []string{cantoneseRunes, classicalRunes, modernRunes} {
		for at, r := range []rune(runes) {
			t[r-0x4E00] = uint8(at<<2 | i + 1)
		}
	}
	return t
})
