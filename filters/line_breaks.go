package filters

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// LineBreak names what a [LineBreaker] changes, as explain and statistics show it.
const LineBreak = "line_break"

// LineBreakDoc says what is changed, for the reference.
const LineBreakDoc = "With `text.restore_line_breaks`: puts a line break in place of blanks between 。；？！, or ” and ） behind such a mark, and a Chinese character or digit, and between ： and the number of a list. Single blanks stay, except before the number of a list, in texts that have line breaks or write a blank behind half of their sentences."

// LineBreaksVersion rises when a LineBreaker changes anything differently.
const LineBreaksVersion = 1

// LineBreaker puts line breaks back that an export turned into blanks. FlagData does
// so before it makes MinHash signatures (FlagOpen/FlagData 84a3d7e): a line ends where
// one of 。；？：”）！ is followed by a blank and a Han character or digit. Here it is for
// the text that is released.
//
// Not repeated, after reading about 150 of the 1,611 places in 3,825 pages of the development
// crawl (2026-11): ： ends a line only before the number of a list (1. 二、), for otherwise the
// value of a label stands behind it (电话： 123); ” and ） only behind 。；？！, for
// otherwise they close a word (“m” 將, （2） 人). A single blank was a line break only in
// texts that have none left, and not where half of the sentences that end have a blank
// behind them: elsewhere it is how somebody types. Two and more, a wide one, and those
// before the number of a list are taken in all texts. Lines with tabs stay as they are,
// for they are rows of a table.
//
// It reuses its memory and belongs to one goroutine.
type LineBreaker struct {
	out    []byte
	breaks []LineCut
}

// NewLineBreaker returns a breaker for one worker.
func NewLineBreaker() *LineBreaker { return &LineBreaker{} }

// Restore returns text with its line breaks, text itself where none is missing, and the
// blanks of text that became line breaks, in text order. They are valid until the next
// call.
func (b *LineBreaker) Restore(text string) (restored string, breaks []LineCut) {
	if cap(b.out) > 4*keepRunes || cap(b.breaks) > keepRunes {
		*b = LineBreaker{}
	}
	b.breaks = b.breaks[:0]
	ends, blanks := 0, 0       // sentences that end within lines; with a blank behind them
	number, closed := 0, false // lines before; a sentence has ended, and only ”） followed
	for i := 0; i < len(text); {
		if !beginsMark[text[i]] {
			closed = false
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch r {
		case '。', '；', '？', '！':
			closed = true
		case '”', '）':
		case '：':
			if to := i + blanksAt(text[i:]); to > i && isListNumber(text[to:]) {
				b.breaks = append(b.breaks, LineCut{number, int32(i), int32(to), LineBreak})
			}
			closed = false
			continue
		case '\n':
			number++
			closed = false
			continue
		default:
			closed = false
			continue
		}
		if !closed {
			continue
		}
		to := i + blanksAt(text[i:])
		next, _ := utf8.DecodeRuneInString(text[to:])
		c := classOf(next)
		item := isListNumber(text[to:])
		if to < len(text) && c.isContent() && !item {
			ends++
			if to > i {
				blanks++
			}
		}
		if to > i && (c == classHan || c == classDigit) {
			b.breaks = append(b.breaks, LineCut{number, int32(i), int32(to), LineBreak})
		}
		if to > i {
			closed = false
		}
		i = to
	}
	if strings.Contains(strings.TrimRight(text, "\n"), "\n") || 2*blanks >= ends {
		b.breaks = slices.DeleteFunc(b.breaks, func(x LineCut) bool {
			return x.End-x.Start == 1 && !isListNumber(text[x.End:])
		})
	}
	b.dropRows(text)
	if len(b.breaks) == 0 {
		return text, nil
	}
	b.out = b.out[:0]
	at := int32(0)
	for _, x := range b.breaks {
		b.out = append(b.out, text[at:x.Start]...)
		b.out = append(b.out, '\n')
		at = x.End
	}
	b.out = append(b.out, text[at:]...)
	return string(b.out), b.breaks
}

// dropRows drops the breaks in lines with tabs.
func (b *LineBreaker) dropRows(text string) {
	end, row := 0, false // of the line, and whether it has a tab
	b.breaks = slices.DeleteFunc(b.breaks, func(x LineCut) bool {
		if int(x.Start) >= end {
			start := end + strings.LastIndexByte(text[end:x.Start], '\n') + 1
			end, _ = lineEnd(text, int(x.Start))
			row = strings.IndexByte(text[start:end], '\t') >= 0
		}
		return row
	})
}

// beginsMark tells of the first bytes of the marks that Restore looks at. Most of a
// Chinese text begins with others.
var beginsMark = func() (t [256]bool) {
	for _, mark := range [...]string{"。", "；", "？", "！", "：", "”", "）", "\n"} {
		t[mark[0]] = true
	}
	return t
}()

// blanksAt returns the length of the blanks at the beginning of s.
func blanksAt(s string) (n int) {
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if r != ' ' && r != '\u00a0' && r != '\u3000' {
			break
		}
		n += size
	}
	return n
}

// isListNumber reports whether s begins with the number of a list: up to two digits or
// Chinese numerals, and one of 、．.)） that no digit follows.
func isListNumber(s string) bool {
	for n := 0; ; n++ {
		r, size := utf8.DecodeRuneInString(s)
		if s == "" {
			return false
		}
		s = s[size:]
		switch r {
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十':
			if n == 2 {
				return false
			}
		case '、', '．', '.', ')', '）':
			return n > 0 && (s == "" || !isDigitByte(s[0]))
		default:
			return false
		}
	}
}
