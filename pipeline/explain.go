package pipeline

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

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
	ID     string `json:"id"`
	Title  string `json:"title"`

	Fate   string `json:"fate"`   // kept, dropped, skipped, unreadable
	Detail string `json:"detail"` // STAGE/REASON, kind or cause

	Charset  CharsetNote `json:"charset"`
	PageType string      `json:"page_type"`
	PageRule string      `json:"page_rule"`
	Language string      `json:"language"`
	Script   string      `json:"script"`

	SiteLines string         `json:"site_lines"` // where the boilerplate lines of the site came from
	Lines     []ExplainLine  `json:"lines"`
	Signals   []SignalNote   `json:"signals"`
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
	Evidence  string `json:"evidence"`
}

// ExplainLine is a line of the text: kept, or cut by a rule.
type ExplainLine struct {
	Text string `json:"text"`
	Cut  string `json:"cut,omitempty"` // rule, "" for a kept line
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
	Keeper      string  `json:"keeper"` // id, its own if it is kept
	ClusterSize int     `json:"cluster_size"`
	Similarity  float64 `json:"similarity"` // estimate, for near duplicates
	ExactCopies int     `json:"exact_copies"`
}

// Explain explains a record of a run: an id, a URL, or FILE:OFFSET with a file of
// the plan.
func (r *RunFolder) Explain(target string) (*Explanation, error) {
	file, offset, group, err := r.find(target)
	if err != nil {
		return nil, err
	}
	cutter := siteCutter{}
	if group >= 0 {
		if cutter, err = r.loadSiteCutter(group); err != nil {
			return nil, err
		}
	}
	e, row, err := explainRecord(r.Config, r.Plan, file, offset, cutter)
	if err != nil {
		return nil, err
	}
	e.SiteLines = fmt.Sprintf("%d boilerplate lines known for this group", len(cutter))
	if e.Fate == "kept" && group >= 0 {
		err = r.explainCopies(e, group, row)
	}
	return e, err
}

// ExplainFile explains one record without a run: an HTML file, or an archive
// with :OFFSET. Site lines are unknown then.
func ExplainFile(c *Config, target string) (*Explanation, error) {
	path, offset := splitOffset(target)
	c2 := *c
	c2.Input = []Input{defaultInput()}
	c2.Input[0].Path = path
	p := &Plan{}
	if err := p.listFiles(&c2); err != nil {
		return nil, err
	}
	e, _, err := explainRecord(c, p, 0, offset, siteCutter{})
	if err != nil {
		return nil, err
	}
	e.SiteLines = "site lines: no run given"
	return e, nil
}

var offsetSuffix = regexp.MustCompile(`^(.*):(\d+)$`)

func splitOffset(target string) (string, int64) {
	if m := offsetSuffix.FindStringSubmatch(target); m != nil {
		if n, err := strconv.ParseInt(m[2], 10, 64); err == nil {
			return m[1], n
		}
	}
	return target, 0
}

var idPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// find resolves a target to its file and offset, and to its group.
func (r *RunFolder) find(target string) (file int, offset int64, group int, err error) {
	if idPattern.MatchString(target) {
		return r.findKey("id", idKey(target), target)
	}
	if strings.Contains(target, "://") {
		return r.findKey("url", xxh3.HashString128(weburl.Canonical(target)).Bytes(), target)
	}
	path, offset := splitOffset(target)
	for i, f := range r.Plan.Files {
		if f.Name == path || f.Path == path || filepath.Clean(path) == filepath.Clean(f.Path) {
			return i, offset, r.groupAt(i, offset), nil
		}
	}
	return 0, 0, 0, fmt.Errorf("%s: no id, URL or input file of this run", target)
}

func (r *RunFolder) groupAt(file int, offset int64) int {
	for g, group := range r.Plan.Groups {
		for _, rg := range group.Ranges {
			if rg.File == file && offset >= rg.From && (rg.To == 0 || offset < rg.To) {
				return g
			}
		}
	}
	return -1
}

func (r *RunFolder) findKey(column string, key [16]byte, target string) (file int, offset int64, group int, err error) {
	for g := range r.Plan.Groups {
		c, f, err := r.columns("measure", g, columnsFile)
		if err != nil {
			return 0, 0, 0, err
		}
		keys, err := c.keys(column)
		var offsets []uint64
		var ranges []uint32
		if err == nil {
			offsets, err = c.uint64s("offset")
		}
		if err == nil {
			ranges, err = c.uint32s("range")
		}
		c.close()
		f.Close()
		if err != nil {
			return 0, 0, 0, err
		}
		for row := range keys {
			if keys[row] == key {
				return r.Plan.Groups[g].Ranges[ranges[row]].File, int64(offsets[row]), g, nil
			}
		}
	}
	return 0, 0, 0, fmt.Errorf("%s: not among the pages of this run", target)
}

// explainRecord runs the per-document steps on one record.
func explainRecord(c *Config, p *Plan, file int, offset int64, cutter siteCutter) (*Explanation, recordAt, error) {
	f := &p.Files[file]
	rec, err := readRecord(c, f, offset)
	if err != nil {
		return nil, recordAt{}, err
	}
	chain := newPageChain(&c.Extract, []JSONFields{f.Fields}, []int{0})
	if err := chain.process(rec); err != nil {
		return nil, recordAt{}, err
	}
	d := chain.decided
	e := &Explanation{
		File: f.Name, Record: rec.record, Offset: rec.offset, URL: rec.url, Lines: []ExplainLine{}, Signals: []SignalNote{}, All: []string{},
		Charset: CharsetNote{d.Encoding, d.Rule, d.HTTPLabel, d.MetaLabel, d.Invalid, d.Evidence},
	}
	at := recordAt{file, offset}
	switch {
	case rec.out.cause != "":
		e.Fate, e.Detail = "unreadable", rec.out.cause
		return e, at, nil
	case rec.out.skip != "":
		e.Fate, e.Detail = "skipped", rec.out.skip
		return e, at, nil
	}
	return e, at, e.measure(c, rec.out.page, cutter)
}

