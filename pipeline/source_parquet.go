package pipeline

import (
	"encoding/base64"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/internal/flatparquet"
	"github.com/qingliu/qingliu/shard"
	"github.com/qingliu/qingliu/warc"
)

// minRowBytes is what a row counts as at least where its bytes are compared with
// those of its row group: what its entries in the ledger's tables take.
const minRowBytes = 32

// parquet returns the limits of Parquet files.
func (l *LimitsConfig) parquet() flatparquet.Limits {
	return flatparquet.Limits{
		FooterBytes: int64(l.Directory), Elements: l.ParquetSchema, Depth: l.ParquetDepth,
		PageBytes: int64(l.ParquetPage), ValueBytes: int64(l.Line),
		Ratio: int64(l.ArchiveRatio), RatioFree: int64(l.RatioFree),
	}
}

// parquetProblem returns the problem by which a limit of Parquet counts.
func parquetProblem(l flatparquet.Limit) string {
	switch l {
	case flatparquet.LimitFooter:
		return problemDirectory
	case flatparquet.LimitSchema:
		return problemSchema
	case flatparquet.LimitPage:
		return problemPage
	case flatparquet.LimitRatio:
		return warc.ProblemRecordRatio
	}
	return warc.ProblemRecordLimit
}

// parquetSource yields the rows of the row groups that start in the range, in
// file order. A row group owns the bytes from its start to that of the next; its
// first row stands for them. The offset of a row is its number in the file.
type parquetSource struct {
	rangeReader
	table   *flatparquet.File
	failure *readFailure
	names   [6]string // of the fields
	columns [6]int    // -1: none
	rows    []int64   // in all row groups before
	first   int       // row group of the range
	group   int       // that is read
	row     int64     // of the group
	readers [6]*flatparquet.Column
	text    []byte // of the value at hand
	total   int64  // bytes of the rows of the group
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
	failure := &readFailure{r: base.in}
	t, err := flatparquet.Open(failure, base.file.Size, base.cfg.Limits.parquet())
	if failure.err != nil {
		base.in.Close()
		return nil, fmt.Errorf("%s: %w", base.file.Path, failure.err)
	}
	if p := limitReached(err); p != "" {
		return base.gap("Parquet file over extract.limits.%s: %w", limitKey(p), err), nil
	}
	if err != nil {
		return base.gap("damaged Parquet file: %w", err), nil
	}
	f := base.file.Fields
	s := &parquetSource{rangeReader: base, table: t, failure: failure, names: [6]string{f.Text, f.HTML, f.URL, f.Title, f.Date, f.SourceID}}
	for i, name := range s.names {
		if s.columns[i] = t.Lookup(name); s.columns[i] >= 0 && t.Leaves[s.columns[i]].List {
			return base.gap("column %q is a list: a row must have one value there", name), nil
		}
	}
	if s.columns[rowText] < 0 && s.columns[rowHTML] < 0 {
		return base.gap("no column %q or %q; name them by fields: there are %s", f.Text, f.HTML, columnNames(t)), nil
	}
	if len(t.Groups) == 0 {
		return base.gap("Parquet file without rows"), nil
	}
	var rows int64
	for i, g := range t.Groups {
		s.rows = append(s.rows, rows)
		if g.Rows > 1<<50 {
			return base.gap("damaged Parquet file: row group %d has %d rows", i, g.Rows), nil
		}
		rows += g.Rows
	}
	if base.rg.From > 0 {
		s.first = max(1, sort.Search(len(t.Groups), func(i int) bool { return t.Groups[i].Start >= base.rg.From }))
	}
	s.group = s.first
	return s, nil
}

