package dedup

import (
	"bytes"
	"testing"
)

// memFile is a file of this package in memory.
type memFile struct{ bytes.Buffer }

func (m *memFile) file() File {
	return File{R: bytes.NewReader(m.Bytes()), Size: int64(m.Len())}
}

// chainSetup is a way to run the whole chain; none of it may change the result.
type chainSetup struct {
	groups  int   // measure groups the documents are split into
	order   []int // order in which documents enter the groups, nil for their own
	parts   int   // key ranges per band
	tasks   int   // group tasks the units are spread over
	ranges  int   // compare tasks
	options Options
}

// chainResult is the outcome of the whole chain.
type chainResult struct {
	clusters []byte // cluster file
	members  []Member
	group    GroupStats // summed over tasks
	compare  CompareStats
	cluster  ClusterStats
}

// runChain takes documents by signature, ranked by their index, through all
// files. Documents that repeat an earlier text take no part, as rank does it.
func runChain(t testing.TB, p Params, sigs []Signature, c chainSetup) chainResult {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if c.options.TmpDir == "" {
		c.options.TmpDir = t.TempDir()
	}
	order := c.order
	if order == nil {
		order = make([]int, len(sigs))
		for i := range order {
			order[i] = i
		}
	}
	seen := make(map[[16]byte]bool)
	out := make([]bool, len(sigs))
	for i, s := range sigs {
		out[i] = seen[s.Text]
		seen[s.Text] = s.Letters > 0
	}

	// measure: band and sketch files of each group.
	var bands []GroupInput
	var sketches []SketchInput
	for g := range c.groups {
		part := order[g*len(order)/c.groups : (g+1)*len(order)/c.groups]
		rows := make([]uint32, len(part))
		own := make([]Signature, len(part))
		for i, doc := range part {
			rows[i], own[i] = uint32(3*i), sigs[doc] // rows need not be dense
		}
		rank := func(row uint32) (uint32, bool) {
			doc := part[row/3]
			return uint32(doc), !out[doc]
		}
		var b, s memFile
		check(WriteBands(&b, p, rows, own))
		check(WriteSketches(&s, p, rows, own))
		bf, err := OpenBands(b.file().R, b.file().Size, p)
		check(err)
		check(bf.Verify())
		sf, err := OpenSketches(s.file().R, s.file().Size, p)
		check(err)
		check(sf.Verify())
		bands = append(bands, GroupInput{bf, rank})
		sketches = append(sketches, SketchInput{sf, rank})
	}
	n := uint32(len(sigs))
	var ranked memFile
	check(RankSketches(&ranked, n, sketches, c.options))

	// group.
	units := make([][]Unit, c.tasks)
	for band := range p.Bands {
		for part := range c.parts {
			i := (band*c.parts + part) % c.tasks
			units[i] = append(units[i], Unit{band, part, c.parts})
		}
	}
	var res chainResult
	var edges, verified []File
	for _, u := range units {
		var f memFile
		st, err := Group(&f, p, u, bands, c.options)
		check(err)
		res.group.Records += st.Records
		res.group.Buckets += st.Buckets
		res.group.LargestBucket = max(res.group.LargestBucket, st.LargestBucket)
		res.group.Candidates += st.Candidates
		res.group.Edges += st.Edges
		edges = append(edges, f.file())
	}

	// compare.
	for i := range c.ranges {
		from, to := int(n)*i/c.ranges, int(n)*(i+1)/c.ranges
		var f memFile
		st, err := Compare(&f, p, uint32(from), uint32(to), edges, ranked.file().R, c.options)
		check(err)
		res.compare.Edges += st.Edges
		res.compare.Verified += st.Verified
		for i, k := range st.Histogram {
			res.compare.Histogram[i] += k
		}
		verified = append(verified, f.file())
	}

	// cluster.
	var f memFile
	var err error
	res.cluster, err = Cluster(&f, p, n, verified, ranked.file().R, c.options)
	check(err)
	res.clusters = f.Bytes()
	cl, err := OpenClusters(f.file().R, f.file().Size, p)
	check(err)
	check(cl.Verify())
	for i := range n {
		m, err := cl.Get(i)
		check(err)
		res.members = append(res.members, m)
	}
	return res
}
