package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/qingliu/qingliu/filters"
)

// verdictsFile holds the verdict columns of a group, by row of the measure
// columns: reason (u32, 0 = kept, else 1 + index into decisions.reasons), value,
// limit, and all broken rules as words of a bit set (all:0, all:1, …).
const verdictsFile = "verdicts"

// PageTypeReason is the reason of pages dropped for their page type.
const PageTypeReason = "labels.page_type"

func decideStage() *stage {
	return &stage{
		name:    "decide",
		version: 1,
		fingerprint: func(c *Config) []any {
			set, err := c.filterSet()
			if err != nil {
				return []any{err.Error()}
			}
			f := []any{c.Labels, filters.LimitFingerprint(set)}
			if len(c.Policy) > 0 {
				f = append(f, c.policyFingerprint())
			}
			return f
		},
		tasks:    perGroup,
		identity: byDeps,
		deps: func(p *Plan, i int) []dep {
			return append([]dep{{stage: "measure", index: i, suffix: columnsFile}}, scoreParts(p, i)...)
		},
		run: runDecide,
	}
}

// decisions are the rules of a config in the order in which they decide: gates,
// policy lists, page types, limits.
type decisions struct {
	policy    []policyRule
	signals   []filters.Signal // of the config; limits count in them
	limits    []filters.Limit
	dropTypes []string
	// reasons names every rule; the reason column and the bit set count in it.
	reasons []string
}

func newDecisions(c *Config) (*decisions, error) {
	set, err := c.filterSet()
	if err != nil {
		return nil, err
	}
	d := &decisions{policy: policyRules(c.Policy), signals: set.Signals(), limits: set.Limits(), dropTypes: c.Labels.DropPageTypes}
	d.reasons = append(d.reasons, gateReasons[1:]...)
	for _, p := range d.policy {
		d.reasons = append(d.reasons, p.reason)
	}
	d.reasons = append(d.reasons, PageTypeReason)
	for _, l := range d.limits {
		d.reasons = append(d.reasons, l.Reason)
	}
	return d, nil
}

// Numbers of the first rule of each kind in decisions.reasons.
func (d *decisions) firstPolicy() int  { return len(gateReasons) - 1 }
func (d *decisions) pageTypeRule() int { return d.firstPolicy() + len(d.policy) }
func (d *decisions) firstLimit() int   { return d.pageTypeRule() + 1 }

// action returns what the rule of a number does.
func (d *decisions) action(rule int) filters.Action {
	if i := rule - d.firstLimit(); i >= 0 {
		return d.limits[i].Action
	}
	if i := rule - d.firstPolicy(); i >= 0 && i < len(d.policy) && !d.policy[i].drops() {
		return filters.Tag
	}
	return filters.Drop
}

// verdicts are the decisions about the pages of one group.
type verdicts struct {
	reason       []uint32 // 0 = kept, else 1 + index in reasons
	value, limit []float64
	all          []uint64 // words bits per row
	words        int
}

// decide decides all rows of a group.
func (d *decisions) decide(c *columnFile) (*verdicts, error) {
	rows := c.rows()
	gates, err := c.uint32s("gate")
	if err != nil {
		return nil, err
	}
	gateValue, err := c.float64s("gate_value")
	if err != nil {
		return nil, err
	}
	gateLimit, err := c.float64s("gate_limit")
	if err != nil {
		return nil, err
	}
	types, err := c.words("page_type")
	if err != nil {
		return nil, err
	}
	var addresses []string // no list, no need for them
	if len(d.policy) > 0 {
		if addresses, err = c.texts("address"); err != nil {
			return nil, err
		}
	}
	cols := make([][]float64, len(d.signals))
	for _, l := range d.limits {
		if cols[l.Signal] == nil {
			if cols[l.Signal], err = c.float64s(signalColumn(d.signals[l.Signal].Name)); err != nil {
				return nil, err
			}
		}
	}
	first := make([]int16, rows)
	lw := filters.LimitWords(len(d.limits))
	broken := make([]uint64, rows*lw)
	filters.DecideColumns(d.limits, cols, rows, first, broken)
	v := &verdicts{
		reason: make([]uint32, rows), value: make([]float64, rows), limit: make([]float64, rows),
		words: (len(d.reasons) + 63) / 64,
	}
	v.all = make([]uint64, rows*v.words)
	for r := range rows {
		set := func(rule int) { v.all[r*v.words+rule/64] |= 1 << (rule % 64) }
		for i := range d.limits {
			if broken[r*lw+i/64]>>(i%64)&1 == 1 {
				set(d.firstLimit() + i)
			}
		}
		policy := -1
		for i := range d.policy {
			if p := &d.policy[i]; p.applies(addresses[r]) {
				set(d.firstPolicy() + i)
				if policy < 0 && p.drops() {
					policy = d.firstPolicy() + i
				}
			}
		}
		dropType := slices.Contains(d.dropTypes, types[r])
		if dropType {
			set(d.pageTypeRule())
		}
		switch {
		case gates[r] != 0:
			set(int(gates[r]) - 1)
			v.reason[r], v.value[r], v.limit[r] = gates[r], gateValue[r], gateLimit[r]
		case policy >= 0:
			v.reason[r] = uint32(policy) + 1
			v.value[r], v.limit[r] = 1, 0
		case dropType:
			v.reason[r] = uint32(d.pageTypeRule()) + 1
			v.value[r], v.limit[r] = 1, 0
		case first[r] >= 0:
			l := d.limits[first[r]]
			v.reason[r] = uint32(d.firstLimit()+int(first[r])) + 1
			v.value[r], v.limit[r] = cols[l.Signal][r], l.Bound
		}
	}
	return v, nil
}

func runDecide(_ context.Context, t *task) error {
	c, f, err := t.columns("measure", t.index, columnsFile)
	if err != nil {
		return err
	}
	defer f.Close()
	defer c.close()
	d, err := newDecisions(t.Config)
	if err != nil {
		return err
	}
	out, err := t.create(verdictsFile)
	if err != nil {
		return err
	}
	w := newColumnWriter(out)
	err = c.eachBlock(func(block *columnFile) error {
		v, err := d.decide(block)
		if err != nil {
			return err
		}
		v.write(w)
		kept := int64(0)
		for _, r := range v.reason {
			if r == 0 {
				kept++
			}
		}
		t.count("kept", kept)
		t.count("dropped", int64(len(v.reason))-kept)
		t.events.Progress(t.stage.name, int64(len(v.reason)), 0)
		return nil
	})
	if err != nil {
		return err
	}
	return w.close()
}

// write adds the verdicts as a block of columns.
func (v *verdicts) write(w *columnWriter) {
	w.block(len(v.reason))
	w.uint32s("reason", v.reason)
	w.float64s("value", v.value)
	w.float64s("limit", v.limit)
	col := make([]uint64, len(v.reason))
	for i := range v.words {
		for r := range col {
			col[r] = v.all[r*v.words+i]
		}
		w.uint64s(allColumn(i), col)
	}
}

func allColumn(word int) string { return fmt.Sprintf("all:%d", word) }
