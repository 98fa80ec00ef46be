package pipeline

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/qingliu/qingliu/charset"
	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/internal/weburl"
)

// Explanation tells what the steps of a run make of one record and why.
type Explanation struct {
	File   string `json:"file"`
	Record int    `json:"record"` // number in its range
	Offset int64  `json:"offset"`
	URL    string `json:"url"`
	// Readable is the address with its escapes as text; Canonical is the form under
	// which captures of one page are found, Site its registrable domain.
	Readable  string `json:"readable"`
	Canonical string `json:"canonical"`
	Site      string `json:"site"`
	ID        string `json:"id"`
	Title     string `json:"title"`

	Captures int `json:"captures"` // pages of the run with this id or URL

	Fate   string `json:"fate"`   // kept, dropped, skipped, unreadable
	Detail string `json:"detail"` // STAGE/REASON, kind or cause

	Charset  CharsetNote `json:"charset"`
	PageType string      `json:"page_type"`
	PageRule string      `json:"page_rule"`
	Language string      `json:"language"`
	// What page and crawler say of the language, as written; it decides nothing.
	HTMLLanguage     string `json:"html_language,omitempty"`
	CrawlerLanguages string `json:"crawler_languages,omitempty"`
	Script           string `json:"script"`
	Variety          string `json:"variety,omitempty"`
	Domain           string `json:"domain,omitempty"`

	SiteLines string         `json:"site_lines"` // where the boilerplate lines of the site came from
	Lines     []ExplainLine  `json:"lines"`
	Signals   []SignalNote   `json:"signals"`
	Policy    []PolicyNote   `json:"policy,omitempty"` // rules over addresses
	Verdict   corpus.Verdict `json:"verdict"`
	All       []string       `json:"all_reasons"` // every rule that is broken
	Duplicate *DuplicateNote `json:"duplicate,omitempty"`
}

// CharsetNote is the charset decision with its evidence.
type CharsetNote struct {
	Encoding  string `json:"encoding"`
	Rule      string `json:"rule"`
	HTTPLabel string `json:"http_label"`
	MetaLabel string `json:"meta_label"`
	Invalid   int    `json:"invalid"`
	Repair    string `json:"repair,omitempty"` // double encoding that was undone
	Evidence  string `json:"evidence"`
	// Inspection is what else speaks for or against the decision, nil for text input.
	Inspection *charset.Inspection `json:"inspection,omitempty"`
	Mojibake   float64             `json:"mojibake"` // share of the text that was decoded wrongly before it was stored
}

// ExplainLine is a line of the text: kept, or cut by a rule.
type ExplainLine struct {
	Text string `json:"text"`
	Cut  string `json:"cut,omitempty"` // rule, "" for a kept line
	// Added is the rule that put the line break before a kept line, "" for others.
	Added string `json:"added,omitempty"`
}

// SignalNote is a measured signal beside its limits.
type SignalNote struct {
	Name   string      `json:"name"`
	Value  *float64    `json:"value"` // nil: not measured
	Limits []LimitNote `json:"limits,omitempty"`
}

// LimitNote is one limit on a signal.
type LimitNote struct {
	Reason string  `json:"reason"`
	Max    bool    `json:"max"`
	Bound  float64 `json:"bound"`
	Broken bool    `json:"broken"`
}

// DuplicateNote names the document that stands for this one, or the size of its
// cluster.
type DuplicateNote struct {
	Keeper      string  `json:"keeper"` // id of the released document, its own if it is kept
	ClusterSize int     `json:"cluster_size"`
	Similarity  float64 `json:"similarity"` // estimate to the keeper, 0 where the texts were not compared
	ExactCopies int     `json:"exact_copies"`
}

// Explain explains a record of a run: an id, a URL, or FILE:OFFSET with a file of
// the plan. Where several pages have the id or URL, it explains the one that is
// released.
func (r *RunFolder) Explain(target string) (*Explanation, error) {
	found, err := r.findPages(target)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		if idPattern.MatchString(target) || strings.Contains(target, "://") {
			return nil, fmt.Errorf("%s: not among the pages of this run", target)
		}
		path, offset := splitOffset(target)
		file, _ := r.fileOf(path)
		rec, err := readRecord(r.Config, &r.Plan.Files[file], offset)
		if err != nil {
			return nil, err
		}
		e, err := explainRecord(r.Config, &r.Plan.Files[file], rec, siteCutter{}, nil)
		if err != nil || e.Detail != skipRevisit {
			return e, err
		}
		v, err := newRevisitResolver(r)
		if err != nil {
			return nil, err
		}
		e.Detail = v.kind(rec.capture)
		return e, nil
	}
	p := found[0]
	cutter, err := r.loadSiteCutter(p.group)
	if err != nil {
		return nil, err
	}
	e, err := r.explainPage(p, cutter)
	if err != nil {
		return nil, err
	}
	e.Captures = len(found)
	e.SiteLines = fmt.Sprintf("%d boilerplate lines known for this group", len(cutter))
	if e.Fate == "kept" {
		err = r.explainCopies(e, p.place)
	}
	return e, err
}

