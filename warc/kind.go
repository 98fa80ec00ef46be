package warc

import (
	"bytes"
	"strings"
)

// Kinds of a payload, as returned by [Kind].
const (
	KindHTML       = "html"
	KindPDF        = "pdf"
	KindImage      = "image"
	KindAudio      = "audio"
	KindVideo      = "video"
	KindFeed       = "feed"
	KindXML        = "xml"
	KindJSON       = "json"
	KindJavaScript = "javascript"
	KindCSS        = "css"
	KindText       = "text"
	KindZip        = "zip" // any archive or packed file
	KindOffice     = "office"
	KindFont       = "font"
	KindFlash      = "flash"
	KindBinary     = "binary" // none of the others, and no text
	KindEmpty      = "empty"
)

// sniffBytes is how much of a payload is searched for markup.
const sniffBytes = 64 << 10

// Kind says what a payload is, one of the Kind constants, from its unpacked
// bytes and the Content-Type its server sent (or ""). The bytes win: a page
// sent as text/plain or with no type is "html", an image sent as text/html is
// "image". The header decides only what the bytes leave open, such as text
// that could be a script. Text in any charset counts as text, UTF-16 included.
func Kind(contentType string, body []byte) string {
	declared := kindOfType(contentType)
	if kind := kindOfMagic(body); kind != "" {
		return kind
	}
	var narrow [4 << 10]byte
	text, wide := narrowUTF16(narrow[:], body)
	if !wide {
		text = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
		text = text[:min(len(text), sniffBytes)]
	}
	text = trimSpace(text)
	if len(text) == 0 {
		if len(body) > sniffBytes {
			return KindBinary
		}
		return KindEmpty
	}
	if isBinary(text) {
		switch declared {
		case KindImage, KindAudio, KindVideo, KindFont, KindFlash, KindOffice, KindZip:
			return declared
		case KindHTML:
			if markup(text) {
				return KindHTML // a page with control bytes in it
			}
		}
		return KindBinary
	}
	if text[0] == '<' {
		if kind := kindOfMarkup(text, declared); kind != "" {
			return kind
		}
	}
	return kindOfText(text, declared)
}

// kindOfType returns the kind a Content-Type stands for, or "" if it says
// nothing (none, application/octet-stream and the like).
func kindOfType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	t = strings.ToLower(trimBlanks(t))
	main, sub, _ := strings.Cut(t, "/")
	switch {
	case strings.Contains(sub, "html"):
		return KindHTML
	case t == "image/svg+xml" || main == "image":
		return KindImage
	case main == "audio", main == "video", main == "font":
		return main
	case strings.Contains(sub, "rss") || strings.Contains(sub, "atom"):
		return KindFeed
	case strings.Contains(sub, "json"):
		return KindJSON
	case strings.Contains(sub, "javascript") || strings.Contains(sub, "ecmascript"):
		return KindJavaScript
	case sub == "css":
		return KindCSS
	case sub == "pdf":
		return KindPDF
	case strings.Contains(sub, "officedocument") || strings.Contains(sub, "opendocument") ||
		strings.HasPrefix(sub, "vnd.ms-") || sub == "msword" || sub == "rtf":
		return KindOffice
	case strings.Contains(sub, "font"):
		return KindFont
	case strings.Contains(sub, "shockwave"):
		return KindFlash
	case strings.Contains(sub, "xml"):
		return KindXML
	case strings.Contains(sub, "zip") || strings.Contains(sub, "compressed") || sub == "x-tar" || sub == "vnd.rar":
		return KindZip
	case main == "text":
		return KindText
	}
	return ""
}

