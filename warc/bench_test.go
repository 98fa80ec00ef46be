package warc

import (
	"bytes"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// unpackedSize returns how many bytes a gzip file unpacks to.
func unpackedSize(tb testing.TB, b []byte) int64 {
	tb.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		tb.Fatal(err)
	}
	n, err := io.Copy(io.Discard, z)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// BenchmarkGunzip is the yardstick: unpacking the file and nothing else.
func BenchmarkGunzip(b *testing.B) {
	file := crawlFile(b, "crawl-medium.warc.gz")
	b.SetBytes(unpackedSize(b, file))
	b.ReportAllocs()
	buf := make([]byte, 64<<10)
	in := bytes.NewReader(file)
	z, err := gzip.NewReader(in)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		in.Reset(file)
		if err := z.Reset(in); err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = z.Read(buf)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
		err = nil
	}
}

func benchmarkRead(b *testing.B, use func(rec *Record)) {
	file := crawlFile(b, "crawl-medium.warc.gz")
	b.SetBytes(unpackedSize(b, file))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(file), int64(len(file)), GzipMembers, Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for ; err == nil; n++ {
			var rec *Record
			if rec, err = r.Next(); err == nil {
				use(rec)
			}
		}
		if err != io.EOF || n < 6000 {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkReader(b *testing.B) { benchmarkRead(b, func(*Record) {}) }

func BenchmarkReaderDecode(b *testing.B) {
	var d PayloadDecoder
	benchmarkRead(b, func(rec *Record) {
		if rec.Type == "response" {
			if _, err := d.Decode(rec.Block); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReaderDecodeKind(b *testing.B) {
	var d PayloadDecoder
	benchmarkRead(b, func(rec *Record) {
		if rec.Type == "response" {
			resp, err := d.Decode(rec.Block)
			if err != nil {
				b.Fatal(err)
			}
			Kind(resp.Header.Get("Content-Type"), resp.Body)
		}
	})
}

// BenchmarkPlain reads the unpacked file.
func BenchmarkPlain(b *testing.B) {
	z, err := gzip.NewReader(bytes.NewReader(crawlFile(b, "crawl-medium.warc.gz")))
	if err != nil {
		b.Fatal(err)
	}
	file, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(file), int64(len(file)), Plain, Options{})
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}

// TestAllocations pins one allocation per record (the text of its header) and
// one per response (the same), once the memory has grown.
func TestAllocations(t *testing.T) {
	const n = 400
	block := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
	body := gzipped(bytes.Repeat([]byte("<p>正文</p>"), 500))
	block += "3\r\n" + string(body[:3]) + "\r\n" + hexSize(len(body)-3) + "\r\n" + string(body[3:]) + "\r\n0\r\n\r\n"
	var file []byte
	for range n {
		file = append(file, gzipped(appendRecord(nil, "response", "http://a.example/", block))...)
	}
	r, err := NewReader(bytes.NewReader(file), int64(len(file)), GzipMembers, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var d PayloadDecoder
	var rec *Record
	read := func() {
		if rec, err = r.Next(); err != nil || rec.Err != nil || rec.Warning != "" {
			t.Fatal(err, rec)
		}
	}
	read()
	if got := testing.AllocsPerRun(n/2, read); got > 1 {
		t.Errorf("%v allocations per record", got)
	}
	var resp *Response
	decode := func() {
		if resp, err = d.Decode(rec.Block); err != nil || len(resp.Problems) > 0 {
			t.Fatal(err, resp)
		}
	}
	decode()
	if got := testing.AllocsPerRun(100, decode); got > 1 {
		t.Errorf("%v allocations per response", got)
	}
	if got := testing.AllocsPerRun(100, func() { Kind("text/html", resp.Body) }); got > 0 {
		t.Errorf("%v allocations per kind", got)
	}
}

// hexSize returns n as the size of a chunk.
func hexSize(n int) string {
	const digits = "0123456789abcdef"
	if n < 16 {
		return digits[n : n+1]
	}
	return hexSize(n/16) + digits[n%16:n%16+1]
}
