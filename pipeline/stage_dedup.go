package pipeline

import (
	"context"
	"fmt"
	"os"

	"github.com/qingliu/qingliu/dedup"
)

// Files of group, compare and cluster, in the formats of package dedup.
const (
	candidatesFile = "candidates" // candidate edges of some bands and key ranges
	verifiedFile   = "verified"   // edges whose sketches are similar, by rank range
	clustersFile   = "clusters"   // keeper, root and size by rank
)

func (r *RunFolder) dedupParams() dedup.Params { return dedupParams(r.Config) }

func dedupParams(c *Config) dedup.Params {
	p := dedup.DefaultParams()
	p.Similarity = c.Dedup.Similarity
	return p
}

func groupStage() *stage {
	n := func(p *Plan) int { return p.Parts.Group }
	return &stage{
		name:        "group",
		version:     1,
		fingerprint: func(c *Config) []any { return []any{c.Dedup.Near, dedup.FormatVersion} },
		tasks:       n,
		identity: func(r *RunFolder, i int) (string, error) {
			return fmt.Sprintf("%d/%d of %d", i, r.Plan.Parts.Group, r.Plan.Parts.Keys), nil
		},
		deps: func(p *Plan, _ int) []dep {
			return append(fromAll("measure", len(p.Groups), bandsFile), dep{stage: "rank", suffix: ranksFile})
		},
		run: runGroup,
	}
}

// units returns the (band, key range) units of one group task.
func units(p *Plan, c *Config, task int) []dedup.Unit {
	if !c.Dedup.Near {
		return nil
	}
	bands, keys := dedupParams(c).Bands, p.Parts.Keys
	total := bands * keys
	var u []dedup.Unit
	for i := task * total / p.Parts.Group; i < (task+1)*total/p.Parts.Group; i++ {
		u = append(u, dedup.Unit{Band: i / keys, Part: i % keys, Parts: keys})
	}
	return u
}

func runGroup(_ context.Context, t *task) error {
	dir, clean, err := t.tempDir()
	if err != nil {
		return err
	}
	defer clean()
	var inputs []dedup.GroupInput
	for g := range t.Plan.Groups {
		f, size, err := t.open("measure", g, bandsFile)
		if err != nil {
			return err
		}
		defer f.Close()
		ranks, err := t.loadRanks(g)
		if err != nil {
			return err
		}
		pieces, err := readStack(f, size)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		for _, p := range pieces {
			b, err := dedup.OpenBands(p, p.Size(), t.dedupParams())
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name(), err)
			}
			inputs = append(inputs, dedup.GroupInput{Bands: b, Rank: func(row uint32) (uint32, bool) {
				return ranks[row], ranks[row] != noRank
			}})
		}
	}
	out, err := t.create(candidatesFile)
	if err != nil {
		return err
	}
	s, err := dedup.Group(out, t.dedupParams(), units(t.Plan, t.Config, t.index), inputs, dedup.Options{TmpDir: dir})
	if err != nil {
		return err
	}
	t.count("records", s.Records)
	t.count("buckets", s.Buckets)
	t.count("edges", s.Edges)
	t.events.Progress("group", s.Records, 0)
	return nil
}

func compareStage() *stage {
	n := func(p *Plan) int { return p.Parts.Compare }
	return &stage{
		name:        "compare",
		version:     1,
		fingerprint: func(c *Config) []any { return []any{c.Dedup.Similarity, dedup.FormatVersion} },
		tasks:       n,
		identity:    byNumber(n),
		deps: func(p *Plan, _ int) []dep {
			return append(fromAll("group", p.Parts.Group, candidatesFile), dep{stage: "rank", suffix: rankedSketchFile})
		},
		run: runCompare,
	}
}

// edgeInput is what compare and cluster read: edge files of an earlier stage and
// the sketches by rank.
type edgeInput struct {
	edges    []dedup.File
	sketches *os.File
	ranked   uint32 // documents with a rank
	dir      string // for temporary files
	closers  []func()
}

func (in *edgeInput) close() {
	for _, c := range in.closers {
		c()
	}
}

// openEdges opens the edge files that the n tasks of a stage left. Close the
// result, also after an error.
func (t *task) openEdges(stage string, n int, suffix string) (in *edgeInput, err error) {
	in = &edgeInput{}
	dir, clean, err := t.tempDir()
	if err != nil {
		return in, err
	}
	in.dir, in.closers = dir, append(in.closers, clean)
	for i := range n {
		f, size, err := t.open(stage, i, suffix)
		if err != nil {
			return in, err
		}
		in.closers = append(in.closers, func() { f.Close() })
		in.edges = append(in.edges, dedup.File{R: f, Size: size})
	}
	if in.sketches, _, err = t.open("rank", 0, rankedSketchFile); err != nil {
		return in, err
	}
	in.closers = append(in.closers, func() { in.sketches.Close() })
	in.ranked, err = t.ranked()
	return in, err
}

// ranked returns how many documents have a rank.
func (r *RunFolder) ranked() (uint32, error) {
	m, err := r.marker(stageByName("rank"), 0)
	if err != nil {
		return 0, err
	}
	if m == nil {
		return 0, fmt.Errorf("rank: %w", errNotReady)
	}
	return uint32(m.Counts["ranked"]), nil
}

func runCompare(_ context.Context, t *task) error {
	in, err := t.openEdges("group", t.Plan.Parts.Group, candidatesFile)
	defer in.close()
	if err != nil {
		return err
	}
	out, err := t.create(verifiedFile)
	if err != nil {
		return err
	}
	i, parts, n := uint64(t.index), uint64(t.Plan.Parts.Compare), uint64(in.ranked)
	s, err := dedup.Compare(out, t.dedupParams(), uint32(i*n/parts), uint32((i+1)*n/parts), in.edges, in.sketches, dedup.Options{TmpDir: in.dir})
	if err != nil {
		return err
	}
	t.count("edges", s.Edges)
	t.count("verified", s.Verified)
	t.events.Progress("compare", s.Edges, 0)
	return nil
}

func clusterStage() *stage {
	return &stage{
		name:        "cluster",
		version:     1,
		fingerprint: func(c *Config) []any { return []any{c.Dedup.Similarity, dedup.FormatVersion} },
		tasks:       one,
		identity:    byDeps,
		deps: func(p *Plan, _ int) []dep {
			return append(fromAll("compare", p.Parts.Compare, verifiedFile), dep{stage: "rank", suffix: rankedSketchFile})
		},
		run: runCluster,
	}
}

func runCluster(_ context.Context, t *task) error {
	in, err := t.openEdges("compare", t.Plan.Parts.Compare, verifiedFile)
	defer in.close()
	if err != nil {
		return err
	}
	out, err := t.create(clustersFile)
	if err != nil {
		return err
	}
	s, err := dedup.Cluster(out, t.dedupParams(), in.ranked, in.edges, in.sketches, dedup.Options{TmpDir: in.dir})
	if err != nil {
		return err
	}
	t.count("clusters", s.Clusters)
	t.count("removed", s.Removed)
	if len(s.Largest) > 0 {
		t.count("largest", int64(s.Largest[0].Size))
	}
	t.events.Progress("cluster", int64(in.ranked), 0)
	return nil
}
