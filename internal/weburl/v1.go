package weburl

import "strings"

const hexUpper = "0123456789ABCDEF"

// CanonicalV1 returns the normal form of an address that document ids are made
// of. THIS FORM NEVER CHANGES: published ids and take-down lists rest on it. It
// depends on no configuration, suffix list or Unicode table. A better form needs
// a new name and a new id version.
//
// The rules, in order:
//   - blanks and control bytes around the address are cut, tabs and line ends
//     inside it dropped (WHATWG URL);
//   - without "http://", "https://" or "//" in front the rest is the result,
//     with the fragment if it has one;
//   - the scheme becomes http, so http and https are one; backslashes before
//     the query are slashes;
//   - user names are dropped, ASCII letters of the host become lower case, dots
//     at its end go; the port goes if it is empty, 80 or 443;
//   - without a host the trimmed address is the result;
//   - the fragment goes; in path and query %XX of unreserved characters
//     (RFC 3986: letters, digits, -._~) is decoded, the hex digits of the others
//     are upper case, and bytes that an address cannot hold (blanks, controls,
//     "<>\^`{|} and everything from 0x7F) are encoded; a % that begins no %XX becomes %25;
//   - dot segments are resolved (RFC 3986 section 5.2.4), an empty path is /;
//   - an empty query goes. The order and spelling of parameters are kept.
func CanonicalV1(raw string) string {
	var room [512]byte
	s := clean(raw)
	u, ok := split(s)
	if !ok {
		return s
	}
	b := append(room[:0], "http://"...)
	b = appendV1(b, u)
	return string(b)
}

// parts are the pieces of an http address, not yet normalised.
type parts struct {
	host, port, path, query string // port is "" where it is the default
}

// clean trims an address as browsers do.
func clean(raw string) string {
	s := strings.TrimFunc(raw, func(r rune) bool { return r <= ' ' })
	if !strings.ContainsAny(s, "\t\r\n") {
		return s
	}
	b := make([]byte, 0, len(s)) // by bytes: addresses of old pages are not always UTF-8
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '\t' && c != '\r' && c != '\n' {
			b = append(b, c)
		}
	}
	return string(b)
}

// split takes a clean address apart; ok is false if it has no http host.
func split(s string) (u parts, ok bool) {
	rest := s
	switch {
	case len(s) >= 5 && equalFold(s[:5], "http:"):
		rest = s[5:]
	case len(s) >= 6 && equalFold(s[:6], "https:"):
		rest = s[6:]
	}
	if len(rest) < 2 || !slash(rest[0]) || !slash(rest[1]) {
		return u, false
	}
	rest = rest[2:]
	if i := strings.IndexByte(rest, '#'); i >= 0 {
		rest = rest[:i]
	}
	authority := rest
	if i := strings.IndexAny(rest, `/\?`); i >= 0 {
		authority, rest = rest[:i], rest[i:]
	} else {
		rest = ""
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	for u.port == "" {
		authority = strings.TrimRight(authority, ".")
		// The colons of an IPv6 address stand before its bracket.
		i := strings.LastIndexByte(authority, ':')
		if i < 0 || i < strings.LastIndexByte(authority, ']') {
			break
		}
		if p := authority[i+1:]; p != "80" && p != "443" {
			u.port = p
		}
		authority = authority[:i]
	}
	u.host = strings.TrimRight(authority, ".")
	if u.host == "" {
		return parts{}, false
	}
	u.path, u.query, _ = strings.Cut(rest, "?")
	return u, true
}

func slash(c byte) bool { return c == '/' || c == '\\' }

// appendV1 appends host, port, path and query in normal form.
func appendV1(b []byte, u parts) []byte {
	for i := 0; i < len(u.host); i++ {
		b = append(b, lower(u.host[i]))
	}
	if u.port != "" {
		b = append(b, ':')
		b = append(b, u.port...)
	}
	start := len(b)
	b = append(b, '/')
	if u.path != "" {
		b = appendEscaped(b, u.path[1:], true)
	}
	b = resolveDots(b, start)
	if u.query != "" {
		b = append(b, '?')
		b = appendEscaped(b, u.query, false)
	}
	return b
}

// appendEscaped appends s with its percent-encoding normalised.
func appendEscaped(b []byte, s string, path bool) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0:
			v := byte(hexDigit(s[i+1])<<4 | hexDigit(s[i+2]))
			i += 2
			if unreserved(v) {
				b = append(b, v)
			} else {
				b = append(b, '%', hexUpper[v>>4], hexUpper[v&15])
			}
		case c == '%':
			b = append(b, "%25"...)
		case c == '\\' && path:
			b = append(b, '/')
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			b = append(b, '%', hexUpper[c>>4], hexUpper[c&15])
		default:
			b = append(b, c)
		}
	}
	return b
}

// resolveDots removes the segments . and .. from the path b[start:], which
// begins with a slash, in place.
func resolveDots(b []byte, start int) []byte {
	out := start // end of the result; b[start:out] is empty or begins with a slash
	for i := start; i < len(b); {
		end := i + 1 // b[i] is a slash; the segment is b[i+1:end]
		for end < len(b) && b[end] != '/' {
			end++
		}
		last := end == len(b)
		switch seg := string(b[i+1 : end]); seg {
		case ".":
			if last {
				b[out] = '/'
				out++
			}
		case "..":
			for out > start {
				out--
				if b[out] == '/' {
					break
				}
			}
			if last {
				b[out] = '/'
				out++
			}
		default:
			out += copy(b[out:], b[i:end])
		}
		i = end
	}
	return b[:out]
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// equalFold compares with an ASCII word in lower case.
func equalFold(s, word string) bool {
	if len(s) != len(word) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if lower(s[i]) != word[i] {
			return false
		}
	}
	return true
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
