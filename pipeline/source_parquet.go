package pipeline

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/shard"
	"github.com/qingliu/qingliu/warc"
)

// parquetTable is an open Parquet file of which single columns are read.
type parquetTable struct {
	file    *parquet.File
	failure *readFailure
}

// openParquet opens a table. The error is damage unless failure has one.
func openParquet(in io.ReaderAt, size int64, limits *LimitsConfig) (t *parquetTable, err error) {
	t = &parquetTable{failure: &readFailure{r: in}}
	defer recovered(&err)
	tail := make([]byte, 8)
	if size < 12 {
		return t, errors.New("too short for a Parquet file")
	}
	if _, err := t.failure.ReadAt(tail, size-8); err != nil {
		return t, err
	}
	if n := int64(tail[0]) | int64(tail[1])<<8 | int64(tail[2])<<16 | int64(tail[3])<<24; n > size-12 {
		return t, fmt.Errorf("a footer of %d bytes", n)
	} else if n > int64(limits.Directory) {
		return t, &limitError{problemDirectory, fmt.Sprintf("a footer of %d bytes, more than extract.limits.directory", n)}
	}
	t.file, err = parquet.OpenFile(t.failure, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	return t, err
}

// recovered turns a panic of the Parquet library over hostile bytes into an error.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("damaged Parquet: %v", r)
	}
}

// column returns the index of a leaf, -1 if there is none of this name.
func (t *parquetTable) column(name string) (int, error) {
	if name == "" {
		return -1, nil
	}
	leaf, ok := t.file.Schema().Lookup(strings.Split(name, ".")...)
	if !ok {
		if leaf, ok = t.file.Schema().Lookup(name); !ok {
			return -1, nil
		}
	}
	if leaf.MaxRepetitionLevel > 0 {
		return -1, fmt.Errorf("column %q is a list", name)
	}
	return leaf.ColumnIndex, nil
}

// columnReader yields the values of one column of a row group, one for each row.
type columnReader struct {
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	typ    parquet.Type
	buf    [64]parquet.Value
	i, n   int
}

func newColumnReader(chunk parquet.ColumnChunk) *columnReader {
	return &columnReader{pages: chunk.Pages(), typ: chunk.Type()}
}

// next returns the value of the next row, valid until the next call.
func (c *columnReader) next() (parquet.Value, error) {
	for c.i == c.n {
		if c.values == nil {
			page, err := c.pages.ReadPage()
			if err != nil {
				return parquet.Value{}, err
			}
			c.page, c.values = page, page.Values()
		}
		n, err := c.values.ReadValues(c.buf[:])
		c.i, c.n = 0, n
		if err != nil {
			if err != io.EOF {
				return parquet.Value{}, err
			}
			c.values = nil
		} else if n == 0 {
			return parquet.Value{}, errors.New("a page that yields nothing")
		}
	}
	c.i++
	return c.buf[c.i-1], nil
}

func (c *columnReader) close() {
	_ = c.pages.Close() // a reader: nothing is lost
}

// text returns a value as text; times and dates in the form of RFC 3339.
func (c *columnReader) text(v parquet.Value) []byte {
	if v.IsNull() {
		return nil
	}
	switch v.Kind() {
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return v.ByteArray()
	}
	if l := c.typ.LogicalType(); l != nil {
		var at time.Time
		switch t := l.Value.(type) {
		case *format.DateType:
			if v.Kind() == parquet.Int32 {
				at = time.Unix(int64(v.Int32())*86400, 0)
			}
		case *format.TimestampType:
			if v.Kind() != parquet.Int64 {
				break
			}
			switch t.Unit.Value.(type) {
			case *format.MilliSeconds:
				at = time.UnixMilli(v.Int64())
			case *format.MicroSeconds:
				at = time.UnixMicro(v.Int64())
			default:
				at = time.Unix(0, v.Int64())
			}
		}
		if !at.IsZero() {
			return at.UTC().AppendFormat(nil, time.RFC3339Nano)
		}
	}
	return []byte(v.String())
}

// parquetSource yields the rows of the row groups that start in the range, in
// file order. A row group owns the bytes from its start to that of the next; its
// first row stands for them. The offset of a row is its number in the file.
type parquetSource struct {
	rangeReader
	table   *parquetTable
	names   [6]string // of the fields
	columns [6]int    // -1: none
	starts  []int64   // of all row groups
	rows    []int64   // in all row groups before
	first   int       // row group of the range
	group   int       // that is read
	row     int64     // of the group
	readers [6]*columnReader
	total   int64 // bytes of the rows of the group
	index   int
	gaps    []shard.Gap
}

// Fields of a row.
const (
	rowText = iota
	rowHTML
	rowURL
	rowTitle
	rowDate
	rowID
)