// columnNames lists the first columns of a table, for messages.
func columnNames(t *flatparquet.File) string {
	const most = 20
	var names []string
	for _, l := range t.Leaves[:min(len(t.Leaves), most)] {
		names = append(names, cut(strings.ToValidUTF8(strings.Join(l.Path, "."), "\ufffd"), 60))
	}
	if n := len(t.Leaves) - most; n > 0 {
		names = append(names, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(names, ", ")
}

// start returns the first byte that belongs to row group i.
func (s *parquetSource) start(i int) int64 {
	switch {
	case i == 0:
		return 0
	case i >= len(s.table.Groups):
		return s.file.Size
	}
	return s.table.Groups[i].Start
}

func (s *parquetSource) next(rec *rawRecord) error {
	for s.group < len(s.table.Groups) && (s.group == 0 || s.start(s.group) < s.end()) {
		g := s.table.Groups[s.group]
		from, size := s.start(s.group), s.start(s.group+1)-s.start(s.group)
		if s.row == g.Rows {
			if g.Rows == 0 {
				s.gaps = append(s.gaps, shard.Gap{Offset: from, Length: size, Cause: "row group without rows", Empty: true})
			}
			s.endGroup()
			continue
		}
		err := s.readRow(rec)
		if s.total += int64(max(len(rec.data), minRowBytes)); err == nil && s.cfg.Limits.overRatio(s.total, size, s.cfg.Limits.RatioFree) {
			err = &limitError{warc.ProblemRecordRatio, fmt.Sprintf("the rows unpack to more than %d times the bytes of their row group", s.cfg.Limits.ArchiveRatio)} // one long value that stands in every row by reference
		}
		if s.failure.err != nil {
			return fmt.Errorf("%s: %w", s.file.Path, s.failure.err)
		}
		if err != nil {
			what, lost := "damaged row group", "lost"
			if p := limitReached(err); p != "" {
				what, lost = "row group", "not read (extract.limits."+limitKey(p)+")"
			}
			cause := fmt.Sprintf("%s %d: rows %d to %d are %s: %v", what, s.group, s.rows[s.group]+s.row, s.rows[s.group]+g.Rows-1, lost, err)
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
			r.Close()
			s.readers[i] = nil
		}
	}
	s.group++
	s.row, s.total = 0, 0
}

// readRow fills rec.data with the row as a JSON object of its fields.
func (s *parquetSource) readRow(rec *rawRecord) (err error) {
	if s.row == 0 {
		for i, c := range s.columns {
			if c >= 0 {
				if s.readers[i], err = s.table.Column(s.group, c); err != nil {
					return err
				}
			}
		}
	}
	rec.data = append(rec.data[:0], '{')
	for i, r := range s.readers {
		if r == nil {
			continue
		}
		v, err := r.Next()
		if err != nil {
			return err
		}
		if v.IsNull() || rec.err != "" {
			continue
		}
		s.text = v.AppendText(s.text[:0])
		if len(rec.data)+len(s.text) > int(s.cfg.Limits.Line) {
			rec.fail(&limitError{problem: warc.ProblemRecordLimit}, fmt.Sprintf("row longer than %d bytes (extract.limits.line)", s.cfg.Limits.Line))
			rec.data = append(rec.data, '{')
			continue
		}
		if len(rec.data) > 1 {
			rec.data = append(rec.data, ',')
		}
		if i == rowHTML && !utf8.Valid(s.text) {
			// Bytes as the server sent them: the charset is found as for a page.
			rec.data = append(rec.data, `"html_b64":"`...)
			rec.data = base64.StdEncoding.AppendEncode(rec.data, s.text)
			rec.data = append(rec.data, '"')
			continue
		}
		rec.data = append(corpus.AppendJSONString(rec.data, s.names[i]), ':')
		rec.data = corpus.AppendJSONString(rec.data, string(s.text))
	}
	rec.data = append(rec.data, '}')
	return nil
}

func (s *parquetSource) close() (rangeAccount, error) {
	from, to := s.start(s.first), s.start(s.group)
	for _, r := range s.readers {
		if r != nil {
			r.Close()
		}
	}
	return s.finish(from, to, s.gaps)
}
