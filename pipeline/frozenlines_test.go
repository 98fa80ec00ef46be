package pipeline

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSiteLines_frozen writes the list of a run, runs with it, strikes a row and runs
// again.
func TestSiteLines_frozen(t *testing.T) {
	yaml := testYAML(writeCrawl(t, t.TempDir(), 0, 1, 2)...)
	dir := filepath.Join(t.TempDir(), "run")
	r := runConfig(t, yaml, dir, RunOptions{})
	mined := releaseOf(t, dir)
	var list bytes.Buffer
	n, err := r.SiteLines(&list)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for row := range strings.Lines(list.String()) {
		if row[0] != '#' {
			rows = append(rows, row)
		}
	}
	if n == 0 || int(n) != len(rows) {
		t.Fatalf("%d lines, %d rows", n, len(rows))
	}
	name := filepath.Join(t.TempDir(), "lines.tsv")
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(list.String())
	frozen := yaml + "sites: {frozen: " + name + "}\n"
	again := startedBy(t, dir, func() { r = runConfig(t, frozen, dir, RunOptions{}) })
	if diff := cmp.Diff([]string{"sites", "finish"}, stagesIn(again)); diff != "" {
		t.Errorf("stages that ran again with the list unchanged (-want +got):\n%s", diff)
	}
	for path, sum := range releaseOf(t, dir) {
		if strings.HasSuffix(path, ".jsonl.zst") && mined[path] != sum {
			t.Errorf("%s changed", path)
		}
	}
	var same bytes.Buffer
	if _, err := r.SiteLines(&same); err != nil || same.String() != list.String() {
		t.Errorf("the list of a run with a list: %v\n%s", err, cmp.Diff(list.String(), same.String()))
	}

	// A struck row: its line is in the texts again. Windows line ends do not matter.
	struck := rows[0]
	write(strings.ReplaceAll(strings.Replace(list.String(), struck, "# "+struck, 1), "\n", "\r\n"))
	runConfig(t, frozen, dir, RunOptions{})
	line := strings.TrimSuffix(strings.SplitN(struck, "\t", 5)[4], "\n")
	count := func(dir string) (n int) {
		shards, err := filepath.Glob(filepath.Join(dir, ReleaseDir, "all", "data", "*.jsonl.zst"))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range shards {
			n += strings.Count(string(unzstd(t, s)), line)
		}
		return n
	}
	if count(dir) == 0 {
		t.Errorf("no text has the line %q", line)
	}
	write(list.String())
	runConfig(t, frozen, dir, RunOptions{})
	if n := count(dir); n > 0 {
		t.Errorf("%d texts have the line %q, which is in the list", n, line)
	}

	// An empty list cuts nothing.
	write("# nothing\n")
	other := filepath.Join(t.TempDir(), "other")
	runConfig(t, frozen, dir, RunOptions{})
	runConfig(t, yaml+"sites: {cut: false}\n", other, RunOptions{})
	if a, b := count(dir), count(other); a == 0 || a != b {
		t.Errorf("%d texts have the line with an empty list, %d without cutting", a, b)
	}
}

// TestReadFrozenLines_bad checks that every mistake names its line.
func TestReadFrozenLines_bad(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lines.tsv")
	text := "a.example\tanywhere\t1\t2\t首页\n\n# comment\na.example 首页\nb.example\ttop\t1\t2\t首页\nb.example\tedge\t1\t2\t——\n\tedge\t1\t2\t首页\n"
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := ParseConfig("test.yaml", []byte(testYAML("a.warc")+"sites: {frozen: "+name+"}\n"))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"test.yaml:8: sites.frozen", "lines.tsv:4: want site, place", `lines.tsv:5: "top" is no place`, "lines.tsv:6: the line has no letters", "lines.tsv:7: the site is empty"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
}
