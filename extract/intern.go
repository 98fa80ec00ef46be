package extract

import "unicode/utf8"

// interner remembers short strings, because the pages of a site repeat their
// author, source, date and rule: what stood on an earlier page costs no memory.
type interner struct {
	m   map[string]string
	buf []byte
}

const (
	maxInterned      = 8192 // strings; an interner that is full starts again
	maxInternedBytes = 512  // of one string; longer ones are not remembered
)

// of returns b as a string.
func (c *interner) of(b []byte) string {
	if len(b) > maxInternedBytes {
		return string(b)
	}
	if s, ok := c.m[string(b)]; ok {
		return s
	}
	if c.m == nil || len(c.m) >= maxInterned {
		c.m = make(map[string]string, 256)
	}
	s := string(b)
	c.m[s] = s
	return s
}

// join returns the parts as one string.
func (c *interner) join(parts ...string) string {
	c.buf = c.buf[:0]
	for _, p := range parts {
		c.buf = append(c.buf, p...)
	}
	return c.of(c.buf)
}

// line returns s as one line of valid UTF-8: white space collapsed, control
// characters gone, at most maxMetaBytes. A string that is one already is returned
// as it is.
func (c *interner) line(s string) string {
	a, z := trimBlanks(s)
	if s = s[a:z]; isCleanLine(s) {
		return s
	}
	c.buf = appendLine(c.buf[:0], s)
	return c.of(c.buf)
}

// lineOf is line for bytes.
func (c *interner) lineOf(b []byte) string {
	c.buf = appendLine(c.buf[:0], b)
	return c.of(c.buf)
}

// lower returns s with its ASCII letters in lower case.
func (c *interner) lower(s string) string {
	c.buf = c.buf[:0]
	for i := range len(s) {
		c.buf = append(c.buf, lowerByte(s[i]))
	}
	return c.of(c.buf)
}

func trimBlanks[T string | []byte](s T) (a, z int) {
	for z = len(s); z > 0 && s[z-1] <= ' '; z-- {
	}
	for a < z && s[a] <= ' ' {
		a++
	}
	return a, z
}

// isCleanLine reports whether appendLine would change nothing.
func isCleanLine(s string) bool {
	if len(s) > maxMetaBytes {
		return false
	}
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' || c == 0x7f || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if k := classOf(r); r == utf8.RuneError || k == runeSpace || k == runeDropped {
			return false
		}
		i += n
	}
	return true
}

// appendLine appends s as one line, see [interner.line].
func appendLine[T string | []byte](out []byte, s T) []byte {
	space, start := false, len(out)
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = decodeRune(s, i)
		}
		i += n
		switch classOf(r) {
		case runeSpace:
			space = len(out) > start
			continue
		case runeDropped:
			continue
		}
		if space {
			out = append(out, ' ')
			space = false
		}
		if len(out)-start+utf8.RuneLen(r) > maxMetaBytes {
			break
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// decodeRune decodes the code point that begins at s[i].
func decodeRune[T string | []byte](s T, i int) (rune, int) {
	var b [utf8.UTFMax]byte
	n := copy(b[:], s[i:min(len(s), i+utf8.UTFMax)])
	return utf8.DecodeRune(b[:n])
}
