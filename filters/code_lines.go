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

type codeLinesFilter struct{ at slot }

func newCodeLines(_ CodeLinesConfig, at slot, _ *scratch) Filter { return codeLinesFilter{at} }

func (f codeLinesFilter) Measure(doc *corpus.Document) {
	text := doc.Text()
	code, all, prose, han, solid := 0, 0, 0, 0, 0
	for _, l := range doc.Lines() {
		line := text[l.Start:l.End]
		all += len(line)
		m := marksOf(line)
		if m.isCode(line) {
			code += len(line)
			continue
		}
		han += m.han
		solid += m.solid
		if isProse(line) {
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

// lineMarks is what tells a line of code from a line of text.
type lineMarks struct {
	han, solid int
	latin      bool
	joint      bool // = -> :: _ / or \ between other signs
	indent     bool // begins with a tab or two spaces
}

func marksOf(line string) lineMarks {
	m := lineMarks{indent: strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "  ")}
	classes := bmpClasses()
	for i := 0; i < len(line); {
		b := line[i]
		if b < utf8.RuneSelf {
			i++
			if b > ' ' {
				m.solid++
			}
			switch {
			case b|0x20 >= 'a' && b|0x20 <= 'z':
				m.latin = true
			case b == '=' || b == '_' || b == '/' || b == '\\' || b == '$':
				m.joint = true
			case (b == '>' || b == ':') && i > 1 && (line[i-2] == '-' || line[i-2] == ':'):
				m.joint = true
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		i += size
		c := classOther
		if r < 0x10000 {
			c = classes[r]
		} else {
			c = astralClass(r)
		}
		if c != classSpace {
			m.solid++
		}
		if c == classHan {
			m.han++
		}
	}
	return m
}

// isCode decides by the marks of the line: how it begins, how it ends, what
// joins its words. A line without Han is code with one of them, a line with some
// Han (a string, a comment) needs two or a comment sign.
func (m *lineMarks) isCode(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" {
		return false
	}
	n := 0
	if m.joint {
		n++
	}
	if m.indent {
		n++
	}
	switch line[0] {
	case '<', '{', '}', '$', '#', '@', '/', '*', '(', ')', '[', ']', '.', '-', '+', '&', '%', '`', '"', '\'':
		n++
	}
	switch line[len(line)-1] {
	case ';', '{', '}', '>', '(', ')', '[', ']', ',', '\\', '"', '\'', '|', '&', ':', '`':
		n++
	}
	if m.han == 0 {
		return n > 0 && (m.latin || !isLetterOrDigit(line))
	}
	if m.han*3 > m.solid {
		return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "<!--")
	}
	return n > 1 || n > 0 && m.han*5 <= m.solid
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
