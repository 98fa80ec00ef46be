package warc

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// ErrNotHTTP is wrapped by the error of [PayloadDecoder.Decode] for a block
// that is an HTTP request.
var ErrNotHTTP = errors.New("no HTTP response")

// Limits bound what a [PayloadDecoder] does for one response. A zero field
// means its default.
type Limits struct {
	BodyBytes   int64 // of the unpacked body; default 64 MiB
	HeaderBytes int   // of status line and header lines; default 256 KiB
	HeaderLines int   // kept; default 1000
	Codings     int   // how often a body may be packed; default 4
	Ratio       int   // unpacked to packed bytes; default 200
	WindowBytes int64 // that a zstd body may ask for; default 8 MiB (RFC 9659)
	// RatioFreeBytes are unpacked bytes for which no ratio is checked; default 16 MiB.
	RatioFreeBytes int64
}

// setDefaults fills the zero fields.
func (l *Limits) setDefaults() {
	if l.BodyBytes <= 0 {
		l.BodyBytes = 64 << 20
	}
	if l.HeaderBytes <= 0 {
		l.HeaderBytes = 256 << 10
	}
	if l.HeaderLines <= 0 {
		l.HeaderLines = defaultHeaderLines
	}
	if l.Codings <= 0 {
		l.Codings = 4
	}
	if l.Ratio <= 0 {
		l.Ratio = 200
	}
	if l.RatioFreeBytes <= 0 {
		l.RatioFreeBytes = defaultRatioFree
	}
	if l.WindowBytes <= 0 {
		l.WindowBytes = 8 << 20
	}
}

// Response is an HTTP response with its body unpacked. The strings may be
// kept; Header, Body and Problems are valid until the next
// [PayloadDecoder.Decode] and as long as the block.
type Response struct {
	// Status is the number in the status line, 0 if it has none. A response
	// without a status line has 200: HTTP/0.9 knows nothing else.
	Status     int
	StatusLine string // without its line end; "" if there is none
	Header     Header
	// Body is the body without chunking and content coding. It may be part of
	// the block.
	Body []byte
	// BodyTruncated is set if bytes are known to be missing at the end.
	BodyTruncated bool
	// Problems holds codes for what was tolerated, each once.
	Problems []string
}

// problem notes a code once.
func (p *Response) problem(code string) { p.Problems = addCode(p.Problems, code) }

// PayloadDecoder unpacks response records. The zero value is ready; it keeps
// its memory between calls and is used by one goroutine. Limits must be set
// before the first call.
type PayloadDecoder struct {
	Limits Limits

	resp    Response
	texts   arena
	chunked []byte
	plain   [2][]byte // unpacked bodies, in turn
	values  []string
	codings []string
	unpack  unpacker
}

// maxInterim bounds the informational responses before the one that counts.
const maxInterim = 8

// Decode reads a response from the block of a record. Any status line is
// accepted, also none, and header lines with any line ends. Transfer-Encoding
// chunked and Content-Encoding gzip, deflate (with or without the zlib
// wrapping), br and zstd, also stacked, are taken off. What a header promises
// and the bytes do not keep is left as it is and noted as a problem, and so is
// each limit that was reached.
func (d *PayloadDecoder) Decode(block []byte) (*Response, error) {
	d.Limits.setDefaults()
	if isRequest(block) {
		return nil, ErrNotHTTP
	}
	d.reset()
	p := &d.resp
	p.Body = d.head(block)
	for range maxInterim { // 100 Continue and the like
		if p.Status < 100 || p.Status > 199 || p.Status == 101 || !statusStart(p.Body) {
			break
		}
		p.Body = d.head(p.Body)
	}
	raw := len(p.Body)
	codings := d.tokens("Transfer-Encoding")
	chunked := false
	for i := len(codings) - 1; i >= 0; i-- {
		switch {
		case codings[i] != "chunked":
			d.decode(codings[i])
		case !chunked: // said twice it is still done once
			chunked = true
			d.dechunk()
		}
	}
	if len(codings) == 0 {
		p.checkLength(raw)
	}
	codings = d.tokens("Content-Encoding")
	for i := len(codings) - 1; i >= 0; i-- {
		d.decode(codings[i])
	}
	if p.Header.Get("Content-Encoding") == "" && gzipHeader(p.Body) > 0 && kindOfType(p.Header.Get("Content-Type")) == KindHTML {
		p.problem(ProblemHiddenCoding)
		d.decode("gzip")
	}
	if int64(len(p.Body)) > d.Limits.BodyBytes {
		p.Body = p.Body[:d.Limits.BodyBytes]
		p.BodyTruncated = true
		p.problem(ProblemBodyLimit)
	}
	return p, nil
}

// reset gives up what a giant body grew and clears the response.
func (d *PayloadDecoder) reset() {
	for _, b := range []*[]byte{&d.chunked, &d.plain[0], &d.plain[1]} {
		if cap(*b) > keepBytes {
			*b = nil
		}
	}
	fields := d.resp.Header.fields
	if cap(fields) > 128 {
		fields = nil
	}
	d.resp = Response{Header: Header{fields[:0]}, Problems: d.resp.Problems[:0]}
}

