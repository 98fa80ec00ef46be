package pipeline

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A stack is a file of pieces, each complete in itself, written one after the
// other: the pieces, then u64 offset and u64 length of each, then u32 their
// number and the magic. It bounds the memory of stages that sort: a task that
// sees more than fits writes another piece.
const stackMagic = "QLSTACK1"

// piece is where one piece lies in its stack.
type piece struct{ offset, length int64 }

// stackWriter writes a stack.
type stackWriter struct {
	w      io.Writer
	n      int64
	pieces []piece
}

func newStackWriter(w io.Writer) *stackWriter { return &stackWriter{w: w} }

// add writes one piece with fn.
func (s *stackWriter) add(fn func(w io.Writer) error) error {
	start := s.n
	if err := fn(stackPiece{s}); err != nil {
		return err
	}
	s.pieces = append(s.pieces, piece{start, s.n - start})
	return nil
}

// close writes the directory.
func (s *stackWriter) close() error {
	var b []byte
	for _, p := range s.pieces {
		b = binary.LittleEndian.AppendUint64(b, uint64(p.offset))
		b = binary.LittleEndian.AppendUint64(b, uint64(p.length))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s.pieces)))
	_, err := s.w.Write(append(b, stackMagic...))
	return err
}

type stackPiece struct{ s *stackWriter }

func (p stackPiece) Write(b []byte) (int, error) {
	n, err := p.s.w.Write(b)
	p.s.n += int64(n)
	return n, err
}

// readStack returns the pieces of a stack.
func readStack(r io.ReaderAt, size int64) ([]*io.SectionReader, error) {
	const tail = 4 + int64(len(stackMagic))
	end := make([]byte, tail)
	if size < tail {
		return nil, fmt.Errorf("no stack: %d bytes", size)
	}
	if _, err := r.ReadAt(end, size-tail); err != nil && err != io.EOF {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(end))
	if string(end[4:]) != stackMagic || n*16 > size-tail {
		return nil, fmt.Errorf("no stack")
	}
	dir := make([]byte, n*16)
	if _, err := r.ReadAt(dir, size-tail-n*16); err != nil && err != io.EOF {
		return nil, err
	}
	var out []*io.SectionReader
	for ; len(dir) > 0; dir = dir[16:] {
		off, length := int64(binary.LittleEndian.Uint64(dir)), int64(binary.LittleEndian.Uint64(dir[8:]))
		if off < 0 || length < 0 || off > size || length > size-off {
			return nil, fmt.Errorf("a piece of the stack lies outside the file")
		}
		out = append(out, io.NewSectionReader(r, off, length))
	}
	return out, nil
}
