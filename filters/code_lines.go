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
// is code by its marks and its neighbours, see codeFlags; nothing is parsed.
var codeLines = define(Spec{
	Name: "code_lines", Doc: "Bounds source code, and the share of Chinese and of prose in what is no code. Tutorials pass, listings in other languages do not.",
	From: "own measurement, 2026-11: of 318 good pages read, 30 fell to rules on Han and prose over the whole text, 20 of them tutorials",
	Signals: []Signal{
		{"code_fraction", 4, "bytes in lines of source code, of commands and of comments beside them, of all bytes in non-blank lines"},
		{"text_han_fraction", 4, "Han code points of those that are no white space, outside of code; not measured where all is code"},
		{"text_prose_fraction", 4, "bytes in lines with a comma or sentence mark, of all bytes in lines that are no code; beside at least a quarter of code without captions, which are other lines before code, and not measured where under 600 bytes are left"},
	},
	Needs:   NeedText,
	Version: 2, // comments, commands and captions
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
	code, all, prose, han, solid, captions := 0, 0, 0, 0, 0, 0
	flags := f.s.codeFlags(doc)
	for i, l := range doc.Lines() {
		line, n := text[l.Start:l.End], f.s.lines[i]
		all += len(line)
		if flags[i] {
			code += len(line)
			continue
		}
		han += int(n.han)
		solid += int(n.solid)
		if isProse(line, n.marks) {
			prose += len(line)
		} else if i+1 < len(flags) && flags[i+1] {
			captions += len(line)
		}
	}
	f.at.setShare(doc, 0, code, all)
	if code == all {
		return
	}
	f.at.setShare(doc, 1, han, solid)
	switch rest := all - code; {
	case 3*code < rest:
		f.at.setShare(doc, 2, prose, rest)
	case rest-captions >= minTextBytes:
		f.at.setShare(doc, 2, prose, rest-captions)
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

// isCode reports whether a line is code by itself.
func isCode(line string, n lineCounts) bool { return kindOf(line, n) == codeLine }

// countLine counts what isCode asks for.
func countLine(line string) (n lineCounts) {
	for _, r := range line {
		n.add(r)
	}
	return n
}

// add counts a code point. It does not look for digits.
func (n *lineCounts) add(r rune) {
	if r < 0x10000 {
		n.marks |= bmpMarks[r]
	}
	switch classOf(r) {
	case classHan:
		n.han++
		n.solid++
	case classSpace:
	default:
		n.solid++
	}
}

// lineKind says what a line is by itself.
type lineKind uint8

const (
	textLine  lineKind = iota
	maybeCode          // code beside code: a comment sign that is a heading elsewhere, words without a mark
	codeLine
)

// codeFlags says of each line of doc whether it is source code, derived once. What may
// be code is code beside code, also with more of its kind between.
func (s *scratch) codeFlags(doc *corpus.Document) []bool {
	c := &s.code
	if c.done {
		return c.flags
	}
	text, lines := doc.Text(), doc.Lines()
	if cap(c.flags) < len(lines) {
		c.flags, c.maybe = make([]bool, len(lines)), make([]bool, len(lines))
	}
	c.done, c.flags, c.maybe, c.bytes, c.all = true, c.flags[:len(lines)], c.maybe[:len(lines)], 0, 0
	before, open := false, false // the line before is code, maybes wait before this one
	for i, l := range lines {
		kind := kindOf(text[l.Start:l.End], s.lines[i])
		c.maybe[i] = kind == maybeCode
		code := kind == codeLine || kind == maybeCode && before
		c.flags[i], before = code, code
		if code && open {
			for j := i - 1; j >= 0 && c.maybe[j] && !c.flags[j]; j-- {
				c.flags[j] = true
			}
		}
		open = c.maybe[i] && !code
	}
	for i, l := range lines {
		size := int(l.End - l.Start)
		c.all += size
		if c.flags[i] {
			c.bytes += size
		}
	}
	return c.flags
}

// mostlyCode reports whether more than half of the bytes in lines of doc are code.
func (s *scratch) mostlyCode(doc *corpus.Document) bool {
	s.codeFlags(doc)
	return 2*s.code.bytes > s.code.all
}

// kindOf decides by the marks of a line: how it begins, how it ends, what joins its
// words. A line without Han is code with one of them, a line with some Han (a string,
// a comment) needs two or a comment sign.
func kindOf(line string, n lineCounts) lineKind {
	indent := strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "  ")
	if line = trimLine(line); line == "" {
		return textLine
	}
	if n.han*3 > n.solid {
		return commentKind(line)
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
	if n.han > 0 {
		if found > 1 || found > 0 && n.han*5 <= n.solid {
			return codeLine
		}
		return commentKind(line)
	}
	if found > 0 {
		if marks&latinMark != 0 || !isLetterOrDigit(line) {
			return codeLine
		}
		return textLine
	}
	if line[0]-'a' > 'z'-'a' || isProse(line, n.marks) {
		return textLine
	}
	if isCommand(line) {
		return codeLine
	}
	return maybeCode
}

// commentKind is kindOf for a line that is more than a third Han. A sign that also
// begins a heading, a list or a rule of text says nothing alone.
func commentKind(line string) lineKind {
	switch line[0] {
	case '/':
		if len(line) > 1 && (line[1] == '/' || line[1] == '*') {
			return codeLine
		}
	case '<':
		if strings.HasPrefix(line, "<!--") {
			return codeLine
		}
	case '#', ';', '%', '\'', '"', '*':
		return maybeCode
	case '-':
		if len(line) > 1 && line[1] == '-' {
			return maybeCode
		}
	case ':':
		if len(line) > 1 && line[1] == ':' {
			return maybeCode
		}
	case 'R', 'r':
		if len(line) > 4 && line[1]|0x20 == 'e' && line[2]|0x20 == 'm' && line[3] == ' ' {
			return maybeCode
		}
	}
	return textLine
}

// isCommand reports whether a line, which begins with a small letter, reads like one
// for a shell: more than one word with an option, a pipe or a pattern among them, or
// the first the name of a program that is no word.
func isCommand(line string) bool {
	end := strings.IndexByte(line, ' ')
	if end < 0 {
		return false
	}
	for i := end; i < len(line)-1; i++ {
		switch line[i] {
		case ' ':
			if line[i+1] == '-' && i+2 < len(line) && line[i+2] != ' ' {
				return true
			}
		case '|', '*':
			return true
		}
	}
	if line[len(line)-1] == '*' {
		return true
	}
	switch line[:end] {
	case "apt", "apt-get", "brew", "cd", "chmod", "chown", "conda", "cp", "curl", "dnf", "docker", "git", "grep", "kubectl", "ls", "mkdir", "mv",
		"mvn", "mysql", "npm", "npx", "pip", "pip3", "pnpm", "ps", "python", "python3", "rm", "rpm", "scp", "ssh", "sudo", "systemctl", "tar",
		"vi", "vim", "wget", "yarn", "yum":
		return true
	}
	return false
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
