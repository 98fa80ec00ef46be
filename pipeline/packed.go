package pipeline

import (
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// packedFile is a file that is unpacked while it is read.
type packedFile struct {
	io.Reader
	close []func() error
}

// Close closes everything; it returns the first error.
func (p *packedFile) Close() (err error) {
	for _, c := range p.close {
		if cerr := c(); err == nil {
			err = cerr
		}
	}
	return err
}

// OpenPacked opens a file for reading, unpacked where its name ends in .gz or
// .zst.
func OpenPacked(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	p := &packedFile{Reader: f, close: []func() error{f.Close}}
	switch {
	case strings.HasSuffix(path, ".gz"):
		var z *gzip.Reader
		if z, err = gzip.NewReader(f); err == nil {
			p.Reader, p.close = z, []func() error{z.Close, f.Close}
		}
	case strings.HasSuffix(path, ".zst"):
		var z *zstd.Decoder
		if z, err = zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20)); err == nil {
			p.Reader, p.close = z, []func() error{func() error { z.Close(); return nil }, f.Close}
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return p, nil
}
