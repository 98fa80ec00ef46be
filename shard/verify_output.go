package shard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"github.com/zeebo/xxh3"
)

// outputCheck is what the shards of one output are checked against together.
type outputCheck struct {
	out     *Output
	rows    rowChecker // of the shards
	sidecar rowChecker // of the sidecars
	ids     []uint64   // hashes
	docs    int64
}

// output checks all shards of o and the number of its documents.
func (v *verifier) output(m *Manifest, o *Output) {
	c := &outputCheck{
		out: o, rows: rowChecker{idKey: o.IDKey, textKey: o.TextKey}, sidecar: rowChecker{idKey: "id"},
	}
	for i := range o.Shards {
		s := &o.Shards[i]
		ok := v.claim(s.Path)
		if s.Sidecar.Path != "" {
			ok = v.claim(s.Sidecar.Path) && ok
		}
		if !ok {
			continue
		}
		if err := v.shard(c, s); err != nil {
			v.problem("%s: %v", s.Path, err)
		}
	}
	switch {
	case c.docs > m.Ledger.Kept:
		v.problem("output %s: %d rows, more than the %d documents kept", o.Name, c.docs, m.Ledger.Kept)
	case c.docs < m.Ledger.Kept && o.Where == "":
		v.problem("output %s: %d rows, %d documents kept", o.Name, c.docs, m.Ledger.Kept)
	}
	slices.Sort(c.ids)
	repeated := map[uint64]bool{}
	for i := 1; i < len(c.ids); i++ {
		if c.ids[i] == c.ids[i-1] {
			repeated[c.ids[i]] = true
		}
	}
	if len(repeated) > 0 {
		v.repeats(c, repeated)
	}
}

// list reports up to maxPerFile problems of one file and counts the rest.
type list struct {
	v    *verifier
	name string
	n    int
}

func (l *list) add(format string, args ...any) {
	if l.n++; l.n <= maxPerFile {
		l.v.problem("%s: %v", l.name, fmt.Errorf(format, args...))
	}
}

func (l *list) close() {
	if l.n > maxPerFile {
		l.v.problem("%s: %d more problems of this kind", l.name, l.n-maxPerFile)
	}
}

