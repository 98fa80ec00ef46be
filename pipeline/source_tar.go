package pipeline

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/qingliu/qingliu/shard"
)

// tarBlock is what headers and members of a tar are padded to.
const tarBlock = 512

// tarSource yields the members of a tar archive, packed or not, in file order. It
// is one stream: the range at the start owns all of it. In a packed one offsets
// are those of the unpacked bytes, and the first member stands for all bytes of
// the file.
type tarSource struct {
	rangeReader
	failure *readFailure
	closer  io.Closer
	in      *countingReader // unpacked bytes
	tar     *tar.Reader
	packed  bool
	done    bool
	index   int
	ready   *tar.Header // header read ahead, nil if none
	start   int64       // of the member whose header is ready
	gaps    []shard.Gap
	booked  int // gaps that were there before the last member
}

func newTarSource(base rangeReader, head []byte) (source, error) {
	s := &tarSource{rangeReader: base, failure: &readFailure{r: base.in}}
	section := io.NewSectionReader(s.failure, 0, base.file.Size)
	s.packed = hasPrefix(head, gzipMagic) || hasPrefix(head, zstdMagic)
	r, err := base.cfg.Limits.unpacked(section, head)
	if err != nil {
		return base.gap("damaged archive: %w", err), nil
	}
	if c, ok := r.(io.Closer); ok {
		s.closer = c
	}
	if base.rg.From > 0 {
		s.done = true
		return s, nil
	}
	s.in = &countingReader{r: r}
	s.tar = tar.NewReader(s.in)
	s.advance()
	return s, s.fileError()
}

func (s *tarSource) fileError() error {
	if s.failure.err != nil {
		return fmt.Errorf("%s: %w", s.file.Path, s.failure.err)
	}
	return nil
}

// pos returns the offset of the next unpacked byte, at a block border.
func (s *tarSource) pos() int64 { return (s.in.n + tarBlock - 1) / tarBlock * tarBlock }

// advance reads the header of the next member, behind damage too.
func (s *tarSource) advance() {
	s.ready = nil
	for !s.done {
		s.start = s.pos()
		h, err := s.tar.Next()
		switch {
		case s.index == s.cfg.Limits.Members && (err == nil || errors.Is(err, tar.ErrInsecurePath)):
			err = &limitError{problemMembers, "more members than extract.limits.members"}
			s.gap(s.start, -1, err.Error(), err)
			s.done = true
		case err == nil || errors.Is(err, tar.ErrInsecurePath):
			s.ready = h
			return
		case err == io.EOF:
			// Archives that were joined go on behind the end mark.
			s.endMark(s.start, s.resync())
		case errors.Is(err, tar.ErrHeader):
			s.gap(s.start, s.resync(), "damaged header of a tar member", nil)
		default:
			s.gap(s.start, -1, fmt.Sprintf("damaged archive after %d unpacked bytes: %v", s.in.n, err), err)
			s.done = true
		}
	}
}

// endMark books the bytes of an end mark, and what follows up to the next header; to
// < 0 is the rest of the file. They stay with the member or the gap before them.
func (s *tarSource) endMark(from, to int64) {
	switch {
	case s.packed || s.done && s.index == 0 && s.gaps == nil:
		// No bytes of the file, or close books all of it.
	case len(s.gaps) > s.booked:
		last := &s.gaps[len(s.gaps)-1]
		if to < 0 {
			to = s.file.Size
		}
		last.Length = max(last.Length, to-last.Offset)
	case s.index == 0:
		s.gap(from, to, "end mark before the first tar member", nil)
	}
}

// resync searches block by block for the next header, starts a new reader there and
// returns its offset: -1 at the end of the archive, where the source is done.
func (s *tarSource) resync() int64 {
	block := make([]byte, tarBlock)
	if skip := s.pos() - s.in.n; skip > 0 {
		_, _ = io.CopyN(io.Discard, s.in, skip) // an end shows in the next read
	}
	for {
		at := s.in.n
		if _, err := io.ReadFull(s.in, block); err != nil {
			if err != io.EOF && err != io.ErrUnexpectedEOF {
				s.gap(at, -1, fmt.Sprintf("damaged archive after %d unpacked bytes: %v", at, err), err)
			}
			s.done = true
			return -1
		}
		if isTarHeader(block) {
			s.in.n -= tarBlock
			s.in.r = io.MultiReader(bytes.NewReader(block), s.in.r)
			s.tar = tar.NewReader(s.in)
			return s.in.n
		}
	}
}

