package warc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/adler32"
	"hash/crc32"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// decode takes one content coding off the body, if the bytes have it.
func (d *PayloadDecoder) decode(coding string) {
	p := &d.resp
	if len(p.Body) == 0 {
		return
	}
	wrap, known := wrappingOf(p.Body, coding)
	if !known {
		p.problem(ProblemUnknownCoding)
		return
	}
	if wrap == wrapNone {
		p.problem(ProblemBadCoding)
		return
	}
	d.plain[0], d.plain[1] = d.plain[1], d.plain[0] // plain[1] may hold the body
	out, problem := d.unpack.run(d.plain[0][:0], p.Body, wrap, &d.Limits)
	d.plain[0] = out
	limited := problem == ProblemBodyLimit || problem == ProblemRatio
	switch {
	case problem == "":
	case len(out) == 0 && !limited, !limited && !wrap.marked() && len(out) < len(p.Body):
		if problem == ProblemCutCoding {
			problem = ProblemBadCoding
		}
		p.problem(problem) // the promise was wrong: keep the bytes
		d.plain[0], d.plain[1] = d.plain[1], d.plain[0]
		return
	default:
		p.problem(problem)
		p.BodyTruncated = p.BodyTruncated || problem != ProblemCodingChecksum
	}
	p.Body = out
}

// wrapping is the form of packed data.
type wrapping int

const (
	wrapNone wrapping = iota // not packed
	wrapRaw                  // deflate alone
	wrapZlib
	wrapGzip
	wrapBrotli
	wrapZstd
)

// marked reports whether the data begin with a mark that plain text cannot
// have.
func (w wrapping) marked() bool { return w == wrapGzip || w == wrapZstd }

// wrappingOf tells from the bytes what a body said to have that coding is.
// Gzip and zstd are known by their marks, whatever was promised.
func wrappingOf(b []byte, coding string) (w wrapping, known bool) {
	switch coding {
	case "gzip", "x-gzip", "deflate", "x-deflate", "br", "zstd":
	default:
		return wrapNone, false
	}
	switch {
	case gzipHeader(b) > 0:
		return wrapGzip, true
	case bytes.HasPrefix(b, zstdMagic):
		return wrapZstd, true
	case coding == "br":
		return wrapBrotli, true
	case coding == "zstd":
		return wrapNone, true
	case len(b) > 2 && b[0]&0x0f == 8 && b[0]>>4 <= 7 && b[1]&0x20 == 0 && binary.BigEndian.Uint16(b)%31 == 0:
		return wrapZlib, true
	case coding == "deflate" || coding == "x-deflate":
		return wrapRaw, true
	}
	return wrapNone, true
}

// unpacker unpacks bodies into memory. Each decoder is made when it is first
// needed.
type unpacker struct {
	in   bytes.Reader
	inf  io.Reader // flate
	br   *brotli.Reader
	zstd *zstd.Decoder
}

// run appends what b unpacks to, at most l.BodyBytes, to dst. It returns a
// problem code if that is not all of it.
func (u *unpacker) run(dst, b []byte, wrap wrapping, l *Limits) ([]byte, string) {
	packed := len(b)
	flaw := ""
	for {
		start := len(dst)
		unit := b
		end, sum := 0, false
		if wrap == wrapZstd {
			if end, sum = zstdFrameEnd(b); end > 0 {
				unit = b[:end]
			}
		}
		in, err := u.open(unit, wrap, l)
		if err != nil {
			return dst, ProblemBadCoding
		}
		var problem string
		dst, problem = appendUnpacked(dst, in, packed, l)
		if problem != "" {
			return dst, problem
		}
		same := true
		switch {
		case end == 0:
			b, same = checkTrailer(b[len(b)-u.in.Len():], dst[start:], wrap)
		case sum:
			same = binary.LittleEndian.Uint32(b[end-zstdSumBytes:]) == uint32(xxhash.Sum64(dst[start:]))
			fallthrough
		default:
			b = b[end:]
		}
		if !same { // the bytes are there all the same, and so is what follows them
			flaw = ProblemCodingChecksum
		}
		if end > 0 {
			for n, _ := skippable(b); n > 0 && n <= int64(len(b)); n, _ = skippable(b) {
				b = b[n:]
			}
			if !bytes.HasPrefix(b, zstdMagic) {
				return dst, flaw
			}
		} else if wrap != wrapGzip || gzipHeader(b) == 0 {
			return dst, flaw
		}
	}
}

// open starts to unpack the data wrapped in b.
func (u *unpacker) open(b []byte, wrap wrapping, l *Limits) (io.Reader, error) {
	u.in.Reset(b)
	switch wrap {
	case wrapBrotli:
		if u.br == nil {
			u.br = brotli.NewReader(&u.in)
			return u.br, nil
		}
		return u.br, u.br.Reset(&u.in)
	case wrapZstd:
		if u.zstd == nil {
			var err error
			u.zstd, err = zstd.NewReader(nil,
				zstd.WithDecoderConcurrency(1), // no goroutines
				zstd.WithDecoderLowmem(true),
				zstd.WithDecoderMaxWindow(uint64(max(l.WindowBytes, zstdBlockBytes))),
				zstd.IgnoreChecksum(true)) // else the last block is lost with it; run compares it
			if err != nil {
				return nil, err
			}
		}
		return u.zstd, u.zstd.Reset(&u.in)
	}
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
		return u.inf, nil
	}
	return u.inf, u.inf.(flate.Resetter).Reset(&u.in, nil)
}

// unpackStep is how many bytes are unpacked between two looks at the limits.
const unpackStep = 1 << 20

// maxIdleReads bounds how often a decoder may return nothing.
const maxIdleReads = 100

// appendUnpacked appends the unpacked bytes to dst. packed is the size of the
// input.
func appendUnpacked(dst []byte, in io.Reader, packed int, l *Limits) ([]byte, string) {
	for idle := 0; ; {
		if len(dst) == cap(dst) {
			grown := make([]byte, len(dst), max(2*cap(dst), 64<<10))
			copy(grown, dst)
			dst = grown
		}
		n, err := in.Read(dst[len(dst):min(cap(dst), len(dst)+unpackStep)])
		dst = dst[:len(dst)+n]
		if idle++; n > 0 {
			idle = 0
		}
		switch {
		case int64(len(dst)) > l.BodyBytes:
			return dst[:l.BodyBytes], ProblemBodyLimit
		case int64(len(dst)) > l.RatioFreeBytes && len(dst)/l.Ratio > packed:
			return dst, ProblemRatio
		case err == io.EOF:
			return dst, ""
		case err == io.ErrUnexpectedEOF:
			return dst, ProblemCutCoding
		case errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded):
			return dst, ProblemCodingWindow
		case err != nil || idle > maxIdleReads:
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
