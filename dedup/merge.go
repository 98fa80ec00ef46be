package dedup

import (
	"bytes"
	"io"
)

// merger merges sorted runs of fixed-width records with a tree of losers
// (Knuth, TAOCP 3, 5.4.1): one comparison per level for each record.
type merger struct {
	width int
	runs  []runReader
	tree  []int // tree[0] is the winner, the others are losers of their match
	first bool  // nothing was returned yet
}

// run is a sorted piece of a file.
type run struct {
	r        io.ReaderAt
	from, to int64
}

// runReader is the read position of one run.
type runReader struct {
	run // what is not yet in buf
	buf []byte
	pos int // of the current record in buf; len(buf) at the end
}

// newMerger starts a merge. mem is cut into the read buffers; runs that would
// get less than a record of it get one of their own.
func newMerger(runs []run, width int, mem []byte) (*merger, error) {
	const maxBuffer = 1 << 20
	m := &merger{width: width, runs: make([]runReader, len(runs)), first: true}
	size := min(maxBuffer, len(mem)/max(1, len(runs))) / width * width
	for i, x := range runs {
		buf := mem[i*size : i*size : (i+1)*size]
		if size == 0 {
			buf = make([]byte, 0, width)
		}
		m.runs[i] = runReader{run: x, buf: buf}
		if err := m.fill(&m.runs[i]); err != nil {
			return nil, err
		}
	}
	m.build()
	return m, nil
}

// fill reads the next piece of a run.
func (m *merger) fill(x *runReader) error {
	n := min(int64(cap(x.buf)), x.to-x.from)
	x.buf, x.pos = x.buf[:n], 0
	if n == 0 {
		return nil
	}
	if err := readFull(x.r, x.buf, x.from); err != nil {
		return err
	}
	x.from += n
	return nil
}

// less orders runs by their current record; a run at its end comes last. Equal
// records are equal in every byte, so their order does not show.
func (m *merger) less(a, b int) bool {
	x, y := &m.runs[a], &m.runs[b]
	if x.pos == len(x.buf) {
		return false
	}
	if y.pos == len(y.buf) {
		return true
	}
	return bytes.Compare(x.buf[x.pos:x.pos+m.width], y.buf[y.pos:y.pos+m.width]) < 0
}

// build plays all matches. Run i is the leaf at position len(runs)+i of an
// implicit tree.
func (m *merger) build() {
	n := len(m.runs)
	m.tree = make([]int, max(1, n))
	winners := make([]int, 2*n)
	for i := range n {
		winners[n+i] = i
	}
	for at := n - 1; at >= 1; at-- {
		a, b := winners[2*at], winners[2*at+1]
		if m.less(b, a) {
			a, b = b, a
		}
		winners[at], m.tree[at] = a, b
	}
	if n > 1 {
		m.tree[0] = winners[1]
	}
}

// next returns the next record, valid until the next call, or io.EOF.
func (m *merger) next() ([]byte, error) {
	if len(m.runs) == 0 {
		return nil, io.EOF
	}
	top := m.tree[0]
	if m.first {
		m.first = false
	} else {
		x := &m.runs[top]
		if x.pos == len(x.buf) {
			return nil, io.EOF
		}
		x.pos += m.width
		if x.pos == len(x.buf) {
			if err := m.fill(x); err != nil {
				return nil, err
			}
		}
		for at := (len(m.runs) + top) / 2; at >= 1; at /= 2 {
			if m.less(m.tree[at], top) {
				m.tree[at], top = top, m.tree[at]
			}
		}
		m.tree[0] = top
	}
	x := &m.runs[top]
	if x.pos == len(x.buf) {
		return nil, io.EOF
	}
	return x.buf[x.pos : x.pos+m.width], nil
}