// recordAt is where a record lies.
type recordAt struct {
	file   int
	offset int64
}

// readRecord reads the record that starts at offset.
func readRecord(c *Config, f *File, offset int64) (*rawRecord, error) {
	// A record inside a shared archive member has no start of its own in the file:
	// its offset is one of the unpacked bytes, and the second try reads from the
	// beginning.
	tries := []Range{{From: offset, To: offset + 1}, {}}
	if offset >= f.Size {
		tries = tries[1:]
	}
	for _, rg := range tries {
		src, err := openSource(f, rg, &c.Extract)
		if err != nil {
			return nil, err
		}
		rec := &rawRecord{}
		for err == nil {
			*rec = rawRecord{data: rec.data[:0]}
			if err = src.next(rec); err == nil && rec.offset == offset {
				break
			}
		}
		if _, cerr := src.close(); err == nil {
			err = cerr
		}
		if err == nil {
			return rec, nil
		}
		if err != io.EOF {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s: no record starts at offset %d", f.Path, offset)
}

// measure fills what measure and decide say about a page.
func (e *Explanation) measure(c *Config, page []byte, cutter siteCutter) error {
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
	var cuts []lineCut
	gate, value, limit := m.measure(d, &cuts)
	if gate != 0 {
		m.redact(d) // measure did not, for it writes no such page
	}
	e.URL, e.ID, e.Title = d.URL, d.ID, d.Title
	e.PageType, e.PageRule, e.Language, e.Script = d.PageType, d.PageRule, d.Language, d.Script
	for _, cut := range cuts {
		e.Lines = append(e.Lines, ExplainLine{Text: m.finder.Redact(cut.Line, nil), Cut: cut.Rule})
	}
	for _, sp := range d.Lines() {
		e.Lines = append(e.Lines, ExplainLine{Text: d.Text()[sp.Start:sp.End]})
	}
	signals := d.Signals
	if gate != 0 {
		signals = make([]float64, len(filters.Signals()))
		for i := range signals {
			signals[i] = math.NaN()
		}
	}
	for i, s := range filters.Signals() {
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
	v := dec.one(gate, value, limit, d.PageType, signals)
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
func (d *decisions) one(gate uint32, value, limit float64, pageType string, signals []float64) oneVerdict {
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
	for _, t := range d.dropTypes {
		if t == pageType {
			v.all = append(v.all, pageTypeReason)
			first(pageTypeReason, 1, 0)
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
func (r *RunFolder) explainCopies(e *Explanation, group int, at recordAt) error {
	row, err := r.rowAt(group, at)
	if err != nil || row < 0 {
		return err
	}
	lost, err := r.collapsed(group)
	if err != nil {
		return err
	}
	for _, l := range lost {
		if int(l.row) != row {
			continue
		}
		ids, err := r.groupIDs(int(l.keeperGroup))
		if err != nil {
			return err
		}
		id := ids[l.keeperRow]
		e.Fate, e.Detail = "dropped", "rank/"+copyReasons[l.reason]
		e.Duplicate = &DuplicateNote{Keeper: hex.EncodeToString(id[:]), ClusterSize: 1, Similarity: 1}
		return nil
	}
	ranks, err := r.loadRanks(group)
	if err != nil {
		return err
	}
	clusters, err := r.openClusters()
	if err != nil {
		return err
	}
	defer clusters.close()
	order, _, err := r.open("rank", 0, orderFile)
	if err != nil {
		return err
	}
	defer order.Close()
	rank := ranks[row]
	cl, err := clusters.get(rank)
	if err != nil {
		return err
	}
	keeper, err := r.idOfRank(order, cl.Keeper)
	if err != nil {
		return err
	}
	var entry [orderRowBytes]byte
	if _, err := order.ReadAt(entry[:], int64(rank)*orderRowBytes); err != nil {
		return err
	}
	e.Duplicate = &DuplicateNote{
		Keeper: keeper, ClusterSize: int(cl.Size), ExactCopies: int(binary.LittleEndian.Uint32(entry[8:])),
		Similarity: corpus.Round(r.dedupParams().Estimate(cl.Matches), 4),
	}
	if cl.Keeper != rank {
		e.Fate, e.Detail = "dropped", "cluster/near_duplicate"
	}
	return nil
}

// rowAt returns the row of the page that starts at an offset, -1 if it is none.
func (r *RunFolder) rowAt(group int, at recordAt) (int, error) {
	c, f, err := r.columns("measure", group, columnsFile)
	if err != nil {
		return -1, err
	}
	defer f.Close()
	defer c.close()
	ranges, err := c.uint32s("range")
	if err != nil {
		return -1, err
	}
	offsets, err := c.uint64s("offset")
	if err != nil {
		return -1, err
	}
	for row := range ranges {
		if int64(offsets[row]) == at.offset && r.Plan.Groups[group].Ranges[ranges[row]].File == at.file {
			return row, nil
		}
	}
	return -1, nil
}
