package pipeline

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/report"
)

// siteLineRule is the rule that cuts boilerplate lines of a site.
const siteLineRule = "site_line"

// editText changes the text as the config says, before it is measured: boilerplate
// lines of the site go, and lost line breaks come back, so that rules on lines see the
// lines; blanks take one form, after their width told line breaks; then go addresses,
// furniture, sentences, and what is behind the last of them.
func (m *measureChain) editText(d *corpus.Document, cuts *cutLog) {
	m.tally = m.tally[:0]
	m.siteLines(d, cuts)
	c := &m.cfg.Text
	if c.RestoreLineBreaks {
		m.breakLines(d, cuts)
	}
	if c.CleanBlanks {
		if text, n := m.blanks.Clean(d.Text()); n > 0 {
			m.tally.count(filters.Blanks, 1, int64(n))
			cuts.cleaned(d.Text(), m.blanks.Clean)
			d.SetText(text)
			labelText(d)
		}
	}
	if c.CutAddresses {
		kept, gone := m.address.Cut(d.Text())
		m.shorten(d, kept, gone, cuts)
	}
	if c.LineRules {
		m.furniture(d, cuts)
	}
	if c.Lines == "c4" {
		kept, gone := m.rules.CutBy(d.Text(), filters.C4Lines)
		m.shorten(d, kept, gone, cuts)
	}
	if c.SimilarSentences {
		kept, gone := m.similar.Cut(d.Text())
		m.shorten(d, kept, gone, cuts)
	}
	if c.CutOpenEnd {
		kept, gone := m.end.Cut(d.Text())
		m.shorten(d, kept, gone, cuts)
	}
}

// siteLines cuts boilerplate lines of the site.
func (m *measureChain) siteLines(d *corpus.Document, cuts *cutLog) {
	gone := m.cutter.cut(d)
	if gone == nil {
		return
	}
	text := d.Text()
	m.text.Reset()
	for i, sp := range d.Lines() {
		line := text[sp.Start:sp.End]
		cuts.siteLine(line, gone[i])
		if gone[i] {
			m.tally.add(siteLineRule, line)
			continue
		}
		if m.text.Len() > 0 {
			m.text.WriteByte('\n')
		}
		m.text.WriteString(line)
	}
	d.SetText(m.text.String())
	labelText(d)
}

// breakLines puts lost line breaks back.
func (m *measureChain) breakLines(d *corpus.Document, cuts *cutLog) {
	text, breaks := m.breaks.Restore(d.Text())
	if len(breaks) == 0 {
		return
	}
	for _, b := range breaks {
		m.tally.add(b.Rule, d.Text()[b.Start:b.End])
	}
	cuts.breaks(d.Text(), breaks)
	d.SetText(text)
	labelText(d)
}

// furniture cuts lines and line ends that no text needs, such as 详情点击>>.
func (m *measureChain) furniture(d *corpus.Document, cuts *cutLog) {
	kept, gone := m.rules.CutBy(d.Text(), filters.LineRules)
	d.Invitations = filters.Invitations(d.Text(), gone)
	m.shorten(d, kept, gone, cuts)
}

// shorten sets the text to what is kept of it, if anything is gone.
func (m *measureChain) shorten(d *corpus.Document, kept string, gone []filters.LineCut, cuts *cutLog) {
	if len(gone) == 0 {
		return
	}
	for _, c := range gone {
		m.tally.add(c.Rule, d.Text()[c.Start:c.End])
	}
	cuts.rules(d.Text(), gone)
	d.SetText(kept)
	labelText(d)
}

// cutTally is what rules took out of one text, each rule once.
type cutTally []ruleCuts

type ruleCuts struct {
	rule         string
	cuts, points int64
}

// add notes a cut of a rule.
func (t *cutTally) add(rule, cut string) {
	t.count(rule, 1, int64(utf8.RuneCountInString(cut)))
}

// count notes cuts of a rule, and their code points.
func (t *cutTally) count(rule string, cuts, points int64) {
	i := slices.IndexFunc(*t, func(x ruleCuts) bool { return x.rule == rule })
	if i < 0 {
		i = len(*t)
		*t = append(*t, ruleCuts{rule: rule})
	}
	(*t)[i].cuts += cuts
	(*t)[i].points += points
}

// addTo adds the page to the sums by rule.
func (t cutTally) addTo(sums cutSums) {
	for _, x := range t {
		s := sums.of(x.rule)
		s.Pages++
		s.Cuts += x.cuts
		s.CodePoints += x.points
	}
}

// cutSums are what rules took out of all texts, by rule.
type cutSums map[string]*report.CutCount

// of returns the sums of a rule.
func (c cutSums) of(rule string) *report.CutCount {
	if c[rule] == nil {
		c[rule] = &report.CutCount{Rule: rule}
	}
	return c[rule]
}

// Counts of a measure task for each rule: cut: and its name, and one of these.
const (
	cutPrefix = "cut:"
	cutPages  = ":pages"
	cutPlaces = ":cuts"
	cutPoints = ":code_points"
)

// countEdits writes the sums into the counts of a task.
func countEdits(t *task, sums cutSums) {
	for rule, s := range sums {
		t.count(cutPrefix+rule+cutPages, s.Pages)
		t.count(cutPrefix+rule+cutPlaces, s.Cuts)
		t.count(cutPrefix+rule+cutPoints, s.CodePoints)
	}
}

// editCounts sums the counts of all measure tasks, the rule that took most first.
func (r *RunFolder) editCounts() ([]report.CutCount, error) {
	sums := cutSums{}
	sp, _ := r.Plan.Stage("measure")
	for i := range sp.Tasks {
		m, err := r.marker(stageByName("measure"), i)
		if err != nil {
			return nil, err
		}
		if m == nil {
			continue
		}
		for name, n := range m.Counts {
			name, ok := strings.CutPrefix(name, cutPrefix)
			if !ok {
				continue
			}
			rule, what, _ := strings.Cut(name, ":")
			s := sums.of(rule)
			switch ":" + what {
			case cutPages:
				s.Pages += n
			case cutPlaces:
				s.Cuts += n
			case cutPoints:
				s.CodePoints += n
			}
		}
	}
	var counts []report.CutCount
	for _, s := range sums {
		counts = append(counts, *s)
	}
	slices.SortFunc(counts, func(a, b report.CutCount) int {
		return cmp.Or(cmp.Compare(b.CodePoints, a.CodePoints), cmp.Compare(a.Rule, b.Rule))
	})
	return counts, nil
}
