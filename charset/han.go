package charset

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// MinHan is how many Han characters HasHan asks for: fewer than any page of the
// development crawl with 50 or more in its visible text holds (own measurement,
// 2026-11), and more than the language links (简体中文 繁體中文 日本語), the keywords or
// the comments of a foreign page.
const MinHan = 32

// Limits of the scans of HasHan.
const (
	sampleUTF8  = 1024 // sequences that show whether a page is UTF-8
	pairsEnough = 64   // letters after which a clear reading counts
	pairsHopes  = 1024 // and after which a hopeless one ends
)

// HasHan reports whether body, the bytes of a page as they were fetched, may hold
// Chinese: MinHan Han characters or more in UTF-8, GB18030, Big5, UTF-16, HZ, as
// character references (&#20013; &#x4e2d;) or as escapes of JSON (\u4e2d). It
// reads bytes and no labels, so it can stand before everything that parses.
//
// It errs on the side of true: Japanese in any encoding of Unicode is Han too.
// Pages in single-byte encodings, EUC-KR, EUC-JP and Shift_JIS are told from GB
// and Big5 by the share of common characters, as Detect does it. A page it calls
// false costs one pass at several bytes per nanosecond. It is safe for concurrent
// use and allocates only for pages full of accented letters, which may be GB or
// Big5 that was read as Latin-1 (see Repair).
func HasHan(body []byte) bool {
	if e := utf16Name(body); e != "" {
		return hanUTF16(body, e == "utf-16be") >= MinHan
	}
	han, at := hanLeads(body, MinHan)
	start := asciiPrefix(body)
	if start < len(body) {
		sample := body[start:]
		if han >= MinHan {
			sample = body[start:at]
		}
		if c := sampleOf(sample); c.bad*4 <= c.chars {
			if han >= MinHan {
				return true
			}
		} else {
			if hanPairs(body[start:min(len(body), start+maxWeighed)]) {
				return true
			}
			han = 0 // no UTF-8: what looked like it was chance
		}
	}
	if start < len(body) {
		double, dense := latinSigns(body)
		if double >= MinHan || dense >= 2*MinHan && latinPairs(body) {
			return true
		}
	}
	return han+escapedHan(body, MinHan-han) >= MinHan || start == len(body) && bytes.Contains(body, []byte("~{")) && escapes(body) == "hz-gb-2312"
}

// utf16Name names the UTF-16 that a mark or the NUL bytes of ASCII markup give
// away, "" for anything else.
func utf16Name(body []byte) string {
	if len(body) >= 2 {
		switch {
		case body[0] == 0xff && body[1] == 0xfe:
			return "utf-16le"
		case body[0] == 0xfe && body[1] == 0xff:
			return "utf-16be"
		}
	}
	if bytes.IndexByte(body, 0) < 0 {
		return ""
	}
	return utf16Pattern(body)
}

// hanUTF16 counts the units from U+4E00 to U+9FFF, up to MinHan.
func hanUTF16(body []byte, big bool) int {
	n, high := 0, 1
	if big {
		high = 0
	}
	for i := high; i < len(body) && n < MinHan; i += 2 {
		if body[i] >= 0x4e && body[i] <= 0x9f {
			n++
		}
	}
	return n
}

const lowBits = 0x7f7f7f7f7f7f7f7f

// hanLead finds the next byte from 0xE4 to 0xE9 in b: the lead byte in UTF-8 of
// U+4E00–9FFF (and of a few rare neighbours). It returns len(b) without one.
func hanLead(b []byte) int {
	const ones = 0x0101010101010101
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		if x&highBits == 0 {
			continue
		}
		y := x & lowBits
		// No sum carries into the next byte: y is at most 0x7F in each.
		if (y+ones*(0x80-0x64))&^(y+ones*(0x80-0x6a))&x&highBits != 0 {
			break
		}
	}
	for ; i < len(b); i++ {
		if b[i] >= 0xe4 && b[i] <= 0xe9 {
			return i
		}
	}
	return len(b)
}

