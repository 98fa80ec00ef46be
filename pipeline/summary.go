package pipeline

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/pii"
	"github.com/qingliu/qingliu/report"
	"github.com/qingliu/qingliu/shard"
)

const (
	maxJointReasons = 40  // pairs of reasons that are listed
	maxLabelValues  = 100 // values of one label that are listed
)

// summarize reads what all stages left, makes the ledger and counts for the
// report. It also writes the list of fates.
func (t *task) summarize(ctx context.Context) (*report.Statistics, *shard.Ledger, error) {
	d, err := newDecisions(t.Config)
	if err != nil {
		return nil, nil, err
	}
	layout, err := t.loadLayout()
	if err != nil {
		return nil, nil, err
	}
	conds, err := t.Config.conditions(layout)
	if err != nil {
		return nil, nil, err
	}
	clusters, err := t.openClusters()
	if err != nil {
		return nil, nil, err
	}
	defer clusters.close()
	out, err := t.create(fatesFile)
	if err != nil {
		return nil, nil, err
	}
	fates, err := shard.NewWriter(out, shard.Options{Level: "fastest"})
	if err != nil {
		return nil, nil, err
	}
	maker, err := newLedgerMaker(t.RunFolder, fates)
	if err != nil {
		return nil, nil, err
	}
	s := newSummary(t.RunFolder, d)
	for g := range t.Plan.Groups {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if err := s.addGroup(g, conds, clusters, maker); err != nil {
			return nil, nil, err
		}
	}
	if _, err := fates.Close(); err != nil {
		return nil, nil, err
	}
	ledger := maker.ledger()
	st, err := s.finish(ledger, maker.warnings)
	return st, ledger, err
}

// summary counts for the statistics of a run.
type summary struct {
	r      *RunFolder
	d      *decisions
	names  *fateNames
	first  []int64 // by fate code
	any    []int64 // by rule
	alone  []int64 // pages that break it and no other rule that drops
	drops  []bool  // by rule
	joint  map[[2]int]int64
	labels []map[string]*report.LabelValue
	hist   []*histogram
	pii    []int64
	pages  int64
	noOut  int64
}

var labelNames = []string{"page_type", "language", "script", "variety", "dataset", "site"}

func newSummary(r *RunFolder, d *decisions) *summary {
	s := &summary{
		r: r, d: d, names: newFateNames(d), any: make([]int64, len(d.reasons)), alone: make([]int64, len(d.reasons)),
		joint: map[[2]int]int64{}, labels: make([]map[string]*report.LabelValue, len(labelNames)), pii: make([]int64, len(pii.Classes)),
	}
	s.first = make([]int64, len(s.names.names))
	for i := range s.labels {
		s.labels[i] = map[string]*report.LabelValue{}
	}
	for rule := range d.reasons {
		s.drops = append(s.drops, d.action(rule) == filters.Drop)
	}
	limits := map[int][]float64{}
	for _, l := range d.limits {
		limits[l.Signal] = append(limits[l.Signal], l.Bound)
	}
	for i, sig := range d.signals {
		if l := limits[i]; l != nil || sig.Name == "n_code_points" || i >= len(filters.Signals()) {
			s.hist = append(s.hist, newHistogram(sig.Name, l))
		}
	}
	return s
}

func (s *summary) addGroup(g int, conds []condition, clusters *clusterTable, maker *ledgerMaker) error {
	r := s.r
	fates, err := r.fates(g, s.names, clusters)
	if err != nil {
		return err
	}
	c, f, err := r.columns("measure", g, columnsFile)
	if err != nil {
		return err
	}
	defer f.Close()
	defer c.close()
	v, vf, err := r.columns("decide", g, verdictsFile)
	if err != nil {
		return err
	}
	defer vf.Close()
	defer v.close()
	ranges, err := c.uint32s("range")
	if err != nil {
		return err
	}
	dataset := func(row int) string { return r.Plan.Files[r.Plan.Groups[g].Ranges[ranges[row]].File].Dataset }
	released := make([]bool, c.rows())
	for _, cond := range conds {
		sel, err := cond.selector(c, dataset)
		if err != nil {
			return err
		}
		for row, code := range fates.code {
			released[row] = released[row] || code == 0 && sel.holds(row)
		}
	}
	if err := s.countRules(v, c, fates, released); err != nil {
		return err
	}
	if err := s.countLabels(c, fates, released, dataset); err != nil {
		return err
	}
	for i, class := range pii.Classes {
		col, err := c.uint32s(piiColumn(class.Name))
		if err != nil {
			return err
		}
		for row, n := range col {
			if released[row] {
				s.pii[i] += int64(n)
			}
		}
	}
	return maker.addGroup(g, func(row int) string {
		if fates.code[row] == 0 && !released[row] {
			return noOutput
		}
		return s.names.names[fates.code[row]]
	})
}

