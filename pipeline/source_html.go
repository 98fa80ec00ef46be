package pipeline

import (
	"fmt"
	"io"
)

// htmlSource is a file that is one page.
type htmlSource struct {
	rangeReader
	done bool
}

func (s *htmlSource) next(rec *rawRecord) error {
	if s.done || s.rg.From > 0 {
		return io.EOF
	}
	s.done = true
	rec.kind = kindHTML
	rec.length = s.file.Size
	n := min(s.file.Size, int64(s.cfg.MaxPageBytes)+1) // one byte more tells that the page is too long
	if int64(cap(rec.data)) < n {
		rec.data = make([]byte, n)
	}
	rec.data = rec.data[:n]
	if _, err := s.in.ReadAt(rec.data, 0); err != nil && err != io.EOF {
		return fmt.Errorf("%s: %w", s.file.Path, err)
	}
	rec.url = s.file.pageURL(s.file.Name)
	return nil
}

func (s *htmlSource) close() (rangeAccount, error) {
	from := int64(0)
	if s.rg.From > 0 {
		from = s.file.Size // the range at the start owns the page
	}
	return s.finish(from, s.file.Size, nil)
}