// head reads status line and header lines and returns the body.
func (d *PayloadDecoder) head(block []byte) []byte {
	p := &d.resp
	p.Header.fields = p.Header.fields[:0]
	p.Status, p.StatusLine = 0, ""
	block = trimBreaks(block)
	hasStatus := statusStart(block)
	if !hasStatus {
		p.problem(ProblemNoStatus)
		p.Status = 200
		if !headerStart(block) {
			return block // HTTP/0.9: nothing but the body
		}
	}
	window := block[:min(len(block), d.Limits.HeaderBytes)]
	end, body, ok := headerEnd(window)
	if !ok {
		end, body = len(window), len(block)
		if len(window) < len(block) {
			p.problem(ProblemHeaderLimit)
		} else {
			p.problem(ProblemNoHeaderEnd)
		}
	}
	if at := markupLine(block[:end]); at >= 0 {
		// The page begins without a blank line before it.
		p.problem(ProblemNoHeaderEnd)
		end, body, ok = at, at, true
	}
	p.BodyTruncated = p.BodyTruncated || !ok
	text := d.texts.text(block[:end])
	if strings.IndexByte(text, '\n') < 0 && strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	rest := text
	if hasStatus {
		p.StatusLine, rest, _ = strings.Cut(text, "\n")
		p.StatusLine = strings.TrimRight(p.StatusLine, "\r \t")
		if p.Status = statusOf(p.StatusLine); p.Status == 0 {
			p.problem(ProblemBadStatus)
		}
	}
	noColon, flood := p.Header.parse(rest, d.Limits.HeaderLines)
	if noColon > 0 {
		p.problem(ProblemHeaderNoColon)
	}
	if flood {
		p.problem(ProblemHeaderFlood)
	}
	return block[body:]
}

// trimBreaks drops a few line ends at the start of b.
func trimBreaks(b []byte) []byte {
	for i := 0; i < 4 && len(b) > 0 && (b[0] == '\r' || b[0] == '\n'); i++ {
		b = b[1:]
	}
	return b
}

// statusStart reports whether b begins like a status line: HTTP/1.1, or ICY of
// streaming servers.
func statusStart(b []byte) bool {
	if len(b) > 4 && hasFold(b, "http") {
		return b[4] == '/' || b[4] == ' '
	}
	return bytes.HasPrefix(b, []byte("ICY "))
}

// headerStart reports whether the first line of b is a header line.
func headerStart(b []byte) bool {
	n := 0
	for n < len(b) && n < 64 && isName(b[n]) && b[n] != ':' {
		n++
	}
	if n == 0 || n >= len(b) || b[n] != ':' {
		return false
	}
	// "http://..." at the start of a text is none.
	return !bytes.HasPrefix(b[n:], []byte("://"))
}

// requestMethods begin request lines (RFC 9110, section 9).
var requestMethods = []string{"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "TRACE ", "PATCH "}

// isRequest reports whether b begins with a request line.
func isRequest(b []byte) bool {
	for _, m := range requestMethods {
		if bytes.HasPrefix(b, []byte(m)) {
			line := b[:min(len(b), 8<<10)]
			if i := bytes.IndexByte(line, '\n'); i >= 0 {
				line = line[:i]
			}
			return bytes.Contains(line, []byte(" HTTP/"))
		}
	}
	return false
}

// headerEnd returns where the header lines at the start of b end, and where the
// body begins. Line ends may be LF, CR LF, or CR alone.
func headerEnd(b []byte) (end, body int, ok bool) {
	if end, body, ok = blankLine(b, 0); ok {
		return end, body, true
	}
	i := bytes.Index(b, []byte("\r\r"))
	if i < 0 || bytes.IndexByte(b[:i], '\n') >= 0 {
		return 0, 0, false
	}
	return i + 1, i + 2, true
}

// markupLine returns where in the header lines b a line begins that is the start
// of a page and no header line, or -1.
func markupLine(b []byte) int {
	for i := 0; ; {
		j := bytes.IndexByte(b[i:], '<')
		if j < 0 {
			return -1
		}
		i += j
		if i > 0 && b[i-1] == '\n' && i+1 < len(b) && (isName(b[i+1]) || b[i+1] == '!') {
			return i
		}
		i++
	}
}

// statusOf returns the number in a status line, or 0.
func statusOf(line string) int {
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return 0
	}
	rest := trimBlanks(line[i:])
	if len(rest) < 3 || len(rest) > 3 && rest[3] >= '0' && rest[3] <= '9' {
		return 0
	}
	n, err := strconv.Atoi(rest[:3])
	if err != nil || n < 100 {
		return 0
	}
	return n
}

// checkLength notes a body shorter than its Content-Length.
func (p *Response) checkLength(have int) {
	if n := p.Header.Get("Content-Length"); n != "" && parseLength(n) > int64(have) {
		p.BodyTruncated = true
		p.problem(ProblemShortBody)
	}
}

// tokens returns the codings in the named header lines in lower case, without
// those that mean none. If there are more than the limit it returns none: which
// of them are true cannot be known.
func (d *PayloadDecoder) tokens(name string) []string {
	d.values = d.resp.Header.Values(d.values[:0], name)
	d.codings = d.codings[:0]
	for _, v := range d.values {
		for v != "" {
			var token string
			token, v, _ = strings.Cut(v, ",")
			token, _, _ = strings.Cut(token, ";")
			switch token = strings.ToLower(trimBlanks(token)); token {
			case "", "identity", "none":
				continue
			}
			if len(d.codings) == d.Limits.Codings {
				d.resp.problem(ProblemTooManyCodings)
				return nil
			}
			d.codings = append(d.codings, token)
		}
	}
	return d.codings
}
