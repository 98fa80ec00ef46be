package filters

import (
	"strings"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
)

// EntryLinesConfig configures entry_lines.
type EntryLinesConfig struct {
	MaxFraction float64 `yaml:"max_fraction" max:"entry_lines" range:"0..1" unit:"fraction of lines" doc:"drop when more of the lines are dates or begin or end with one"`
}

// Archives, news lists and search results print a date to every entry. In a text
// a date in a line of its own stands once, at the head or below the signature.
var entryLines = define(Spec{
	Name: "entry_lines", Doc: "Drops archives and lists of entries: pages many of whose lines are a date or pager, or begin or end with a date.",
	From:    "own measurement, 2026-11, on list pages of half of 112 Chinese sites; chronicles (年表) write 年 and are no entries",
	Signals: []Signal{{"entry_lines", 4, "lines that are a date, time or pager, also 6月 23, 2018, or begin or end with a numeric date, of all non-blank lines; not measured below four lines"}},
	Needs:   NeedText,
	Version: 1, // text, date and minute is a post, no entry
}, EntryLinesConfig{MaxFraction: 0.33}, newEntryLines)

// minEntryLines is how many lines a list has at least.
const minEntryLines = 4

type entryLinesFilter struct{ at slot }

func newEntryLines(_ EntryLinesConfig, at slot, _ *scratch) Filter { return entryLinesFilter{at} }

func (f entryLinesFilter) Measure(doc *corpus.Document) {
	if len(doc.Lines()) < minEntryLines {
		return
	}
	text, n := doc.Text(), 0
	for _, l := range doc.Lines() {
		if isEntry(text[l.Start:l.End]) {
			n++
		}
	}
	f.at.setShare(doc, 0, n, len(doc.Lines()))
}

// maxEntryBytes is the longest line that counts as an entry.
const maxEntryBytes = 360

func isEntry(line string) bool {
	if len(line) > maxEntryBytes {
		return false
	}
	line = trimEnds(line)
	if line == "" {
		return false
	}
	if dateLength(line) > 0 || isThemeDate(line) {
		return true
	}
	// A date at the end, perhaps with a counter behind it.
	end := len(line)
	for end > 0 && (line[end-1] >= '0' && line[end-1] <= '9' || line[end-1] == '-' || line[end-1] == '/' || line[end-1] == '.' || line[end-1] == ':' || line[end-1] == ' ' || line[end-1] == ')' || line[end-1] == ']' || line[end-1] == '\t') {
		end--
	}
	for i := end; i < len(line); i++ {
		if i > 0 && isDatePart(line[i-1]) {
			continue
		}
		if n := dateLength(line[i:]); n > 0 {
			// Text with the minute behind it is a post and who wrote it.
			return i == 0 || dateLength(strings.TrimLeft(line[i+n:], " \t")) == 0
		}
	}
	return false
}

// maxThemeDate is the longest date that isThemeDate reads.
const maxThemeDate = 40

// isThemeDate reports whether a line is nothing but a date as themes of blogs print
// it: 6月 23, 2018, 四月 15, 2017, 11月 22, Jan 2, 2006, 23 March 2018. What people
// write at the head of a chronicle (3月5日, 2014年5月) is none.
func isThemeDate(line string) bool {
	if len(line) > maxThemeDate {
		return false
	}
	months, numbers, digits := 0, 0, 0
	for i := 0; i < len(line); {
		b := line[i]
		switch {
		case b >= '0' && b <= '9':
			if digits++; digits == 1 {
				numbers++
			}
			if i++; digits > 4 {
				return false
			}
			continue
		case b == ' ' || b == ',' || b == '.':
			i++
		case isASCIILetter(b):
			n := i
			for n < len(line) && isASCIILetter(line[n]) {
				n++
			}
			if !isMonth(line[i:n]) {
				return false
			}
			months++
			i = n
		default:
			r, size := utf8.DecodeRuneInString(line[i:])
			switch r {
			case '月':
				if months++; digits > 0 {
					numbers-- // of the month itself
				}
			case '一', '二', '三', '四', '五', '六', '七', '八', '九', '十':
			default:
				return false
			}
			i += size
		}
		digits = 0
	}
	return months == 1 && numbers > 0 && numbers < 3
}

// isMonth reports whether a word is the name of a month in English, whole or cut
// to three letters.
func isMonth(word string) bool {
	const names = "january february march april may june july august september october november december "
	if len(word) < 3 || len(word) > 9 {
		return false
	}
	var low [10]byte
	for i := range len(word) {
		low[i] = word[i] | 0x20
	}
	low[len(word)] = ' '
	if strings.Contains(names, string(low[:len(word)+1])) {
		return true
	}
	if len(word) > 3 {
		return false
	}
	i := strings.Index(names, string(low[:3]))
	return i == 0 || i > 0 && names[i-1] == ' '
}

// isDatePart reports whether b may stand inside a date.
func isDatePart(b byte) bool {
	return b >= '0' && b <= '9' || b == '-' || b == '/' || b == '.' || b == ':'
}

// trimEnds cuts spaces, bullets and brackets off both ends.
func trimEnds(line string) string {
	for len(line) > 0 && !beginsHan(line) {
		r, n := runeOf(line)
		if c := classOf(r); c == classHan || c == classLatin || c == classDigit || c == classLetter {
			break
		}
		line = line[n:]
	}
	return trimSpace(line)
}

// dateLength returns the bytes of a numeric date at the beginning: 2021-03-18,
// 2021/3/18, 2021.03.18, 03-18, 10/12, 12:30; 0 if there is none. A number with
// one point is no date.
func dateLength(s string) int {
	a, i := number(s, 0)
	if a < 0 || i >= len(s) {
		return 0
	}
	sep := s[i]
	if sep != '-' && sep != '/' && sep != '.' && sep != ':' {
		return 0
	}
	b, j := number(s, i+1)
	if b < 0 {
		return 0
	}
	if i == 4 && a >= 1900 && a < 2100 && b >= 1 && b <= 12 { // year first
		if j < len(s) && s[j] == sep {
			if c, k := number(s, j+1); c >= 1 && c <= 31 {
				return k
			}
		}
		if sep == '-' || sep == '/' {
			return j
		}
		return 0
	}
	if j-i-1 != 2 || i > 2 || j < len(s) && (s[j] == sep || s[j] == '%') {
		return 0
	}
	switch {
	case sep == ':':
		if a < 24 && b < 60 {
			return j
		}
	case sep == '-' || sep == '/':
		if a >= 1 && a <= 12 && b >= 1 && b <= 31 {
			return j
		}
	}
	return 0
}

// number reads at most four digits at i; -1 if there is none or there are more.
func number(s string, i int) (v, end int) {
	start := i
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		v = v*10 + int(s[i]-'0')
		if i++; i-start > 4 {
			return -1, i
		}
	}
	if i == start {
		return -1, i
	}
	return v, i
}
