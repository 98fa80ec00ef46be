package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/qingliu/qingliu/internal/storage"
)

// textRow is a row of a partner's table.
type textRow struct {
	Body string    `parquet:"body"`
	Link *string   `parquet:"link,optional"`
	Num  int64     `parquet:"num"`
	Day  time.Time `parquet:"day,timestamp(millisecond)"`
	Tags []string  `parquet:"tags,list"`
}

// parquetOf writes rows in row groups of the sizes given.
func parquetOf[T any](t testing.TB, rows []T, group int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(4096))
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

func textRows(n int) []textRow {
	var rows []textRow
	for i := range n {
		link := fmt.Sprintf("http://partner.example/%d", i)
		rows = append(rows, textRow{Body: strings.Join(prose(uint64(700+i), 3), "\n"), Link: &link, Num: int64(i), Day: time.Date(2025, 5, 1+i%20, 8, 0, 0, 0, time.UTC)})
	}
	rows[3].Link = nil
	return rows
}

// TestParquet_asJSONL gives the same rows as Parquet and as JSON lines: the
// documents are the same.
func TestParquet_asJSONL(t *testing.T) {
	rows := textRows(30)
	dir := t.TempDir()
	var lines bytes.Buffer
	for _, r := range rows {
		link := ""
		if r.Link != nil {
			link = *r.Link
		}
		fmt.Fprintf(&lines, "{\"body\":%q,\"link\":%q,\"num\":%d,\"day\":%q}\n", r.Body, link, r.Num, r.Day.Format(time.RFC3339))
	}
	writeInput(t, filepath.Join(dir, "p", "rows.parquet"), parquetOf(t, rows, 7))
	writeInput(t, filepath.Join(dir, "j", "rows.jsonl"), lines.Bytes())
	var texts []string
	for _, sub := range []string{"p", "j"} {
		yaml := strings.Replace(testYAML("X"), `{path: "X"}`, fmt.Sprintf("{path: %q, fields: {text: body, url: link, source_id: num, date: day}}", filepath.Join(dir, sub)), 1)
		run := filepath.Join(dir, "run-"+sub)
		runConfig(t, yaml+"tasks: {split_bytes: 4KiB}\n", run, RunOptions{})
		verifyRelease(t, run)
		var all strings.Builder
		shards, _ := filepath.Glob(filepath.Join(run, ReleaseDir, "all", "data", "*.jsonl.zst"))
		for _, s := range shards {
			for line := range strings.Lines(string(unzstd(t, s))) {
				head, _, _ := strings.Cut(line, `"provenance"`)
				all.WriteString(head + "\n")
			}
		}
		if l := readLedger(t, run); l.Totals.Records != 30 || l.Totals.Unreadable != 0 {
			t.Errorf("%s: ledger %+v", sub, l.Totals)
		}
		texts = append(texts, all.String())
	}
	if texts[0] == "" || texts[0] != texts[1] {
		t.Errorf("the documents differ (-jsonl +parquet):\n%s", cmp.Diff(texts[1], texts[0]))
	}
	if !strings.Contains(texts[0], `"source_id":"7"`) && !strings.Contains(texts[0], `"date_crawled":"2025-05-08T08:00:00.000Z"`) {
		t.Errorf("no id or date in %.2000s", texts[0])
	}
}

// TestParquet_html reads bytes of pages in their own charset.
func TestParquet_html(t *testing.T) {
	type row struct {
		HTML []byte `parquet:"html"`
		URL  string `parquet:"url"`
	}
	page := htmlPage("国标页", prose(9, 2), "")
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(page)
	if err != nil {
		t.Fatal(err)
	}
	path := writeInput(t, filepath.Join(t.TempDir(), "h.parquet"), parquetOf(t, []row{{[]byte(gbk), "http://a.example/"}, {[]byte(page), "http://b.example/"}, {nil, "http://c.example/"}, {[]byte("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>清流</title></channel></rss>"), "http://d.example/"}}, 2))
	got, _ := readAll(t, inputConfig(t, fmt.Sprintf("{path: %q}", path)), path)
	if len(got) != 4 || !strings.HasSuffix(got[3], " feed") || !strings.HasSuffix(got[0], " page") || !strings.HasSuffix(got[1], " page") {
		t.Errorf("%q", got)
	}
}

