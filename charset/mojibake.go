package charset

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// The kinds of double encoding that Repair undoes: the encoding of the bytes, and
// the one they were read in before the page was saved again as UTF-8.
const (
	DoubleUTF8AsLatin = "utf8_as_windows1252"    // ä¸­æ–‡
	DoubleUTF8AsGB    = "utf8_as_gbk"            // 涓枃
	DoubleGBAsLatin   = "gb18030_as_windows1252" // ÖÐÎÄ
	DoubleBig5AsLatin = "big5_as_windows1252"
)

// Limits of a repair. A repair must bring minRepaired Han characters, of which
// commonShare thousandths are common ones: Chinese text has 591 or more on 99 % of
// pages (see clearScore), a wrong reading at most 432.
const (
	minRepaired = 16
	commonShare = 500
)

// latinRun is how many letters from U+00A1 to U+00FF in a row belong to no
// language.
const latinRun = 4

// Repair undoes a double encoding of a decoded page: it appends the repaired text
// to dst and names the kind, or returns dst and "" where there is nothing to undo
// or where undoing it is not safe. A repair is safe if it loses nothing (encoding
// the result in the same two steps gives the page again, byte for byte) and if
// the result reads as Chinese and the page did not. Pages above 4 MiB and those whose damage is partly
// lost (锟斤拷, U+FFFD inside) stay as they are: MojibakeFraction measures them.
//
// Without signs of Latin double encoding it costs a search for one byte. The kind
// DoubleUTF8AsGB has no sign so cheap: it is tried only if gb is set, see
// SuspectGB.
func Repair(dst, page []byte, gb bool) ([]byte, string) {
	if len(page) > maxWeighed {
		return dst, ""
	}
	double, dense := latinSigns(page)
	if double >= minRepaired {
		if out, ok := undoUTF8(dst, page); ok {
			return out, DoubleUTF8AsLatin
		}
	}
	if dense >= 2*minRepaired {
		if han, _ := hanLeads(page, minRepaired); han < minRepaired {
			if out, kind := undoPairs(dst, page); kind != "" {
				return out, kind
			}
		}
	}
	if gb {
		if out, ok := undoGB(dst, page); ok {
			return out, DoubleUTF8AsGB
		}
	}
	return dst, ""
}

// latinSigns counts what Latin double encoding leaves in UTF-8: triples that were
// a Han character (ä¸­), and letters from U+00A1 to U+00FF in runs of latinRun or
// more.
func latinSigns(b []byte) (double, dense int) {
	for i := 0; i < len(b); {
		j := bytes.IndexByte(b[i:], 0xc3)
		if j < 0 {
			break
		}
		i += j
		if i+1 < len(b) && b[i+1] >= 0xa4 && b[i+1] <= 0xa9 { // ä to é: E4 to E9
			if _, n := trail(b[i+2:]); n > 0 {
				if _, m := trail(b[i+2+n:]); m > 0 {
					double++
				}
			}
		}
		run := 0
		for i+1 < len(b) && (b[i] == 0xc3 && b[i+1]&0xc0 == 0x80 || b[i] == 0xc2 && b[i+1] >= 0xa1 && b[i+1] < 0xc0) {
			run++
			// The other triples of the run.
			if run > 1 && b[i] == 0xc3 && b[i+1] >= 0xa4 && b[i+1] <= 0xa9 {
				if _, n := trail(b[i+2:]); n > 0 {
					if _, m := trail(b[i+2+n:]); m > 0 {
						double++
					}
				}
			}
			i += 2
		}
		if run >= latinRun {
			dense += run
		}
		if run == 0 {
			i++
		}
	}
	return double, dense
}

// trail reads a character that stands for a byte from 0x80 to 0xBF in Latin-1 or
// windows-1252, 0 and 0 if b begins with none.
func trail(b []byte) (byte, int) {
	r, n := utf8.DecodeRune(b)
	if c := latinByte(r); c >= 0x80 && c < 0xc0 {
		return c, n
	}
	return 0, 0
}

// windows1252 holds the characters of windows-1252 from 0x80 to 0x9F; 0 where it
// has the control character.
var windows1252 = [32]rune{
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
}

// latinByte returns the byte that stands for r in Latin-1 or windows-1252, 0 for
// ASCII and for what neither has.
func latinByte(r rune) byte {
	if r >= 0x80 && r <= 0xff {
		return byte(r)
	}
	if r > 0xff && r <= 0x2122 {
		for i, w := range windows1252 {
			if w == r {
				return byte(0x80 + i)
			}
		}
	}
	return 0
}

