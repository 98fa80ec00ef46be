package pipeline

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/qingliu/qingliu/internal/storage"
	"github.com/qingliu/qingliu/shard"
	"github.com/qingliu/qingliu/warc"
)

// rawRecord is one input record on its way through the extract stage. It is
// reused; data is its own memory.
type rawRecord struct {
	rangeIndex int
	record     int
	offset     int64
	length     int64
	kind       recordKind
	warcType   string // type of a WARC record, lower case
	url        string
	date       string
	recordID   string // WARC-Record-ID, or the path of an archive member
	truncated  string
	data       []byte // WARC block, HTML bytes or JSON line
	skip       string // kind, where the source knows that it is no page
	err        string // why the record is unreadable, "" if it is not
	warning    string
	problems   []string     // codes of what was met, each once
	capture    captureNames // names of a response, references of a revisit

	out extracted
}

type recordKind uint8

const (
	kindWARC recordKind = iota
	kindHTML
	kindJSON
	kindMember // of a zip or tar archive
	kindRow    // of a Parquet file, as a JSON line
)

// source yields the records of one range in file order.
type source interface {
	// next fills rec, whose data it overwrites. It returns io.EOF after the last
	// record; any other error ends the run, damage is in rec.err or in gaps.
	next(rec *rawRecord) error
	// close releases the file and completes the account of the range.
	close() (rangeAccount, error)
}

// rangeAccount says what became of the bytes of a range.
type rangeAccount struct {
	From, To int64 // bytes of the file this range accounts for
	Gaps     []shard.Gap
	SHA256   string // of the whole file, only from the range that starts it
	Bytes    int64  // size of the file as read
}

// maxJSONLine bounds one line of JSON input, unpacked.
const maxJSONLine = 64 << 20

