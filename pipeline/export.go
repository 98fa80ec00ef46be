package pipeline

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/qingliu/qingliu/corpus"
)

// ExportOptions choose what Export writes.
type ExportOptions struct {
	Fields []string // names of ExportFields, labels, or signals
	Where  string   // condition, see the `where` of outputs
	Kept   bool     // only documents that the limits keep
}

// documentFields are what export reads from the document itself.
var documentFields = map[string]func(d *corpus.Document) string{
	"id":             func(d *corpus.Document) string { return d.ID },
	"text":           func(d *corpus.Document) string { return d.Text() },
	"title":          func(d *corpus.Document) string { return d.Title },
	"url":            func(d *corpus.Document) string { return d.URL },
	"date_crawled":   func(d *corpus.Document) string { return d.DateCrawled },
	"date_published": func(d *corpus.Document) string { return d.DatePublished },
	"page_type":      func(d *corpus.Document) string { return d.PageType },
	"language":       func(d *corpus.Document) string { return d.Language },
	"script":         func(d *corpus.Document) string { return d.Script },
	"variety":        func(d *corpus.Document) string { return d.Variety },
	"domain":         func(d *corpus.Document) string { return d.Domain },
	"site":           func(d *corpus.Document) string { return d.Site },
	"host":           func(d *corpus.Document) string { return d.Host },
}

// exportField is one field in the order asked for.
type exportField struct {
	name     string
	key      []byte // "name":
	text     func(d *corpus.Document) string
	signal   int // index, -1
	decimals int // of the signal
}

func (c *Config) exportFields(names []string) ([]exportField, error) {
	var fields []exportField
	for _, name := range names {
		f := exportField{name: name, key: []byte(strconv.Quote(name) + ":"), signal: -1, text: documentFields[name]}
		if slices.ContainsFunc(fields, func(o exportField) bool { return o.name == name }) {
			return nil, configError("--fields: %s stands twice", name)
		}
		if f.text == nil && name != "dataset" && name != "reason" {
			i, ok := c.signalIndex(name)
			if !ok {
				return nil, configError("--fields: no field or signal %q; there are id, text, title, url, date_crawled, date_published, dataset, reason, labels and signals", name)
			}
			f.signal, f.decimals = i, c.signals()[i].Decimals
		}
		fields = append(fields, f)
	}
	if len(fields) == 0 {
		return nil, configError("--fields is empty, e.g. id,text")
	}
	return fields, nil
}

// Export writes measured documents as JSON lines in input order, each id once: the
// first. It returns how many it wrote. It holds the ids in memory, about 40 bytes
// a document.
func (r *RunFolder) Export(w io.Writer, o ExportOptions) (int64, error) {
	fields, err := r.Config.exportFields(o.Fields)
	if err != nil {
		return 0, err
	}
	cond, err := r.Config.parseWhere(o.Where)
	if err != nil {
		return 0, configError("--where: %v", err)
	}
	if cond.hasPercentile() {
		return 0, configError("--where: percentiles can only stand in outputs")
	}
	d, err := newDecisions(r.Config)
	if err != nil {
		return 0, err
	}
	x := &exporter{r: r, fields: fields, cond: cond, kept: o.Kept, dec: d, seen: map[[16]byte]struct{}{}, w: w}
	for g := range r.Plan.Groups {
		if err := x.group(g); err != nil {
			return x.n, err
		}
	}
	return x.n, nil
}

type exporter struct {
	r      *RunFolder
	fields []exportField
	cond   condition
	kept   bool
	dec    *decisions
	seen   map[[16]byte]struct{}
	w      io.Writer
	n      int64
	line   []byte
	reader workReader
	doc    corpus.Document
}

func (x *exporter) group(g int) error {
	c, f, err := x.r.columns("measure", g, columnsFile)
	if err != nil {
		return err
	}
	defer f.Close()
	defer c.close()
	docs, err := x.r.docs(g)
	if err != nil {
		return err
	}
	defer docs.close()
	return c.eachBlock(func(b *columnFile) error { return x.block(g, b, docs) })
}

func (x *exporter) block(g int, c *columnFile, docs *docReader) error {
	v, err := x.dec.decide(c)
	if err != nil {
		return err
	}
	ids, err := c.keys("id")
	if err != nil {
		return err
	}
	numbers, err := c.uint32s("doc")
	if err != nil {
		return err
	}
	ranges, err := c.uint32s("range")
	if err != nil {
		return err
	}
	dataset := func(row int) string { return x.r.Plan.Files[x.r.Plan.Groups[g].Ranges[ranges[row]].File].Dataset }
	sel, err := x.cond.selector(c, dataset)
	if err != nil {
		return err
	}
	signals := make([][]float64, len(x.fields))
	for i, f := range x.fields {
		if f.signal >= 0 {
			if signals[i], err = c.float64s(signalColumn(f.name)); err != nil {
				return err
			}
		}
	}
	for row, number := range numbers {
		if number == noDoc || x.kept && v.reason[row] != 0 || !sel.holds(row) {
			continue
		}
		if _, again := x.seen[ids[row]]; again {
			continue
		}
		x.seen[ids[row]] = struct{}{}
		line, err := docs.read(number)
		if err != nil {
			return err
		}
		if err := x.reader.read(line, &x.doc); err != nil {
			return err
		}
		reason := ""
		if v.reason[row] != 0 {
			reason = x.dec.reasons[v.reason[row]-1]
		}
		if err := x.write(dataset(row), reason, signals, row); err != nil {
			return err
		}
	}
	return nil
}

func (x *exporter) write(dataset, reason string, signals [][]float64, row int) error {
	b := append(x.line[:0], '{')
	for i, f := range x.fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, f.key...)
		switch {
		case f.signal >= 0 && math.IsNaN(signals[i][row]):
			b = append(b, "null"...)
		case f.signal >= 0:
			b = corpus.AppendJSONFloat(b, signals[i][row], f.decimals)
		case f.name == "dataset":
			b = appendJSONText(b, dataset)
		case f.name == "reason":
			b = appendJSONText(b, reason)
		default:
			b = appendJSONText(b, f.text(&x.doc))
		}
	}
	x.line = append(b, "}\n"...)
	x.n++
	_, err := x.w.Write(x.line)
	return err
}

// appendJSONText appends a text as JSON.
func appendJSONText(b []byte, s string) []byte {
	var w strings.Builder
	e := json.NewEncoder(&w)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(fmt.Sprintf("a string does not encode: %v", err))
	}
	return append(b, strings.TrimSuffix(w.String(), "\n")...)
}
