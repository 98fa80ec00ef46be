package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestRandomDamage builds files, damages them anywhere, and reads them whole
// and in two ranges: the bytes add up and the ranges agree with the whole. The
// seed is fixed because a wrong length can by chance end exactly where another
// record does, which no reader can tell from an archive inside an archive (met
// with sizes chosen to repeat; in none of 30,000 files made as here).
func TestRandomDamage(t *testing.T) {
	n := 2000
	if testing.Short() {
		n = 200
	}
	for i := range n {
		rnd := rand.New(rand.NewPCG(2026, uint64(i)))
		format := Format(rnd.IntN(4))
		file := damagedFile(rnd, format)
		if len(file) < 2 {
			continue
		}
		want, _ := readFormat(t, file, format, Options{})
		for range 5 {
			checkCut(t, file, format, 1+rnd.IntN(len(file)-1), want)
		}
	}
}

// damagedFile returns up to 6 members or groups of plain records with wrong
// headers, and then bytes flipped, deleted, inserted or cut off.
func damagedFile(rnd *rand.Rand, format Format) []byte {
	edits := [][2]string{{"Length: ", "Length: 1"}, {"WARC/1.0", "WARC/9.z"}, {"Content-Length", "X"}, {"\r\n\r\n", "\r\n"}, {"WARC-Date:", "WARC-Date"}, {"\r\n", "\n"}}
	var file []byte
	for i := range 1 + rnd.IntN(6) {
		var member []byte
		for range 1 + rnd.IntN(6)/3 {
			member = appendRecord(member, "resource", "http://a.example/", strings.Repeat(fmt.Sprintf("正文 %d ", i), rnd.IntN(200)))
			if rnd.IntN(3) == 0 {
				e := edits[rnd.IntN(len(edits))]
				member = bytes.Replace(member, []byte(e[0]), []byte(e[1]), 1+rnd.IntN(2))
			}
		}
		file = append(file, packed(format, member)...)
	}
	for range rnd.IntN(4) {
		at := rnd.IntN(len(file) + 1)
		n := min(1+rnd.IntN(40), len(file)-at)
		switch rnd.IntN(4) {
		case 0:
			for i := range n {
				file[at+i] ^= 0x5a
			}
		case 1:
			file = append(file[:at:at], file[at+n:]...)
		case 2:
			file = append(file[:at:at], append(bytes.Repeat([]byte("?"), n), file[at:]...)...)
		case 3:
			file = file[:len(file)-n]
		}
	}
	return file
}

func TestRecordOverTheLimit(t *testing.T) {
	small := Options{MaxRecordBytes: 1000}
	plain := bytes.Join([][]byte{records(1, 100), records(1, 300_000), records(1, 100)}, nil)
	type file struct {
		file []byte
		f    Format
	}
	files := []file{{plain, Plain}}
	for _, f := range packedFormats {
		each := bytes.Join([][]byte{packed(f, records(1, 100)), packed(f, records(1, 300_000)), packed(f, records(1, 100))}, nil)
		files = append(files, file{each, f}, file{packed(f, plain), f})
	}
	for _, tc := range files {
		r, err := NewReader(bytes.NewReader(tc.file), int64(len(tc.file)), tc.f, small)
		if err != nil {
			t.Fatal(err)
		}
		read, over := 0, 0
		for {
			rec, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if rec.Err == nil {
				read++
			} else if over++; len(rec.Block) > 0 || !strings.Contains(rec.Err.Error(), "over the limit") {
				t.Errorf("%d bytes with %v", len(rec.Block), rec.Err)
			}
		}
		if read != 2 || over != 1 {
			t.Errorf("%s: %d records and %d over the limit", tc.f, read, over)
		}
	}
}

func TestHeaderOverTheLimit(t *testing.T) {
	long := strings.Replace(string(records(1, 50)), "Content-Type", "X: "+strings.Repeat("y", 5000)+"\r\nContent-Type", 1)
	for _, f := range append(packedFormats, Plain) {
		file := append(packed(f, []byte(long)), packed(f, records(1, 60))...)
		all, r := readFormat(t, file, f, Options{MaxHeaderBytes: 2000})
		good := 0
		for _, g := range all {
			if g.Err == "" {
				good++
			}
		}
		if good != 1 || len(all)+len(r.Gaps()) != 2 {
			t.Errorf("%s: %d of %d records are good, %d gaps", f, good, len(all), len(r.Gaps()))
		}
	}
}

// TestRatio unpacks a member that is over a low ratio; the next one is read.
func TestRatio(t *testing.T) {
	for _, f := range packedFormats {
		file := append(packed(f, records(1, 20<<20)), packed(f, records(1, 60))...)
		all, _ := readFormat(t, file, f, Options{MaxRatio: 20})
		if len(all) != 2 || !strings.Contains(all[0].Err, "unpacks to too many bytes") || all[1].Err != "" {
			t.Errorf("%s: %d records, the first with %q", f, len(all), all[0].Err)
		}
	}
}

