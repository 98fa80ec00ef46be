package pipeline

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/qingliu/qingliu/shard"
	"github.com/qingliu/qingliu/warc"
)

// blankLine is the cause of gaps that hold nothing.
const blankLine = "blank line"

// jsonSource yields the lines of a JSONL file. A packed file is one range: its
// later ranges own nothing and its records share the bytes of the file.
type jsonSource struct {
	rangeReader
	br      *bufio.Reader
	packed  bool
	pos     int64 // offset of the next line: file bytes, unpacked bytes if packed
	index   int
	from    int64
	gaps    []shard.Gap
	closer  io.Closer
	failure *readFailure
	err     error
}

func newJSONSource(base rangeReader, head []byte) (source, error) {
	s := &jsonSource{rangeReader: base, failure: &readFailure{r: base.in}}
	section := io.NewSectionReader(s.failure, 0, base.file.Size)
	r, err := base.cfg.Limits.unpacked(section, head)
	if err != nil {
		return base.gap("damaged archive: %w", err), nil
	}
	s.packed = r != io.Reader(section)
	if s.packed {
		if base.rg.From > 0 {
			s.from = base.file.Size
			s.br = bufio.NewReader(bytes.NewReader(nil))
			return s, nil
		}
		if c, ok := r.(io.Closer); ok {
			s.closer = c
		}
		s.br = bufio.NewReaderSize(r, 1<<20)
		return s, nil
	}
	s.pos = base.rg.From
	if s.pos > 0 {
		s.pos-- // the byte before tells whether a line starts here
	}
	if _, err := section.Seek(s.pos, io.SeekStart); err != nil {
		return nil, fmt.Errorf("%s: %w", base.file.Path, err)
	}
	s.br = bufio.NewReaderSize(section, 1<<20)
	if base.rg.From > 0 {
		n, _, err := s.skipLine()
		s.pos += n
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("%s: %w", base.file.Path, err)
		}
		s.skipBlank() // they belong to the record before
	}
	s.from = s.pos
	return s, nil
}

// skipLine drops the rest of a line and returns how many bytes that were.
func (s *jsonSource) skipLine() (n int64, cut bool, err error) {
	for {
		b, err := s.br.ReadSlice('\n')
		n += int64(len(b))
		if err != bufio.ErrBufferFull {
			return n, n > 0, err
		}
	}
}

func (s *jsonSource) next(rec *rawRecord) error {
	for {
		if s.err != nil {
			return io.EOF
		}
		if !s.packed && s.pos >= s.end() {
			return io.EOF
		}
		start := s.pos
		rec.data = rec.data[:0]
		tooLong := false
		var err error
		for {
			var b []byte
			b, err = s.br.ReadSlice('\n')
			s.pos += int64(len(b))
			if len(rec.data)+len(b) > int(s.cfg.Limits.Line) {
				tooLong = true
				rec.data = rec.data[:0]
			} else if !tooLong {
				rec.data = append(rec.data, b...)
			}
			if err != bufio.ErrBufferFull {
				break
			}
		}
		if err != nil && err != io.EOF {
			if s.failure.err != nil {
				err = s.failure.err
			}
			if !s.packed || s.failure.err != nil {
				return fmt.Errorf("%s: offset %d: %w", s.file.Path, start, err)
			}
			// A packed file cannot be resumed: report where it broke, give what came before.
			s.err = err
			s.gaps = append(s.gaps, shard.Gap{Offset: s.file.Size, Length: 0, Cause: fmt.Sprintf("damaged archive after %d unpacked bytes: %v", s.pos, err), Problem: limitReached(err)})
			if len(rec.data) == 0 {
				return io.EOF
			}
			rec.err = "line cut by a damaged archive"
		}
		if s.pos == start {
			return io.EOF
		}
		if !tooLong && rec.err == "" && len(bytes.TrimSpace(rec.data)) == 0 {
			// A blank line is no record; its bytes belong to the gap report.
			if !s.packed {
				s.skipBlank() // the next range takes those behind a line for ours
				s.addGap(start, s.pos-start, blankLine)
			}
			continue
		}
		if tooLong {
			rec.fail(&limitError{problem: warc.ProblemRecordLimit}, fmt.Sprintf("line longer than %d bytes (extract.limits.line)", s.cfg.Limits.Line))
		}
		rec.kind = kindJSON
		rec.record, rec.offset, rec.length = s.index, start, s.pos-start
		s.index++
		if s.packed {
			rec.length = 0
			if rec.record == 0 {
				rec.length = s.file.Size // shared by all lines
			}
			return nil
		}
		rec.length += s.skipBlank()
		return nil
	}
}

// skipBlank consumes the empty lines behind a record, which belong to it, and
// returns their bytes.
func (s *jsonSource) skipBlank() (n int64) {
	for {
		b, _ := s.br.Peek(2)
		switch {
		case len(b) > 0 && b[0] == '\n':
			s.br.Discard(1)
			n++
		case len(b) == 2 && b[0] == '\r' && b[1] == '\n':
			s.br.Discard(2)
			n += 2
		default:
			s.pos += n
			return n
		}
	}
}

func (s *jsonSource) addGap(off, n int64, cause string) {
	if k := len(s.gaps); k > 0 && s.gaps[k-1].Offset+s.gaps[k-1].Length == off && s.gaps[k-1].Cause == cause {
		s.gaps[k-1].Length += n
		return
	}
	s.gaps = append(s.gaps, shard.Gap{Offset: off, Length: n, Cause: cause, Empty: cause == blankLine})
}

func (s *jsonSource) close() (rangeAccount, error) {
	if s.closer != nil {
		s.closer.Close()
	}
	to := s.pos
	if s.packed {
		to = s.file.Size
		if s.index == 0 && s.from == 0 && s.gaps == nil {
			s.gaps = []shard.Gap{{Offset: 0, Length: s.file.Size, Cause: "no line in the archive"}}
		} else if s.index == 0 && s.from == 0 {
			s.gaps[0].Offset, s.gaps[0].Length = 0, s.file.Size
		}
	}
	return s.finish(s.from, to, s.gaps)
}