func newParquetSource(base rangeReader) (source, error) {
	t, err := openParquet(base.in, base.file.Size, &base.cfg.Limits)
	if t.failure.err != nil {
		base.in.Close()
		return nil, fmt.Errorf("%s: %w", base.file.Path, t.failure.err)
	}
	bad := func(format string, args ...any) (source, error) {
		return base.gap(format, args...), nil
	}
	if err != nil {
		return bad("damaged Parquet file: %w", err)
	}
	f := base.file.Fields
	s := &parquetSource{rangeReader: base, table: t, names: [6]string{f.Text, f.HTML, f.URL, f.Title, f.Date, f.SourceID}}
	for i, name := range s.names {
		if s.columns[i], err = t.column(name); err != nil {
			return bad("%w: a row must have one value there", err)
		}
	}
	if s.columns[rowText] < 0 && s.columns[rowHTML] < 0 {
		return bad("no column %q or %q; name them by fields", f.Text, f.HTML)
	}
	var rows int64
	for i, g := range t.file.Metadata().RowGroups {
		at := base.file.Size - 1
		for _, c := range g.Columns {
			at = min(at, max(c.MetaData.DataPageOffset, 0))
			if d := c.MetaData.DictionaryPageOffset; d > 0 {
				at = min(at, d)
			}
		}
		if i > 0 {
			at = max(at, s.starts[i-1])
		}
		if g.NumRows < 0 || g.NumRows > int64(base.cfg.Limits.ArchiveRatio)*base.file.Size {
			return bad("damaged Parquet file: a row group of %d rows in %d bytes", g.NumRows, base.file.Size)
		}
		s.starts = append(s.starts, at)
		s.rows = append(s.rows, rows)
		rows += g.NumRows
	}
	if len(s.starts) == 0 {
		return bad("Parquet file without rows")
	}
	if base.rg.From > 0 {
		s.first = max(1, sort.Search(len(s.starts), func(i int) bool { return s.starts[i] >= base.rg.From }))
	}
	s.group = s.first
	return s, nil
}

// start returns the first byte that belongs to row group i.
func (s *parquetSource) start(i int) int64 {
	switch {
	case i == 0:
		return 0
	case i >= len(s.starts):
		return s.file.Size
	}
	return s.starts[i]
}

func (s *parquetSource) next(rec *rawRecord) error {
	for s.group < len(s.starts) && (s.group == 0 || s.starts[s.group] < s.end()) {
		g := s.table.file.Metadata().RowGroups[s.group]
		from, size := s.start(s.group), s.start(s.group+1)-s.start(s.group)
		if s.row == g.NumRows {
			if g.NumRows == 0 {
				s.gaps = append(s.gaps, shard.Gap{Offset: from, Length: size, Cause: "row group without rows", Empty: true})
			}
			s.endGroup()
			continue
		}
		err := s.readRow(rec)
		if s.total += int64(len(rec.data)); err == nil && s.cfg.Limits.overRatio(s.total, size, s.cfg.Limits.RatioFree) {
			err = s.cfg.Limits.ratioError() // one long value that stands in every row by reference
		}
		if s.table.failure.err != nil {
			return fmt.Errorf("%s: %w", s.file.Path, s.table.failure.err)
		}
		if err != nil {
			cause := fmt.Sprintf("damaged row group %d: rows %d to %d are lost: %v", s.group, s.rows[s.group]+s.row, s.rows[s.group]+g.NumRows-1, err)
			if s.row > 0 {
				size = 0 // the rows that were read stand for the bytes
			}
			s.gaps = append(s.gaps, shard.Gap{Offset: from, Length: size, Cause: cause, Problem: limitReached(err)})
			s.endGroup()
			continue
		}
		rec.kind = kindRow
		rec.record, rec.offset, rec.length = s.index, s.rows[s.group]+s.row, 0
		if s.row == 0 {
			rec.length = size
		}
		s.index++
		s.row++
		return nil
	}
	return io.EOF
}

func (s *parquetSource) endGroup() {
	for i, r := range s.readers {
		if r != nil {
			r.close()
			s.readers[i] = nil
		}
	}
	s.group++
	s.row, s.total = 0, 0
}

// readRow fills rec.data with the row as a JSON object of its fields.
func (s *parquetSource) readRow(rec *rawRecord) (err error) {
	defer recovered(&err)
	if s.row == 0 {
		chunks := s.table.file.RowGroups()[s.group].ColumnChunks()
		for i, c := range s.columns {
			if c >= 0 {
				s.readers[i] = newColumnReader(chunks[c])
			}
		}
	}
	rec.data = append(rec.data[:0], '{')
	for i, r := range s.readers {
		if r == nil {
			continue
		}
		v, err := r.next()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("column %q: %w", s.names[i], err)
		}
		if v.IsNull() || rec.err != "" {
			continue
		}
		text := r.text(v)
		if len(rec.data)+len(text) > int(s.cfg.Limits.Line) {
			rec.fail(&limitError{problem: warc.ProblemRecordLimit}, fmt.Sprintf("row longer than %d bytes", s.cfg.Limits.Line))
			rec.data = append(rec.data, '{')
			continue
		}
		if len(rec.data) > 1 {
			rec.data = append(rec.data, ',')
		}
		if i == rowHTML && !utf8.Valid(text) {
			// Bytes as the server sent them: the charset is found as for a page.
			rec.data = append(rec.data, `"html_b64":"`...)
			rec.data = base64.StdEncoding.AppendEncode(rec.data, text)
			rec.data = append(rec.data, '"')
			continue
		}
		rec.data = append(corpus.AppendJSONString(rec.data, s.names[i]), ':')
		rec.data = corpus.AppendJSONString(rec.data, string(text))
	}
	rec.data = append(rec.data, '}')
	return nil
}

func (s *parquetSource) close() (rangeAccount, error) {
	from, to := s.start(s.first), s.start(s.group)
	for _, r := range s.readers {
		if r != nil {
			r.close()
		}
	}
	return s.finish(from, to, s.gaps)
}
