package pipeline

import (
	"fmt"
	"os"

	"github.com/qingliu/qingliu/dedup"
)

// fateNames are the ledger keys of everything that can drop a page, by code;
// code 0 is kept. They are STAGE/REASON.
type fateNames struct {
	names    []string
	collapse int // code of copyReasons[1]
	near     int
}

func newFateNames(d *decisions) *fateNames {
	f := &fateNames{names: []string{""}}
	for _, r := range d.reasons {
		f.names = append(f.names, "decide/"+r)
	}
	f.collapse = len(f.names)
	for _, r := range copyReasons[1:] {
		f.names = append(f.names, "rank/"+r)
	}
	f.near = len(f.names)
	f.names = append(f.names, "cluster/near_duplicate")
	return f
}

// groupFates says what became of each page of one group.
type groupFates struct {
	code  []uint16 // index into fateNames.names
	ranks []uint32
}

// fates joins the verdicts of decide, rank and cluster for one group.
func (r *RunFolder) fates(group int, names *fateNames, clusters *clusterTable) (*groupFates, error) {
	reason, err := r.reasons(group)
	if err != nil {
		return nil, err
	}
	ranks, err := r.loadRanks(group)
	if err != nil {
		return nil, err
	}
	lost, err := r.collapsed(group)
	if err != nil {
		return nil, err
	}
	if len(ranks) != len(reason) {
		return nil, fmt.Errorf("group %d: rank has %d rows, decide %d", group, len(ranks), len(reason))
	}
	g := &groupFates{code: make([]uint16, len(reason)), ranks: ranks}
	for i, x := range reason {
		g.code[i] = uint16(x)
	}
	for _, l := range lost {
		if int(l.row) >= len(g.code) || g.code[l.row] != 0 {
			return nil, fmt.Errorf("group %d row %d: has two fates", group, l.row)
		}
		g.code[l.row] = uint16(names.collapse + int(l.reason) - 1)
	}
	for i, rank := range ranks {
		if g.code[i] != 0 {
			continue
		}
		if rank == noRank {
			return nil, fmt.Errorf("group %d row %d: was kept and has no rank", group, i)
		}
		cl, err := clusters.get(rank)
		if err != nil {
			return nil, err
		}
		if cl.Keeper != rank {
			g.code[i] = uint16(names.near)
		}
	}
	return g, nil
}

// clusterTable reads the result of cluster; without near duplicates every
// document is its own cluster.
type clusterTable struct {
	c *dedup.Clusters
	f *os.File
}

// openClusters opens the result of cluster. Close it.
func (r *RunFolder) openClusters() (*clusterTable, error) {
	f, size, err := r.open("cluster", 0, clustersFile)
	if err != nil {
		return nil, err
	}
	c, err := dedup.OpenClusters(f, size, r.dedupParams())
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return &clusterTable{c: c, f: f}, nil
}

func (t *clusterTable) get(rank uint32) (dedup.Member, error) { return t.c.Get(rank) }

func (t *clusterTable) close() error { return t.f.Close() }
