package pipeline

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/zstd"
)

// A column file holds a table by columns: the magic, the length of a JSON header
// as u32, the header, then one zstd block per column. Numbers are little-endian.
// Readers fetch only the columns they need.
const columnMagic = "QLCOLS1\n"

// maxColumnBytes bounds a column in memory, unpacked.
const maxColumnBytes = 1 << 32

type columnHeader struct {
	Rows    int          `json:"rows"`
	Columns []columnMeta `json:"columns"`
}

type columnMeta struct {
	Name   string   `json:"name"`
	Width  int      `json:"width"`          // bytes per row
	Dict   []string `json:"dict,omitempty"` // words of a column of u32 codes
	Offset int64    `json:"offset"`         // from the end of the header
	Length int64    `json:"length"`
}

// columnWriter collects columns of equal length.
type columnWriter struct {
	rows   int
	head   columnHeader
	blocks []byte
	raw    []byte
	enc    *zstd.Encoder
}

func newColumnWriter(rows int) *columnWriter {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		panic(err) // only bad options fail
	}
	return &columnWriter{rows: rows, head: columnHeader{Rows: rows}, enc: enc}
}

func (w *columnWriter) add(meta columnMeta) {
	if len(w.raw) != w.rows*meta.Width {
		panic(fmt.Sprintf("column %s has %d bytes for %d rows", meta.Name, len(w.raw), w.rows))
	}
	meta.Offset = int64(len(w.blocks))
	w.blocks = w.enc.EncodeAll(w.raw, w.blocks)
	meta.Length = int64(len(w.blocks)) - meta.Offset
	w.head.Columns = append(w.head.Columns, meta)
	w.raw = w.raw[:0]
}

func (w *columnWriter) float64s(name string, v []float64) {
	for _, x := range v {
		w.raw = binary.LittleEndian.AppendUint64(w.raw, math.Float64bits(x))
	}
	w.add(columnMeta{Name: name, Width: 8})
}

func (w *columnWriter) uint64s(name string, v []uint64) {
	for _, x := range v {
		w.raw = binary.LittleEndian.AppendUint64(w.raw, x)
	}
	w.add(columnMeta{Name: name, Width: 8})
}

func (w *columnWriter) uint32s(name string, v []uint32) {
	for _, x := range v {
		w.raw = binary.LittleEndian.AppendUint32(w.raw, x)
	}
	w.add(columnMeta{Name: name, Width: 4})
}

func (w *columnWriter) keys(name string, v [][16]byte) {
	for i := range v {
		w.raw = append(w.raw, v[i][:]...)
	}
	w.add(columnMeta{Name: name, Width: 16})
}

// words writes a column of strings as codes into a dictionary in order of first
// occurrence.
func (w *columnWriter) words(name string, v []string) {
	codes := map[string]uint32{}
	var dict []string
	for _, s := range v {
		c, ok := codes[s]
		if !ok {
			c = uint32(len(dict))
			codes[s] = c
			dict = append(dict, s)
		}
		w.raw = binary.LittleEndian.AppendUint32(w.raw, c)
	}
	w.add(columnMeta{Name: name, Width: 4, Dict: dict})
}

