package warc

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
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

func brotliPacked(s string) string {
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
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
	long := string(randomBytes(5, 200_000))
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
		{"too many codings", resp("Content-Encoding: gzip,gzip,gzip,gzip,gzip,gzip\n", page), page, []string{ProblemTooManyCodings}, false},
		{"shorter than its length", resp("Content-Length: 1000\n", page), page, []string{ProblemShortBody}, true},
		{"longer than its length", resp("Content-Length: 3\n", page), page, nil, false},
		{"header without a colon", resp("Server nginx\n", page), page, []string{ProblemHeaderNoColon}, false},
		{"header without an end", "HTTP/1.1 200 OK\r\nServer: x", "", []string{ProblemNoHeaderEnd}, true},
		{"no status", "HTTP/1.1 \r\n\r\n" + page, page, []string{ProblemBadStatus}, false},
		{"empty body", resp(te+ce, ""), "", nil, false},
		{"chunked, size padded with blanks", resp(te, "  5  \r\nhello\r\n0\r\n\r\n"), "hello", nil, false},
		{"chunked twice in the headers", resp(te+te, chunked(page)), page, nil, false},
		{"br", resp("Content-Encoding: br\n", brotliPacked(page)), page, nil, false},
		{"br, stored unpacked", resp("Content-Encoding: br\n", page), page, []string{ProblemBadCoding}, false},
		{"br, cut", resp("Content-Encoding: br\n", brotliPacked(long)[:1000]), "", []string{ProblemCutCoding}, true},
		{"br, is gzip", resp("Content-Encoding: br\n", gz), page, nil, false},
		{"gzip over br", resp("Content-Encoding: br, gzip\n", string(gzipped([]byte(brotliPacked(page))))), page, nil, false},
		{"zstd", resp("Content-Encoding: zstd\n", string(zstdPacked([]byte(page)))), page, nil, false},
		{"zstd in two frames", resp("Content-Encoding: zstd\n", string(zstdPacked([]byte(page)))+string(zstdPacked([]byte(page)))), page + page, nil, false},
		{"zstd, other checksum", resp("Content-Encoding: zstd\n", otherSum(zstdPacked([]byte(page)))), page, []string{ProblemCodingChecksum}, false},
		{"zstd, other checksum in the first frame", resp("Content-Encoding: zstd\n", otherSum(zstdPacked([]byte(page)))+"\x50\x2a\x4d\x18\x01\x00\x00\x00x"+string(zstdPacked([]byte(page)))), page + page, []string{ProblemCodingChecksum}, false},
		{"zstd without a checksum", resp("Content-Encoding: zstd\n", string(zstdPacked([]byte(page), zstd.WithEncoderCRC(false)))), page, nil, false},
		{"gzip, other checksum in the first member", resp("Content-Encoding: gzip\n", gz[:len(gz)-8]+"1234"+gz[len(gz)-4:]+gz), page + page, []string{ProblemCodingChecksum}, false},
		{"zstd, stored unpacked", resp("Content-Encoding: zstd\n", page), page, []string{ProblemBadCoding}, false},
		{"zstd, cut", resp("Content-Encoding: zstd\n", string(zstdPacked([]byte(long)))[:140_000]), "", []string{ProblemCutCoding}, true},
		{"page packed in secret", resp("Content-Type: text/html\n", gz), page, []string{ProblemHiddenCoding}, false},
		{"file that is packed", resp("Content-Type: application/gzip\n", gz), gz, nil, false},
		{"no status line, headers", "Content-Type: text/html\r\n\r\n" + page, page, []string{ProblemNoStatus}, false},
		{"HTTP/0.9", page, page, []string{ProblemNoStatus}, false},
		{"HTTP/0.9, text", "第一段。\n\n第二段。", "第一段。\n\n第二段。", []string{ProblemNoStatus}, false},
		{"ICY", "ICY 200 OK\r\nicy-name: x\r\n\r\n" + page, page, nil, false},
		{"line ends before", "\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n" + page, page, nil, false},
		{"lower case protocol", "http/1.1 200 ok\r\nA: b\r\n\r\n" + page, page, nil, false},
		{"carriage returns only", "HTTP/1.1 200 OK\rContent-Encoding: gzip\r\r" + gz, page, nil, false},
		{"doubled carriage returns", "HTTP/1.1 200 OK\r\r\nContent-Encoding: gzip\r\r\n\r\r\n" + gz, page, nil, false},
		{"mixed line ends", "HTTP/1.1 200 OK\nContent-Encoding: gzip\r\n\n" + gz, page, nil, false},
		{"page without a blank line", "HTTP/1.1 200 OK\r\nServer: x\r\n" + page + "\n\nend", page + "\n\nend", []string{ProblemNoHeaderEnd}, false},
		{"continue first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gz, page, nil, false},
	}
}

