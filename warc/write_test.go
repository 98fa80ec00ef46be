package warc

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
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

// packedFormats are the containers of units.
var packedFormats = []Format{GzipMembers, ZstdFrames, LZ4Frames}

// packed returns one unit of that format.
func packed(f Format, b []byte) []byte {
	switch f {
	case GzipMembers:
		return gzipped(b)
	case ZstdFrames:
		return zstdPacked(b)
	case LZ4Frames:
		var out bytes.Buffer
		w := lz4.NewWriter(&out)
		w.Write(b)
		w.Close()
		return out.Bytes()
	}
	return b
}

// zstdEncoder is shared: making one is slow.
var zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true), zstd.WithWindowSize(1<<20))
	if err != nil {
		panic(err)
	}
	return w
})

// zstdPacked returns one zstd frame.
func zstdPacked(b []byte, o ...zstd.EOption) []byte {
	if o == nil {
		return zstdEncoder().EncodeAll(b, nil)
	}
	w, err := zstd.NewWriter(nil, append([]zstd.EOption{zstd.WithEncoderConcurrency(1), zstd.WithZeroFrames(true)}, o...)...)
	if err != nil {
		panic(err)
	}
	defer w.Close()
	return w.EncodeAll(b, nil)
}

// randomBytes returns n bytes that do not pack well, letters and digits.
func randomBytes(seed uint64, n int) []byte {
	rnd := rand.New(rand.NewPCG(1, seed))
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[rnd.IntN(64)]
	}
	return b
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
