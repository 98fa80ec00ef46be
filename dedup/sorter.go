package dedup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// Sorter sorts fixed-width records that need not fit into memory. Records are
// ordered by bytes.Compare of their key, the first bytes, and then of the rest:
// the result depends on the set of records alone, not on the order of Add.
// Big-endian integers therefore sort as numbers.
//
// Use: Add all records, call Sorted once, read the Iterator, Close. A Sorter
// belongs to one goroutine.
type Sorter struct {
	dir    string
	width  int
	limit  int // bytes of records sorted in memory at once
	buf    []byte
	swap   []byte
	file   *os.File // all runs so far, one after the other
	end    int64
	runs   []run
	sorted bool
}

// NewSorter returns a Sorter of records of width bytes of which the first keyLen
// are the key. It holds at most about budgetBytes in memory and puts the rest
// into temporary files in tmpDir, "" for the system's. It panics unless
// 0 < keyLen ≤ width.
func NewSorter(tmpDir string, width, keyLen, budgetBytes int) *Sorter {
	if keyLen <= 0 || keyLen > width {
		panic(fmt.Sprintf("dedup: key of %d bytes in records of %d", keyLen, width))
	}
	// The buffer grows fourfold, so all its former ones together are a third of
	// it, whether the garbage collector took them or not.
	limit := max(2, budgetBytes/4*3/width) * width
	return &Sorter{dir: tmpDir, width: width, limit: limit, swap: make([]byte, width)}
}

// Add adds a record; rec is copied. It returns errors of the temporary file.
func (s *Sorter) Add(rec []byte) error {
	if len(rec) != s.width {
		return fmt.Errorf("sort: record of %d bytes, want %d", len(rec), s.width)
	}
	if s.sorted {
		return errors.New("sort: record added after sorting")
	}
	if len(s.buf)+s.width > cap(s.buf) {
		if len(s.buf)+s.width > s.limit {
			if err := s.spill(); err != nil {
				return err
			}
		} else {
			grown := make([]byte, len(s.buf), min(s.limit, max(4*cap(s.buf), 256*s.width)))
			copy(grown, s.buf)
			s.buf = grown
		}
	}
	s.buf = append(s.buf, rec...)
	return nil
}

// spill sorts the records in memory and appends them to the temporary file.
func (s *Sorter) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "sort-*.tmp")
		if err != nil {
			return fmt.Errorf("sort: %w", err)
		}
		s.file = f
	}
	sortRecords(s.buf, s.width, 0, s.swap)
	if _, err := s.file.Write(s.buf); err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	s.runs = append(s.runs, run{s.file, s.end, s.end + int64(len(s.buf))})
	s.end += int64(len(s.buf))
	s.buf = s.buf[:0]
	return nil
}

// Sorted ends the input and returns an iterator over all records in order,
// equal records included. It is called once.
func (s *Sorter) Sorted() (*Iterator, error) {
	if s.sorted {
		return nil, errors.New("sort: sorted twice")
	}
	s.sorted = true
	if s.file == nil {
		sortRecords(s.buf, s.width, 0, s.swap)
		return &Iterator{width: s.width, buf: s.buf}, nil
	}
	if len(s.buf) > 0 {
		if err := s.spill(); err != nil {
			return nil, err
		}
	}
	// The sort buffer becomes one read buffer per run; so many runs that the
	// buffers get small are merged in several passes.
	const minBuffer = 32 << 10
	mem := s.buf[:cap(s.buf)]
	s.buf = nil
	fanIn := min(max(len(mem)/minBuffer, 2), 512)
	for len(s.runs) > fanIn {
		if err := s.mergePass(fanIn, mem); err != nil {
			return nil, err
		}
	}
	m, err := newMerger(s.runs, s.width, mem)
	if err != nil {
		return nil, fmt.Errorf("sort: %w", err)
	}
	return &Iterator{width: s.width, merge: m}, nil
}