// explainPage explains a page found in the columns. Its record is read at its
// offset; inside a shared archive member, where that is no place in the file, the
// range is read up to it.
func (r *RunFolder) explainPage(p foundPage, cutter siteCutter) (*Explanation, error) {
	f := &r.Plan.Files[p.file]
	joined, err := r.scoresOf(p.place)
	if err != nil {
		return nil, err
	}
	if p.offset < f.Size {
		rec, err := readRecordIn(r.Config, f, Range{From: p.offset, To: p.offset + 1}, func(rec *rawRecord) bool { return rec.offset == p.offset })
		if err == nil {
			e, err := explainRecord(r.Config, f, rec, cutter, joined)
			if err != nil || e.ID == hex.EncodeToString(p.id[:]) {
				return e, err
			}
		} else if err != io.EOF {
			return nil, err
		}
	}
	rec, err := readRecordIn(r.Config, f, p.rg, func(rec *rawRecord) bool { return rec.record == p.record })
	if err != nil {
		return nil, err
	}
	return explainRecord(r.Config, f, rec, cutter, joined)
}

// ExplainFile explains one record without a run: an HTML file, or an archive
// with :OFFSET. Format and fields are those of the config's first input. Site
// lines are unknown then.
func ExplainFile(c *Config, target string) (*Explanation, error) {
	path, offset := splitOffset(target)
	in := defaultInput()
	if len(c.Input) > 0 {
		in = c.Input[0]
	}
	in.Path = path
	c2 := *c
	c2.Input = []Input{in}
	p := &Plan{}
	if err := p.listFiles(context.Background(), &c2); err != nil {
		return nil, err
	}
	if len(p.Files) != 1 {
		return nil, fmt.Errorf("%s: want one file", path)
	}
	rec, err := readRecord(c, &p.Files[0], offset)
	if err != nil {
		return nil, err
	}
	e, err := explainRecord(c, &p.Files[0], rec, siteCutter{}, nil)
	if err != nil {
		return nil, err
	}
	e.SiteLines = "site lines: no run given"
	if len(c.Scores) > 0 {
		e.SiteLines += "; joined scores: no run given"
	}
	return e, nil
}

// explainRecord runs the per-document steps on one record. joined are its scores, nil
// where they are not known.
func explainRecord(c *Config, f *File, rec *rawRecord, cutter siteCutter, joined []float64) (*Explanation, error) {
	chain := newPageChain(&c.Extract, []JSONFields{f.Fields}, []int{0})
	if err := chain.process(rec); err != nil {
		return nil, err
	}
	d := chain.decided
	e := &Explanation{
		File: f.Name, Record: rec.record, Offset: rec.offset, URL: rec.url, Lines: []ExplainLine{}, Signals: []SignalNote{}, All: []string{},
		Charset: CharsetNote{
			Encoding: d.Encoding, Rule: d.Rule, HTTPLabel: d.HTTPLabel, MetaLabel: d.MetaLabel,
			Invalid: d.Invalid, Repair: d.Repair, Evidence: d.Evidence, Mojibake: chain.doc.MojibakeFraction,
		},
	}
	if chain.raw != nil {
		in := charset.Inspect(chain.raw)
		e.Charset.Inspection = &in
	}
	switch {
	case rec.out.cause != "":
		e.Fate, e.Detail = "unreadable", rec.out.cause
		return e, nil
	case rec.out.skip != "":
		e.Fate, e.Detail = "skipped", rec.out.skip
		return e, nil
	}
	e.HTMLLanguage, e.CrawlerLanguages = rec.out.details.HTMLLanguage, rec.out.details.CrawlerLanguages
	return e, e.measure(c, rec.out.page, cutter, joined)
}

// readRecord reads the record that starts at offset.
func readRecord(c *Config, f *File, offset int64) (*rawRecord, error) {
	at := func(rec *rawRecord) bool { return rec.offset == offset }
	// A record inside a shared archive member has no start of its own in the file:
	// its offset is one of the unpacked bytes, and the second try reads from the
	// beginning.
	tries := []Range{{From: offset, To: offset + 1}, {}}
	if offset >= f.Size {
		tries = tries[1:]
	}
	for _, rg := range tries {
		if rec, err := readRecordIn(c, f, rg, at); err != io.EOF {
			return rec, err
		}
	}
	return nil, fmt.Errorf("%s: no record starts at offset %d", f.Path, offset)
}

