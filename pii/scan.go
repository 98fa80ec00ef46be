package pii

import "math/bits"

// nextTrigger returns the first place from i on where something can begin: an
// ASCII digit, an @ or a full-width form of either; len(s) if there is none. It
// looks at eight bytes at once, because most text has none for long stretches.
func nextTrigger(s string, i int) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	for i+8 <= len(s) {
		b := s[i : i+8]
		x := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		low := x &^ highs
		// Bytes from '0' to '@' and bytes 0xEF; the lowest mark is exact.
		ascii := (low + (0x80-'0')*ones) &^ (low + (0x80-'@'-1)*ones) &^ x
		wide := x ^ 0xEF*ones
		wide = (wide - ones) &^ wide
		marks := (ascii | wide) & highs
		if marks == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(marks) / 8
		if isTrigger(s, i) {
			return i
		}
		i++
	}
	for i < len(s) && !isTrigger(s, i) {
		i++
	}
	return i
}

// isTrigger reports whether a digit or an @ of either width is at i.
func isTrigger(s string, i int) bool {
	if s[i] == '@' || isWideAt(s, i) {
		return true
	}
	_, n := digitAt(s, i)
	return n > 0
}

// AppendSpans appends the spans of all classes that are not off, in text order
// and without overlap. Texts longer than 2 GiB are searched up to there. It
// allocates only to grow dst.
func (f *Finder) AppendSpans(dst []Span, text string) []Span {
	if len(text) > 1<<31-1 {
		text = text[:1<<31-1]
	}
	first := len(dst)
	for i := nextTrigger(text, 0); i < len(text); i = nextTrigger(text, i) {
		n := 0
		switch {
		case text[i] == '@':
			n = 1
		case isWideAt(text, i):
			n = 3
		default:
			dst, i = f.appendNumbers(dst, first, text, i)
			continue
		}
		at := i
		i += n
		if f.actions[Email] != Off {
			var ok bool
			if dst, ok = appendEmail(dst, first, text, at, n); ok {
				i = int(dst[len(dst)-1].End)
			}
		}
	}
	return dst
}

// isWideAt reports whether the full-width @ (U+FF20) starts at i.
func isWideAt(s string, i int) bool {
	return s[i] == 0xEF && i+2 < len(s) && s[i+1] == 0xBC && s[i+2] == 0xA0
}

// digitAt returns the digit at i and its length in bytes, 0 if there is none.
func digitAt(s string, i int) (d byte, n int) {
	if i >= len(s) {
		return 0, 0
	}
	switch c := s[i]; {
	case c >= '0' && c <= '9':
		return c, 1
	case c == 0xEF && i+2 < len(s) && s[i+1] == 0xBC && s[i+2] >= 0x90 && s[i+2] <= 0x99:
		return s[i+2] - 0x90 + '0', 3
	}
	return 0, 0
}

// Limits of what is looked at together.
const (
	maxRunDigits = 19 // a longer run of digits is no personal number
	maxRuns      = 8  // runs of one number with separators
)

// Kinds of separator between two runs.
const (
	sepNone  = iota
	sepSpace // one space of any width
	sepDash  // one hyphen or dash
	sepParen // closing parenthesis, as in (010)12345678
)

// run is a run of digits.
type run struct {
	start, end int
	n          int  // digits; beyond maxRunDigits only n is right
	sep        byte // separator to the next run, sepNone if it stands alone
	next       int  // where the next run starts, if sep
	digits     [maxRunDigits]byte
}

// window holds up to maxRuns runs joined by separators.
type window struct {
	text  string
	floor int // end of the span before: what lies before it does not count
	runs  [maxRuns]run
	n     int
	// The run before the first one, if a separator joins them.
	before struct {
		sep   byte
		n     int
		first byte
	}
}

