package flatparquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	thriftlib "github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// rewritten returns a file of parquet-go with another footer, and with other pages
// of the first column of its first row group, whose place it corrects. page gets
// each header and what follows it, and returns what follows it now.
func rewritten(t testing.TB, data []byte, footer func(m *format.FileMetaData), page func(i int, h *format.PageHeader, body []byte) []byte) []byte {
	t.Helper()
	n := int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	var m format.FileMetaData
	protocol := new(thriftlib.CompactProtocol)
	if err := thriftlib.Unmarshal(protocol, data[len(data)-8-n:len(data)-8], &m); err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(data[:len(data)-8-n])
	if page != nil {
		c := &m.RowGroups[0].Columns[0].MetaData
		at := c.DataPageOffset
		if c.DictionaryPageOffset > 0 {
			at = c.DictionaryPageOffset
		}
		rest := data[at : at+c.TotalCompressedSize]
		from := len(out) // the pages move behind the others
		for i := 0; len(rest) > 0; i++ {
			r := protocol.NewReaderFromBytes(rest)
			var h format.PageHeader
			if err := thriftlib.NewDecoder(r).Decode(&h); err != nil {
				t.Fatal(err)
			}
			body := rest[r.BytesRead():][:h.CompressedPageSize]
			rest = rest[r.BytesRead()+int(h.CompressedPageSize):]
			h.CRC = 0
			body = page(i, &h, bytes.Clone(body))
			head, err := thriftlib.Marshal(protocol, &h)
			if err != nil {
				t.Fatal(err)
			}
			out = append(append(out, head...), body...)
		}
		c.TotalCompressedSize = int64(len(out) - from)
		if c.DictionaryPageOffset > 0 {
			c.DictionaryPageOffset = int64(from)
		}
		c.DataPageOffset = int64(from)
	}
	for i := range m.RowGroups {
		for j := range m.RowGroups[i].Columns {
			m.RowGroups[i].Columns[j].MetaData.Statistics = format.Statistics{} // they hold whole values
		}
	}
	if footer != nil {
		footer(&m)
	}
	end, err := thriftlib.Marshal(protocol, &m)
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, end...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(end)))
	return append(out, "PAR1"...)
}

// hostileLimits are small, so that the memory spent below them is too.
func hostileLimits() Limits {
	return Limits{FooterBytes: 1 << 20, Elements: 1000, Depth: 16, PageBytes: 4 << 20, ValueBytes: 1 << 20, Ratio: 100, RatioFree: 1 << 20}
}

