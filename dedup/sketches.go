package dedup

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"slices"
)

// A sketch file holds n sketches of 64 bytes in ascending order of local rows,
// then the n rows as little-endian u32, ascending, and the footer.
const sketchRecord = SketchBytes + 4

// WriteSketches writes the sketch file of a group of documents. sigs[i] is the
// signature of local row rows[i]; signatures without a sketch are left out. The
// rows must be distinct, in any order.
func WriteSketches(w io.Writer, p Params, rows []uint32, sigs []Signature) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if len(rows) != len(sigs) {
		return fmt.Errorf("dedup: %d rows for %d signatures", len(rows), len(sigs))
	}
	order := make([]uint64, 0, len(rows)) // row, index
	for i, row := range rows {
		if sigs[i].Letters >= p.MinLetters {
			order = append(order, uint64(row)<<32|uint64(i))
		}
	}
	slices.Sort(order)
	f := newFileWriter(w)
	for _, o := range order {
		f.write(sigs[uint32(o)].Sketch[:])
	}
	var b [4]byte
	for _, o := range order {
		binary.LittleEndian.PutUint32(b[:], uint32(o>>32))
		f.write(b[:])
	}
	return f.finish(kindSketches, p, uint64(len(order)))
}

// SketchFile reads a file of WriteSketches.
type SketchFile struct {
	r    io.ReaderAt
	size int64
	n    int64
	body uint64
}

// OpenSketches reads the footer of a sketch file; it refuses what OpenBands
// refuses.
func OpenSketches(r io.ReaderAt, size int64, p Params) (*SketchFile, error) {
	n, body, err := readFooter(r, size, kindSketches, p)
	if err != nil {
		return nil, err
	}
	if err := checkSize(kindSketches, size, n, sketchRecord); err != nil {
		return nil, err
	}
	return &SketchFile{r: r, size: size, n: int64(n), body: body}, nil
}

// Len returns the number of sketches.
func (f *SketchFile) Len() int { return int(f.n) }

// Verify reads the whole file and returns an error wrapping ErrFormat if its
// checksum does not match.
func (f *SketchFile) Verify() error { return verifyBody(f.r, f.size, kindSketches, f.body) }

// Each calls visit for every sketch in ascending order of rows and stops at the
// first error, which it returns. sketch is valid during the call.
func (f *SketchFile) Each(visit func(row uint32, sketch []byte) error) error {
	const step = 512
	sketches, rows := make([]byte, step*SketchBytes), make([]byte, step*4)
	last := int64(-1)
	for at := int64(0); at < f.n; at += step {
		n := min(step, f.n-at)
		if err := readFull(f.r, sketches[:n*SketchBytes], at*SketchBytes); err != nil {
			return fmt.Errorf("%v: %w", kindSketches, err)
		}
		if err := readFull(f.r, rows[:n*4], f.n*SketchBytes+at*4); err != nil {
			return fmt.Errorf("%v: %w", kindSketches, err)
		}
		for i := range n {
			row := binary.LittleEndian.Uint32(rows[i*4:])
			if int64(row) <= last {
				return fmt.Errorf("%v: rows are out of order: %w", kindSketches, ErrFormat)
			}
			last = int64(row)
			if err := visit(row, sketches[i*SketchBytes:(i+1)*SketchBytes]); err != nil {
				return err
			}
		}
	}
	return nil
}

// SketchInput is the sketch file of one group of documents and the ranks of its
// rows, as in GroupInput.
type SketchInput struct {
	Sketches *SketchFile
	Rank     func(row uint32) (rank uint32, ok bool)
}

// RankSketches writes the sketches of all inputs in rank order, the form that
// Compare and Cluster read: n times 64 bytes and nothing else, zero for ranks
// without a sketch. A rank of n or more, or given twice, is an error.
func RankSketches(w io.Writer, n uint32, inputs []SketchInput, opt Options) error {
	s := NewSorter(opt.TmpDir, 4+SketchBytes, 4, opt.memory())
	defer s.Close()
	var rec [4 + SketchBytes]byte
	for i, in := range inputs {
		err := in.Sketches.Each(func(row uint32, sketch []byte) error {
			rank, ok := in.Rank(row)
			if !ok {
				return nil
			}
			if rank >= n {
				return fmt.Errorf("row %d has rank %d of %d", row, rank, n)
			}
			binary.BigEndian.PutUint32(rec[:], rank)
			copy(rec[4:], sketch)
			return s.Add(rec[:])
		})
		if err != nil {
			return fmt.Errorf("rank sketches: input %d: %w", i, err)
		}
	}
	it, err := s.Sorted()
	if err != nil {
		return fmt.Errorf("rank sketches: %w", err)
	}
	out := &fileWriter{w: newBuffer(w)}
	var none [SketchBytes]byte
	next := int64(0)
	for {
		rec, err := it.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("rank sketches: %w", err)
		}
		rank := int64(binary.BigEndian.Uint32(rec))
		if rank < next {
			return fmt.Errorf("rank sketches: rank %d was given to two documents", rank)
		}
		for ; next < rank; next++ {
			out.write(none[:])
		}
		out.write(rec[4:])
		next++
	}
	for ; next < int64(n); next++ {
		out.write(none[:])
	}
	if err := out.flush(); err != nil {
		return fmt.Errorf("rank sketches: %w", err)
	}
	return s.Close()
}

// sketchWindow reads sketches of ascending ranks from a file in rank order.
type sketchWindow struct {
	r     io.ReaderAt
	end   int64 // ranks in the file, or more than are asked for
	buf   []byte
	first int64 // rank of the first sketch in buf
	n     int64 // sketches in buf
}

func newSketchWindow(r io.ReaderAt, end int64) *sketchWindow {
	return &sketchWindow{r: r, end: end, buf: make([]byte, 1<<10*SketchBytes)}
}

// at returns the sketch of rank, valid until the next call.
func (s *sketchWindow) at(rank uint32) ([]byte, error) {
	i := int64(rank) - s.first
	if i < 0 || i >= s.n {
		s.first = int64(rank)
		s.n = min(int64(len(s.buf)/SketchBytes), s.end-s.first)
		if s.n <= 0 {
			return nil, fmt.Errorf("rank %d has no sketch: %w", rank, io.ErrUnexpectedEOF)
		}
		// Near the end the file may hold fewer sketches than the window.
		n, err := s.r.ReadAt(s.buf[:s.n*SketchBytes], s.first*SketchBytes)
		s.n = int64(n / SketchBytes)
		if s.n == 0 {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("sketch of rank %d: %w", rank, err)
		}
		i = 0
	}
	return s.buf[i*SketchBytes : (i+1)*SketchBytes], nil
}

// matches returns the number of equal positions of two sketches of k positions.
func matches(a, b []byte, k int) int {
	different := 0
	for i := 0; i < k/8; i += 8 {
		different += bits.OnesCount64(binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]))
	}
	return k - different
}
