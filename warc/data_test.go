package warc

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// crawlFile returns the bytes of a file of the development crawl.
func crawlFile(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	b, err := os.ReadFile(filepath.Join(dir, "crawl-dev", name))
	if err != nil {
		t.Skipf("no development crawl: %v", err)
	}
	return b
}

// row is what the manifest of the development crawl says about a response.
type row struct {
	rec                      int
	offset, length           int64
	date, url, status        string
	httpType, category, sha1 string
	encoding, source         string
	bodyBytes                int
	title                    string
	sourcePath, features     string
}

// manifest returns the rows about one file by record number.
func manifest(t testing.TB, file string) map[int]row {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(crawlFile(t, "manifest.tsv.zst")))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	rows := map[int]row{}
	var col map[string]int
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		f := strings.Split(sc.Text(), "\t")
		if col == nil {
			col = map[string]int{}
			for i, name := range f {
				col[name] = i
			}
			continue
		}
		if f[col["file"]] != file {
			continue
		}
		num := func(name string) int64 {
			n, err := strconv.ParseInt(f[col[name]], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		rows[int(num("rec"))] = row{
			rec: int(num("rec")), offset: num("offset"), length: num("length"),
			date: f[col["date"]], url: f[col["url"]], status: f[col["status"]],
			httpType: f[col["http_content_type"]], category: f[col["category"]],
			sha1: f[col["body_sha1"]], encoding: f[col["true_encoding"]],
			bodyBytes: int(num("body_bytes")), title: f[col["title"]],
			source: f[col["source"]], sourcePath: f[col["source_path"]], features: f[col["features"]],
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// got is a copy of a record.
type got struct {
	Offset, Length, Inner int64
	Type, ID, URI         string
	Block, Warning        string
	Err                   string
}

// readAll reads a range of a file and checks that its bytes add up.
func readAll(t testing.TB, b []byte, o Options) ([]got, *Reader) {
	t.Helper()
	f, ok := Sniff(b[:min(len(b), 64<<10)])
	if !ok {
		t.Fatal("not sniffed as WARC")
	}
	return readFormat(t, b, f, o)
}

func readFormat(t testing.TB, b []byte, f Format, o Options) ([]got, *Reader) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(b), int64(len(b)), f, o)
	if err != nil {
		t.Fatal(err)
	}
	var all []got
	sum := int64(0)
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if rec.Index != len(all) {
			t.Fatalf("record %d has index %d", len(all), rec.Index)
		}
		g := got{rec.Offset, rec.Length, rec.Inner, rec.Type, rec.ID, rec.TargetURI, string(rec.Block), rec.Warning, ""}
		if rec.Err != nil {
			g.Err = rec.Err.Error()
		}
		all = append(all, g)
		sum += rec.Length
	}
	for _, g := range r.Gaps() {
		if g.Length <= 0 {
			t.Fatalf("empty gap %+v", g)
		}
		sum += g.Length
	}
	from, to := r.Span()
	if sum != to-from {
		t.Fatalf("records and gaps have %d bytes, the span %d to %d has %d", sum, from, to, to-from)
	}
	if o.From == 0 && from != 0 || o.To == 0 && to != int64(len(b)) {
		t.Fatalf("span %d to %d for options %+v of %d bytes", from, to, o, len(b))
	}
	return all, r
}