// TestHostile reads files whose numbers lie. Each is refused by an error that
// names the place, and none costs more than a few MiB.
func TestHostile(t *testing.T) {
	type one struct {
		S string `parquet:"s,optional,plain"`
	}
	type dict struct {
		S string `parquet:"s,dict"`
	}
	type number struct {
		N int64 `parquet:"n,delta"`
	}
	var ones []one
	var dicts []dict
	var numbers []number
	for i := range 50 {
		ones = append(ones, one{fmt.Sprint("值", i)})
		dicts = append(dicts, dict{fmt.Sprint("值", i%4)})
		numbers = append(numbers, number{int64(i * 77)})
	}
	v1 := parquet.DataPageVersion(1)
	plain := fileOf(t, ones, 50, v1, parquet.Compression(&parquet.Uncompressed))
	v2 := fileOf(t, ones, 50, parquet.Compression(&parquet.Uncompressed), parquet.DataPageVersion(2))
	snap := fileOf(t, ones, 50, v1, parquet.Compression(&parquet.Snappy))
	zst := fileOf(t, ones, 50, v1, parquet.Compression(&parquet.Zstd))
	indexed := fileOf(t, dicts, 50, v1, parquet.Compression(&parquet.Uncompressed))
	deltas := fileOf(t, numbers, 50, v1, parquet.Compression(&parquet.Uncompressed))
	lengths := deltaLengthsFile(t)
	headers := func(f func(h *format.PageHeader)) func(int, *format.PageHeader, []byte) []byte {
		return func(_ int, h *format.PageHeader, body []byte) []byte { f(h); return body }
	}
	bodies := func(f func(h *format.PageHeader, b []byte) []byte) func(int, *format.PageHeader, []byte) []byte {
		return func(_ int, h *format.PageHeader, body []byte) []byte {
			b := f(h, body)
			h.CompressedPageSize = int32(len(b))
			return b
		}
	}
	meta := func(f func(c *format.ColumnMetaData)) func(*format.FileMetaData) {
		return func(m *format.FileMetaData) { f(&m.RowGroups[0].Columns[0].MetaData) }
	}
	zeros := bytes.Repeat([]byte{0}, 64<<20)
	packer, err := zstd.NewWriter(nil, zstd.WithWindowSize(128<<10))
	if err != nil {
		t.Fatal(err)
	}
	bomb := packer.EncodeAll(zeros, nil)
	for _, c := range []struct {
		name   string
		data   []byte
		footer func(*format.FileMetaData)
		page   func(int, *format.PageHeader, []byte) []byte
		want   string
		limit  Limit // -1: damage
	}{
		{"unpacked size", plain, nil, headers(func(h *format.PageHeader) { h.UncompressedPageSize = math.MaxInt32 }), "unpack to 2147483647, more than a page may have", LimitPage},
		{"ratio", plain, nil, headers(func(h *format.PageHeader) { h.UncompressedPageSize = 3 << 20 }), "unpack to 3145728, more than 100 times", LimitRatio},
		{"packed size", plain, nil, headers(func(h *format.PageHeader) { h.CompressedPageSize = math.MaxInt32 }), "bytes, the column has", -1},
		{"negative sizes", plain, nil, headers(func(h *format.PageHeader) { h.CompressedPageSize, h.UncompressedPageSize = -5, -7 }), "-5 bytes that unpack to -7", -1},
		{"values", plain, nil, headers(func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = math.MaxInt32 }), "2147483647 values, the row group has 50 more rows", -1},
		{"negative values", plain, nil, headers(func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = -1 }), "-1 values", -1},
		{"no values", plain, nil, headers(func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = 0 }), "the pages end", -1},
		{"other header", plain, nil, headers(func(h *format.PageHeader) { h.DataPageHeader.Valid = false }), "without the header of its type", -1},
		{"page type", plain, nil, headers(func(h *format.PageHeader) { h.Type = 77 }), "unknown type 77", -1},
		{"encoding", plain, nil, headers(func(h *format.PageHeader) { h.DataPageHeader.V.Encoding = format.DeltaBinaryPacked }), "encoding 5, which is not read for a column of type 6", -1},
		{"level encoding", plain, nil, headers(func(h *format.PageHeader) { h.DataPageHeader.V.DefinitionLevelEncoding = format.BitPacked }), "definition levels in the encoding 4", -1},
		{"level length", plain, nil, bodies(func(_ *format.PageHeader, b []byte) []byte { copy(b, "\xff\xff\xff\xff"); return b }), "definition levels: 4294967295 bytes", -1},
		{"level value", plain, nil, bodies(func(h *format.PageHeader, b []byte) []byte { return append([]byte{2, 0, 0, 0, 100, 7}, b...) }), "definition level 7, the schema allows 1", -1},
		{"level run", plain, nil, bodies(func(h *format.PageHeader, b []byte) []byte {
			return []byte{6, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1}
		}), "fewer values", -1},
		{"value length", plain, nil, bodies(func(h *format.PageHeader, b []byte) []byte {
			copy(b[4+binary.LittleEndian.Uint32(b):], "\xff\xff\xff\x7f")
			return b
		}), "a value of 2147483647 bytes", -1},
		{"levels v2", v2, nil, headers(func(h *format.PageHeader) { h.DataPageHeaderV2.V.DefinitionLevelsByteLength = math.MaxInt32 }), "levels of 0 and 2147483647 bytes", -1},
		{"nulls v2", v2, nil, headers(func(h *format.PageHeader) { h.DataPageHeaderV2.V.NumNulls = math.MaxInt32 }), "2147483647 of them null", -1},
		{"statistics", plain, nil, headers(func(h *format.PageHeader) { h.DataPageHeader.V.Statistics.MaxValue = zeros[:20<<20] }), "a page header of more than 4194304 bytes", LimitPage},
		{"snappy size", snap, nil, bodies(func(h *format.PageHeader, b []byte) []byte {
			h.UncompressedPageSize = 900_000
			return binary.AppendUvarint(nil, 900_000)
		}), "snappy: more bytes than can be packed so small", -1},
		{"snappy sizes differ", snap, nil, bodies(func(h *format.PageHeader, b []byte) []byte {
			return append(binary.AppendUvarint(nil, 1<<31), b[2:]...)
		}), "snappy: the size differs", -1},
		{"snappy bomb", snap, nil, bodies(func(h *format.PageHeader, _ []byte) []byte {
			h.UncompressedPageSize = int32(len(zeros))
			return snappy.Encode(nil, zeros)
		}), "more than a page may have", LimitPage},
		{"zstd bomb", zst, nil, bodies(func(h *format.PageHeader, b []byte) []byte { h.UncompressedPageSize = 1000; return bomb }), "zstd: more than the 1000 bytes", -1},
		{"zstd short", zst, nil, headers(func(h *format.PageHeader) { h.UncompressedPageSize = 900_000 }), "bytes in place of 900000", -1},
		{"gzip bomb", zst, meta(func(c *format.ColumnMetaData) { c.Codec = format.Gzip }), bodies(func(h *format.PageHeader, b []byte) []byte { return gzipped(t, zeros) }), "more than the", -1},
		{"brotli bomb", zst, meta(func(c *format.ColumnMetaData) { c.Codec = format.Brotli }), bodies(func(h *format.PageHeader, _ []byte) []byte {
			b, err := parquet.Brotli.Encode(nil, zeros)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}), "more than the", -1},
		{"zstd window", zst, nil, bodies(func(h *format.PageHeader, b []byte) []byte {
			return []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0xa0, 0x01, 0, 0} // a window of 1 GiB
		}), "zstd: ", -1},
		{"codec", plain, meta(func(c *format.ColumnMetaData) { c.Codec = format.LZO }), nil, "codec 3 is not read", -1},
		{"codec of nothing", plain, meta(func(c *format.ColumnMetaData) { c.Codec = format.Gzip }), nil, "unpacking: ", -1},
		{"dictionary size", indexed, nil, func(i int, h *format.PageHeader, b []byte) []byte {
			if i == 0 {
				h.DictionaryPageHeader.V.NumValues = math.MaxInt32
			}
			return b
		}, "a dictionary of 2147483647 values in", -1},
		{"dictionary index", indexed, nil, func(i int, h *format.PageHeader, b []byte) []byte {
			if i > 0 {
				b = []byte{8, 100, 9} // 50 times 9
				h.CompressedPageSize = 3
			}
			return b
		}, "index 9, the dictionary has 4 values", -1},
		{"dictionary width", indexed, nil, func(i int, h *format.PageHeader, b []byte) []byte {
			if i > 0 {
				b[0] = 99
			}
			return b
		}, "indexes of 99 bits", -1},
		{"dictionary twice", indexed, nil, func(i int, h *format.PageHeader, b []byte) []byte {
			if i > 0 {
				h.Type, h.DataPageHeader.Valid = format.DictionaryPage, false
				h.DictionaryPageHeader.Valid = true
			}
			return b
		}, "a second dictionary", -1},
		{"delta block", deltas, nil, bodies(func(h *format.PageHeader, b []byte) []byte {
			return append(binary.AppendUvarint(nil, 1<<40), b[2:]...)
		}), "blocks of 1099511627776 numbers", -1},
		{"delta count", lengths, nil, bodies(func(h *format.PageHeader, b []byte) []byte {
			return append(binary.AppendUvarint([]byte{128, 1, 4}, 1<<60), 0, 0)
		}), "prefixes: fewer values", -1},
		{"prefix bomb", prefixBomb(t), nil, nil, "a value of 1050000 bytes", LimitValue},
		{"chunk size", plain, meta(func(c *format.ColumnMetaData) { c.TotalCompressedSize = math.MaxInt64 }), nil, "do not lie before the footer", -1},
		{"chunk offset", plain, meta(func(c *format.ColumnMetaData) { c.DataPageOffset = -9 }), nil, "do not lie before the footer", -1},
		{"chunk values", plain, meta(func(c *format.ColumnMetaData) { c.NumValues = math.MaxInt64 }), nil, "9223372036854775807 values for 50 rows", -1},
		{"chunk type", plain, meta(func(c *format.ColumnMetaData) { c.Type = format.Int96 }), nil, "type 3, the schema says 6", -1},
		{"rows", plain, func(m *format.FileMetaData) { m.RowGroups[0].NumRows = -3 }, nil, "row group 0 has -3 rows", -1},
		{"more columns", plain, func(m *format.FileMetaData) {
			m.RowGroups[0].Columns = append(m.RowGroups[0].Columns, m.RowGroups[0].Columns[0])
		}, nil, "row group 0: 2 columns, the schema has 1", -1},
		{"deep schema", plain, func(m *format.FileMetaData) {
			var deep []format.SchemaElement
			for range 100 {
				e := format.SchemaElement{Name: "g"}
				e.NumChildren.V, e.NumChildren.Valid = 1, true
				deep = append(deep, e)
			}
			m.Schema = append(deep, m.Schema[1:]...)
		}, nil, "a schema with more than 16 levels", LimitSchema},
		{"wide schema", plain, func(m *format.FileMetaData) {
			for range 2000 {
				m.Schema = append(m.Schema, m.Schema[1])
			}
		}, nil, "a schema of 2002 elements", LimitSchema},
		{"children", plain, func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = math.MaxInt32 }, nil, "2147483646 elements are missing", -1},
		{"large footer", plain, func(m *format.FileMetaData) { m.CreatedBy = string(zeros[:2<<20]) }, nil, "a footer of 2", LimitFooter},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := rewritten(t, c.data, c.footer, c.page)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := Open(bytes.NewReader(data), int64(len(data)), hostileLimits())
			if err == nil {
				err = drain(f)
				if err != nil && !strings.Contains(err.Error(), "column \"") {
					t.Errorf("no column in %v", err)
				}
			}
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			var limit *LimitError
			if got := errors.As(err, &limit); got != (c.limit >= 0) || got && limit.Limit != c.limit {
				t.Errorf("%v: limit %v, want %d", err, limit, c.limit)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 12<<20 {
				t.Errorf("%d bytes were allocated for a file of %d", used, len(data))
			}
		})
	}
}

