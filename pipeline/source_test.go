package pipeline

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/qingliu/qingliu/shard"
)

// readRecords is what the ranges of a file yield: a line for each record.
func readRecords(t *testing.T, f *File, ranges []Range) (records []string, gaps []shard.Gap) {
	t.Helper()
	cfg := DefaultConfig()
	at := int64(0)
	for _, rg := range ranges {
		src, err := openSource(t.Context(), &cfg, f, rg, nil)
		if err != nil {
			t.Fatal(err)
		}
		rec := &rawRecord{}
		for {
			*rec = rawRecord{data: rec.data[:0]}
			err := src.next(rec)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			records = append(records, fmt.Sprintf("%d+%d %s %s %q %q %.40q", rec.offset, rec.length, rec.warcType, rec.url, rec.err, rec.warning, rec.data))
		}
		a, err := src.close()
		if err != nil {
			t.Fatal(err)
		}
		if a.To > a.From && a.From != at {
			t.Errorf("%v: bytes %d to %d belong to no range or to two", ranges, at, a.From)
		}
		at = max(at, a.To)
		for _, g := range a.Gaps {
			if n := len(gaps); n > 0 && gaps[n-1].Offset+gaps[n-1].Length == g.Offset && gaps[n-1].Cause == g.Cause {
				gaps[n-1].Length += g.Length
				continue
			}
			gaps = append(gaps, g)
		}
	}
	if at != f.Size {
		t.Errorf("%v: the ranges account for %d of %d bytes", ranges, at, f.Size)
	}
	return records, gaps
}

// TestSource_cutAnywhere reads files of every format in two ranges, cut at every
// byte (every 13th of larger ones), and in many small ranges: the records and
// gaps are those of the whole file.
func TestSource_cutAnywhere(t *testing.T) {
	dir := t.TempDir()
	lines := "{\"a\":1}\n\n\n  \n{\"a\":2}\r\n{broken\n\n{\"a\":3,\"b\":\"" + strings.Repeat("长", 50) + "\"}\n{\"a\":4}"
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.WriteString(w, lines); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cutZip := zipOf(t, member{name: "a.html", data: htmlPage("页", prose(1, 2), ""), method: 8}, member{name: "c.html", data: "<p>短"})
	records := warcRecords(0, crawlPart(0)[:5])
	damaged := bytes.Join(records, []byte("stray bytes\r\n\r\n"))
	for _, c := range []struct {
		name string
		data []byte
		want int // records
		gaps int
	}{
		{"lines.jsonl", []byte(lines), 5, 1}, // empty lines belong to the record before
		{"lines.jsonl.gz", packed.Bytes(), 5, 0},
		{"cut.jsonl.gz", packed.Bytes()[:packed.Len()-12], -1, -1},
		{"pages.zip", zipOf(t, member{name: "a.html", data: htmlPage("页", prose(1, 2), ""), method: 8}, member{name: "b/"}, member{name: "c.html", data: "<p>短"}), 3, 0},
		{"cut.zip", cutZip[:len(cutZip)-25], 2, 1},
		{"pages.tar", tarOf(t, member{name: "a.html", data: "<p>页"}, member{name: "c.html", data: "<p>短"}), 2, 0},
		{"page.html", []byte(htmlPage("页", prose(1, 2), "")), 1, 0},
		{"plain.warc", bytes.Join(records, nil), 9, 0},
		{"members.warc.gz", packRecords(t, records), 9, 0},
		{"one-member.warc.gz", packRecords(t, [][]byte{bytes.Join(records, nil)}), 9, 0},
		{"stray.warc", damaged, 9, 8},
		{"dictionary.warc.zst", append([]byte("\x5d\x2a\x4d\x18\x10\x00\x00\x00\x37\xa4\x30\xec no dictiona"), zstdOf(t, records[0])...), 0, 1},
		{"cut-dictionary.warc.zst", append([]byte("\x5d\x2a\x4d\x18\x00\x00\x00\x7f no dictionary"), zstdOf(t, records[0])...), 0, 1},
		{"noise", bytes.Repeat([]byte{0, 0xff}, 300), 0, 1},
		{"empty", nil, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeInput(t, filepath.Join(dir, c.name), c.data)
			p := &Plan{}
			cfg := DefaultConfig()
			in := defaultInput()
			in.Path = path
			cfg.Input = []Input{in}
			if err := p.listFiles(t.Context(), &cfg); err != nil {
				t.Fatal(err)
			}
			f := &p.Files[0]
			want, gaps := readRecords(t, f, []Range{{}})
			if c.want >= 0 && len(want) != c.want || c.gaps >= 0 && len(gaps) != c.gaps {
				t.Fatalf("%d records and %d gaps, want %d and %d:\n%s\n%v", len(want), len(gaps), c.want, c.gaps, strings.Join(want, "\n"), gaps)
			}
			check := func(ranges []Range) bool {
				got, g := readRecords(t, f, ranges)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%v: records (-whole +cut):\n%s", ranges, diff)
				}
				if diff := cmp.Diff(gaps, g); diff != "" {
					t.Errorf("%v: gaps (-whole +cut):\n%s", ranges, diff)
				}
				return !t.Failed()
			}
			step := int64(1)
			if f.Size > 2000 {
				step = 13
			}
			if testing.Short() {
				step = 97
			}
			for cut := int64(1); cut < f.Size; cut += step {
				if !check([]Range{{To: cut}, {From: cut}}) {
					return
				}
			}
			var small []Range
			for from := int64(0); from < f.Size; from += 97 {
				to := from + 97
				if to >= f.Size {
					to = 0
				}
				small = append(small, Range{From: from, To: to})
			}
			if small != nil {
				check(small)
			}
		})
	}
}