func TestDecode(t *testing.T) {
	var d PayloadDecoder
	for _, tc := range responseCases() {
		t.Run(tc.name, func(t *testing.T) {
			resp, err := d.Decode([]byte(tc.block))
			if err != nil {
				t.Fatal(err)
			}
			body := string(resp.Body)
			if strings.HasSuffix(tc.name, ", cut") && len(body) > 10 { // what could be had
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

func TestStatusLines(t *testing.T) {
	var d PayloadDecoder
	for line, want := range map[string]int{
		"HTTP/1.1 200 OK": 200, "HTTP/1.1 200": 200, "HTTP/1.0 404 Not Found": 404, "HTTP/2 200": 200, "HTTP/3 503 ": 503,
		"HTTP/1.1  301  Moved": 301, "HTTP/1.1\t200\tOK": 200, "HTTP 200 OK": 200, "ICY 200 OK": 200, "HTTP/1.1 OK": 0,
		"HTTP/1.1": 0, "HTTP/1.1 2000": 0, "HTTP/1.1 20x": 0, "HTTP/1.1 099": 0, "HTTP/1.1 -20": 0, "HTTP/9.z 200 OK": 200, "HTTP/1.1 200\xb3\xc9\xb9\xa6": 200,
	} {
		resp, err := d.Decode([]byte(line + "\r\nServer: x\r\n\r\nbody"))
		if err != nil || resp.Status != want || string(resp.Body) != "body" || resp.Header.Get("server") != "x" {
			t.Errorf("%q: %v, status %d, want %d, body %q", line, err, resp.Status, want, resp.Body)
		}
		if bad := want == 0; bad != (len(resp.Problems) == 1 && resp.Problems[0] == ProblemBadStatus) {
			t.Errorf("%q: problems %v", line, resp.Problems)
		}
	}
}

func TestDecodeHead(t *testing.T) {
	var d PayloadDecoder
	resp, err := d.Decode([]byte("HTTP/2 404\r\nX-Robots-Tag: noai\r\nx-robots-tag:noindex\r\nLong: one\r\n  two\r\n\r\n"))
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
	if _, err := d.Decode([]byte("GET / HTTP/1.1\r\n\r\n")); !errors.Is(err, ErrNotHTTP) {
		t.Errorf("request: %v", err)
	}
}

func TestDecodeLimits(t *testing.T) {
	head := func(coding string) string { return "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\n\r\n" }
	zeros := make([]byte, 40<<20)
	gz := string(gzipped(zeros))
	small := Limits{BodyBytes: 1 << 20}
	window := []byte(zstdPacked(zeros, zstd.WithSingleSegment(false), zstd.WithWindowSize(8<<20)))
	window[5] = (27 - 10) << 3 // asks for 128 MiB, RFC 8878 section 3.1.1.1.2
	for _, tc := range []struct {
		name, block string
		limits      Limits
		problems    []string
		cut         bool
		most        int // bytes of the body
	}{
		{"unpacked over the limit", head("gzip") + gz, small, []string{ProblemBodyLimit}, true, 1 << 20},
		{"plain over the limit", "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 100), Limits{BodyBytes: 10}, []string{ProblemBodyLimit}, true, 10},
		{"ratio", head("gzip") + gz, Limits{}, []string{ProblemRatio}, true, 17 << 20},
		{"packed twice", head("gzip, gzip") + string(gzipped([]byte(gz))), Limits{}, []string{ProblemRatio}, true, 17 << 20},
		{"packed twice, small", head("gzip, gzip") + string(gzipped([]byte(gz))), small, []string{ProblemBodyLimit}, true, 1 << 20},
		{"zstd bomb", head("zstd") + string(zstdPacked(zeros)), small, []string{ProblemBodyLimit}, true, 1 << 20},
		{"zstd ratio", head("zstd") + string(zstdPacked(zeros, zstd.WithSingleSegment(false), zstd.WithWindowSize(1<<20))), Limits{}, []string{ProblemRatio}, true, 17 << 20},
		{"zstd window", head("zstd") + string(window), Limits{}, []string{ProblemCodingWindow}, false, len(window)},
		{"br bomb", head("br") + brotliPacked(string(zeros)), small, []string{ProblemBodyLimit}, true, 1 << 20},
		{"br ratio", head("br") + brotliPacked(string(zeros)), Limits{}, []string{ProblemRatio}, true, 17 << 20},
		{"five codings", head("gzip, gzip, gzip, gzip, gzip") + gz, Limits{}, []string{ProblemTooManyCodings}, false, len(gz)},
		{"two codings, one allowed", head("gzip, br") + gz, Limits{Codings: 1}, []string{ProblemTooManyCodings}, false, len(gz)},
		{"a million header lines", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 1_000_000) + "\r\nbody", Limits{}, []string{ProblemHeaderLimit, ProblemHeaderFlood}, true, 0},
		{"a few header lines", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 11) + "\r\nbody", Limits{HeaderLines: 10}, []string{ProblemHeaderFlood}, false, 4},
		{"a long header line", "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 10_000) + "\r\n\r\nbody", Limits{HeaderBytes: 1000}, []string{ProblemHeaderLimit}, true, 0},
		{"continuation lines", "HTTP/1.1 200 OK\r\nA: b\r\n" + strings.Repeat(" c\r\n", 40_000) + "\r\nbody", Limits{}, nil, false, 4},
		{"chunks of a byte", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\nx\r\n", 500_000), small, []string{ProblemCutChunking}, true, 500_000},
		{"endless chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("0", 5000), small, []string{ProblemBadChunking}, false, 5000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := PayloadDecoder{Limits: tc.limits}
			resp, err := d.Decode([]byte(tc.block))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.problems, append([]string(nil), resp.Problems...)); diff != "" || resp.BodyTruncated != tc.cut {
				t.Errorf("truncated %v, problems %s", resp.BodyTruncated, diff)
			}
			if n := len(resp.Body); n > tc.most || n < tc.most-1<<20 {
				t.Errorf("%d bytes", n)
			}
			if n := cap(d.plain[0]) + cap(d.plain[1]); n > 4*tc.most+1<<20 {
				t.Errorf("%d bytes of memory", n)
			}
			if _, err := d.Decode([]byte("HTTP/1.1 200 OK\r\n\r\n")); err != nil || cap(d.plain[0]) > keepBytes || cap(d.plain[1]) > keepBytes {
				t.Error("memory of a giant body was kept")
			}
		})
	}
}

// otherSum changes the last byte of a frame, which is one of its checksum.
func otherSum(frame []byte) string {
	frame[len(frame)-1] ^= 0x55
	return string(frame)
}
