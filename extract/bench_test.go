package extract

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/net/html"
)

// benchPages returns the pages of testdata and, where the development data is
// present, set A.
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
	return sets
}

func benchSets(b *testing.B, f func(src []byte)) {
	sets := benchPages(b)
	for _, name := range []string{"testdata", "setA"} {
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
