package pipeline

import (
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/internal/weburl"
)

// headLines and tailLines are the positions at which long lines may count as
// boilerplate: mastheads and footers.
const (
	headLines = 2
	tailLines = 3
)

// siteLine is one line of a page as its site counts it.
type siteLine struct {
	hash    uint64
	letters uint16 // letters and digits, capped
	edge    bool   // stands among the first or last lines
}

// siteDocument is one page as its site counts it.
type siteDocument struct {
	site, text, url uint64
	counted         bool // list pages repeat lines of articles and do not count
	lines           []siteLine
}

// fill computes what sites needs from a page.
func (s *siteDocument) fill(d *corpus.Document) {
	s.site = xxh3.HashString(d.Site)
	s.url = xxh3.HashString(weburl.Canonical(d.URL))
	s.counted = d.PageType != "list"
	s.lines = s.lines[:0]
	spans := d.Lines()
	var sum xxh3.Hasher
	var buf [8]byte
	for i, sp := range spans {
		h, letters := hashLine(d.Text()[sp.Start:sp.End])
		if letters == 0 {
			continue
		}
		s.lines = append(s.lines, siteLine{hash: h, letters: uint16(min(letters, 1<<16-1)), edge: i < headLines || i >= len(spans)-tailLines})
		for k := range buf {
			buf[k] = byte(h >> (8 * k))
		}
		sum.Write(buf[:])
	}
	s.text = sum.Sum64()
}

// hashLine hashes the letters and digits of a line, lower case and with every
// digit as 0 (so that 阅读 1234 次 is one line), and counts them. Mapping digits:
// cc_net and datatrove do so for their line keys.
func hashLine(line string) (hash uint64, letters int) {
	var stack [256]byte
	b := stack[:0]
	for _, r := range line {
		switch {
		case r < utf8.RuneSelf:
			switch {
			case r >= '0' && r <= '9':
				r = '0'
			case r >= 'A' && r <= 'Z':
				r += 'a' - 'A'
			case r < 'a' || r > 'z':
				continue
			}
		case r >= 0x4e00 && r <= 0x9fff:
		case unicode.IsDigit(r):
			r = '0'
		case unicode.IsLetter(r):
			r = unicode.ToLower(r)
		default:
			continue
		}
		b = utf8.AppendRune(b, r)
		letters++
	}
	return xxh3.Hash(b), letters
}
