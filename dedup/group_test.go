package dedup

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// bandInput makes the band file of documents with the given keys in band 0 and
// no equal keys elsewhere; row i has rank rank[i].
func bandInput(t testing.TB, p Params, keys []uint64, rank []uint32) GroupInput {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(len(keys)), 5))
	sigs := make([]Signature, len(keys))
	rows := make([]uint32, len(keys))
	for i, k := range keys {
		sigs[i].Letters = p.MinLetters
		rows[i] = uint32(i)
		for b := range p.Bands {
			sigs[i].Bands[b] = rng.Uint64()
		}
		sigs[i].Bands[0] = k
	}
	var f memFile
	if err := WriteBands(&f, p, rows, sigs); err != nil {
		t.Fatal(err)
	}
	b, err := OpenBands(f.file().R, f.file().Size, p)
	if err != nil {
		t.Fatal(err)
	}
	return GroupInput{b, func(row uint32) (uint32, bool) { return rank[row], true }}
}

// edgesOf lists the edges of a file of Group.
func edgesOf(t testing.TB, p Params, f File) (all [][2]uint32) {
	t.Helper()
	err := eachEdge([]File{f}, p, 0, maxRanks, 1<<20, func(_ []byte, lo, hi uint32) error {
		all = append(all, [2]uint32{lo, hi})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A bucket of ranks 2, 5, 7 and 9 gives a star around 2 and the chain 5–7–9.
func TestGroup_starAndChain(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	inputs := []GroupInput{
		bandInput(t, p, []uint64{1 << 60, 7, 1 << 60}, []uint32{9, 1, 2}),
		bandInput(t, p, []uint64{1 << 60, 1 << 60, 1<<60 + 1}, []uint32{7, 5, 3}),
	}
	for _, memory := range []int{0, 1} {
		var f memFile
		stats, err := Group(&f, p, []Unit{{0, 0, 1}}, inputs, Options{TmpDir: t.TempDir(), MemoryBytes: memory})
		if err != nil {
			t.Fatal(err)
		}
		want := [][2]uint32{{2, 5}, {2, 7}, {2, 9}, {5, 7}, {7, 9}}
		if got := edgesOf(t, p, f.file()); !slices.Equal(got, want) {
			t.Errorf("memory %d: edges %v, want %v", memory, got, want)
		}
		if want := (GroupStats{Records: 6, Buckets: 1, LargestBucket: 4, Candidates: 5, Edges: 5}); stats != want {
			t.Errorf("memory %d: statistics %+v, want %+v", memory, stats, want)
		}
	}
}

func TestGroup_errors(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	in := []GroupInput{bandInput(t, p, []uint64{5, 5}, []uint32{3, 3})}
	_, err := Group(new(memFile), p, []Unit{{0, 0, 1}}, in, Options{})
	if err == nil || !strings.Contains(err.Error(), "rank 3") {
		t.Errorf("a rank given twice: error %v", err)
	}
	for _, u := range []Unit{{16, 0, 1}, {-1, 0, 1}, {0, 1, 1}, {0, 0, 257}, {0, 0, 0}} {
		if _, err := Group(new(memFile), p, []Unit{u}, in, Options{}); err == nil {
			t.Errorf("unit %+v is accepted", u)
		}
	}
}

// Two edge files that overlap give each edge once, and only those of the range.
func TestEachEdge_mergesRange(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	write := func(edges ...[2]uint32) File {
		var f memFile
		w := newFileWriter(&f)
		for _, e := range edges {
			b := binary.BigEndian.AppendUint32(nil, e[0])
			w.write(binary.BigEndian.AppendUint32(b, e[1]))
		}
		if err := w.finish(kindEdges, p, uint64(len(edges))); err != nil {
			t.Fatal(err)
		}
		return f.file()
	}
	files := []File{
		write([2]uint32{0, 1}, [2]uint32{2, 3}, [2]uint32{2, 9}, [2]uint32{5, 6}),
		write(),
		write([2]uint32{0, 1}, [2]uint32{2, 4}, [2]uint32{2, 9}, [2]uint32{3, 4}, [2]uint32{8, 9}),
	}
	var got [][2]uint32
	err := eachEdge(files, p, 2, 5, 100, func(_ []byte, lo, hi uint32) error {
		got = append(got, [2]uint32{lo, hi})
		return nil
	})
	if want := [][2]uint32{{2, 3}, {2, 4}, {2, 9}, {3, 4}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("edges %v, error %v, want %v", got, err, want)
	}
	for _, bad := range []File{write([2]uint32{4, 4}), write([2]uint32{4, 5}, [2]uint32{4, 3})} {
		err := eachEdge([]File{bad}, p, 0, 9, 100, func([]byte, uint32, uint32) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "out of order") {
			t.Errorf("error %v", err)
		}
	}
}

func TestPairs_sort(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 2))
	for _, n := range []int{0, 1, 2, 100, 5000} {
		for _, mask := range []uint64{^uint64(0), 7, 0xff << 56, 0xfff << 14} {
			type pair struct {
				k uint64
				v uint32
			}
			var p pairs
			p.resize(n)
			want := make([]pair, n)
			for i := range want {
				want[i] = pair{rng.Uint64() & mask, rng.Uint32N(50)}
				p.keys[i], p.vals[i] = want[i].k, want[i].v
			}
			slices.SortFunc(want, func(a, b pair) int { return cmp.Or(cmp.Compare(a.k, b.k), cmp.Compare(a.v, b.v)) })
			p.sort()
			for i, w := range want {
				if p.keys[i] != w.k || p.vals[i] != w.v {
					t.Fatalf("n=%d mask %#x: record %d is %d, %d, want %v", n, mask, i, p.keys[i], p.vals[i], w)
				}
			}
		}
	}
}

// A million documents of which every fifth shares its key with its neighbours.
func BenchmarkGroup(b *testing.B) {
	p := DefaultParams()
	p.Bands = 1
	const files, per = 10, 100_000
	var inputs []GroupInput
	for f := range files {
		rng := rand.New(rand.NewPCG(uint64(f), 1))
		keys, rank := make([]uint64, per), make([]uint32, per)
		for i := range keys {
			rank[i] = uint32(i*files + f)
			keys[i] = rng.Uint64()
			if i%5 == 0 {
				keys[i] = mix(uint64(i))
			}
		}
		inputs = append(inputs, bandInput(b, p, keys, rank))
	}
	units := []Unit{{0, 0, 2}, {0, 1, 2}}
	opt := Options{TmpDir: b.TempDir()}
	var edges []File
	b.Run("step=group", func(b *testing.B) {
		b.ReportAllocs()
		var stats GroupStats
		for b.Loop() {
			var f memFile
			var err error
			if stats, err = Group(&f, p, units, inputs, opt); err != nil {
				b.Fatal(err)
			}
			edges = []File{f.file()}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(stats.Records), "ns/record")
	})
	b.Run("step=compare", func(b *testing.B) {
		sketches := bytes.NewReader(make([]byte, files*per*SketchBytes))
		var stats CompareStats
		for b.Loop() {
			var err error
			if stats, err = Compare(new(memFile), p, 0, files*per, edges, sketches, opt); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(stats.Edges), "ns/edge")
	})
}