// mergePass merges each fanIn neighbouring runs into one, in a new file, with
// buffers cut from mem.
func (s *Sorter) mergePass(fanIn int, mem []byte) (err error) {
	f, err := os.CreateTemp(s.dir, "sort-*.tmp")
	if err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	old := s.file
	defer func() {
		if cerr := discard(old); err == nil {
			err = cerr
		}
	}()
	s.file = f
	var merged []run
	var end int64
	half := len(mem) / 2 / s.width * s.width // at least a record: the buffer held two
	out, mem := mem[:0:half], mem[half:]
	for len(s.runs) > 0 {
		n := min(fanIn, len(s.runs))
		m, err := newMerger(s.runs[:n], s.width, mem)
		if err != nil {
			return fmt.Errorf("sort: %w", err)
		}
		from := end
		for {
			rec, err := m.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return fmt.Errorf("sort: %w", err)
			}
			if len(out)+s.width > cap(out) {
				if _, err := f.Write(out); err != nil {
					return fmt.Errorf("sort: %w", err)
				}
				out = out[:0]
			}
			out = append(out, rec...)
			end += int64(s.width)
		}
		merged = append(merged, run{f, from, end})
		s.runs = s.runs[n:]
	}
	if _, err := f.Write(out); err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	s.runs = merged
	return nil
}

// Close removes the temporary file; the Iterator must not be used afterwards. It
// may be called at any time, also more than once.
func (s *Sorter) Close() error {
	s.sorted = true
	s.buf = nil
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	return discard(f)
}

// discard closes and removes a temporary file.
func discard(f *os.File) error {
	err := f.Close()
	if rerr := os.Remove(f.Name()); err == nil {
		err = rerr
	}
	if err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	return nil
}

// Iterator yields the records of a Sorter in order.
type Iterator struct {
	width int
	buf   []byte // what is left, if all records are in memory
	merge *merger
}

// Next returns the next record, valid until the next call, or io.EOF after the
// last one.
func (it *Iterator) Next() ([]byte, error) {
	if it.merge != nil {
		rec, err := it.merge.next()
		if err != nil && err != io.EOF {
			err = fmt.Errorf("sort: %w", err)
		}
		return rec, err
	}
	if len(it.buf) == 0 {
		return nil, io.EOF
	}
	rec := it.buf[:it.width:it.width]
	it.buf = it.buf[it.width:]
	return rec, nil
}

// sortRecords sorts the records of b, which agree in their bytes before from, in
// place: a radix sort from the most significant byte (American flag sort:
// McIlroy, Bostic, McIlroy, 1993). swap is scratch of one record.
func sortRecords(b []byte, width, from int, swap []byte) {
	const small = 24
	for ; from < width; from++ {
		n := len(b) / width
		if n <= small {
			insertRecords(b, width, from, swap)
			return
		}
		var count [256]int
		for i := from; i < len(b); i += width {
			count[b[i]]++
		}
		if count[b[from]] == n {
			continue // all agree in this byte too
		}
		var at, end [256]int
		sum := 0
		for c, k := range count {
			at[c] = sum
			sum += k * width
			end[c] = sum
		}
		for c := range count {
			for at[c] < end[c] {
				i := at[c]
				to := b[i+from]
				if int(to) == c {
					at[c] += width
					continue
				}
				j := at[to]
				at[to] += width
				copy(swap, b[i:i+width])
				copy(b[i:i+width], b[j:j+width])
				copy(b[j:j+width], swap)
			}
		}
		start := 0
		for _, k := range count {
			if k > 1 {
				sortRecords(b[start:start+k*width], width, from+1, swap)
			}
			start += k * width
		}
		return
	}
}

// insertRecords sorts few records that agree in their bytes before from.
func insertRecords(b []byte, width, from int, swap []byte) {
	for i := width; i < len(b); i += width {
		j := i
		for j > 0 && bytes.Compare(b[i+from:i+width], b[j-width+from:j]) < 0 {
			j -= width
		}
		if j < i {
			copy(swap, b[i:i+width])
			copy(b[j+width:i+width], b[j:i])
			copy(b[j:j+width], swap)
		}
	}
}
