package warc

import (
	"bytes"
	"strings"
)

// Field is one header line.
type Field struct{ Name, Value string }

// Header holds the header lines of a record or of an HTTP message in their
// order. The strings may be kept; the list itself is reused by the next record.
type Header struct{ fields []Field }

// Get returns the value of the first line with that name, in any case of
// letters, or "".
func (h *Header) Get(name string) string {
	for i := range h.fields {
		if strings.EqualFold(h.fields[i].Name, name) {
			return h.fields[i].Value
		}
	}
	return ""
}

// Values appends the values of all lines with that name to dst and returns it.
func (h *Header) Values(dst []string, name string) []string {
	for i := range h.fields {
		if strings.EqualFold(h.fields[i].Name, name) {
			dst = append(dst, h.fields[i].Value)
		}
	}
	return dst
}

// Fields returns all lines. The list is valid until the next record.
func (h *Header) Fields() []Field { return h.fields }

// parse fills h from lines, which hold no blank line, with at most maxLines and
// as many of those that are needed. It
// returns how many lines had no colon, and whether lines were left out.
func (h *Header) parse(lines string, maxLines int) (noColon int, flood bool) {
	h.fields = h.fields[:0]
	for lines != "" {
		line := lines
		if i := strings.IndexByte(lines, '\n'); i >= 0 {
			line, lines = lines[:i], lines[i+1:]
		} else {
			lines = ""
		}
		for line != "" && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		}
		if line == "" {
			continue
		}
		if (line[0] == ' ' || line[0] == '\t') && len(h.fields) > 0 {
			last := &h.fields[len(h.fields)-1]
			last.Value = joinFolded(last.Value, trimBlanks(line))
			continue
		}
		i := strings.IndexByte(line, ':')
		if i <= 0 || strings.ContainsAny(trimBlanks(line[:i]), " \t") {
			noColon++ // a blank in the name: the colon belongs to the value
			continue
		}
		if len(h.fields) >= maxLines {
			flood = true
			if len(h.fields) >= 2*maxLines {
				return noColon, true
			}
			if !needed(line) {
				continue
			}
		}
		h.fields = append(h.fields, Field{trimBlanks(line[:i]), trimBlanks(line[i+1:])})
	}
	return noColon, flood
}

// needed reports whether a header line says what reading depends on: such lines
// are kept also in a flood of others.
func needed(line string) bool {
	for _, prefix := range [...]string{"Content-", "WARC-", "Transfer-"} {
		if len(line) > len(prefix) && strings.EqualFold(line[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// maxFolded bounds a value built from continuation lines, so that a flood of
// them does not cost quadratic time.
const maxFolded = 4 << 10

// joinFolded returns value continued by the line more.
func joinFolded(value, more string) string {
	if value == "" {
		return more
	}
	if more == "" || len(value)+len(more) > maxFolded {
		return value
	}
	return value + " " + more
}

// trimBlanks returns s without spaces and tabs at both ends.
func trimBlanks(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// blankLine returns where the header lines at the start of b end, and where
// the bytes after the blank line begin; ok is false if b holds no blank line.
// It looks at b from the byte at from on.
func blankLine(b []byte, from int) (end, after int, ok bool) {
	for i := from; ; {
		j := bytes.IndexByte(b[i:], '\n')
		if j < 0 {
			return 0, 0, false
		}
		i += j + 1
		k := i
		for k < len(b) && b[k] == '\r' { // some servers send several
			k++
		}
		if k < len(b) && b[k] == '\n' {
			return i, k + 1, true
		}
	}
}