// shard checks one shard and its sidecar. The error is one that prevented it.
func (v *verifier) shard(c *outputCheck, s *Shard) error {
	f, err := v.root.Open(s.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := newSummer(f)
	r, err := NewReader(sum)
	if err != nil {
		return err
	}
	defer r.Close()

	side, err := v.openSidecar(c, &s.Sidecar)
	if err != nil {
		v.problem("%s: %v", s.Sidecar.Path, err)
	}
	if side != nil {
		defer side.close()
	}
	got := Shard{Path: s.Path, Frames: s.Frames, Sidecar: s.Sidecar}
	v.rows(c, &got, r, side, v.frames(s))
	if side != nil {
		side.finish(s)
	} else if c.out.IDKey == "" {
		got.FirstID, got.LastID = s.FirstID, s.LastID // nothing tells the ids
	}
	whole, err := sum.finish(s.Path)
	if err != nil {
		return err
	}
	if c.out.TextKey == "" {
		got.CodePoints = s.CodePoints
	}
	got.PackedBytes, got.SHA256 = s.PackedBytes, s.SHA256
	v.compare(FileSum{s.Path, s.PackedBytes, s.SHA256}, whole)
	v.compareShard(s, &got)
	return nil
}

// frames returns the unpacked offsets at which the frames of a shard end.
func (v *verifier) frames(s *Shard) []int64 {
	f, err := v.root.Open(s.Path)
	if err != nil {
		return nil // reported by the caller, which opens the same file
	}
	defer f.Close()
	at, ok := f.(io.ReaderAt)
	info, err := f.Stat()
	if err != nil || !ok {
		v.problem("%s: no random access: %v", s.Path, err)
		return nil
	}
	fr, err := OpenFrames(at, info.Size())
	if err != nil {
		v.problem("%s: %v", s.Path, err)
		return nil
	}
	defer fr.Close()
	if fr.Len() != s.Frames {
		v.problem("%s: %d frames, the manifest says %d", s.Path, fr.Len(), s.Frames)
	}
	ends := make([]int64, fr.Len())
	var end int64
	for i := range ends {
		n := fr.Frame(i).Unpacked
		if n < 0 {
			v.problem("%s: frame %d does not tell its size", s.Path, i)
			return nil
		}
		end += n
		ends[i] = end
	}
	return ends
}

// rows reads the rows of a shard into got and compares them with the sidecar.
func (v *verifier) rows(c *outputCheck, got *Shard, r *Reader, side *sidecarReader, ends []int64) {
	problems := list{v: v, name: got.Path}
	defer problems.close()
	unpacked := sha256.New()
	for {
		line, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			problems.add("%w", err)
			break
		}
		row := r.Row() - 1
		unpacked.Write(line)
		unpacked.Write([]byte{'\n'})
		for len(ends) > 0 && ends[0] < r.Offset() {
			problems.add("row %d: spans the end of a frame", row)
			ends = ends[1:]
		}
		for len(ends) > 0 && ends[0] == r.Offset() {
			ends = ends[1:]
		}
		if err := c.rows.check(line); err != nil {
			problems.add("row %d: %w", row, err)
		}
		got.CodePoints += c.rows.codePoints
		id := c.rows.id
		if side != nil {
			id = side.next(row, id, c.rows.hasID)
		}
		if id != "" {
			c.ids = append(c.ids, xxh3.HashString(id))
		}
		if row == 0 {
			got.FirstID = id
		}
		got.LastID = id
	}
	if r.bare {
		problems.add("the last row has no line end")
	}
	if len(ends) > 0 && ends[len(ends)-1] > r.Offset() {
		problems.add("the frames hold more than the %d bytes of the rows", r.Offset())
	}
	got.Rows, got.UnpackedBytes = r.Row(), r.Offset()
	got.SHA256Unpacked = hex.EncodeToString(unpacked.Sum(nil))
	c.docs += int64(r.Row())
}

func (v *verifier) compareShard(want, got *Shard) {
	for _, d := range []struct {
		what      string
		want, got any
	}{
		{"rows", want.Rows, got.Rows},
		{"unpacked bytes", want.UnpackedBytes, got.UnpackedBytes},
		{"unpacked SHA-256", want.SHA256Unpacked, got.SHA256Unpacked},
		{"code points", want.CodePoints, got.CodePoints},
		{"first id", want.FirstID, got.FirstID},
		{"last id", want.LastID, got.LastID},
	} {
		if d.want != d.got {
			v.problem("%s: %s: %v, the manifest says %v", want.Path, d.what, d.got, d.want)
		}
	}
}

// repeats reads the ids of an output again and reports those that occur twice.
func (v *verifier) repeats(c *outputCheck, hashes map[uint64]bool) {
	problems := list{v: v, name: "output " + c.out.Name}
	defer problems.close()
	first := map[string]string{}
	for i := range c.out.Shards {
		s := &c.out.Shards[i]
		name, key := s.Path, c.out.IDKey
		if key == "" {
			name, key = s.Sidecar.Path, "id"
		}
		err := v.eachID(name, key, func(row int, id string) {
			if !hashes[xxh3.HashString(id)] {
				return
			}
			place := fmt.Sprintf("%s row %d", name, row)
			if before, ok := first[id]; ok {
				problems.add("id %s occurs in %s and in %s", id, before, place)
				return
			}
			first[id] = place
		})
		if err != nil {
			problems.add("%s: %w", name, err)
		}
	}
}

func (v *verifier) eachID(name, key string, each func(row int, id string)) error {
	f, err := v.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := NewReader(f)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		line, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		c := rowChecker{idKey: key}
		if c.check(line) == nil {
			each(r.Row()-1, c.id)
		}
	}
}