// undoUTF8 turns every run of characters that stand for bytes into these bytes
// where they are valid UTF-8 beyond ASCII; other runs (an é of the page itself)
// stay. Runs map to bytes one to one, so nothing is lost.
func undoUTF8(dst, page []byte) ([]byte, bool) {
	start := len(dst)
	var run []byte
	left := 0 // characters in dense runs that are no UTF-8
	for i := 0; i < len(page); {
		if page[i] < utf8.RuneSelf {
			n := asciiPrefix(page[i:])
			dst = append(dst, page[i:i+n]...)
			i += n
			continue
		}
		run = run[:0]
		from := i
		latin1, cp1252 := false, false
		for i < len(page) {
			r, n := utf8.DecodeRune(page[i:])
			c := latinByte(r)
			if c == 0 {
				break
			}
			latin1 = latin1 || r < 0xa0 && windows1252[r-0x80] != 0
			cp1252 = cp1252 || r > 0xff
			run = append(run, c)
			i += n
		}
		if len(run) == 0 { // a character of the page itself
			_, n := utf8.DecodeRune(page[i:])
			dst = append(dst, page[i:i+n]...)
			i += n
			continue
		}
		if len(run) > 1 && utf8.Valid(run) && !(latin1 && cp1252) {
			dst = append(dst, run...)
			continue
		}
		dst = append(dst, page[from:i]...)
		if len(run) >= latinRun {
			left += len(run)
		}
	}
	han, common := hanShare(dst[start:])
	if han < minRepaired || common*1000 < han*commonShare || left*50 > han*3 {
		return dst[:start], false
	}
	return dst, true
}

// undoPairs reads the characters of a page as the bytes they stand for and these
// as GB18030 or Big5. Every character must stand for a byte.
func undoPairs(dst, page []byte) ([]byte, string) {
	raw := make([]byte, 0, len(page))
	latin1, cp1252 := false, false
	for i := 0; i < len(page); {
		if page[i] < utf8.RuneSelf {
			n := asciiPrefix(page[i:])
			raw = append(raw, page[i:i+n]...)
			i += n
			continue
		}
		r, n := utf8.DecodeRune(page[i:])
		c := latinByte(r)
		if c == 0 {
			return dst, ""
		}
		latin1 = latin1 || r < 0xa0 && windows1252[r-0x80] != 0
		cp1252 = cp1252 || r > 0xff
		raw = append(raw, c)
		i += n
	}
	if latin1 && cp1252 {
		return dst, ""
	}
	t := getTables()
	f, kind, enc := famGB, DoubleGBAsLatin, encoding.Encoding(simplifiedchinese.GB18030)
	gb, big5 := t.walk(raw, famGB), t.walk(raw, famBig5)
	c := gb
	if big5.score() > gb.score() {
		f, kind, enc, c = famBig5, DoubleBig5AsLatin, traditionalchinese.Big5, big5
	}
	if c.chars < minRepaired || c.score() < clearScore || c.bad > 0 {
		return dst, ""
	}
	start := len(dst)
	var d Decoder
	dst, bad := d.AppendUTF8(dst, raw, familyName[f])
	if back, err := enc.NewEncoder().Bytes(dst[start:]); bad > 0 || err != nil || !bytes.Equal(back, raw) {
		return dst[:start], ""
	}
	return dst, kind
}

// undoGB writes the characters of a page as the bytes of GBK they stand for and
// reads these as UTF-8. All of the page must be valid then.
func undoGB(dst, page []byte) ([]byte, bool) {
	raw := make([]byte, 0, len(page))
	for i := 0; i < len(page); {
		if page[i] < utf8.RuneSelf {
			n := asciiPrefix(page[i:])
			raw = append(raw, page[i:i+n]...)
			i += n
			continue
		}
		r, n := utf8.DecodeRune(page[i:])
		var ok bool
		if raw, ok = appendGBPair(raw, r); !ok {
			return dst, false
		}
		i += n
	}
	if !utf8.Valid(raw) {
		return dst, false
	}
	han, common := hanShare(raw)
	if han < minRepaired || common*1000 < han*commonShare {
		return dst, false
	}
	if was, wasCommon := hanShare(page); wasCommon*han >= common*was { // it read better before
		return dst, false
	}
	return append(dst, raw...), true
}

// appendGBPair appends the byte or two that a reader of GBK makes r of: a pair of
// the table, one of the user-defined areas, which code page 936 and browsers put
// into the private use area, or 0x80 for the euro sign. A code point has one form,
// so that writing what was read gives the same bytes.
func appendGBPair(dst []byte, r rune) ([]byte, bool) {
	switch {
	case r == '€':
		return append(dst, 0x80), true
	case r >= 0xe000 && r < 0xe234:
		r -= 0xe000
		return append(dst, byte(0xaa+r/94), byte(0xa1+r%94)), true
	case r >= 0xe234 && r < 0xe4c6:
		r -= 0xe234
		return append(dst, byte(0xf8+r/94), byte(0xa1+r%94)), true
	case r >= 0xe4c6 && r < 0xe766:
		r -= 0xe4c6
		c := byte(0x40 + r%96)
		if c >= 0x7f {
			c++
		}
		return append(dst, byte(0xa1+r/96), c), true
	case r < 0 || r > 0xffff:
		return dst, false
	}
	p := gbPairs()[r]
	if p == 0 {
		return dst, false
	}
	return append(dst, byte(p>>8), byte(p)), true
}

var commonRunes = sync.OnceValue(func() map[rune]bool { return runeSet(commonHans, commonHant) })

// hanShare counts the Han characters of valid UTF-8 and the common ones of them.
func hanShare(b []byte) (han, common int) {
	set := commonRunes()
	for i := 0; ; {
		i += hanLead(b[i:])
		if i+2 >= len(b) {
			return han, common
		}
		r, n := utf8.DecodeRune(b[i:])
		i += n
		if r >= 0x4e00 && r <= 0x9fff {
			han++
			if set[r] {
				common++
			}
		}
	}
}
