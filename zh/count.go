package zh

import "unicode/utf8"

// Counts says how many code points of each kind a text has. The kinds do not
// overlap and add up to Runes, except those named "of them".
type Counts struct {
	Runes int

	Han       int // ideographs, see IsHan
	HansOnly  int // of them, those that exist in simplified text only
	HantOnly  int // of them, those that exist in traditional text only
	JapanOnly int // of them, those that exist in Japanese text only
	HansJapan int // of HansOnly, those that are standard in Japanese too
	HantOld   int // of HantOnly, those that Japanese has replaced

	Kana     int
	Hangul   int
	Latin    int // letters, accented and full width ones too
	LatinExt int // of them, those that are not A–Z or a–z
	Letter   int // letters of other scripts
	Digit    int // decimal digits
	Punct    int // punctuation, symbols and other numbers
	Space    int
	Other    int // marks, control and format characters, damaged UTF-8
}

// Add adds the counts of another piece of text.
func (c *Counts) Add(d Counts) {
	c.Runes += d.Runes
	c.Han += d.Han
	c.HansOnly += d.HansOnly
	c.HantOnly += d.HantOnly
	c.JapanOnly += d.JapanOnly
	c.HansJapan += d.HansJapan
	c.HantOld += d.HantOld
	c.Kana += d.Kana
	c.Hangul += d.Hangul
	c.Latin += d.Latin
	c.LatinExt += d.LatinExt
	c.Letter += d.Letter
	c.Digit += d.Digit
	c.Punct += d.Punct
	c.Space += d.Space
	c.Other += d.Other
}

// Count returns the counts of a text in one pass and without allocation.
func Count(s string) Counts {
	t := bmpClasses()
	var n [16]int
	for i := 0; i < len(s); {
		b := s[i]
		if b < utf8.RuneSelf {
			n[t[b]&15]++
			i++
			continue
		}
		// Three bytes is what nearly all of Chinese text takes.
		if b&0xF0 == 0xE0 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80 {
			r := uint16(b)<<12 | uint16(s[i+1]&0x3F)<<6 | uint16(s[i+2]&0x3F)
			if r >= 0x800 && r-0xD800 >= 0x800 {
				n[t[r]&15]++
				i += 3
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r < 0x10000 {
			n[t[r]&15]++
		} else {
			n[astralClass(r)&15]++
		}
	}
	c := Counts{
		HansOnly: n[classHansOnly] + n[classHansJapan], HantOnly: n[classHantOnly] + n[classHantOld],
		JapanOnly: n[classJapan], HansJapan: n[classHansJapan], HantOld: n[classHantOld],
		Kana: n[classKana], Hangul: n[classHangul],
		LatinExt: n[classLatinExt], Letter: n[classLetter],
		Digit: n[classDigit], Punct: n[classPunct], Space: n[classSpace],
	}
	c.Han = n[classHan] + c.HansOnly + c.HantOnly + c.JapanOnly
	c.Latin = n[classLatin] + c.LatinExt
	c.Other = n[classMark] + n[classOther]
	c.Runes = c.Han + c.Kana + c.Hangul + c.Latin + c.Letter + c.Digit + c.Punct + c.Space + c.Other
	return c
}

// CountHan returns the number of ideographs in s.
func CountHan(s string) int {
	n := 0
	for _, r := range s {
		if IsHan(r) {
			n++
		}
	}
	return n
}

// HanFraction returns the share of ideographs among the code points of s that
// are no white space, 0 to 1; 0 if there are none.
func HanFraction(s string) float64 {
	return Count(s).HanFraction()
}

// HanFraction is the function HanFraction for text counted already.
func (c Counts) HanFraction() float64 {
	if c.Runes == c.Space {
		return 0
	}
	return float64(c.Han) / float64(c.Runes-c.Space)
}
