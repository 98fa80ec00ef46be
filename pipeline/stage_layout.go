package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// layoutFile says which documents go to which shard; see layoutTable.
const layoutFile = "layout.json"

// layoutTable is the content of the layout file.
type layoutTable struct {
	Segments []segment      `json:"segments"`
	Outputs  []outputLayout `json:"outputs"`
}

// segment is a run of rows of one group that lies in one input range. Segments
// are in canonical input order, which does not depend on how ranges were
// grouped.
type segment struct {
	Group int `json:"group"`
	From  int `json:"from"` // first row
	To    int `json:"to"`   // row after the last
}

// outputLayout is the layout of one output.
type outputLayout struct {
	Name   string        `json:"name"`
	Docs   int64         `json:"docs"`
	Shards []shardLayout `json:"shards"`
	// Cuts are the values that the percentiles of the output's condition stand for.
	Cuts []cutOff `json:"cuts,omitempty"`
}

// shardLayout says where a shard starts; it ends where the next one starts.
type shardLayout struct {
	Segment int   `json:"segment"`
	Row     int   `json:"row"` // in the group
	Docs    int64 `json:"docs"`
}

func layoutStage() *stage {
	return &stage{
		name:    "layout",
		version: 1,
		fingerprint: func(c *Config) []any {
			var o []any
			for _, out := range c.Outputs {
				o = append(o, []any{out.Name, out.Where, out.ShardBytes})
			}
			return o
		},
		tasks:    one,
		identity: func(r *RunFolder, _ int) (string, error) { return r.Plan.layoutIdentity(), nil },
		deps: func(p *Plan, _ int) []dep {
			return slices.Concat(
				fromAll("decide", len(p.Groups), verdictsFile), fromAll("measure", len(p.Groups), columnsFile), fromAll("scores", p.Parts.Scores, scoresFile),
				[]dep{{stage: "rank", suffix: ranksFile}, {stage: "rank", suffix: collapsedFile}, {stage: "cluster", suffix: clustersFile}})
		},
		run: runLayout,
	}
}

// segments lists the runs of rows of all groups in canonical input order.
func (r *RunFolder) segments() ([]segment, error) {
	type placed struct {
		segment
		rg Range
	}
	var all []placed
	for g, group := range r.Plan.Groups {
		c, f, err := r.columns("measure", g, columnsFile)
		if err != nil {
			return nil, err
		}
		ranges, err := c.uint32s("range")
		c.close()
		f.Close()
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(ranges); {
			j := i + 1
			for j < len(ranges) && ranges[j] == ranges[i] {
				j++
			}
			all = append(all, placed{segment{g, i, j}, group.Ranges[ranges[i]]})
			i = j
		}
	}
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.rg.File, b.rg.File), cmp.Compare(a.rg.From, b.rg.From))
	})
	segs := make([]segment, len(all))
	for i, p := range all {
		segs[i] = p.segment
	}
	return segs, nil
}

// layoutGroup is what layout holds of one group while it sums.
type layoutGroup struct {
	kept  []bool
	bytes []uint32
	sel   []*rowSelector // by output
}

