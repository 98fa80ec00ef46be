package warc

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// gzipMagic is the identification and the deflate method of RFC 1952.
var gzipMagic = []byte{0x1f, 0x8b, 0x08}

// gzipCodec unpacks gzip members. The zero value is ready.
type gzipCodec struct {
	inf   io.Reader // over the br of open
	crc   uint32
	size  uint32
	probe gzipProbe
	buf   []byte // for measure
}

// gzipProbeBytes is how much of a gzip member decides whether it holds a record:
// header and the deflate data up to the first bytes of output.
const gzipProbeBytes = 16 << 10

func (c *gzipCodec) unit() string         { return "gzip member" }
func (c *gzipCodec) magic() []byte        { return gzipMagic }
func (c *gzipCodec) probeBytes() int      { return gzipProbeBytes }
func (c *gzipCodec) text(b []byte) []byte { return c.probe.text(b) }

func (c *gzipCodec) open(br *bufio.Reader) bool {
	head, _ := br.Peek(512) // fewer at the end of the file
	n := gzipHeader(head)
	if n == 0 && len(head) >= len(gzipMagic) {
		head, _ = br.Peek(gzipProbeBytes)
		n = gzipHeader(head)
	}
	if n == 0 {
		return false
	}
	_, _ = br.Discard(n) // buffered by Peek: cannot fail
	c.crc, c.size = 0, 0
	if c.inf == nil {
		c.inf = flate.NewReader(br)
	} else {
		_ = c.inf.(flate.Resetter).Reset(br, nil) // always nil
	}
	return true
}

func (c *gzipCodec) Read(p []byte) (int, error) {
	n, err := c.inf.Read(p)
	c.crc = crc32.Update(c.crc, crc32.IEEETable, p[:n])
	c.size += uint32(n)
	return n, err
}

func (c *gzipCodec) finish(br *bufio.Reader) (string, int) {
	const trailerBytes = 8
	b, _ := br.Peek(trailerBytes)
	switch {
	case len(b) < trailerBytes:
		return "gzip trailer is cut off", len(b)
	case binary.LittleEndian.Uint32(b) != c.crc || binary.LittleEndian.Uint32(b[4:]) != c.size:
		return "gzip checksum does not match", trailerBytes
	}
	return "", trailerBytes
}

// measure inflates the member once more: its end is not written anywhere.
func (c *gzipCodec) measure(src *section) (int64, string, bool) {
	br := bufio.NewReaderSize(src, 64<<10)
	m := &gzipCodec{}
	if !m.open(br) {
		return src.pos - int64(br.Buffered()), "", false
	}
	if c.buf == nil {
		c.buf = make([]byte, 64<<10)
	}
	var err error
	for err == nil {
		_, err = m.Read(c.buf)
	}
	at := src.pos - int64(br.Buffered())
	if err != io.EOF {
		return at, causeOf(err, c.unit()), false
	}
	flaw, trailer := m.finish(br)
	return at + int64(trailer), flaw, true
}

// gzipHeader returns the length of the gzip header at the start of b, or 0 if
// there is none that ends within b.
func gzipHeader(b []byte) int {
	if len(b) < 10 || !bytes.HasPrefix(b, gzipMagic) || b[3]&0xe0 != 0 {
		return 0
	}
	flags, n := b[3], 10
	if flags&4 != 0 { // FEXTRA
		if len(b) < n+2 {
			return 0
		}
		n += 2 + int(b[n]) + int(b[n+1])<<8
	}
	for _, text := range [2]byte{8, 16} { // FNAME, FCOMMENT
		if flags&text == 0 {
			continue
		}
		if n >= len(b) {
			return 0
		}
		end := bytes.IndexByte(b[n:], 0)
		if end < 0 {
			return 0
		}
		n += end + 1
	}
	if flags&2 != 0 { // FHCRC
		n += 2
	}
	if n > len(b) {
		return 0
	}
	return n
}

// gzipProbe unpacks the start of gzip members. The zero value is
// ready; it keeps its inflater between calls.
type gzipProbe struct {
	in  bytes.Reader
	inf io.Reader
	out [probeText]byte
}

// text returns the first bytes that b unpacks to, the start of a possible gzip
// member.
func (p *gzipProbe) text(b []byte) []byte {
	n := gzipHeader(b)
	if n == 0 {
		return nil
	}
	p.in.Reset(b[n:])
	if p.inf == nil {
		p.inf = flate.NewReader(&p.in)
	} else if p.inf.(flate.Resetter).Reset(&p.in, nil) != nil {
		return nil
	}
	have, _ := io.ReadFull(p.inf, p.out[:]) // fewer bytes are judged too
	return p.out[:have]
}
