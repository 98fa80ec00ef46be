package pipeline

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// A column file holds a table by columns, in blocks of rows: the magic, one zstd
// block per column and row block, a JSON footer, its length as u32 and the magic
// again. Numbers are little-endian. Readers fetch only the columns they need, all
// rows or a block at a time.
const columnMagic = "QLCOLS1\n"

// columnRows is how many rows a writer should put into a block: it bounds the
// memory of writers and of readers that go block by block.
const columnRows = 1 << 14

// maxColumnBytes bounds a column block in memory, unpacked.
const maxColumnBytes = 1 << 30

type columnFooter struct {
	Blocks []columnBlock `json:"blocks"`
}

type columnBlock struct {
	Rows    int          `json:"rows"`
	Columns []columnMeta `json:"columns"`
}

type columnMeta struct {
	Name   string   `json:"name"`
	Width  int      `json:"width"`          // bytes per row; 0 for texts: a varint length and the bytes, row by row
	Dict   []string `json:"dict,omitempty"` // words of a column of u32 codes
	Offset int64    `json:"offset"`         // in the file
	Length int64    `json:"length"`
}

// columnWriter writes blocks of columns. Its errors are sticky: close returns
// the first.
type columnWriter struct {
	w      io.Writer
	n      int64
	err    error
	footer columnFooter
	raw    []byte
	packed []byte
	enc    *zstd.Encoder
}

func newColumnWriter(w io.Writer) *columnWriter {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		panic(err) // only bad options fail
	}
	c := &columnWriter{w: w, enc: enc}
	c.write([]byte(columnMagic))
	return c
}

func (w *columnWriter) write(b []byte) {
	if w.err == nil {
		var n int
		n, w.err = w.w.Write(b)
		w.n += int64(n)
	}
}

// block starts a block of rows; the columns that follow belong to it.
func (w *columnWriter) block(rows int) {
	w.footer.Blocks = append(w.footer.Blocks, columnBlock{Rows: rows})
}

func (w *columnWriter) add(meta columnMeta) {
	b := &w.footer.Blocks[len(w.footer.Blocks)-1]
	if meta.Width > 0 && len(w.raw) != b.Rows*meta.Width {
		panic(fmt.Sprintf("column %s has %d bytes for %d rows", meta.Name, len(w.raw), b.Rows))
	}
	w.packed = w.enc.EncodeAll(w.raw, w.packed[:0])
	meta.Offset, meta.Length = w.n, int64(len(w.packed))
	w.write(w.packed)
	b.Columns = append(b.Columns, meta)
	w.raw = w.raw[:0]
}

// close writes the footer.
func (w *columnWriter) close() error {
	b, err := json.Marshal(w.footer)
	if err != nil {
		return err
	}
	n := uint32(len(b))
	b = binary.LittleEndian.AppendUint32(b, n)
	w.write(append(b, columnMagic...))
	return w.err
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

// texts writes a column of strings of their own.
func (w *columnWriter) texts(name string, v []string) {
	for _, s := range v {
		w.raw = binary.AppendUvarint(w.raw, uint64(len(s)))
		w.raw = append(w.raw, s...)
	}
	w.add(columnMeta{Name: name})
}

// columnFile reads a column file, or one block of it.
type columnFile struct {
	r      io.ReaderAt
	blocks []columnBlock
	dec    *zstd.Decoder

	scores *joinedScores // columns that lie elsewhere, nil without
	from   int           // row of the group that is the first here
}

func openColumns(r io.ReaderAt, size int64) (*columnFile, error) {
	const tail = 4 + int64(len(columnMagic))
	end := make([]byte, tail)
	if size < 2*tail {
		return nil, fmt.Errorf("no column file")
	}
	if _, err := r.ReadAt(end, size-tail); err != nil && err != io.EOF || string(end[4:]) != columnMagic {
		return nil, fmt.Errorf("no column file")
	}
	n := int64(binary.LittleEndian.Uint32(end))
	if n > size-tail {
		return nil, fmt.Errorf("column file: footer of %d bytes in a file of %d", n, size)
	}
	raw := make([]byte, n)
	if _, err := r.ReadAt(raw, size-tail-n); err != nil && err != io.EOF {
		return nil, fmt.Errorf("column file: footer: %w", err)
	}
	var footer columnFooter
	if err := json.Unmarshal(raw, &footer); err != nil {
		return nil, fmt.Errorf("column file: footer: %w", err)
	}
	for _, b := range footer.Blocks {
		for _, c := range b.Columns {
			if b.Rows < 0 || c.Width < 0 || c.Width > 16 || b.Rows > maxColumnBytes/max(c.Width, 1) || c.Offset < 0 || c.Length < 0 || c.Offset > size || c.Length > size-c.Offset {
				return nil, fmt.Errorf("column file: column %s lies outside the file", c.Name)
			}
		}
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxColumnBytes))
	if err != nil {
		return nil, err
	}
	return &columnFile{r: r, blocks: footer.Blocks, dec: dec}, nil
}

