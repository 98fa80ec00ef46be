package filters

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/qingliu/qingliu/corpus"
)

// openData opens a file of the shared development data, or skips the test.
func openData(t testing.TB, name string) *os.File {
	t.Helper()
	root := os.Getenv("QINGLIU_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(root, name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no development data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// The default limits, all but line_end_punctuation, on weakly labelled pages: labels
// come from how often a line stands in its site and from the URL; where a reader gave
// another (testdata/weak-read.jsonl) that one counts. The floors stand a little below
// what was measured in 2026-11.
func TestDefaults_weaklyLabelledPages(t *testing.T) {
	if testing.Short() {
		t.Skip("measures 5,611 pages")
	}
	z, err := zstd.NewReader(openData(t, "quality-dev/web-weak.jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	read := readLabels(t, "testdata/weak-read.jsonl")
	set, err := buildYAML(allDefaults("line_end_punctuation"))
	if err != nil {
		t.Fatal(err)
	}
	limits, m, seg, cutter := set.Limits(), set.NewMeasurer(), newSegmenter(t), NewLineCutter()
	all, dropped := map[string]int{}, map[string]int{}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var page struct{ Text, Label string }
		if err := json.Unmarshal(lines.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		kept, _ := cutter.Cut(page.Text)
		d := &corpus.Document{}
		d.SetText(kept)
		segment(seg, d)
		m.Measure(d)
		label := page.Label
		if l := read[fmt.Sprintf("%x", sha256.Sum256([]byte(page.Text)))[:32]]; l != "" {
			label += "/" + l
		}
		all[label]++
		if Decide(limits, func(i int) float64 { return d.Signals[i] }, nil) >= 0 {
			dropped[label]++
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for label, bound := range map[string]struct{ least, most float64 }{
		"boilerplate": {0.97, 1}, "list-page/list": {0.94, 1}, "seo-spam": {0.95, 1}, "gambling-site": {0.8, 1},
		"article": {0, 0.004}, "article/article": {0, 0.08}, // nearly all that fall were read
	} {
		if r := float64(dropped[label]) / float64(all[label]); !(r >= bound.least && r <= bound.most) {
			t.Errorf("%s: %d of %d dropped (%.3f), want %v to %v", label, dropped[label], all[label], r, bound.least, bound.most)
		}
	}
}

// readLabels returns the labels of a file by id.
func readLabels(t *testing.T, name string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{}
	for line := range bytes.Lines(data) {
		var l struct{ ID, Label string }
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatal(err)
		}
		labels[l.ID] = l.Label
	}
	return labels
}

// The default limits keep the hand-copied main texts of 69 pages, all but two.
func TestDefaults_goldTexts(t *testing.T) {
	dir := openData(t, "extraction-dev/gold").Name()
	set, err := buildYAML(allDefaults("line_end_punctuation"))
	if err != nil {
		t.Fatal(err)
	}
	limits, m, seg, cutter := set.Limits(), set.NewMeasurer(), newSegmenter(t), NewLineCutter()
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d texts, %v", len(files), err)
	}
	n := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		kept, _ := cutter.Cut(string(text))
		d := &corpus.Document{}
		d.SetText(kept)
		segment(seg, d)
		m.Measure(d)
		if i := Decide(limits, func(i int) float64 { return d.Signals[i] }, nil); i >= 0 {
			n++
			t.Logf("%s dropped by %s: %v", filepath.Base(name), limits[i].Reason, d.Signals[limits[i].Signal])
		}
	}
	if n > 2 {
		t.Errorf("%d of %d gold texts dropped, want at most 2", n, len(files))
	}
}
