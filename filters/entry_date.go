package filters

import "strings"

// lineDate is a date as a number that grows with time: year, month, day; month and
// day are 0 where a line does not say.
type lineDate int

func dateOf(year, month, day int) lineDate { return lineDate(year*10000 + month*100 + day) }

// findLineDate returns the first date with a year in a line and where it stands:
// 2021-03-18, 2021年3月18日, Mar 18, 2021, 18 March 2021, 3月 18, 2021. end is 0
// without one.
func findLineDate(line string) (date lineDate, start, end int) {
	for i := 0; i < len(line); {
		switch b := line[i]; {
		case isDigitByte(b):
			if d, n := numericDate(line[i:]); n > 0 {
				return d, i, i + n
			}
			if d, n := dayFirstDate(line[i:]); n > 0 {
				return d, i, i + n
			}
			for i < len(line) && isDigitByte(line[i]) {
				i++
			}
		case isASCIILetter(b):
			if d, n := monthFirstDate(line[i:]); n > 0 {
				return d, i, i + n
			}
			for i < len(line) && isASCIILetter(line[i]) {
				i++
			}
		default:
			i++
		}
	}
	return 0, 0, 0
}

func isYear(v int) bool { return v >= 1900 && v < 2100 }

// numericDate reads 2021-3-18, 2021/03/18, 2021.3.18, 2021 年 3 月 18 日, 2021年3月
// at the beginning.
func numericDate(s string) (lineDate, int) {
	year, i := number(s, 0)
	if i != 4 || !isYear(year) || i >= len(s) {
		return 0, 0
	}
	if sep := s[i]; sep == '-' || sep == '/' || sep == '.' {
		month, j := number(s, i+1)
		if month < 1 || month > 12 || j >= len(s) || s[j] != sep {
			return 0, 0
		}
		day, k := number(s, j+1)
		if day < 1 || day > 31 {
			return 0, 0
		}
		return dateOf(year, month, day), k
	}
	i, ok := skipWord(s, i, "年")
	if !ok {
		return 0, 0
	}
	month, j := number(s, i)
	if month < 1 || month > 12 {
		return 0, 0
	}
	if j, ok = skipWord(s, j, "月"); !ok {
		return 0, 0
	}
	day, k := number(s, j)
	if day < 1 || day > 31 {
		return dateOf(year, month, 0), j
	}
	if k, ok = skipWord(s, k, "日"); !ok {
		return dateOf(year, month, 0), j
	}
	return dateOf(year, month, day), k
}

// skipWord skips a word with at most one space on each side.
func skipWord(s string, i int, word string) (int, bool) {
	if i < len(s) && s[i] == ' ' {
		i++
	}
	if !strings.HasPrefix(s[i:], word) {
		return i, false
	}
	if i += len(word); i < len(s) && s[i] == ' ' {
		i++
	}
	return i, true
}

// monthFirstDate reads Mar 18, 2021, March 18th 2021 at the beginning.
func monthFirstDate(s string) (lineDate, int) {
	month, i := monthName(s)
	if month == 0 || i >= len(s) {
		return 0, 0
	}
	return dayYear(s, month, i)
}

// ordinals may follow a day in English.
var ordinals = []string{"st", "nd", "rd", "th"}

// dayYear reads 18, 2021 at i behind the name of a month.
func dayYear(s string, month, i int) (lineDate, int) {
	for i < len(s) && (s[i] == ' ' || s[i] == '.') {
		i++
	}
	day, j := number(s, i)
	if day < 1 || day > 31 {
		return 0, 0
	}
	if hasPrefixOf(s[j:], ordinals) {
		j += 2
	}
	for j < len(s) && (s[j] == ' ' || s[j] == ',') {
		j++
	}
	year, k := number(s, j)
	if k-j != 4 || !isYear(year) {
		return 0, 0
	}
	return dateOf(year, month, day), k
}

// dayFirstDate reads 18 March 2021 and, as some themes print, 3月 18, 2021.
func dayFirstDate(s string) (lineDate, int) {
	first, i := number(s, 0)
	if first < 1 || first > 31 {
		return 0, 0
	}
	if rest, ok := strings.CutPrefix(s[i:], "月 "); ok && first <= 12 {
		return dayYear(s, first, len(s)-len(rest))
	}
	if i >= len(s) || s[i] != ' ' {
		return 0, 0
	}
	month, n := monthName(s[i+1:])
	if month == 0 {
		return 0, 0
	}
	for i += 1 + n; i < len(s) && (s[i] == ' ' || s[i] == ',' || s[i] == '.'); i++ {
	}
	year, k := number(s, i)
	if k-i != 4 || !isYear(year) {
		return 0, 0
	}
	return dateOf(year, month, first), k
}

// monthName reads the English name of a month, whole or cut to three letters.
func monthName(s string) (month, end int) {
	for end < len(s) && isASCIILetter(s[end]) {
		end++
	}
	if !isMonth(s[:end]) {
		return 0, 0
	}
	const first = "janfebmaraprmayjunjulaugsepoctnovdec"
	var low [3]byte
	for i := range low {
		low[i] = s[i] | 0x20
	}
	return strings.Index(first, string(low[:]))/3 + 1, end
}
