package pipeline

import (
	"encoding/binary"
	"fmt"
	"os"

	"github.com/qingliu/qingliu/corpus"
)

// place is a document by group and row.
type place struct{ group, row int }

// keepers follows documents to the ones that stand for them.
type keepers struct {
	r        *RunFolder
	clusters *clusterTable
	order    *os.File
	lost     map[int]map[uint32]collapsedRow // by group, by row
	ranks    map[int][]uint32
}

// openKeepers opens what rank and cluster left. Close it.
func (r *RunFolder) openKeepers() (*keepers, error) {
	k := &keepers{r: r, lost: map[int]map[uint32]collapsedRow{}, ranks: map[int][]uint32{}}
	var err error
	if k.clusters, err = r.openClusters(); err != nil {
		return nil, err
	}
	if k.order, _, err = r.open("rank", 0, orderFile); err != nil {
		k.clusters.close()
		return nil, err
	}
	return k, nil
}

func (k *keepers) close() {
	k.order.Close()
	k.clusters.close()
}

// standing says what became of a document that decide kept.
type standing struct {
	fate       string  // "" kept, else rank/… or cluster/near_duplicate
	keeper     place   // the released document that stands for it, itself if it is kept
	root       place   // best document of the cluster
	size       int     // documents in the cluster
	copies     int     // exact copies that collapsed into it
	similarity float64 // estimate to the keeper; 0 where it was not compared
}

// of follows a document: a copy goes to the one it collapsed into, a near
// duplicate to its keeper.
func (k *keepers) of(p place) (standing, error) {
	s := standing{similarity: 1}
	for at := p; ; {
		lost, err := k.collapsed(at)
		if err != nil {
			return s, err
		}
		if lost == nil {
			return s, k.cluster(&s, at)
		}
		if s.fate == "" {
			s.fate = "rank/" + copyReasons[lost.reason]
		}
		if lost.reason == copyURL {
			s.similarity = 0 // another capture: its text was not compared
		}
		at = place{int(lost.keeperGroup), int(lost.keeperRow)}
	}
}

// collapsed returns how a document lost to a copy, nil if it did not.
func (k *keepers) collapsed(p place) (*collapsedRow, error) {
	rows, ok := k.lost[p.group]
	if !ok {
		list, err := k.r.collapsed(p.group)
		if err != nil {
			return nil, err
		}
		rows = make(map[uint32]collapsedRow, len(list))
		for _, l := range list {
			rows[l.row] = l
		}
		k.lost[p.group] = rows
	}
	if l, ok := rows[uint32(p.row)]; ok {
		return &l, nil
	}
	return nil, nil
}

// cluster fills what cluster says of a document with a rank.
func (k *keepers) cluster(s *standing, p place) error {
	ranks, ok := k.ranks[p.group]
	if !ok {
		var err error
		if ranks, err = k.r.loadRanks(p.group); err != nil {
			return err
		}
		k.ranks[p.group] = ranks
	}
	if p.row >= len(ranks) || ranks[p.row] == noRank {
		return fmt.Errorf("group %d row %d has no rank", p.group, p.row)
	}
	rank := ranks[p.row]
	m, err := k.clusters.get(rank)
	if err != nil {
		return err
	}
	if m.Keeper != rank {
		if s.fate == "" {
			s.fate = "cluster/near_duplicate"
		}
		s.similarity = min(s.similarity, corpus.Round(k.r.dedupParams().Estimate(m.Matches), 4))
	}
	s.size = int(m.Size)
	if s.keeper, _, err = k.atRank(m.Keeper); err != nil {
		return err
	}
	if s.root, _, err = k.atRank(m.Root); err != nil {
		return err
	}
	_, s.copies, err = k.atRank(rank)
	return err
}

// atRank returns the document with a rank, and its exact copies.
func (k *keepers) atRank(rank uint32) (p place, copies int, err error) {
	var b [orderRowBytes]byte
	if _, err := k.order.ReadAt(b[:], int64(rank)*orderRowBytes); err != nil {
		return p, 0, fmt.Errorf("%s: rank %d: %w", k.order.Name(), rank, err)
	}
	return place{int(binary.LittleEndian.Uint32(b[0:])), int(binary.LittleEndian.Uint32(b[4:]))}, int(binary.LittleEndian.Uint32(b[8:])), nil
}
