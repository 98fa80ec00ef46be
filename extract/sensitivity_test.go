package extract

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/extract/eval"
)

// typeLimits are the limits that label pages and choose no text.
var typeLimits = map[string]bool{
	"ErrorGood": true, "ErrorTotal": true, "ParkedTotal": true, "LoginGood": true, "LoginTotal": true, "ListLinks": true, "ListGood": true,
	"NoticeGood": true, "NoticeLeast": true, "IndexGood": true, "Excerpts": true, "ProductGood": true, "ArticleGood": true,
	"ArticleTokens": true, "ArticleLinks": true, "ListItems": true, "EntryLine": true, "EntryHead": true, "EntryNear": true,
}

// factors are what the test multiplies a limit by; the first is the one in use.
var factors = [...]float64{1, 0.64, 0.8, 1.25, 1.5625}

// setLimit sets limit i to the value in use times a factor; a whole number changes by
// at least one.
func setLimit(dst *limits, base limits, i int, factor float64) {
	v, b := reflect.ValueOf(dst).Elem().Field(i), reflect.ValueOf(base).Field(i)
	if v.Kind() == reflect.Float64 {
		v.SetFloat(b.Float() * factor)
		return
	}
	n := int64(math.Round(float64(b.Int()) * factor))
	if factor < 1 {
		n = min(n, b.Int()-1)
	} else if factor > 1 {
		n = max(n, b.Int()+1)
	}
	v.SetInt(max(n, 0))
}

// scorer gives the F1 of a page of set A with the limits in use and remembers texts
// that it has seen.
type scorer struct {
	e     *Extractor
	pages []setPage
	seen  []map[string]float64
}

func (s *scorer) f1(i int) float64 {
	text := s.e.Extract([]byte(s.pages[i].html), s.pages[i].url).Text()
	f, ok := s.seen[i][text]
	if !ok {
		f = eval.Compare(s.pages[i].gold, text).F1
		s.seen[i][text] = f
	}
	return f
}

// TestSensitivity says what the numbers of the rules are worth: the F1 on set A when one
// of them is changed, and the F1 when all of them are chosen anew on one part of the
// pages and scored on the rest, so that no page has a say in the numbers it is scored
// with. The rules themselves were written with the pages in view; that remains.
func TestSensitivity(t *testing.T) {
	if os.Getenv("QINGLIU_FULL") == "" {
		t.Skip("takes a minute; set QINGLIU_FULL=1")
	}
	pages, err := readSetA()
	if err != nil {
		t.Skip("development pages not here:", err)
	}
	base := lim
	defer func() { lim = base }()
	s := scorer{e: New(DefaultConfig()), pages: pages}
	for range pages {
		s.seen = append(s.seen, map[string]float64{})
	}
	n := reflect.TypeFor[limits]().NumField()
	f1 := make([][len(factors)][]float64, n) // by limit, factor, page
	worst := 0.0
	for i := range n {
		name := reflect.TypeFor[limits]().Field(i).Name
		if typeLimits[name] {
			continue
		}
		var row strings.Builder
		for k, factor := range factors {
			lim = base
			if k > 0 {
				setLimit(&lim, base, i, factor)
			}
			f1[i][k] = make([]float64, len(pages))
			for p := range pages {
				f1[i][k][p] = s.f1(p)
			}
			if k > 0 {
				d := mean(f1[i][k]) - mean(f1[i][0])
				worst = min(worst, d)
				fmt.Fprintf(&row, " %+.4f", d)
			}
		}
		t.Logf("%-16s %v: F1 at x0.64 x0.8 x1.25 x1.56:%s", name, reflect.ValueOf(base).Field(i), row.String())
	}
	lim = base
	dev := 0.0
	for p := range pages {
		dev += s.f1(p)
	}
	dev /= float64(len(pages))
	ten := s.heldOut(base, f1, 10)
	one := s.heldOut(base, f1, len(pages))
	t.Logf("F1 %.4f in use, %.4f chosen on nine tenths and scored on the tenth, %.4f leave one out; worst single change %.4f", dev, ten, one, worst)
	if ten < dev-0.02 || one < dev-0.02 {
		t.Errorf("the numbers are fitted: F1 %.4f in use, %.4f and %.4f held out", dev, ten, one)
	}
	if worst < -0.05 {
		t.Errorf("F1 falls by %.4f when one number changes", -worst)
	}
}

// heldOut returns the mean F1 of pages scored with numbers chosen on the pages of the
// other folds: for every limit the factor with the best mean there.
func (s *scorer) heldOut(base limits, f1 [][len(factors)][]float64, folds int) float64 {
	total := 0.0
	for fold := range folds {
		lim = base
		for i := range f1 {
			if f1[i][0] == nil {
				continue
			}
			best, top := 0, 0.0
			for k := range factors {
				sum := 0.0
				for p, v := range f1[i][k] {
					if p%folds != fold {
						sum += v
					}
				}
				if sum > top+1e-9 {
					best, top = k, sum
				}
			}
			if best > 0 {
				setLimit(&lim, base, i, factors[best])
			}
		}
		for p := fold; p < len(s.pages); p += folds {
			total += s.f1(p)
		}
	}
	lim = base
	return total / float64(len(s.pages))
}

// TestTypeSensitivity says how many labels of the pages of a crawl depend on the exact
// value of a limit of the page types. There are no labels by hand to score them with.
func TestTypeSensitivity(t *testing.T) {
	if os.Getenv("QINGLIU_FULL") == "" {
		t.Skip("takes half a minute; set QINGLIU_FULL=1")
	}
	const every = 5 // of the pages
	var pages [][]byte
	var urls []string
	all, addresses := archivePages(t, "crawl-dev/crawl-medium.warc.gz")
	for i, p := range all {
		if i%every == 0 {
			pages, urls = append(pages, p), append(urls, addresses[i])
		}
	}
	if len(pages) == 0 {
		t.Skip("development crawl not here")
	}
	base := lim
	defer func() { lim = base }()
	e := New(DefaultConfig())
	labels := make([]string, len(pages))
	for i, p := range pages {
		labels[i] = e.Extract(p, urls[i]).Type
	}
	for i := range reflect.TypeFor[limits]().NumField() {
		name := reflect.TypeFor[limits]().Field(i).Name
		if !typeLimits[name] {
			continue
		}
		var row strings.Builder
		for _, factor := range [...]float64{0.8, 1.25} {
			lim = base
			setLimit(&lim, base, i, factor)
			changed := 0
			for k, p := range pages {
				if e.Extract(p, urls[k]).Type != labels[k] {
					changed++
				}
			}
			share := 100 * float64(changed) / float64(len(pages))
			fmt.Fprintf(&row, " %.2f %%", share)
			if share > 5 {
				t.Errorf("%s: %.1f %% of the labels change at x%g", name, share, factor)
			}
		}
		t.Logf("%-14s %v: labels that change at x0.8 x1.25:%s", name, reflect.ValueOf(base).Field(i), row.String())
	}
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
