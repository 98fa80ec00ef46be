package charset

import (
	"encoding/binary"
	"unicode/utf8"
)

// gb2022 gives the code point of the pairs that GB 18030-2022 moved from the
// private use area to their own characters and that x/text leaves out or maps
// to private use (GB 18030-2022, annex; A8BC since the 2005 edition), 0 for any
// other pair.
func gb2022(lead, trail byte) rune {
	switch lead {
	case 0xa6:
		switch trail {
		case 0xd9:
			return 0xfe10
		case 0xda:
			return 0xfe12
		case 0xdb:
			return 0xfe11
		case 0xdc:
			return 0xfe13
		case 0xdd:
			return 0xfe14
		case 0xde:
			return 0xfe15
		case 0xdf:
			return 0xfe16
		case 0xec:
			return 0xfe17
		case 0xed:
			return 0xfe18
		case 0xf3:
			return 0xfe19
		}
	case 0xa8:
		if trail == 0xbc {
			return 0x1e3f
		}
	case 0xfe:
		switch trail {
		case 0x51:
			return 0x20087
		case 0x52:
			return 0x20089
		case 0x53:
			return 0x200cc
		case 0x59:
			return 0x9fb4
		case 0x61:
			return 0x9fb5
		case 0x66:
			return 0x9fb6
		case 0x67:
			return 0x9fb7
		case 0x6c:
			return 0x215d7
		case 0x6d:
			return 0x9fb8
		case 0x76:
			return 0x2298f
		case 0x7e:
			return 0x9fb9
		case 0x90:
			return 0x9fba
		case 0x91:
			return 0x241fe
		case 0xa0:
			return 0x9fbb
		}
	}
	return 0
}

const highBits = 0x8080808080808080

// asciiPrefix returns the length of the run of bytes below 0x80 that b begins with.
func asciiPrefix(b []byte) int {
	i := 0
	for i+8 <= len(b) && binary.LittleEndian.Uint64(b[i:])&highBits == 0 {
		i += 8
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// appendGB appends GB18030 text decoded to UTF-8 and returns the number of
// replaced sequences. A lead byte without trail byte is replaced alone, so a cut
// character never eats markup; a pair without character is replaced as a whole.
func (d *Decoder) appendGB(dst, src []byte) ([]byte, int) {
	t := &getTables().gb
	bad := 0
	for i := 0; i < len(src); {
		c := src[i]
		if c < utf8.RuneSelf {
			n := asciiPrefix(src[i:])
			dst = append(dst, src[i:i+n]...)
			i += n
			continue
		}
		if c == 0x80 { // the euro sign of code page 936
			dst = append(dst, "€"...)
			i++
			continue
		}
		if c == 0xff || i+1 == len(src) {
			dst = append(dst, replacement...)
			bad++
			i++
			continue
		}
		trail := src[i+1]
		if trail >= 0x40 {
			if r := t[int(c-0x81)*192+int(trail-0x40)]; r >= 0x800 {
				dst = append(dst, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f)
				i += 2
				continue
			} else if r != 0 {
				dst = utf8.AppendRune(dst, rune(r))
				i += 2
				continue
			}
			if r := gb2022(c, trail); r != 0 {
				dst = utf8.AppendRune(dst, r)
				i += 2
				continue
			}
		} else if trail >= 0x30 && trail <= 0x39 && i+3 < len(src) {
			if r := d.gbFour(src[i : i+4]); r != utf8.RuneError {
				dst = utf8.AppendRune(dst, r)
				i += 4
				continue
			}
		}
		dst = append(dst, replacement...)
		bad++
		if trail < 0x40 || trail == 0x7f || trail == 0xff {
			i++
		} else {
			i += 2
		}
	}
	return dst, bad
}

// gbFour decodes a four-byte sequence; U+FFFD if it stands for no character.
func (d *Decoder) gbFour(b []byte) rune {
	if b[2] < 0x81 || b[2] == 0xff || b[3] < 0x30 || b[3] > 0x39 {
		return utf8.RuneError
	}
	n := ((int(b[0]-0x81)*10+int(b[1]-0x30))*126+int(b[2]-0x81))*10 + int(b[3]-0x30)
	if n >= 189000 { // the supplementary planes follow in order
		if n -= 189000; n < 0x100000 {
			return rune(0x10000 + n)
		}
		return utf8.RuneError
	}
	k, _, err := d.codec("gb18030").Transform(d.four[:], b, true)
	r, size := utf8.DecodeRune(d.four[:k])
	if err != nil || size != k {
		return utf8.RuneError
	}
	return r
}