// failing is a file that cannot be read from an offset on.
type failing struct {
	b  []byte
	at int64
}

var errDisk = errors.New("disk on fire")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.at {
		return 0, errDisk
	}
	return copy(p, f.b[off:]), nil
}

func TestReadErrorIsNoDamage(t *testing.T) {
	plain := records(400, 9000)
	for _, f := range append(packedFormats, Plain) {
		file := plain
		if f != Plain {
			file = nil
			for i := range 400 {
				file = append(file, packed(f, randomRecord(i))...)
			}
		}
		for _, o := range []Options{{}, {From: 1 << 20}, {From: int64(len(file)) - 5}} {
			r, err := NewReader(failing{file, int64(len(file)) - 1000}, int64(len(file)), f, o)
			if err != nil {
				t.Fatal(err)
			}
			for err == nil {
				var rec *Record
				if rec, err = r.Next(); err == nil && rec.Err != nil {
					t.Fatalf("%s: damage reported: %v", f, rec.Err)
				}
			}
			if !errors.Is(err, errDisk) {
				t.Errorf("%s, options %+v: %v", f, o, err)
			}
			if _, err := r.Next(); err != io.EOF {
				t.Errorf("after the error: %v", err)
			}
		}
	}
}

// randomRecord is a record that does not compress well.
func randomRecord(seed int) []byte {
	b := make([]byte, 9000)
	x := uint32(seed) + 1
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return appendRecord(nil, "resource", "u", string(b))
}

func TestFileShorterThanPromised(t *testing.T) {
	b := records(3, 100)
	r, err := NewReader(bytes.NewReader(b), int64(len(b))+10, Plain, Options{})
	for err == nil {
		_, err = r.Next()
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}

// TestDamagedChains reads files made so that each damaged member leads the
// inflater through all that follow: the work must stay linear.
func TestDamagedChains(t *testing.T) {
	// Stored deflate blocks, each holding the start of another gzip member
	// that continues in the same chain; the chain ends in a bad block.
	var file []byte
	stored := func(data []byte) {
		n := len(data)
		file = append(file, 0, byte(n), byte(n>>8), ^byte(n), ^byte(n>>8))
		file = append(file, data...)
	}
	head := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}
	file = append(file, head...)
	for range 2000 {
		stored([]byte("WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 99999999\r\n\r\n"))
		stored(append(append([]byte(nil), head...), 0, 0, 0, 0xff, 0xff)[:10])
	}
	file = append(file, 7, 7, 7)
	all, _ := readFormat(t, file, GzipMembers, Options{MaxRecordBytes: 1 << 20})
	if len(all) == 0 {
		t.Error("no record")
	}
}

func TestSniff(t *testing.T) {
	plain := records(1, 100)
	for _, tc := range []struct {
		name string
		head []byte
		f    Format
		ok   bool
	}{
		{"plain", plain, Plain, true},
		{"plain, cut", plain[:20], Plain, true},
		{"gzip", gzipped(plain), GzipMembers, true},
		{"gzip, cut", gzipped(records(1, 50_000))[:150], GzipMembers, true},
		{"gzip of something else", gzipped([]byte("hello world, hello world")), GzipMembers, false},
		{"zstd", zstdPacked(plain), ZstdFrames, true},
		{"zstd, cut", zstdPacked(randomRecord(1))[:5000], ZstdFrames, false}, // the first block is not whole
		{"zstd, cut behind a block", zstdPacked(appendRecord(nil, "resource", "u", string(randomBytes(1, 300_000))))[:SniffBytes], ZstdFrames, true},
		{"zstd of something else", zstdPacked([]byte("hello world")), ZstdFrames, false},
		{"zstd dictionary", []byte("\x5d\x2a\x4d\x18\x00\x01\x00\x00\x37\xa4\x30\xec"), ZstdFrames, true},
		{"other skippable frame", []byte("\x5d\x2a\x4d\x18\x00\x01\x00\x00data"), ZstdFrames, false},
		{"lz4", packed(LZ4Frames, plain), LZ4Frames, true},
		{"lz4, cut", packed(LZ4Frames, randomRecord(1))[:40], LZ4Frames, true},
		{"lz4 of something else", packed(LZ4Frames, []byte("hello world")), LZ4Frames, false},
		{"empty", nil, Plain, false},
		{"only the magic", []byte{0x1f, 0x8b}, Plain, false},
		{"page", []byte("<html>WARC/1.0"), Plain, false},
		{"bad version", []byte("WARC/x.0\r\n"), Plain, false},
	} {
		if f, ok := Sniff(tc.head); ok != tc.ok || ok && f != tc.f {
			t.Errorf("%s: %v %v", tc.name, f, ok)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for _, o := range []Options{{From: -1}, {From: 11}, {From: 5, To: 4}} {
		if _, err := NewReader(bytes.NewReader(nil), 10, Plain, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	if _, err := NewReader(bytes.NewReader(nil), 10, Format(7), Options{}); err == nil {
		t.Error("unknown format was accepted")
	}
}
