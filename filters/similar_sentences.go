package filters

import (
	"bytes"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/zh"
)

// SimilarSentence is the reason that explain shows for what a [SentenceCutter] cuts.
const SimilarSentence = "similar_sentence"

// SimilarSentenceDoc says what is cut, for the reference.
const SimilarSentenceDoc = "With `text.similar_sentences`: cuts sentences with Chinese characters that repeat an earlier sentence of the page but for a tenth of their characters; those of at most 15 characters only where they are equal. Lines of code stay."

// SimilarSentencesVersion rises when a SentenceCutter cuts anything differently.
const SimilarSentencesVersion = 2

// A sentence of at most maxShortSentence code points is similar to an equal one only;
// others are where at most 1/similarPart of the longer one's code points, rounded
// down, are edited (MAP-CC, arXiv:2404.04167, section 3.3, and its program).
const (
	maxShortSentence = 15
	similarPart      = 10
)

// Bounds on time for hostile pages. Equal sentences are found on the whole page,
// similar ones among the last similarWindow that stayed, and as long as comparing has
// not taken more than similarWork steps for each code point of the page. Of the
// development crawl 99 in 100 pages take at most 0.4, none more than 3.2 (2026-11).
const (
	similarWindow = 256
	similarWork   = 32
)

// SentenceCutter cuts sentences that nearly repeat an earlier one of the same text,
// as MAP-CC does. Sentences end at line ends, 。！？…】 and at . ! ? before white space
// or Chinese characters, but not after a digit; 【 and [ begin one. MAP-CC's two other
// conditions, lengths that differ by less than 30 % and a Jaccard similarity of the
// bags of code points of at least 1/3, follow from the edit distance. Sentences without
// Chinese characters stay, because tables of numbers are made of them, and so do lines of
// code with them: comments and messages that a listing repeats.
// Behind the first [MaxRunes] code points everything stays.
//
// It reuses its memory and belongs to one goroutine.
type SentenceCutter struct {
	parts []sentencePart
	runes []rune // of the sentences in long
	long  []longSentence
	seen  table // hashes of sentences
	rows  [2][]int32
	work  int // steps that comparing may still take
	kept  []byte
	cuts  []LineCut
}

// sentencePart is a sentence with the marks and blanks around it. The parts of a line
// cover it. What is compared is the body, which is empty where the part stays anyway.
type sentencePart struct {
	start, end  int32
	body, after int32
	gone        bool
}

// longSentence is a sentence of more than maxShortSentence code points that stayed.
type longSentence struct {
	from, to int32 // in runes
	parity   parity
}

// NewSentenceCutter returns a cutter for one worker.
func NewSentenceCutter() *SentenceCutter { return &SentenceCutter{} }

// Cut returns what stays of text, text itself where nothing is cut, and what was cut
// in text order. A line of which nothing is left goes with its line end. The cuts are
// valid until the next call.
func (c *SentenceCutter) Cut(text string) (kept string, cuts []LineCut) {
	if cap(c.runes) > keepRunes || cap(c.parts) > keepRunes || cap(c.kept) > 4*keepRunes {
		*c = SentenceCutter{}
	}
	c.split(text)
	if !c.mark(text) {
		return text, nil
	}
	c.kept, c.cuts = c.kept[:0], c.cuts[:0]
	parts := c.parts
	start := 0
	for number := 0; len(parts) > 0; number++ {
		end, next := lineEnd(text, start)
		from, before := len(c.kept), len(c.cuts)
		for len(parts) > 0 && int(parts[0].start) < end {
			p := parts[0]
			parts = parts[1:]
			if p.gone {
				whole := trimSpace(text[p.start:p.end])
				c.cuts = append(c.cuts, LineCut{number, p.start, p.start + int32(len(whole)), SimilarSentence})
				continue
			}
			c.kept = append(c.kept, text[p.start:p.end]...)
		}
		if len(c.cuts) > before {
			rest := bytes.TrimRight(c.kept[from:], sentenceBlanks)
			c.kept = c.kept[:from+len(rest)]
		}
		if len(c.cuts) == before || len(c.kept) > from {
			c.kept = append(c.kept, text[end:next]...)
		}
		start = next
	}
	c.kept = append(c.kept, text[start:]...)
	return string(c.kept), c.cuts
}

// lineEnd returns where the line that begins at start ends, and where the next begins.
func lineEnd(text string, start int) (end, next int) {
	if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
		return start + i, start + i + 1
	}
	return len(text), len(text)
}

// split finds the parts of the lines up to code point MaxRunes.
func (c *SentenceCutter) split(text string) {
	c.parts = c.parts[:0]
	limit := len(text)
	if limit > MaxRunes {
		n := 0
		for i := range text {
			if n++; n > MaxRunes {
				limit = i
				break
			}
		}
	}
	code := false // the line before
	for start := 0; start < limit; {
		end, next := lineEnd(text, start)
		line := text[start:end]
		kind := kindOf(line, countLine(line))
		code = kind == codeLine || kind == maybeCode && code
		for at := start; at < end; {
			if at >= limit || code {
				c.parts = append(c.parts, sentencePart{start: int32(at), end: int32(end)})
				break
			}
			body, after, n := nextSentence(text[at:min(end, limit)])
			p := sentencePart{start: int32(at), end: int32(at + n)}
			if strings.ContainsFunc(text[at+body:at+after], zh.IsHan) {
				p.body, p.after = int32(at+body), int32(at+after)
			}
			c.parts = append(c.parts, p)
			at += n
		}
		start = next
	}
}

