package dedup

import (
	"encoding/binary"
	"fmt"
	"io"
	"sort"
)

// A file of candidate edges holds records of 8 bytes, a file of verified edges
// records of 10, ascending and without repeats, and the footer:
//
//	lo       u32 big-endian  the better rank
//	hi       u32 big-endian  the other rank
//	matches  u16 big-endian  equal sketch positions; verified edges only
const (
	edgeBytes     = 8
	verifiedBytes = 10
)

// openEdges returns the part of an edge file whose lo is in [from, to).
func openEdges(f File, k kind, width int64, p Params, from, to uint32) (run, error) {
	n, _, err := readFooter(f.R, f.Size, k, p)
	if err != nil {
		return run{}, err
	}
	if err := checkEdges(k, f.Size, n, width); err != nil {
		return run{}, err
	}
	var failed error
	search := func(lo uint32) int64 {
		return width * int64(sort.Search(int(n), func(i int) bool {
			var b [4]byte
			if err := readFull(f.R, b[:], int64(i)*width); err != nil {
				failed = err
			}
			return binary.BigEndian.Uint32(b[:]) >= lo
		}))
	}
	r := run{r: f.R, from: 0}
	if from > 0 {
		r.from = search(from)
	}
	r.to = max(r.from, search(to))
	if failed != nil {
		return run{}, fmt.Errorf("%v: %w", k, failed)
	}
	return r, nil
}

// checkEdges is checkSize for files whose record count is not bounded by the
// number of ranks.
func checkEdges(k kind, size int64, count uint64, width int64) error {
	if count > uint64(size) || size != int64(count)*width+footerBytes {
		return fmt.Errorf("%v: %d bytes do not hold %d records: %w", k, size, count, ErrFormat)
	}
	return nil
}

// eachEdge calls visit for the distinct edges of files, ascending.
func eachEdge(files []File, p Params, from, to uint32, memory int, visit func(rec []byte, lo, hi uint32) error) error {
	var runs []run
	for i, f := range files {
		r, err := openEdges(f, kindEdges, edgeBytes, p, from, to)
		if err != nil {
			return fmt.Errorf("edge file %d: %w", i, err)
		}
		if r.from < r.to {
			runs = append(runs, r)
		}
	}
	m, err := newMerger(runs, edgeBytes, make([]byte, min(memory, len(runs)<<18)))
	if err != nil {
		return fmt.Errorf("%v: %w", kindEdges, err)
	}
	var last uint64
	for first := true; ; first = false {
		rec, err := m.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%v: %w", kindEdges, err)
		}
		e := binary.BigEndian.Uint64(rec)
		if !first && e == last {
			continue
		}
		lo, hi := uint32(e>>32), uint32(e)
		if e < last || lo >= hi || lo < from || lo >= to {
			return fmt.Errorf("%v: edge %d–%d is out of order: %w", kindEdges, lo, hi, ErrFormat)
		}
		last = e
		if err := visit(rec, lo, hi); err != nil {
			return err
		}
	}
}

// eachVerified calls visit for all edges of files, one file after the other.
func eachVerified(files []File, p Params, memory int, visit func(lo, hi uint32) error) error {
	buf := make([]byte, min(1<<20, max(1, memory/verifiedBytes)*verifiedBytes)/verifiedBytes*verifiedBytes)
	for i, f := range files {
		n, _, err := readFooter(f.R, f.Size, kindVerified, p)
		if err == nil {
			err = checkEdges(kindVerified, f.Size, n, verifiedBytes)
		}
		if err != nil {
			return fmt.Errorf("edge file %d: %w", i, err)
		}
		for at, end := int64(0), f.Size-footerBytes; at < end; at += int64(len(buf)) {
			b := buf[:min(int64(len(buf)), end-at)]
			if err := readFull(f.R, b, at); err != nil {
				return fmt.Errorf("edge file %d: %w", i, err)
			}
			for ; len(b) > 0; b = b[verifiedBytes:] {
				if err := visit(binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])); err != nil {
					return fmt.Errorf("edge file %d: %w", i, err)
				}
			}
		}
	}
	return nil
}