func (r *RunFolder) layoutGroup(g int, conds []condition, names *fateNames, clusters *clusterTable) (*layoutGroup, error) {
	fates, err := r.fates(g, names, clusters)
	if err != nil {
		return nil, err
	}
	c, f, err := r.columns("measure", g, columnsFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	defer c.close()
	l := &layoutGroup{kept: make([]bool, len(fates.code))}
	for i, code := range fates.code {
		l.kept[i] = code == 0
	}
	if l.bytes, err = c.uint32s("bytes"); err != nil {
		return nil, err
	}
	ranges, err := c.uint32s("range")
	if err != nil {
		return nil, err
	}
	dataset := func(row int) string { return r.Plan.Files[r.Plan.Groups[g].Ranges[ranges[row]].File].Dataset }
	for _, cond := range conds {
		s, err := cond.selector(c, dataset)
		if err != nil {
			return nil, err
		}
		l.sel = append(l.sel, s)
	}
	return l, nil
}

// conditions returns the conditions of the outputs, with the cut-offs that the
// layout found where there is one.
func (c *Config) conditions(l *layoutTable) ([]condition, error) {
	var conds []condition
	for i, o := range c.Outputs {
		cond, err := c.parseWhere(o.Where)
		if err != nil {
			return nil, err
		}
		if l != nil && i < len(l.Outputs) {
			cond = cond.resolved(l.Outputs[i].Cuts)
		}
		conds = append(conds, cond)
	}
	return conds, nil
}

// runLayout cuts each output into shards of equal size: with S shards in all,
// shard i takes the documents whose bytes before them lie in [i·B/S, (i+1)·B/S)
// of the output's B bytes, where a document counts the bytes of its work record.
func runLayout(ctx context.Context, t *task) error {
	d, err := newDecisions(t.Config)
	if err != nil {
		return err
	}
	names := newFateNames(d)
	conds, err := t.Config.conditions(nil)
	if err != nil {
		return err
	}
	clusters, err := t.openClusters()
	if err != nil {
		return err
	}
	defer clusters.close()
	segs, err := t.segments()
	if err != nil {
		return err
	}
	table := layoutTable{Segments: segs, Outputs: make([]outputLayout, len(conds))}
	// Groups are visited in segment order twice: to sum, then to cut. Segments of
	// one group follow each other except where grouping and input order differ;
	// then a few groups take turns.
	cache := groupCache[*layoutGroup]{}
	each := func(fn func(seg, row int, l *layoutGroup)) error {
		for s, seg := range segs {
			if err := ctx.Err(); err != nil {
				return err
			}
			l, err := cache.get(seg.Group, func() (*layoutGroup, error) { return t.layoutGroup(seg.Group, conds, names, clusters) }, nil)
			if err != nil {
				return err
			}
			for row := seg.From; row < seg.To; row++ {
				if !l.kept[row] {
					continue
				}
				fn(s, row, l)
			}
		}
		return nil
	}
	if slices.ContainsFunc(conds, condition.hasPercentile) {
		if conds, err = layoutCuts(conds, &table, each); err != nil {
			return err
		}
		cache = groupCache[*layoutGroup]{} // its selectors have no cut-offs
	}
	visit := func(fn func(seg, row, output int, bytes int64)) error {
		return each(func(seg, row int, l *layoutGroup) {
			for o := range conds {
				if l.sel[o].holds(row) {
					fn(seg, row, o, int64(l.bytes[row]))
				}
			}
		})
	}
	total := make([]int64, len(conds))
	if err := visit(func(_, _, o int, n int64) { total[o] += n }); err != nil {
		return err
	}
	done := make([]int64, len(conds))
	shards := make([]int64, len(conds))
	for o := range shards {
		table.Outputs[o].Name = t.Config.Outputs[o].Name
		shards[o] = int64(math.Ceil(float64(total[o]) / float64(t.Config.Outputs[o].ShardBytes)))
	}
	err = visit(func(s, row, o int, n int64) {
		out := &table.Outputs[o]
		if i := mulDiv(done[o], shards[o], total[o]); i >= int64(len(out.Shards)) {
			out.Shards = append(out.Shards, shardLayout{Segment: s, Row: row})
		}
		out.Shards[len(out.Shards)-1].Docs++
		out.Docs++
		done[o] += n
	})
	if err != nil {
		return err
	}
	for o := range table.Outputs {
		t.count("shards", int64(len(table.Outputs[o].Shards)))
		t.count("docs", table.Outputs[o].Docs)
		t.events.Progress("layout", table.Outputs[o].Docs, 0)
	}
	data, err := json.MarshalIndent(table, "", " ")
	if err != nil {
		return err
	}
	return t.write(layoutFile, data)
}

// layoutCuts finds the values of all percentiles among the released documents and
// notes them in the table. It holds these values, eight bytes a document.
func layoutCuts(conds []condition, table *layoutTable, each func(func(seg, row int, l *layoutGroup)) error) ([]condition, error) {
	collectors := make([]*cutCollector, len(conds))
	for o, c := range conds {
		collectors[o] = newCutCollector(c)
	}
	err := each(func(_, row int, l *layoutGroup) {
		for o, k := range collectors {
			k.add(l.sel[o], row)
		}
	})
	if err != nil {
		return nil, err
	}
	resolved := make([]condition, len(conds))
	for o, k := range collectors {
		table.Outputs[o].Cuts = k.cuts()
		resolved[o] = conds[o].resolved(table.Outputs[o].Cuts)
	}
	return resolved, nil
}

// loadLayout reads the layout.
func (r *RunFolder) loadLayout() (*layoutTable, error) {
	data, err := r.readAll("layout", 0, layoutFile)
	if err != nil {
		return nil, err
	}
	var l layoutTable
	if err := json.Unmarshal(data, &l); err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	return &l, nil
}

// mulDiv returns a·b/c without overflow; c > 0.
func mulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(q)
}