func (f *columnFile) rows() (n int) {
	for _, b := range f.blocks {
		n += b.Rows
	}
	return n
}

// eachBlock calls fn with each block as a file of its own.
func (f *columnFile) eachBlock(fn func(block *columnFile) error) error {
	from := f.from
	for i := range f.blocks {
		if err := fn(&columnFile{r: f.r, blocks: f.blocks[i : i+1], dec: f.dec, scores: f.scores, from: from}); err != nil {
			return err
		}
		from += f.blocks[i].Rows
	}
	return nil
}

func (f *columnFile) close() { f.dec.Close() }

// column calls fn with the bytes of a column, block by block.
func (f *columnFile) column(name string, width int, fn func(raw []byte, meta *columnMeta) error) error {
	var packed, raw []byte
	for i := range f.blocks {
		b := &f.blocks[i]
		k := slices.IndexFunc(b.Columns, func(c columnMeta) bool { return c.Name == name && c.Width == width })
		if k < 0 {
			return fmt.Errorf("column file has no column %s of width %d", name, width)
		}
		c := &b.Columns[k]
		packed = slices.Grow(packed[:0], int(c.Length))[:c.Length]
		if _, err := f.r.ReadAt(packed, c.Offset); err != nil {
			return fmt.Errorf("column %s: %w", name, err)
		}
		var err error
		if raw, err = f.dec.DecodeAll(packed, raw[:0]); err != nil {
			return fmt.Errorf("column %s: %w", name, err)
		}
		if width > 0 && len(raw) != b.Rows*width {
			return fmt.Errorf("column %s has %d bytes for %d rows", name, len(raw), b.Rows)
		}
		if err := fn(raw, c); err != nil {
			return err
		}
	}
	return nil
}

// readColumn appends the values of a column of fixed width.
func readColumn[T any](f *columnFile, name string, width int, decode func(b []byte) T) ([]T, error) {
	v := make([]T, 0, f.rows())
	err := f.column(name, width, func(raw []byte, _ *columnMeta) error {
		for ; len(raw) > 0; raw = raw[width:] {
			v = append(v, decode(raw))
		}
		return nil
	})
	return v, err
}

func (f *columnFile) float64s(name string) ([]float64, error) {
	if f.scores != nil {
		if col, err := f.scores.column(name); err != nil || col != nil {
			return col[min(f.from, len(col)):min(f.from+f.rows(), len(col))], err
		}
	}
	return readColumn(f, name, 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) })
}

func (f *columnFile) uint64s(name string) ([]uint64, error) {
	return readColumn(f, name, 8, binary.LittleEndian.Uint64)
}

func (f *columnFile) uint32s(name string) ([]uint32, error) {
	return readColumn(f, name, 4, binary.LittleEndian.Uint32)
}

func (f *columnFile) keys(name string) ([][16]byte, error) {
	return readColumn(f, name, 16, func(b []byte) [16]byte { return [16]byte(b) })
}

// words returns a column of strings; equal strings of a block share memory.
func (f *columnFile) words(name string) ([]string, error) {
	v := make([]string, 0, f.rows())
	err := f.column(name, 4, func(raw []byte, c *columnMeta) error {
		for ; len(raw) > 0; raw = raw[4:] {
			code := binary.LittleEndian.Uint32(raw)
			if uint64(code) >= uint64(len(c.Dict)) {
				return fmt.Errorf("column %s: code %d of %d", name, code, len(c.Dict))
			}
			v = append(v, c.Dict[code])
		}
		return nil
	})
	return v, err
}

// texts returns a column of texts.
func (f *columnFile) texts(name string) ([]string, error) {
	v := make([]string, 0, f.rows())
	block := 0
	err := f.column(name, 0, func(raw []byte, _ *columnMeta) error {
		for range f.blocks[block].Rows {
			n, size := binary.Uvarint(raw)
			if size <= 0 || n > uint64(len(raw)-size) {
				return fmt.Errorf("column %s: a text is longer than its block", name)
			}
			v = append(v, string(raw[size:size+int(n)]))
			raw = raw[size+int(n):]
		}
		block++
		if len(raw) != 0 {
			return fmt.Errorf("column %s has %d bytes too many", name, len(raw))
		}
		return nil
	})
	return v, err
}

func decodeUint32s(raw []byte) []uint32 {
	v := make([]uint32, len(raw)/4)
	for i := range v {
		v[i] = binary.LittleEndian.Uint32(raw[i*4:])
	}
	return v
}
