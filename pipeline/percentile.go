package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// percentile is the value of a term that is cut off by rank: percentile(90, by:
// dataset) is, for each dataset, the smallest value that at least 90 % of its
// documents do not exceed (nearest rank). Documents are those that limits and
// duplicates leave, whatever the other terms of the condition say; those without
// the value do not count.
type percentile struct {
	rank float64 // 0–100
	by   string  // a label; "" for all documents together
}

// parsePercentile reads percentile(90) or percentile(90, by: dataset).
func parsePercentile(s string) (*percentile, error) {
	inner, ok := strings.CutPrefix(s, "percentile(")
	if !ok {
		return nil, nil
	}
	inner, ok = strings.CutSuffix(inner, ")")
	if !ok {
		return nil, fmt.Errorf("%q: the bracket is not closed", s)
	}
	number, rest, more := strings.Cut(inner, ",")
	p := &percentile{}
	var err error
	if p.rank, err = strconv.ParseFloat(strings.TrimSpace(number), 64); err != nil || !(p.rank >= 0 && p.rank <= 100) {
		return nil, fmt.Errorf("%q: %q is no percentage from 0 to 100", s, strings.TrimSpace(number))
	}
	if !more {
		return p, nil
	}
	key, by, _ := strings.Cut(rest, ":")
	p.by = strings.TrimSpace(by)
	if strings.TrimSpace(key) != "by" || p.by != "dataset" && !slices.Contains(textColumns, p.by) {
		return nil, fmt.Errorf("%q: after the number stands by: and a label: dataset, %s", s, strings.Join(textColumns, ", "))
	}
	return p, nil
}

// cutOff is a resolved percentile: the value at that rank by label.
type cutOff struct {
	Term   int                `json:"term"` // number of the term in the condition
	Values map[string]float64 `json:"values"`
}

// cutCollector gathers the values that the percentiles of a condition rank.
type cutCollector struct {
	cond   condition
	values []map[string][]float64 // by term
}

func newCutCollector(c condition) *cutCollector {
	k := &cutCollector{cond: c, values: make([]map[string][]float64, len(c))}
	for i, t := range c {
		if t.percentile != nil {
			k.values[i] = map[string][]float64{}
		}
	}
	return k
}

// add takes the values of a released row.
func (k *cutCollector) add(s *rowSelector, row int) {
	for i, values := range k.values {
		if values == nil {
			continue
		}
		if v := s.signals[i][row]; !math.IsNaN(v) {
			by := s.by(i, row)
			values[by] = append(values[by], v)
		}
	}
}

// cuts returns the value at each rank.
func (k *cutCollector) cuts() []cutOff {
	var cuts []cutOff
	for i, values := range k.values {
		if values == nil {
			continue
		}
		c := cutOff{Term: i, Values: map[string]float64{}}
		for by, v := range values {
			slices.Sort(v)
			c.Values[by] = v[nearestRank(k.cond[i].percentile.rank, len(v))]
		}
		cuts = append(cuts, c)
	}
	return cuts
}

// nearestRank returns the index of the value that at least rank percent of n > 0
// sorted values do not exceed.
func nearestRank(rank float64, n int) int {
	return max(0, min(n-1, int(math.Ceil(float64(rank*float64(n))/100))-1))
}

// hasPercentile reports whether a term is cut off by rank.
func (c condition) hasPercentile() bool {
	return slices.ContainsFunc(c, func(t term) bool { return t.percentile != nil })
}

// resolved returns the condition with the cut-offs of a layout.
func (c condition) resolved(cuts []cutOff) condition {
	if len(cuts) == 0 {
		return c
	}
	c = slices.Clone(c)
	for _, cut := range cuts {
		if cut.Term < len(c) {
			c[cut.Term].cuts = cut.Values
		}
	}
	return c
}
