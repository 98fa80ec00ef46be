package pii

// Limits of RFC 5321, section 4.5.3.1.
const (
	maxLocal  = 64
	maxDomain = 255
)

// fileSuffixes look like top-level domains behind an @, as in icon@2x.png.
var fileSuffixes = [...]string{"png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "ico", "css", "js", "json", "xml", "html", "htm", "php", "jsp", "md", "txt"}

// appendEmail appends the e-mail address around the @ of n bytes at i. Spans
// behind first that it covers, numbers in its local part, give way.
func appendEmail(dst []Span, first int, s string, i, n int) ([]Span, bool) {
	start := i
	floor := 0
	for k := len(dst) - 1; k >= first; k-- {
		if dst[k].Class == Email { // never back into another address
			floor = int(dst[k].End)
			break
		}
	}
	for start > floor && i-start <= maxLocal && isLocal(s[start-1]) {
		start--
	}
	if i-start > maxLocal {
		return dst, false
	}
	for start < i && !isAlnum(s[start]) { // quotes, dots and dashes that lead
		start++
	}
	if start == i || s[i-1] == '.' {
		return dst, false
	}
	end := domainEnd(s, i+n)
	if end < 0 || s[start:i] == "git" && end < len(s) && s[end] == ':' {
		return dst, false
	}
	for len(dst) > first && int(dst[len(dst)-1].End) > start {
		dst = dst[:len(dst)-1]
	}
	return append(dst, Span{int32(start), int32(end), Email}), true
}

// domainEnd returns the end of the domain name at i, -1 if there is none with
// at least two labels and letters in the last.
func domainEnd(s string, i int) int {
	end, label, dots := -1, i, 0
	for j := i; j-i <= maxDomain; j++ {
		if j < len(s) && (isAlnum(s[j]) || s[j] == '-' && j > label) {
			continue
		}
		if j == label || s[j-1] == '-' {
			break // empty label, or one that ends in a dash
		}
		if dots > 0 && isTopLevel(s[label:j]) {
			end = j
		}
		if j == len(s) || s[j] != '.' {
			break
		}
		dots++
		label = j + 1
	}
	return end
}

func isTopLevel(s string) bool {
	if len(s) < 2 || len(s) > 24 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) {
			return false
		}
	}
	for _, x := range fileSuffixes {
		if equalFold(s, x) {
			return false
		}
	}
	return true
}

// equalFold compares s with the lower-case ASCII string lower.
func equalFold(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isAlnum(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' }

func isLocal(c byte) bool {
	return isAlnum(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%'
}