// hanLeads counts the sequences that are Han in UTF-8, up to limit, and returns
// where the last one counted ends.
func hanLeads(b []byte, limit int) (n, end int) {
	for i := 0; n < limit; {
		i += hanLead(b[i:])
		if i+2 >= len(b) {
			break
		}
		if b[i+1]&0xc0 == 0x80 && b[i+2]&0xc0 == 0x80 {
			n++
			i += 3
			end = i
		} else {
			i++
		}
	}
	return n, end
}

// sampleOf tallies the first sequences beyond ASCII as UTF-8: chars that are, bad
// that are not.
func sampleOf(b []byte) (c tally) {
	for i := 0; i < len(b) && c.chars+c.bad < sampleUTF8; {
		if b[i] < utf8.RuneSelf {
			i += asciiPrefix(b[i:])
			continue
		}
		_, n := utf8.DecodeRune(b[i:])
		switch {
		case n > 1:
			c.chars++
		case len(b)-i < utf8.UTFMax && !utf8.FullRune(b[i:]):
			return c // cut in the middle of a character
		default:
			c.bad++
		}
		i += n
	}
	return c
}

// hanPairs reports whether b, which is no UTF-8, reads as GB18030 or Big5. A
// clear reading decides, a weak one only if it is better than those of the other
// families.
func hanPairs(b []byte) bool {
	t := getTables()
	best := 0
	for _, f := range [...]family{famGB, famBig5} {
		c := t.sample(b, f)
		if c.chars < MinHan {
			continue
		}
		s := c.score()
		if s >= clearScore {
			return true
		}
		best = max(best, s)
	}
	if best < weakScore {
		return false
	}
	for _, f := range [...]family{famEUCKR, famEUCJP, famSJIS} {
		if t.sample(b, f).score() > best {
			return false
		}
	}
	return true
}

// sample is walk over as much of b as settles what family f makes of it.
func (t *tables) sample(b []byte, f family) (c tally) {
	const step = 4 << 10
	for len(b) > 0 {
		n := min(step, len(b))
		for n < len(b) && n < 2*step && b[n-1] >= utf8.RuneSelf {
			n++ // cut behind ASCII, so that no pair is torn
		}
		p := t.walk(b[:n], f)
		b = b[n:]
		c.chars += p.chars
		c.common += p.common
		c.ordinary += p.ordinary
		c.bad += p.bad
		if c.chars >= pairsEnough && c.score() >= clearScore || c.chars+c.bad >= pairsHopes && c.score() < weakScore/2 {
			break
		}
	}
	return c
}

// latinPairs reports whether Repair can read a page as GB or Big5.
func latinPairs(body []byte) bool {
	_, kind := undoPairs(nil, body)
	return kind != ""
}

// escapedHan counts Han characters written in ASCII, up to limit.
func escapedHan(b []byte, limit int) int {
	n := 0
	for rest := b; n < limit; {
		i := bytes.Index(rest, []byte("&#"))
		if i < 0 {
			break
		}
		rest = rest[i+2:]
		if isHan(reference(rest)) {
			n++
		}
	}
	for rest := b; n < limit; {
		i := bytes.Index(rest, []byte(`\u`))
		if i < 0 {
			break
		}
		rest = rest[i+2:]
		if len(rest) >= 4 && isHan(hexNumber(rest[:4])) {
			n++
		}
	}
	return n
}

// reference reads the number of a character reference behind its "&#": decimal,
// or hexadecimal behind an x.
func reference(b []byte) rune {
	b = b[:min(len(b), 7)]
	if len(b) > 0 && b[0]|0x20 == 'x' {
		return hexNumber(b[1:])
	}
	var r rune
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		r = r*10 + rune(c-'0')
	}
	return r
}

// hexNumber reads the hexadecimal digits that b begins with.
func hexNumber(b []byte) rune {
	var r rune
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return r
		}
	}
	return r
}

func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf }
