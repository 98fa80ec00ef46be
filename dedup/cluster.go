package dedup

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// maxLeaders bounds the leaders a document is compared with, and so the time of
// a cluster of n documents to 4,096·n comparisons of about 5 ns. Documents that
// meet the bound without finding a similar leader are kept and counted.
const maxLeaders = 4096

// largestKept is the number of clusters named in ClusterStats.Largest.
const largestKept = 100

// ClusterSize is the size of one cluster.
type ClusterSize struct {
	Root uint32 // best rank of the cluster
	Size uint32
}

// ClusterStats counts what Cluster did.
type ClusterStats struct {
	Edges     int64 // verified edges read
	Clusters  int64 // of two documents or more
	Documents int64 // in those clusters
	Removed   int64 // documents for which another one stands
	Leaders   int64 // documents kept in clusters, the best ones included
	Compared  int64 // sketch comparisons
	Truncated int64 // documents kept because they met the bound on leaders
	// Largest are the at most 100 largest clusters, largest first, and of equal
	// size the one with the better root.
	Largest []ClusterSize
}

// Cluster decides for each of the ranks 0 … n-1 which document stands for it.
//
// Verified edges connect documents to clusters. Inside a cluster, in order of
// rank, a document is removed if it is itself similar to one that is kept, and
// kept otherwise: nothing is removed along a chain of small differences. The
// best-ranked similar one becomes its keeper. sketches is a file of RankSketches.
// It needs 10 bytes for each rank beside the memory of opt.
//
// The cluster file holds n records of 14 bytes and the footer. A record is, in
// little-endian order,
//
//	keeper   u32  rank that stands for this one; the rank itself if it is kept
//	root     u32  best rank of the cluster, which identifies it
//	size     u32  documents in the cluster, 1 for a document without duplicates
//	matches  u16  sketch positions equal to the keeper's; K for a kept document
func Cluster(w io.Writer, p Params, n uint32, edges []File, sketches io.ReaderAt, opt Options) (ClusterStats, error) {
	if err := p.Validate(); err != nil {
		return ClusterStats{}, err
	}
	c := clusterer{p: p, root: make([]uint32, n), aux: make([]uint32, n), matches: make([]uint16, n)}
	err := c.connect(edges, opt)
	if err == nil {
		err = c.resolve(sketches, opt)
	}
	if err == nil {
		err = c.write(w)
	}
	if err != nil {
		return ClusterStats{}, fmt.Errorf("cluster: %w", err)
	}
	return c.stats, nil
}

// clusterer is the state of Cluster.
type clusterer struct {
	p       Params
	root    []uint32 // of each rank
	aux     []uint32 // of a root: size of its cluster; of others: keeper
	matches []uint16 // with the keeper
	stats   ClusterStats
}

// connect joins the ends of all edges and counts the clusters.
func (c *clusterer) connect(edges []File, opt Options) error {
	for i := range c.root {
		c.root[i] = uint32(i)
	}
	err := eachVerified(edges, c.p, opt.memory()/4, func(lo, hi uint32) error {
		if lo >= hi || int64(hi) >= int64(len(c.root)) {
			return fmt.Errorf("edge %d–%d among %d ranks: %w", lo, hi, len(c.root), ErrFormat)
		}
		c.stats.Edges++
		union(c.root, lo, hi)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range c.root {
		// Parents are smaller than their children, so theirs is a root already.
		c.root[i] = c.root[c.root[i]]
		c.aux[c.root[i]]++
	}
	return nil
}

// union joins the sets of a and b under the better of their roots.
func union(parent []uint32, a, b uint32) {
	a, b = find(parent, a), find(parent, b)
	if a < b {
		parent[b] = a
	} else if b < a {
		parent[a] = b
	}
}

// find returns the root of x and halves the path to it.
func find(parent []uint32, x uint32) uint32 {
	for parent[x] != x {
		parent[x] = parent[parent[x]]
		x = parent[x]
	}
	return x
}

// resolve applies the leader rule to every cluster.
func (c *clusterer) resolve(sketches io.ReaderAt, opt Options) error {
	const width = 4 + 4 + SketchBytes // root, rank, sketch
	s := NewSorter(opt.TmpDir, width, 8, opt.memory()/2)
	defer s.Close()
	window := newSketchWindow(sketches, int64(len(c.root)))
	var rec [width]byte
	for i, root := range c.root {
		if c.aux[root] < 2 {
			c.matches[i] = uint16(c.p.K)
			continue
		}
		sketch, err := window.at(uint32(i))
		if err != nil {
			return err
		}
		binary.BigEndian.PutUint32(rec[:], root)
		binary.BigEndian.PutUint32(rec[4:], uint32(i))
		copy(rec[8:], sketch)
		if err := s.Add(rec[:]); err != nil {
			return err
		}
	}
	it, err := s.Sorted()
	if err != nil {
		return err
	}
	var l leaders
	for {
		rec, err := it.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		root, rank := binary.BigEndian.Uint32(rec), binary.BigEndian.Uint32(rec[4:])
		if rank == root {
			l.reset()
			c.count(root)
		}
		c.place(&l, root, rank, rec[8:])
	}
	return s.Close()
}

// count adds a cluster to the statistics.
func (c *clusterer) count(root uint32) {
	size := c.aux[root]
	c.stats.Clusters++
	c.stats.Documents += int64(size)
	top := c.stats.Largest
	if len(top) == largestKept && top[largestKept-1].Size >= size {
		return
	}
	// Roots ascend, so an equal size goes behind.
	at, _ := slices.BinarySearchFunc(top, size, func(t ClusterSize, size uint32) int {
		if t.Size >= size {
			return -1
		}
		return 1
	})
	top = slices.Insert(top, at, ClusterSize{Root: root, Size: size})
	c.stats.Largest = top[:min(len(top), largestKept)]
}

// place gives one document of a cluster its keeper.
func (c *clusterer) place(l *leaders, root, rank uint32, sketch []byte) {
	least := c.p.MinMatches()
	for i, leader := range l.ranks {
		c.stats.Compared++
		m := matches(l.sketches[i*SketchBytes:], sketch, c.p.K)
		if m < least {
			continue
		}
		c.stats.Removed++
		c.aux[rank] = leader
		c.matches[rank] = uint16(m)
		return
	}
	c.stats.Leaders++
	c.matches[rank] = uint16(c.p.K)
	if rank != root {
		c.aux[rank] = rank
	}
	if len(l.ranks) == maxLeaders {
		c.stats.Truncated++
		return
	}
	l.ranks = append(l.ranks, rank)
	l.sketches = append(l.sketches, sketch...)
}

// leaders are the documents of a cluster that are kept, by rank.
type leaders struct {
	ranks    []uint32
	sketches []byte
}

func (l *leaders) reset() { l.ranks, l.sketches = l.ranks[:0], l.sketches[:0] }

// write writes the cluster file.
func (c *clusterer) write(w io.Writer) error {
	out := newFileWriter(w)
	var rec [clusterBytes]byte
	for i, root := range c.root {
		keeper := root
		if uint32(i) != root {
			keeper = c.aux[i]
		}
		binary.LittleEndian.PutUint32(rec[:], keeper)
		binary.LittleEndian.PutUint32(rec[4:], root)
		binary.LittleEndian.PutUint32(rec[8:], c.aux[root])
		binary.LittleEndian.PutUint16(rec[12:], c.matches[i])
		out.write(rec[:])
	}
	return out.finish(kindClusters, c.p, uint64(len(c.root)))
}
