package pipeline

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// recoveredZip reads a zip whose directory is lost: it holds the members that are
// found by their own headers, one behind the other from the start of the file, and
// a directory made of them.
type recoveredZip struct {
	r         io.ReaderAt
	tail      int64 // of the file: where the last member that was found ends
	directory []byte
}

// ReadAt reads the members, and behind them the directory.
func (z *recoveredZip) ReadAt(p []byte, off int64) (n int, err error) {
	if off < z.tail {
		n, err = z.r.ReadAt(p[:min(int64(len(p)), z.tail-off)], off)
		if n == len(p) || err != nil && err != io.EOF {
			return n, err
		}
	}
	m, err := bytes.NewReader(z.directory).ReadAt(p[n:], off+int64(n)-z.tail)
	return n + m, err
}

func (z *recoveredZip) size() int64 { return z.tail + int64(len(z.directory)) }

// Sizes and signatures of the format (APPNOTE 6.3.10, section 4.3).
const (
	zipLocal       = 0x04034b50
	zipDescriptor  = 0x08074b50
	zipEntry       = 0x02014b50
	zipLocalBytes  = 30
	zipStreamed    = 8 // flag: the sizes stand behind the data
	zip64Extra     = 1
	zipScanBytes   = 1 << 20 // read at once to find the end of a member
	zipMax32       = math.MaxUint32
	zipDescriptor4 = 16 // with its signature and sizes of four bytes
	zipDescriptor8 = 24
)

// recoverZip looks for the members of a zip without a directory. A member whose
// size nothing tells ends the search, as do bytes that are no member, and a
// directory of more than limit bytes. The error is a failure to read.
func recoverZip(r io.ReaderAt, size, limit int64) (*recoveredZip, error) {
	z := &recoveredZip{r: r}
	count := uint64(0)
	for {
		entry, end, err := zipMemberAt(r, z.tail, size)
		if err != nil {
			return nil, err
		}
		if entry == nil || int64(len(z.directory)+len(entry)) > limit {
			break
		}
		z.directory = append(z.directory, entry...)
		z.tail = end
		count++
	}
	if count == 0 {
		return z, nil
	}
	// The end of the directory in the form for large archives, which has no limits.
	n := uint64(len(z.directory))
	d := binary.LittleEndian.AppendUint32(z.directory, 0x06064b50)
	d = binary.LittleEndian.AppendUint64(d, 44)
	d = append(d, 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, v := range []uint64{count, count, n, uint64(z.tail)} {
		d = binary.LittleEndian.AppendUint64(d, v)
	}
	d = binary.LittleEndian.AppendUint32(d, 0x07064b50)
	d = append(d, 0, 0, 0, 0)
	d = binary.LittleEndian.AppendUint64(d, uint64(z.tail)+n)
	d = append(d, 1, 0, 0, 0)
	d = binary.LittleEndian.AppendUint32(d, 0x06054b50)
	d = append(d, 0, 0, 0, 0)
	d = append(d, bytes.Repeat([]byte{0xff}, 12)...)
	z.directory = append(d, 0, 0)
	return z, nil
}

// zipMemberAt returns the entry in the directory of the member at off, and where
// the member ends; nil if there is none, or none that is whole.
func zipMemberAt(r io.ReaderAt, off, size int64) (entry []byte, end int64, err error) {
	var h [zipLocalBytes]byte
	if ok, err := readZip(r, h[:], off); !ok || binary.LittleEndian.Uint32(h[:]) != zipLocal {
		return nil, 0, err
	}
	names := make([]byte, int(binary.LittleEndian.Uint16(h[26:]))+int(binary.LittleEndian.Uint16(h[28:])))
	if ok, err := readZip(r, names, off+zipLocalBytes); !ok {
		return nil, 0, err
	}
	name, extra := names[:binary.LittleEndian.Uint16(h[26:])], names[binary.LittleEndian.Uint16(h[26:]):]
	sum := binary.LittleEndian.Uint32(h[14:])
	packed, unpacked := uint64(binary.LittleEndian.Uint32(h[18:])), uint64(binary.LittleEndian.Uint32(h[22:]))
	if packed == zipMax32 || unpacked == zipMax32 {
		if b := zipExtra(extra, zip64Extra); len(b) >= 16 {
			unpacked, packed = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		}
	}
	start := off + zipLocalBytes + int64(len(names))
	behind := int64(0) // bytes of the descriptor
	if h[6]&zipStreamed != 0 && sum == 0 && packed == 0 {
		if sum, packed, unpacked, behind, err = zipEnd(r, start, size); err != nil || behind == 0 {
			return nil, 0, err
		}
	}
	if packed > uint64(size-start)-uint64(behind) {
		return nil, 0, nil
	}
	e := binary.LittleEndian.AppendUint32(nil, zipEntry)
	e = append(e, h[4], h[5])
	e = append(e, h[4:14]...) // version, flags, method, time, date
	e = binary.LittleEndian.AppendUint32(e, sum)
	e = binary.LittleEndian.AppendUint32(e, zipMax32)
	e = binary.LittleEndian.AppendUint32(e, zipMax32)
	e = binary.LittleEndian.AppendUint16(e, uint16(len(name)))
	e = append(e, 28, 0)               // bytes of the extra field
	e = append(e, make([]byte, 10)...) // no comment, disk, attributes
	e = binary.LittleEndian.AppendUint32(e, zipMax32)
	e = append(e, name...)
	e = append(e, zip64Extra, 0, 24, 0)
	for _, v := range []uint64{unpacked, packed, uint64(off)} {
		e = binary.LittleEndian.AppendUint64(e, v)
	}
	return e, start + int64(packed) + behind, nil
}

// readZip reads len(p) bytes at off, false if the file ends before.
func readZip(r io.ReaderAt, p []byte, off int64) (bool, error) {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return true, nil
	}
	if err == io.EOF {
		err = nil
	}
	return false, err
}

