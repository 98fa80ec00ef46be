package dedup

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// family makes n texts in groups of edited copies, so that clusters of many
// sizes and similarities appear; every 17th is an exact copy, every 23rd short.
func family(seed uint64, n int) []string {
	rng := rand.New(rand.NewPCG(seed, 2))
	var out []string
	var base []rune
	for i := range n {
		if i%9 == 0 {
			base = []rune(chinese(rng.Uint64(), 150+rng.IntN(300)))
		}
		text := append([]rune(nil), base...)
		for range rng.IntN(8) {
			text[rng.IntN(len(text))] = rune(0x4e00 + rng.IntN(5000))
		}
		switch {
		case i%17 == 16:
			out = append(out, out[rng.IntN(i)])
		case i%23 == 22:
			out = append(out, string(text[:20]))
		case i%31 == 30:
			out = append(out, "……")
		default:
			out = append(out, string(text))
		}
	}
	rng.Shuffle(n, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func signAll(p Params, texts []string) []Signature {
	sigs := make([]Signature, len(texts))
	s := NewSigner(p)
	for i, text := range texts {
		s.Sign(text, &sigs[i])
	}
	return sigs
}

func TestClusters_independentOfSplit(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	sigs := signAll(p, family(4, 900))
	want := runChain(t, p, sigs, chainSetup{groups: 1, parts: 1, tasks: 1, ranges: 1})
	if want.cluster.Removed < 100 || want.cluster.Leaders < want.cluster.Clusters+10 {
		t.Fatalf("too little to see: %+v", want.cluster)
	}
	shuffled := rand.New(rand.NewPCG(3, 3)).Perm(len(sigs))
	for name, c := range map[string]chainSetup{
		"groups":      {groups: 7, parts: 1, tasks: 1, ranges: 1},
		"order":       {groups: 4, parts: 1, tasks: 1, ranges: 1, order: shuffled},
		"units":       {groups: 3, parts: 5, tasks: 11, ranges: 1},
		"most units":  {groups: 2, parts: 256, tasks: 3, ranges: 2},
		"ranges":      {groups: 1, parts: 1, tasks: 1, ranges: 9},
		"tiny memory": {groups: 3, parts: 2, tasks: 4, ranges: 3, options: Options{MemoryBytes: 4096}},
		"everything":  {groups: 13, parts: 3, tasks: 6, ranges: 5, order: shuffled, options: Options{MemoryBytes: 20_000}},
	} {
		got := runChain(t, p, sigs, c)
		if !bytes.Equal(got.clusters, want.clusters) {
			t.Errorf("%s: other clusters", name)
		}
		if got.compare != want.compare {
			t.Errorf("%s: compare differs: %s", name, cmp.Diff(want.compare, got.compare))
		}
		if d := cmp.Diff(want.cluster, got.cluster); d != "" {
			t.Errorf("%s: statistics differ: %s", name, d)
		}
	}
}

// Every member of a cluster is either kept or similar to its keeper, which is
// kept, better and of the same cluster.
func TestClusters_invariants(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	sigs := signAll(p, family(5, 600))
	res := runChain(t, p, sigs, chainSetup{groups: 3, parts: 2, tasks: 2, ranges: 2})
	sizes := make(map[uint32]uint32)
	for rank, m := range res.members {
		sizes[m.Root]++
		k := res.members[m.Keeper]
		if k.Keeper != m.Keeper || k.Root != m.Root || res.members[m.Root].Keeper != m.Root {
			t.Fatalf("rank %d: %+v, keeper %+v", rank, m, k)
		}
		if m.Keeper == uint32(rank) {
			if m.Matches != p.K {
				t.Errorf("kept rank %d has %d matches", rank, m.Matches)
			}
			continue
		}
		got := matches(sigs[rank].Sketch[:], sigs[m.Keeper].Sketch[:], p.K)
		if got != m.Matches || got < p.MinMatches() {
			t.Errorf("rank %d: %d matches, recorded %d", rank, got, m.Matches)
		}
	}
	for rank, m := range res.members {
		if m.Size != sizes[m.Root] {
			t.Errorf("rank %d: cluster of %d, recorded %d", rank, sizes[m.Root], m.Size)
		}
	}
}

// verifiedFile writes a file of verified edges as Compare does.
func verifiedFile(p Params, edges ...[2]uint32) File {
	var f memFile
	w := newFileWriter(&f)
	for _, e := range edges {
		b := binary.BigEndian.AppendUint32(nil, e[0])
		b = binary.BigEndian.AppendUint32(b, e[1])
		w.write(binary.BigEndian.AppendUint16(b, uint16(p.K)))
	}
	if err := w.finish(kindVerified, p, uint64(len(edges))); err != nil {
		panic(err)
	}
	return f.file()
}

// stepSketch is a sketch of step·n ones, so that two of them differ in
// step·|a-b| positions.
func stepSketch(step, n int) []byte {
	b := make([]byte, SketchBytes)
	for i := range step * n {
		b[i/8] |= 1 << (i % 8)
	}
	return b
}

// The chain 0–1–2–3–4 of steps of 30 positions, of which 58 may differ: each is
// similar to its neighbour only. 0 stays and takes 1; 2 is similar to 1 but 1 is
// gone, so 2 stays and takes 3; 4 stays. Rank 5 is alone, 6 and 7 are a pair.
func TestCluster_leaderRule(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	var sketches []byte
	for n := range 5 {
		sketches = append(sketches, stepSketch(30, n)...)
	}
	other := bytes.Repeat([]byte{0xff}, SketchBytes)
	sketches = append(sketches, make([]byte, SketchBytes)...)
	sketches = append(sketches, other...)
	sketches = append(sketches, other...)
	edges := []File{verifiedFile(p, [2]uint32{0, 1}, [2]uint32{1, 2}, [2]uint32{6, 7}), verifiedFile(p, [2]uint32{2, 3}, [2]uint32{3, 4})}
	var f memFile
	stats, err := Cluster(&f, p, 8, edges, bytes.NewReader(sketches), Options{TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	c, err := OpenClusters(f.file().R, f.file().Size, p)
	if err != nil {
		t.Fatal(err)
	}
	want := []Member{
		{Keeper: 0, Root: 0, Size: 5, Matches: 512},
		{Keeper: 0, Root: 0, Size: 5, Matches: 482},
		{Keeper: 2, Root: 0, Size: 5, Matches: 512},
		{Keeper: 2, Root: 0, Size: 5, Matches: 482},
		{Keeper: 4, Root: 0, Size: 5, Matches: 512},
		{Keeper: 5, Root: 5, Size: 1, Matches: 512},
		{Keeper: 6, Root: 6, Size: 2, Matches: 512},
		{Keeper: 6, Root: 6, Size: 2, Matches: 512},
	}
	for rank := len(want) - 1; rank >= 0; rank-- { // lookups in any order
		got, err := c.Get(uint32(rank))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want[rank], got); d != "" {
			t.Errorf("rank %d: %s", rank, d)
		}
	}
	if _, err := c.Get(8); err == nil {
		t.Error("a rank beyond the last one is accepted")
	}
	wantStats := ClusterStats{Edges: 5, Clusters: 2, Documents: 7, Removed: 3, Leaders: 4, Compared: 7, Largest: []ClusterSize{{0, 5}, {6, 2}}}
	if d := cmp.Diff(wantStats, stats); d != "" {
		t.Errorf("statistics: %s", d)
	}
}

func TestCluster_nothing(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	res := runChain(t, p, nil, chainSetup{groups: 1, parts: 1, tasks: 1, ranges: 1})
	if d := cmp.Diff(ClusterStats{}, res.cluster, cmpopts.EquateEmpty()); d != "" || len(res.members) != 0 {
		t.Errorf("no documents: %s", d)
	}
	texts := []string{"", "。", "短文", "短文二", "😀"}
	res = runChain(t, p, signAll(p, texts), chainSetup{groups: 2, parts: 1, tasks: 1, ranges: 1})
	for rank, m := range res.members {
		if want := (Member{uint32(rank), uint32(rank), 1, p.K}); m != want {
			t.Errorf("short text %q: %+v", texts[rank], m)
		}
	}
}

func TestCluster_refusesWrongEdges(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	for _, e := range [][2]uint32{{0, 2}, {1, 1}, {1, 0}} {
		_, err := Cluster(new(memFile), p, 2, []File{verifiedFile(p, e)}, bytes.NewReader(make([]byte, 128)), Options{})
		if !errors.Is(err, ErrFormat) {
			t.Errorf("edge %v: error %v", e, err)
		}
	}
	_, err := Cluster(new(memFile), p, 2, []File{verifiedFile(p, [2]uint32{0, 1})}, bytes.NewReader(make([]byte, 70)), Options{})
	if err == nil || !strings.Contains(err.Error(), "rank 1") {
		t.Errorf("missing sketch: error %v", err)
	}
	other := p
	other.Similarity = 0.8
	_, err = Cluster(new(memFile), other, 2, []File{verifiedFile(p)}, bytes.NewReader(nil), Options{})
	if err == nil || !strings.Contains(err.Error(), "similarity") {
		t.Errorf("edges of another similarity: error %v", err)
	}
}

// A cluster of documents without any similarity, as only damaged edges could make
// it, keeps all of them; the bound on comparisons is counted.
func TestCluster_boundOnLeaders(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	const n = maxLeaders + 100
	rng := rand.New(rand.NewPCG(4, 4))
	sketches := make([]byte, n*SketchBytes)
	for i := range sketches {
		sketches[i] = byte(rng.Uint32())
	}
	var edges [][2]uint32
	for i := range uint32(n - 1) {
		edges = append(edges, [2]uint32{i, i + 1})
	}
	stats, err := Cluster(new(memFile), p, n, []File{verifiedFile(p, edges...)}, bytes.NewReader(sketches), Options{TmpDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	const compared = maxLeaders*(maxLeaders-1)/2 + 100*maxLeaders
	if stats.Leaders != n || stats.Removed != 0 || stats.Truncated != 100 || stats.Compared != compared {
		t.Errorf("statistics %+v", stats)
	}
}

func TestClusterStats_largest(t *testing.T) {
	t.Parallel()
	c := clusterer{aux: make([]uint32, 1000)}
	for i := range c.aux {
		c.aux[i] = uint32(2 + (i*37)%500)
		c.count(uint32(i))
	}
	top := c.stats.Largest
	if len(top) != largestKept || top[0].Size != 501 {
		t.Fatalf("%d clusters, largest %+v", len(top), top[0])
	}
	for i := range top[1:] {
		a, b := top[i], top[i+1]
		if a.Size < b.Size || a.Size == b.Size && a.Root > b.Root {
			t.Errorf("%+v before %+v", a, b)
		}
	}
	if last := top[len(top)-1]; last.Size != 452 {
		t.Errorf("the last of the largest has %d documents, want 452", last.Size)
	}
}

func BenchmarkUnion(b *testing.B) {
	const n, edges = 4_000_000, 2_000_000
	rng := rand.New(rand.NewPCG(1, 1))
	pairs := make([][2]uint32, edges)
	for i := range pairs {
		x := rng.Uint32N(n)
		pairs[i] = [2]uint32{x, rng.Uint32N(n)}
	}
	parent := make([]uint32, n)
	for b.Loop() {
		for i := range parent {
			parent[i] = uint32(i)
		}
		for _, e := range pairs {
			union(parent, e[0], e[1])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/edges, "ns/edge")
}
