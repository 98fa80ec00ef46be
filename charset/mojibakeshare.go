package charset

import (
	"strings"
	"unicode/utf8"
)

// Limits of SuspectGB and MojibakeFraction.
const (
	minSuspects  = 8 // characters that UTF-8 read as GB is full of
	suspectPart  = 5 // and which part of the Han characters they are at least
	repeatedJunk = 3 // 烫 or 屯 in a row: memory that was never written
)

// SuspectGB reports whether a text looks like UTF-8 that was read as GB (涓枃), so
// that Repair should try to undo it.
func SuspectGB(text string) bool {
	set := suspects()
	n, han := 0, 0
	for _, r := range text {
		if r < 0x4e00 || r > 0x9fff {
			continue
		}
		han++
		if set.has(r) {
			n++
		}
	}
	return n >= minSuspects && n*suspectPart >= han
}

// MojibakeFraction returns the share of a text's code points, blanks not counted,
// that were decoded wrongly before it was stored: U+FFFD and 锟斤拷, 烫烫烫 and 屯屯屯,
// UTF-8 read as GB (涓枃) and anything double-byte read as Latin-1 or windows-1252
// (ä¸­æ–‡, ÖÐÎÄ). It is from 0 to 1 and 0 for an empty text. A page that talks about
// 锟斤拷 has a small share.
func MojibakeFraction(text string) float64 {
	set := suspects()
	all, bad, suspect := 0, 0, 0
	run := 0 // letters from U+00A1 to U+00FF in a row
	last, repeated := rune(0), 0
	endRun := func() {
		if run >= latinRun {
			bad += run
		}
		run = 0
	}
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c > ' ' {
				all++
			}
			if run > 0 {
				endRun()
			}
			last = 0
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if latinByte(r) != 0 {
			run++
		} else if run > 0 {
			endRun()
		}
		all++
		switch {
		case r == utf8.RuneError:
			bad++
		case r == '锟' && strings.HasPrefix(text[i+n:], "斤拷"):
			bad += 3
		case r == '烫' || r == '屯':
			if r != last {
				repeated = 0
			}
			if repeated++; repeated == repeatedJunk {
				bad += repeatedJunk
			} else if repeated > repeatedJunk {
				bad++
			}
		case set.has(r):
			suspect++
		}
		last = r
		i += n
	}
	if run > 0 {
		endRun()
	}
	if suspect >= minSuspects {
		bad += doubleGB(text)
	}
	if all == 0 {
		return 0
	}
	return min(1, float64(bad)/float64(all))
}

// doubleGB counts the characters of runs that are UTF-8 when they are written in
// GBK, but for a torn end.
func doubleGB(text string) int {
	set := suspects()
	total := 0
	var raw []byte
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		raw = raw[:0]
		n, suspect := 0, false
		for i < len(text) && text[i] >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			var ok bool
			if raw, ok = appendGBPair(raw, r); !ok {
				break
			}
			suspect = suspect || set.has(r)
			n++
		}
		if !suspect || n < 3 {
			continue
		}
		good := 0
		for k := 0; k < len(raw); {
			_, size := utf8.DecodeRune(raw[k:])
			if size >= 3 {
				good += size
			}
			k += size
		}
		if good >= 6 && good*4 >= len(raw)*3 {
			total += n
		}
	}
	return total
}
