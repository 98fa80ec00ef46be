package pipeline

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSample_nearFilter asks for the pages near the limits of a filter: both of them,
// but not those that no page breaks.
func TestSample_nearFilter(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	for i, n := range []int{60, 80, 150, 200, 300, 390, 430, 900} {
		fmt.Fprintf(&b, "{\"id\":\"%d\",\"url\":\"http://a.example/%d\",\"text\":%q}\n", i, i, noise(n, i))
	}
	name := writeInput(t, filepath.Join(dir, "in.jsonl"), []byte(b.String()))
	r := runConfig(t, fmt.Sprintf("name: t\ninput: %q\nfilters: {length: {min_code_points: 120, max_code_points: 400, min_lines: 1}}\noutputs: [{name: t}]\n", name), filepath.Join(dir, "run"), RunOptions{})
	docs, err := r.Sample(SampleOptions{N: 8, Near: "length"})
	if err != nil {
		t.Fatal(err)
	}
	var broken, kept []string
	for _, d := range docs {
		if d.Broken != (d.Verdict.Reason == d.Near.Reason) {
			t.Errorf("%s: near %s, dropped by %q", d.URL, d.Near.Reason, d.Verdict.Reason)
		}
		if d.Broken {
			broken = append(broken, d.Near.Reason)
		} else {
			kept = append(kept, d.Near.Reason)
		}
	}
	slices.Sort(broken)
	slices.Sort(kept)
	if got := strings.Join(slices.Compact(broken), " "); got != "length.max_code_points length.min_code_points" || len(broken) < 3 {
		t.Errorf("dropped ones are near %v", broken)
	}
	if got := strings.Join(slices.Compact(kept), " "); got != "length.max_code_points length.min_code_points" || len(kept) < 3 {
		t.Errorf("kept ones are near %v", kept)
	}
}

// TestEvalFilters_aloneBesideTags: a rule that tags takes nothing, so what it breaks,
// too, is not kept by it.
func TestEvalFilters_aloneBesideTags(t *testing.T) {
	c, err := ParseConfig("test.yaml", []byte("name: t\nfilters:\n  length: {min_code_points: 200}\n  han_fraction: {min_fraction: 0.9, action: tag}\noutputs: [{name: t}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	rows := ""
	for i, text := range []string{noise(100, 1), noise(400, 2), strings.Repeat("English words and 汉字 in one line, ", 4), strings.Repeat("English words and 汉字 in one line, ", 20)} {
		rows += fmt.Sprintf("{\"text\":%q,\"label\":%q}\n", text, []string{"bad", "good", "bad", "bad"}[i])
	}
	s, err := EvalFilters(c, strings.NewReader(rows), LabelledOptions{Good: []string{"good"}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, r := range s.Rules {
		got[r.Reason] = r.AloneBad
	}
	// The third text is short and mostly Latin; it stays dropped without the tag.
	if got["length.min_code_points"] != 2 || got["han_fraction.min_fraction"] != 1 {
		t.Errorf("alone: %v", got)
	}
}

// TestCompare_ownRelease sets a run against what it released itself: an output that
// takes a part of what limits leave has no page more than its own files.
func TestCompare_ownRelease(t *testing.T) {
	dir := t.TempDir()
	yaml := testYAML(writeCrawl(t, t.TempDir(), 0)...)
	yaml = yaml[:strings.Index(yaml, "outputs:")] + "outputs: [{name: t, where: 'n_code_points >= 450'}]\n"
	r := runConfig(t, yaml, filepath.Join(dir, "run"), RunOptions{})
	c, err := r.Compare([]string{filepath.Join(dir, "run", ReleaseDir, "t", "data", "*.zst")}, CompareOptions{Key: "url", Text: "text"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Both == 0 || c.OnlyOurs != 0 || c.OnlyTheirs != 0 {
		t.Errorf("both %d, only ours %d, only theirs %d", c.Both, c.OnlyOurs, c.OnlyTheirs)
	}
}
