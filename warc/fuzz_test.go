package warc

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// FuzzReader reads any bytes, in either format and in a range. It must come to
// an end, account for every byte of its span, and keep the places in order.
func FuzzReader(f *testing.F) {
	for _, tc := range plainCases() {
		f.Add(tc.file, uint8(0), uint16(0), uint16(0))
		f.Add(tc.file, uint8(2), uint16(0), uint16(0))
	}
	for _, tc := range packedCases(GzipMembers) {
		f.Add(tc.file, uint8(1), uint16(20), uint16(600))
	}
	f.Fuzz(func(t *testing.T, b []byte, mode uint8, from, to uint16) {
		o := Options{From: int64(from), To: int64(to), MaxRecordBytes: 4 << 10, MaxHeaderBytes: 512}
		format := Plain
		switch mode % 3 {
		case 1:
			format = GzipMembers
		case 2: // so that mutations reach the records
			format = GzipMembers
			b = packMembers(b)
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
			last = rec.Offset
			sum += rec.Length
			if count++; count > 1000*(len(b)+1) {
				t.Fatal("no end")
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

// packMembers cuts b after each DEL byte and packs the parts.
func packMembers(b []byte) []byte {
	var out []byte
	for _, part := range bytes.Split(b, []byte{0x7f}) {
		out = append(out, gzipped(part)...)
	}
	return out
}

// FuzzDecode unpacks any block; the body must keep to its limit.
func FuzzDecode(f *testing.F) {
	for _, tc := range responseCases() {
		f.Add([]byte(tc.block))
	}
	var d PayloadDecoder
	f.Fuzz(func(t *testing.T, block []byte) {
		const limit = 8 << 10
		d.Limits.BodyBytes = limit
		resp, err := d.Decode(block)
		if err != nil {
			if !errors.Is(err, ErrNotHTTP) {
				t.Fatal(err)
			}
			return
		}
		if len(resp.Body) > limit {
			t.Fatalf("%d bytes, limit %d", len(resp.Body), limit)
		}
		if resp.BodyTruncated && len(resp.Problems) == 0 {
			t.Fatal("truncated without a problem")
		}
		if Kind(resp.Header.Get("Content-Type"), resp.Body) == "" {
			t.Fatal("no kind")
		}
	})
}
