package warc

import (
	"bytes"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// dechunk takes chunking off the body. A body that does not start with a
// chunk was stored without chunking and stays as it is; after a chunk that
// breaks the format the rest is kept as it is.
func (d *PayloadDecoder) dechunk() {
	p := &d.resp
	rest := p.Body
	if len(rest) == 0 {
		return
	}
	out := d.chunked[:0]
	defer func() { d.chunked = out[:0] }()
	for first := true; ; first = false {
		size, data, ok := chunkHead(rest)
		if !ok {
			p.problem(ProblemBadChunking)
			if first {
				return
			}
			out = append(out, rest...)
			break
		}
		if size == 0 {
			break // a trailer may follow
		}
		if size > int64(len(data)) {
			if first && len(data) == 0 {
				p.problem(ProblemBadChunking)
				return
			}
			p.problem(ProblemCutChunking)
			p.BodyTruncated = true
			out = append(out, data...)
			break
		}
		chunk, after := data[:size], data[size:]
		after, ok = lineEnd(after)
		if !ok && len(after) > 0 {
			p.problem(ProblemBadChunking)
			if first {
				return
			}
			out = append(out, data...)
			break
		}
		out = append(out, chunk...)
		rest = after
		if len(rest) == 0 {
			p.problem(ProblemCutChunking)
			p.BodyTruncated = true
			break
		}
	}
	p.Body = out
}

// chunkHead reads the line before a chunk: its size in hex, perhaps an
// extension. ok is false if there is no such line.
func chunkHead(b []byte) (size int64, data []byte, ok bool) {
	const maxLine = 4 << 10
	i := bytes.IndexByte(b[:min(len(b), maxLine)], '\n')
	if i < 0 {
		return 0, nil, false
	}
	line, data := b[:i], b[i+1:]
	n := 0
	for ; n < len(line); n++ {
		v := hexValue(line[n])
		if v < 0 {
			break
		}
		if size >= 1<<40 {
			return 0, nil, false
		}
		size = size<<4 | int64(v)
	}
	if n == 0 {
		return 0, nil, false
	}
	for _, c := range line[n:] {
		switch c {
		case ' ', '\t', '\r':
			continue
		case ';':
			return size, data, true
		}
		return 0, nil, false
	}
	return size, data, true
}

// hexValue returns the value of a hex digit, or -1.
func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// lineEnd takes a line end off the front of b.
func lineEnd(b []byte) ([]byte, bool) {
	switch {
	case len(b) >= 2 && b[0] == '\r' && b[1] == '\n':
		return b[2:], true
	case len(b) >= 1 && b[0] == '\n':
		return b[1:], true
	}
	return b, false
}

// decode takes one content coding off the body, if the bytes have it.
func (d *PayloadDecoder) decode(coding string, maxBody int64) {
	p := &d.resp
	if len(p.Body) == 0 {
		return
	}
	var wrap wrapping
	switch coding {
	case "gzip", "x-gzip", "deflate", "x-deflate":
		wrap = wrappingOf(p.Body, coding)
	default:
		p.problem(ProblemUnknownCoding)
		return
	}
	if wrap == wrapNone {
		p.problem(ProblemBadCoding)
		return
	}
	d.plain[0], d.plain[1] = d.plain[1], d.plain[0] // plain[1] may hold the body
	out, problem := d.unpack.run(d.plain[0][:0], p.Body, wrap, maxBody)
	d.plain[0] = out
	switch {
	case problem == "":
	case len(out) == 0, problem != ProblemBodyLimit && wrap != wrapGzip && len(out) < len(p.Body):
		p.problem(ProblemBadCoding) // the promise was wrong: keep the bytes
		d.plain[0], d.plain[1] = d.plain[1], d.plain[0]
		return
	default:
		p.problem(problem)
		p.BodyTruncated = p.BodyTruncated || problem != ProblemCodingChecksum
	}
	p.Body = out
}

// wrapping is what surrounds deflate data.
type wrapping int

const (
	wrapNone wrapping = iota // not packed
	wrapRaw
	wrapZlib
	wrapGzip
)

// wrappingOf tells from the bytes what a body said to have that coding is.
func wrappingOf(b []byte, coding string) wrapping {
	switch {
	case gzipHeader(b) > 0:
		return wrapGzip
	case len(b) > 2 && b[0]&0x0f == 8 && b[0]>>4 <= 7 && b[1]&0x20 == 0 && binary.BigEndian.Uint16(b)%31 == 0:
		return wrapZlib
	case coding == "deflate" || coding == "x-deflate":
		return wrapRaw
	}
	return wrapNone
}

// unpacker inflates bodies into memory.
type unpacker struct {
	in  bytes.Reader
	inf io.Reader
}

const (
	bodyRatio      = 200      // unpacked to packed bytes, beyond bodyRatioFloor
	bodyRatioFloor = 16 << 20 // unpacked
)

// run appends what b unpacks to, at most maxBody bytes, to dst. It returns a
// problem code if that is not all of it.
func (u *unpacker) run(dst, b []byte, wrap wrapping, maxBody int64) ([]byte, string) {
	packed := len(b)
	for {
		start := len(dst)
		u.open(b, wrap)
		var problem string
		dst, problem = u.inflate(dst, maxBody, packed)
		if problem != "" {
			return dst, problem
		}
		var same bool
		b, same = checkTrailer(b[len(b)-u.in.Len():], dst[start:], wrap)
		if !same {
			return dst, ProblemCodingChecksum
		}
		if wrap != wrapGzip || gzipHeader(b) == 0 {
			return dst, ""
		}
	}
}

// open starts to inflate the data wrapped in b.
func (u *unpacker) open(b []byte, wrap wrapping) {
	u.in.Reset(b)
	skip := int64(0)
	switch wrap {
	case wrapGzip:
		skip = int64(gzipHeader(b))
	case wrapZlib:
		skip = 2
	}
	_, _ = u.in.Seek(skip, io.SeekStart) // within b: cannot fail
	if u.inf == nil {
		u.inf = flate.NewReader(&u.in)
	} else {
		_ = u.inf.(flate.Resetter).Reset(&u.in, nil) // always nil
	}
}

// inflate appends the unpacked bytes to dst. packed is the size of the input.
func (u *unpacker) inflate(dst []byte, maxBody int64, packed int) ([]byte, string) {
	for {
		if len(dst) == cap(dst) {
			grown := make([]byte, len(dst), max(2*cap(dst), 64<<10))
			copy(grown, dst)
			dst = grown
		}
		n, err := u.inf.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		switch {
		case int64(len(dst)) > maxBody:
			return dst[:maxBody], ProblemBodyLimit
		case len(dst) > bodyRatioFloor && len(dst)/bodyRatio > packed:
			return dst, ProblemRatio
		case err == io.EOF:
			return dst, ""
		case err == io.ErrUnexpectedEOF:
			return dst, ProblemCutCoding
		case err != nil:
			return dst, ProblemBadCoding
		}
	}
}

// checkTrailer compares the checksum in the trailer at the start of b with
// the unpacked bytes, and returns what follows the trailer. A trailer that is
// not there counts as right.
func checkTrailer(b, unpacked []byte, wrap wrapping) (rest []byte, same bool) {
	switch {
	case wrap == wrapGzip && len(b) >= 8:
		return b[8:], binary.LittleEndian.Uint32(b) == crc32.ChecksumIEEE(unpacked)
	case wrap == wrapZlib && len(b) >= 4:
		return b[4:], binary.BigEndian.Uint32(b) == adler32.Checksum(unpacked)
	}
	return nil, true
}