// isTarHeader checks the checksum of a header block: the sum of its bytes with
// blanks in place of the checksum.
func isTarHeader(b []byte) bool {
	if len(b) < tarBlock || bytes.IndexByte(b[:100], 0) == 0 {
		return false
	}
	field := strings.Trim(string(b[148:156]), " \x00")
	want, err := strconv.ParseInt(field, 8, 32)
	if err != nil {
		return false
	}
	sum := int64(8 * ' ')
	for i, c := range b[:tarBlock] {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	return sum == want
}

// gap books unpacked bytes that belong to no member; to < 0 is the rest of the
// file. In a packed archive they are no bytes of the file. err tells whether a limit is why.
func (s *tarSource) gap(from, to int64, cause string, err error) {
	g := shard.Gap{Cause: cause, Problem: limitReached(err)}
	switch {
	case !s.packed && from >= s.file.Size:
		return
	case s.packed:
		g.Offset, g.Cause = s.file.Size, fmt.Sprintf("%s, at unpacked offset %d", cause, from)
	case to < 0:
		g.Offset, g.Length = from, s.file.Size-from
	case to > from:
		g.Offset, g.Length = from, to-from
	default:
		return
	}
	s.gaps = append(s.gaps, g)
}

func (s *tarSource) next(rec *rawRecord) error {
	if s.ready == nil {
		return io.EOF
	}
	h := s.ready
	rec.kind = kindMember
	rec.record, rec.offset = s.index, s.start
	rec.recordID = memberName(h.Name)
	rec.url = s.file.pageURL(rec.recordID)
	s.index++
	sparse := h.Typeflag == tar.TypeGNUSparse
	for key := range h.PAXRecords {
		sparse = sparse || strings.HasPrefix(key, "GNU.sparse.")
	}
	switch {
	case sparse:
		rec.skip = skipSpecial
	case h.Typeflag == tar.TypeReg:
		var err error
		if rec.data, err = s.cfg.Limits.readMember(rec.data, s.tar, int64(s.cfg.MaxPageBytes), 0); err == nil {
			// To the end of the member, so that the next one's start is known.
			_, err = io.Copy(io.Discard, s.tar)
		}
		if err != nil {
			rec.fail(err, fmt.Sprintf("damaged archive after %d unpacked bytes: %v", s.in.n, err))
			s.done = true // what is behind is part of this record
		}
	case h.Typeflag == tar.TypeDir:
		rec.skip = skipFolder
	case h.Typeflag == tar.TypeLink, h.Typeflag == tar.TypeSymlink:
		rec.skip = skipLink
	default:
		rec.skip = skipSpecial
	}
	s.booked = len(s.gaps)
	s.advance()
	if err := s.fileError(); err != nil {
		return err
	}
	switch {
	case s.packed:
		if rec.record == 0 {
			rec.length = s.file.Size
		}
	case len(s.gaps) > s.booked:
		rec.length = s.gaps[s.booked].Offset - rec.offset
	case s.ready != nil:
		rec.length = s.start - rec.offset
	default:
		rec.length = s.file.Size - rec.offset
	}
	return nil
}

func (s *tarSource) close() (rangeAccount, error) {
	if s.closer != nil {
		s.closer.Close()
	}
	if s.rg.From > 0 {
		return s.finish(s.file.Size, s.file.Size, nil)
	}
	if s.index == 0 && (s.packed || s.gaps == nil) {
		g := shard.Gap{Cause: "tar without members"}
		if s.gaps != nil {
			g = s.gaps[0]
		}
		g.Offset, g.Length = 0, s.file.Size
		s.gaps = []shard.Gap{g}
	}
	return s.finish(0, s.file.Size, s.gaps)
}
