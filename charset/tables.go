package charset

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// family is a double-byte encoding the statistics know.
type family uint8

const (
	famGB family = iota
	famBig5
	famSJIS
	famEUCJP
	famEUCKR
	families
)

// familyName holds the IANA names (lower case) as Decision.Encoding gives them.
var familyName = [families]string{"gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"}

// What a double-byte pair is in one family, three bits per family.
const (
	pairBad      = iota // no character
	pairRare            // a character of no other kind
	pairNeutral         // punctuation or symbol: same place in several families
	pairOrdinary        // in the standard's first level, the characters of everyday use
	pairCommon          // in the family's list of common characters
	pairKana            // kana of the Japanese families
)

const (
	pairBits = 3
	pairMask = 1<<pairBits - 1
)

// firstLevel holds the lead bytes of the first level of each standard: GB 2312
// rows 16-55, Big5 A4-C6, JIS X 0208 rows 16-47, the Hangul rows of KS X 1001.
var firstLevel = [families][2]byte{famGB: {0xb0, 0xd7}, famBig5: {0xa4, 0xc6}, famSJIS: {0x88, 0x98}, famEUCJP: {0xb0, 0xcf}, famEUCKR: {0xb0, 0xc8}}

// tables is derived from the codecs of x/text on first use; a process that meets
// only UTF-8 never builds it.
type tables struct {
	pair [1 << 16]uint16 // by lead<<8|trail: pairBits for each family
	gb   [126 * 192]uint16
}

var getTables = sync.OnceValue(buildTables)

func buildTables() *tables {
	t := new(tables)
	chinese := runeSet(commonHans, commonHant)
	kanji := runeSet(commonHans, commonHant, commonKanji)
	hangul := runeSet(commonHangul)
	for f := range families {
		var enc encoding.Encoding
		common := chinese
		switch f {
		case famGB:
			enc = simplifiedchinese.GB18030
		case famBig5:
			enc = traditionalchinese.Big5
		case famSJIS:
			enc, common = japanese.ShiftJIS, kanji
		case famEUCJP:
			enc, common = japanese.EUCJP, kanji
		case famEUCKR:
			enc, common = korean.EUCKR, hangul
		}
		eachPair(enc, func(lead, trail byte, r rune, single bool) {
			if f == famGB && single {
				if o := gb2022(lead, trail); o != 0 {
					r = o
				}
				if lead >= 0x81 && trail >= 0x40 && r <= 0xffff {
					t.gb[int(lead-0x81)*192+int(trail-0x40)] = uint16(r)
				}
			}
			kind := uint16(pairRare)
			switch {
			case !single: // Big5 has four codes of two code points
			case (f == famSJIS || f == famEUCJP) && (r >= 0x3041 && r <= 0x3093 || r >= 0x30a1 && r <= 0x30f6):
				kind = pairKana
			case common[r]:
				kind = pairCommon
			case r < 0x2e80 || r >= 0x3000 && r < 0x3041 || r >= 0x3094 && r < 0x30a1 || r >= 0x30f7 && r < 0x3100 || r >= 0xff00 && r < 0xff66:
				// The marks ゝゞー of JIS stand where GB has 《》 and 〖.
				kind = pairNeutral
			case lead >= firstLevel[f][0] && lead <= firstLevel[f][1] && (trail >= 0xa1 || f == famBig5 || f == famSJIS):
				kind = pairOrdinary
			}
			t.pair[int(lead)<<8|int(trail)] |= kind << (pairBits * f)
		})
	}
	return t
}

func runeSet(lists ...string) map[rune]bool {
	m := make(map[rune]bool)
	for _, l := range lists {
		for _, r := range l {
			m[r] = true
		}
	}
	return m
}

// eachPair calls fn for every pair of a lead byte from 0x81 and a trail byte
// from 0x40 that enc decodes as one unit; single is false where it stands for
// more than one code point.
func eachPair(enc encoding.Encoding, fn func(lead, trail byte, r rune, single bool)) {
	// One line per pair: a newline is a trail byte in no encoding, so a broken
	// pair cannot swallow its neighbour.
	src := make([]byte, 0, 126*192*3)
	for lead := 0x81; lead <= 0xfe; lead++ {
		for trail := 0x40; trail <= 0xff; trail++ {
			src = append(src, byte(lead), byte(trail), '\n')
		}
	}
	out, err := enc.NewDecoder().Bytes(src)
	if err != nil {
		panic("charset: building tables: " + err.Error()) // decoders replace, they do not fail
	}
	for i := 0; i < len(src); i += 3 {
		r, n := utf8.DecodeRune(out)
		rest := out[n:]
		single := rest[0] == '\n'
		end := 0
		for rest[end] != '\n' {
			end++
		}
		out = rest[end+1:]
		if r == utf8.RuneError || r < 0x80 {
			continue
		}
		if !single {
			// é or half-width katakana followed by another character, or a
			// replaced lead byte: two units, except in Big5.
			second, _ := utf8.DecodeRune(rest)
			if enc != traditionalchinese.Big5 || second != 0x304 && second != 0x30c {
				continue
			}
		}
		fn(src[i], src[i+1], r, single)
	}
}

// hanSet is a set of Han characters, a bit each from U+4E00.
type hanSet [(0xa000 - 0x4e00) / 64]uint64

func (s *hanSet) has(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff && s[(r-0x4e00)>>6]>>(r&63)&1 == 1
}

// suspects holds the characters that are in GBK a pair with which a Han character
// of UTF-8 can begin: lead byte E4 to E9, trail byte 80 to BF. In UTF-8 read as GB
// every third character is one, in Chinese text one in a hundred (own count,
// 2026-11).
var suspects = sync.OnceValue(func() *hanSet {
	set := new(hanSet)
	t := &getTables().gb
	for lead := 0xe4; lead <= 0xe9; lead++ {
		for trail := 0x80; trail <= 0xbf; trail++ {
			if r := t[(lead-0x81)*192+trail-0x40]; r >= 0x4e00 && r <= 0x9fff {
				set[(r-0x4e00)>>6] |= 1 << (r & 63)
			}
		}
	}
	return set
})

// gbPairs is the inverse of tables.gb: the pair of a code point, 0 without one.
var gbPairs = sync.OnceValue(func() *[1 << 16]uint16 {
	pairs := new([1 << 16]uint16)
	for i, r := range getTables().gb {
		if r != 0 && pairs[r] == 0 {
			pairs[r] = uint16((0x81+i/192)<<8 | (0x40 + i%192))
		}
	}
	return pairs
})
