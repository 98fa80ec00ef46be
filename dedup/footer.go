package dedup

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/zeebo/xxh3"
)

// ErrFormat is wrapped by the errors about files that are damaged, truncated, of
// another kind or version, or written with other Params.
var ErrFormat = errors.New("not a usable dedup file")

// kind says what a file holds; it is the first word of the footer.
type kind string

const (
	kindBands    kind = "qldband\x00"
	kindSketches kind = "qldsket\x00"
	kindEdges    kind = "qldedge\x00"
	kindVerified kind = "qldveri\x00"
	kindClusters kind = "qldclus\x00"
)

func (k kind) String() string {
	switch k {
	case kindBands:
		return "band file"
	case kindSketches:
		return "sketch file"
	case kindEdges:
		return "file of candidate edges"
	case kindVerified:
		return "file of verified edges"
	case kindClusters:
		return "cluster file"
	}
	return "file of unknown kind"
}

// maxRanks is the largest number of ranks, and of rows of a file.
const maxRanks = math.MaxUint32

// footerBytes is the size of the footer that ends every file. All integers are
// little-endian:
//
//	 0  kind         8 bytes
//	 8  version      u32
//	12  K            u16
//	14  bands        u16
//	16  rows         u16
//	18  shingle      u16
//	20  min letters  u32
//	24  min matches  u32, 0 in files that do not depend on it
//	28  zero         u32
//	32  normaliser   u64, identity of its tables
//	40  count        u64, records of the body
//	48  body         u64, XXH3 of everything before the footer
//	56  footer       u64, XXH3 of bytes 0–55
const footerBytes = 64

// appendFooter appends the footer of a file of count records whose bytes hash
// to body.
func appendFooter(dst []byte, k kind, p Params, count, body uint64) []byte {
	start := len(dst)
	dst = append(dst, k...)
	dst = binary.LittleEndian.AppendUint32(dst, FormatVersion)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(p.K))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(p.Bands))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(p.Rows))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(p.Shingle))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(p.MinLetters))
	dst = binary.LittleEndian.AppendUint32(dst, storedMatches(k, p))
	dst = binary.LittleEndian.AppendUint32(dst, 0)
	dst = binary.LittleEndian.AppendUint64(dst, normaliser().id)
	dst = binary.LittleEndian.AppendUint64(dst, count)
	dst = binary.LittleEndian.AppendUint64(dst, body)
	return binary.LittleEndian.AppendUint64(dst, xxh3.Hash(dst[start:]))
}

// storedMatches returns Params.MinMatches for the kinds that depend on it, so
// that a changed similarity reuses bands, sketches and candidate edges.
func storedMatches(k kind, p Params) uint32 {
	if k == kindVerified || k == kindClusters {
		return uint32(p.MinMatches())
	}
	return 0
}

// readFooter returns count and body hash of a file, or an error that names what
// is wrong with it.
func readFooter(r io.ReaderAt, size int64, k kind, p Params) (count, body uint64, err error) {
	if size < footerBytes {
		return 0, 0, fmt.Errorf("%v of %d bytes: shorter than a footer: %w", k, size, ErrFormat)
	}
	var b [footerBytes]byte
	if err := readFull(r, b[:], size-footerBytes); err != nil {
		return 0, 0, fmt.Errorf("%v: footer: %w", k, err)
	}
	if got := kind(b[:8]); got != k {
		return 0, 0, fmt.Errorf("%v: this is a %v: %w", k, got, ErrFormat)
	}
	if xxh3.Hash(b[:56]) != binary.LittleEndian.Uint64(b[56:]) {
		return 0, 0, fmt.Errorf("%v: footer is damaged: %w", k, ErrFormat)
	}
	for _, f := range [...]struct {
		name      string
		got, want uint64
	}{
		{"format version", uint64(binary.LittleEndian.Uint32(b[8:])), FormatVersion},
		{"k", uint64(binary.LittleEndian.Uint16(b[12:])), uint64(p.K)},
		{"bands", uint64(binary.LittleEndian.Uint16(b[14:])), uint64(p.Bands)},
		{"rows", uint64(binary.LittleEndian.Uint16(b[16:])), uint64(p.Rows)},
		{"shingle", uint64(binary.LittleEndian.Uint16(b[18:])), uint64(p.Shingle)},
		{"min letters", uint64(binary.LittleEndian.Uint32(b[20:])), uint64(p.MinLetters)},
		{"matches asked for by similarity", uint64(binary.LittleEndian.Uint32(b[24:])), uint64(storedMatches(k, p))},
		{"normaliser", binary.LittleEndian.Uint64(b[32:]), normaliser().id},
	} {
		if f.got != f.want {
			return 0, 0, fmt.Errorf("%v: %s is %d, this run has %d: %w", k, f.name, f.got, f.want, ErrFormat)
		}
	}
	return binary.LittleEndian.Uint64(b[40:]), binary.LittleEndian.Uint64(b[48:]), nil
}

// readFull reads len(b) bytes at off. A file that ends before is an error.
func readFull(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// checkSize returns an error unless size is that of a body of count records of
// width bytes and a footer.
func checkSize(k kind, size int64, count uint64, width int64) error {
	if count > maxRanks || size != int64(count)*width+footerBytes {
		return fmt.Errorf("%v: %d bytes do not hold %d records: %w", k, size, count, ErrFormat)
	}
	return nil
}

// verifyBody reads a whole file and compares it with the hash in its footer.
func verifyBody(r io.ReaderAt, size int64, k kind, body uint64) error {
	h := xxh3.New()
	if _, err := io.Copy(h, io.NewSectionReader(r, 0, size-footerBytes)); err != nil {
		return fmt.Errorf("%v: %w", k, err)
	}
	if h.Sum64() != body {
		return fmt.Errorf("%v: checksum does not match: %w", k, ErrFormat)
	}
	return nil
}

// fileWriter writes the body of a file and then its footer. Errors stick and
// are returned by finish.
type fileWriter struct {
	w    *bufio.Writer
	hash *xxh3.Hasher
	err  error
}

func newFileWriter(w io.Writer) *fileWriter {
	h := xxh3.New()
	return &fileWriter{w: newBuffer(io.MultiWriter(w, h)), hash: h}
}

func newBuffer(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 1<<16) }

func (f *fileWriter) write(b []byte) {
	if f.err == nil {
		_, f.err = f.w.Write(b)
	}
}

// finish writes the footer and flushes.
func (f *fileWriter) finish(k kind, p Params, count uint64) error {
	if f.flush() == nil {
		f.write(appendFooter(nil, k, p, count, f.hash.Sum64()))
	}
	if err := f.flush(); err != nil {
		return fmt.Errorf("%v: %w", k, err)
	}
	return nil
}

func (f *fileWriter) flush() error {
	if f.err == nil {
		f.err = f.w.Flush()
	}
	return f.err
}