func TestParquet_ranges(t *testing.T) {
	data := parquetOf(t, textRows(40), 5)
	path := writeInput(t, filepath.Join(t.TempDir(), "r.parquet"), data)
	cfg := inputConfig(t, fmt.Sprintf("{path: %q, fields: {text: body}}", path))
	p := &Plan{}
	if err := p.listFiles(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	want, _ := readRecords(t, &p.Files[0], []Range{{}})
	if len(want) != 40 {
		t.Fatalf("%d rows", len(want))
	}
	for _, step := range []int64{97, 1000, 5000} {
		var ranges []Range
		for from := int64(0); from < p.Files[0].Size; from += step {
			ranges = append(ranges, Range{From: from, To: from + step})
		}
		ranges[len(ranges)-1].To = 0
		got, gaps := readRecords(t, &p.Files[0], ranges)
		if diff := cmp.Diff(want, got); diff != "" || gaps != nil {
			t.Errorf("ranges of %d: gaps %v\n%s", step, gaps, diff)
		}
	}
}

func TestParquet_damage(t *testing.T) {
	data := parquetOf(t, textRows(20), 5)
	for _, c := range []struct {
		name, fields string
		data         []byte
		records      int
		gap          string
	}{
		{"no column", "{text: nothing}", data, 0, `no column "nothing" or "html"; name them by fields: there are body, link, num, day, tags.list.element`},
		{"list", "{text: tags.list.element}", data, 0, "is a list"},
		{"cut", "{text: body}", data[:len(data)-20], 0, "damaged Parquet file"},
		{"footer", "{text: body}", append(bytes.Clone(data[:len(data)-8]), 0xff, 0xff, 0xff, 0x7f, 'P', 'A', 'R', '1'), 0, "a footer of 2147483647 bytes"},
		{"group", "{text: body}", func() []byte { b := bytes.Clone(data); copy(b[4:], bytes.Repeat([]byte{0xff}, 40)); return b }(), 15, "damaged row group 0: rows 0 to 4 are lost"},
	} {
		path := writeInput(t, filepath.Join(t.TempDir(), "d.parquet"), c.data)
		got, a := readAll(t, inputConfig(t, fmt.Sprintf("{path: %q, format: parquet, fields: %s}", path, c.fields)), path)
		if len(got) != c.records || len(a.Gaps) != 1 || !strings.Contains(a.Gaps[0].Cause, c.gap) {
			t.Errorf("%s: %d records, gaps %v; want %d and %q", c.name, len(got), a.Gaps, c.records, c.gap)
		}
	}
}

func FuzzParquet(f *testing.F) {
	f.Add(parquetOf(f, textRows(6), 3))
	f.Add([]byte("PAR1PAR1PAR1PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzSource(t, "parquet", data) })
}

// indexRow is a row of a columnar index.
type indexRow struct {
	URL       string  `parquet:"url"`
	Languages *string `parquet:"content_languages,optional"`
	Status    int32   `parquet:"fetch_status"`
	MIME      string  `parquet:"content_mime_detected"`
	File      string  `parquet:"warc_filename"`
	Offset    int32   `parquet:"warc_record_offset"`
	Length    int32   `parquet:"warc_record_length"`
}

// TestIndex_crawlDev selects the Chinese pages of crawl-dev by an index made from
// its manifest, from disk and from a server with faults, and wants just these
// records, at their own offsets, and little more sent.
func TestIndex_crawlDev(t *testing.T) {
	if testing.Short() {
		t.Skip("many whole runs")
	}
	manifest := crawlDev(t, "manifest.tsv.zst")
	dir := filepath.Dir(manifest)
	var rows []indexRow
	want := 0
	var wantBytes int64
	var header []string
	for line := range strings.Lines(string(unzstd(t, manifest))) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if header == nil {
			header = cells
			continue
		}
		cell := func(name string) string {
			for i, h := range header {
				if h == name {
					return cells[i]
				}
			}
			t.Fatalf("no column %s in %q", name, header)
			return ""
		}
		if cell("file") != "crawl-small.warc.gz" && cell("file") != "crawl-medium.warc.gz" {
			continue
		}
		r := indexRow{URL: cell("url"), MIME: "text/html", File: "dump/" + cell("file")}
		fmt.Sscan(cell("status"), &r.Status)
		fmt.Sscan(cell("offset"), &r.Offset)
		fmt.Sscan(cell("length"), &r.Length)
		lang := map[string]string{"hans": "zho", "hant": "eng,zho", "ja": "jpn", "ko": "kor"}[cell("script")]
		if lang != "" {
			r.Languages = &lang
		}
		if strings.Contains(lang, "zho") && r.Status == 200 {
			want++
			wantBytes += int64(r.Length)
		}
		rows = append(rows, r)
	}
	base := t.TempDir()
	// a partitioned folder, as Common Crawl's
	part := filepath.Join(base, "cc-index", "crawl=TEST", "subset=warc")
	writeInput(t, filepath.Join(part, "part-0.parquet"), parquetOf(t, rows[:len(rows)/2], 300))
	writeInput(t, filepath.Join(part, "part-1.parquet"), parquetOf(t, rows[len(rows)/2:], 300))
	if err := os.MkdirAll(filepath.Join(base, "data"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, filepath.Join(base, "data", "dump")); err != nil {
		t.Fatal(err)
	}
	s, url := newFaultyServer(t, base)
	var first map[string]string
	for _, c := range []struct{ name, index, prefix string }{
		{"disk", filepath.Join(base, "cc-index"), filepath.Join(base, "data")},
		{"server", filepath.Join(base, "cc-index"), url + "/data/"},
	} {
		run := filepath.Join(base, "run-"+c.name)
		yaml := strings.Replace(testYAML("X"), `{path: "X"}`, fmt.Sprintf("{path: %q, format: cc-index, prefix: %q}", c.index, c.prefix), 1)
		r := runConfig(t, yaml+"network: {stall: 1s}\n", run, RunOptions{})
		verifyRelease(t, run)
		l := readLedger(t, run)
		if int(l.Totals.Records) != want || l.Totals.Bytes != wantBytes || l.Totals.BytesInGaps != 0 || len(l.Files) != 2 || l.Files[0].Path != "dump/crawl-medium.warc.gz" {
			t.Errorf("%s: ledger %+v, want %d records of %d bytes", c.name, l.Totals, want, wantBytes)
		}
		for i, line := range fateLines(t, r) {
			if i%97 == 0 {
				found := false
				for _, row := range rows {
					found = found || row.File == line.File && int64(row.Offset) == line.Offset && int64(row.Length) == line.Length
				}
				if !found {
					t.Errorf("%s: no row of the index is at %+v", c.name, line)
				}
			}
		}
		if first == nil {
			first = releaseOf(t, run)
			continue
		}
		sameRelease(t, c.name, first, releaseOf(t, run))
		if sent := s.bytes.Load(); sent > 2*wantBytes+8<<20 {
			t.Errorf("the server sent %d bytes for %d", sent, wantBytes)
		}
		t.Logf("%d of %d records, %d bytes wanted, %d sent in %d requests, %d faults", want, len(rows), wantBytes, s.bytes.Load(), s.n.Load(), s.faults.Load())
	}
}

func TestIndex_bad(t *testing.T) {
	in := t.TempDir()
	writeInput(t, filepath.Join(in, "a.warc"), make([]byte, 1000))
	zho := "zho"
	row := func(off, n int32) indexRow {
		return indexRow{Languages: &zho, Status: 200, File: "a.warc", Offset: off, Length: n}
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"overlap":   {parquetOf(t, []indexRow{row(0, 100), row(50, 100)}, 9), "records at 0 and 50 that overlap"},
		"beyond":    {parquetOf(t, []indexRow{row(900, 200)}, 9), "the file has 1000"},
		"negative":  {parquetOf(t, []indexRow{row(-5, 10)}, 9), "row 0: file \"a.warc\", offset -5"},
		"no rows":   {parquetOf(t, []indexRow{{Status: 404, File: "a.warc"}}, 9), "no row of the index is selected"},
		"no index":  {parquetOf(t, textRows(4), 9), `no column "content_languages"`},
		"traversal": {parquetOf(t, []indexRow{{Languages: &zho, Status: 200, File: "../a.warc", Length: 9}}, 9), "leads out of the prefix"},
		"noise":     {bytes.Repeat([]byte("noise"), 99), "index "},
	} {
		path := writeInput(t, filepath.Join(t.TempDir(), "i.parquet"), c.data)
		_, err := MakePlan(t.Context(), inputConfig(t, fmt.Sprintf("{path: %q, format: cc-index, prefix: %q}", path, in)), nil)
		var bad *ConfigError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestSpans(t *testing.T) {
	for _, spans := range [][]storage.Span{nil, {{To: 1}}, {{From: 5, To: 10}, {From: 10, To: 11}, {From: 1 << 40, To: 1<<40 + 3}}} {
		got, err := unpackSpans(packSpans(spans))
		if err != nil || cmp.Diff(spans, got) != "" {
			t.Errorf("%v became %v, %v", spans, got, err)
		}
	}
	if _, err := unpackSpans("gA=="); err == nil {
		t.Error("no error for a cut number")
	}
}

// TestStdin copies standard input into the run folder, once.
func TestStdin(t *testing.T) {
	dir := t.TempDir()
	c := inputConfig(t, `{path: "-"}`)
	lines := "{\"text\":\"甲\"}\n"
	a, err := c.spoolStdin(t.Context(), dir, strings.NewReader(lines))
	if err != nil || filepath.Base(a.Input[0].Path) != "stdin" || c.Input[0].Path != "-" {
		t.Fatalf("%+v, %v", a.Input, err)
	}
	before, err := os.Stat(a.Input[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	for what, in := range map[string]io.Reader{"the same bytes": strings.NewReader(lines), "nothing": strings.NewReader("")} {
		b, err := c.spoolStdin(t.Context(), dir, in)
		if err != nil || b.Input[0].Path != a.Input[0].Path {
			t.Errorf("%s: %v, %v", what, b, err)
		}
	}
	if after, err := os.Stat(a.Input[0].Path); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the copy was written again: %v", err)
	}
	other, err := c.spoolStdin(t.Context(), dir, strings.NewReader("{\"text\":\"乙\"}\n"))
	if err != nil || other.Input[0].Path == a.Input[0].Path {
		t.Errorf("other bytes: %v, %v", other, err)
	}
	if _, err := c.spoolStdin(t.Context(), t.TempDir(), strings.NewReader("")); err == nil || !strings.Contains(err.Error(), "standard input is empty") {
		t.Errorf("empty: %v", err)
	}
	twice := inputConfig(t, `{path: "-"}`)
	twice.Input = append(twice.Input, twice.Input[0])
	if _, err := twice.spoolStdin(t.Context(), dir, strings.NewReader(lines)); err == nil || !strings.Contains(err.Error(), "once only") {
		t.Errorf("twice: %v", err)
	}
}
