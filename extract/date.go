package extract

import (
	"strings"
	"time"
)

// findDate returns the first plausible date in s as YYYY-MM-DD, "" if none. It
// reads 2024年3月5日, 2024-03-05, 2024/3/5, 2024.3.5 and
// 20240305T…, years 1990 to 2100.
func findDate(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' || i > 0 && isDigit(s[i-1]) {
			continue
		}
		n := digits(s[i:])
		if n == 8 && (i+8 == len(s) || s[i+8] == 'T' || s[i+8] == ' ') {
			if d := formatDate(number(s[i:i+4]), number(s[i+4:i+6]), number(s[i+6:i+8])); d != "" {
				return d
			}
		}
		if n == 4 {
			if d := dateAt(s[i:]); d != "" {
				return d
			}
		}
		i += n - 1
	}
	return ""
}

// dateAt reads a date whose year has just begun at s.
func dateAt(s string) string {
	year := number(s[:4])
	rest, sep := cutSeparator(s[4:], "年")
	if sep == "" {
		return ""
	}
	n := digits(rest)
	if n < 1 || n > 2 {
		return ""
	}
	month := number(rest[:n])
	end := "月"
	if sep != "年" {
		end = sep
	}
	rest, got := cutSeparator(rest[n:], end)
	if got == "" || sep != "年" && got != sep {
		return ""
	}
	n = digits(rest)
	if n == 4 && strings.HasPrefix(rest[4:], ":") { // the time follows without a space
		n = 2
	}
	if n < 1 || n > 2 {
		return ""
	}
	return formatDate(year, month, number(rest[:n]))
}

// cutSeparator cuts a date separator, with blanks around it, from the front.
func cutSeparator(s, han string) (rest, sep string) {
	s = strings.TrimLeft(s, " ")
	for _, sep := range [...]string{han, "-", "/", ".", "／", "－"} {
		if r, ok := strings.CutPrefix(s, sep); ok {
			return strings.TrimLeft(r, " "), sep
		}
	}
	return s, ""
}

var monthDays = [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func formatDate(y, m, d int) string {
	if y < 1990 || y > 2100 || m < 1 || m > 12 || d < 1 || d > monthDays[m-1] {
		return ""
	}
	return string([]byte{
		byte('0' + y/1000), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10), '-',
		byte('0' + m/10), byte('0' + m%10), '-', byte('0' + d/10), byte('0' + d%10),
	})
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digits returns how many ASCII digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// number returns the value of a string of a few ASCII digits.
func number(s string) int {
	v := 0
	for i := range len(s) {
		v = v*10 + int(s[i]-'0')
	}
	return v
}

// weChat is what articles of WeChat public accounts give as their site.
const weChat = "微信公众平台"

// weChatDate returns the day in China of the creation time that a script of a
// WeChat article sets: var ct = "1712102400". The page shows it only after the
// script ran.
func weChatDate(script string) string {
	_, s, ok := strings.Cut(script, `var ct = "`)
	if n := digits(s); !ok || n < 9 || n > 10 {
		return ""
	}
	s = s[:digits(s)]
	t := time.Unix(int64(number(s)), 0).UTC().Add(8 * time.Hour)
	return formatDate(t.Year(), int(t.Month()), t.Day())
}