// sentenceBlanks separate sentences in a line.
const sentenceBlanks = " \t\r\u00a0\u3000"

func isSentenceBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\r' || r == '\u00a0' || r == '\u3000'
}

// nextSentence returns the length of the sentence at the beginning of line, which is
// not empty, with its marks and the blanks behind them, and where its body is.
func nextSentence(line string) (body, after, end int) {
	body = -1
	before := rune(0)
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		opens := r == '【' || r == '['
		switch {
		case opens && body >= 0:
			return body, after, i
		case endsSentence(before, r, line[i+size:]):
			return max(body, 0), after, i + size + closing(line[i+size:])
		case !opens && !isSentenceBlank(r):
			if body < 0 {
				body = i
			}
			after = i + size
		}
		before = r
		i += size
	}
	return max(body, 0), after, len(line)
}

// endsSentence reports whether r, between before and rest, ends a sentence.
func endsSentence(before, r rune, rest string) bool {
	switch r {
	case '。', '！', '？', '…', '】':
		return true
	case '.', '!', '?':
		if rest == "" {
			return true
		}
		next, _ := utf8.DecodeRuneInString(rest)
		return !('0' <= before && before <= '9') && (isSentenceBlank(next) || zh.IsHan(next))
	}
	return false
}

// closing returns the length of the marks that belong to a sentence that has ended,
// and of the blanks behind them.
func closing(rest string) int {
	marks := strings.TrimLeft(rest, "。！？….!?”’」』）》】)")
	quoted := strings.TrimLeft(marks, `"'`)
	if next, _ := utf8.DecodeRuneInString(quoted); quoted == "" || isSentenceBlank(next) {
		marks = quoted
	}
	return len(rest) - len(strings.TrimLeft(marks, sentenceBlanks))
}

// mark finds the parts that go and reports whether there are any.
func (c *SentenceCutter) mark(text string) (any bool) {
	if len(c.parts) < 2 {
		return false
	}
	c.runes, c.long = c.runes[:0], c.long[:0]
	c.seen.seed = seedOf(text)
	c.seen.reset(len(c.parts))
	c.work = similarWork * min(utf8.RuneCountInString(text), MaxRunes)
	for i := range c.parts {
		p := &c.parts[i]
		body := text[p.body:p.after]
		if body == "" {
			continue
		}
		e := c.seen.find(xxh3.HashString(body))
		if e.count++; e.count > 1 {
			p.gone, any = true, true
			continue
		}
		from := len(c.runes)
		for _, r := range body {
			c.runes = append(c.runes, r)
		}
		runes := c.runes[from:]
		if len(runes) <= maxShortSentence {
			c.runes = c.runes[:from]
			continue
		}
		s := longSentence{from: int32(from), to: int32(len(c.runes)), parity: parityOf(runes)}
		if c.similar(runes, &s.parity) {
			c.runes = c.runes[:from]
			p.gone, any = true, true
			continue
		}
		c.long = append(c.long, s)
	}
	c.seen.shrink()
	return any
}

// similar reports whether one of the last sentences that stayed is similar.
func (c *SentenceCutter) similar(runes []rune, p *parity) bool {
	for i := len(c.long) - 1; i >= max(0, len(c.long)-similarWindow) && c.work >= 0; i-- {
		s := &c.long[i]
		n := int(s.to - s.from)
		edits := max(len(runes), n) / similarPart
		if n-len(runes) > edits || len(runes)-n > edits || p.differ(&s.parity) > 2*edits {
			continue
		}
		if c.within(c.runes[s.from:s.to], runes, edits) {
			return true
		}
	}
	return false
}

// parity tells of 256 classes of code points which occur an odd number of times.
// An edit changes at most two classes, so it rules out most sentences.
type parity [4]uint64

func parityOf(runes []rune) (p parity) {
	for _, r := range runes {
		h := uint32(r) * 0x9e3779b1
		p[h>>30] ^= 1 << (h >> 24 & 63)
	}
	return p
}

// differ returns the number of classes in which p and q differ.
func (p *parity) differ(q *parity) int {
	return bits.OnesCount64(p[0]^q[0]) + bits.OnesCount64(p[1]^q[1]) + bits.OnesCount64(p[2]^q[2]) + bits.OnesCount64(p[3]^q[3])
}

// within reports whether a becomes b by at most k edits, false once the work of the
// page is used up. It keeps for each diagonal how far in a some number of edits leads
// (Ukkonen 1985), which takes k² steps beside those through equal code points.
func (c *SentenceCutter) within(a, b []rune, k int) bool {
	const never = -2
	if need := 2*k + 3; cap(c.rows[0]) < need {
		c.rows[0], c.rows[1] = make([]int32, need), make([]int32, need)
	}
	before, now := c.rows[0][:2*k+3], c.rows[1][:2*k+3]
	for i := range before {
		before[i], now[i] = never, never
	}
	goal := len(b) - len(a)
	for edits := 0; edits <= k; edits++ {
		for d := -edits; d <= edits; d++ {
			at := d + k + 1
			i := int(max(before[at]+1, before[at+1]+1, before[at-1]))
			if edits == 0 {
				i = 0
			}
			i = min(i, len(a), len(b)-d)
			if i < 0 || i+d < 0 {
				now[at] = never
				continue
			}
			from := i
			for i < len(a) && i+d < len(b) && a[i] == b[i+d] {
				i++
			}
			now[at] = int32(i)
			if c.work -= i - from + 1; c.work < 0 {
				return false
			}
			if d == goal && i == len(a) {
				return true
			}
		}
		before, now = now, before
	}
	return false
}
