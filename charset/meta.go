package charset

import "bytes"

const (
	metaWindow = 64 << 10 // labels are looked for in so many bytes of a page
	fastWindow = 4 << 10  // and in so many of one that needs no label
	maxLabels  = 4        // labels kept of one page
)

// pageLabel is a label that a page gives itself.
type pageLabel struct {
	label  string
	offset int  // of its tag in the body
	xml    bool // it stands in an XML declaration
}

// metaLabels collects the labels a page gives itself, in order: the encoding of
// an XML declaration at the start, then meta charset and meta http-equiv. Tags in
// comments, scripts, styles and text fields do not count. It stops when dst is
// full or the window ends.
func metaLabels(dst []pageLabel, body []byte, window int) []pageLabel {
	if len(body) > window {
		body = body[:window]
	}
	whole := len(body)
	for len(dst) < cap(dst) {
		i := bytes.IndexByte(body, '<')
		if i < 0 || i+5 >= len(body) {
			return dst
		}
		body = body[i:]
		offset := whole - len(body)
		switch {
		case body[1] == '!' && body[2] == '-' && body[3] == '-':
			end := bytes.Index(body[2:], []byte("-->")) // "<!-->" is a whole comment
			if end < 0 {
				return dst
			}
			body = body[2+end+3:]
		case body[1] == '?' && hasPrefixFold(body, "<?xml"):
			tag := cutTag(body)
			if l := attribute(tag, "encoding"); l != "" {
				dst = append(dst, pageLabel{l, offset, true})
			}
			body = body[len(tag):]
		case (body[1] == 'm' || body[1] == 'M') && hasPrefixFold(body, "<meta") && (space(body[5]) || body[5] == '/'):
			tag := cutTag(body)
			if l := metaCharset(tag); l != "" {
				dst = append(dst, pageLabel{l, offset, false})
			}
			body = body[len(tag):]
		case body[1]|0x20 == 's' || body[1]|0x20 == 't':
			body = body[rawText(body):]
		default:
			body = body[1:]
		}
	}
	return dst
}

// rawElements are the elements whose content is text for a parser.
var rawElements = [...]string{"script", "style", "textarea"}

// rawText returns the length of the element that b begins with if it is one whose
// content is text, up to its end tag or, as for browsers, the end of b where that
// is missing; 1 for any other tag.
func rawText(b []byte) int {
	for _, name := range rawElements {
		n := 1 + len(name)
		if len(b) <= n || !hasPrefixFold(b[1:], name) || !space(b[n]) && b[n] != '>' && b[n] != '/' {
			continue
		}
		for i := n; ; {
			j := bytes.Index(b[i:], []byte("</"))
			if j < 0 {
				return len(b)
			}
			if i += j + 2; hasPrefixFold(b[i:], name) {
				return i
			}
		}
	}
	return 1
}

// metaCharset returns the label of one meta tag: its charset attribute, or the
// charset inside content="text/html; charset=…", with or without http-equiv.
func metaCharset(tag []byte) string {
	if attribute(tag, "name") != "" && attribute(tag, "http-equiv") == "" {
		return "" // a description that talks about charset=
	}
	if l := attribute(tag, "charset"); l != "" {
		return l
	}
	if i := indexFold(tag, "content="); i >= 0 {
		return charsetParam(tag[i:])
	}
	return ""
}

// cutTag returns b up to its first '>', at most 1 KiB.
func cutTag(b []byte) []byte {
	if len(b) > 1<<10 {
		b = b[:1<<10]
	}
	if i := bytes.IndexByte(b, '>'); i >= 0 {
		return b[:i+1]
	}
	return b
}

// attribute returns the value of the named attribute of a tag as a clean label.
func attribute(tag []byte, name string) string {
	for i := 0; ; {
		j := indexFold(tag[i:], name)
		if j < 0 {
			return ""
		}
		at := i + j
		i = at + len(name)
		if at == 0 || !space(tag[at-1]) && tag[at-1] != '"' && tag[at-1] != '\'' && tag[at-1] != '/' {
			continue
		}
		rest := trimLeft(tag[i:], " \t\r\n\f")
		if len(rest) == 0 || rest[0] != '=' {
			continue
		}
		return labelAt(rest[1:])
	}
}

func space(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
}
