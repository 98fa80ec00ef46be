package warc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// TestZstdCrawl reads the zstd copy of the small crawl, which must give the
// records of the gzip copy, and layouts made of it.
func TestZstdCrawl(t *testing.T) {
	want, _ := readAll(t, crawlFile(t, "crawl-small.warc.gz"), Options{})
	same := func(t *testing.T, all []got) {
		t.Helper()
		if len(all) != len(want) {
			t.Fatalf("%d records, want %d", len(all), len(want))
		}
		for i, g := range all {
			w := want[i]
			if g.Block != w.Block || g.ID != w.ID || g.URI != w.URI || g.Type != w.Type || g.Warning+g.Err != "" {
				t.Fatalf("record %d differs: %s%s", i, g.Warning, g.Err)
			}
		}
	}
	file := crawlFile(t, "crawl-small.warc.zst")
	t.Run("frame by record", func(t *testing.T) {
		all, r := readAll(t, file, Options{})
		same(t, all)
		if len(r.Gaps()) > 0 {
			t.Error(r.Gaps())
		}
		at := int64(0)
		for i, g := range all {
			if g.Offset != at || g.Inner != 0 {
				t.Fatalf("record %d is at %d, want %d", i, g.Offset, at)
			}
			at += g.Length
		}
	})
	plain := unzstd(t, file)
	t.Run("one frame", func(t *testing.T) {
		one := zstdPacked(plain)
		all, _ := readAll(t, one, Options{})
		same(t, all)
		if all[0].Length != int64(len(one)) || all[1].Length != 0 {
			t.Error("the first record must have all bytes")
		}
	})
	t.Run("frames of several records", func(t *testing.T) {
		all, _ := readAll(t, grouped(t, plain, ZstdFrames, 7), Options{})
		same(t, all)
	})
	t.Run("lz4", func(t *testing.T) {
		all, _ := readAll(t, grouped(t, plain, LZ4Frames, 1), Options{})
		same(t, all)
		all, _ = readAll(t, packed(LZ4Frames, plain), Options{})
		same(t, all)
	})
	t.Run("cuts", func(t *testing.T) {
		all, _ := readAll(t, file, Options{})
		for i := 5; i < len(all); i += 83 {
			for _, x := range []int64{all[i].Offset, all[i].Offset + 1, all[i].Offset + all[i].Length/2} {
				checkCut(t, file, ZstdFrames, int(x), all)
			}
		}
	})
}

// unzstd returns what the file unpacks to.
func unzstd(t testing.TB, file []byte) []byte {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// plainRecords cuts a plain file into its records.
func plainRecords(t testing.TB, b []byte) [][]byte {
	t.Helper()
	r, err := NewReader(bytes.NewReader(b), int64(len(b)), Plain, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var list [][]byte
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, b[rec.Offset:rec.Offset+rec.Length])
	}
}

// grouped packs a plain file with n records to a unit.
func grouped(t testing.TB, plain []byte, f Format, n int) []byte {
	var out []byte
	list := plainRecords(t, plain)
	for len(list) > 0 {
		k := min(n, len(list))
		out = append(out, packed(f, bytes.Join(list[:k], nil))...)
		list = list[k:]
	}
	return out
}

// TestPackedDamage flips, cuts out, puts in and cuts off bytes in files of one
// unit per record and expects all records of the other units back, each loss
// reported once.
func TestPackedDamage(t *testing.T) {
	plain := unzstd(t, crawlFile(t, "crawl-small.warc.zst"))
	list := plainRecords(t, plain)[:160]
	for _, f := range packedFormats {
		var units [][]byte
		for _, rec := range list {
			units = append(units, packed(f, rec))
		}
		whole, _ := readFormat(t, bytes.Join(units, nil), f, Options{})
		for _, tc := range []struct {
			name  string
			spoil func(u []byte) []byte
			keeps bool // the record is still readable
			gap   int64
		}{
			{"flipped in the middle", func(u []byte) []byte {
				for i := range 24 {
					u[len(u)/2+i] ^= 0xff
				}
				return u
			}, false, 0},
			{"middle cut out", func(u []byte) []byte { return append(u[:len(u)/2], u[len(u)/2+100:]...) }, false, 0},
			{"bytes put in", func(u []byte) []byte {
				return append(append(append([]byte(nil), u[:len(u)/2]...), make([]byte, 50)...), u[len(u)/2:]...)
			}, false, 0},
			{"end cut off", func(u []byte) []byte { return u[:len(u)*6/10] }, false, 0},
			{"garbage behind", func(u []byte) []byte { return append(u, "garbage between the records"...) }, true, 27},
			{"magic spoiled", func(u []byte) []byte { u[1] = 0; return u }, false, -1},
		} {
			t.Run(f.String()+"/"+tc.name, func(t *testing.T) {
				const bad = 121 // a page of 25 kB
				spoiled := append([][]byte(nil), units...)
				spoiled[bad] = tc.spoil(append([]byte(nil), units[bad]...))
				all, r := readFormat(t, bytes.Join(spoiled, nil), f, Options{})
				intact := map[string]int{}
				troubles := len(r.Gaps())
				for _, g := range all {
					if g.Err == "" {
						intact[g.ID+g.Block]++
					} else {
						troubles++
					}
				}
				for i, w := range whole {
					if n := intact[w.ID+w.Block]; n != 1 && (i != bad || tc.keeps) {
						t.Errorf("record %d was read %d times", i, n)
					}
				}
				if troubles != 1 {
					t.Errorf("%d reports: %v", troubles, r.Gaps())
				}
				if g := r.Gaps(); tc.gap > 0 && (len(g) != 1 || g[0].Length != tc.gap) {
					t.Error(g)
				}
			})
		}
	}
}

