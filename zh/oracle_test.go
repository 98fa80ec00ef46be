package zh

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-ego/gse"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// sharedTexts returns up to n texts of the shared development set, none if it
// is absent.
func sharedTexts(t testing.TB, n int) []string {
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "dedup-dev.jsonl.zst"))
	if err != nil {
		return nil
	}
	defer f.Close()
	zr, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer zr.Close()
	var texts []string
	sc := bufio.NewScanner(zr)
	sc.Buffer(nil, 64<<20)
	for len(texts) < n && sc.Scan() {
		var doc struct{ Text string }
		if err := json.Unmarshal(sc.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, doc.Text)
	}
	return texts
}

// hanRuns returns the runs of ideographs.
func hanRuns(text string) []string {
	var runs []string
	start := -1
	for i, r := range text + " " {
		if IsHan(r) == (start >= 0) {
			continue
		}
		if start >= 0 {
			runs = append(runs, text[start:i])
			start = -1
		} else {
			start = i
		}
	}
	return runs
}

// TestAppendWords_equalsGSE holds the words of runs of ideographs against gse
// with its own dictionary, with and without its model of unknown words.
func TestAppendWords_equalsGSE(t *testing.T) {
	if testing.Short() {
		t.Skip("loads gse's dictionary, 2 s")
	}
	var g gse.Segmenter
	g.SkipLog = true
	if err := g.LoadDictEmbed("zh"); err != nil {
		t.Fatal(err)
	}
	s := newSegmenter(t)
	texts := append(sharedTexts(t, 300), sampleText)
	total, unequal, unequalPath := 0, 0, 0
	for _, text := range texts {
		for _, run := range hanRuns(text) {
			total++
			if got, want := words(t, s, run), g.Cut(run, true); !cmp.Equal(got, want) {
				if unequal++; unequal <= 10 {
					t.Logf("%q: got %q, gse has %q", run, got, want)
				}
			}
			// Without the model: the path itself, which the call above left.
			var got []string
			for i := int32(0); int(i) < len(s.runes); i = s.next[i] {
				got = append(got, run[s.offsets[i]:s.offsets[s.next[i]]])
			}
			if want := g.Cut(run, false); !cmp.Equal(got, want) {
				if unequalPath++; unequalPath <= 10 {
					t.Logf("path of %q: got %q, gse has %q", run, got, want)
				}
			}
		}
	}
	t.Logf("%d texts, %d runs, %d unequal with the model, %d without", len(texts), total, unequal, unequalPath)
	if unequal*1000 > total || unequalPath*5000 > total {
		t.Errorf("of %d runs %d are unequal with the model, %d without", total, unequal, unequalPath)
	}
}