// countRules counts reasons and fills the histograms.
func (s *summary) countRules(v, c *columnFile, fates *groupFates, released []bool) error {
	words := (len(s.d.reasons) + 63) / 64
	all := make([][]uint64, words)
	for i := range all {
		var err error
		if all[i], err = v.uint64s(allColumn(i)); err != nil {
			return err
		}
	}
	var rules []int
	for row, code := range fates.code {
		s.pages++
		s.first[code]++
		if code == 0 && !released[row] {
			s.noOut++
		}
		rules = rules[:0]
		for i, w := range all {
			for x := w[row]; x != 0; x &= x - 1 {
				rules = append(rules, i*64+bits.TrailingZeros64(x))
			}
		}
		for i, a := range rules {
			s.any[a]++
			for _, b := range rules[i+1:] {
				s.joint[[2]int{a, b}]++
			}
		}
		drops := 0
		for _, a := range rules {
			drops += int(boolByte(s.drops[a]))
		}
		for _, a := range rules {
			if drops == int(boolByte(s.drops[a])) { // no other rule that drops
				s.alone[a]++
			}
		}
	}
	for _, h := range s.hist {
		col, err := c.float64s(signalColumn(h.name))
		if err != nil {
			return err
		}
		for row, x := range col {
			if !math.IsNaN(x) {
				h.add(x, fates.code[row] == 0 || int(fates.code[row]) >= s.names.collapse)
			}
		}
	}
	return nil
}

func (s *summary) countLabels(c *columnFile, fates *groupFates, released []bool, dataset func(int) string) error {
	for i, name := range labelNames {
		var values []string
		if name != "dataset" {
			var err error
			if values, err = c.words(name); err != nil {
				return err
			}
		}
		for row, code := range fates.code {
			value := ""
			if values != nil {
				value = values[row]
			} else {
				value = dataset(row)
			}
			l := s.labels[i][value]
			if l == nil {
				l = &report.LabelValue{Value: value}
				s.labels[i][value] = l
			}
			l.Pages++
			if code == 0 || int(code) >= s.names.collapse {
				l.Kept++
			}
			if released[row] {
				l.Released++
			}
		}
	}
	return nil
}

