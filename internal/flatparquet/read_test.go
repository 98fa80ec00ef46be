package flatparquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

// every is a row with columns of all types in the encodings that its writer has.
type every struct {
	Plain    string  `parquet:"plain"`
	Opt      *string `parquet:"opt,optional"`
	Dict     string  `parquet:"dict,dict"`
	OptDict  *string `parquet:"opt_dict,optional,dict"`
	Lengths  string  `parquet:"lengths,delta"`
	Bool     bool    `parquet:"bool"`
	I32      int32   `parquet:"i32"`
	I32Delta int32   `parquet:"i32_delta,delta"`
	I64Delta int64   `parquet:"i64_delta,delta"`
	I64Dict  int64   `parquet:"i64_dict,dict"`
	F32      float32 `parquet:"f32,split"`
	F64      float64 `parquet:"f64,split"`
	F64Plain float64 `parquet:"f64_plain"`
	Fixed    [5]byte `parquet:"fixed"`
	Day      int32   `parquet:"day,date"`
	Time     int64   `parquet:"time,timestamp(microsecond)"`
	In       *struct {
		Deep *struct {
			X *int64 `parquet:"x,optional"`
		} `parquet:"deep,optional"`
	} `parquet:"in,optional"`
	Tags []string `parquet:"tags,list"`
}

func everyRows(n int) []every {
	var rows []every
	for i := range n {
		word := strings.Repeat("水流", i%7) + fmt.Sprint(i)
		r := every{
			Plain: word, Dict: fmt.Sprint(i % 5), Lengths: word, Bool: i%3 == 0, I32: int32(-i), I32Delta: int32(i*i - 5000),
			I64Delta: int64(i) << (i % 50) * int64(1-2*(i%2)), I64Dict: int64(i % 3), F32: float32(i) / 3, F64: float64(i) / 7, F64Plain: -float64(i),
			Day: int32(20000 + i), Time: int64(1700000000000000 + i), Tags: []string{word},
		}
		copy(r.Fixed[:], word+".....")
		if i%4 != 0 {
			r.Opt = &word
		}
		if i/10%2 == 0 {
			r.OptDict = &r.Dict
		}
		if i%2 == 0 {
			r.In = new(struct {
				Deep *struct {
					X *int64 `parquet:"x,optional"`
				} `parquet:"deep,optional"`
			})
			if i%3 == 0 {
				r.In.Deep = new(struct {
					X *int64 `parquet:"x,optional"`
				})
				if x := int64(i); i%5 != 0 {
					r.In.Deep.X = &x
				}
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func fileOf[T any](t testing.TB, rows []T, group int, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, append([]parquet.WriterOption{parquet.PageBufferSize(700)}, options...)...)
	for len(rows) > 0 {
		n := min(group, len(rows))
		if _, err := w.Write(rows[:n]); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readText returns the values of a column as text, and the error that ends it.
func readText(f *File, group, leaf int) (values []string, err error) {
	c, err := f.Column(group, leaf)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for {
		v, err := c.Next()
		if err == io.EOF {
			return values, nil
		}
		if err != nil {
			return values, err
		}
		if v.IsNull() {
			values = append(values, "<null>")
			continue
		}
		values = append(values, string(v.AppendText(nil)))
	}
}

// TestColumn_asWritten reads what parquet-go writes, in all its encodings, codecs
// and versions of pages, and wants the same values as it.
func TestColumn_asWritten(t *testing.T) {
	rows := everyRows(900)
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd, &parquet.Lz4Raw} {
		for _, version := range []int{1, 2} {
			t.Run(fmt.Sprintf("%v v%d", codec, version), func(t *testing.T) {
				data := fileOf(t, rows, 400, parquet.Compression(codec), parquet.DataPageVersion(version))
				want, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
				if err != nil {
					t.Fatal(err)
				}
				f, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
				if err != nil {
					t.Fatal(err)
				}
				if len(f.Groups) != 3 || f.Groups[2].Rows != 100 || f.Groups[1].Start <= f.Groups[0].Start || f.Groups[0].Start != 4 {
					t.Fatalf("row groups %+v", f.Groups)
				}
				for i := range f.Leaves {
					l := &f.Leaves[i]
					name := strings.Join(l.Path, ".")
					if f.Lookup(name) != i {
						t.Errorf("%s is column %d, not %d", name, i, f.Lookup(name))
					}
					if l.List {
						if _, err := f.Column(0, i); err == nil || !strings.Contains(err.Error(), "is a list") {
							t.Errorf("%s: %v", name, err)
						}
						continue
					}
					for g := range f.Groups {
						got, err := readText(f, g, i)
						if err != nil {
							t.Errorf("%s, row group %d, after %d values: %v", name, g, len(got), err)
							continue
						}
						pages := want.RowGroups()[g].ColumnChunks()[i].Pages()
						k := 0
						for {
							page, err := pages.ReadPage()
							if err == io.EOF {
								break
							}
							if err != nil {
								t.Fatal(err)
							}
							buf := make([]parquet.Value, page.NumValues())
							n, err := page.Values().ReadValues(buf)
							if err != nil && err != io.EOF {
								t.Fatal(err)
							}
							for _, v := range buf[:n] {
								text := v.String()
								switch {
								case l.Unit == Days:
									text = time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.RFC3339Nano)
								case l.Unit == Micros:
									text = time.UnixMicro(v.Int64()).UTC().Format(time.RFC3339Nano)
								}
								if k >= len(got) || got[k] != text {
									t.Fatalf("%s, row group %d, row %d: %q, parquet-go reads %q", name, g, k, got[min(k, len(got)-1)], text)
								}
								k++
							}
						}
						if k != len(got) {
							t.Errorf("%s: %d values, parquet-go reads %d", name, len(got), k)
						}
						pages.Close()
					}
				}
			})
		}
	}
}

func TestOpen_noParquet(t *testing.T) {
	data := fileOf(t, everyRows(3), 3)
	edit := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(data)) }
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "too short"},
		{"text", []byte("this is no Parquet file"), "does not begin with PAR1"},
		{"cut", data[:len(data)-9], "cut off"},
		{"encrypted", edit(func(b []byte) []byte { copy(b[len(b)-4:], "PARE"); return b }), "encrypted"},
		{"footer", edit(func(b []byte) []byte { copy(b[len(b)-8:], "\xff\xff\xff\x7f"); return b }), "a footer of 2147483647 bytes"},
		{"noise", edit(func(b []byte) []byte { clear(b[len(b)-300 : len(b)-8]); return b }), "footer: "},
	} {
		if _, err := Open(bytes.NewReader(c.data), int64(len(c.data)), DefaultLimits()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// failing is a file that cannot be read behind a byte.
type failing struct {
	b     []byte
	after int64
}

var errDisk = errors.New("the disk is gone")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.after && off < int64(len(f.b))-8000 {
		return 0, errDisk
	}
	return bytes.NewReader(f.b).ReadAt(p, off)
}

// TestColumn_readFailure keeps a failure to read apart from damage.
func TestColumn_readFailure(t *testing.T) {
	data := fileOf(t, everyRows(20000), 20000)
	f, err := Open(failing{data, 1000}, int64(len(data)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readText(f, 0, 0); !errors.Is(err, errDisk) {
		t.Errorf("%v", err)
	}
}
