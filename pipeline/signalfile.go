package pipeline

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/qingliu/qingliu/filters"
)

// signalRows is how many rows are buffered before they go to the Parquet writer.
const signalRows = 1024

// signalFile writes the signals of a shard's documents as Parquet: id, and one
// optional double per signal, null where it was not measured. Rows are those of
// the shard, in its order.
type signalFile struct {
	w     *parquet.GenericWriter[any]
	at    []int // column of each signal, by its index
	id    int
	width int
	rows  []parquet.Row
}

func newSignalFile(w io.Writer, signals []filters.Signal) *signalFile {
	fields := parquet.Group{"id": parquet.String()}
	names := []string{"id"}
	for _, s := range signals {
		fields[s.Name] = parquet.Optional(parquet.Leaf(parquet.DoubleType))
		names = append(names, s.Name)
	}
	slices.Sort(names) // the order of a group's columns
	f := &signalFile{
		w: parquet.NewGenericWriter[any](w, parquet.NewSchema("signals", fields), parquet.Compression(&parquet.Zstd),
			parquet.CreatedBy("qingliu", ToolVersion, "")),
		width: len(names), id: slices.Index(names, "id"),
	}
	for _, s := range signals {
		f.at = append(f.at, slices.Index(names, s.Name))
	}
	return f
}

// add appends one row.
func (f *signalFile) add(id string, signals []float64) error {
	row := make(parquet.Row, f.width)
	row[f.id] = parquet.ByteArrayValue([]byte(id)).Level(0, 0, f.id)
	for i, v := range signals {
		c := f.at[i]
		if math.IsNaN(v) {
			row[c] = parquet.NullValue().Level(0, 0, c)
		} else {
			row[c] = parquet.DoubleValue(v).Level(0, 1, c)
		}
	}
	f.rows = append(f.rows, row)
	if len(f.rows) == signalRows {
		return f.flush()
	}
	return nil
}

func (f *signalFile) flush() error {
	n, err := f.w.WriteRows(f.rows)
	if err == nil && n != len(f.rows) {
		err = fmt.Errorf("parquet: %d of %d rows written", n, len(f.rows))
	}
	f.rows = f.rows[:0]
	return err
}

// close completes the file; the caller closes the writer below.
func (f *signalFile) close() error {
	if err := f.flush(); err != nil {
		return err
	}
	return f.w.Close()
}
