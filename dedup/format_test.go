package dedup

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"
)

// sampleBands returns a small band file.
func sampleBands(t testing.TB, p Params) memFile {
	t.Helper()
	sigs := signAll(p, family(6, 40))
	rows := make([]uint32, len(sigs))
	for i := range rows {
		rows[i] = uint32(len(rows) - i)
	}
	var f memFile
	if err := WriteBands(&f, p, rows, sigs); err != nil {
		t.Fatal(err)
	}
	return f
}

func sampleSketches(t testing.TB, p Params) memFile {
	t.Helper()
	sigs := signAll(p, family(6, 40))
	rows := make([]uint32, len(sigs))
	for i := range rows {
		rows[i] = uint32(len(rows) - i)
	}
	var f memFile
	if err := WriteSketches(&f, p, rows, sigs); err != nil {
		t.Fatal(err)
	}
	return f
}

// readBands reads everything of a band file.
func readBands(f *BandFile) error {
	buf := make([]byte, 100)
	for band := range f.bands {
		t, err := f.offsets(band)
		if err != nil {
			return err
		}
		for top := range 256 {
			err := f.read(band, t[top], t[top+1], top, top+1, buf, func(uint64, uint32) error { return nil })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func TestFiles_golden(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	res := runChain(t, p, signAll(p, family(4, 300)), chainSetup{groups: 1, parts: 1, tasks: 1, ranges: 1})
	bands, sketches := sampleBands(t, p), sampleSketches(t, p)
	for _, c := range []struct {
		name string
		file []byte
		want uint64
	}{
		{"bands", bands.Bytes(), 0xbce6ec206aace436},
		{"sketches", sketches.Bytes(), 0x7e25961de4af1523},
		{"clusters", res.clusters, 0x255fa94a351ea6a4},
	} {
		if got := xxh3.Hash(c.file); got != c.want {
			t.Errorf("hash of the file of %s is %#x, want %#x: a changed layout needs a new FormatVersion", c.name, got, c.want)
		}
	}
	const footer = "716c6476657269000100000000021000080005003c000000c601000000000000" +
		"3000886923ce9b6f0300000000000000050000000000000040cfe28271f18f7c"
	if got := hex.EncodeToString(appendFooter(nil, kindVerified, p, 3, 5)); got != footer {
		t.Errorf("footer is %s, want %s", got, footer)
	}
}

func TestOpen_refuses(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	bands := sampleBands(t, p)
	good := bands.Bytes()
	open := func(b []byte, p Params) error {
		_, err := OpenBands(bytes.NewReader(b), int64(len(b)), p)
		return err
	}
	if err := open(good, p); err != nil {
		t.Fatal(err)
	}
	f := func(name string, err error) {
		t.Helper()
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), name) {
			t.Errorf("error %q does not say %q", err, name)
		}
	}
	for name, change := range map[string]func(*Params){
		"k is 512, this run has 256":        func(p *Params) { p.K = 256 },
		"bands is 16, this run has 14":      func(p *Params) { p.Bands = 14 },
		"rows is 8, this run has 7":         func(p *Params) { p.Rows = 7 },
		"shingle is 5, this run has 4":      func(p *Params) { p.Shingle = 4 },
		"min letters is 60, this run has 9": func(p *Params) { p.MinLetters = 9 },
	} {
		other := p
		change(&other)
		f(name, open(good, other))
	}
	other := p
	other.Similarity = 0.9
	if err := open(good, other); err != nil {
		t.Errorf("bands do not depend on the similarity: %v", err)
	}
	version := bytes.Clone(good)
	foot := version[len(version)-footerBytes:]
	foot[8] = 2
	copy(foot[56:], appendHash(foot[:56]))
	f("format version is 2, this run has 1", open(version, p))
	damaged := bytes.Clone(good)
	damaged[len(damaged)-10]++
	f("footer is damaged", open(damaged, p))
	f("shorter than a footer", open(good[:40], p))
	f("do not hold", open(good[4:], p))
	f("this is a file of unknown kind", open(make([]byte, 200), p))
	sketches := sampleSketches(t, p)
	f("this is a sketch file", open(sketches.Bytes(), p))
	_, err := OpenClusters(bytes.NewReader(good), int64(len(good)), p)
	f("cluster file: this is a band file", err)
	if err := open(nil, p); err == nil {
		t.Error("an empty file is accepted")
	}
}

func appendHash(b []byte) []byte {
	h := xxh3.Hash(b)
	var out []byte
	for i := range 8 {
		out = append(out, byte(h>>(8*i)))
	}
	return out
}

// Any changed byte of a body is seen by Verify, and none of them makes a reader
// panic or read outside of the file.
func TestBandFile_damage(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	good := sampleBands(t, p)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := bytes.Clone(good.Bytes())
		b[rng.IntN(len(b)-footerBytes)] ^= 1 << rng.IntN(8)
		f, err := OpenBands(bytes.NewReader(b), int64(len(b)), p)
		if err != nil {
			t.Fatal(err)
		}
		if !errors.Is(f.Verify(), ErrFormat) {
			t.Fatal("Verify accepts a damaged file")
		}
		_ = readBands(f) // may succeed: a changed row is still a row
	}
}

