package extract

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/charset"
	"github.com/qingliu/qingliu/extract/eval"
)

// setPage is one of the 69 Chinese development pages with hand-copied main text.
type setPage struct{ id, html, gold, url string }

// readSetA returns the pages decoded as a run would decode them, or an error
// where the data is not present.
func readSetA() ([]setPage, error) {
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	dir = filepath.Join(dir, "extraction-dev")
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		return nil, err
	}
	var pages []setPage
	var dec charset.Decoder
	for line := range strings.SplitSeq(strings.TrimSpace(string(index)), "\n") {
		var row struct {
			ID  string `json:"id"`
			URL string `json:"source_url"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			return nil, err
		}
		raw, err := os.ReadFile(filepath.Join(dir, "html", row.ID+".html"))
		if err != nil {
			return nil, err
		}
		gold, err := os.ReadFile(filepath.Join(dir, "gold", row.ID+".txt"))
		if err != nil {
			return nil, err
		}
		text, _ := dec.Decode(nil, raw, "")
		pages = append(pages, setPage{row.ID, string(text), strings.TrimPrefix(string(gold), "\ufeff"), row.URL})
	}
	return pages, nil
}

// TestSetA is the quality gate: the bounds of testdata/gate.json, which
// qingliu eval extract --gate reads and updates as well.
func TestSetA(t *testing.T) {
	pages, err := readSetA()
	if err != nil {
		t.Skip("development pages not here:", err)
	}
	gate, err := eval.ReadGate("testdata/gate.json")
	if err != nil {
		t.Fatal(err)
	}
	dump := os.Getenv("QINGLIU_DUMP")
	e := New(DefaultConfig())
	set, texts, rules := eval.Set{Name: "A", Gold: eval.Texts{}}, eval.Texts{}, map[string]string{}
	for _, p := range pages {
		out := e.Extract([]byte(p.html), p.url)
		set.Gold[p.id], texts[p.id], rules[p.id] = p.gold, out.Text(), out.Type+" "+out.Rule
		for _, line := range eval.Furniture(p.gold, out.Text()) {
			t.Logf("%s: furniture %q", p.id[:8], line)
		}
		if dump != "" {
			if err := os.WriteFile(filepath.Join(dump, p.id+".txt"), []byte(out.Text()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	r := eval.Evaluate(set, "qingliu", texts)
	for _, p := range r.Pages {
		if p.F1 < 0.9 {
			t.Logf("%s: F1 %.3f %s", p.ID[:8], p.F1, rules[p.ID])
		}
	}
	t.Logf("%d pages: P %.4f R %.4f F1 %.4f [%.3f, %.3f], below 0.5 %.1f %%, furniture %.3f lines per page",
		len(r.Pages), r.P, r.R, r.F1, r.CI.Low, r.CI.High, 100*r.Fail, r.Boil)
	if err := gate.Check(set, r); err != nil {
		t.Error(err)
	}
}