// zipExtra returns an extra field, nil if it is not there.
func zipExtra(b []byte, id uint16) []byte {
	for len(b) >= 4 {
		n := int(binary.LittleEndian.Uint16(b[2:]))
		if n > len(b)-4 {
			return nil
		}
		if binary.LittleEndian.Uint16(b) == id {
			return b[4 : 4+n]
		}
		b = b[4+n:]
	}
	return nil
}

// zipEnd looks for the descriptor behind a streamed member: its signature, and the
// number of bytes in front of it. behind is its size, 0 if there is none.
func zipEnd(r io.ReaderAt, start, size int64) (sum uint32, packed, unpacked uint64, behind int64, err error) {
	signature := binary.LittleEndian.AppendUint32(nil, zipDescriptor)
	buf := make([]byte, zipScanBytes+zipDescriptor8+2)
	for at := start; at < size; at += zipScanBytes {
		n, err := r.ReadAt(buf[:min(int64(len(buf)), size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, 0, 0, 0, err
		}
		b := buf[:n]
		for i := 0; i < min(n, zipScanBytes); i++ {
			k := bytes.Index(b[i:], signature)
			if k < 0 || i+k >= zipScanBytes {
				break
			}
			i += k
			d := b[i:]
			have := uint64(at + int64(i) - start)
			if len(d) < zipDescriptor4 {
				return 0, 0, 0, 0, nil
			}
			sum = binary.LittleEndian.Uint32(d[4:])
			// What follows tells whether the sizes have four bytes or eight.
			ends := func(n int) bool {
				return int64(n) == size-at-int64(i) || len(d) >= n+2 && d[n] == 'P' && d[n+1] == 'K'
			}
			if uint64(binary.LittleEndian.Uint32(d[8:])) == have && ends(zipDescriptor4) {
				return sum, have, uint64(binary.LittleEndian.Uint32(d[12:])), zipDescriptor4, nil
			}
			if len(d) >= zipDescriptor8 && binary.LittleEndian.Uint64(d[8:]) == have && ends(zipDescriptor8) {
				return sum, have, binary.LittleEndian.Uint64(d[16:]), zipDescriptor8, nil
			}
		}
	}
	return 0, 0, 0, 0, nil
}

// openRecovered opens a zip whose directory is lost as why says. The rest is what
// follows its last whole member.
func openRecovered(failure *readFailure, size, limit int64) (*zip.Reader, *directoryReader, *recoveredZip) {
	z, err := recoverZip(failure, size, limit)
	if err != nil || z.tail == 0 {
		return nil, nil, nil // a failure to read is with failure
	}
	dir := &directoryReader{r: z, budget: math.MaxInt64} // the directory is ours
	r, err := zip.NewReader(dir, z.size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, nil, nil
	}
	return r, dir, z
}
