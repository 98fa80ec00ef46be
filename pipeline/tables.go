package pipeline

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/qingliu/qingliu/internal/flatparquet"
)

// maxTableLine is how long a JSON line of a table may be, in bytes.
const maxTableLine = 64 << 20

// tableRow is a row of a table that another program wrote: JSON lines, packed or not,
// or Parquet. It is valid until the function it was given to returns.
type tableRow struct {
	file   string
	row    int // from 1
	values []tableValue
}

func (r *tableRow) String() string { return fmt.Sprintf("%s:%d", r.file, r.row) }

// tableValue is the value of a field: a number, a text, or neither.
type tableValue struct {
	text     []byte // nil: no text
	number   float64
	isNumber bool
}

// tableFiles returns the files that a path or pattern names, sorted.
func tableFiles(pattern string) ([]string, error) {
	if _, err := os.Stat(pattern); err == nil {
		return []string{pattern}, nil
	}
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", pattern, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no file is %s", pattern)
	}
	slices.Sort(names)
	return names, nil
}

// eachRow calls f with the fields of every row of a file. Dots in the name of a field
// lead into objects. A field that a JSON line has not is neither number nor text; a
// column that a Parquet file has not is an error.
func eachRow(name string, fields []string, f func(r *tableRow) error) error {
	if strings.HasSuffix(name, ".parquet") {
		return eachParquetRow(name, fields, f)
	}
	return eachJSONRow(name, fields, f)
}

func eachJSONRow(name string, fields []string, f func(r *tableRow) error) error {
	in, err := OpenPacked(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer in.Close() // only read
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<16), maxTableLine)
	paths := make([][]string, len(fields))
	for i, name := range fields {
		paths[i] = strings.Split(name, ".")
	}
	var p fastjson.Parser
	r := &tableRow{file: name, values: make([]tableValue, len(fields))}
	for lines.Scan() {
		r.row++
		if len(lines.Bytes()) == 0 {
			continue
		}
		v, err := p.ParseBytes(lines.Bytes())
		if err != nil {
			return fmt.Errorf("%s: no JSON", r)
		}
		for i, path := range paths {
			r.values[i] = tableValue{}
			x := v.Get(fields[i])
			if x == nil {
				x = v.Get(path...)
			}
			if x == nil {
				continue
			}
			switch x.Type() {
			case fastjson.TypeString:
				r.values[i].text = x.GetStringBytes()
			case fastjson.TypeNumber:
				if r.values[i].number, err = x.Float64(); err != nil {
					return fmt.Errorf("%s: field %s: %w", r, fields[i], err)
				}
				r.values[i].isNumber = true
			}
		}
		if err := f(r); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, r.row+1, err)
	}
	return nil
}

// eachParquetRow reads the columns of the fields and no others.
func eachParquetRow(name string, fields []string, f func(r *tableRow) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close() // only read
	st, err := file.Stat()
	if err != nil {
		return err
	}
	table, err := flatparquet.Open(file, st.Size(), flatparquet.DefaultLimits())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	leaves := make([]int, len(fields))
	for i, field := range fields {
		if leaves[i] = table.Lookup(field); leaves[i] < 0 {
			return fmt.Errorf("%s has no column %s; it has %s", name, field, columnNames(table))
		}
		if table.Leaves[leaves[i]].List {
			return fmt.Errorf("%s: column %s is a list: a row must have one value there", name, field)
		}
	}
	r := &tableRow{file: name, values: make([]tableValue, len(fields))}
	for g := range table.Groups {
		if err := eachGroupRow(table, g, leaves, r, f); err != nil {
			return err
		}
	}
	return nil
}

func eachGroupRow(table *flatparquet.File, group int, leaves []int, r *tableRow, f func(r *tableRow) error) error {
	columns := make([]*flatparquet.Column, len(leaves))
	for i, leaf := range leaves {
		c, err := table.Column(group, leaf)
		if err != nil {
			return fmt.Errorf("%s: row group %d: %w", r.file, group, err)
		}
		defer c.Close()
		columns[i] = c
	}
	for range table.Groups[group].Rows {
		r.row++
		for i, c := range columns {
			v, err := c.Next()
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				return fmt.Errorf("%s: %w", r, err)
			}
			r.values[i].text = v.Bytes()
			r.values[i].number, r.values[i].isNumber = v.Number()
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}
