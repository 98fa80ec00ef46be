package warc

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// The reader is fuzzed in each container. Besides the bytes of a file there is
// a range, and a switch that packs the bytes first, a unit to every DEL byte, so
// that mutations reach the records.

func FuzzPlain(f *testing.F) {
	for _, tc := range plainCases() {
		f.Add(tc.file, false, uint16(0), uint16(0))
		f.Add(tc.file, false, uint16(20), uint16(300))
	}
	fuzzReader(f, Plain)
}

func FuzzGzip(f *testing.F) { fuzzPacked(f, GzipMembers) }
func FuzzZstd(f *testing.F) { fuzzPacked(f, ZstdFrames) }
func FuzzLZ4(f *testing.F)  { fuzzPacked(f, LZ4Frames) }

func fuzzPacked(f *testing.F, format Format) {
	for _, tc := range packedCases(format) {
		f.Add(tc.file, false, uint16(20), uint16(600))
	}
	for _, tc := range plainCases() {
		f.Add(tc.file, true, uint16(0), uint16(0))
	}
	if format == ZstdFrames {
		f.Add(dictionaryFile(f, plainRecords(f, records(60, 200)), func(b []byte) []byte { return b })[:4096], false, uint16(0), uint16(0))
	}
	fuzzReader(f, format)
}

// fuzzReader reads any bytes. The reader must come to an end, account for every
// byte of its span, keep the places in order, and hold little memory.
func fuzzReader(f *testing.F, format Format) {
	f.Fuzz(func(t *testing.T, b []byte, pack bool, from, to uint16) {
		o := Options{From: int64(from), To: int64(to), MaxRecordBytes: 4 << 10, MaxHeaderBytes: 512, MaxWindowBytes: 1 << 20}
		if pack {
			b = packUnits(format, b)
		}
		r, err := NewReader(bytes.NewReader(b), int64(len(b)), format, o)
		if err != nil {
			return
		}
		sum, last, count := int64(0), int64(-1), 0
		for {
			rec, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				if format == ZstdFrames && count == 0 {
					return // the dictionary cannot be used
				}
				t.Fatal(err)
			}
			if rec.Offset < last || rec.Offset == last && rec.Length != 0 || rec.Length < 0 || rec.Offset+rec.Length > int64(len(b)) {
				t.Fatalf("record at %d of %d bytes after one at %d", rec.Offset, rec.Length, last)
			}
			if rec.Offset < o.From || o.To > 0 && rec.Offset >= o.To {
				t.Fatalf("record at %d is not of the range %+v", rec.Offset, o)
			}
			if rec.Err != nil && !errors.Is(rec.Err, ErrDamaged) {
				t.Fatal(rec.Err)
			}
			if (rec.Err != nil || rec.Warning != "") != (len(rec.Problems) > 0) {
				t.Fatalf("problems %v with %q and %v", rec.Problems, rec.Warning, rec.Err)
			}
			last = rec.Offset
			sum += rec.Length
			if count++; count > 1000*(len(b)+1) {
				t.Fatal("no end")
			}
			if n := cap(r.s.buf); n > 2*searchBytes+1<<20 {
				t.Fatalf("%d bytes of memory", n)
			}
		}
		for _, g := range r.Gaps() {
			sum += g.Length
		}
		if from, to := r.Span(); sum != to-from || from < o.From || to > int64(len(b)) {
			t.Fatalf("%d bytes for the span %d to %d of %d", sum, from, to, len(b))
		}
	})
}

// packUnits cuts b after each DEL byte and packs the parts.
func packUnits(f Format, b []byte) []byte {
	var out []byte
	for _, part := range bytes.Split(b, []byte{0x7f}) {
		out = append(out, packed(f, part)...)
	}
	return out
}

// FuzzDecode unpacks any block; the body must keep to its limit.
func FuzzDecode(f *testing.F) {
	for _, tc := range responseCases() {
		f.Add([]byte(tc.block))
	}
	var d PayloadDecoder
	f.Fuzz(func(t *testing.T, block []byte) { fuzzDecode(t, &d, block) })
}

// FuzzCoding unpacks a body with each content coding.
func FuzzCoding(f *testing.F) {
	codings := []string{"gzip", "deflate", "br", "zstd", "gzip, br", "zstd, deflate"}
	body := bytes.Repeat([]byte("<p>正文</p>"), 20)
	for _, seed := range []string{string(gzipped(body)), zlibbed(string(body)), rawDeflate(string(body)), brotliPacked(string(body)), string(zstdPacked(body)), "<p>"} {
		for i := range codings {
			f.Add(uint8(i), []byte(seed))
		}
	}
	var d PayloadDecoder
	f.Fuzz(func(t *testing.T, coding uint8, body []byte) {
		head := "HTTP/1.1 200 OK\r\nContent-Encoding: " + codings[int(coding)%len(codings)] + "\r\n\r\n"
		fuzzDecode(t, &d, append([]byte(head), body...))
	})
}

func fuzzDecode(t *testing.T, d *PayloadDecoder, block []byte) {
	d.Limits = Limits{BodyBytes: 8 << 10, HeaderBytes: 4 << 10, HeaderLines: 50, WindowBytes: 1 << 20}
	resp, err := d.Decode(block)
	if err != nil {
		if !errors.Is(err, ErrNotHTTP) {
			t.Fatal(err)
		}
		return
	}
	if len(resp.Body) > 8<<10 {
		t.Fatalf("%d bytes, over the limit", len(resp.Body))
	}
	if resp.BodyTruncated && len(resp.Problems) == 0 {
		t.Fatal("truncated without a problem")
	}
	if n := len(resp.Header.Fields()); n > 100 {
		t.Fatalf("%d header lines", n)
	}
	if Kind(resp.Header.Get("Content-Type"), resp.Body) == "" {
		t.Fatal("no kind")
	}
}
