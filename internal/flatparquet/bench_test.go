package flatparquet

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// BenchmarkColumn reads a column of texts and one of repeated values, beside
// parquet-go.
func BenchmarkColumn(b *testing.B) {
	type row struct {
		Text string `parquet:"text,plain"`
		Lang string `parquet:"lang,dict"`
	}
	var rows []row
	for i := range 4000 {
		rows = append(rows, row{strings.Repeat(fmt.Sprintf("清流第%d段，", i), 100), fmt.Sprint("l", i%7)})
	}
	data := fileOf(b, rows, 4000, parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(1<<20))
	var bytesOf [2]int64
	for _, r := range rows {
		bytesOf[0] += int64(len(r.Text))
		bytesOf[1] += int64(len(r.Lang))
	}
	names := []string{"text", "lang"}
	for i, name := range names {
		b.Run("reader=ours/column="+name, func(b *testing.B) {
			b.SetBytes(bytesOf[i])
			b.ReportAllocs()
			for b.Loop() {
				f, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
				if err != nil {
					b.Fatal(err)
				}
				c, err := f.Column(0, f.Lookup(name))
				if err != nil {
					b.Fatal(err)
				}
				n := int64(0)
				for {
					v, err := c.Next()
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
					n += int64(len(v.Bytes()))
				}
				c.Close()
				if n != bytesOf[i] {
					b.Fatalf("%d bytes of %d", n, bytesOf[i])
				}
			}
		})
		b.Run("reader=parquet-go/column="+name, func(b *testing.B) {
			b.SetBytes(bytesOf[i])
			b.ReportAllocs()
			for b.Loop() {
				f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
				if err != nil {
					b.Fatal(err)
				}
				leaf, _ := f.Schema().Lookup(name)
				pages := f.RowGroups()[0].ColumnChunks()[leaf.ColumnIndex].Pages()
				n := int64(0)
				var buf [64]parquet.Value
				for {
					page, err := pages.ReadPage()
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
					values := page.Values()
					for {
						k, err := values.ReadValues(buf[:])
						for _, v := range buf[:k] {
							n += int64(len(v.ByteArray()))
						}
						if err == io.EOF {
							break
						}
						if err != nil {
							b.Fatal(err)
						}
					}
					parquet.Release(page)
				}
				pages.Close()
				if n != bytesOf[i] {
					b.Fatalf("%d bytes of %d", n, bytesOf[i])
				}
			}
		})
	}
}
