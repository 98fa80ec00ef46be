package extract

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// escaped are character references that authors escaped twice, so that the reader
// sees their names: &amp;ldquo; and so on.
var escaped = [...]struct{ name, text string }{
	{"&nbsp;", " "}, {"&ldquo;", "“"}, {"&rdquo;", "”"}, {"&lsquo;", "‘"}, {"&rsquo;", "’"},
	{"&mdash;", "—"}, {"&hellip;", "…"}, {"&middot;", "·"}, {"&times;", "×"},
}

// nextEscaped returns where the first character reference of s that was escaped
// twice begins, its length and what it stands for; i is -1 if there is none. Single
// &nbsp; do not count where one says so, because texts about HTML name them.
func nextEscaped(s string, single bool) (i, n int, text string) {
	for from := 0; ; from++ {
		k := strings.IndexByte(s[from:], '&')
		if k < 0 {
			return -1, 0, ""
		}
		from += k
		for _, e := range escaped {
			if strings.HasPrefix(s[from:], e.name) && !(single && e.text == " ") {
				return from, len(e.name), e.text
			}
		}
	}
}

// singleNBSP reports whether s names &nbsp; once and not at its front.
func singleNBSP(s string) bool {
	const name = "&nbsp;"
	return !strings.HasPrefix(s, name) && strings.Count(s, name) < 2
}

// minOrnaments is how often an ornament stands in a row where it is no text.
const minOrnaments = 4

// ornaments returns the bytes of the rows of one ornament at both ends of a line
// that holds more than ornaments: ══════, ★★★★. Hyphens and the like that touch
// an ASCII word belong to it: -rw-r-----.
func ornaments(s []byte) (head, tail int) {
	r, w := utf8.DecodeRune(s)
	if isOrnament(r) {
		for bytes.HasPrefix(s[head:], s[:w]) {
			head += w
		}
		if head < minOrnaments*w || w == 1 && head < len(s) && s[head] > ' ' && s[head] < utf8.RuneSelf {
			head = 0
		}
	}
	r, w = utf8.DecodeLastRune(s)
	if isOrnament(r) {
		for bytes.HasSuffix(s[:len(s)-tail], s[len(s)-w:]) {
			tail += w
		}
		if k := len(s) - tail - 1; tail < minOrnaments*w || w == 1 && k >= 0 && s[k] > ' ' && s[k] < utf8.RuneSelf {
			tail = 0
		}
	}
	return head, tail
}

func isOrnament(r rune) bool {
	return r == '=' || r == '-' || r == '*' || r == '~' || r == '#' || r == '＝' || r == '＊' || r == '－' || r == '～' ||
		r >= 0x2500 && r <= 0x257f || r >= 0x25a0 && r <= 0x25ff || r >= 0x2600 && r <= 0x27bf
}
