package warc

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"
)

// zstdMagic begins a frame (RFC 8878, section 3.1.1).
var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// dictMagic begins the skippable frame that holds the dictionary of all
// frames of the file (IIPC, "WARC compression using Zstandard").
var dictMagic = []byte{0x5d, 0x2a, 0x4d, 0x18}

const (
	zstdBlockBytes   = 128 << 10           // most a block holds
	zstdProbeBytes   = zstdBlockBytes + 64 // frame header and first block
	maxDictBytes     = 16 << 20            // unpacked
	skippableHeader  = 8                   // magic and length
	formattedDict    = "\x37\xa4\x30\xec"  // RFC 8878, section 5
	zstdHeaderMax    = 18                  // with its magic
	zstdSmallWindow  = 0x38                // window descriptor of 128 KiB
	zstdSumFlag      = 4                   // of the frame header
	zstdSumBytes     = 4
	zstdReservedType = 3 // block type
)

// ErrDictionary says that the dictionary of a zstd file cannot be used, so that
// none of its records can be read.
var ErrDictionary = errors.New("damaged zstd dictionary")

var errWindow = errors.New("zstd frame needs a larger window than allowed")

// zstdCodec unpacks zstd frames.
type zstdCodec struct {
	frame zstdFrame
	dec   *zstd.Decoder // over frame
	sum   xxhash.Digest
	probe *zstd.Decoder // never needs a window of more than one block
	in    bytes.Reader
	head  []byte // of a frame, as probe reads it
	out   [probeText]byte
}

// newZstdCodec returns a codec for frames with windows of at most maxWindow
// bytes that use the dictionary dict, or none if dict is empty.
func newZstdCodec(maxWindow int64, dict []byte) (*zstdCodec, error) {
	c := &zstdCodec{}
	open := func(window int64) (*zstd.Decoder, error) {
		o := []zstd.DOption{
			zstd.WithDecoderConcurrency(1), // no goroutines
			zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(uint64(window)),
		}
		switch {
		case len(dict) == 0:
		case bytes.HasPrefix(dict, []byte(formattedDict)):
			o = append(o, zstd.WithDecoderDicts(dict))
		default:
			o = append(o, zstd.WithDecoderDictRaw(0, dict))
		}
		return zstd.NewReader(nil, o...)
	}
	var err error
	if c.dec, err = open(max(maxWindow, zstdBlockBytes)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDictionary, err)
	}
	c.probe, err = open(zstdBlockBytes)
	return c, err
}

func (c *zstdCodec) unit() string    { return "zstd frame" }
func (c *zstdCodec) magic() []byte   { return zstdMagic }
func (c *zstdCodec) probeBytes() int { return zstdProbeBytes }

// text unpacks the first block, under a header that asks for a small window, so
// that a hostile one costs no memory.
func (c *zstdCodec) text(b []byte) []byte {
	h := zstdHeaderOf(b)
	if h.length == 0 || len(b) < h.length+3 {
		return nil
	}
	c.head = append(append(c.head[:0], zstdMagic...), h.flags&3, zstdSmallWindow)
	c.head = append(c.head, b[h.dict:h.dict+h.dictBytes]...)
	block := b[h.length:]
	c.head = append(c.head, block[:min(len(block), 3+zstdBlock(block))]...)
	c.in.Reset(c.head)
	if c.probe.Reset(&c.in) != nil {
		return nil
	}
	have, _ := io.ReadFull(c.probe, c.out[:]) // fewer bytes are judged too
	return c.out[:have]
}

func (c *zstdCodec) open(br *bufio.Reader) bool {
	if !c.frame.open(br) {
		return false
	}
	c.sum.Reset()
	return c.dec.Reset(&c.frame) == nil
}