// readRecordIn returns the first record of a range that is the one wanted, io.EOF
// if none is.
func readRecordIn(c *Config, f *File, rg Range, wanted func(rec *rawRecord) bool) (*rawRecord, error) {
	src, err := openSource(context.Background(), c, f, rg, nil)
	if err != nil {
		return nil, err
	}
	rec := &rawRecord{}
	for {
		*rec = rawRecord{data: rec.data[:0]}
		if err = src.next(rec); err != nil || wanted(rec) {
			break
		}
	}
	if _, cerr := src.close(); err == nil {
		err = cerr
	}
	return rec, err
}

// measure fills what measure and decide say about a page.
func (e *Explanation) measure(c *Config, page []byte, cutter siteCutter, joined []float64) error {
	m, err := newMeasureChain(c, cutter)
	if err != nil {
		return err
	}
	dec, err := newDecisions(c)
	if err != nil {
		return err
	}
	d := &m.doc
	if err := m.reader.read(page, d); err != nil {
		return err
	}
	var cuts cutLog
	gate, value, limit := m.measure(d, &cuts)
	if gate != 0 {
		m.redact(d) // measure did not, for it writes no such page
	}
	e.URL, e.ID, e.Title = d.URL, d.ID, d.Title
	e.Readable, e.Canonical, e.Site = weburl.Readable(d.URL), m.form.Canonical(d.URL), d.Site
	e.PageType, e.PageRule, e.Language, e.Script = d.PageType, d.PageRule, d.Language, d.Script
	e.Variety, e.Domain = d.Variety, d.Domain
	e.Lines = cuts.explained(d, func(line string) string { return m.finder.Redact(line, nil) })
	signals := d.Signals
	if gate != 0 {
		signals = make([]float64, len(dec.signals))
		for i := range signals {
			signals[i] = math.NaN()
		}
	}
	copy(signals[len(signals)-len(c.Scores):], joined)
	for i, s := range dec.signals {
		n := SignalNote{Name: s.Name}
		if v := signals[i]; !math.IsNaN(v) {
			n.Value = &v
		}
		for _, l := range dec.limits {
			if l.Signal == i {
				n.Limits = append(n.Limits, LimitNote{l.Reason, l.Max, l.Bound, l.Broken(signals[i])})
			}
		}
		e.Signals = append(e.Signals, n)
	}
	v := dec.one(gate, value, limit, d, signals)
	e.Policy = dec.policyNotes(weburl.Address(d.URL))
	e.Verdict = v.Verdict
	e.All = v.all
	if e.Verdict.Kept() {
		e.Fate = "kept"
	} else {
		e.Fate, e.Detail = "dropped", "decide/"+e.Verdict.Reason
	}
	return nil
}

// oneVerdict is a verdict with every broken rule.
type oneVerdict struct {
	corpus.Verdict
	all []string
}

// one decides a single document, by the same rules as decide does by columns.
func (d *decisions) one(gate uint32, value, limit float64, doc *corpus.Document, signals []float64) oneVerdict {
	v := oneVerdict{all: []string{}}
	first := func(reason string, value, limit float64) {
		if v.Reason == "" {
			v.Verdict = corpus.Verdict{Reason: reason, Value: value, Limit: limit}
		}
	}
	if gate != 0 {
		v.all = append(v.all, gateReasons[gate])
		first(gateReasons[gate], value, limit)
	}
	address := weburl.Address(doc.URL)
	for i := range d.policy {
		if p := &d.policy[i]; p.applies(address) {
			v.all = append(v.all, p.reason)
			if p.drops() {
				first(p.reason, 1, 0)
			}
		}
	}
	for _, t := range d.dropTypes {
		if t == doc.PageType {
			v.all = append(v.all, PageTypeReason)
			first(PageTypeReason, 1, 0)
		}
	}
	broken := make([]uint64, filters.LimitWords(len(d.limits)))
	i := filters.Decide(d.limits, func(s int) float64 { return signals[s] }, broken)
	for k, l := range d.limits {
		if broken[k/64]>>(k%64)&1 == 1 {
			v.all = append(v.all, l.Reason)
		}
	}
	if i >= 0 {
		l := d.limits[i]
		first(l.Reason, signals[l.Signal], l.Bound)
	}
	return v
}

// explainCopies adds what rank and cluster made of a document that decide kept.
func (r *RunFolder) explainCopies(e *Explanation, p place) error {
	k, err := r.openKeepers()
	if err != nil {
		return err
	}
	defer k.close()
	s, err := k.of(p)
	if err != nil {
		return err
	}
	ids, err := r.groupIDs(s.keeper.group)
	if err != nil {
		return err
	}
	id := ids[s.keeper.row]
	if s.fate != "" {
		e.Fate, e.Detail = "dropped", s.fate
	}
	if s.fate != "" || s.size > 1 || s.copies > 0 {
		e.Duplicate = &DuplicateNote{Keeper: hex.EncodeToString(id[:]), ClusterSize: s.size, ExactCopies: s.copies, Similarity: s.similarity}
	}
	return nil
}
