package shard

import (
	"errors"
	"io"
	"strings"
)

// sidecarReader reads a sidecar along with its shard.
type sidecarReader struct {
	v        *verifier
	want     *Sidecar
	f        io.Closer
	sum      *summer
	r        *Reader // nil if its rows cannot be read
	rows     *rowChecker
	problems list
}

// openSidecar returns nil if there is no sidecar.
func (v *verifier) openSidecar(c *outputCheck, s *Sidecar) (*sidecarReader, error) {
	if s.Path == "" {
		return nil, nil
	}
	f, err := v.root.Open(s.Path)
	if err != nil {
		return nil, err
	}
	side := &sidecarReader{v: v, want: s, f: f, sum: newSummer(f), rows: &c.sidecar, problems: list{v: v, name: s.Path}}
	if strings.HasSuffix(s.Path, ".jsonl.zst") {
		if side.r, err = NewReader(side.sum); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return side, nil
}

// next checks the sidecar's row and returns the id of the record.
func (s *sidecarReader) next(row int, id string, hasID bool) string {
	if s.r == nil {
		return id
	}
	line, err := s.r.Next()
	if err == nil {
		err = s.rows.check(line)
	}
	if err == io.EOF {
		return id // the row count tells
	}
	if err != nil {
		s.problems.add("row %d: %w", row, err)
		return id
	}
	if hasID && id != s.rows.id {
		s.problems.add("row %d: id %s, the shard has %s", row, s.rows.id, id)
	}
	return s.rows.id
}

// finish compares the whole sidecar with its entry.
func (s *sidecarReader) finish(shard *Shard) {
	if s.r != nil {
		for {
			if _, err := s.r.Next(); err != nil {
				break
			}
		}
		rows := s.r.Row()
		if rows != s.want.Rows {
			s.problems.add("%d rows, the manifest says %d", rows, s.want.Rows)
		}
	}
	if s.want.Rows != shard.Rows {
		s.problems.add("%d rows, its shard has %d", s.want.Rows, shard.Rows)
	}
	s.problems.close()
	got, err := s.sum.finish(s.want.Path)
	if err != nil {
		s.v.problem("%s: %v", s.want.Path, err)
		return
	}
	s.v.compare(FileSum{s.want.Path, s.want.Bytes, s.want.SHA256}, got)
}

func (s *sidecarReader) close() {
	if s.r != nil {
		s.r.Close()
	}
	s.f.Close()
}
