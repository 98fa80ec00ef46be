package warc

import (
	"bytes"
	"strconv"
	"strings"
)

// ARC files are what crawlers wrote before WARC: a line with URL, IP address,
// date, content type and length before each response, and a line feed behind it.
// Version 2 has more fields before the length. Source: Internet Archive, "Arc
// File Format", 1996. The first record describes the file.
const arcPrefix = "filedesc:"

// arcLine returns the length of the well-formed ARC header line at the start of
// b without its line feed, or 0 if there is none.
func arcLine(b []byte) int {
	n := bytes.IndexByte(b, '\n')
	if n <= 0 || n > 16<<10 {
		return 0
	}
	if _, ok := parseARCLine(b[:n]); !ok {
		return 0
	}
	return n
}

// arcFields are the parts of a header line that are used.
type arcFields struct {
	url, date, contentType []byte
	length                 int64
}

// parseARCLine reads a header line. The URL may hold blanks, so that the other
// fields are counted from the end.
func parseARCLine(line []byte) (f arcFields, ok bool) {
	line = bytes.TrimSuffix(line, []byte("\r"))
	rest, length, ok := cutLast(line)
	if !ok {
		return f, false
	}
	if f.length, ok = digitsOf(length); !ok {
		return f, false
	}
	// Version 1: URL IP date type. Version 2: URL IP date type code checksum
	// location offset file name.
	for _, more := range [2]int{0, 5} {
		r := rest
		for range more {
			if r, _, ok = cutLast(r); !ok {
				return f, false
			}
		}
		var ip []byte
		if r, f.contentType, ok = cutLast(r); !ok {
			return f, false
		}
		if r, f.date, ok = cutLast(r); !ok {
			return f, false
		}
		if f.url, ip, ok = cutLast(r); !ok {
			return f, false
		}
		if isARCDate(f.date) && len(ip) > 0 && hasScheme(f.url) {
			return f, true
		}
	}
	return f, false
}

// cutLast cuts b at its last blank.
func cutLast(b []byte) (before, last []byte, ok bool) {
	i := bytes.LastIndexByte(b, ' ')
	if i <= 0 {
		return b, nil, false
	}
	return b[:i], b[i+1:], true
}

// digitsOf returns the number b, which has only digits.
func digitsOf(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 18 || digits(b) != len(b) {
		return 0, false
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, err == nil
}

// isARCDate reports whether b is a date of 14 digits; early files have 12.
func isARCDate(b []byte) bool {
	return (len(b) == 14 || len(b) == 12) && digits(b) == len(b)
}

// hasScheme reports whether b begins like an absolute URL.
func hasScheme(b []byte) bool {
	n := 0
	for n < len(b) && (b[n] >= 'a' && b[n] <= 'z' || b[n] >= 'A' && b[n] <= 'Z' || n > 0 && (b[n] >= '0' && b[n] <= '9' || b[n] == '+' || b[n] == '-' || b[n] == '.')) {
		n++
	}
	return n > 1 && n < len(b) && b[n] == ':'
}

// parseARC fills rec from its header line.
func (rec *Record) parseARC(line []byte, texts *arena) {
	f, ok := parseARCLine(line)
	if !ok {
		rec.fail(ProblemRecordHeader, "bad ARC header line")
		return
	}
	rec.Version = "arc"
	rec.Type = "response"
	rec.TargetURI = texts.text(f.url)
	rec.ContentType = "application/http; msgtype=response"
	if strings.HasPrefix(rec.TargetURI, arcPrefix) {
		rec.Type, rec.ContentType = "warcinfo", texts.text(f.contentType)
	}
	var date [20]byte
	copy(date[:], "0000-00-00T00:00:00Z")
	for i, at := range [14]int{0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18} {
		if i < len(f.date) {
			date[at] = f.date[i]
		}
	}
	rec.Date = texts.text(date[:])
	rec.length = f.length
}
