package dedup

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A band file holds one section per band and the footer. A section of n records
// is, in little-endian order,
//
//	257 u32  offsets: records whose key's top byte is below i, for i = 0…256
//	n   u64  band keys, ascending
//	n   u32  local row of each key; rows of equal keys ascend
//
// so that the keys of a range of top bytes are one contiguous piece.
const (
	bandTable  = 257 * 4
	bandRecord = 8 + 4
)

func bandSection(n int64) int64 { return bandTable + n*bandRecord }

// WriteBands writes the band file of a group of documents. sigs[i] is the
// signature of local row rows[i]; signatures without bands are left out. The
// rows must be distinct, in any order. It needs 24 bytes per document.
func WriteBands(w io.Writer, p Params, rows []uint32, sigs []Signature) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if len(rows) != len(sigs) {
		return fmt.Errorf("dedup: %d rows for %d signatures", len(rows), len(sigs))
	}
	n := 0
	for i := range sigs {
		if sigs[i].Letters >= p.MinLetters {
			n++
		}
	}
	if uint64(n) > maxRanks {
		return fmt.Errorf("dedup: %d signatures do not fit into one band file", n)
	}
	f := newFileWriter(w)
	var records pairs
	buf := make([]byte, 0, bandTable)
	for band := range p.Bands {
		records.resize(n)
		at := 0
		for i := range sigs {
			if sigs[i].Letters >= p.MinLetters {
				records.keys[at], records.vals[at] = sigs[i].Bands[band], rows[i]
				at++
			}
		}
		records.sort()
		buf = buf[:0]
		at = 0
		for top := range 256 {
			for at < n && records.keys[at]>>56 < uint64(top) {
				at++
			}
			buf = binary.LittleEndian.AppendUint32(buf, uint32(at))
		}
		buf = binary.LittleEndian.AppendUint32(buf, uint32(n))
		f.write(buf)
		var b [8]byte
		for _, k := range records.keys {
			binary.LittleEndian.PutUint64(b[:], k)
			f.write(b[:8])
		}
		for _, v := range records.vals {
			binary.LittleEndian.PutUint32(b[:], v)
			f.write(b[:4])
		}
	}
	return f.finish(kindBands, p, uint64(n))
}

// BandFile reads a file of WriteBands. It holds no content in memory and may be
// read by several goroutines.
type BandFile struct {
	r     io.ReaderAt
	size  int64
	n     int64
	bands int
	body  uint64
}

// OpenBands reads the footer of a band file. Files of another kind, version or
// other Params, and files whose size does not fit, are refused with an error that
// wraps ErrFormat and names the difference. Content is checked as it is read.
func OpenBands(r io.ReaderAt, size int64, p Params) (*BandFile, error) {
	n, body, err := readFooter(r, size, kindBands, p)
	if err != nil {
		return nil, err
	}
	if n > maxRanks || size != int64(p.Bands)*bandSection(int64(n))+footerBytes {
		return nil, fmt.Errorf("%v: %d bytes do not hold %d records: %w", kindBands, size, n, ErrFormat)
	}
	return &BandFile{r: r, size: size, n: int64(n), bands: p.Bands, body: body}, nil
}

// Len returns the number of documents with bands.
func (f *BandFile) Len() int { return int(f.n) }

// Verify reads the whole file and returns an error wrapping ErrFormat if its
// checksum does not match.
func (f *BandFile) Verify() error { return verifyBody(f.r, f.size, kindBands, f.body) }

// offsets reads the table of a band.
func (f *BandFile) offsets(band int) (t [257]uint32, err error) {
	var b [bandTable]byte
	if err := readFull(f.r, b[:], int64(band)*bandSection(f.n)); err != nil {
		return t, fmt.Errorf("%v: band %d: %w", kindBands, band, err)
	}
	for i := range t {
		t[i] = binary.LittleEndian.Uint32(b[i*4:])
		if i > 0 && t[i] < t[i-1] {
			return t, f.damaged(band)
		}
	}
	if t[0] != 0 || int64(t[256]) != f.n {
		return t, f.damaged(band)
	}
	return t, nil
}

func (f *BandFile) damaged(band int) error {
	return fmt.Errorf("%v: band %d is damaged: %w", kindBands, band, ErrFormat)
}

// read calls visit for the records [from, to) of a band, in order. Keys must
// ascend and have top bytes in [low, high). buf is scratch of at least 12 bytes.
func (f *BandFile) read(band int, from, to uint32, low, high int, buf []byte, visit func(key uint64, row uint32) error) error {
	keys := int64(band)*bandSection(f.n) + bandTable
	rows := keys + f.n*8
	step := int64(len(buf) / bandRecord)
	var last uint64
	for at := int64(from); at < int64(to); at += step {
		n := min(step, int64(to)-at)
		k, v := buf[:n*8], buf[n*8:n*bandRecord]
		if err := readFull(f.r, k, keys+at*8); err != nil {
			return fmt.Errorf("%v: band %d: %w", kindBands, band, err)
		}
		if err := readFull(f.r, v, rows+at*4); err != nil {
			return fmt.Errorf("%v: band %d: %w", kindBands, band, err)
		}
		for i := range n {
			key := binary.LittleEndian.Uint64(k[i*8:])
			if key < last || int(key>>56) < low || int(key>>56) >= high {
				return f.damaged(band)
			}
			last = key
			if err := visit(key, binary.LittleEndian.Uint32(v[i*4:])); err != nil {
				return err
			}
		}
	}
	return nil
}