func TestBandFile_keysAndRows(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	sigs := signAll(p, family(6, 40))
	f := sampleBands(t, p)
	bf, err := OpenBands(f.file().R, f.file().Size, p)
	if err != nil {
		t.Fatal(err)
	}
	type record struct {
		key uint64
		row uint32
	}
	for band := range p.Bands {
		var want, got []record
		for i, s := range sigs {
			if s.Letters >= p.MinLetters {
				want = append(want, record{s.Bands[band], uint32(len(sigs) - i)})
			}
		}
		slices.SortFunc(want, func(a, b record) int {
			if a.key != b.key {
				if a.key < b.key {
					return -1
				}
				return 1
			}
			return int(a.row) - int(b.row)
		})
		table, err := bf.offsets(band)
		if err != nil {
			t.Fatal(err)
		}
		err = bf.read(band, 0, table[256], 0, 256, make([]byte, 60), func(key uint64, row uint32) error {
			got = append(got, record{key, row})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(want) != bf.Len() || !slices.Equal(got, want) {
			t.Fatalf("band %d: other records", band)
		}
	}
}

func TestSketchFile_each(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	sigs := signAll(p, family(6, 1500))
	rows := make([]uint32, len(sigs))
	for i := range rows {
		rows[i] = uint32(2 * (len(rows) - i))
	}
	var f memFile
	if err := WriteSketches(&f, p, rows, sigs); err != nil {
		t.Fatal(err)
	}
	sf, err := OpenSketches(f.file().R, f.file().Size, p)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = sf.Each(func(row uint32, sketch []byte) error {
		if want := sigs[len(rows)-int(row/2)].Sketch; !bytes.Equal(sketch, want[:]) {
			t.Errorf("row %d has another sketch", row)
		}
		seen++
		return nil
	})
	if err != nil || seen != sf.Len() {
		t.Errorf("%d of %d sketches, error %v", seen, sf.Len(), err)
	}
	stop := errors.New("stop")
	if err := sf.Each(func(uint32, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error of the callback is lost: %v", err)
	}
	rank := func(row uint32) (uint32, bool) { return row, true }
	err = RankSketches(io.Discard, 10, []SketchInput{{sf, rank}}, Options{TmpDir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "of 10") {
		t.Errorf("a rank beyond the last one: error %v", err)
	}
	same := func(row uint32) (uint32, bool) { return 3, true }
	err = RankSketches(io.Discard, 10, []SketchInput{{sf, same}}, Options{TmpDir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "rank 3") {
		t.Errorf("a rank given twice: error %v", err)
	}
}

func FuzzOpenBands(f *testing.F) {
	p := DefaultParams()
	p.Bands = 1
	sample := sampleBands(f, p)
	f.Add(sample.Bytes())
	f.Add(sample.Bytes()[:300])
	f.Add(appendFooter(make([]byte, bandTable), kindBands, p, 0, 0))
	f.Add(appendFooter(nil, kindBands, p, 1<<40, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		// Make the footer's own hash right, or nothing gets past it.
		if len(b) >= footerBytes {
			b = bytes.Clone(b)
			foot := b[len(b)-footerBytes:]
			copy(foot[56:], appendHash(foot[:56]))
		}
		bf, err := OpenBands(bytes.NewReader(b), int64(len(b)), p)
		if err != nil {
			return
		}
		if int64(bf.Len())*bandRecord > int64(len(b)) {
			t.Fatalf("%d records in %d bytes", bf.Len(), len(b))
		}
		_ = readBands(bf)
		_ = bf.Verify()
	})
}
