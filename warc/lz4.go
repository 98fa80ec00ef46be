package warc

import (
	"bufio"
	"encoding/binary"
	"io"
	"strings"

	"github.com/pierrec/lz4/v4"
)

// lz4Magic begins a frame (LZ4 Frame Format, version 1.6.4).
var lz4Magic = []byte{0x04, 0x22, 0x4d, 0x18}

// lz4Codec unpacks LZ4 frames. Blocks have at most 4 MiB, so its memory is
// bounded by the format.
type lz4Codec struct {
	frame lz4Frame
	dec   *lz4.Reader
}

func newLZ4Codec() *lz4Codec {
	c := &lz4Codec{}
	c.dec = lz4.NewReader(&c.frame)
	return c
}

func (c *lz4Codec) unit() string         { return "lz4 frame" }
func (c *lz4Codec) magic() []byte        { return lz4Magic }
func (c *lz4Codec) probeBytes() int      { return 64 }
func (c *lz4Codec) text(b []byte) []byte { return lz4Literals(b) }

func (c *lz4Codec) open(br *bufio.Reader) bool {
	if !c.frame.open(br) {
		return false
	}
	c.dec.Reset(&c.frame)
	return true
}

func (c *lz4Codec) Read(p []byte) (int, error) {
	n, err := c.dec.Read(p)
	if err != nil && err != io.EOF && c.frame.err == io.ErrUnexpectedEOF {
		err = c.frame.err
	}
	if err == io.EOF && !c.frame.ended {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// finish has nothing to check: the decoder has compared the checksums, and
// reports a wrong one as an error.
func (c *lz4Codec) finish(*bufio.Reader) (string, int) { return "", 0 }

func (c *lz4Codec) measure(src *section) (int64, string, bool) {
	br := bufio.NewReaderSize(src, 64<<10)
	var f lz4Frame
	if !f.open(br) {
		return src.pos - int64(br.Buffered()), "", false
	}
	_, err := io.Copy(io.Discard, &f)
	at := src.pos - int64(br.Buffered())
	if err != nil {
		return at, causeOf(err, c.unit()), false
	}
	return at, "", true
}

// lz4Header returns the length of the frame header at the start of b, or 0.
func lz4Header(b []byte) int {
	if len(b) < 7 || !strings.HasPrefix(string(b[:4]), string(lz4Magic)) || b[4]>>6 != 1 {
		return 0
	}
	n := 7
	if b[4]&8 != 0 { // content size
		n += 8
	}
	if b[4]&1 != 0 { // dictionary id
		n += 4
	}
	if len(b) < n {
		return 0
	}
	return n
}

// lz4Literals returns the bytes that the first block of the frame at the start
// of b begins with, as far as they stand there unpacked. Text always begins
// with a few such bytes.
func lz4Literals(b []byte) []byte {
	n := lz4Header(b)
	if n == 0 || len(b) < n+5 {
		return nil
	}
	size := binary.LittleEndian.Uint32(b[n:])
	b = b[n+4:]
	b = b[:min(len(b), int(size&^(1<<31)))]
	if size>>31 == 1 || len(b) == 0 { // not packed
		return b
	}
	count, b := int(b[0]>>4), b[1:]
	for more := count == 15; more && len(b) > 0; b = b[1:] {
		count += int(b[0])
		more = b[0] == 255
	}
	return b[:min(len(b), count)]
}

// lz4Frame passes the bytes of one frame on and ends at its end.
type lz4Frame struct {
	framePart
	blockSum bool
	sum      bool
	last     bool // the end mark was passed on
	ended    bool
}

// open begins the frame at the front of br.
func (f *lz4Frame) open(br *bufio.Reader) bool {
	head, _ := br.Peek(19) // fewer at the end of the file
	n := lz4Header(head)
	if n == 0 {
		return false
	}
	*f = lz4Frame{framePart: framePart{br: br, left: n}, blockSum: head[4]&16 != 0, sum: head[4]&4 != 0}
	return true
}

func (f *lz4Frame) Read(p []byte) (int, error) {
	if f.left == 0 && f.err == nil {
		f.next()
	}
	return f.pass(p)
}

// next finds the length of the part that follows: a block with its size, or
// the end of the frame.
func (f *lz4Frame) next() {
	if f.last {
		f.ended, f.err = true, io.EOF
		return
	}
	b, _ := f.br.Peek(4)
	if len(b) < 4 {
		f.err = io.ErrUnexpectedEOF
		return
	}
	size := binary.LittleEndian.Uint32(b)
	f.left = 4
	switch {
	case size == 0:
		f.last = true
		if f.sum {
			f.left += 4
		}
	default:
		f.left += int(size &^ (1 << 31))
		if f.blockSum {
			f.left += 4
		}
	}
}
