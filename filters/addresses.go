package filters

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/qingliu/qingliu/zh"
)

// Address is the reason that explain shows for what an [AddressCutter] cuts.
const Address = "address"

// AddressDoc says what is cut, for the reference.
const AddressDoc = "With `text.cut_addresses`: cuts addresses of web pages: those that begin with http://, https:// or www., hosts of four labels and more, and hosts such as example.com that no Chinese character precedes; with the brackets around them. They end where the ASCII does, without the marks of the sentence. E-mail addresses, numbers, lines of code, and lines without Chinese characters that are more than addresses stay."

// AddressVersion rises when an AddressCutter cuts anything differently.
const AddressVersion = 2

// AddressCutter cuts addresses of web pages out of texts, as MAP-CC does
// (multimodal-art-projection/MAP-NEO 81f3cad, chinese_data_clean_pipeline/filter.py,
// three patterns): what begins with http, https or www; hosts of at least four labels;
// domain.tld that no Han character precedes, because there it is a name in a sentence
// (在amazon.com购买). A host takes its port and path along, ftp:// goes with its host.
//
// Not repeated: patterns that take any dotted word for a host. A last label is one of
// hostEnds, so that IP addresses, versions, numbers of sections (1.2.3.4), packages
// (org.apache.commons.io) and files stay; so do names written with capitals (ASP.NET,
// Booking.com). E-mail addresses stay whole for the rules on personal data, and
// addresses in lines of code, and in lines without Han that are more than addresses:
// commands, listings, references. Brackets and blanks that would be left empty go too.
//
// It reuses its memory and belongs to one goroutine.
type AddressCutter struct {
	kept []byte
	rest []byte // of a line without its addresses
	cuts []LineCut
}

// NewAddressCutter returns a cutter for one worker.
func NewAddressCutter() *AddressCutter { return &AddressCutter{} }

// Cut returns what stays of text, text itself where nothing is cut, and what was cut
// in text order. A line of which nothing is left goes with its line end. The cuts are
// valid until the next call.
func (c *AddressCutter) Cut(text string) (kept string, cuts []LineCut) {
	if cap(c.kept) > 4*keepRunes || cap(c.rest) > 4*keepRunes || cap(c.cuts) > keepRunes {
		*c = AddressCutter{}
	}
	c.kept, c.cuts = c.kept[:0], c.cuts[:0]
	copied, number := 0, 0 // text[:copied] is in kept, or cut
	for start := 0; start < len(text); number++ {
		end, next := lineEnd(text, start)
		line := text[start:end]
		if mayHoldAddress(line) {
			from := len(c.cuts)
			c.cuts = appendAddresses(c.cuts, line, start, number)
			if gone := c.cuts[from:]; len(gone) > 0 {
				c.rest = c.rest[:0]
				at := start
				for _, x := range gone {
					c.rest = append(c.rest, text[at:x.Start]...)
					at = int(x.End)
				}
				c.rest = append(c.rest, text[at:end]...)
				if leavesText(c.rest) {
					c.kept = append(c.kept, text[copied:start]...)
					copied = next
					if len(bytes.TrimSpace(c.rest)) > 0 {
						c.kept = append(c.kept, c.rest...)
						copied = end
					}
				} else {
					c.cuts = c.cuts[:from]
				}
			}
		}
		start = next
	}
	if len(c.cuts) == 0 {
		return text, nil
	}
	c.kept = append(c.kept, text[copied:]...)
	return string(c.kept), c.cuts
}

// leavesText reports whether addresses may go out of a line so that rest stays: no
// line of code, and either one with Han or one of addresses only.
func leavesText(rest []byte) bool {
	var n lineCounts
	content := false
	for i := 0; i < len(rest); {
		r, size := utf8.DecodeRune(rest[i:])
		i += size
		content = content || classOf(r).isContent()
		n.add(r)
	}
	switch {
	case !content:
		return true
	case n.han*3 > n.solid && bytes.IndexByte(rest, '/') < 0 && bytes.IndexByte(rest, '<') < 0:
		return true // never code, see isCode
	}
	return n.han > 0 && !isCode(string(rest), n)
}

