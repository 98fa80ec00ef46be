package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is the number of code points of a foreign name that are shown.
const maxShown = 160

// number writes n with a comma after every third digit: 1,234,567.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// byteSize writes n in the largest binary unit with one decimal: 3.4 MiB.
func byteSize(n int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB", "PiB"}
	if n < 1024 {
		return number(n) + " B"
	}
	for i, u := range units {
		shift := uint(10 * (i + 1))
		if n>>shift < 1024 || i == len(units)-1 {
			whole, rest := n>>shift, n&(1<<shift-1)
			tenths := int64((uint64(rest>>(shift-10))*10 + 512) >> 10)
			if tenths == 10 {
				whole, tenths = whole+1, 0
			}
			return number(whole) + "." + strconv.FormatInt(tenths, 10) + " " + u
		}
	}
	return ""
}

// percent writes n of total with two decimals, rounded half up; "–" if there is
// no total.
func percent(n, total int64) string {
	if total <= 0 {
		return "–"
	}
	return hundredths(parts(n, total, 10000))
}

// parts returns n·scale/total rounded half up, without overflow for n ≤ total.
func parts(n, total, scale int64) int64 {
	if total <= 0 {
		return 0
	}
	for total > math.MaxInt64/(4*scale) {
		n, total = n>>1, total>>1
	}
	return (2*n*scale + total) / (2 * total)
}

func hundredths(h int64) string {
	sign := ""
	if h < 0 {
		sign, h = "-", -h
	}
	return sign + strconv.FormatInt(h/100, 10) + "." + string('0'+byte(h/10%10)) + string('0'+byte(h%10)) + " %"
}

// shares returns the share of each count in their sum in hundredths of a
// percent. They add up to exactly 10,000: what rounding leaves over goes to the
// largest remainders, the first of equal ones first.
func shares(counts []int64) []int64 {
	var total int64
	for _, c := range counts {
		total += c
	}
	out := make([]int64, len(counts))
	if total <= 0 {
		return out
	}
	shift := uint(0)
	for total>>shift > math.MaxInt64/20000 {
		shift++
	}
	order := make([]int, len(counts))
	rest := make([]int64, len(counts))
	left := int64(10000)
	for i, c := range counts {
		order[i] = i
		x := (c >> shift) * 10000
		out[i], rest[i] = x/(total>>shift), x%(total>>shift)
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(min(max(rest[b]-rest[a], -1), 1)) })
	for i := int64(0); i < left; i++ {
		out[order[int(i)%len(order)]]++
	}
	return out
}

// decimal writes x in its shortest form, without exponent for everyday sizes.
func decimal(x float64) string {
	if a := math.Abs(x); a != 0 && (a >= 1e15 || a < 1e-6) {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// visible returns s for display: what is invisible or changes the direction of
// the text around it becomes an escape, long texts are cut in the middle.
func visible(s string) string {
	if n := utf8.RuneCountInString(s); n > maxShown {
		r := []rune(s)
		s = string(r[:maxShown/2]) + "…" + string(r[n-maxShown/2:])
	}
	return escapeInvisible(s)
}

// escapeInvisible writes control and format characters, line separators, private
// use and unassigned code points and broken bytes as escapes.
func escapeInvisible(s string) string {
	clean := func(r rune) bool { return r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Zs, r) }
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !clean(r) }) < 0 {
		return s
	}
	var b []byte
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			b = append(b, `\x`...)
			b = append(b, hexDigits[s[i]>>4], hexDigits[s[i]&15])
		case clean(r):
			b = utf8.AppendRune(b, r)
		case r < 0x10000:
			b = append(b, `\u`...)
			for shift := 12; shift >= 0; shift -= 4 {
				b = append(b, hexDigits[r>>shift&15])
			}
		default:
			b = append(b, `\U`...)
			for shift := 28; shift >= 0; shift -= 4 {
				b = append(b, hexDigits[r>>shift&15])
			}
		}
	}
	return string(b)
}

const hexDigits = "0123456789abcdef"
