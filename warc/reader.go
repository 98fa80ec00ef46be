package warc

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
)

// Options bound what a [Reader] reads. The zero value means the whole file
// with the default limits.
type Options struct {
	// From and To are the range, in bytes of the file: the reader yields the
	// records that start in [From, To). To <= 0 is the end of the file.
	From, To int64
	// MaxRecordBytes limits the unpacked block of a record (default 512 MiB).
	// A larger record is reported as damaged, with an empty block.
	MaxRecordBytes int64
	// MaxHeaderBytes limits the header of a record (default 64 KiB).
	MaxHeaderBytes int
	// MaxRatio limits unpacked to packed bytes of a gzip member beyond its
	// first 16 MiB (default 2000, which deflate cannot reach).
	MaxRatio int
}

const (
	defaultRecordBytes = 512 << 20
	defaultHeaderBytes = 64 << 10
	defaultRatio       = 2000
	ratioFloor         = 16 << 20 // unpacked bytes below which no ratio is checked
	windowBytes        = 1 << 20  // read from the file at once
	rereadFloor        = 64 << 20 // see Reader.resume
)

// Gap is a run of bytes of the file that belong to no record.
type Gap struct {
	Offset, Length int64
	Cause          string
}

// Reader yields the records of a file, or of a range of it, in file order. It
// is used by one goroutine.
type Reader struct {
	format Format
	opt    Options
	size   int64
	src    section
	br     *bufio.Reader // over src; only for gzip
	inf    io.Reader     // over br
	s      stream
	rec    Record
	probe  prober

	begun, done bool
	start, end  int64 // of the span
	pos         int64 // end of the last record or gap, in the file
	count       int
	gaps        []Gap
	lineEnds    string // what follows a block: "\r\n\r\n", or "\n\n" in a file without CR

	member   int64 // offset of the gzip member being read
	shared   bool  // the member holds more than one record and is not at its end
	next     int64 // where to go on after a shared member
	reread   int64 // bytes inflated more than once because of damage
	aligned  bool  // plain: the last record ended with its blank lines
	overread bool  // plain: the window was left; seek before the next record
}

// NewReader returns a reader over the size bytes of r, whose format is as
// found by [Sniff]. It reads nothing yet.
func NewReader(r io.ReaderAt, size int64, f Format, o Options) (*Reader, error) {
	if f != Plain && f != GzipMembers {
		return nil, fmt.Errorf("warc: unknown format %d", int(f))
	}
	if o.To <= 0 || o.To > size {
		o.To = size
	}
	if size < 0 || o.From < 0 || o.From > o.To {
		return nil, fmt.Errorf("warc: range %d to %d is not within a file of %d bytes", o.From, o.To, size)
	}
	if o.MaxRecordBytes <= 0 {
		o.MaxRecordBytes = defaultRecordBytes
	}
	if o.MaxHeaderBytes <= 0 {
		o.MaxHeaderBytes = defaultHeaderBytes
	}
	if o.MaxRatio <= 0 {
		o.MaxRatio = defaultRatio
	}
	src := section{r: r, size: size}
	rd := &Reader{format: f, opt: o, size: size, src: src}
	rd.probe = prober{src: src, maxHeader: o.MaxHeaderBytes}
	return rd, nil
}

// Next returns the next record, valid until the next call, or io.EOF after
// the last. Damage is no error: see [Record.Err]. Any other error is a failure
// to read the file and ends the reader.
func (r *Reader) Next() (*Record, error) {
	if r.done {
		return nil, io.EOF
	}
	if !r.begun {
		r.begin()
	}
	r.s.shrink()
	var ok bool
	if r.format == Plain {
		ok = r.nextPlain()
	} else {
		ok = r.nextGzip()
	}
	if err := errors.Join(r.src.err, r.probe.src.err); err != nil {
		r.done = true
		return nil, fmt.Errorf("warc: reading the file near offset %d: %w", r.pos, err)
	}
	if !ok {
		r.done = true
		return nil, io.EOF
	}
	r.rec.Index = r.count
	r.count++
	return &r.rec, nil
}

// Gaps returns the bytes of the range that belong to no record, as far as
// read. It is complete after io.EOF.
func (r *Reader) Gaps() []Gap { return r.gaps }

// Span returns, after io.EOF, the bytes of the file this reader accounts for:
// from the first record start in the range (0 if the range starts at 0) to
// the first record start behind the range, or the end of the file. The lengths
// of records and gaps add up to it.
func (r *Reader) Span() (from, to int64) { return r.start, r.end }

// begin finds the first record and sets up the buffers.
func (r *Reader) begin() {
	r.begun = true
	r.lineEnds = r.probe.lineEnds()
	if r.opt.From > 0 {
		r.pos = r.findStart(r.opt.From)
	}
	r.start, r.end = r.pos, r.pos
	window := int(min(windowBytes, max(4<<10, r.opt.To-r.pos+64<<10), max(16, r.size)))
	if r.format == GzipMembers {
		r.br = bufio.NewReaderSize(&r.src, window)
		r.s.check = true
		r.s.limit = r.checkRatio
		return
	}
	r.s.buf = make([]byte, window)
	r.overread, r.aligned = true, r.opt.From > 0 || r.pos == 0
}

// addGap accounts for the bytes from pos to the record start at to.
func (r *Reader) addGap(to int64, cause string) {
	if to > r.pos {
		r.gaps = append(r.gaps, Gap{r.pos, to - r.pos, cause})
		r.pos = to
	}
}

// findStart returns the first record start at or after from, or the size of
// the file. What counts as a start depends only on the bytes there, so that
// every reader of the file finds the same.
func (r *Reader) findStart(from int64) int64 {
	if r.format == Plain {
		return r.probe.findPlain(from, r.lineEnds)
	}
	return r.probe.findGzip(from)
}

// checkRatio bounds how much a member may unpack to.
func (r *Reader) checkRatio(unpacked int64) error {
	if unpacked < ratioFloor || unpacked/int64(r.opt.MaxRatio) <= r.filePos()-r.member {
		return nil
	}
	return errRatio
}

var errRatio = errors.New("unpacks to too many bytes")

// filePos returns the offset of the next byte the inflater will read.
func (r *Reader) filePos() int64 { return r.src.pos - int64(r.br.Buffered()) }

// seek moves the inflater's input to the offset at.
func (r *Reader) seek(at int64) {
	if skip := at - r.filePos(); skip >= 0 && skip <= int64(r.br.Buffered()) && r.src.pos > 0 {
		_, _ = r.br.Discard(int(skip)) // buffered bytes: cannot fail
		return
	}
	r.src.pos = at
	r.br.Reset(&r.src)
}

// inflate makes the window read the deflate data at the current position.
func (r *Reader) inflate() {
	if r.inf == nil {
		r.inf = flate.NewReader(r.br)
	} else {
		_ = r.inf.(flate.Resetter).Reset(r.br, nil) // always nil
	}
	r.s.reset(r.inf, 0)
}