// mayHoldAddress rules out most lines: addresses have a point or ://.
func mayHoldAddress(line string) bool {
	return strings.IndexByte(line, '.') >= 0 || strings.Contains(line, "://")
}

// appendAddresses appends the addresses of a line, which begins at byte start of its
// text.
func appendAddresses(cuts []LineCut, line string, start, number int) []LineCut {
	done := 0 // end of the last address
	for i := 0; i < len(line); {
		if addressBytes[line[i]]&hostByte == 0 {
			i++
			continue
		}
		end := i + 1
		for end < len(line) && addressBytes[line[end]]&hostByte != 0 {
			end++
		}
		from, to := address(line, i, end)
		if to == 0 || isAttribute(line[:from]) {
			i = max(end, to)
			continue
		}
		from, to = widen(line, done, from, to)
		cuts = append(cuts, LineCut{number, int32(start + from), int32(start + to), Address})
		i, done = to, to
	}
	return cuts
}

// isAttribute reports whether what stands before an address makes it a value in code:
// src=", ("
func isAttribute(before string) bool {
	n := len(before)
	return n > 1 && (before[n-1] == '"' || before[n-1] == '\'') && (before[n-2] == '=' || before[n-2] == '(')
}

// address returns where the address is whose scheme or host is in line[i:end], a
// longest run of host bytes; to is 0 where there is none.
func address(line string, i, end int) (from, to int) {
	word := line[i:end]
	if strings.HasPrefix(line[end:], "://") {
		for _, scheme := range [...]string{"https", "http", "ftp"} {
			if n := len(word) - len(scheme); n >= 0 && strings.EqualFold(word[n:], scheme) {
				if host := end + len("://"); host < len(line) && isAlnum(line[host]) {
					return i + n, urlEnd(line, host)
				}
			}
		}
		return 0, 0
	}
	if strings.IndexByte(word, '@') >= 0 {
		return 0, 0
	}
	for i < end && !isAlnum(line[i]) {
		i++
	}
	last := end
	for last > i && !isAlnum(line[last-1]) {
		last--
	}
	if !isHost(line, i, last) {
		return 0, 0
	}
	if last < len(line) && (line[last] == ':' || addressBytes[line[last]]&tailByte != 0) {
		path := last
		if line[path] == ':' {
			for path++; path < len(line) && '0' <= line[path] && line[path] <= '9'; path++ {
			}
			if path == last+1 { // a colon of the sentence
				return i, last
			}
		}
		if path < len(line) && addressBytes[line[path]]&tailByte != 0 {
			return i, urlEnd(line, path)
		}
		return i, path
	}
	return i, last
}

// hostEnds are the last labels that make a host of dotted words. Those that also end
// names of files, fields and packages count before a path, and in hosts of at least
// four labels, only.
var hostEnds = map[string]struct{ sure bool }{
	"com": {true}, "net": {true}, "org": {true}, "edu": {true}, "gov": {true}, "cn": {true}, "hk": {true}, "tw": {true},
	"info": {}, "biz": {}, "mobi": {}, "name": {}, "io": {}, "me": {}, "tv": {}, "cc": {}, "co": {}, "ai": {}, "app": {}, "dev": {}, "top": {},
	"xyz": {}, "vip": {}, "club": {}, "site": {}, "shop": {}, "online": {}, "store": {}, "wang": {}, "ren": {}, "fun": {}, "ink": {}, "ltd": {},
	"link": {}, "live": {}, "icu": {}, "pro": {}, "asia": {}, "mil": {}, "int": {}, "mo": {}, "sg": {}, "my": {}, "jp": {}, "kr": {}, "us": {},
	"uk": {}, "ca": {}, "au": {}, "nz": {}, "de": {}, "fr": {}, "eu": {}, "ru": {}, "it": {}, "nl": {}, "ch": {}, "in": {}, "la": {}, "ws": {},
	"to": {}, "gg": {}, "im": {}, "ly": {}, "gl": {}, "fm": {}, "so": {},
}