func (s *summary) finish(ledger *shard.Ledger, warnings int64) (*report.Statistics, error) {
	st := &report.Statistics{
		Name: s.r.Config.Name, Reasons: []report.Reason{}, Joint: []report.JointCount{}, Skipped: []report.Count{},
		Histograms: []report.Histogram{}, PII: []report.Count{}, Outputs: []report.OutputCount{},
	}
	s.funnel(st, ledger)
	s.reasons(st)
	for kind, n := range ledger.Totals.Skipped {
		st.Skipped = append(st.Skipped, report.Count{Name: kind, N: n})
	}
	slices.SortFunc(st.Skipped, func(a, b report.Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	for _, h := range s.hist {
		st.Histograms = append(st.Histograms, h.report())
	}
	for i, name := range labelNames {
		st.Labels = append(st.Labels, labelCounts(name, s.labels[i]))
	}
	for i, c := range pii.Classes {
		st.PII = append(st.PII, report.Count{Name: c.Name, N: s.pii[i]})
	}
	st.Damage = report.DamageCounts{Unreadable: ledger.Totals.Unreadable, Warnings: warnings}
	for i := range ledger.Files {
		gaps, bytes := ledger.Files[i].Lost()
		st.Damage.Gaps += gaps
		st.Damage.GapBytes += bytes
	}
	var err error
	if st.Cuts, err = s.r.editCounts(); err != nil {
		return nil, err
	}
	return st, s.dedup(st)
}

func (s *summary) funnel(st *report.Statistics, ledger *shard.Ledger) {
	left := ledger.Totals.Records
	step := func(name string, lost int64) {
		left -= lost
		st.Funnel = append(st.Funnel, report.FunnelStep{Step: name, Left: left})
	}
	sum := func(from, to int) (n int64) {
		for _, x := range s.first[from:to] {
			n += x
		}
		return n
	}
	step("records", 0)
	step("readable", ledger.Totals.Unreadable)
	step("pages", total(ledger.Totals.Skipped))
	gates := len(gateReasons)
	step("gates", sum(1, gates))
	labels := s.d.pageTypeRule() + 1 // codes begin with 1
	if labels > gates {
		step("policy", sum(gates, labels))
	}
	step("labels", sum(labels, labels+1))
	step("limits", sum(labels+1, s.names.collapse))
	step("exact", sum(s.names.collapse, s.names.near))
	step("near", sum(s.names.near, s.names.near+1))
	step("released", s.noOut)
}

func (s *summary) reasons(st *report.Statistics) {
	for rule, name := range s.d.reasons {
		r := report.Reason{Reason: "decide/" + name, Action: s.d.action(rule).String(), First: s.first[rule+1], Any: s.any[rule], Alone: s.alone[rule]}
		if i := rule - s.d.firstLimit(); i >= 0 {
			l := s.d.limits[i]
			r.Signal, r.Max, r.Limit = s.d.signals[l.Signal].Name, l.Max, l.Bound
		}
		st.Reasons = append(st.Reasons, r)
	}
	for code := s.names.collapse; code < len(s.names.names); code++ {
		n := s.first[code]
		st.Reasons = append(st.Reasons, report.Reason{Reason: s.names.names[code], Action: "drop", First: n, Any: n, Alone: n})
	}
	for k, n := range s.joint {
		st.Joint = append(st.Joint, report.JointCount{A: "decide/" + s.d.reasons[k[0]], B: "decide/" + s.d.reasons[k[1]], Pages: n})
	}
	slices.SortFunc(st.Joint, func(a, b report.JointCount) int {
		return cmp.Or(cmp.Compare(b.Pages, a.Pages), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	st.Joint = st.Joint[:min(len(st.Joint), maxJointReasons)]
}

func (s *summary) dedup(st *report.Statistics) error {
	r := s.r
	st.Dedup = report.DedupCounts{
		SameID: s.first[s.names.collapse], SameURL: s.first[s.names.collapse+1], SameText: s.first[s.names.collapse+2], Near: s.first[s.names.near],
	}
	add := func(stage string, n int, name string, to *int64) error {
		for i := range n {
			m, err := r.marker(stageByName(stage), i)
			if err != nil {
				return err
			}
			if m != nil {
				*to += m.Counts[name]
			}
		}
		return nil
	}
	for _, x := range []struct {
		stage string
		n     int
		name  string
		to    *int64
	}{
		{"rank", 1, "ranked", &st.Dedup.Ranked}, {"compare", r.Plan.Parts.Compare, "edges", &st.Dedup.Candidate},
		{"compare", r.Plan.Parts.Compare, "verified", &st.Dedup.Verified},
		{"cluster", 1, "clusters", &st.Dedup.Clusters}, {"cluster", 1, "largest", &st.Dedup.Largest},
	} {
		if err := add(x.stage, x.n, x.name, x.to); err != nil {
			return err
		}
	}
	return nil
}

func labelCounts(name string, values map[string]*report.LabelValue) report.LabelCounts {
	c := report.LabelCounts{Label: name, Values: []report.LabelValue{}}
	for _, v := range values {
		c.Values = append(c.Values, *v)
	}
	slices.SortFunc(c.Values, func(a, b report.LabelValue) int {
		return cmp.Or(cmp.Compare(b.Pages, a.Pages), cmp.Compare(a.Value, b.Value))
	})
	if n := len(c.Values); n > maxLabelValues {
		c.Others = n - maxLabelValues
		c.Values = c.Values[:maxLabelValues]
	}
	return c
}

// histogram counts the values of one signal in fixed bins: 40 equal ones for
// fractions, otherwise the ten steps per decade of the Renard series R10.
type histogram struct {
	name          string
	edges         []float64
	limits        []float64
	kept, dropped []int64
}

var renard = [...]float64{1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8}

func newHistogram(name string, limits []float64) *histogram {
	h := &histogram{name: name, limits: slices.Clone(limits)}
	slices.Sort(h.limits)
	if strings.Contains(name, "fraction") || strings.Contains(name, "share") {
		for i := range 41 {
			h.edges = append(h.edges, float64(i)/40)
		}
	} else {
		h.edges = append(h.edges, 0)
		for p := 0; p < 7; p++ {
			for _, x := range renard {
				h.edges = append(h.edges, float64(x*math.Pow10(p))/10)
			}
		}
		h.edges = append(h.edges, 1e6)
	}
	h.kept, h.dropped = make([]int64, len(h.edges)-1), make([]int64, len(h.edges)-1)
	return h
}

func (h *histogram) add(x float64, kept bool) {
	i, exact := slices.BinarySearch(h.edges, x)
	if !exact {
		i--
	}
	i = min(max(i, 0), len(h.kept)-1)
	if kept {
		h.kept[i]++
	} else {
		h.dropped[i]++
	}
}

// report trims empty bins at both ends.
func (h *histogram) report() report.Histogram {
	from, to := 0, len(h.kept)
	for from < to-1 && h.kept[from]+h.dropped[from] == 0 {
		from++
	}
	for to > from+1 && h.kept[to-1]+h.dropped[to-1] == 0 {
		to--
	}
	limits := h.limits
	if limits == nil {
		limits = []float64{}
	}
	return report.Histogram{Signal: h.name, Edges: h.edges[from : to+1], Kept: h.kept[from:to], Dropped: h.dropped[from:to], Limits: limits}
}
