package filters

import (
	"strings"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
)

// CodeLinesConfig configures code_lines.
type CodeLinesConfig struct {
	MaxFraction      float64 `yaml:"max_fraction" max:"code_fraction" range:"0..1" unit:"fraction of bytes" doc:"drop when more of the text is source code; 1 for no limit"`
	MinHanFraction   float64 `yaml:"min_han_fraction" min:"text_han_fraction" range:"0..1" unit:"fraction of code points" doc:"drop when outside of code fewer code points are Han"`
	MinProseFraction float64 `yaml:"min_prose_fraction" min:"text_prose_fraction" range:"0..1" unit:"fraction of bytes" doc:"drop when outside of code less of the text reads like prose"`
}

// A Chinese tutorial with a long listing is a good page, but rules on the share
// of Han or of sentences see mostly the listing. Here they look past it. A line
// is code by its marks, see isCode; nothing is parsed.
var codeLines = define(Spec{
	Name: "code_lines", Doc: "Bounds source code, and the share of Chinese and of prose in what is no code. Tutorials pass, listings in other languages do not.",
	From: "own measurement, 2026-11: of 318 good pages read, 30 fell to rules on Han and prose over the whole text, 20 of them tutorials",
	Signals: []Signal{
		{"code_fraction", 4, "bytes in lines of source code, of all bytes in non-blank lines"},
		{"text_han_fraction", 4, "Han code points of those that are no white space, outside of code; not measured where all is code"},
		{"text_prose_fraction", 4, "bytes in lines with a comma or sentence mark, of all bytes in lines that are no code; not measured where those are under 600 bytes beside at least a quarter of code"},
	},
	Needs:   NeedText,
	Version: 1, // prose beside a quarter of code
}, CodeLinesConfig{MaxFraction: 1, MinHanFraction: 0.08, MinProseFraction: 0.25}, newCodeLines)

// minTextBytes is how much text beside a longer listing says anything about its
// prose: under it stand headings and captions.
const minTextBytes = 600

type codeLinesFilter struct {
	at slot
	s  *scratch
}

func newCodeLines(_ CodeLinesConfig, at slot, s *scratch) Filter { return codeLinesFilter{at, s} }

func (f codeLinesFilter) Measure(doc *corpus.Document) {
	text := doc.Text()
	code, all, prose, han, solid := 0, 0, 0, 0, 0
	for i, l := range doc.Lines() {
		line, n := text[l.Start:l.End], f.s.lines[i]
		all += len(line)
		if isCode(line, n) {
			code += len(line)
			continue
		}
		han += int(n.han)
		solid += int(n.solid)
		if isProse(line, n.marks) {
			prose += len(line)
		}
	}
	f.at.setShare(doc, 0, code, all)
	if code == all {
		return
	}
	f.at.setShare(doc, 1, han, solid)
	if all-code >= minTextBytes || 3*code < all-code {
		f.at.setShare(doc, 2, prose, all-code)
	}
}

// Marks of a line of code: bits of byteMarks.
const (
	latinMark  = 1 << iota // a letter of a-z
	jointMark              // = -> :: _ / \ or $ between other signs
	secondMark             // > and :, which are joints behind - and :
)

var byteMarks = func() (t [256]uint8) {
	for b := range t {
		switch c := byte(b); {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			t[b] = latinMark
		case c == '=' || c == '_' || c == '/' || c == '\\' || c == '$':
			t[b] = jointMark
		case c == '>' || c == ':':
			t[b] = secondMark
		}
	}
	return t
}()

// marksOf returns the marks that occur in a line.
func marksOf(line string) (marks uint8) {
	for i := range len(line) {
		marks |= byteMarks[line[i]]
	}
	if marks&(jointMark|secondMark) != secondMark {
		return marks
	}
	for i := 1; i < len(line); i++ {
		if b := line[i]; (b == '>' || b == ':') && (line[i-1] == '-' || line[i-1] == ':') {
			return marks | jointMark
		}
	}
	return marks
}

// countLine counts what isCode asks for.
func countLine(line string) (n lineCounts) {
	for _, r := range line {
		n.add(r)
	}
	return n
}

// add counts a code point, but no marks.
func (n *lineCounts) add(r rune) {
	switch classOf(r) {
	case classHan:
		n.han++
		n.solid++
	case classSpace:
	default:
		n.solid++
	}
}

// isCode decides by the marks of a line: how it begins, how it ends, what joins its
// words. A line without Han is code with one of them, a line with some Han (a string,
// a comment) needs two or a comment sign.
func isCode(line string, n lineCounts) bool {
	indent := strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "  ")
	if line = strings.TrimSpace(line); line == "" {
		return false
	}
	if n.han*3 > n.solid {
		return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "<!--")
	}
	marks, found := marksOf(line), 0
	if marks&jointMark != 0 {
		found++
	}
	if indent {
		found++
	}
	switch line[0] {
	case '<', '{', '}', '$', '#', '@', '/', '*', '(', ')', '[', ']', '.', '-', '+', '&', '%', '`', '"', '\'':
		found++
	}
	switch line[len(line)-1] {
	case ';', '{', '}', '>', '(', ')', '[', ']', ',', '\\', '"', '\'', '|', '&', ':', '`':
		found++
	}
	if n.han == 0 {
		return found > 0 && (marks&latinMark != 0 || !isLetterOrDigit(line))
	}
	return found > 1 || found > 0 && n.han*5 <= n.solid
}

// isLetterOrDigit reports whether an ASCII letter or digit or anything beyond
// ASCII stands in the line.
func isLetterOrDigit(line string) bool {
	for i := range len(line) {
		if b := line[i]; b >= utf8.RuneSelf || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' {
			return true
		}
	}
	return false
}
