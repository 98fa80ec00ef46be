package extract

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestExtract_allocations pins what a page costs beyond its parser once the
// extractor has warmed up: nothing. Left out are pages whose text comes from a payload,
// which is parsed once more, and from tokens, which allocate.
func TestExtract_allocations(t *testing.T) {
	names, err := filepath.Glob("../testdata/pages/*/page.html")
	if err != nil || len(names) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	e := New(DefaultConfig())
	var text []byte
	for _, n := range names {
		name := filepath.Base(filepath.Dir(n))
		if strings.HasPrefix(name, "payload-") || name == "deeper-than-parser-allows" {
			continue
		}
		src, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		parse := testing.AllocsPerRun(5, func() {
			_, _ = html.ParseWithOptions(bytes.NewReader(src), html.ParseOptionEnableScripting(false))
		})
		all := testing.AllocsPerRun(5, func() { text = e.Extract(src, "http://www.example.cn/a.html").AppendText(text[:0]) })
		if extra := all - parse; extra > 0 {
			t.Errorf("%s: %.0f allocations beyond the parser", name, extra)
		}
	}
}
