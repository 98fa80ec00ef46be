package pipeline

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
)

// BenchmarkDecide_millionDocuments decides 1,000,000 rows of a column file by the
// limits of cci@1, from packed columns to packed verdicts: what a changed limit
// costs. The file is in memory; on disk it is read once.
func BenchmarkDecide_millionDocuments(b *testing.B) {
	const rows = 1_000_000
	c := parseConfig(b, testYAML("x"))
	var file bytes.Buffer
	w := newColumnWriter(&file)
	r := rand.New(rand.NewPCG(1, 2))
	for done := 0; done < rows; done += columnRows {
		n := min(columnRows, rows-done)
		zero, value := make([]uint32, n), make([]float64, n)
		types := make([]string, n)
		for i := range types {
			types[i] = pageTypes[r.IntN(3)]
		}
		w.block(n)
		w.uint32s("gate", zero)
		w.float64s("gate_value", value)
		w.float64s("gate_limit", value)
		w.words("page_type", types)
		for _, s := range c.measuredSignals() {
			col := make([]float64, n)
			for i := range col {
				col[i] = float64(r.IntN(10000)) / 10000
			}
			w.float64s(signalColumn(s.Name), col)
		}
	}
	if err := w.close(); err != nil {
		b.Fatal(err)
	}
	d, err := newDecisions(c)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	for b.Loop() {
		cols, err := openColumns(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil {
			b.Fatal(err)
		}
		out := newColumnWriter(io.Discard)
		if err := cols.eachBlock(func(block *columnFile) error {
			v, err := d.decide(block)
			if err != nil {
				return err
			}
			v.write(out)
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		cols.close()
		if err := out.close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows, "documents/op")
}
