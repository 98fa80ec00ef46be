package charset

import (
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// maxLabel bounds the length of a charset label that is looked at, in bytes.
const maxLabel = 40

// labelName holds the labels met most and those that the WHATWG list lacks, in
// lower case; the others are looked up in htmlindex.
var labelName = map[string]string{
	"utf-8": "utf-8", "utf8": "utf-8", "utf_8": "utf-8", "utf8mb4": "utf-8", "utf-8-sig": "utf-8",
	"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "gb-2312": "gb18030", "gb2312-80": "gb18030",
	"gb_2312": "gb18030", "gb-18030": "gb18030", "cp936": "gb18030", "ms936": "gb18030", "windows-936": "gb18030",
	"euc-cn": "gb18030", "x-euc-cn": "gb18030", "gb13000": "gb18030", "gb": "gb18030", "hz-gb-2312": "hz-gb-2312", "hz": "hz-gb-2312",
	"big5": "big5", "big-5": "big5", "big5-hkscs": "big5", "big5hkscs": "big5", "cp950": "big5", "ms950": "big5", "big5-eten": "big5",
	"shift-jis": "shift_jis", "shift_jis": "shift_jis", "sjis": "shift_jis", "x-sjis": "shift_jis", "cp932": "shift_jis",
	"euc-jp": "euc-jp", "eucjp": "euc-jp", "euc-kr": "euc-kr", "euckr": "euc-kr", "cp949": "euc-kr", "uhc": "euc-kr",
	"iso-8859-1": "windows-1252", "latin1": "windows-1252", "us-ascii": "windows-1252", "ascii": "windows-1252",
}

// resolve returns the IANA name (lower case) of the encoding a label asks for,
// "" for a label that names none.
func resolve(label string) string {
	if label == "" || len(label) > maxLabel {
		return ""
	}
	if n, ok := labelName[label]; ok {
		return n
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return ""
	}
	n, err := htmlindex.Name(e)
	if err != nil || n == "replacement" || n == "x-user-defined" {
		return ""
	}
	if n == "gbk" {
		n = "gb18030"
	}
	return n
}

// singleByte reports whether an encoding other than the double-byte families,
// Unicode and the escape-sequence ones was named.
func singleByte(name string) bool {
	switch name {
	case "", "utf-8", "utf-16le", "utf-16be", "iso-2022-jp", "hz-gb-2312":
		return false
	}
	_, ok := familyOf(name)
	return !ok
}

func familyOf(name string) (family, bool) {
	for f, n := range familyName {
		if n == name {
			return family(f), true
		}
	}
	return 0, false
}

// ContentTypeCharset returns the charset parameter of a Content-Type header in
// lower case and without quotes, "" if there is none. It does not ask whether
// the label is known.
func ContentTypeCharset(contentType string) string {
	return charsetParam(contentType)
}

// charsetParam finds charset=label in a header or in the content attribute of a
// meta tag, wherever it stands in the first 1 KiB: real headers lack semicolons
// and put spaces around the equals sign.
func charsetParam[T string | []byte](s T) string {
	if len(s) > 1024 {
		s = s[:1024]
	}
	for {
		i := indexFold(s, "charset")
		if i < 0 {
			return ""
		}
		s = s[i+len("charset"):]
		rest := trimLeft(s, " \t\r\n\f")
		if len(rest) > 0 && (rest[0] == '=' || rest[0] == ':') {
			return labelAt(rest[1:])
		}
	}
}

// labelAt returns the label that s begins with, after blanks and quotes.
func labelAt[T string | []byte](s T) string {
	s = trimLeft(s, " \t\r\n\f\"'")
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(" \t\r\n\f\"';,/?>", s[i]) >= 0 {
			s = s[:i]
			break
		}
	}
	return cleanLabel(s)
}

func trimLeft[T string | []byte](s T, cut string) T {
	for len(s) > 0 && strings.IndexByte(cut, s[0]) >= 0 {
		s = s[1:]
	}
	return s
}

// usualLabels need no memory of their own.
var usualLabels = [...]string{"utf-8", "gb2312", "gbk", "gb18030", "big5", "iso-8859-1"}

// cleanLabel returns a label in lower case, "" for one that is too long or not
// plain ASCII: such a label names nothing and must not travel into reports.
func cleanLabel[T string | []byte](s T) string {
	if len(s) > maxLabel {
		return ""
	}
	for _, l := range usualLabels {
		if len(s) == len(l) && hasPrefixFold(s, l) {
			return l
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return ""
		}
	}
	return strings.ToLower(string(s))
}

// indexFold is strings.Index for an ASCII needle in lower case, ignoring case.
func indexFold[T string | []byte](s T, needle string) int {
	for i := 0; i+len(needle) <= len(s); i++ {
		if hasPrefixFold(s[i:], needle) {
			return i
		}
	}
	return -1
}

func hasPrefixFold[T string | []byte](s T, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}
