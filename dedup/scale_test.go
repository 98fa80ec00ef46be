package dedup

import (
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// syntheticGroup makes the signatures of one measure group: a third of the
// documents belong to clusters, agree in 30 % of the bands and differ in about 5 %
// of the sketch.
func syntheticGroup(group, size, docs int) []Signature {
	rng := rand.New(rand.NewPCG(uint64(group), 3))
	sigs := make([]Signature, size)
	for i := range sigs {
		s := &sigs[i]
		s.Letters = 100
		doc := uint64(group*size + i)
		source := doc
		if rng.IntN(3) == 0 {
			source = rng.Uint64N(uint64(docs / 10))
		}
		shared := rand.New(rand.NewPCG(source, 9))
		for b := range s.Bands {
			s.Bands[b] = shared.Uint64()
			if source != doc && rng.IntN(100) < 70 {
				s.Bands[b] = rng.Uint64()
			}
		}
		for b := range s.Sketch {
			s.Sketch[b] = byte(shared.Uint32())
		}
		for range 25 {
			bit := rng.IntN(maxK)
			s.Sketch[bit/8] ^= 1 << (bit % 8)
		}
	}
	return sigs
}

// BenchmarkFiles runs the whole chain over files for a million documents and
// reports the CPU time of each stage, and of all of them, per document.
func BenchmarkFiles(b *testing.B) {
	const groups, per, ranges = 20, 50_000, 4
	const docs = groups * per
	p := DefaultParams()
	spent := make(map[string]time.Duration)
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		dir := b.TempDir()
		opt := Options{TmpDir: dir}
		create := func(stage, name string, write func(io.Writer) error) File {
			f, err := os.Create(filepath.Join(dir, name))
			check(err)
			b.Cleanup(func() { f.Close() })
			start := cpuTime(b)
			check(write(f))
			spent[stage] += cpuTime(b) - start
			st, err := f.Stat()
			check(err)
			return File{f, st.Size()}
		}
		var bands []GroupInput
		var sketches []SketchInput
		rows := make([]uint32, per)
		for i := range rows {
			rows[i] = uint32(i)
		}
		for g := range groups {
			sigs := syntheticGroup(g, per, docs)
			bf := create("write", "bands"+string(rune('a'+g)), func(w io.Writer) error { return WriteBands(w, p, rows, sigs) })
			sf := create("write", "sketches"+string(rune('a'+g)), func(w io.Writer) error { return WriteSketches(w, p, rows, sigs) })
			rank := func(row uint32) (uint32, bool) { return row*groups + uint32(g), true }
			open, err := OpenBands(bf.R, bf.Size, p)
			check(err)
			bands = append(bands, GroupInput{open, rank})
			openSketches, err := OpenSketches(sf.R, sf.Size, p)
			check(err)
			sketches = append(sketches, SketchInput{openSketches, rank})
		}
		ranked := create("rank", "ranked", func(w io.Writer) error { return RankSketches(w, docs, sketches, opt) })
		var edges, verified []File
		for band := range p.Bands {
			edges = append(edges, create("group", "edges"+string(rune('a'+band)), func(w io.Writer) error {
				_, err := Group(w, p, []Unit{{band, 0, 1}}, bands, opt)
				return err
			}))
		}
		for i := range uint32(ranges) {
			verified = append(verified, create("compare", "verified"+string(rune('a'+i)), func(w io.Writer) error {
				_, err := Compare(w, p, i*docs/ranges, (i+1)*docs/ranges, edges, ranked.R, opt)
				return err
			}))
		}
		create("cluster", "clusters", func(w io.Writer) error {
			st, err := Cluster(w, p, docs, verified, ranked.R, opt)
			if st.Removed == 0 {
				b.Error("nothing was removed")
			}
			return err
		})
	}
	var all time.Duration
	for stage, d := range spent {
		b.ReportMetric(float64(d.Nanoseconds())/float64(b.N)/1000/docs, stage+"-us/doc")
		all += d
	}
	b.ReportMetric(float64(all.Nanoseconds())/float64(b.N)/1000/docs, "all-us/doc")
}
