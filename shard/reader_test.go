package shard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// pack makes one foreign zstd frame.
func pack(t testing.TB, s string, o ...zstd.EOption) []byte {
	t.Helper()
	e, err := zstd.NewWriter(nil, o...)
	if err != nil {
		t.Fatal(err)
	}
	return e.EncodeAll([]byte(s), nil)
}

func TestReader_foreignLayouts(t *testing.T) {
	t.Parallel()
	skippable := []byte{0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'}
	one := pack(t, "{\"a\":1}\n{\"a\":2}\n")
	for _, c := range []struct {
		name string
		in   []byte
		want []string
	}{
		{"empty file", nil, nil},
		{"empty frame", pack(t, "", zstd.WithZeroFrames(true)), nil},
		{"one frame", one, []string{`{"a":1}`, `{"a":2}`}},
		{"line over two frames", append(pack(t, "{\"a\":"), pack(t, "1}\n")...), []string{`{"a":1}`}},
		{"skippable frames around", bytes.Join([][]byte{skippable, one, skippable}, nil), []string{`{"a":1}`, `{"a":2}`}},
		{"no line end", pack(t, "{}\n{\"b\":1}"), []string{"{}", `{"b":1}`}},
		{"empty lines", pack(t, "\n\n"), []string{"", ""}},
	} {
		if diff := cmp.Diff(c.want, readAll(t, bytes.NewReader(c.in))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestReader_longLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("清", 3<<20)
	b, _ := build(t, Options{}, []byte(long), []byte("{}"), []byte(long), []byte("{}"))
	if diff := cmp.Diff([]string{long, "{}", long, "{}"}, readAll(t, bytes.NewReader(b))); diff != "" {
		t.Error("long lines changed")
	}
	bomb := pack(t, strings.Repeat("a", MaxRecordBytes+2)+"\n{}\n")
	r, err := NewReader(bytes.NewReader(bomb))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Next(); !errors.Is(err, ErrRecordTooLong) {
		t.Errorf("a line of %d bytes: %v", MaxRecordBytes+2, err)
	}
	if _, err := r.Next(); !errors.Is(err, ErrRecordTooLong) {
		t.Errorf("the error does not stay: %v", err)
	}
}

func TestReader_damage(t *testing.T) {
	t.Parallel()
	var records [][]byte
	for i := range 100 {
		records = append(records, record(i, 500))
	}
	b, s := build(t, Options{FrameBytes: 8 << 10}, records...)
	last := s.FrameIndex[s.Frames-1]
	for _, c := range []struct {
		name string
		in   []byte
		rows int // of whole frames before the damage
	}{
		{"cut in the first frame", b[:last.Offset/20], 0},
		{"cut in the last frame", b[:last.Offset+last.Packed/2], last.FirstRow},
		{"cut before the checksum", b[:last.Offset+last.Packed-1], last.FirstRow},
		{"foreign bytes behind", append(bytes.Clone(b), "more"...), s.Records},
		{"no zstd", []byte("{\"a\":1}\n"), 0},
	} {
		r, err := NewReader(bytes.NewReader(c.in))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for err = error(nil); err == nil; n++ {
			_, err = r.Next()
		}
		r.Close()
		if n--; n < c.rows || err == io.EOF || !strings.Contains(err.Error(), fmt.Sprintf("row %d at unpacked offset ", n)) {
			t.Errorf("%s: %d rows of at least %d, then %v", c.name, n, c.rows, err)
		}
	}
}

func TestWriter_refuses(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Level: "max"}, {FrameBytes: -1}, {FrameBytes: MaxFrameBytes + 1}} {
		if _, err := NewWriter(io.Discard, o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	w, err := NewWriter(io.Discard, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range [][]byte{nil, []byte("{}\n"), make([]byte, MaxRecordBytes+1)} {
		if err := w.Write(r); err == nil {
			t.Errorf("a record of %d bytes: no error", len(r))
		}
	}
	if err := w.Write([]byte("{}")); err != nil || w.Rows() != 1 || w.Frame() != 0 || w.UnpackedBytes() != 3 {
		t.Errorf("%v, row %d, frame %d, %d bytes", err, w.Rows(), w.Frame(), w.UnpackedBytes())
	}
	if _, err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := w.Write([]byte("{}")); err == nil {
		t.Error("write to a closed shard: no error")
	}
	if _, err := w.Close(); err == nil {
		t.Error("second close: no error")
	}
}

type brokenWriter struct{ n int }

func (b *brokenWriter) Write(p []byte) (int, error) {
	if b.n -= len(p); b.n < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestWriter_errorStays(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(&brokenWriter{1000}, Options{FrameBytes: 1000})
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for err == nil {
		err = w.Write(fmt.Appendf(nil, `{"a":%d}`, rnd.Uint64()))
	}
	if _, again := w.Close(); !errors.Is(err, io.ErrClosedPipe) || !errors.Is(again, io.ErrClosedPipe) {
		t.Errorf("%v, then %v", err, again)
	}
}

func TestWriter_emptyShard(t *testing.T) {
	t.Parallel()
	b, s := build(t, Options{})
	if s.Records != 0 || s.Frames != 1 || s.Unpacked != 0 || int64(len(b)) != s.Packed {
		t.Errorf("%+v", s)
	}
	if lines := readAll(t, bytes.NewReader(b)); len(lines) > 0 {
		t.Errorf("%q", lines)
	}
}

func FuzzReader(f *testing.F) {
	for _, o := range []Options{{}, {Level: "best", FrameBytes: 64}, {Level: "fastest", FrameBytes: 1}} {
		b, _ := build(f, o, record(1, 100), record(2, 200), record(3, 10))
		f.Add(b)
		f.Add(b[:len(b)/2])
		b = bytes.Clone(b)
		b[len(b)/3] ^= 1
		f.Add(b)
	}
	f.Add(pack(f, "{}\n{}", zstd.WithWindowSize(1<<20)))
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x01, 0, 0}) // a large window and nothing in it
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b))
		if err != nil {
			return
		}
		defer r.Close()
		var lines int
		var size int64
		for size < 64<<20 {
			line, err := r.Next()
			if err != nil {
				break
			}
			lines++
			size += int64(len(line)) + 1
		}
		if r.Row() != lines {
			t.Errorf("%d lines, row %d", lines, r.Row())
		}
		fr, err := OpenFrames(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		defer fr.Close()
		for i := range min(fr.Len(), 20) {
			x := fr.Frame(i)
			got, err := fr.ReadFrame(nil, i)
			if err == nil && x.Unpacked >= 0 && int64(len(got)) != x.Unpacked {
				t.Errorf("frame %d: %d bytes, the index says %d", i, len(got), x.Unpacked)
			}
		}
	})
}

func BenchmarkWriter(b *testing.B) {
	for _, level := range []string{"default", "best"} {
		b.Run("level="+level, func(b *testing.B) {
			w, err := NewWriter(io.Discard, Options{Level: level})
			if err != nil {
				b.Fatal(err)
			}
			rec := record(1, 6000)
			b.SetBytes(int64(len(rec)))
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Write(rec); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