// openSource opens the range of a file that a task owns. Reads of a remote file
// end with ctx; log, which may be nil, is told of its failed attempts.
func openSource(ctx context.Context, cfg *Config, f *File, rg Range, log func(string)) (source, error) {
	c := &cfg.Extract
	in, err := cfg.network(log).Open(ctx, f.Path)
	if err != nil {
		return nil, err
	}
	if f.Tag != in.Info().Identity() {
		in.Close()
		return nil, fmt.Errorf("%s: the file changed after the plan was made; make a new plan", f.Path)
	}
	var place func(int64) int64
	if f.Select != "" {
		spans, err := unpackSpans(f.Select)
		if err != nil {
			in.Close()
			return nil, fmt.Errorf("%s: damaged plan: %w", f.Path, err)
		}
		part, err := storage.Select(in, spans, int64(cfg.Network.Coalesce))
		if err != nil {
			in.Close()
			return nil, err
		}
		in, place = part, part.Place
	}
	// A remote file is asked for what the range needs, not for all behind it.
	whole := storage.Span{From: rg.From, To: rg.To}
	if rg.To == 0 {
		whole.To = f.Size
	}
	in.Expect(storage.Span{To: min(warc.SniffBytes, f.Size)}, whole)
	format := f.Format
	head := make([]byte, min(warc.SniffBytes, f.Size))
	if _, err := in.ReadAt(head, 0); err != nil && err != io.EOF {
		in.Close()
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	wf, isWARC := warc.Sniff(head)
	if format == "auto" {
		format = sniffFormat(head, isWARC)
	}
	base := rangeReader{file: f, in: in, rg: rg, place: place}
	switch {
	case format == "warc" && isWARC:
		to := rg.To
		if to == 0 {
			to = f.Size
		}
		r, err := warc.NewReader(in, f.Size, wf, c.archive(rg.From, to))
		if err != nil {
			in.Close()
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		return &warcSource{rangeReader: base, r: r, keep: 4*int(c.MaxPageBytes) + int(c.Limits.HTTPHeader)}, nil
	case format == "jsonl":
		return newJSONSource(base, head)
	case format == "zip":
		return newZipSource(base, int64(c.MaxPageBytes))
	case format == "tar":
		return newTarSource(base, head, int64(c.MaxPageBytes))
	case format == "parquet":
		return newParquetSource(base)
	case format == "html":
		return &htmlSource{rangeReader: base, limit: int64(c.MaxPageBytes)}, nil
	case format == "warc":
		return &gapSource{rangeReader: base, cause: "not a WARC file"}, nil
	default:
		return &gapSource{rangeReader: base, cause: "no known format"}, nil
	}
}

// sniffFormat names the format of a file from its first bytes, "" if unknown.
func sniffFormat(head []byte, isWARC bool) string {
	if isWARC {
		return "warc"
	}
	plain := head
	if r, err := unpacked(bytes.NewReader(head), head); err == nil {
		buf := make([]byte, 4096)
		n, _ := io.ReadFull(r, buf)
		plain = buf[:n]
	}
	switch {
	case hasPrefix(head, []byte("PK\x03\x04")), hasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case hasPrefix(head, []byte("PAR1")):
		return "parquet"
	case isTarHeader(plain):
		return "tar"
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(plain, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("{")):
		return "jsonl"
	case warc.Kind("", plain) == "html" && bytes.Equal(plain, head[:len(plain)]):
		return "html"
	}
	return ""
}

// rangeReader is what all sources share.
type rangeReader struct {
	file *File
	in   storage.File
	rg   Range
	// place returns the offset in the file of a byte of what an index selected;
	// nil for whole files.
	place func(int64) int64
}

// end returns the first byte after the range.
func (s *rangeReader) end() int64 {
	if s.rg.To == 0 {
		return s.file.Size
	}
	return s.rg.To
}

// finish hashes the file, if this range starts it, and closes it.
func (s *rangeReader) finish(from, to int64, gaps []shard.Gap) (rangeAccount, error) {
	a := rangeAccount{From: from, To: to, Gaps: gaps, Bytes: s.file.Size}
	var err error
	if s.rg.From == 0 {
		var sum [sha256.Size]byte
		if sum, err = s.in.SHA256(); err != nil {
			err = fmt.Errorf("%s: %w", s.file.Path, err)
		}
		a.SHA256 = hex.EncodeToString(sum[:])
	}
	return a, errors.Join(err, s.in.Close())
}

type warcSource struct {
	rangeReader
	r *warc.Reader
	// keep is how much of a block is handed on: what is cut off would be cut off
	// from the page, unless it is packed to more than four times its size.
	keep int
}

func (s *warcSource) next(rec *rawRecord) error {
	w, err := s.r.Next()
	if err != nil {
		if err == io.EOF {
			return err
		}
		return fmt.Errorf("%s: %w", s.file.Path, err)
	}
	rec.kind = kindWARC
	rec.record, rec.offset, rec.length = w.Index, w.Offset, w.Length
	if w.Inner > 0 {
		rec.offset = w.Inner
	}
	if s.place != nil {
		rec.offset = s.place(rec.offset)
	}
	rec.warcType = strings.ToLower(w.Type)
	rec.url, rec.date, rec.recordID, rec.truncated = w.TargetURI, w.Date, w.ID, w.Truncated
	switch rec.warcType {
	case "response", "resource", "conversion":
		rec.data = append(rec.data[:0], w.Block[:min(len(w.Block), s.keep)]...)
		rec.capture = captureOf(w)
	case "revisit":
		rec.capture = captureOf(w)
	}
	rec.warning = w.Warning
	rec.problems = append(rec.problems, w.Problems...)
	if rec.truncated != "" {
		rec.warning = joinWarnings(rec.warning, "WARC-Truncated: "+cut(rec.truncated, 40))
		rec.problems = append(rec.problems, problemTruncated)
	}
	if w.Err != nil {
		rec.err = w.Err.Error()
	}
	return nil
}

func (s *warcSource) close() (rangeAccount, error) {
	from, to := s.r.Span()
	var gaps []shard.Gap
	for _, g := range s.r.Gaps() {
		if s.place != nil {
			g.Cause = fmt.Sprintf("%s, at byte %d of the whole file", g.Cause, s.place(g.Offset))
		}
		gaps = append(gaps, shard.Gap{Offset: g.Offset, Length: g.Length, Cause: g.Cause, Empty: g.Empty})
	}
	return s.finish(from, to, gaps)
}

// problemTruncated counts records that the crawler cut, beside the problems that
// package warc names.
const problemTruncated = "warc_truncated"

// joinWarnings joins what was noticed about one record.
func joinWarnings(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// htmlSource is a file that is one page.
type htmlSource struct {
	rangeReader
	limit int64
	done  bool
}

func (s *htmlSource) next(rec *rawRecord) error {
	if s.done || s.rg.From > 0 {
		return io.EOF
	}
	s.done = true
	rec.kind = kindHTML
	rec.length = s.file.Size
	n := min(s.file.Size, s.limit+1) // one byte more tells that the page is too long
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

// gapSource is a file that cannot be read at all.
type gapSource struct {
	rangeReader
	cause string
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
		gaps = []shard.Gap{{Offset: s.rg.From, Length: n, Cause: cause}}
	}
	return s.finish(s.rg.From, s.end(), gaps)
}

// blankLine is the cause of gaps that hold nothing.
const blankLine = "blank line"

// jsonSource yields the lines of a JSONL file. A packed file is one range: its
// later ranges own nothing and its records share the bytes of the file.
type jsonSource struct {
	rangeReader
	br     *bufio.Reader
	packed bool
	pos    int64 // offset of the next line: file bytes, unpacked bytes if packed
	index  int
	from   int64
	gaps   []shard.Gap
	closer io.Closer
	err    error
}

func newJSONSource(base rangeReader, head []byte) (source, error) {
	s := &jsonSource{rangeReader: base}
	section := io.NewSectionReader(base.in, 0, base.file.Size)
	r, err := unpacked(section, head)
	if err != nil {
		return &gapSource{rangeReader: base, cause: "damaged archive: " + err.Error()}, nil
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
			if len(rec.data)+len(b) > maxJSONLine {
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
			if !s.packed {
				return fmt.Errorf("%s: offset %d: %w", s.file.Path, start, err)
			}
			// A packed file cannot be resumed: report where it broke, give what came before.
			s.err = err
			s.gaps = append(s.gaps, shard.Gap{Offset: s.file.Size, Length: 0, Cause: fmt.Sprintf("damaged archive after %d unpacked bytes: %v", s.pos, err)})
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
			rec.err = fmt.Sprintf("line longer than %d bytes", maxJSONLine)
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
