package pipeline

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/internal/weburl"
)

// WhatIf compares the decisions of a run with those of changed limits, before
// duplicates are removed.
type WhatIf struct {
	Pages  int64        `json:"pages"`
	Before int64        `json:"before"` // kept by the run
	After  int64        `json:"after"`  // kept with the changed limits
	Gained int64        `json:"gained"`
	Lost   int64        `json:"lost"`
	By     []WhatIfRow  `json:"by"`
	Reason []WhatIfRule `json:"reasons"` // rules whose first drops change
	Tags   []string     `json:"tags"`    // limits that changed and only tag
	// Labels says what becomes of labelled documents; nil without labels.
	Labels *LabelCounts `json:"labels,omitempty"`
}

// WhatIfRow breaks the comparison down by one label value.
type WhatIfRow struct {
	Label  string `json:"label"`
	Value  string `json:"value"`
	Before int64  `json:"before"`
	After  int64  `json:"after"`
}

// WhatIfRule counts the pages a rule drops first.
type WhatIfRule struct {
	Reason string `json:"reason"`
	Before int64  `json:"before"`
	After  int64  `json:"after"`
}

// WhatIf decides again with settings laid over the run's config. Only keys that
// decide reads may change: filters' limits and labels. labels may be nil.
func (r *RunFolder) WhatIf(settings []string, labels Labels) (*WhatIf, error) {
	c, err := LoadConfig(filepath.Join(r.Dir, "config.yaml"), settings)
	if err != nil {
		return nil, err
	}
	for _, s := range stages {
		if s.name == "decide" || s.name == "finish" { // finish names the whole config
			continue
		}
		if s.fingerprintOf(c) != s.fingerprintOf(r.Config) {
			return nil, configError("these settings change what %s does, not only limits: run again with them", s.name)
		}
	}
	before, err := newDecisions(r.Config)
	if err != nil {
		return nil, err
	}
	after, err := newDecisions(c)
	if err != nil {
		return nil, err
	}
	w := &WhatIf{}
	judged := newLabelCounter(labels)
	rows := map[[2]string]*WhatIfRow{}
	reasons := map[string]*WhatIfRule{}
	rule := func(d *decisions, code uint32) *WhatIfRule {
		name := d.reasons[code-1]
		if reasons[name] == nil {
			reasons[name] = &WhatIfRule{Reason: "decide/" + name}
		}
		return reasons[name]
	}
	for g := range r.Plan.Groups {
		if err := r.whatIfGroup(g, before, after, func(id [16]byte, b, a uint32, labels [][2]string) {
			w.Pages++
			judged.add(id, b == 0, a == 0)
			w.Before += kept(b)
			w.After += kept(a)
			w.Gained += kept(a) * (1 - kept(b))
			w.Lost += kept(b) * (1 - kept(a))
			if b != 0 {
				rule(before, b).Before++
			}
			if a != 0 {
				rule(after, a).After++
			}
			for _, l := range labels {
				if rows[l] == nil {
					rows[l] = &WhatIfRow{Label: l[0], Value: l[1]}
				}
				rows[l].Before += kept(b)
				rows[l].After += kept(a)
			}
		}); err != nil {
			return nil, err
		}
	}
	w.Tags = changedTags(before.limits, after.limits)
	if labels != nil {
		w.Labels = judged.counts()
	}
	for _, row := range rows {
		if row.Before != row.After {
			w.By = append(w.By, *row)
		}
	}
	slices.SortFunc(w.By, func(a, b WhatIfRow) int {
		da, db := max(a.After-a.Before, a.Before-a.After), max(b.After-b.Before, b.Before-b.After)
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(db, da), cmp.Compare(a.Value, b.Value))
	})
	for _, x := range reasons {
		if x.Before != x.After {
			w.Reason = append(w.Reason, *x)
		}
	}
	slices.SortFunc(w.Reason, func(a, b WhatIfRule) int { return cmp.Compare(a.Reason, b.Reason) })
	return w, nil
}

