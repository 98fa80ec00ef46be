package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/report"
)

// StatisticsConfig says how released documents are broken down: by dataset, domain and
// variety always, and by a score where there is one.
type StatisticsConfig struct {
	Score string    `yaml:"score" doc:"signal that has buckets; empty: quality, where a model has that name"`
	Edges []float64 `yaml:"edges" doc:"ascending edges of the buckets; a value on an edge is in the upper one"`
}

// maxBuckets bounds the buckets of a score.
const maxBuckets = 100

// bucketSignal returns the name of the signal that has buckets, "" for none.
func (c *Config) bucketSignal() string {
	if _, ok := c.Models[qualitySignal]; ok && c.Statistics.Score == "" {
		return qualitySignal
	}
	return c.Statistics.Score
}

// statisticsProblems says what is wrong with the section.
func (c *Config) statisticsProblems(add func(key, format string, args ...any)) {
	if name := c.Statistics.Score; name != "" {
		if _, ok := c.signalIndex(name); !ok {
			add("statistics.score", "no signal %q", name)
		}
	}
	if len(c.Statistics.Edges) >= maxBuckets {
		add("statistics.edges", "%d edges, at most %d", len(c.Statistics.Edges), maxBuckets-1)
	}
	for i, e := range c.Statistics.Edges {
		if !finite(e) || i > 0 && e <= c.Statistics.Edges[i-1] {
			add(fmt.Sprintf("statistics.edges.%d", i), "edges are finite and ascend")
		}
	}
}

// breakdown counts released documents of one shard. It belongs to one goroutine.
type breakdown struct {
	signal     int // index, -1 for none
	edges      []float64
	names      []string // of the buckets, the last for documents without a score
	tokenizers []string
	rows       map[breakdownKey]*report.BreakdownCount
}

type breakdownKey struct {
	dataset, domain, variety string
	bucket                   int
}

func newBreakdown(c *Config) *breakdown {
	b := &breakdown{signal: -1, rows: map[breakdownKey]*report.BreakdownCount{}, tokenizers: c.tokenizerNames()}
	if i, ok := c.signalIndex(c.bucketSignal()); ok {
		b.signal, b.edges = i, c.Statistics.Edges
		text := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
		for i, e := range b.edges {
			if i == 0 {
				b.names = append(b.names, "< "+text(e))
			} else {
				b.names = append(b.names, text(b.edges[i-1])+" – "+text(e))
			}
		}
		if n := len(b.edges); n > 0 {
			b.names = append(b.names, "≥ "+text(b.edges[n-1]))
		} else {
			b.names = append(b.names, "any")
		}
		b.names = append(b.names, "none")
	}
	return b
}

// add counts a document and its tokens, in the order of the tokenizers.
func (b *breakdown) add(d *corpus.Document, dataset string, tokens []int) {
	key := breakdownKey{dataset: dataset, domain: d.Domain, variety: d.Variety}
	name := ""
	if b.signal >= 0 {
		if v := d.Signals[b.signal]; math.IsNaN(v) {
			key.bucket = len(b.names) - 1
		} else {
			i, found := slices.BinarySearch(b.edges, v)
			if found {
				i++
			}
			key.bucket = i
		}
		name = b.names[key.bucket]
	}
	row := b.rows[key]
	if row == nil {
		row = &report.BreakdownCount{Dataset: dataset, Domain: d.Domain, Variety: d.Variety, Bucket: name, Order: key.bucket}
		if len(tokens) > 0 {
			row.Tokens = map[string]int64{}
		}
		b.rows[key] = row
	}
	row.Docs++
	row.CodePoints += int64(d.RuneCount())
	for i, n := range tokens {
		row.Tokens[b.tokenizers[i]] += int64(n)
	}
}

// take returns the rows since the last call.
func (b *breakdown) take(output string) []report.BreakdownCount {
	var rows []report.BreakdownCount
	for _, r := range b.rows {
		r.Output = output
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, compareBreakdown)
	clear(b.rows)
	return rows
}

func compareBreakdown(a, b report.BreakdownCount) int {
	return cmp.Or(cmp.Compare(a.Output, b.Output), cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Domain, b.Domain),
		cmp.Compare(a.Variety, b.Variety), cmp.Compare(a.Order, b.Order))
}

// addBreakdown adds rows to totals; both are sorted, and so is the result.
func addBreakdown(totals, rows []report.BreakdownCount) []report.BreakdownCount {
	for _, r := range rows {
		i, found := slices.BinarySearchFunc(totals, r, compareBreakdown)
		if !found {
			r.Tokens = maps.Clone(r.Tokens)
			totals = slices.Insert(totals, i, r)
			continue
		}
		t := &totals[i]
		t.Docs += r.Docs
		t.CodePoints += r.CodePoints
		for name, n := range r.Tokens {
			t.Tokens[name] += n
		}
	}
	return totals
}

// tokenTotals sums the tokens of a breakdown by output, dataset and tokenizer.
func tokenTotals(rows []report.BreakdownCount) []report.TokenCount {
	var totals []report.TokenCount
	for _, r := range rows { // sorted by output and dataset
		for _, name := range slices.Sorted(maps.Keys(r.Tokens)) {
			i := slices.IndexFunc(totals, func(t report.TokenCount) bool {
				return t.Output == r.Output && t.Dataset == r.Dataset && t.Tokenizer == name
			})
			if i < 0 {
				i = len(totals)
				totals = append(totals, report.TokenCount{Output: r.Output, Dataset: r.Dataset, Tokenizer: name})
			}
			totals[i].Tokens += r.Tokens[name]
		}
	}
	return totals
}
