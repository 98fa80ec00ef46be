package extract

import (
	"strings"
	"time"
)

// date is a day; the zero date is none.
type date struct{ y, m, d int }

// findDate returns the first plausible date in s, the zero date if there is none.
// It reads 2024年3月5日, 2024-03-05, 2024/3/5, 2024.3.5 and 20240305T…, years 1990
// to 2100.
func findDate[T string | []byte](s T) date {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' || i > 0 && isDigit(s[i-1]) {
			continue
		}
		n := digits(s[i:])
		if n == 8 && (i+8 == len(s) || s[i+8] == 'T' || s[i+8] == ' ') {
			if d := newDate(number(s[i:i+4]), number(s[i+4:i+6]), number(s[i+6:i+8])); d.known() {
				return d
			}
		}
		if n == 4 {
			if d := dateAt(s[i:]); d.known() {
				return d
			}
		}
		i += n - 1
	}
	return date{}
}

// dateAt reads a date whose year has just begun at s.
func dateAt[T string | []byte](s T) date {
	year := number(s[:4])
	rest, sep := cutSeparator(s[4:], "年")
	if sep == "" {
		return date{}
	}
	n := digits(rest)
	if n < 1 || n > 2 {
		return date{}
	}
	month := number(rest[:n])
	end := "月"
	if sep != "年" {
		end = sep
	}
	rest, got := cutSeparator(rest[n:], end)
	if got == "" || sep != "年" && got != sep {
		return date{}
	}
	n = digits(rest)
	if n == 4 && len(rest) > 4 && rest[4] == ':' { // the time follows without a space
		n = 2
	}
	if n < 1 || n > 2 {
		return date{}
	}
	return newDate(year, month, number(rest[:n]))
}

// cutSeparator cuts a date separator, with blanks around it, from the front.
func cutSeparator[T string | []byte](s T, han string) (rest T, sep string) {
	s = cutBlanks(s)
	for _, sep := range [...]string{han, "-", "/", ".", "／", "－"} {
		if len(s) >= len(sep) && string(s[:len(sep)]) == sep {
			return cutBlanks(s[len(sep):]), sep
		}
	}
	return s, ""
}

// cutBlanks returns s without the spaces at its front.
func cutBlanks[T string | []byte](s T) T {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	return s
}

var monthDays = [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// newDate returns a date of the years 1990 to 2100, the zero date for any other.
func newDate(y, m, d int) date {
	if y < 1990 || y > 2100 || m < 1 || m > 12 || d < 1 || d > monthDays[m-1] {
		return date{}
	}
	return date{y, m, d}
}

func (x date) known() bool { return x.y > 0 }

// append appends the date as YYYY-MM-DD, nothing for the zero date.
func (x date) append(dst []byte) []byte {
	if !x.known() {
		return dst
	}
	y, m, d := x.y, x.m, x.d
	return append(dst,
		byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+d/10), byte('0'+d%10))
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digits returns how many ASCII digits s begins with.
func digits[T string | []byte](s T) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// number returns the value of a few ASCII digits.
func number[T string | []byte](s T) int {
	v := 0
	for i := range len(s) {
		v = v*10 + int(s[i]-'0')
	}
	return v
}

// day returns a date as YYYY-MM-DD, "" for the zero date.
func (c *interner) day(x date) string {
	c.buf = x.append(c.buf[:0])
	return c.of(c.buf)
}

// weChat is what articles of WeChat public accounts give as their site.
const weChat = "微信公众平台"

// weChatDate returns the day in China of the creation time that a script of a
// WeChat article sets: var ct = "1712102400". The page shows it only after the
// script ran.
func weChatDate(script string) date {
	_, s, ok := strings.Cut(script, `var ct = "`)
	if n := digits(s); !ok || n < 9 || n > 10 {
		return date{}
	}
	s = s[:digits(s)]
	t := time.Unix(int64(number(s)), 0).UTC().Add(8 * time.Hour)
	return newDate(t.Year(), int(t.Month()), t.Day())
}
