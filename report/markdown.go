package report

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// codeSpan writes foreign text as a code span: no markup in it is seen,
// whatever the text.
func codeSpan(s string) string {
	s = visible(s)
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	fence, pad := strings.Repeat("`", longest+1), ""
	if longest > 0 {
		pad = " "
	}
	return fence + pad + s + pad + fence
}

// codeCell is codeSpan for a table cell, where a bar needs an escape even in a
// code span.
func codeCell(s string) string { return strings.ReplaceAll(codeSpan(s), "|", `\|`) }

// plain writes foreign text inside a line of prose: markup, entities, and what
// would become a link by itself are escaped.
func plain(s string) string {
	s = visible(s)
	var b []byte
	for i, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]<>#|&~$@", r),
			r == ':' && strings.HasPrefix(s[i:], "://"),
			r == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www"):
			b = append(b, '\\')
		}
		b = utf8.AppendRune(b, r)
	}
	return string(b)
}

// maxLink is the number of bytes of a target that is linked.
const maxLink = 500

// linkTo links a web address, for a table cell. Anything else, such as a path
// that the release does not hold, is shown as code.
func linkTo(target string) string {
	u, err := url.Parse(target)
	if err != nil || len(target) > maxLink || escapeInvisible(target) != target || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return codeCell(target)
	}
	dest := strings.NewReplacer("&", "&amp;", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", "`", "%60", "*", "%2A", "_", "%5F").Replace(u.String())
	return "[" + plain(target) + "](" + dest + ")"
}