func (c *zstdCodec) Read(p []byte) (int, error) {
	n, err := c.dec.Read(p)
	if c.frame.header.sum {
		_, _ = c.sum.Write(p[:n]) // never fails
	}
	switch {
	case err == nil:
	case errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded):
		err = errWindow
	case c.frame.err == io.ErrUnexpectedEOF:
		err = io.ErrUnexpectedEOF
	case err == io.EOF && !c.frame.last:
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (c *zstdCodec) finish(br *bufio.Reader) (string, int) {
	if !c.frame.header.sum {
		return "", 0
	}
	b, _ := br.Peek(zstdSumBytes)
	switch {
	case len(b) < zstdSumBytes:
		return "zstd checksum is cut off", len(b)
	case binary.LittleEndian.Uint32(b) != uint32(c.sum.Sum64()):
		return "zstd checksum does not match", zstdSumBytes
	}
	return "", zstdSumBytes
}

// measure walks over the blocks, whose lengths stand before them.
func (c *zstdCodec) measure(src *section) (int64, string, bool) {
	br := bufio.NewReaderSize(src, 64<<10)
	var f zstdFrame
	if !f.open(br) {
		return src.pos - int64(br.Buffered()), "", false
	}
	_, err := io.Copy(io.Discard, &f)
	at := src.pos - int64(br.Buffered())
	if err != nil {
		return at, causeOf(err, c.unit()), false
	}
	if f.header.sum {
		at = min(at+zstdSumBytes, src.size)
	}
	return at, "", true
}

// zstdHeader is what the header of a frame says.
type zstdHeader struct {
	length          int // with its magic; 0 if there is none
	flags           byte
	sum             bool // a checksum ends the frame
	dict, dictBytes int  // where the dictionary id lies
}

// zstdHeaderOf reads the frame header at the start of b.
func zstdHeaderOf(b []byte) zstdHeader {
	if len(b) < 5 || !bytes.HasPrefix(b, zstdMagic) || b[4]&8 != 0 {
		return zstdHeader{}
	}
	h := zstdHeader{length: 5, flags: b[4], sum: b[4]&zstdSumFlag != 0}
	single := h.flags&32 != 0
	if !single {
		h.length++ // window descriptor
	}
	h.dict, h.dictBytes = h.length, [4]int{0, 1, 2, 4}[h.flags&3]
	size := [4]int{0, 2, 4, 8}[h.flags>>6]
	if size == 0 && single {
		size = 1
	}
	h.length += h.dictBytes + size
	if len(b) < h.length {
		return zstdHeader{}
	}
	return h
}

// zstdBlock returns the length of the block whose header is at the start of b,
// without the header.
func zstdBlock(b []byte) int {
	n := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
	if n>>1&3 == 1 { // one byte, repeated
		return 1
	}
	return n >> 3
}

// zstdFrameEnd returns the length of the frame at the start of b and whether a
// checksum ends it; 0 if the frame is not whole.
func zstdFrameEnd(b []byte) (end int, sum bool) {
	h := zstdHeaderOf(b)
	if h.length == 0 {
		return 0, false
	}
	for end = h.length; len(b)-end >= 3; {
		block := b[end:]
		end += 3 + zstdBlock(block)
		if block[0]&1 == 0 {
			continue
		}
		if h.sum {
			end += zstdSumBytes
		}
		if end > len(b) {
			break
		}
		return end, h.sum
	}
	return 0, false
}

// zstdFrame passes the header and the blocks of one frame on and ends behind
// them. The checksum stays unread, and the header that is passed on promises
// none: the decoder would keep the last block to itself if it did not match.
type zstdFrame struct {
	framePart
	header zstdHeader
	head   [zstdHeaderMax]byte
	passed int  // bytes of head
	last   bool // the part is the last block
}

// open begins the frame at the front of br.
func (f *zstdFrame) open(br *bufio.Reader) bool {
	head, _ := br.Peek(zstdHeaderMax) // fewer at the end of the file
	h := zstdHeaderOf(head)
	*f = zstdFrame{framePart: framePart{br: br}, header: h}
	copy(f.head[:], head[:h.length])
	f.head[4] &^= zstdSumFlag
	_, _ = br.Discard(h.length) // buffered by Peek: cannot fail
	return h.length > 0
}

func (f *zstdFrame) Read(p []byte) (int, error) {
	if f.passed < f.header.length {
		n := copy(p, f.head[f.passed:f.header.length])
		f.passed += n
		return n, nil
	}
	if f.left == 0 && f.err == nil {
		f.next()
	}
	return f.pass(p)
}

// next finds the length of the block that follows, with its header.
func (f *zstdFrame) next() {
	if f.last {
		f.err = io.EOF
		return
	}
	b, _ := f.br.Peek(3)
	if len(b) < 3 {
		f.err = io.ErrUnexpectedEOF
		return
	}
	f.left = 3 + zstdBlock(b)
	f.last = b[0]&1 != 0
	if b[0]>>1&3 == zstdReservedType || f.left > 3+zstdBlockBytes {
		f.err = errZstdBlock
	}
}

var errZstdBlock = errors.New("impossible zstd block")

// skippable returns the length of the skippable frame at the start of head, its
// own header included, and whether it holds a dictionary; 0 if it is none.
func skippable(head []byte) (length int64, dict bool) {
	if len(head) < skippableHeader || head[0]&0xf0 != 0x50 || !bytes.Equal(head[1:4], dictMagic[1:]) {
		return 0, false
	}
	return skippableHeader + int64(binary.LittleEndian.Uint32(head[4:])), head[0] == dictMagic[0]
}

// readDict returns the dictionary in the skippable frame at the start of the
// file, or nil if it has none. The frame holds it as it is or packed.
func readDict(src *section) ([]byte, error) {
	src.pos = 0
	head := make([]byte, skippableHeader)
	k, _ := io.ReadFull(src, head) // a failure stays in src.err
	n, is := skippable(head[:k])
	if !is {
		return nil, src.err
	}
	if n > src.size || n > maxDictBytes {
		return nil, fmt.Errorf("%w: its %d bytes are cut off or more than %d", ErrDictionary, n, maxDictBytes)
	}
	dict := make([]byte, n-skippableHeader)
	if k, _ := io.ReadFull(src, dict); k < len(dict) {
		return nil, src.err
	}
	if !bytes.HasPrefix(dict, zstdMagic) {
		return dict, nil
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxDictBytes))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	if dict, err = z.DecodeAll(dict, nil); err != nil {
		return nil, fmt.Errorf("%w: it cannot be unpacked: %w", ErrDictionary, err)
	}
	return dict, nil
}