// kindOfText decides about text that does not begin with known markup.
func kindOfText(text []byte, declared string) string {
	switch declared {
	case KindJavaScript, KindCSS:
		if strongMarkup(text[:min(len(text), 1<<10)]) && !scriptStart(text) {
			return KindHTML
		}
		return declared
	case KindJSON:
		return KindJSON
	}
	if looksJSON(text) {
		return KindJSON
	}
	switch declared {
	case KindHTML:
		if scriptStart(text) && !strongMarkup(text) {
			return KindJavaScript
		}
		return KindHTML
	case KindXML, KindFeed:
		if text[0] == '<' {
			return declared
		}
	}
	switch {
	case strongMarkup(text[:min(len(text), 4<<10)]):
		return KindHTML
	case text[0] == '<' && markup(text):
		return KindHTML
	case scriptStart(text):
		return KindJavaScript
	}
	return KindText
}

// looksJSON reports whether text begins like a JSON object or array.
func looksJSON(text []byte) bool {
	if text[0] != '{' && text[0] != '[' {
		return false
	}
	rest := trimSpace(text[1:])
	if len(rest) == 0 {
		return false
	}
	if text[0] == '{' {
		if rest[0] == '}' {
			return true
		}
		if rest[0] != '"' {
			return false
		}
		end := bytes.IndexByte(rest[1:], '"')
		if end < 0 {
			return false
		}
		rest = trimSpace(rest[end+2:])
		return len(rest) > 0 && rest[0] == ':'
	}
	switch rest[0] {
	case ']', '{', '"':
		return true
	}
	return false
}

// scriptStarts open script files and hardly any text.
var scriptStarts = []string{"var ", "function ", "function(", "(function", "!function", "document.write", "window.", "\"use strict\"", "'use strict'", "if(", "if (typeof", "try{", "jquery"}

// scriptStart reports whether text begins like a script.
func scriptStart(text []byte) bool {
	for bytes.HasPrefix(text, []byte("/*")) || bytes.HasPrefix(text, []byte("//")) {
		end, skip := bytes.Index(text, []byte("*/")), 2
		if text[1] == '/' {
			end, skip = bytes.IndexByte(text, '\n'), 1
		}
		if end < 0 {
			return false
		}
		text = trimSpace(text[end+skip:])
	}
	for _, s := range scriptStarts {
		if hasFold(text, s) {
			return true
		}
	}
	return false
}

// isBinary reports whether text holds bytes that no charset uses for text.
func isBinary(text []byte) bool {
	head := text[:min(len(text), 2<<10)]
	odd := 0
	for _, c := range head {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b && c != 0x1a {
			odd++
		}
	}
	return odd*50 > len(head)
}

// narrowUTF16 copies the ASCII part of UTF-16 text at the start of body to dst,
// other characters as '?'. It reports false if body is not UTF-16 by its mark
// or by its zero bytes.
func narrowUTF16(dst, body []byte) ([]byte, bool) {
	high := -1 // position of the high byte in each pair
	switch {
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		high, body = 1, body[2:]
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		high, body = 0, body[2:]
	default:
		b := trimZeroSpace(body)
		switch {
		case len(b) >= 4 && b[0] == '<' && b[1] == 0 && b[2] != 0 && b[3] == 0:
			high, body = 1, b
		case len(b) >= 4 && b[0] == 0 && b[1] == '<' && b[2] == 0 && b[3] != 0:
			high, body = 0, b
		default:
			return nil, false
		}
	}
	n := 0
	for i := 0; i+1 < len(body) && n < len(dst); i += 2 {
		if c := body[i+1-high]; body[i+high] == 0 && c < 0x80 {
			dst[n] = c
		} else {
			dst[n] = '?'
		}
		n++
	}
	return dst[:n], true
}

// trimZeroSpace drops UTF-16 white space at the start of b.
func trimZeroSpace(b []byte) []byte {
	for len(b) >= 2 && (isSpace(b[0]) && b[1] == 0 || b[0] == 0 && isSpace(b[1])) {
		b = b[2:]
	}
	return b
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// trimSpace drops ASCII white space and zero bytes at the start of b.
func trimSpace(b []byte) []byte {
	for len(b) > 0 && (isSpace(b[0]) || b[0] == 0) {
		b = b[1:]
	}
	return b
}

// hasFold reports whether b starts with the lower-case ASCII prefix in any case.
func hasFold(b []byte, prefix string) bool {
	if len(b) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := b[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}
