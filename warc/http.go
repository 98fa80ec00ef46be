package warc

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// ErrNotHTTP is wrapped by the error of [PayloadDecoder.Decode] for a block
// that does not start with an HTTP status line.
var ErrNotHTTP = errors.New("no HTTP status line")

// Problem codes of a [Response]. They name what was tolerated.
const (
	ProblemHeaderNoColon  = "header_no_colon" // a header line without a name
	ProblemHeaderFlood    = "header_flood"    // more header lines than are kept
	ProblemNoHeaderEnd    = "no_header_end"   // the block ends within the headers
	ProblemBadChunking    = "bad_chunking"    // said to be chunked but is not, or not to its end
	ProblemCutChunking    = "cut_chunking"    // the block ends within a chunk
	ProblemBadCoding      = "bad_content_encoding"
	ProblemCutCoding      = "cut_content_encoding"     // the coded body ends early
	ProblemCodingChecksum = "content_checksum"         // decoded, but its checksum differs
	ProblemUnknownCoding  = "unknown_content_encoding" // left as it is
	ProblemTooManyCodings = "too_many_codings"
	ProblemBodyLimit      = "body_limit" // larger than the limit, cut
	ProblemRatio          = "body_ratio" // unpacks to too much, cut
	ProblemShortBody      = "short_body" // fewer bytes than Content-Length
	ProblemBadStatus      = "bad_status" // status line without a number of three digits
)

// DefaultMaxBody is the limit of a body if the caller gives none.
const DefaultMaxBody = 64 << 20

// maxHTTPHeader bounds the header lines of a response.
const maxHTTPHeader = 256 << 10

// maxCodings bounds how often a body may be packed.
const maxCodings = 4

// Response is an HTTP response with its body unpacked. The strings may be
// kept; Header, Body and Problems are valid until the next
// [PayloadDecoder.Decode] and as long as the block.
type Response struct {
	Status     int    // 0 if the status line has none
	StatusLine string // without its line end
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
func (p *Response) problem(code string) {
	for _, c := range p.Problems {
		if c == code {
			return
		}
	}
	p.Problems = append(p.Problems, code)
}

// PayloadDecoder unpacks response records. The zero value is ready; it keeps
// its memory between calls and is used by one goroutine.
type PayloadDecoder struct {
	resp    Response
	chunked []byte
	plain   [2][]byte // unpacked bodies, in turn
	values  []string
	codings []string
	unpack  unpacker
}

// Decode reads a response from the block of a record. Transfer-Encoding
// chunked and Content-Encoding gzip and deflate (with or without the zlib
// wrapping), also stacked, are taken off. What a header promises and the bytes
// do not keep is left as it is and noted as a problem. A body is cut at
// maxBody unpacked bytes (DefaultMaxBody if that is 0 or less), or where it
// unpacks to more than 200 times its size beyond the first 16 MiB.
func (d *PayloadDecoder) Decode(block []byte, maxBody int64) (*Response, error) {
	if maxBody <= 0 {
		maxBody = DefaultMaxBody
	}
	if !bytes.HasPrefix(block, []byte("HTTP/")) {
		return nil, ErrNotHTTP
	}
	d.reset()
	p := &d.resp
	p.Body = p.head(block)
	raw := len(p.Body)
	codings := d.tokens("Transfer-Encoding")
	for i := len(codings) - 1; i >= 0; i-- {
		switch codings[i] {
		case "chunked":
			d.dechunk()
		default:
			d.decode(codings[i], maxBody)
		}
	}
	if len(codings) == 0 {
		p.checkLength(raw)
	}
	codings = d.tokens("Content-Encoding")
	for i := len(codings) - 1; i >= 0; i-- {
		d.decode(codings[i], maxBody)
	}
	if int64(len(p.Body)) > maxBody {
		p.Body = p.Body[:maxBody]
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
func (p *Response) head(block []byte) []byte {
	end, body, ok := blankLine(block[:min(len(block), maxHTTPHeader)], 0)
	if !ok {
		p.problem(ProblemNoHeaderEnd)
		p.BodyTruncated = true
		end, body = min(len(block), maxHTTPHeader), len(block)
	}
	text := string(block[:end])
	rest := ""
	p.StatusLine = text
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		p.StatusLine, rest = text[:i], text[i+1:]
	}
	p.StatusLine = strings.TrimRight(p.StatusLine, "\r \t")
	p.Status = statusOf(p.StatusLine)
	if p.Status == 0 {
		p.problem(ProblemBadStatus)
	}
	noColon, flood := p.Header.parse(rest)
	if noColon > 0 {
		p.problem(ProblemHeaderNoColon)
	}
	if flood {
		p.problem(ProblemHeaderFlood)
	}
	return block[body:]
}

// statusOf returns the number in a status line, or 0.
func statusOf(line string) int {
	_, rest, _ := strings.Cut(line, " ")
	rest = trimBlanks(rest)
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
// those that mean none.
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
			if len(d.codings) == maxCodings {
				d.resp.problem(ProblemTooManyCodings)
				return d.codings
			}
			d.codings = append(d.codings, token)
		}
	}
	return d.codings
}
