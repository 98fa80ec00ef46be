package filters

import "strings"

// A LineRule cuts furniture out of lines before a text is measured. Keep returns
// what stays of a line, which is given without its line end: the line itself, a
// beginning of it, or "" to cut it whole. It looks at this line only, is
// deterministic and safe for concurrent use. It must be conservative: what it cuts
// is in no release.
type LineRule interface {
	// Name is the reason that explain shows, snake_case, beginning with line_.
	Name() string
	// Doc says in one or two sentences what the rule cuts, for the reference.
	Doc() string
	Keep(line string) string
}

// LineRules lists all rules in the order in which they are tried on every line.
var LineRules = []LineRule{
	lineMojibake{},
	linePlaceholder{},
	lineSuffix{},
	lineEditor{},
}

// LineRulesVersion rises when the rules cut anything differently.
const LineRulesVersion = 2

// LineCut is one thing that a rule took out of a text.
type LineCut struct {
	Line       int    // number of the line in the text, from 0, blank lines counted
	Start, End int32  // bytes of the text that are gone; the line end is not in it
	Rule       string // name of the rule
}

// maxTrims bounds how often the tails of one line are cut.
const maxTrims = 4

// AppendKeptLines appends to dst what the rules leave of text and to cuts what they
// took, in text order. A line of which nothing is left goes with its line end;
// lines that no rule touches stay as they are, blank ones too. When no cut is
// appended the result equals text.
func AppendKeptLines(dst []byte, cuts []LineCut, text string, rules []LineRule) ([]byte, []LineCut) {
	number := 0
	for start := 0; start < len(text); number++ {
		end, next := len(text), len(text)
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i
			next = end + 1
		}
		line := text[start:end]
		kept, from := line, len(cuts)
		for range maxTrims {
			before := len(kept)
			for _, rule := range rules {
				rest := trimSpace(rule.Keep(kept))
				if len(rest) < len(kept) && len(rest) < len(trimSpace(kept)) {
					cuts = append(cuts, LineCut{number, int32(start + len(rest)), int32(start + len(kept)), rule.Name()})
					kept = rest
				}
			}
			if len(kept) == before {
				break
			}
		}
		if len(cuts) == from || kept != "" {
			dst = append(dst, kept...)
			dst = append(dst, text[end:next]...)
		}
		start = next
	}
	return dst, cuts
}

// LineCutter applies LineRules to one text after the other and reuses its memory.
// It belongs to one goroutine.
type LineCutter struct {
	kept []byte
	cuts []LineCut
}

// NewLineCutter returns a cutter for one worker.
func NewLineCutter() *LineCutter { return &LineCutter{} }

// Cut returns what LineRules leave of text, text itself where they cut nothing, and
// what they took in text order. The cuts are valid until the next call.
func (c *LineCutter) Cut(text string) (kept string, cuts []LineCut) {
	return c.CutBy(text, LineRules)
}

// CutBy is Cut with other rules.
func (c *LineCutter) CutBy(text string, rules []LineRule) (kept string, cuts []LineCut) {
	if cap(c.kept) > 4*keepRunes {
		c.kept, c.cuts = nil, nil
	}
	c.kept, c.cuts = AppendKeptLines(c.kept[:0], c.cuts[:0], text, rules)
	if len(c.cuts) == 0 {
		return text, nil
	}
	return string(c.kept), c.cuts
}
