package extract

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the want.txt files of testdata/pages")

// describe renders a page as the golden files hold it: every field that is set,
// then the text.
func describe(p *Page) string {
	var b strings.Builder
	add := func(name, v string) {
		if v != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	add("title", p.Title)
	add("site", p.SiteName)
	add("author", p.Author)
	add("attribution", p.Attribution)
	add("published", p.Published)
	add("language", p.Language)
	add("canonical", p.CanonicalURL)
	add("keywords", p.Keywords)
	add("type", fmt.Sprintf("%s %.2f", p.Type, p.TypeConfidence))
	add("rule", p.Rule)
	add("confidence", fmt.Sprintf("%.3f", p.Confidence))
	add("robots", p.Robots)
	if p.NoAI {
		add("noai", "true")
	}
	add("tdm", p.TDM)
	add("licence", p.LicenceLink)
	add("notice", p.Notice)
	add("problem", p.Problem)
	b.WriteString("\n" + p.Text() + "\n")
	return b.String()
}

// TestPages compares the pages of testdata, one per defect, with what they must
// give.
func TestPages(t *testing.T) {
	const dir = "../testdata/pages"
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	e := New(DefaultConfig())
	for _, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			src, err := os.ReadFile(filepath.Join(dir, entry.Name(), "page.html"))
			if err != nil {
				t.Skip(err)
			}
			p := e.Extract(src, "http://www.example.cn/2020/1.html")
			checkPage(t, p)
			got := describe(p)
			file := filepath.Join(dir, entry.Name(), "want.txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
