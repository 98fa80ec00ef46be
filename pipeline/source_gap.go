package pipeline

import (
	"fmt"
	"io"

	"github.com/qingliu/qingliu/shard"
)

// gap returns a source of the range that yields nothing but a gap.
func (s rangeReader) gap(format string, args ...any) source {
	err := fmt.Errorf(format, args...)
	return &gapSource{rangeReader: s, cause: err.Error(), problem: limitReached(err)}
}

// gapSource is a file that cannot be read at all.
type gapSource struct {
	rangeReader
	cause   string
	problem string // see shard.Gap
}

func (s *gapSource) next(*rawRecord) error { return io.EOF }

func (s *gapSource) close() (rangeAccount, error) {
	n := s.end() - s.rg.From
	var gaps []shard.Gap
	if n > 0 || s.file.Size == 0 {
		cause := s.cause
		if s.file.Size == 0 {
			cause = "empty file"
		}
		gaps = []shard.Gap{{Offset: s.rg.From, Length: n, Cause: cause, Problem: s.problem}}
	}
	return s.finish(s.rg.From, s.end(), gaps)
}
