package pipeline

import (
	"archive/zip"
	"cmp"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/qingliu/qingliu/shard"
)

// zipSource yields the members of a zip archive that start in the range, in file
// order. A member owns the bytes from its start to the start of the next one; the
// first also those before it, the last the directory at the end.
type zipSource struct {
	rangeReader
	file    *readFailure
	members []zipMember // of the whole archive, by offset
	tail    int64       // where the members end
	lost    *shard.Gap  // what is behind that, nil if nothing is
	first   int         // of the range
	i       int
}

type zipMember struct {
	off int64
	f   *zip.File
}

func newZipSource(base rangeReader) (source, error) {
	limits := &base.cfg.Limits
	s := &zipSource{rangeReader: base, file: &readFailure{r: base.in}, tail: base.file.Size}
	dir := &directoryReader{r: s.file, budget: int64(limits.Directory)}
	r, err := zip.NewReader(dir, base.file.Size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) && dir.over == nil && s.file.err == nil {
		if found, d, z := openRecovered(s.file, base.file.Size, int64(limits.Directory)); found != nil {
			s.tail = z.tail
			s.lost = &shard.Gap{Offset: z.tail, Length: base.file.Size - z.tail, Cause: fmt.Sprintf("zip without a readable directory: %v; what is behind the %d members found by their own headers", err, len(found.File))}
			r, dir, err = found, d, nil
		}
	}
	if s.file.err != nil {
		base.in.Close()
		return nil, fmt.Errorf("%s: %w", base.file.Path, s.file.err)
	}
	if dir.over != nil {
		err = dir.over
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return base.gap("zip without a readable directory: %w", err), nil
	}
	if len(r.File) == 0 {
		return base.gap("zip without members"), nil
	}
	r.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor(zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(uint64(limits.ArchiveWindow))))
	r.RegisterDecompressor(zipBzip2, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	for _, f := range r.File {
		off, err := dir.headerOffset(f)
		if err != nil {
			return base.gap("zip with a broken directory: %w", err), nil
		}
		// A place behind the end is damage of that member alone.
		s.members = append(s.members, zipMember{min(off, base.file.Size-1), f})
	}
	slices.SortStableFunc(s.members, func(a, b zipMember) int { return cmp.Compare(a.off, b.off) })
	if len(s.members) > limits.Members {
		s.tail = s.members[limits.Members].off
		s.members = s.members[:limits.Members]
		cause := "more members than extract.limits.members"
		if s.lost != nil {
			cause += "; " + s.lost.Cause
		}
		s.lost = &shard.Gap{Offset: s.tail, Length: base.file.Size - s.tail, Cause: cause, Problem: problemMembers}
	}
	if base.rg.From > 0 {
		s.first = max(1, s.search(base.rg.From)) // the first member belongs to the first range
	}
	s.i = s.first
	return s, nil
}

// zipBzip2 is the number of the method in the specification of the format.
const zipBzip2 = 12

// search returns the first member that starts at or after off.
func (s *zipSource) search(off int64) int {
	return sort.Search(len(s.members), func(i int) bool { return s.members[i].off >= off })
}

// start returns the first byte that belongs to member i.
func (s *zipSource) start(i int) int64 {
	switch i {
	case 0:
		return 0
	case len(s.members):
		return s.tail
	}
	return s.members[i].off
}

func (s *zipSource) next(rec *rawRecord) error {
	if s.i == len(s.members) || s.i > 0 && s.members[s.i].off >= s.end() {
		return io.EOF
	}
	m := s.members[s.i]
	rec.record = s.i - s.first
	rec.offset, rec.length = s.start(s.i), s.start(s.i+1)-s.start(s.i)
	rec.kind = kindMember
	rec.recordID = memberName(m.f.Name)
	rec.url = s.rangeReader.file.pageURL(rec.recordID)
	last := s.start(s.i + 1)
	s.i++
	switch mode := m.f.Mode(); {
	case strings.HasSuffix(m.f.Name, "/") || mode.IsDir():
		rec.skip = skipFolder
	case !mode.IsRegular():
		rec.skip = skipLink
	default:
		if err := s.read(rec, m.f, last); err != nil {
			rec.fail(err, err.Error())
		}
	}
	if s.file.err != nil {
		return fmt.Errorf("%s: %w", s.rangeReader.file.Path, s.file.err)
	}
	return nil
}

// read fills rec with the member f, whose bytes must end before last.
func (s *zipSource) read(rec *rawRecord, f *zip.File, last int64) error {
	if f.Flags&1 != 0 {
		return errors.New("the member is encrypted")
	}
	at, err := f.DataOffset()
	if err != nil {
		return fmt.Errorf("damaged member: %w", err)
	}
	if f.CompressedSize64 > uint64(max(last-at, 0)) {
		return errors.New("damaged member: it reaches into the next one or beyond the end of the file")
	}
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return fmt.Errorf("packing method %d cannot be read; 0 (stored), 8 (deflate), 12 (bzip2) and 93 (zstd) can", f.Method)
	}
	if err != nil {
		return fmt.Errorf("damaged member: %w", err)
	}
	defer r.Close()
	rec.data, err = s.cfg.Limits.readMember(rec.data, r, int64(s.cfg.MaxPageBytes), max(int64(f.CompressedSize64), 1))
	switch {
	case errors.Is(err, zip.ErrChecksum):
		rec.warning = "the checksum of the member differs"
	case limitReached(err) != "":
		return err
	case err != nil:
		return fmt.Errorf("damaged member, after %d bytes: %w", len(rec.data), err)
	}
	return nil
}

func (s *zipSource) close() (rangeAccount, error) {
	from, to := s.start(s.first), s.start(s.i)
	size := s.rangeReader.file.Size
	if s.lost == nil || s.tail < s.rg.From || s.tail >= s.end() && s.end() < size {
		return s.finish(from, to, nil)
	}
	return s.finish(from, size, []shard.Gap{*s.lost})
}

// directoryReader gives archive/zip the bytes of the file. While the directory is
// read it bounds how many; and it tells where members start, which package zip
// keeps to itself.
type directoryReader struct {
	r      io.ReaderAt
	budget int64 // bytes left while the directory is read
	listed bool
	over   error  // the budget was not enough
	asked  *int64 // set while headerOffset asks
}

func (d *directoryReader) ReadAt(p []byte, off int64) (int, error) {
	if d.asked != nil {
		// A local header of its shortest form, in place of the one at off.
		*d.asked = off
		clear(p)
		binary.LittleEndian.PutUint32(p, 0x04034b50)
		return len(p), nil
	}
	if !d.listed {
		if d.budget -= int64(len(p)); d.budget < 0 {
			d.over = &limitError{problemDirectory, "it is larger than extract.limits.directory"}
			return 0, d.over
		}
	}
	return d.r.ReadAt(p, off)
}

// headerOffset returns where the local header of a member lies. DataOffset reads
// that header; the reader notes where and reads nothing.
func (d *directoryReader) headerOffset(f *zip.File) (int64, error) {
	d.listed = true
	at := int64(-1)
	d.asked = &at
	_, err := f.DataOffset()
	d.asked = nil
	if err == nil && at < 0 {
		err = errors.New("a member without a place")
	}
	return at, err
}