// appendNumbers handles the runs of digits that are joined from i on and
// returns where the scan goes on.
func (f *Finder) appendNumbers(dst []Span, first int, text string, i int) ([]Span, int) {
	if end := shortRun(text, i); end > 0 {
		return dst, end
	}
	var w window
	w.text = text
	if len(dst) > first {
		w.floor = int(dst[len(dst)-1].End)
	}
	w.readRun(i)
	for w.n > 0 {
		for w.n < maxRuns && w.runs[w.n-1].sep != sepNone {
			w.readRun(w.runs[w.n-1].next)
		}
		m := f.match(&w)
		if m.runs == 0 {
			w.skip(1)
			if w.n == 0 {
				return dst, w.runs[0].end
			}
			continue
		}
		dst = append(dst, Span{int32(m.start), int32(m.end), m.class})
		w.floor = m.end
		last := w.runs[m.runs-1]
		w.skip(m.runs)
		w.before.sep, w.before.n = sepNone, 0
		if w.n == 0 {
			return dst, max(m.end, last.end)
		}
	}
	return dst, i
}

// minDigits is the shortest number that is found in a single run, local numbers
// of 7 and 8 digits aside.
const minDigits = 11

// shortRun returns the end of the run of digits at i if it is too short for a
// number and nothing that joins runs follows it, else 0. Most runs end here.
func shortRun(s string, i int) int {
	for k := 0; k < minDigits; k++ {
		_, n := digitAt(s, i)
		if n == 0 {
			if k == 7 || k == 8 { // a local number, if a cue word is there
				return 0
			}
			if i < len(s) {
				switch s[i] {
				case ' ', '-', ')', 0xC2, 0xE2, 0xE3, 0xEF: // first bytes of separators
					return 0
				}
			}
			return i
		}
		i += n
	}
	return 0
}

// skip drops k runs from the front. The last run dropped stays readable in
// runs[0] when no run is left.
func (w *window) skip(k int) {
	last := &w.runs[k-1]
	w.before.sep, w.before.n, w.before.first = last.sep, last.n, last.digits[0]
	if k == w.n {
		w.runs[0] = *last
		w.n = 0
		if last.sep != sepNone {
			w.readRun(last.next)
		}
		return
	}
	copy(w.runs[:], w.runs[k:w.n])
	w.n -= k
}

// readRun appends the run at i, where a digit is.
func (w *window) readRun(i int) {
	r := &w.runs[w.n]
	w.n++
	r.start, r.n = i, 0
	for {
		d, n := digitAt(w.text, i)
		if n == 0 {
			break
		}
		if r.n < maxRunDigits {
			r.digits[r.n] = d
		}
		r.n++
		i += n
	}
	r.end = i
	r.sep, r.next = w.separator(r.start, i)
}

// separator returns the separator at i behind a run and where the next run
// starts; sepNone if no digit follows it.
func (w *window) separator(start, i int) (sep byte, next int) {
	s := w.text
	if i >= len(s) {
		return sepNone, 0
	}
	n := 0
	switch c := s[i]; {
	case c == ' ':
		sep, n = sepSpace, 1
	case c == '-':
		sep, n = sepDash, 1
	case c == ')' && w.openBefore(start):
		sep, n = sepParen, 1
	case c < 0xC0 || i+2 >= len(s):
	case s[i:i+2] == "\u00a0":
		sep, n = sepSpace, 2
	case s[i:i+3] == "\u3000":
		sep, n = sepSpace, 3
	case s[i:i+3] == "－", s[i:i+3] == "–", s[i:i+3] == "—", s[i:i+3] == "‐", s[i:i+3] == "‑":
		sep, n = sepDash, 3
	case s[i:i+3] == "）" && w.openBefore(start):
		sep, n = sepParen, 3
	}
	if sep == sepParen && i+n < len(s) && (s[i+n] == ' ' || s[i+n] == '-') {
		n++
	}
	if sep != sepNone {
		if _, d := digitAt(s, i+n); d > 0 {
			return sep, i + n
		}
	}
	return sepNone, 0
}

// openBefore reports whether an opening parenthesis stands before start, with
// or without a plus sign between.
func (w *window) openBefore(start int) bool {
	s := w.text[w.floor:start]
	s = trimSuffix(s, "+", "＋")
	return trimSuffix(s, "(", "（") != s
}

// trimSuffix cuts the first suffix that fits.
func trimSuffix(s string, suffixes ...string) string {
	for _, x := range suffixes {
		if len(s) >= len(x) && s[len(s)-len(x):] == x {
			return s[:len(s)-len(x)]
		}
	}
	return s
}
