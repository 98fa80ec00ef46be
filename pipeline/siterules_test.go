package pipeline

import (
	"path/filepath"
	"testing"
)

// TestSiteRules_shipped loads every rule file in configs/sites.
func TestSiteRules_shipped(t *testing.T) {
	files, err := filepath.Glob("../configs/sites/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	c := ExtractConfig{SiteRules: files}
	rules, err := c.ReadSiteRules("test")
	if err != nil {
		t.Fatal(err)
	}
	if len(rules.Labels()) < len(files) {
		t.Errorf("%d rules in %d files", len(rules.Labels()), len(files))
	}
}

// TestSiteRules_ofDemo: the example's rules choose the text of every article of the
// demo's news site.
func TestSiteRules_ofDemo(t *testing.T) {
	c := DefaultConfig()
	c.Extract.SiteRules = []string{"../configs/sites/example.yaml"}
	if _, err := c.Extract.ReadSiteRules("test"); err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	visit := func(p *ExtractedPage) error {
		if p.Doc != nil {
			n[p.Doc.PageRule]++
		}
		return nil
	}
	if err := ExtractFiles(t.Context(), &c, []string{"../testdata/demo/news.warc.gz"}, 2, visit, nil); err != nil {
		t.Fatal(err)
	}
	if n["site:example.yaml#1>content"] < 26 || n["site:example.yaml#2>content"] != 1 {
		t.Errorf("rules used: %v", n)
	}
}
