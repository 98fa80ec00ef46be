package flatparquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Codecs, by their numbers in the format.
const (
	uncompressed = 0
	snappyCodec  = 1
	gzipCodec    = 2
	brotliCodec  = 4
	zstdCodec    = 6
	lz4Raw       = 7
)

// What the codecs without a stream can unpack a byte to at most: a copy of 64
// bytes takes three in Snappy, one of 255 takes one in LZ4.
const (
	maxSnappyRatio = 32
	maxLZ4Ratio    = 256
)

// unpacker unpacks pages of one codec.
type unpacker struct {
	codec  int32
	in     bytes.Reader
	gzip   *gzip.Reader
	brotli *brotli.Reader
	zstd   *zstd.Decoder
}

func (u *unpacker) close() {
	if u.zstd != nil {
		u.zstd.Close()
		u.zstd = nil
	}
}

// append appends the n bytes that packed unpacks to, for which the limits hold.
func (u *unpacker) append(dst, packed []byte, n int) ([]byte, error) {
	var err error
	var r io.Reader
	u.in.Reset(packed)
	if n == 0 && len(packed) == 0 {
		return dst, nil
	}
	switch u.codec {
	case uncompressed:
		if len(packed) != n {
			return dst, fmt.Errorf("a page of %d bytes that says %d", len(packed), n)
		}
		return append(dst, packed...), nil
	case snappyCodec:
		if m, err := s2.DecodedLen(packed); err != nil || m != n {
			return dst, errors.New("snappy: the size differs from that in the page header")
		}
		if n > maxSnappyRatio*len(packed) {
			return dst, errors.New("snappy: more bytes than can be packed so small")
		}
		dst, err = block(dst, n, func(room []byte) (int, error) {
			out, err := s2.Decode(room, packed)
			return len(out), err
		})
		return dst, wrap("snappy", err)
	case lz4Raw:
		if n > maxLZ4Ratio*len(packed)+16 {
			return dst, errors.New("lz4: more bytes than can be packed so small")
		}
		dst, err = block(dst, n, func(room []byte) (int, error) { return lz4.UncompressBlock(packed, room) })
		return dst, wrap("lz4", err)
	case gzipCodec:
		if u.gzip == nil {
			u.gzip = new(gzip.Reader)
		}
		err, r = u.gzip.Reset(&u.in), u.gzip
	case brotliCodec:
		if u.brotli == nil {
			u.brotli = new(brotli.Reader)
		}
		err, r = u.brotli.Reset(&u.in), u.brotli
	case zstdCodec:
		if u.zstd == nil {
			// Blocks are unpacked into the room for the page: windows cost nothing.
			if u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true)); err != nil {
				return dst, err
			}
		}
		dst, err = block(dst, n, func(room []byte) (int, error) {
			out, err := u.zstd.DecodeAll(packed, room[:0])
			if errors.Is(err, zstd.ErrDecoderSizeExceeded) {
				err = fmt.Errorf("more than the %d bytes that the page header says", n)
			}
			return len(out), err
		})
		return dst, wrap("zstd", err)
	default:
		return dst, fmt.Errorf("codec %d is not read; uncompressed (0), snappy (1), gzip (2), brotli (4), zstd (6) and lz4_raw (7) are", u.codec)
	}
	if err == nil {
		dst, err = readN(dst, r, n)
	}
	return dst, wrap("unpacking", err)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// block unpacks a block whose size is known.
func block(dst []byte, n int, unpack func(room []byte) (int, error)) ([]byte, error) {
	at := len(dst)
	if cap(dst)-at < n {
		dst = append(make([]byte, 0, at+n), dst...)
	}
	m, err := unpack(dst[at : at+n : at+n])
	if err == nil && m != n {
		err = fmt.Errorf("%d bytes in place of %d", m, n)
	}
	return dst[:at+n], err
}

// readN appends n bytes of r, and wants its end behind them.
func readN(dst []byte, r io.Reader, n int) ([]byte, error) {
	at := len(dst)
	if cap(dst) < at+n+1 {
		dst = append(make([]byte, 0, at+n+1), dst...)
	}
	for idle := 0; ; {
		m, err := r.Read(dst[len(dst) : at+n+1])
		dst = dst[:len(dst)+m]
		if idle++; m > 0 {
			idle = 0
		}
		switch have := len(dst) - at; {
		case have > n:
			return dst, fmt.Errorf("more than the %d bytes that the page header says", n)
		case err == io.EOF && have == n:
			return dst, nil
		case err == io.EOF:
			return dst, fmt.Errorf("%d bytes in place of %d", have, n)
		case err != nil:
			return dst, err
		case idle > 100:
			return dst, io.ErrNoProgress
		}
	}
}
