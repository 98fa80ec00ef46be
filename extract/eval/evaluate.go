package eval

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Page is one page of a set as one system gave it.
type Page struct {
	ID string `json:"id"`
	Score
}

// Interval is a 95 % interval.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Result is what one system reached on one set: the macro means over pages.
type Result struct {
	Set    string   `json:"set"`
	System string   `json:"system"`
	P      float64  `json:"p"`
	R      float64  `json:"r"`
	F1     float64  `json:"f1"`
	CI     Interval `json:"f1_ci"` // of F1
	F1PR   float64  `json:"f1pr"`  // 2PR/(P+R) of the macro means P and R
	RG5    float64  `json:"rg5"`
	LCS    float64  `json:"lcs"`
	Fail   float64  `json:"fail"`  // share of pages with F1 below 0.5
	Empty  float64  `json:"empty"` // share of pages without a token
	Boil   float64  `json:"boil"`  // lines of furniture per page
	Pages  []Page   `json:"pages"` // in order of their ids
}

// Evaluate scores the texts of a system against a set. A page that the system
// does not have counts as empty output; pages that the set does not have do not
// count.
func Evaluate(set Set, system string, texts Texts) *Result {
	r := &Result{Set: set.Name, System: system}
	for _, id := range set.Gold.IDs() {
		s := Compare(set.Gold[id], texts[id])
		r.Pages = append(r.Pages, Page{id, s})
		r.P += s.P
		r.R += s.R
		r.F1 += s.F1
		r.RG5 += s.RG5
		r.LCS += s.LCS
		r.Fail += s.Fail
		r.Empty += s.Empty
		r.Boil += s.Boil
	}
	n := float64(max(len(r.Pages), 1))
	for _, v := range []*float64{&r.P, &r.R, &r.F1, &r.RG5, &r.LCS, &r.Fail, &r.Empty, &r.Boil} {
		*v /= n
	}
	if r.P+r.R > 0 {
		r.F1PR = 2 * r.P * r.R / (r.P + r.R)
	}
	r.CI = bootstrap(r.f1s())
	return r
}

func (r *Result) f1s() []float64 {
	v := make([]float64, len(r.Pages))
	for i := range r.Pages {
		v[i] = r.Pages[i].F1
	}
	return v
}

// Worst returns the n pages with the lowest F1, the worst first.
func (r *Result) Worst(n int) []Page {
	p := slices.Clone(r.Pages)
	slices.SortStableFunc(p, func(a, b Page) int { return cmp.Compare(a.F1, b.F1) })
	return p[:min(n, len(p))]
}

// Difference is how much better one system is than another on the same set.
type Difference struct {
	Set    string   `json:"set"`
	Base   string   `json:"base"`
	New    string   `json:"new"`
	F1     float64  `json:"f1"` // new - base
	CI     Interval `json:"f1_ci"`
	Better int      `json:"better"` // pages where F1 differs by more than 0.01
	Worse  int      `json:"worse"`
	Same   int      `json:"same"`
}

// Diff compares two results of one set page by page (paired bootstrap).
func Diff(base, with *Result) Difference {
	d := Difference{Set: base.Set, Base: base.System, New: with.System, F1: with.F1 - base.F1}
	v := make([]float64, len(base.Pages))
	for i := range v {
		v[i] = with.Pages[i].F1 - base.Pages[i].F1
		switch {
		case v[i] > 0.01:
			d.Better++
		case v[i] < -0.01:
			d.Worse++
		default:
			d.Same++
		}
	}
	d.CI = bootstrap(v)
	return d
}

const (
	rounds = 1000
	seed   = 7
)

// bootstrap returns the 95 % percentile interval of the mean of v over 1000
// resamples. Its seed is fixed: equal values give equal intervals.
func bootstrap(v []float64) Interval {
	if len(v) < 2 {
		m := 0.0
		for _, x := range v {
			m = x
		}
		return Interval{m, m}
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	means := make([]float64, rounds)
	for i := range means {
		sum := 0.0
		for range v {
			sum += v[rng.IntN(len(v))]
		}
		means[i] = sum / float64(len(v))
	}
	slices.Sort(means)
	return Interval{means[rounds*25/1000], means[rounds*975/1000]}
}
