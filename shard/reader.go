package shard

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// maxWindowBytes is the largest zstd window a reader allocates: shards packed
// again with zstd up to level 21 are still read, --long=27 and above are not.
const maxWindowBytes = 64 << 20

// ErrRecordTooLong is returned, wrapped, for a line above MaxRecordBytes.
var ErrRecordTooLong = errors.New("record too long")

// Reader reads the lines of one shard in order, with any frame layout. It
// belongs to one goroutine and starts no other.
type Reader struct {
	dec    *zstd.Decoder
	buf    *bufio.Reader
	long   []byte // a line that does not fit into buf
	row    int
	offset int64
	bare   bool // the last line had no line end
	err    error
}

// NewReader returns a Reader over zstd frames of lines. Its memory is bounded by
// the zstd window (64 MiB at most, 8 MiB for our own shards) and the longest
// line. Close it to free the decoder.
func NewReader(r io.Reader) (*Reader, error) {
	dec, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindowBytes))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &Reader{dec: dec, buf: bufio.NewReaderSize(dec, 256<<10)}, nil
}

// Row returns the number of lines returned so far: the row of the next one.
func (r *Reader) Row() int { return r.row }

// Offset returns the unpacked offset of the next line in bytes.
func (r *Reader) Offset() int64 { return r.offset }

// Next returns the next line without its line end; it is valid until the next
// call. After the last line it returns io.EOF. Any other error names row (from
// 0) and unpacked offset, and ends the shard: damaged or cut-off data, or a line
// longer than MaxRecordBytes (ErrRecordTooLong). Lines of a frame whose checksum
// turns out wrong have been returned before the error; a half line never is.
func (r *Reader) Next() ([]byte, error) {
	if r.err != nil {
		return nil, r.err
	}
	line, err := r.buf.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		line, err = r.readLong(line)
	}
	if err == io.EOF && len(line) > 0 {
		r.bare = true
		err = nil
	}
	if err != nil {
		r.err = err
		if err != io.EOF {
			r.err = fmt.Errorf("row %d at unpacked offset %d: %w", r.row, r.offset, err)
		}
		return nil, r.err
	}
	r.row++
	r.offset += int64(len(line))
	return bytes.TrimSuffix(line, []byte{'\n'}), nil
}

// readLong reads the rest of a line that starts with head and fills the buffer.
func (r *Reader) readLong(head []byte) ([]byte, error) {
	if cap(r.long) > 4<<20 {
		r.long = nil
	}
	r.long = append(r.long[:0], head...)
	for {
		part, err := r.buf.ReadSlice('\n')
		if len(r.long)+len(part) > MaxRecordBytes+1 {
			return nil, fmt.Errorf("%w: more than %d bytes", ErrRecordTooLong, MaxRecordBytes)
		}
		r.long = append(r.long, part...)
		if err != bufio.ErrBufferFull {
			return r.long, err
		}
	}
}

// Close frees the decoder. It does not close the underlying reader.
func (r *Reader) Close() {
	r.dec.Close()
	if r.err == nil {
		r.err = errClosed
	}
}
