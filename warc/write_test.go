package warc

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// appendRecord appends a record with that block to dst.
func appendRecord(dst []byte, kind, uri, block string) []byte {
	dst = fmt.Appendf(dst, "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:test:%d>\r\nWARC-Target-URI: <%s>\r\nWARC-Date: 2024-06-01T00:00:00Z\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n", kind, len(dst), uri, len(block))
	return append(append(dst, block...), "\r\n\r\n"...)
}

// gzipped returns one gzip member.
func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// gzipRecords packs each plain record of b, as the reader sees them, into a
// member of its own.
func gzipRecords(t testing.TB, b []byte) []byte {
	t.Helper()
	r, err := NewReader(bytes.NewReader(b), int64(len(b)), Plain, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, gzipped(b[rec.Offset:rec.Offset+rec.Length])...)
	}
}

// records is a plain file of n records of about size bytes.
func records(n, size int) []byte {
	var b []byte
	for i := range n {
		block := bytes.Repeat(fmt.Appendf(nil, "block %d of a page, 正文内容;", i), 1+size/30)
		b = appendRecord(b, "resource", fmt.Sprintf("http://a.example/%d", i), string(block[:size]))
	}
	return b
}
