package dedup

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// devDoc is one document of the development set.
type devDoc struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	family string
}

// devSet reads the shared development set, or skips the test if it is absent.
func devSet(t testing.TB) []devDoc {
	t.Helper()
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	open := func(name string) *bufio.Scanner {
		f, err := os.Open(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skipf("development set is absent: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		z, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(z.Close)
		sc := bufio.NewScanner(z)
		sc.Buffer(nil, 1<<20)
		return sc
	}
	family := make(map[string]string)
	for sc := open("dedup-dev.pairs.tsv.zst"); sc.Scan(); {
		f := strings.Split(sc.Text(), "\t")
		family[f[0]] = f[1]
	}
	var docs []devDoc
	for sc := open("dedup-dev.jsonl.zst"); sc.Scan(); {
		var d devDoc
		if err := json.Unmarshal(sc.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		d.family = family[d.ID]
		docs = append(docs, d)
	}
	if len(docs) != 20340 {
		t.Fatalf("development set has %d documents, want 20340", len(docs))
	}
	return docs
}

// grams5 returns the sorted distinct 5-grams of lower-cased Han, A–Z and 0–9
// only: the measure of the development set, independent of the normaliser.
func grams5(text string) []string {
	var letters []rune
	for _, r := range strings.ToLower(text) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x3400 && r <= 0x4dbf || r >= 0x4e00 && r <= 0x9fff {
			letters = append(letters, r)
		}
	}
	var g []string
	for i := 0; i+5 <= len(letters); i++ {
		g = append(g, string(letters[i:i+5]))
	}
	slices.Sort(g)
	return slices.Compact(g)
}

func jaccard(a, b []string) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch c := strings.Compare(a[i], b[j]); {
		case c == 0:
			both++
			i++
			j++
		case c < 0:
			i++
		default:
			j++
		}
	}
	if len(a)+len(b) == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestGate_developmentSet holds the whole chain to its quality on real pages with known edits:
// of the documents with a kept partner of exact J ≥ 0.8, 98 % are removed; of the
// removed ones, at most 0.5 % have no kept document at exact J ≥ 0.7. Pairs of
// different families have J < 0.5 by construction of the set, so partners are
// searched inside families; the two editions of one page in traditional and
// simplified characters are such a pair, and count as wrong.
func TestGate_developmentSet(t *testing.T) {
	if testing.Short() {
		t.Skip("20,340 documents")
	}
	docs := devSet(t)
	p := DefaultParams()
	start := cpuTime(t)
	sigs := make([]Signature, len(docs))
	s := NewSigner(p)
	for i, d := range docs {
		s.Sign(d.Text, &sigs[i])
	}
	signed := cpuTime(t)
	res := runChain(t, p, sigs, chainSetup{groups: 5, parts: 2, tasks: 4, ranges: 3})
	chained := cpuTime(t)

	// Exact copies count as removed, with the first of them as keeper.
	kept := make([]bool, len(docs))
	first := make(map[[16]byte]int)
	copies := 0
	for i := range docs {
		if _, ok := first[sigs[i].Text]; ok && sigs[i].Letters > 0 {
			copies++
			continue
		}
		first[sigs[i].Text] = i
		kept[i] = res.members[i].Keeper == uint32(i)
	}
	grams := make([][]string, len(docs))
	families := make(map[string][]int)
	for i, d := range docs {
		grams[i] = grams5(d.Text)
		families[d.family] = append(families[d.family], i)
	}
	var due, found [3]int // by J in [.7, .8), [.8, .9), [.9, 1]
	removed, wrong, across := 0, 0, 0
	for i, d := range docs {
		// A removed document is judged by the kept ones, a kept one by the kept
		// ones before it: which of a pair is kept is not judged.
		best := 0.0
		for _, j := range families[d.family] {
			if kept[j] && (j < i || !kept[i]) {
				best = max(best, jaccard(grams[i], grams[j]))
			}
		}
		if best >= 0.7 {
			band := min(int(best*10), 9) - 7
			due[band]++
			if !kept[i] {
				found[band]++
			}
		}
		if kept[i] {
			continue
		}
		removed++
		if best < 0.7 {
			wrong++
			t.Logf("%s removed with best kept J %.3f", d.ID, best)
		}
		if k := res.members[i].Keeper; docs[k].family != d.family {
			across++
		}
	}
	similar, caught := due[1]+due[2], found[1]+found[2]
	n := float64(len(docs))
	us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / n }
	t.Logf("sign %.1f us/doc, files to clusters %.1f us/doc", us(signed-start), us(chained-signed))
	t.Logf("removed %d (%d exact), recall at J >= 0.8 %.2f %% of %d; wrong %d; keeper of another family %d",
		removed, copies, 100*float64(caught)/float64(similar), similar, wrong, across)
	t.Logf("recall by J .7-.8, .8-.9, .9-1: %v of %v", found, due)
	t.Logf("%+v", res.group)
	t.Logf("%+v", res.compare)
	res.cluster.Largest = nil
	t.Logf("%+v", res.cluster)
	if float64(caught) < 0.98*float64(similar) {
		t.Errorf("removed %d of %d documents with a kept partner at J >= 0.8, want 98 %%", caught, similar)
	}
	if float64(wrong) > 0.005*float64(removed) {
		t.Errorf("%d of %d removed documents have no kept partner at J >= 0.7, want 0.5 %% at most", wrong, removed)
	}
}
