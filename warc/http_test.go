package warc

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
)

// responseCase is a block and what becomes of it.
type responseCase struct {
	name     string
	block    string
	body     string
	problems []string
	cut      bool
}

func rawDeflate(s string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 6) // the level is valid
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func zlibbed(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func responseCases() []responseCase {
	const page = "<html><body>第一段。第二段，很长很长很长很长很长很长。</body></html>"
	resp := func(headers, body string) string {
		return "HTTP/1.1 200 OK\r\n" + strings.ReplaceAll(headers, "\n", "\r\n") + "\r\n" + body
	}
	gz := string(gzipped([]byte(page)))
	chunked := func(s string) string {
		out := ""
		for len(s) > 0 {
			n := min(len(s), 20)
			out += hexSize(n) + "\r\n" + s[:n] + "\r\n"
			s = s[n:]
		}
		return out + "0\r\n\r\n"
	}
	bad := func(s string, at int) string {
		b := []byte(s)
		b[at] ^= 0xff
		return string(b)
	}
	const te, ce = "Transfer-Encoding: chunked\n", "Content-Encoding: gzip\n"
	return []responseCase{
		{"plain", resp("Content-Type: text/html\n", page), page, nil, false},
		{"no headers", "HTTP/1.1 200 OK\r\n\r\n" + page, page, nil, false},
		{"line feeds only", "HTTP/1.1 200 OK\nServer: x\n\n" + page, page, nil, false},
		{"chunked", resp(te, chunked(page)), page, nil, false},
		{"chunked with extension and trailer", resp(te, "5 ;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"), "hello", nil, false},
		{"chunked, stored unchunked", resp(te, page), page, []string{ProblemBadChunking}, false},
		{"chunked, breaks later", resp(te, "5\r\nhello\r\nrest of it"), "hellorest of it", []string{ProblemBadChunking}, false},
		{"chunked, cut in a chunk", resp(te, "5\r\nhello\r\nff\r\nrest"), "hellorest", []string{ProblemCutChunking}, true},
		{"chunked, cut between chunks", resp(te, "5\r\nhello\r\n"), "hello", []string{ProblemCutChunking}, true},
		{"chunked, huge size", resp(te, "fffffffffffffffff\r\nhello"), "fffffffffffffffff\r\nhello", []string{ProblemBadChunking}, false},
		{"gzip", resp(ce, gz), page, nil, false},
		{"gzip under another name and case", resp("content-encoding: X-GZIP\n", gz), page, nil, false},
		{"gzip in two members", resp(ce, gz+gz), page + page, nil, false},
		{"gzip and chunked", resp(te+ce, chunked(gz)), page, nil, false},
		{"gzip as transfer coding", resp("Transfer-Encoding: gzip, chunked\n", chunked(gz)), page, nil, false},
		{"gzip twice", resp("Content-Encoding: gzip, gzip\n", string(gzipped([]byte(gz)))), page, nil, false},
		{"gzip over deflate", resp("Content-Encoding: deflate\nContent-Encoding: gzip\n", string(gzipped([]byte(zlibbed(page))))), page, nil, false},
		{"gzip, stored unpacked", resp(ce, page), page, []string{ProblemBadCoding}, false},
		{"gzip thrice, is packed once", resp("Content-Encoding: gzip, gzip, gzip\n", gz), page, []string{ProblemBadCoding}, false},
		{"gzip, cut", resp(ce, gz[:len(gz)-12]), "", []string{ProblemCutCoding}, true},
		{"gzip, wrong checksum", resp(ce, bad(gz, len(gz)-6)), page, []string{ProblemCodingChecksum}, false},
		{"deflate in zlib", resp("Content-Encoding: deflate\n", zlibbed(page)), page, nil, false},
		{"deflate raw", resp("Content-Encoding: deflate\n", rawDeflate(page)), page, nil, false},
		{"deflate, is gzip", resp("Content-Encoding: deflate\n", gz), page, nil, false},
		{"deflate, stored unpacked", resp("Content-Encoding: deflate\n", page), page, []string{ProblemBadCoding}, false},
		{"identity", resp("Content-Encoding: identity\n", page), page, nil, false},
		{"unknown coding", resp("Content-Encoding: rot13\n", page), page, []string{ProblemUnknownCoding}, false},
		{"too many codings", resp("Content-Encoding: gzip,gzip,gzip,gzip,gzip,gzip\n", page), page, []string{ProblemTooManyCodings, ProblemBadCoding}, false},
		{"shorter than its length", resp("Content-Length: 1000\n", page), page, []string{ProblemShortBody}, true},
		{"longer than its length", resp("Content-Length: 3\n", page), page, nil, false},
		{"header without a colon", resp("Server nginx\n", page), page, []string{ProblemHeaderNoColon}, false},
		{"header without an end", "HTTP/1.1 200 OK\r\nServer: x", "", []string{ProblemNoHeaderEnd}, true},
		{"no status", "HTTP/1.1 \r\n\r\n" + page, page, []string{ProblemBadStatus}, false},
		{"empty body", resp(te+ce, ""), "", nil, false},
	}
}

func TestDecode(t *testing.T) {
	var d PayloadDecoder
	for _, tc := range responseCases() {
		t.Run(tc.name, func(t *testing.T) {
			resp, err := d.Decode([]byte(tc.block), 0)
			if err != nil {
				t.Fatal(err)
			}
			body := string(resp.Body)
			if tc.name == "gzip, cut" && len(body) > 10 { // what could be had
				body = ""
			}
			if body != tc.body {
				t.Errorf("body %q, want %q", body, tc.body)
			}
			if diff := cmp.Diff(tc.problems, append([]string(nil), resp.Problems...)); diff != "" {
				t.Error(diff)
			}
			if resp.BodyTruncated != tc.cut {
				t.Errorf("truncated: %v", resp.BodyTruncated)
			}
		})
	}
}

func TestDecodeHead(t *testing.T) {
	var d PayloadDecoder
	resp, err := d.Decode([]byte("HTTP/2 404\r\nX-Robots-Tag: noai\r\nx-robots-tag:noindex\r\nLong: one\r\n  two\r\n\r\n"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != 404 || resp.StatusLine != "HTTP/2 404" {
		t.Errorf("%d %q", resp.Status, resp.StatusLine)
	}
	if diff := cmp.Diff([]string{"noai", "noindex"}, resp.Header.Values(nil, "X-ROBOTS-TAG")); diff != "" {
		t.Error(diff)
	}
	if got := resp.Header.Get("long"); got != "one two" {
		t.Errorf("folded value %q", got)
	}
	if _, err := d.Decode([]byte("GET / HTTP/1.1\r\n\r\n"), 0); !errors.Is(err, ErrNotHTTP) {
		t.Errorf("request: %v", err)
	}
}

func TestDecodeLimits(t *testing.T) {
	var d PayloadDecoder
	head := "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
	zeros := string(gzipped(make([]byte, 40<<20)))
	for _, tc := range []struct {
		name, block, problem string
		limit, want          int64
	}{
		{"unpacked over the limit", head + zeros, ProblemBodyLimit, 1 << 20, 1 << 20},
		{"plain over the limit", "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 100), ProblemBodyLimit, 10, 10},
		{"ratio", head + zeros, ProblemRatio, 0, 0},
		{"packed twice", strings.Replace(head, "gzip", "gzip, gzip", 1) + string(gzipped([]byte(zeros))), ProblemRatio, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, err := d.Decode([]byte(tc.block), tc.limit)
			if err != nil {
				t.Fatal(err)
			}
			if !resp.BodyTruncated || len(resp.Problems) != 1 || resp.Problems[0] != tc.problem {
				t.Errorf("truncated %v, problems %v", resp.BodyTruncated, resp.Problems)
			}
			if n := int64(len(resp.Body)); tc.want > 0 && n != tc.want || n > bodyRatioFloor+64<<10 {
				t.Errorf("%d bytes", n)
			}
		})
	}
	if _, err := d.Decode([]byte("HTTP/1.1 200 OK\r\n\r\n"), 0); err != nil || cap(d.plain[0]) > keepBytes || cap(d.plain[1]) > keepBytes {
		t.Error("memory of a giant body was kept")
	}
}
