package warc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
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
	// MaxHeaderLines limits the header lines kept of a record (default 1000).
	MaxHeaderLines int
	// MaxRatio limits unpacked to packed bytes of a gzip member or a zstd or lz4
	// frame (default 2000, which deflate cannot reach).
	MaxRatio int
	// RatioFreeBytes are unpacked bytes of a unit for which no ratio is checked
	// (default 16 MiB).
	RatioFreeBytes int64
	// MaxWindowBytes limits the memory that a zstd frame may ask for as its
	// window (default 128 MiB, which zstd --long=27 needs).
	MaxWindowBytes int64
}

const (
	defaultRecordBytes = 512 << 20
	defaultHeaderBytes = 64 << 10
	defaultHeaderLines = 1000
	defaultRatio       = 2000
	defaultRatioFree   = 16 << 20
	defaultZstdWindow  = 128 << 20
	windowBytes        = 1 << 20  // read from the file at once
	rereadFloor        = 64 << 20 // see Reader.resume
)

// Gap is a run of bytes of the file that belong to no record.
type Gap struct {
	Offset, Length int64
	Cause          string
	// Empty says that nothing is lost: the bytes are a dictionary, an empty
	// member or the like.
	Empty bool
}

// Problem returns the problem code of the limit because of which the bytes were
// not read, "" if none is why.
func (g Gap) Problem() string {
	switch {
	case strings.HasPrefix(g.Cause, errRatio.Error()):
		return ProblemRecordRatio
	case strings.HasPrefix(g.Cause, errWindow.Error()):
		return ProblemRecordWindow
	}
	return ""
}

// Reader yields the records of a file, or of a range of it, in file order. It
// is used by one goroutine.
type Reader struct {
	format Format
	opt    Options
	size   int64
	src    section
	br     *bufio.Reader // over src; only for packed formats
	codec  codec         // nil for a plain file
	s      stream
	rec    Record
	probe  prober
	texts  arena

	begun, done bool
	start, end  int64 // of the span
	pos         int64 // end of the last record or gap, in the file
	count       int
	gaps        []Gap
	lineEnds    string // what follows a block: "\r\n\r\n", or "\n\n" in a file without CR

	member   int64 // offset of the unit being read
	shared   bool  // the unit holds more than one record and is not at its end
	next     int64 // where to go on after a shared member
	reread   int64 // bytes inflated more than once because of damage
	aligned  bool  // plain: the last record ended with its blank lines
	overread bool  // plain: the window was left; seek before the next record
}

// NewReader returns a reader over the size bytes of r, whose format is as
// found by [Sniff]. It reads nothing yet.
func NewReader(r io.ReaderAt, size int64, f Format, o Options) (*Reader, error) {
	if f < Plain || f > LZ4Frames {
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
	if o.MaxHeaderLines <= 0 {
		o.MaxHeaderLines = defaultHeaderLines
	}
	if o.MaxRatio <= 0 {
		o.MaxRatio = defaultRatio
	}
	if o.RatioFreeBytes <= 0 {
		o.RatioFreeBytes = defaultRatioFree
	}
	if o.MaxWindowBytes <= 0 {
		o.MaxWindowBytes = defaultZstdWindow
	}
	src := section{r: r, size: size}
	rd := &Reader{format: f, opt: o, size: size, src: src}
	rd.probe = prober{src: src, maxHeader: o.MaxHeaderBytes, maxLines: o.MaxHeaderLines}
	return rd, nil
}

// Next returns the next record, valid until the next call, or io.EOF after
// the last. Damage is no error: see [Record.Err]; but [ErrDictionary] is, without
// which nothing can be read. Any other error is a failure to read the file. Errors
// end the reader.
func (r *Reader) Next() (*Record, error) {
	if r.done {
		return nil, io.EOF
	}
	if !r.begun {
		if err := r.begin(); err != nil {
			r.done = true
			return nil, err
		}
	}
	r.s.shrink()
	var ok bool
	if r.format == Plain {
		ok = r.nextPlain()
	} else {
		ok = r.nextPacked()
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

// begin finds the first record and sets up the buffers. It fails only if the
// file cannot be read or its dictionary is unusable.
func (r *Reader) begin() error {
	r.begun = true
	if r.format != Plain {
		if err := r.beginPacked(); err != nil {
			return err
		}
	}
	r.probe.sniffARC()
	r.lineEnds = r.probe.lineEnds()
	if r.opt.From > 0 {
		r.pos = r.findStart(r.opt.From)
	}
	r.start, r.end = r.pos, r.pos
	window := int(min(windowBytes, max(4<<10, r.opt.To-r.pos+64<<10), max(16, r.size)))
	if r.format != Plain {
		r.br = bufio.NewReaderSize(&r.src, window)
		return nil
	}
	r.s.buf = make([]byte, window)
	r.overread, r.aligned = true, r.opt.From > 0 || r.pos == 0
	return nil
}

// beginPacked makes the codecs: one to read with, one to look for starts.
func (r *Reader) beginPacked() error {
	var dict []byte
	var err error
	if r.format == ZstdFrames {
		if dict, err = readDict(&r.probe.src); err != nil {
			return fmt.Errorf("warc: %w", err)
		}
	}
	if r.codec, err = newCodec(r.format, &r.opt, dict); err != nil {
		return fmt.Errorf("warc: %w", err)
	}
	if r.probe.codec, err = newCodec(r.format, &r.opt, dict); err != nil {
		return fmt.Errorf("warc: %w", err)
	}
	r.s.limit = r.checkRatio
	return nil
}

// addGap accounts for the bytes from pos to the record start at to.
// Touching gaps of one cause become one.
func (r *Reader) addGap(to int64, cause string, empty bool) {
	if to <= r.pos {
		return
	}
	n := len(r.gaps)
	if n > 0 && r.gaps[n-1].Offset+r.gaps[n-1].Length == r.pos && r.gaps[n-1].Cause == cause {
		r.gaps[n-1].Length += to - r.pos
	} else {
		r.gaps = append(r.gaps, Gap{r.pos, to - r.pos, cause, empty})
	}
	r.pos = to
}

// findStart returns the first record start at or after from, or the size of
// the file. What counts as a start depends only on the bytes there, so that
// every reader of the file finds the same.
func (r *Reader) findStart(from int64) int64 {
	if r.format == Plain {
		return r.probe.findPlain(from, r.lineEnds)
	}
	return r.probe.findUnit(from)
}

// checkRatio bounds how much a unit may unpack to.
func (r *Reader) checkRatio(unpacked int64) error {
	if unpacked < r.opt.RatioFreeBytes || unpacked/int64(r.opt.MaxRatio) <= r.filePos()-r.member {
		return nil
	}
	return errRatio
}

var errRatio = errors.New("unpacks to too many bytes")

// filePos returns the offset of the next byte the codec will read.
func (r *Reader) filePos() int64 { return r.src.pos - int64(r.br.Buffered()) }

// seek moves the codec's input to the offset at.
func (r *Reader) seek(at int64) {
	if skip := at - r.filePos(); skip >= 0 && skip <= int64(r.br.Buffered()) && r.src.pos > 0 {
		_, _ = r.br.Discard(int(skip)) // buffered bytes: cannot fail
		return
	}
	r.src.pos = at
	r.br.Reset(&r.src)
}