// changedTags names the limits that tag and have another bound than before.
func changedTags(before, after []filters.Limit) []string {
	tags := []string{}
	for _, l := range after {
		same := slices.ContainsFunc(before, func(b filters.Limit) bool { return b.Reason == l.Reason && b.Bound == l.Bound })
		if l.Action == filters.Tag && !same {
			tags = append(tags, l.Reason)
		}
	}
	return tags
}

func kept(reason uint32) int64 {
	if reason == 0 {
		return 1
	}
	return 0
}

func (r *RunFolder) whatIfGroup(g int, before, after *decisions, visit func(id [16]byte, b, a uint32, labels [][2]string)) error {
	c, f, err := r.columns("measure", g, columnsFile)
	if err != nil {
		return err
	}
	defer f.Close()
	defer c.close()
	vb, err := before.decide(c)
	if err != nil {
		return err
	}
	va, err := after.decide(c)
	if err != nil {
		return err
	}
	types, err := c.words("page_type")
	if err != nil {
		return err
	}
	sites, err := c.words("site")
	if err != nil {
		return err
	}
	ids, err := c.keys("id")
	if err != nil {
		return err
	}
	ranges, err := c.uint32s("range")
	if err != nil {
		return err
	}
	for row := range types {
		dataset := r.Plan.Files[r.Plan.Groups[g].Ranges[ranges[row]].File].Dataset
		visit(ids[row], vb.reason[row], va.reason[row], [][2]string{{"dataset", dataset}, {"page_type", types[row]}, {"site", sites[row]}})
	}
	return nil
}

// SampleOptions choose documents of a run to read.
type SampleOptions struct {
	N     int
	Seed  uint64
	Where string // condition, see the `where` of outputs
	// Near names a limit (filter.key) or a filter: documents closest to it on both
	// sides. Of a filter's limits those that no page breaks are left out, unless that is
	// all of them.
	Near string
	Fate string // "kept", "dropped" or "" for both
	// Without are documents that are not taken; nil for none.
	Without Labels
}

// SampledDocument is one document to read.
type SampledDocument struct {
	ID, URL, Title, PageType string
	ReadableURL              string         // URL with its escapes as text
	Verdict                  corpus.Verdict // of decide
	Near                     corpus.Verdict // value beside the limit that SampleOptions.Near names
	Broken                   bool           // the value is over that limit
	Text                     string
}

