package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/qingliu/qingliu/extract"
	"github.com/qingliu/qingliu/filters"
)

// condition is the parsed `where` of an output: all terms must hold.
//
//	condition = term { "&&" term }
//	term      = name op value
//	op        = ">=" | "<=" | "==" | "!=" | ">" | "<"
//	value     = number | text | percentile(N) | percentile(N, by: label)
//
// name is a signal (value: a number) or a label: page_type, language, script,
// variety, domain, site, host, dataset (value: a text, quotes optional, op == or !=). A
// signal that was not measured meets no condition.
type condition []term

type term struct {
	signal int    // index, -1 for labels
	column string // of the signal
	label  string // "" for signals
	op     string
	number float64
	text   string

	percentile *percentile        // nil: number holds
	cuts       map[string]float64 // of percentile, by label; nil before layout
}

// pageTypeDocs say what the page types of extract are, and that of text input.
var pageTypeDocs = []struct{ name, doc string }{
	{extract.TypeArticle, "running text: news, a notice, a post of a blog"},
	{extract.TypeForum, "a thread of posts or answers"},
	{extract.TypeList, "links to other pages: index, tag, search, home page; also texts below a headline that is a link to another page of the host, as the first entries of columns and tags stand"},
	{extract.TypeWiki, "an entry of an encyclopedia"},
	{extract.TypeDoc, "a page of a manual, a tutorial"},
	{extract.TypeProduct, "one thing for sale"},
	{extract.TypeLogin, "asks for a password and says little else"},
	{extract.TypeError, "says that there is no such page"},
	{extract.TypeParked, "the domain itself is for sale"},
	{extract.TypeOther, "text, but neither running text nor links"},
	{extract.TypeEmpty, "no text"},
	{"text", "came as text: JSON lines, Parquet, WET"},
}

var pageTypes = func() (names []string) {
	for _, t := range pageTypeDocs {
		names = append(names, t.name)
	}
	return names
}()

// closedLabels are the labels whose values are known; any other word is a
// mistake.
var closedLabels = map[string][]string{
	"page_type": pageTypes,
	"language":  {"zh", "ja", "ko", "en", "other", "und"},
	"script":    {"Hans", "Hant", "Jpan", "Kore", "Latn", "Zyyy"},
	"variety":   {"zh-Hans", "zh-Hant", "zh-mixed", "yue", "lzh", ""},
}

var whereOps = []string{">=", "<=", "==", "!=", ">", "<"}

// parseWhere reads a condition over the labels and signals of the config; the empty
// text holds for all.
func (c *Config) parseWhere(s string) (condition, error) {
	var cond condition
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	if strings.Contains(s, "||") {
		return nil, fmt.Errorf("%q: there is no or; give an output of its own to each part", s)
	}
	for _, part := range strings.Split(s, "&&") {
		t, err := c.parseTerm(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		cond = append(cond, t)
	}
	return cond, nil
}

func (c *Config) parseTerm(s string) (term, error) {
	i := strings.IndexAny(s, "<>=!")
	if i <= 0 {
		return term{}, fmt.Errorf("%q is no condition; write e.g. n_code_points >= 500 && page_type == article", s)
	}
	t := term{signal: -1}
	rest := s[i:]
	for _, op := range whereOps {
		if strings.HasPrefix(rest, op) {
			t.op = op
			break
		}
	}
	if t.op == "" {
		return term{}, fmt.Errorf("%q: no operator; use one of %s", s, strings.Join(whereOps, " "))
	}
	name, value := strings.TrimSpace(s[:i]), strings.Trim(strings.TrimSpace(rest[len(t.op):]), `"'`)
	if slices.Contains(textColumns, name) || name == "dataset" {
		if t.op != "==" && t.op != "!=" {
			return term{}, fmt.Errorf("%q: a label takes == or !=", s)
		}
		words := closedLabels[name]
		switch name {
		case "dataset":
			words = c.datasetNames()
		case "domain":
			if c.Domain.File == "" {
				return term{}, fmt.Errorf("%q: no document has a domain without the key domain of the config", s)
			}
			if m, err := openModel(c.Domain.File); err == nil && m.classifier != nil && m.classifier.LabelIndex(value) < 0 && value != "" {
				return term{}, fmt.Errorf("%q: the model of domains has no label %q; it has %s", s, value, m.labels())
			}
		}
		if words != nil && !slices.Contains(words, value) {
			return term{}, fmt.Errorf("%q: no %s is %q; there are %s", s, name, value, strings.Join(words, ", "))
		}
		t.label, t.text = name, value
		return t, nil
	}
	var err error
	n, ok := c.signalIndex(name)
	if !ok {
		return term{}, fmt.Errorf("%q: no signal or label %q", s, name)
	}
	if n < len(filters.Signals()) && !c.Measure.Signals {
		return term{}, fmt.Errorf("%q: %s is not measured: measure.signals is false", s, name)
	}
	t.signal, t.column = n, signalColumn(name)
	if t.percentile, err = parsePercentile(value); err != nil || t.percentile != nil {
		return t, err
	}
	if t.number, err = strconv.ParseFloat(value, 64); err != nil {
		return term{}, fmt.Errorf("%q: %q is no number", s, value)
	}
	return t, nil
}

// rowSelector decides rows of one group.
type rowSelector struct {
	cond    condition
	signals [][]float64 // by term
	labels  [][]string  // by term; of a percentile, the label it is cut off by
}

// selector reads the columns the condition needs. dataset gives the dataset of a
// row.
func (c condition) selector(cols *columnFile, dataset func(row int) string) (*rowSelector, error) {
	s := &rowSelector{cond: c, signals: make([][]float64, len(c)), labels: make([][]string, len(c))}
	for i, t := range c {
		var err error
		label := t.label
		if t.signal >= 0 {
			if s.signals[i], err = cols.float64s(t.column); err != nil {
				return nil, err
			}
			if t.percentile == nil || t.percentile.by == "" {
				continue
			}
			label = t.percentile.by
		}
		switch label {
		case "dataset":
			s.labels[i] = make([]string, cols.rows())
			for r := range s.labels[i] {
				s.labels[i][r] = dataset(r)
			}
		default:
			s.labels[i], err = cols.words(label)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *rowSelector) holds(row int) bool {
	for i, t := range s.cond {
		if t.signal < 0 {
			if (s.labels[i][row] == t.text) != (t.op == "==") {
				return false
			}
			continue
		}
		v, ok := s.signals[i][row], false
		number := t.number
		if t.percentile != nil {
			number = t.cuts[s.by(i, row)]
		}
		switch t.op {
		case ">=":
			ok = v >= number
		case "<=":
			ok = v <= number
		case "==":
			ok = v == number
		case "!=":
			ok = v < number || v > number
		case ">":
			ok = v > number
		case "<":
			ok = v < number
		}
		if !ok {
			return false
		}
	}
	return true
}

// by returns the label that the percentile of term i is cut off by.
func (s *rowSelector) by(i, row int) string {
	if s.labels[i] == nil {
		return ""
	}
	return s.labels[i][row]
}
