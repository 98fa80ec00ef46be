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
	return readTexts(t, "dedup-dev.jsonl.zst", n)
}

// qualityTexts is sharedTexts for pages of every quality.
func qualityTexts(t testing.TB, n int) []string {
	return readTexts(t, filepath.Join("quality-dev", "web-weak.jsonl.zst"), n)
}

func dataFile(name string) string {
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	return filepath.Join(dir, name)
}

func readTexts(t testing.TB, name string, n int) []string {
	f, err := os.Open(dataFile(name))
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
// with its own dictionary. Without the model of unknown words a difference
// must be a tie: both ways cost the same to the last of 26 bits, and gse's
// choice hangs on the rounding of its sums.
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
	total, unequal, ties := 0, 0, 0
	for _, text := range texts {
		for _, run := range hanRuns(text) {
			total++
			if got, want := words(t, s, run), g.Cut(run, true); !cmp.Equal(got, want) {
				unequal++
			}
			// The call above left the way through the dictionary.
			var got []string
			for i := int32(0); int(i) < s.run.n; i = s.run.next[i] {
				got = append(got, run[s.run.offsets[i]:s.run.offsets[s.run.next[i]]])
			}
			if want := g.Cut(run, false); !cmp.Equal(got, want) {
				ties++
				if d := s.pathCost(got) - s.pathCost(want); d != 0 {
					t.Errorf("%q: got %q, gse has %q, cheaper by %d", run, got, want, d)
				}
			}
		}
	}
	t.Logf("%d texts, %d runs, %d unequal with the model, %d ties without", len(texts), total, unequal, ties)
	if unequal*1000 > total {
		t.Errorf("of %d runs %d are unequal with the model", total, unequal)
	}
}

// pathCost looks the words up one by one and adds their costs.
func (s *Segmenter) pathCost(words []string) int64 {
	sum := int64(0)
	for _, w := range words {
		if word := s.tables.words.find(w); word != 0 {
			sum += s.tables.words.costs[word]
		} else {
			sum += s.tables.words.unknown
		}
	}
	return sum
}

// find is the plain look-up of one word: its index into costs or 0.
func (t *trie) find(word string) uint16 {
	at := t.nodes[0]
	for _, r := range word {
		if int(r) >= len(t.code) || t.code[r] == 0 || at.base == 0 {
			return 0
		}
		c := t.code[r]
		if at = t.nodes[at.base+uint32(c)]; at.label != c {
			return 0
		}
	}
	return at.word
}

func TestTrie_hasAllWordsAndNoOthers(t *testing.T) {
	packed, err := unpackWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := newTrie(packed.source())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = packed.eachWord(func(word string, freq uint64) error {
		n++
		id := tr.find(word)
		if id == 0 || packed.freqs[id-1] != freq {
			t.Fatalf("%q with frequency %d: got id %d", word, freq, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	inTrie := 0
	for _, node := range tr.nodes {
		if node.word != 0 {
			inTrie++
		}
	}
	if n != 587112 || inTrie != n {
		t.Errorf("%d words stored, %d in the trie, want 587112", n, inTrie)
	}
	t.Logf("%d slots for %d nodes", len(tr.nodes), packed.nodes)
}
