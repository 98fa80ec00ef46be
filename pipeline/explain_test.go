package pipeline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExplain explains 300 records of a run, drawn with a fixed seed, and
// compares fate, reason, value, limit, all reasons and every signal with what the
// run stored.
func TestExplain(t *testing.T) {
	for _, c := range []struct {
		name   string
		inputs func(t *testing.T) []string
		long   bool
	}{
		{"made-up crawl", func(t *testing.T) []string {
			in := t.TempDir()
			jsonl, html := writeTexts(t, in)
			return append(writeCrawl(t, in), jsonl, html)
		}, false},
		{"crawl-small", func(t *testing.T) []string { return []string{crawlDev(t, "crawl-small.warc.gz")} }, true},
		{"single-member archive", func(t *testing.T) []string { return []string{crawlDev(t, "crawl-small-one-member.warc.gz")} }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.long && testing.Short() {
				t.Skip("seconds of work")
			}
			r := runConfig(t, testYAML(c.inputs(t)...), filepath.Join(t.TempDir(), "run"), RunOptions{})
			fates := fateLines(t, r)
			stored := storedRows(t, r)
			rng := rand.New(rand.NewPCG(300, 1))
			rng.Shuffle(len(fates), func(i, j int) { fates[i], fates[j] = fates[j], fates[i] })
			checked := 0
			for _, f := range fates[:min(300, len(fates))] {
				at := fmt.Sprintf("%s:%d", f.File, f.Offset)
				e, err := r.Explain(at)
				if err != nil {
					t.Errorf("%s: %v", at, err)
					continue
				}
				if e.Fate != f.Fate || e.Detail != f.Detail {
					t.Errorf("%s: explain says %s %s, the run %s %s", at, e.Fate, e.Detail, f.Fate, f.Detail)
				}
				s, ok := stored[at]
				if !ok {
					continue
				}
				checked++
				s.compare(t, at, e)
			}
			if checked == 0 {
				t.Error("no page among the records")
			}
			t.Logf("%d records, %d of them pages", min(300, len(fates)), checked)
		})
	}
}

// storedRow is what measure and decide stored of one page.
type storedRow struct {
	reason       string
	value, limit float64
	all          []string
	signals      map[string]float64
	labels       [5]string // page type, language, script, variety, domain
}

func (s *storedRow) compare(t *testing.T, at string, e *Explanation) {
	t.Helper()
	if v := e.Verdict; v.Reason != s.reason || v.Value != s.value || v.Limit != s.limit {
		t.Errorf("%s: explain decides %+v, the run %s %v %v", at, v, s.reason, s.value, s.limit)
	}
	all := slices.Sorted(slices.Values(e.All))
	if diff := cmp.Diff(s.all, all); diff != "" {
		t.Errorf("%s: all reasons (-run +explain):\n%s", at, diff)
	}
	if got := [5]string{e.PageType, e.Language, e.Script, e.Variety, e.Domain}; got != s.labels {
		t.Errorf("%s: explain labels %q, the run %q", at, got, s.labels)
	}
	if len(e.Signals) != len(s.signals) {
		t.Errorf("%s: explain shows %d signals of %d", at, len(e.Signals), len(s.signals))
	}
	for _, n := range e.Signals {
		want := s.signals[n.Name]
		if (n.Value == nil) != math.IsNaN(want) || n.Value != nil && *n.Value != want {
			t.Errorf("%s: signal %s: explain has %v, the run %v", at, n.Name, n.Value, want)
		}
	}
}

// storedRows reads verdicts and signals of all pages of a run by FILE:OFFSET.
func storedRows(t *testing.T, r *RunFolder) map[string]*storedRow {
	t.Helper()
	d, err := newDecisions(r.Config)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]*storedRow{}
	for g, group := range r.Plan.Groups {
		m, mf, err := r.columns("measure", g, columnsFile)
		if err != nil {
			t.Fatal(err)
		}
		defer mf.Close()
		defer m.close()
		v, vf, err := r.columns("decide", g, verdictsFile)
		if err != nil {
			t.Fatal(err)
		}
		defer vf.Close()
		defer v.close()
		u32 := func(c *columnFile, name string) []uint32 { x, err := c.uint32s(name); must(t, err); return x }
		f64 := func(c *columnFile, name string) []float64 { x, err := c.float64s(name); must(t, err); return x }
		words := func(name string) []string { x, err := m.words(name); must(t, err); return x }
		offsets, err := m.uint64s("offset")
		must(t, err)
		ranges, reason := u32(m, "range"), u32(v, "reason")
		value, limit := f64(v, "value"), f64(v, "limit")
		types, languages, scripts, varieties, domains := words("page_type"), words("language"), words("script"), words("variety"), words("domain")
		var all [][]uint64
		for i := range (len(d.reasons) + 63) / 64 {
			x, err := v.uint64s(allColumn(i))
			must(t, err)
			all = append(all, x)
		}
		signals := map[string][]float64{}
		for _, s := range r.Config.signals() {
			signals[s.Name] = f64(m, signalColumn(s.Name))
		}
		for row := range ranges {
			s := &storedRow{value: value[row], limit: limit[row], signals: map[string]float64{}, labels: [5]string{types[row], languages[row], scripts[row], varieties[row], domains[row]}}
			if reason[row] > 0 {
				s.reason = d.reasons[reason[row]-1]
			}
			for i, name := range d.reasons {
				if all[i/64][row]>>(i%64)&1 == 1 {
					s.all = append(s.all, name)
				}
			}
			slices.Sort(s.all)
			for name, col := range signals {
				s.signals[name] = col[row]
			}
			rows[fmt.Sprintf("%s:%d", r.Plan.Files[group.Ranges[ranges[row]].File].Name, offsets[row])] = s
		}
	}
	return rows
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
