package extract

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/net/html"

	"github.com/qingliu/qingliu/charset"
	"github.com/qingliu/qingliu/warc"
)

// benchPages returns the pages of testdata and, where the development data is
// present, set A, a crawl, and large pages of portals as a browser saved them.
func benchPages(b *testing.B) map[string][][]byte {
	b.Helper()
	sets := map[string][][]byte{}
	names, err := filepath.Glob("../testdata/pages/*/page.html")
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range names {
		src, err := os.ReadFile(n)
		if err != nil {
			b.Fatal(err)
		}
		sets["testdata"] = append(sets["testdata"], src)
	}
	if pages, err := readSetA(); err == nil {
		for _, p := range pages {
			sets["setA"] = append(sets["setA"], []byte(p.html))
		}
	}
	sets["crawl"], _ = archivePages(b, "crawl-dev/crawl-medium.warc.gz")
	sets["gne"], _ = archivePages(b, "pages-gne/gne-pages.warc.gz")
	return sets
}

// archivePages returns the HTML pages of an archive of the development data decoded and
// their addresses, nil where it is not present.
func archivePages(b testing.TB, name string) (pages [][]byte, urls []string) {
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	r, err := warc.NewReader(f, info.Size(), warc.GzipMembers, warc.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var payload warc.PayloadDecoder
	var dec charset.Decoder
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return pages, urls
		}
		if err != nil {
			b.Fatal(err)
		}
		if rec.Type != "response" {
			continue
		}
		res, err := payload.Decode(rec.Block)
		if err != nil || warc.Kind(res.Header.Get("Content-Type"), res.Body) != warc.KindHTML {
			continue
		}
		page, _ := dec.Decode(nil, res.Body, "")
		pages, urls = append(pages, page), append(urls, rec.TargetURI)
	}
}

func benchSets(b *testing.B, f func(src []byte)) {
	sets := benchPages(b)
	for _, name := range []string{"testdata", "setA", "crawl", "gne"} {
		pages := sets[name]
		if len(pages) == 0 {
			continue
		}
		b.Run("pages="+name, func(b *testing.B) {
			n := 0
			for _, p := range pages {
				n += len(p)
			}
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range pages {
					f(p)
				}
			}
		})
	}
}

func BenchmarkExtract(b *testing.B) {
	e := New(DefaultConfig())
	benchSets(b, func(src []byte) { e.Extract(src, "http://www.example.cn/a.html") })
}

// BenchmarkParse is the yardstick: the parser alone.
func BenchmarkParse(b *testing.B) {
	benchSets(b, func(src []byte) {
		// The page that is too deep is an error and costs what it costs.
		_, _ = html.ParseWithOptions(bytes.NewReader(src), html.ParseOptionEnableScripting(false))
	})
}