// Sample returns documents of a run: at random, by hash of seed and id, or those
// nearest to a limit. Only measured documents have text.
func (r *RunFolder) Sample(o SampleOptions) ([]SampledDocument, error) {
	d, err := newDecisions(r.Config)
	if err != nil {
		return nil, err
	}
	cond, err := r.Config.parseWhere(o.Where)
	if err != nil {
		return nil, configError("--where: %v", err)
	}
	if cond.hasPercentile() {
		return nil, configError("--where: percentiles are cut off among released documents; they can only stand in outputs")
	}
	limits := []int{-1}
	if o.Near != "" {
		limits = nil
		for i, l := range d.limits {
			if l.Reason == o.Near || l.Filter == o.Near {
				limits = append(limits, i)
			}
		}
		if limits == nil {
			return nil, configError("--near %s: no limit of this run; the limits are in %s", o.Near, filepath.Join(r.Dir, "config.yaml"))
		}
	}
	found := make([][]pick, len(limits))
	for g := range r.Plan.Groups {
		if err := r.samplePicks(g, d, cond, limits, o, found); err != nil {
			return nil, err
		}
	}
	var picks, idle []pick
	for _, of := range found {
		if of = nearest(of); slices.ContainsFunc(of, func(p pick) bool { return p.breaksTheLine }) {
			picks = append(picks, of...)
		} else {
			idle = append(idle, of...)
		}
	}
	if picks == nil {
		picks = idle // no page breaks one of them
	}
	picks = choose(picks, o.N, o.Near != "")
	var out []SampledDocument
	for _, p := range picks {
		s, err := r.sampled(p, d)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// pick is a candidate of a sample.
type pick struct {
	id            [16]byte
	group         int
	row, doc      uint32
	order         uint64 // hash of seed and id
	near, signal  float64
	nearLimit     int // that signal belongs to, -1 for none
	reason        uint32
	value, limit  float64
	breaksTheLine bool
}

// samplePicks adds the candidates of a group to found, by limit.
func (r *RunFolder) samplePicks(g int, d *decisions, cond condition, limits []int, o SampleOptions, found [][]pick) error {
	c, f, err := r.columns("measure", g, columnsFile)
	if err != nil {
		return err
	}
	defer f.Close()
	defer c.close()
	v, err := d.decide(c)
	if err != nil {
		return err
	}
	ids, err := c.keys("id")
	if err != nil {
		return err
	}
	docs, err := c.uint32s("doc")
	if err != nil {
		return err
	}
	ranges, err := c.uint32s("range")
	if err != nil {
		return err
	}
	sel, err := cond.selector(c, func(row int) string { return r.Plan.Files[r.Plan.Groups[g].Ranges[ranges[row]].File].Dataset })
	if err != nil {
		return err
	}
	for k, limit := range limits {
		var col []float64
		if limit >= 0 {
			if col, err = c.float64s(signalColumn(d.signals[d.limits[limit].Signal].Name)); err != nil {
				return err
			}
		}
		for row := range docs {
			if docs[row] == noDoc || !sel.holds(row) || o.Fate == "kept" && v.reason[row] != 0 || o.Fate == "dropped" && v.reason[row] == 0 {
				continue
			}
			if _, ok := o.Without[ids[row]]; ok {
				continue
			}
			p := pick{id: ids[row], group: g, row: uint32(row), doc: docs[row], reason: v.reason[row], value: v.value[row], limit: v.limit[row]}
			p.order, p.nearLimit = xxh3.HashSeed(ids[row][:], o.Seed), limit
			if limit >= 0 {
				if math.IsNaN(col[row]) {
					continue
				}
				if v.reason[row] != 0 && int(v.reason[row]) != d.firstLimit()+limit+1 {
					continue // another rule drops it anyway
				}
				p.signal, p.near = col[row], math.Abs(col[row]-d.limits[limit].Bound)
				p.breaksTheLine = d.limits[limit].Broken(col[row])
			}
			found[k] = append(found[k], p)
		}
		found[k] = first(found[k], o.N)
	}
	return nil
}

// byNearness orders picks: the nearest first, then by hash.
func byNearness(a, b pick) int {
	return cmp.Or(cmp.Compare(a.near, b.near), cmp.Compare(a.order, b.order))
}

// first keeps the picks of the first n documents on each side, so that no more are
// held than can be taken.
func first(picks []pick, n int) []pick {
	slices.SortFunc(picks, byNearness)
	var seen [2]map[[16]byte]bool
	for i := range seen {
		seen[i] = make(map[[16]byte]bool, n)
	}
	return slices.DeleteFunc(picks, func(p pick) bool {
		side := seen[boolByte(p.breaksTheLine)]
		if len(side) < n {
			side[p.id] = true
		}
		return !side[p.id]
	})
}

// nearest replaces the distances of picks to one limit by their rank on their side of
// it, so that limits of different units can be mixed.
func nearest(picks []pick) []pick {
	slices.SortFunc(picks, byNearness)
	var rank [2]float64
	for i := range picks {
		side := boolByte(picks[i].breaksTheLine)
		picks[i].near = rank[side]
		if picks[i].nearLimit >= 0 {
			rank[side]++
		}
	}
	return picks
}

// choose takes n picks, each id once: by hash order, or by turns from the two sides of
// a limit, the nearest first.
func choose(picks []pick, n int, near bool) []pick {
	slices.SortFunc(picks, byNearness)
	seen := map[[16]byte]bool{}
	picks = slices.DeleteFunc(picks, func(p pick) bool {
		double := seen[p.id]
		seen[p.id] = true
		return double
	})
	if !near {
		return picks[:min(n, len(picks))]
	}
	var sides [2][]pick
	for _, p := range picks {
		side := boolByte(p.breaksTheLine)
		if len(sides[side]) < (n+1)/2 {
			sides[side] = append(sides[side], p)
		}
	}
	picks = picks[:0:0]
	for i := range (n + 1) / 2 {
		for _, side := range sides {
			if i < len(side) {
				picks = append(picks, side[i])
			}
		}
	}
	return picks[:min(n, len(picks))]
}

func (r *RunFolder) sampled(p pick, d *decisions) (SampledDocument, error) {
	docs, err := r.docs(p.group)
	if err != nil {
		return SampledDocument{}, err
	}
	defer docs.close()
	line, err := docs.read(p.doc)
	if err != nil {
		return SampledDocument{}, err
	}
	var w workReader
	var doc corpus.Document
	if err := w.read(line, &doc); err != nil {
		return SampledDocument{}, err
	}
	s := SampledDocument{ID: doc.ID, URL: doc.URL, Title: doc.Title, PageType: doc.PageType, ReadableURL: weburl.Readable(doc.URL), Text: doc.Text()}
	if p.nearLimit >= 0 {
		l := d.limits[p.nearLimit]
		s.Near, s.Broken = corpus.Verdict{Reason: l.Reason, Value: p.signal, Limit: l.Bound}, p.breaksTheLine
	}
	if p.reason != 0 {
		s.Verdict = corpus.Verdict{Reason: d.reasons[p.reason-1], Value: p.value, Limit: p.limit}
	}
	return s, nil
}

// MeasureLine is the `filter` command: one JSON line through the per-document
// steps after extraction.
type MeasureLine struct {
	chain *measureChain
	page  *pageChain
	dec   *decisions
	in    JSONFields
	rec   rawRecord

	scores []string
}

// NewMeasureLine returns the steps for one worker. Site lines are unknown to it.
func NewMeasureLine(c *Config) (*MeasureLine, error) {
	m, err := newMeasureChain(c, siteCutter{})
	if err != nil {
		return nil, err
	}
	dec, err := newDecisions(c)
	if err != nil {
		return nil, err
	}
	in := defaultInput()
	if len(c.Input) > 0 {
		in = c.Input[0]
	}
	return &MeasureLine{chain: m, page: newPageChain(&c.Extract, []JSONFields{in.Fields}, []int{0}), dec: dec, in: in.Fields, scores: c.scoreNames()}, nil
}

// Signals returns the signals of the config in the order of a document's values. The
// caller must not change it.
func (m *MeasureLine) Signals() []filters.Signal { return m.dec.signals }

// Unjoined returns the scores that limits bound and no line has: they are joined by
// id in a run.
func (m *MeasureLine) Unjoined() []string {
	var names []string
	for _, name := range m.scores {
		if slices.ContainsFunc(m.dec.limits, func(l filters.Limit) bool { return l.Filter == name }) {
			names = append(names, name)
		}
	}
	return names
}

// Process measures and decides one line. The document is valid until the next
// call; err says why the line is unreadable.
func (m *MeasureLine) Process(line []byte) (*corpus.Document, corpus.Verdict, error) {
	out := m.rec.out
	m.rec = rawRecord{kind: kindJSON, data: line, out: out}
	if err := m.page.process(&m.rec); err != nil {
		return nil, corpus.Verdict{}, err
	}
	switch {
	case m.rec.out.cause != "":
		return nil, corpus.Verdict{}, fmt.Errorf("%s", m.rec.out.cause)
	case m.rec.out.skip != "":
		return nil, corpus.Verdict{}, fmt.Errorf("%s", m.rec.out.skip)
	}
	d := &m.chain.doc
	if err := m.chain.reader.read(m.rec.out.page, d); err != nil {
		return nil, corpus.Verdict{}, err
	}
	gate, value, limit := m.chain.measure(d, nil)
	if gate != 0 {
		m.chain.redact(d)
		d.ResetSignals(len(m.dec.signals))
	}
	return d, m.dec.one(gate, value, limit, d, d.Signals).Verdict, nil
}
