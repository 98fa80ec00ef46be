package warc

import "io"

// section reads a file from pos on and remembers the first true read error.
type section struct {
	r         io.ReaderAt
	pos, size int64
	err       error // a failure of r, never io.EOF
}

func (s *section) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.pos >= s.size {
		return 0, io.EOF
	}
	if int64(len(p)) > s.size-s.pos {
		p = p[:s.size-s.pos]
	}
	n, err := s.r.ReadAt(p, s.pos)
	s.pos += int64(n)
	if n == len(p) {
		return n, nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF // the file is shorter than promised
	}
	s.err = err
	return n, err
}

// stream is a window over unpacked bytes, from which records are cut.
type stream struct {
	in     io.Reader
	buf    []byte // buf[lo:hi] is unread
	lo, hi int
	off    int64                   // position of buf[lo] in the unpacked bytes
	err    error                   // why in ended: io.EOF or damage
	limit  func(total int64) error // checked after each read; may be nil
}

// keepBytes is the largest buffer kept from one record to the next.
const keepBytes = 8 << 20

// reset starts at in with position off, keeping the memory of buf.
func (s *stream) reset(in io.Reader, off int64) {
	s.in, s.lo, s.hi, s.off, s.err = in, 0, 0, off, nil
}

// unread returns the bytes in the window.
func (s *stream) unread() []byte { return s.buf[s.lo:s.hi] }

// skip drops n bytes of the window.
func (s *stream) skip(n int) {
	s.lo += n
	s.off += int64(n)
}

// shrink gives up a buffer grown by a giant record once it is little used.
func (s *stream) shrink() {
	if cap(s.buf) > keepBytes && s.hi-s.lo < keepBytes/8 {
		small := make([]byte, keepBytes/8)
		s.hi = copy(small, s.buf[s.lo:s.hi])
		s.lo, s.buf = 0, small
	}
}

// fill reads until the window holds n bytes, and reports false if the input
// ends before. The window grows with the bytes that arrive, never with a
// promise of them.
func (s *stream) fill(n int) bool {
	for s.hi-s.lo < n {
		if s.err != nil {
			return false
		}
		if s.hi == len(s.buf) {
			s.makeRoom(n)
		}
		k, err := s.in.Read(s.buf[s.hi:])
		s.hi += k
		s.err = err
		if s.limit != nil && s.err == nil {
			s.err = s.limit(s.off + int64(s.hi-s.lo))
		}
	}
	return true
}

// makeRoom moves the window to the front of the buffer if that frees a quarter
// of it, and doubles the buffer otherwise, but not to more than n bytes and some.
func (s *stream) makeRoom(n int) {
	if s.lo >= len(s.buf)/4 && s.lo > 0 {
		s.hi = copy(s.buf, s.buf[s.lo:s.hi])
		s.lo = 0
		return
	}
	size := max(2*len(s.buf), 64<<10)
	if enough := n + 64<<10; enough > len(s.buf) {
		size = min(size, enough)
	}
	grown := make([]byte, size)
	s.hi = copy(grown, s.buf[s.lo:s.hi])
	s.lo, s.buf = 0, grown
}
