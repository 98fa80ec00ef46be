package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/qingliu/qingliu/shard"
)

// stepName says what a step of the funnel does and which entries of the ledger
// it takes.
type stepName struct {
	step, title, chinese string
	lost                 string // what the records are that the step takes
	from                 []string
}

// steps are the known steps of the walk. A reason belongs to the first step with
// a matching prefix; steps without prefix take records that are not dropped by a
// rule.
var steps = []stepName{
	{"records", "records", "输入记录", "", nil},
	{"readable", "readable", "可读", "unreadable", nil},
	{"pages", "pages", "网页", "no page", nil},
	{"gates", "past the gates", "过门槛", "other language or too short", []string{"decide/gates."}},
	{"policy", "allowed addresses", "策略名单", "on or off a policy list", []string{"decide/policy."}},
	{"labels", "wanted page types", "页面类型", "unwanted page type", []string{"decide/labels."}},
	{"limits", "within all limits", "过规则", "beyond a limit", []string{"decide/"}},
	{"exact", "without exact copies", "精确去重", "exact copies", []string{"rank/"}},
	{"near", "without near copies", "近似去重", "near copies", []string{"cluster/"}},
	{"released", "released", "发布", "in no output", []string{"layout/"}},
}

// funnelRow is a step of the funnel, ready to print.
type funnelRow struct {
	Step, Title, Chinese string
	Left, Lost           int64
	LeftShare, LostShare int64 // hundredths of a percent of the first step
	LostName             string
	Causes               []Count // what took them according to the ledger, most frequent first
	More                 int     // causes that are not listed
}

// funnelRows joins the funnel with the ledger. The shares of all losses and of
// what is left at the end add up to 100 %.
func funnelRows(s *Statistics, l *shard.Ledger, maxCauses int) []funnelRow {
	rows := make([]funnelRow, len(s.Funnel))
	counts := make([]int64, len(rows)+1)
	for i, f := range s.Funnel {
		r := funnelRow{Step: f.Step, Title: f.Step, Left: f.Left, LostName: "lost at " + f.Step}
		for _, n := range steps {
			if n.step == f.Step {
				r.Title, r.Chinese, r.LostName = n.title, n.chinese, n.lost
			}
		}
		if i > 0 {
			r.Lost = s.Funnel[i-1].Left - f.Left
			counts[i] = r.Lost
		}
		counts[len(rows)] = f.Left
		r.Causes = causes(f.Step, l)
		if n := len(r.Causes); n > maxCauses {
			r.Causes, r.More = r.Causes[:maxCauses], n-maxCauses
		}
		rows[i] = r
	}
	share := shares(counts)
	left := int64(0)
	if len(rows) > 0 && rows[0].Left > 0 {
		left = 10000
	}
	for i := range rows {
		left -= share[i]
		rows[i].LeftShare, rows[i].LostShare = left, share[i]
	}
	return rows
}

// causes lists the entries of the ledger that belong to a step.
func causes(step string, l *shard.Ledger) []Count {
	var list []Count
	switch step {
	case "pages":
		list = countList(l.Totals.Skipped)
	default:
		for _, c := range countList(l.Totals.Dropped) {
			if stepOf(c.Name) == step {
				list = append(list, c)
			}
		}
	}
	return list
}

// stepOf returns the step that takes the records dropped for reason, "" if none
// is known.
func stepOf(reason string) string {
	for _, n := range steps {
		for _, p := range n.from {
			if strings.HasPrefix(reason, p) {
				return n.step
			}
		}
	}
	return ""
}

// countList lists the entries that are not zero, most frequent first.
func countList(m map[string]int64) []Count {
	var list []Count
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if m[k] != 0 {
			list = append(list, Count{k, m[k]})
		}
	}
	slices.SortStableFunc(list, func(a, b Count) int { return cmp.Compare(b.N, a.N) })
	return list
}

// doubts returns what does not agree between statistics and ledger; a release
// has none.
func doubts(s *Statistics, l *shard.Ledger) []string {
	var list []string
	t := l.Totals.Totals()
	if n := len(s.Funnel); n > 0 {
		if first := s.Funnel[0].Left; first != t.Records {
			list = append(list, "The funnel starts with "+number(first)+" records, the ledger has "+number(t.Records)+".")
		}
		if last := s.Funnel[n-1].Left; last != t.Kept {
			list = append(list, "The funnel ends with "+number(last)+" documents, the ledger keeps "+number(t.Kept)+".")
		}
	}
	for i := 1; i < len(s.Funnel); i++ {
		if s.Funnel[i].Left > s.Funnel[i-1].Left {
			list = append(list, "The funnel grows at "+s.Funnel[i].Step+".")
		}
	}
	for _, err := range l.Check() {
		list = append(list, "Ledger: "+err.Error()+".")
	}
	if n := len(list); n > maxDoubts {
		list = append(list[:maxDoubts], "And "+number(int64(n-maxDoubts))+" more.")
	}
	return list
}

// pages returns the records that are pages: what all reasons count in.
func (s *Statistics) pages() int64 {
	for _, f := range s.Funnel {
		if f.Step == "pages" {
			return f.Left
		}
	}
	if len(s.Funnel) > 0 {
		return s.Funnel[0].Left
	}
	return 0
}

// dropRows returns the rules followed by the entries of the ledger that no rule
// explains, so that the column of first reasons adds up to all dropped records.
func dropRows(s *Statistics, l *shard.Ledger) []Reason {
	rows := slices.Clone(s.Reasons)
	for _, c := range countList(l.Totals.Dropped) {
		if !slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Reason == c.Name }) {
			rows = append(rows, Reason{Reason: c.Name, Action: "drop", First: c.N, Any: c.N, Alone: c.N})
		}
	}
	return rows
}

// sortReasons orders reasons by the pages they decided, most first.
func sortReasons(list []Reason) {
	slices.SortStableFunc(list, func(a, b Reason) int { return cmp.Compare(b.First, a.First) })
}

// sortReleased orders label values by released documents, most first.
func sortReleased(list []LabelValue) {
	slices.SortStableFunc(list, func(a, b LabelValue) int { return cmp.Compare(b.Released, a.Released) })
}