// isHost reports whether line[i:end] is a host of its own. It begins and ends with a
// letter or digit.
func isHost(line string, i, end int) bool {
	host := line[i:end]
	dots := strings.Count(host, ".")
	if dots == 0 || strings.Contains(host, "..") {
		return false
	}
	if i > 0 && addressBytes[line[i-1]]&joinByte != 0 {
		return false
	}
	top := host[strings.LastIndexByte(host, '.')+1:]
	if len(host) > 4 && strings.EqualFold(host[:4], "www.") && dots > 1 {
		return !(top[0] >= '0' && top[0] <= '9')
	}
	kind, ok := hostEnds[top]
	path := end < len(line) && line[end] == '/'
	if !ok || end < len(line) && (line[end] == '(' || line[end] == '=' || line[end] == '\\') {
		return false
	}
	switch first := host[:strings.IndexByte(host, '.')]; first {
	case "com", "org", "java", "javax": // packages; com.cn
		return false
	case "asp", "vb", "ado", "self", "this": // asp.net, self.net: names in programs
		if dots == 1 {
			return false
		}
	}
	if dots >= 3 {
		return true
	}
	if !kind.sure && !path || !path && strings.ContainsFunc(host, isCapital) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	return !zh.IsHan(before)
}

// urlEnd returns where the address ends of which line[:i] is the beginning: before
// what no address has, without marks that belong to the sentence.
func urlEnd(line string, i int) int {
	end, round, square := i, 0, 0
	for ; end < len(line) && addressBytes[line[end]]&urlByte != 0; end++ {
		switch line[end] {
		case '(':
			round++
		case ')':
			if round--; round < 0 {
				return trimMarks(line, i, end)
			}
		case '[':
			square++
		case ']':
			if square--; square < 0 {
				return trimMarks(line, i, end)
			}
		}
	}
	return trimMarks(line, i, end)
}

func trimMarks(line string, from, end int) int {
	for end > from && strings.IndexByte(".,;:!?'*([&", line[end-1]) >= 0 {
		end--
	}
	return end
}

// widen takes the brackets around an address along, and the blanks that would be left
// double or at an end of the line. What is before done has gone already.
func widen(line string, done, from, to int) (int, int) {
	opens, size := utf8.DecodeLastRuneInString(line[done:from])
	closes, n := utf8.DecodeRuneInString(line[to:])
	if size > 0 && areBrackets(opens, closes) {
		from, to = from-size, to+n
	}
	left := len(trimSpace(line[done:from])) + done
	right := to
	for right < len(line) {
		r, n := utf8.DecodeRuneInString(line[right:])
		if !isSentenceBlank(r) {
			break
		}
		right += n
	}
	switch {
	case right == len(line) && left > done:
		return left, right
	case left < from || left == 0 || right == len(line):
		return from, right
	}
	return from, to
}

// areBrackets reports whether two code points enclose what is between them.
func areBrackets(opens, closes rune) bool {
	switch opens {
	case '（', '(': // often typed with one of each width
		return closes == '）' || closes == ')'
	case '<':
		return closes == '>'
	case '【':
		return closes == '】'
	case '[':
		return closes == ']'
	case '〔':
		return closes == '〕'
	case '＜':
		return closes == '＞'
	case '〈':
		return closes == '〉'
	case '《':
		return closes == '》'
	case '“':
		return closes == '”'
	case '"':
		return closes == '"'
	}
	return false
}

// Kinds of bytes.
const (
	hostByte = 1 << iota // letters, digits, - _ . and @, which tells e-mail addresses
	urlByte              // any that RFC 3986 allows in an address
	tailByte             // begin what follows a host
	joinByte             // a host behind them is part of something longer
)

var addressBytes = func() (t [256]uint8) {
	for b := range t {
		if c := byte(b); isAlnum(c) {
			t[b] = hostByte | urlByte
		}
	}
	for kind, bytes := range map[uint8]string{
		hostByte: "-_.@", urlByte: "-._~:/?#[]@!$&'()*+,;=%", tailByte: "/?#", joinByte: "@/\\=&?#%$+~*",
	} {
		for i := range len(bytes) {
			t[bytes[i]] |= kind
		}
	}
	return t
}()

func isCapital(r rune) bool { return 'A' <= r && r <= 'Z' }

// isAlnum reports whether b is a letter or digit of ASCII.
func isAlnum(b byte) bool { return isASCIILetter(b) || isDigitByte(b) }
