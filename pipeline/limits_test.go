package pipeline

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/qingliu/qingliu/internal/flatparquet"
)

// TestLimits_containers runs a file of every container under the default limits,
// which it keeps, and under a limit that it is over: the limit is counted under
// its name in the ledger, and the sums agree.
func TestLimits_containers(t *testing.T) {
	if testing.Short() {
		t.Skip("many whole runs")
	}
	page := htmlPage("题", prose(1, 3), "")
	long := htmlPage("题", prose(2, 3), "") + strings.Repeat(" ", 2<<20)
	line := func(text string) string { return fmt.Sprintf("{\"text\":%q}\n", text) }
	lines := line(strings.Join(prose(3, 3), "\n")) + line(strings.Join(prose(4, 3), "\n")+strings.Repeat(" ", 2<<20)) + line(strings.Join(prose(5, 3), "\n"))
	records := warcRecords(0, crawlPart(0)[:3])
	large := fmt.Appendf(nil, "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", len(long), long)
	var many []member
	for i := range 30 {
		many = append(many, member{name: fmt.Sprintf("%d.html", i), data: page, method: zip.Deflate})
	}
	type row struct {
		Text string `parquet:"text"`
	}
	var rows []row
	for i := range 60 {
		rows = append(rows, row{strings.Join(prose(uint64(i), 1), "\n") + strings.Repeat(" ", 20<<10)})
	}
	type deepRow struct {
		Text string `parquet:"text"`
		In   row    `parquet:"in"`
	}
	deep := []deepRow{{strings.Join(prose(7, 3), "\n"), row{"x"}}}
	for _, c := range []struct {
		file   string
		data   []byte
		limits string
		want   string
	}{
		{"ratio.warc.gz", packRecords(t, append(records, large)), "archive_ratio: 20, ratio_free: 64KiB", "record_ratio"},
		{"window.warc.zst", bytes.Join([][]byte{zstdOf(t, records[0]), zstdStream(t, large)}, nil), "archive_window: 128KiB", "record_window"},
		{"ratio.jsonl.gz", gzipped(t, []byte(lines)), "archive_ratio: 20, ratio_free: 64KiB", "record_ratio"},
		{"window.jsonl.zst", zstdStream(t, []byte(lines)), "archive_window: 128KiB", "record_window"},
		{"line.jsonl", []byte(lines), "line: 64KiB", "record_limit"},
		{"line.jsonl.gz", gzipped(t, []byte(lines)), "line: 64KiB", "record_limit"},
		{"ratio.zip", zipOf(t, many[0], member{name: "long.html", data: long, method: zip.Deflate}), "archive_ratio: 20", "record_ratio"},
		{"free.zip", zipOf(t, many[0], member{name: "long.html", data: long, method: zip.Deflate}), "archive_ratio: 20, member_free: 1MiB", "record_ratio"},
		{"window.zip", zipOf(t, many[0], member{name: "long.html", data: long, method: zstd.ZipMethodWinZip}), "archive_window: 128KiB", "record_window"},
		{"members.zip", zipOf(t, many...), "members: 7", "archive_members"},
		{"directory.zip", zipOf(t, many...), "directory: 1KiB", "archive_directory"},
		{"members.tar", tarOf(t, many...), "members: 7", "archive_members"},
		{"ratio.tar.gz", gzipped(t, tarOf(t, many[0], member{name: "long.html", data: long})), "archive_ratio: 20, ratio_free: 64KiB", "record_ratio"},
		{"window.tar.zst", zstdStream(t, tarOf(t, many[0], member{name: "long.html", data: long})), "archive_window: 128KiB", "record_window"},
		{"line.parquet", parquetOf(t, rows, 30), "line: 10KiB", "record_limit"},
		{"ratio.parquet", parquetOf(t, rows, 30), "archive_ratio: 2, ratio_free: 64KiB", "record_ratio"},
		{"page.parquet", parquetOf(t, rows, 30), "parquet_page: 16KiB", "parquet_page"},
		{"schema.parquet", parquetOf(t, rows, 30), "parquet_schema: 1", "parquet_schema"},
		{"depth.parquet", parquetOf(t, deep, 30), "parquet_depth: 1", "parquet_schema"},
		{"directory.parquet", parquetOf(t, rows, 2), "directory: 1KiB", "archive_directory"},
	} {
		t.Run(c.file, func(t *testing.T) {
			in := writeInput(t, filepath.Join(t.TempDir(), c.file), c.data)
			dir := filepath.Join(t.TempDir(), "run")
			r := runConfig(t, testYAML(in), dir, RunOptions{})
			checkAccount(t, r)
			before := readLedger(t, r.Dir)
			if lost, _ := before.Files[0].Lost(); len(before.Totals.Problems) > 0 || before.Totals.Unreadable > 0 || lost > 0 {
				t.Fatalf("under the default limits: %+v", before.Totals)
			}
			r = runConfig(t, testYAML(in)+fmt.Sprintf("extract: {limits: {%s}}\n", c.limits), dir, RunOptions{})
			checkAccount(t, r)
			after := readLedger(t, r.Dir)
			lost, _ := after.Files[0].Lost()
			if after.Totals.Problems[c.want] == 0 || after.Totals.Unreadable == 0 && lost == 0 {
				t.Errorf("under %s: %+v, gaps %v, want %s", c.limits, after.Totals, after.Files[0].Gaps, c.want)
			}
			if len(after.Totals.Problems) > 1 && after.Totals.Problems["record_cut"] == 0 {
				t.Errorf("under %s: other problems too: %v", c.limits, after.Totals.Problems)
			}
		})
	}
}

// TestLimits_parquet keeps the defaults of the config and those of the package that
// reads tables equal.
func TestLimits_parquet(t *testing.T) {
	l := defaultLimits()
	if got, want := l.parquet(), flatparquet.DefaultLimits(); got != want {
		t.Errorf("%+v, package flatparquet has %+v", got, want)
	}
}

// zstdStream packs data as a stream does, with a window of 1 MiB.
func zstdStream(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