// dictionaryFile packs records with a dictionary trained on them, stored as
// pack says.
func dictionaryFile(t testing.TB, list [][]byte, pack func([]byte) []byte) []byte {
	t.Helper()
	dict, err := zstd.BuildDict(zstd.BuildDictOptions{ID: 2026, Contents: list[:40], History: bytes.Join(list[40:50], nil), Offsets: [3]int{1, 4, 8}})
	if err != nil {
		t.Fatal(err)
	}
	stored := pack(dict)
	file := binary.LittleEndian.AppendUint32(append([]byte(nil), dictMagic...), uint32(len(stored)))
	file = append(file, stored...)
	for _, rec := range list {
		file = append(file, zstdPacked(rec, zstd.WithEncoderDict(dict))...)
	}
	return file
}

func TestZstdDictionary(t *testing.T) {
	list := plainRecords(t, records(200, 900))
	for name, pack := range map[string]func([]byte) []byte{
		"raw":    func(b []byte) []byte { return b },
		"packed": func(b []byte) []byte { return zstdPacked(b) },
	} {
		t.Run(name, func(t *testing.T) {
			file := dictionaryFile(t, list, pack)
			if f, ok := Sniff(file[:min(len(file), SniffBytes)]); !ok || f != ZstdFrames {
				t.Fatal("not sniffed")
			}
			all, r := readFormat(t, file, ZstdFrames, Options{})
			if len(all) != len(list) {
				t.Fatalf("%d records of %d", len(all), len(list))
			}
			for i, g := range all {
				if g.Warning+g.Err != "" || !bytes.HasSuffix(list[i], []byte(g.Block+"\r\n\r\n")) {
					t.Fatalf("record %d: %s%s", i, g.Warning, g.Err)
				}
			}
			n := 8 + int64(binary.LittleEndian.Uint32(file[4:]))
			if diff := cmp.Diff([]Gap{{0, n, causeDictionary, true}}, r.Gaps()); diff != "" {
				t.Error(diff)
			}
			for _, x := range []int64{1, n - 1, n, n + 1, int64(len(file)) / 2} {
				checkCut(t, file, ZstdFrames, int(x), all)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		file := dictionaryFile(t, list, func(b []byte) []byte { return b })
		n := 8 + int64(binary.LittleEndian.Uint32(file[4:]))
		all, r := readFormat(t, file[n:], ZstdFrames, Options{})
		if len(all) > 0 || len(r.Gaps()) != 1 || r.Gaps()[0].Empty {
			t.Errorf("%d records, %v", len(all), r.Gaps())
		}
	})
	t.Run("damaged", func(t *testing.T) {
		file := dictionaryFile(t, list, func(b []byte) []byte { return zstdPacked(b) })
		file[30] ^= 0xff
		r, err := NewReader(bytes.NewReader(file), int64(len(file)), ZstdFrames, Options{})
		if err == nil {
			_, err = r.Next()
		}
		if err == nil || !strings.Contains(err.Error(), "dictionary") {
			t.Error(err)
		}
	})
}

// TestZstdWindow reads a frame that asks for a window of 512 MiB: it is reported
// and costs no memory, and the next one is read.
func TestZstdWindow(t *testing.T) {
	huge := zstdPacked(records(1, 500), zstd.WithSingleSegment(false), zstd.WithWindowSize(512<<20))
	huge[5] = (29 - 10) << 3 // window descriptor, RFC 8878 section 3.1.1.1.2
	file := append(huge, zstdPacked(records(1, 60))...)
	all, r := readFormat(t, file, ZstdFrames, Options{})
	if len(all) != 1 || all[0].Err != "" || fmt.Sprint(r.Gaps()) != fmt.Sprintf("[{0 %d zstd frame needs a larger window than allowed false}]", len(huge)) {
		t.Errorf("%d records, %v", len(all), r.Gaps())
	}
	if all, _ = readFormat(t, file, ZstdFrames, Options{MaxWindowBytes: 1 << 30}); len(all) != 2 {
		t.Errorf("%d records under a larger limit", len(all))
	}
}
