package extract

import (
	"bytes"
	"strings"
)

// address is a link without scheme, query and fragment.
type address struct {
	host string // as written, "" where the link has none
	path string
	web  bool // of no other scheme than HTTP
}

// cutAddress cuts a link at its marks.
func cutAddress(s string) address {
	s = strings.Trim(s, " \t\r\n")
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	if i := strings.IndexAny(s, `:/\`); i > 0 && s[i] == ':' {
		if !hasPrefixFold(s, "http:") && !hasPrefixFold(s, "https:") || !strings.HasPrefix(s[i+1:], "//") {
			return address{}
		}
		s = s[i+1:]
	}
	rest, ok := strings.CutPrefix(s, "//")
	if !ok {
		return address{path: s, web: true}
	}
	i := strings.IndexAny(rest, `/\`)
	if i < 0 {
		i = len(rest)
	}
	return address{host: rest[:i], path: rest[i:], web: i > 0}
}

// appendPage appends the page that a link on the page url names, so that two links to
// one page give the same bytes: host and path without scheme, query and fragment,
// without www. and the names of mobile hosts, without escapes, dot segments, the name of
// the default page and the slash at the end. base is what the page says that its links
// are relative to. Links of other schemes give nothing.
func appendPage(dst []byte, url, base, link string) []byte {
	own, from, to := cutAddress(url), cutAddress(base), cutAddress(link)
	if !own.web || own.host == "" || !to.web {
		return dst
	}
	switch {
	case from.web && from.host != "":
		own = from
	case strings.HasPrefix(from.path, "/"):
		own.path = from.path
	}
	dir := ""
	switch {
	case to.host != "":
		own.host = to.host
	case to.path == "":
		to.path = own.path
	case to.path[0] != '/' && to.path[0] != '\\':
		dir = own.path[:strings.LastIndexByte(own.path, '/')+1]
	}
	dst = appendHost(dst, own.host)
	root := len(dst)
	dst = appendSegments(dst, root, dir)
	dst = appendSegments(dst, root, to.path)
	if i := bytes.LastIndexByte(dst, '/'); i >= root && (hasPrefixFold(dst[i:], "/index.") || hasPrefixFold(dst[i:], "/default.")) {
		dst = dst[:i]
	}
	return dst
}

// appendHost appends a host in lower case, without user and default port and
// without what stands before the name of the site.
func appendHost(dst []byte, host string) []byte {
	host = host[strings.IndexByte(host, '@')+1:]
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	for _, p := range [...]string{"www.", "m.", "wap.", "3g.", "mobile."} {
		if hasPrefixFold(host, p) && strings.IndexByte(host[len(p):], '.') > 0 {
			host = host[len(p):]
			break
		}
	}
	for i := range len(host) {
		dst = append(dst, lowerByte(host[i]))
	}
	return dst
}

// appendSegments appends the segments of a path to an address whose path begins at root.
func appendSegments(dst []byte, root int, path string) []byte {
	for path != "" {
		i := strings.IndexAny(path, `/\`)
		segment := path
		if path = ""; i >= 0 {
			segment, path = segment[:i], segment[i+1:]
		}
		switch segment {
		case "", ".":
		case "..":
			if i := bytes.LastIndexByte(dst, '/'); i >= root {
				dst = dst[:i]
			}
		default:
			dst = append(dst, '/')
			for k := 0; k < len(segment); k++ {
				c := segment[k]
				if c == '%' && k+2 < len(segment) && isHex(segment[k+1]) && isHex(segment[k+2]) {
					c = hexValue(segment[k+1])<<4 | hexValue(segment[k+2])
					k += 2
				}
				dst = append(dst, c)
			}
		}
	}
	return dst
}

func isHex(c byte) bool { c = lowerByte(c); return isDigit(c) || c >= 'a' && c <= 'f' }

func hexValue(c byte) byte {
	if c = lowerByte(c); c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// pageHost returns the host of what appendPage gave.
func pageHost(p []byte) []byte {
	if i := bytes.IndexByte(p, '/'); i >= 0 {
		return p[:i]
	}
	return p
}

// isFolderOf reports whether page a is page b or a folder that b stands in.
func isFolderOf(a, b []byte) bool {
	return bytes.HasPrefix(b, a) && (len(a) == len(b) || b[len(a)] == '/')
}
