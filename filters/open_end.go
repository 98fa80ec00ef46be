package filters

import (
	"strings"
	"unicode/utf8"

	"github.com/qingliu/qingliu/zh"
)

// OpenEnd is the reason that explain shows for what an [EndCutter] cuts.
const OpenEnd = "open_end"

// OpenEndDoc says what is cut, for the reference.
const OpenEndDoc = "With `text.cut_open_end`: cuts what stands behind the last 。！？.?! of a text and the quotes and brackets that close there. A text without such a mark stays, and one of which more than a quarter, or mostly a listing or table, would go."

// OpenEndVersion rises when an EndCutter cuts anything differently.
const OpenEndVersion = 2

// maxEndPart: at most 1/maxEndPart of the bytes of a text stand behind its last mark
// if they are cut.
const maxEndPart = 4

// EndCutter cuts what stands behind the last end mark of a text, as FlagData's
// end_clip does (FlagOpen/FlagData 84a3d7e): sentences that a crawler or a form cut
// off, and furniture at the foot. The marks are its own, 。！？.?!, so that … ends
// nothing: it stands where a teaser breaks off.
//
// Not repeated: a text without end marks becomes empty, and quotes and brackets that
// close behind the mark go. Here they stay, and so does a text of whose bytes more
// than a quarter stand behind the last mark: of some 100 pages of the development crawl that
// were read (2026-11) those are tables, forms and texts written without marks. So does a
// text behind whose last mark at least two lines, and most bytes, are source code or
// rows of a table. A point, ? or ! of ASCII ends a sentence at the end of a line, and
// before a blank, a Han character or a closing mark unless a digit precedes (2. 方法).
//
// It reuses its memory and belongs to one goroutine.
type EndCutter struct{ cuts []LineCut }

// NewEndCutter returns a cutter for one worker.
func NewEndCutter() *EndCutter { return &EndCutter{} }

// Cut returns the beginning of text that stays, text itself where nothing is cut, and
// what was cut, a cut for each line that is not blank, in text order. The cuts are
// valid until the next call.
func (c *EndCutter) Cut(text string) (kept string, cuts []LineCut) {
	end := lastEnd(text)
	if tail := text[end:]; end == 0 || strings.TrimSpace(tail) == "" || maxEndPart*len(tail) > len(text) {
		return text, nil
	}
	if cap(c.cuts) > keepRunes {
		c.cuts = nil
	}
	c.cuts = c.cuts[:0]
	number := strings.Count(text[:end], "\n")
	content, rows := 0, 0 // bytes and lines of listings and tables
	for start := end; start < len(text); number++ {
		lineEnds, next := lineEnd(text, start)
		if line := text[start:lineEnds]; strings.TrimSpace(line) != "" {
			c.cuts = append(c.cuts, LineCut{number, int32(start), int32(lineEnds), OpenEnd})
			if strings.IndexByte(line, '\t') >= 0 || isCode(line, countLine(line)) {
				content, rows = content+len(line), rows+1
			}
		}
		start = next
	}
	if rows > 1 && 2*content > len(text)-end {
		return text, nil
	}
	return text[:end], c.cuts
}

// closingMarks belong to the sentence in front of them.
const closingMarks = "”’」』）》】〉…)]\"'"

// lastEnd returns where the last sentence of text ends, behind the marks that close
// it; 0 where none ends.
func lastEnd(text string) int {
	for i := len(text); i > 0; i-- {
		size := 1
		switch text[i-1] {
		case '.', '!', '?':
		case 0x82, 0x81, 0x9f: // last bytes of 。！？
			size = 3
		default:
			continue
		}
		if i < size {
			break
		}
		if r, n := utf8.DecodeRuneInString(text[i-size:]); n == size && isEndMark(text[:i-size], r, text[i:]) {
			return len(text) - len(strings.TrimLeft(text[i:], closingMarks))
		}
	}
	return 0
}

// isEndMark reports whether r, between before and rest, ends a sentence.
func isEndMark(before string, r rune, rest string) bool {
	switch r {
	case '。', '！', '？':
		return true
	case '.', '!', '?':
		if rest == "" || rest[0] == '\n' {
			return true
		}
		if n := len(before); n > 0 && isDigitByte(before[n-1]) {
			return false
		}
		next, _ := utf8.DecodeRuneInString(rest)
		return isSentenceBlank(next) || zh.IsHan(next) || strings.ContainsRune(closingMarks, next)
	}
	return false
}
