package charset

import "unicode/utf8"

// tally counts what one reading of the body finds.
type tally struct {
	chars    int // letters beyond ASCII, punctuation not counted
	common   int // those of them in the family's list of common characters, and kana
	ordinary int // those of the others in the standard's first level
	bad      int // sequences that stand for no character
}

// score is the share of common characters in thousandths, with a fifth of the
// weight for ordinary ones and a fine for impossible sequences.
func (t tally) score() int {
	n := t.chars + t.bad
	if n == 0 {
		return 0
	}
	return (1000*t.common + 200*t.ordinary - 2000*t.bad) / n
}

// walk reads body as family f.
func (t *tables) walk(body []byte, f family) tally {
	var n [1 << pairBits]int // by kind of pair
	shift := pairBits * f
	for i := 0; i < len(body); {
		b := body[i]
		if b < utf8.RuneSelf {
			i += asciiPrefix(body[i:])
			continue
		}
		if i+1 == len(body) {
			// A page cut in the middle of a character is not a fault of the reading.
			break
		}
		d := body[i+1]
		kind := t.pair[int(b)<<8|int(d)] >> shift & pairMask
		if kind != pairBad {
			n[kind]++
			i += 2
			continue
		}
		switch f {
		case famGB:
			if d >= 0x30 && d <= 0x39 && i+3 < len(body) && body[i+2] >= 0x81 && body[i+2] < 0xff && body[i+3] >= 0x30 && body[i+3] <= 0x39 {
				n[pairRare]++
				i += 4
				continue
			}
		case famSJIS:
			if b >= 0xa1 && b <= 0xdf { // half-width katakana
				n[pairRare]++
				i++
				continue
			}
		case famEUCJP:
			if b == 0x8f && i+2 < len(body) && d >= 0xa1 && d < 0xff && body[i+2] >= 0xa1 && body[i+2] < 0xff {
				n[pairRare]++
				i += 3
				continue
			}
		}
		n[pairBad]++
		if d < 0x40 || d == 0x7f || d == 0xff {
			i++
		} else {
			i += 2
		}
	}
	c := tally{common: n[pairCommon] + n[pairKana], ordinary: n[pairOrdinary], bad: n[pairBad]}
	c.chars = c.common + c.ordinary + n[pairRare]
	if (f == famSJIS || f == famEUCJP) && n[pairKana]*10 < c.chars {
		// Japanese without kana is no text: the kanji are of some other family.
		c.common, c.ordinary = c.common/2, 0
	}
	return c
}

// walkUTF8 reads body as UTF-8. Its structure is so strict that every good
// sequence counts as common. It stops when broken sequences are so far ahead that
// the start of the page cannot be UTF-8.
func walkUTF8(body []byte) tally {
	var c tally
	for i := 0; i < len(body); {
		b := body[i]
		if b < utf8.RuneSelf {
			i += asciiPrefix(body[i:])
			continue
		}
		if b > 0xe0 && b < 0xf0 && b != 0xed && i+2 < len(body) && body[i+1]&0xc0 == 0x80 && body[i+2]&0xc0 == 0x80 {
			c.chars++
			i += 3
			continue
		}
		if _, n := utf8.DecodeRune(body[i:]); n > 1 {
			c.chars++
			i += n
			continue
		}
		rest := len(body) - i
		if rest < utf8.UTFMax && !utf8.FullRune(body[i:]) {
			break // cut in the middle of a character
		}
		c.bad++
		if c.bad > 2*c.chars+256 {
			break
		}
		i += subpart(body[i:])
	}
	c.common = c.chars
	return c
}

// subpart returns the length of the broken sequence that b begins with: the
// longest start of a possible character, at least 1 (WHATWG Encoding, as
// Unicode 16.0 section 3.9 recommends).
func subpart(b []byte) int {
	var lo, hi byte = 0x80, 0xbf
	n := 1
	switch c := b[0]; {
	case c >= 0xc2 && c <= 0xdf:
	case c >= 0xe0 && c <= 0xef:
		n = 2
		if c == 0xe0 {
			lo = 0xa0
		} else if c == 0xed {
			hi = 0x9f
		}
	case c >= 0xf0 && c <= 0xf4:
		n = 3
		if c == 0xf0 {
			lo = 0x90
		} else if c == 0xf4 {
			hi = 0x8f
		}
	default:
		return 1
	}
	k := 1
	for k <= n && k < len(b) && b[k] >= lo && b[k] <= hi {
		lo, hi = 0x80, 0xbf
		k++
	}
	return k
}

// lonely counts runs of bytes above 0x7F and those of them that are one byte
// long, the mark of Latin text in a single-byte encoding.
func lonely(body []byte) (runs, single int) {
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i += asciiPrefix(body[i:])
			continue
		}
		start := i
		for i < len(body) && body[i] >= utf8.RuneSelf {
			i++
		}
		runs++
		if i-start == 1 {
			single++
		}
	}
	return runs, single
}

// utf16Pattern reports UTF-16 without byte order mark by the NUL bytes that
// ASCII markup has in it: many at one parity, few at the other. It looks at the
// first 8 KiB.
func utf16Pattern(body []byte) string {
	if len(body) > 8<<10 {
		body = body[:8<<10]
	}
	var nul [2]int
	for i, b := range body {
		if b == 0 {
			nul[i&1]++
		}
	}
	switch {
	case max(nul[0], nul[1]) < 8: // padding
	case nul[1] > len(body)/16 && nul[1] > 8*nul[0]:
		return "utf-16le"
	case nul[0] > len(body)/16 && nul[0] > 8*nul[1]:
		return "utf-16be"
	}
	return ""
}

// escapes names the 7-bit encoding of an ASCII body: iso-2022-jp by its escape
// sequences, hz-gb-2312 by ~{…~} around pairs that are mostly common Chinese
// characters; "" for plain ASCII.
func escapes(body []byte) string {
	hz := tally{}
	for i := 0; i+2 < len(body); i++ {
		switch {
		case body[i] == 0x1b && body[i+1] == '$' && (body[i+2] == 'B' || body[i+2] == '@'):
			return "iso-2022-jp"
		case body[i] == '~' && body[i+1] == '{':
			j := i + 2
			var seg tally
			for j+1 < len(body) && body[j] >= 0x21 && body[j] <= 0x77 && body[j+1] >= 0x21 && body[j+1] <= 0x7e {
				switch getTables().pair[int(body[j]|0x80)<<8|int(body[j+1]|0x80)] & pairMask {
				case pairCommon:
					seg.chars++
					seg.common++
				case pairOrdinary:
					seg.chars++
					seg.ordinary++
				case pairRare:
					seg.chars++
				case pairBad:
					seg.bad++
				}
				j += 2
			}
			// A line end or the end of the body closes as well.
			if j+1 >= len(body) || body[j] == '\n' || body[j] == '~' && body[j+1] == '}' {
				hz.chars += seg.chars
				hz.common += seg.common
				hz.ordinary += seg.ordinary
				hz.bad += seg.bad
			}
			i = j - 1
		}
	}
	if hz.chars >= 2 && hz.score() >= 400 {
		return "hz-gb-2312"
	}
	return ""
}
