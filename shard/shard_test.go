package shard

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// record returns a record of about n bytes.
func record(i, n int) []byte {
	return fmt.Appendf(nil, `{"id":"%032x","text":"%s","date_published":null}`, i, strings.Repeat("清流", n/6+i%7))
}

// build writes records into one shard.
func build(t testing.TB, o Options, records ...[]byte) ([]byte, Stats) {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), s
}

func readAll(t testing.TB, r io.Reader) []string {
	t.Helper()
	sr, err := NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	defer sr.Close()
	var lines []string
	for {
		line, err := sr.Next()
		if err == io.EOF {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
}

func TestWriter_roundTrip(t *testing.T) {
	t.Parallel()
	for _, level := range []string{"fastest", "", "default", "better", "best"} {
		var records [][]byte
		var want []string
		for i := range 200 {
			records = append(records, record(i, 300))
			want = append(want, string(records[i]))
		}
		b, s := build(t, Options{Level: level, FrameBytes: 4096}, records...)
		if diff := cmp.Diff(want, readAll(t, bytes.NewReader(b))); diff != "" {
			t.Errorf("level %q: %s", level, diff)
		}
		again, _ := build(t, Options{Level: level, FrameBytes: 4096}, records...)
		if !bytes.Equal(b, again) {
			t.Errorf("level %q: the same records gave other bytes", level)
		}
		f, err := OpenFrames(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Len() != s.Frames || s.Frames < 10 {
			t.Fatalf("level %q: %d frames in the seek table, %d written", level, f.Len(), s.Frames)
		}
		for i := f.Len() - 1; i >= 0; i-- {
			got, err := f.ReadFrame(nil, i)
			if err != nil {
				t.Fatal(err)
			}
			x := s.FrameIndex[i]
			if lines := strings.Join(want[x.FirstRow:x.FirstRow+x.Rows], "\n") + "\n"; lines != string(got) {
				t.Errorf("level %q: frame %d differs from its rows", level, i)
			}
		}
		f.Close()
	}
}

// A changed sum means that a release made again differs: raise the version of
// the stage that writes shards.
func TestWriter_bytesStay(t *testing.T) {
	t.Parallel()
	var records [][]byte
	for i := range 2000 {
		records = append(records, fmt.Appendf(nil, `{"id":"%032x","text":"第%d回 %s"}`, i*i, i, strings.Repeat("清流", i*i%97)))
	}
	for level, want := range map[string]string{
		"fastest": "7a2bf79ce400db9134f2479f03d47492c8b19f33e6d584f14c67c77c93c4c818",
		"default": "8c3486c62e384453f99785d0eaf014f949d1bbb3288288679fc7237c24d43c07",
		"better":  "85e7a21526b9ab49e989ec850ca4774c32209ea29e72182d5583a3b24ed35a28",
		"best":    "1eb7f518b87d4598ba4d645a4e95ef66060ef71348f6890ff63eeb8daf0d225c",
	} {
		if _, s := build(t, Options{Level: level, FrameBytes: 128 << 10}, records...); s.SHA256Packed != want {
			t.Errorf("level %s: SHA-256 %s, want %s", level, s.SHA256Packed, want)
		}
	}
}
