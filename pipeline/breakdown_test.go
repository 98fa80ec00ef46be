package pipeline

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/report"
)

// TestBreakdown_run adds the rows of a run up: they are the outputs and the tokens.
func TestBreakdown_run(t *testing.T) {
	yaml := testYAML(writeCrawl(t, t.TempDir(), 0, 1, 2)...) + modelsYAML +
		"tokenizers: {bytes: testdata/tokenizer.json}\nstatistics: {edges: [0.9, 0.92, 0.93]}\ntasks: {split_bytes: 8KiB, group_bytes: 8KiB}\n"
	dir := filepath.Join(t.TempDir(), "run")
	runConfig(t, yaml, dir, RunOptions{})
	data, err := os.ReadFile(filepath.Join(dir, ReleaseDir, "statistics.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s report.Statistics
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	if s.BucketOf != "quality" {
		t.Errorf("buckets of %q", s.BucketOf)
	}
	docs, points, tokens := map[string]int64{}, map[string]int64{}, map[string]int64{}
	domains, buckets := map[string]bool{}, map[string]bool{}
	for i, b := range s.Breakdown {
		docs[b.Output] += b.Docs
		points[b.Output] += b.CodePoints
		tokens[b.Output] += b.Tokens["bytes"]
		domains[b.Domain], buckets[b.Bucket] = true, true
		if i > 0 && compareBreakdown(s.Breakdown[i-1], b) >= 0 {
			t.Errorf("row %d is not in order", i)
		}
	}
	for _, o := range s.Outputs {
		if docs[o.Name] != o.Docs || points[o.Name] != o.CodePoints {
			t.Errorf("%s: the rows have %d documents and %d code points, the output %d and %d", o.Name, docs[o.Name], points[o.Name], o.Docs, o.CodePoints)
		}
	}
	for _, c := range s.Tokens {
		if tokens[c.Output] != c.Tokens || c.Tokens == 0 {
			t.Errorf("%+v, the rows have %d", c, tokens[c.Output])
		}
	}
	if len(s.Tokens) != len(s.Outputs) || len(domains) < 2 || len(buckets) < 2 {
		t.Errorf("%d token counts, domains %v, buckets %v", len(s.Tokens), domains, buckets)
	}
}

// TestBreakdown_buckets puts values at and around the edges.
func TestBreakdown_buckets(t *testing.T) {
	c := parseConfig(t, testYAML("a.warc")+"statistics: {score: han_fraction, edges: [0.25, 0.5]}\n")
	b := newBreakdown(c)
	var d corpus.Document
	for v, want := range map[float64]string{0: "< 0.25", 0.2499: "< 0.25", 0.25: "0.25 – 0.5", 0.5: "≥ 0.5", 7: "≥ 0.5"} {
		d.ResetSignals(len(c.signals()))
		d.Signals[b.signal] = v
		b.add(&d, "x", nil)
		if rows := b.take("all"); len(rows) != 1 || rows[0].Bucket != want || rows[0].Docs != 1 {
			t.Errorf("%v: %+v, want %s", v, rows, want)
		}
	}
	d.ResetSignals(len(c.signals()))
	b.add(&d, "x", nil)
	if rows := b.take("all"); rows[0].Bucket != "none" {
		t.Errorf("not measured: %+v", rows)
	}
}