func gzipped(t testing.TB, data []byte) []byte {
	b, err := parquet.Gzip.Encode(nil, data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// drain reads the first column of the first row group.
func drain(f *File) error {
	c, err := f.Column(0, 0)
	if err != nil {
		return err
	}
	defer c.Close()
	for {
		if _, err := c.Next(); err != nil {
			return err
		}
	}
}

// deltaLengthsFile is a file with lengths of values in deltas.
func deltaLengthsFile(t testing.TB) []byte {
	type row struct {
		S string `parquet:"s,delta"`
	}
	return fileOf(t, []row{{"一"}, {"二二"}}, 2, parquet.DataPageVersion(1), parquet.Compression(&parquet.Uncompressed))
}

// prefixBomb is a page of 40 values each of which is all of the one before
// and 30,000 bytes more.
func prefixBomb(t testing.TB) []byte {
	schema := parquet.NewSchema("row", parquet.Group{"s": parquet.Encoded(parquet.String(), &parquet.DeltaByteArray)})
	var b bytes.Buffer
	w := parquet.NewWriter(&b, schema, parquet.PageBufferSize(64<<20), parquet.Compression(&parquet.Uncompressed))
	value := ""
	for range 40 {
		value += strings.Repeat("长", 10_000)
		if _, err := w.WriteRows([]parquet.Row{{parquet.ValueOf(value).Level(0, 0, 0)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestThrift_hostile walks structs whose counts lie.
func TestThrift_hostile(t *testing.T) {
	huge := binary.AppendUvarint([]byte{0x19, 0xf8}, 1<<40)
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"list", huge, "a list of 1099511627776 elements in 0 bytes"},
		{"map", binary.AppendUvarint([]byte{0x1b}, 1<<40), "a list of 1099511627776 elements"},
		{"binary", binary.AppendUvarint([]byte{0x18}, 1<<40), "cut off"},
		{"number", append([]byte{0x16}, bytes.Repeat([]byte{0xff}, 12)...), "more than 64 bits"},
		{"deep structs", bytes.Repeat([]byte{0x1c}, 1<<20), "more than 32 levels"},
		{"deep lists", append([]byte{0x19}, bytes.Repeat([]byte{0x19}, 1<<20)...), "more than 32 levels"},
		{"type", []byte{0x1e}, "unknown type 14"},
		{"end", []byte{0x15}, "cut off"},
	} {
		th := &thrift{b: c.b}
		th.skip(0, typeStruct)
		if th.err == nil || !strings.Contains(th.err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, th.err, c.want)
		}
	}
}

// TestOpen_emptyGroups reads a footer of a million row groups of six bytes.
func TestOpen_emptyGroups(t *testing.T) {
	footer := binary.AppendUvarint([]byte{0x49, 0xfc}, 1_000_000)
	footer = append(footer, bytes.Repeat([]byte{0x19, 0x1c, 0, 0x26, 0, 0}, 1_000_000)...)
	file := append([]byte("PAR1"), append(footer, 0)...)
	file = append(binary.LittleEndian.AppendUint32(file, uint32(len(footer)+1)), "PAR1"...)
	l := hostileLimits()
	l.FooterBytes = 16 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Open(bytes.NewReader(file), int64(len(file)), l)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "row group 0 is described in 6 bytes") {
		t.Error(err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

// FuzzColumn reads all columns of a file: it ends, and costs little.
func FuzzColumn(f *testing.F) {
	for _, v := range []int{1, 2} {
		f.Add(fileOf(f, everyRows(30), 20, parquet.DataPageVersion(v)))
	}
	f.Add(prefixBomb(f)[:0])
	f.Add(deltaLengthsFile(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(bytes.NewReader(data), int64(len(data)), hostileLimits())
		if err != nil {
			return
		}
		for g := range file.Groups {
			for i := range file.Leaves {
				c, err := file.Column(g, i)
				if err != nil {
					continue
				}
				for n := 0; n < 1<<12; n++ {
					v, err := c.Next()
					if err != nil {
						break
					}
					if len(v.Bytes()) > int(hostileLimits().PageBytes) {
						t.Fatalf("a value of %d bytes", len(v.Bytes()))
					}
				}
				c.Close()
			}
		}
	})
}
