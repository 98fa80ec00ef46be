package storage

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"sort"
	"sync"
)

// Selected is a file made of parts of another one, joined in their order. Offsets,
// Size and PartSHA256 are those of the joined parts; Info is that of the whole file.
// What lies between parts is read over where it is at most coalesce bytes, and
// else not asked for.
type Selected struct {
	whole    File
	spans    []Span
	ends     []int64 // of the spans in the joined bytes
	coalesce int64

	mu   sync.Mutex
	sums partSums
}

// Select joins parts of f, which must ascend without overlap and lie in it. The
// result owns f.
func Select(f File, spans []Span, coalesce int64) (*Selected, error) {
	s := &Selected{whole: f, spans: spans, coalesce: coalesce}
	at, size := int64(0), int64(0)
	for _, p := range spans {
		if p.From < at || p.To <= p.From || p.To > f.Size() {
			return nil, fmt.Errorf("%s: bytes %d to %d cannot be selected", f.Info().Name, p.From, p.To)
		}
		size += p.To - p.From
		at = p.To
		s.ends = append(s.ends, size)
	}
	s.sums.size = size
	return s, nil
}

// Info implements File.
func (s *Selected) Info() Info { return s.whole.Info() }

// Size implements File.
func (s *Selected) Size() int64 {
	if len(s.ends) == 0 {
		return 0
	}
	return s.ends[len(s.ends)-1]
}

// Place returns the offset in the whole file of a joined byte.
func (s *Selected) Place(off int64) int64 {
	i := sort.Search(len(s.ends), func(i int) bool { return s.ends[i] > off })
	if i == len(s.ends) {
		return s.whole.Size()
	}
	return s.spans[i].To - (s.ends[i] - off)
}

// Expect implements File.
func (s *Selected) Expect(spans ...Span) {
	var want []Span
	for _, p := range spans {
		i := sort.Search(len(s.ends), func(i int) bool { return s.ends[i] > p.From })
		for at := p.From; i < len(s.ends) && at < p.To; i++ {
			from := s.spans[i].To - (s.ends[i] - at)
			to := s.spans[i].To - max(0, s.ends[i]-p.To)
			if n := len(want); n > 0 && from >= want[n-1].From && from-want[n-1].To <= s.coalesce {
				want[n-1].To = max(want[n-1].To, to)
			} else {
				want = append(want, Span{from, to})
			}
			at = s.ends[i]
		}
	}
	s.whole.Expect(slices.Clip(want)...)
}

// ReadAt implements io.ReaderAt.
func (s *Selected) ReadAt(p []byte, off int64) (n int, err error) {
	n, err = s.readAt(p, off)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums.add(off, p[:n])
	return n, err
}

func (s *Selected) readAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n)
		i := sort.Search(len(s.ends), func(i int) bool { return s.ends[i] > at })
		if i == len(s.ends) {
			err = io.EOF
			break
		}
		left := s.ends[i] - at
		part := p[n : n+int(min(int64(len(p)-n), left))]
		k, err := s.whole.ReadAt(part, s.spans[i].To-left)
		n += k
		if k < len(part) {
			return n, err
		}
	}
	return n, err
}

// PartSHA256 implements File.
func (s *Selected) PartSHA256(i int) ([sha256.Size]byte, error) {
	buf := make([]byte, 1<<20)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sums.of(i, func(at, to int64) error {
		n, err := s.readAt(buf[:min(int64(len(buf)), to-at)], at)
		s.sums.add(at, buf[:n])
		if n == 0 {
			return err
		}
		return nil
	})
}

// Close implements io.Closer.
func (s *Selected) Close() error { return s.whole.Close() }