func (w *columnWriter) writeTo(out io.Writer) error {
	head, err := json.Marshal(w.head)
	if err != nil {
		return err
	}
	b := append([]byte(columnMagic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(b[len(columnMagic):], uint32(len(head)))
	for _, part := range [][]byte{b, head, w.blocks} {
		if _, err := out.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// columnFile reads a column file.
type columnFile struct {
	r    io.ReaderAt
	base int64
	head columnHeader
	dec  *zstd.Decoder
	cols map[string]columnMeta
}

func openColumns(r io.ReaderAt, size int64) (*columnFile, error) {
	start := make([]byte, len(columnMagic)+4)
	if _, err := r.ReadAt(start, 0); err != nil || string(start[:len(columnMagic)]) != columnMagic {
		return nil, fmt.Errorf("no column file")
	}
	n := int64(binary.LittleEndian.Uint32(start[len(columnMagic):]))
	if n > size {
		return nil, fmt.Errorf("column file: header of %d bytes in a file of %d", n, size)
	}
	head := make([]byte, n)
	if _, err := r.ReadAt(head, int64(len(start))); err != nil {
		return nil, fmt.Errorf("column file: header: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxColumnBytes))
	if err != nil {
		return nil, err
	}
	f := &columnFile{r: r, base: int64(len(start)) + n, dec: dec, cols: map[string]columnMeta{}}
	if err := json.Unmarshal(head, &f.head); err != nil {
		return nil, fmt.Errorf("column file: header: %w", err)
	}
	for _, c := range f.head.Columns {
		if c.Offset < 0 || c.Length < 0 || f.base+c.Offset+c.Length > size {
			return nil, fmt.Errorf("column file: column %s lies outside the file", c.Name)
		}
		f.cols[c.Name] = c
	}
	return f, nil
}

func (f *columnFile) rows() int { return f.head.Rows }

func (f *columnFile) close() { f.dec.Close() }

func (f *columnFile) block(name string, width int) ([]byte, columnMeta, error) {
	c, ok := f.cols[name]
	if !ok || c.Width != width {
		return nil, c, fmt.Errorf("column file has no column %s of width %d", name, width)
	}
	packed := make([]byte, c.Length)
	if _, err := f.r.ReadAt(packed, f.base+c.Offset); err != nil {
		return nil, c, fmt.Errorf("column %s: %w", name, err)
	}
	raw, err := f.dec.DecodeAll(packed, make([]byte, 0, f.head.Rows*width))
	if err != nil {
		return nil, c, fmt.Errorf("column %s: %w", name, err)
	}
	if len(raw) != f.head.Rows*width {
		return nil, c, fmt.Errorf("column %s has %d bytes for %d rows", name, len(raw), f.head.Rows)
	}
	return raw, c, nil
}

func (f *columnFile) float64s(name string) ([]float64, error) {
	raw, _, err := f.block(name, 8)
	if err != nil {
		return nil, err
	}
	v := make([]float64, f.head.Rows)
	for i := range v {
		v[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[i*8:]))
	}
	return v, nil
}

func (f *columnFile) uint64s(name string) ([]uint64, error) {
	raw, _, err := f.block(name, 8)
	if err != nil {
		return nil, err
	}
	v := make([]uint64, f.head.Rows)
	for i := range v {
		v[i] = binary.LittleEndian.Uint64(raw[i*8:])
	}
	return v, nil
}

func (f *columnFile) uint32s(name string) ([]uint32, error) {
	raw, _, err := f.block(name, 4)
	if err != nil {
		return nil, err
	}
	return decodeUint32s(raw), nil
}

func decodeUint32s(raw []byte) []uint32 {
	v := make([]uint32, len(raw)/4)
	for i := range v {
		v[i] = binary.LittleEndian.Uint32(raw[i*4:])
	}
	return v
}

func (f *columnFile) keys(name string) ([][16]byte, error) {
	raw, _, err := f.block(name, 16)
	if err != nil {
		return nil, err
	}
	v := make([][16]byte, f.head.Rows)
	for i := range v {
		copy(v[i][:], raw[i*16:])
	}
	return v, nil
}

// words returns a column of strings; equal strings share memory.
func (f *columnFile) words(name string) ([]string, error) {
	raw, c, err := f.block(name, 4)
	if err != nil {
		return nil, err
	}
	v := make([]string, f.head.Rows)
	for i := range v {
		code := binary.LittleEndian.Uint32(raw[i*4:])
		if int(code) >= len(c.Dict) {
			return nil, fmt.Errorf("column %s: code %d of %d", name, code, len(c.Dict))
		}
		v[i] = c.Dict[code]
	}
	return v, nil
}
