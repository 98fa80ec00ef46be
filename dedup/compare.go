package dedup

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// CompareStats counts what one Compare task did.
type CompareStats struct {
	Edges    int64 // distinct candidate edges
	Verified int64 // edges written
	// Histogram counts the candidate edges by estimated similarity: entry i
	// those of [i/20, (i+1)/20), the last one 1 exactly.
	Histogram [21]int64
}

// Compare writes the verified edges among the candidate edges whose better rank
// is in [from, to): those whose sketches agree in Params.MinMatches positions or
// more. edges are files of Group, which may repeat each other's edges; sketches
// is a file of RankSketches. Edges ascend within the file and carry the number of
// equal positions.
func Compare(w io.Writer, p Params, from, to uint32, edges []File, sketches io.ReaderAt, opt Options) (CompareStats, error) {
	if err := p.Validate(); err != nil {
		return CompareStats{}, err
	}
	stats, err := compare(w, p, from, to, edges, sketches, opt)
	if err != nil {
		return CompareStats{}, fmt.Errorf("compare ranks %d to %d: %w", from, to, err)
	}
	return stats, nil
}

func compare(w io.Writer, p Params, from, to uint32, edges []File, sketches io.ReaderAt, opt Options) (stats CompareStats, err error) {
	// First pass, in order of lo: carry the sketch of lo over to the order of hi.
	const width = 4 + 4 + SketchBytes
	byHi := NewSorter(opt.TmpDir, width, 8, opt.memory()/2)
	defer byHi.Close()
	window := newSketchWindow(sketches, math.MaxUint32+1)
	var rec [width]byte
	err = eachEdge(edges, p, from, to, opt.memory()/4, func(_ []byte, lo, hi uint32) error {
		sketch, err := window.at(lo)
		if err != nil {
			return err
		}
		binary.BigEndian.PutUint32(rec[:], hi)
		binary.BigEndian.PutUint32(rec[4:], lo)
		copy(rec[8:], sketch)
		stats.Edges++
		return byHi.Add(rec[:])
	})
	if err != nil {
		return stats, err
	}
	it, err := byHi.Sorted()
	if err != nil {
		return stats, err
	}

	// Second pass, in order of hi: compare.
	verified := NewSorter(opt.TmpDir, verifiedBytes, edgeBytes, opt.memory()/4)
	defer verified.Close()
	least := p.MinMatches()
	var edge [verifiedBytes]byte
	for {
		rec, err := it.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return stats, err
		}
		sketch, err := window.at(binary.BigEndian.Uint32(rec))
		if err != nil {
			return stats, err
		}
		m := matches(rec[8:], sketch, p.K)
		stats.Histogram[max(0, 2*m-p.K)*20/p.K]++
		if m < least {
			continue
		}
		copy(edge[:4], rec[4:8])
		copy(edge[4:8], rec[:4])
		binary.BigEndian.PutUint16(edge[8:], uint16(m))
		if err := verified.Add(edge[:]); err != nil {
			return stats, err
		}
		stats.Verified++
	}
	if err := byHi.Close(); err != nil {
		return stats, err
	}

	it, err = verified.Sorted()
	if err != nil {
		return stats, err
	}
	out := newFileWriter(w)
	for {
		rec, err := it.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return stats, err
		}
		out.write(rec)
	}
	if err := out.finish(kindVerified, p, uint64(stats.Verified)); err != nil {
		return stats, err
	}
	return stats, verified.Close()
}
