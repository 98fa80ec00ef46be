package pipeline

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/filters"
)

// maxLabelledBytes bounds a line of labelled data.
const maxLabelledBytes = 16 << 20

// LabelledOptions say how EvalFilters reads labelled data.
type LabelledOptions struct {
	Good   []string // labels that should be kept
	Skip   []string // labels that count for nothing
	Source string   // field that names the site or source of a row
	// Half takes only rows of one half of the sources: "a", "b", or "" for all.
	// All rows of a source are in the same half, so that limits fitted on one can
	// be judged on the other.
	Half string
	// Read has labels that a reader gave, by TextID. A text of it counts by that label,
	// and its own stands before it in the table: list-page/article.
	Read map[string]string
	// Each, if not nil, is called with every row in order.
	Each func(LabelledRow) error
}

// TextID names a labelled text: the first 32 hex digits of its SHA-256.
func TextID(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// ReadTextLabels reads labels of texts, JSON lines with id and label.
func ReadTextLabels(r io.Reader) (map[string]string, error) {
	labels := map[string]string{}
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		var row struct{ ID, Label string }
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if len(row.ID) != 32 || row.Label == "" {
			return nil, fmt.Errorf("line %d: want an id of 32 hex digits and a label", n)
		}
		labels[row.ID] = row.Label
	}
	return labels, in.Err()
}

// LabelledRow is one labelled text with what the filters say of it.
type LabelledRow struct {
	ID      string             `json:"id"` // see TextID; of the HTML where there is no text
	Label   string             `json:"label"`
	Source  string             `json:"source"`
	Half    string             `json:"half"`
	Kept    bool               `json:"kept"`
	Reasons []string           `json:"reasons"` // everything that breaks, the first drop first
	Signals map[string]float64 `json:"signals"` // without those not measured
}

// FilterScores is what a set of limits does to labelled texts.
type FilterScores struct {
	Rows    int          `json:"rows"`
	Good    int          `json:"good"`
	Bad     int          `json:"bad"`
	Skipped int          `json:"skipped"` // other half, skipped labels
	Labels  []LabelScore `json:"labels"`
	Rules   []RuleScore  `json:"rules"`
}

// LabelScore counts the texts of one label, or of one label from one source.
type LabelScore struct {
	Label   string `json:"label"`
	Source  string `json:"source,omitempty"` // "" for all sources
	Rows    int    `json:"rows"`
	Dropped int    `json:"dropped"`
}

// RuleScore says what one rule takes. A text is taken by a rule that it breaks,
// whatever other rules say, and whatever the rule's action is.
type RuleScore struct {
	Reason    string  `json:"reason"`
	Good      int     `json:"good"`  // good texts taken
	Bad       int     `json:"bad"`   // bad texts taken
	First     int     `json:"first"` // texts dropped with this rule as reason
	AloneGood int     `json:"alone_good"`
	AloneBad  int     `json:"alone_bad"` // taken by no other rule that drops
	Precision float64 `json:"precision"` // bad of those taken; 0 if none was
	Recall    float64 `json:"recall"`    // of all bad texts
}

// EvalFilters measures labelled texts, JSON lines with text, label and source,
// with the per-document steps of a config and scores each rule.
func EvalFilters(c *Config, in io.Reader, o LabelledOptions) (*FilterScores, error) {
	line, err := NewMeasureLine(c)
	if err != nil {
		return nil, err
	}
	s := &filterScoring{dec: line.dec, labels: map[[2]string]*LabelScore{}, rules: map[string]*RuleScore{}}
	r := bufio.NewScanner(in)
	r.Buffer(make([]byte, 0, 1<<16), maxLabelledBytes)
	seen, sources := map[string]bool{}, false
	for n := 1; r.Scan(); n++ {
		var row map[string]json.RawMessage
		if err := json.Unmarshal(r.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		label, source := jsonText(row["label"]), jsonText(row[o.Source])
		if label == "" {
			return nil, fmt.Errorf("line %d: no label", n)
		}
		if row[line.in.Text] == nil && row[line.in.HTML] == nil {
			return nil, fmt.Errorf("line %d: no %s", n, line.in.Text)
		}
		half, id, counts := halfOf(source), TextID(cmp.Or(jsonText(row[line.in.Text]), jsonText(row[line.in.HTML]))), label
		if read := o.Read[id]; read != "" {
			counts, label = read, label+"/"+read
		}
		seen[counts] = true
		sources = sources || source != ""
		if o.Half != "" && half != o.Half || slices.Contains(o.Skip, counts) {
			s.Skipped++
			continue
		}
		out := LabelledRow{ID: id, Label: label, Source: source, Half: half, Kept: true, Reasons: []string{}, Signals: map[string]float64{}}
		if err := line.labelled(r.Bytes(), &out); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		s.add(&out, slices.Contains(o.Good, counts))
		if o.Each != nil {
			if err := o.Each(out); err != nil {
				return nil, err
			}
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	if len(seen) > 0 && !slices.ContainsFunc(o.Good, func(l string) bool { return seen[l] }) {
		return nil, configError("no text has a label that should be kept (%s): the labels are %s; name them by --good", strings.Join(o.Good, ", "), strings.Join(slices.Sorted(maps.Keys(seen)), ", "))
	}
	if o.Half != "" && !sources {
		return nil, configError("no text has a source in the field %q, by which halves are told apart: name it by --source", o.Source)
	}
	if s.Rows == 0 {
		return nil, errors.New("no labelled text; want JSON lines with text and label")
	}
	s.finish()
	return &s.FilterScores, nil
}

// halfOf puts a source into one of two halves.
func halfOf(source string) string {
	if xxh3.HashString(source)>>63 == 0 {
		return "a"
	}
	return "b"
}

func jsonText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// labelled decides one line. What is no text, too short or in another language
// is taken by the rule that says so, as in a run.
func (m *MeasureLine) labelled(line []byte, row *LabelledRow) error {
	m.rec = rawRecord{kind: kindJSON, data: line, out: m.rec.out}
	if err := m.page.process(&m.rec); err != nil {
		return err
	}
	if out := &m.rec.out; out.cause != "" || out.skip != "" {
		row.Kept, row.Reasons = false, []string{"extract." + cmp.Or(out.skip, out.cause)}
		return nil
	}
	d := &m.chain.doc
	if err := m.chain.reader.read(m.rec.out.page, d); err != nil {
		return err
	}
	gate, value, limit := m.chain.measure(d, nil)
	if gate != 0 {
		d.ResetSignals(len(m.dec.signals))
	}
	v := m.dec.one(gate, value, limit, d, d.Signals)
	if row.Kept = v.Kept(); !row.Kept {
		row.Reasons = append(row.Reasons, v.Reason)
	}
	for _, reason := range v.all {
		if reason != v.Reason {
			row.Reasons = append(row.Reasons, reason)
		}
	}
	for i, s := range m.dec.signals {
		if x := d.Signals[i]; !math.IsNaN(x) {
			row.Signals[s.Name] = x
		}
	}
	return nil
}

// filterScoring adds up rows.
type filterScoring struct {
	FilterScores
	dec    *decisions
	labels map[[2]string]*LabelScore
	rules  map[string]*RuleScore
}

func (s *filterScoring) add(row *LabelledRow, good bool) {
	s.Rows++
	if good {
		s.Good++
	} else {
		s.Bad++
	}
	for _, source := range []string{"", row.Source} {
		key := [2]string{row.Label, source}
		if s.labels[key] == nil {
			s.labels[key] = &LabelScore{Label: row.Label, Source: source}
		}
		l := s.labels[key]
		l.Rows++
		if !row.Kept {
			l.Dropped++
		}
		if row.Source == "" {
			break
		}
	}
	drops := 0
	for _, reason := range row.Reasons {
		drops += int(boolByte(s.drops(reason)))
	}
	for i, reason := range row.Reasons {
		if s.rules[reason] == nil {
			s.rules[reason] = &RuleScore{Reason: reason}
		}
		r := s.rules[reason]
		alone := drops == int(boolByte(s.drops(reason)))
		if good {
			r.Good++
			r.AloneGood += int(boolByte(alone))
		} else {
			r.Bad++
			r.AloneBad += int(boolByte(alone))
		}
		if i == 0 && !row.Kept {
			r.First++
		}
	}
}

// drops reports whether a rule drops what it takes; those of extract do.
func (s *filterScoring) drops(reason string) bool {
	rule := slices.Index(s.dec.reasons, reason)
	return rule < 0 || s.dec.action(rule) == filters.Drop
}

// finish sorts: labels by name, rules in the order in which they decide, those
// of extract first; rules that take nothing stay in the table.
func (s *filterScoring) finish() {
	for _, l := range s.labels {
		s.Labels = append(s.Labels, *l)
	}
	slices.SortFunc(s.Labels, func(a, b LabelScore) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Source, b.Source))
	})
	for _, reason := range s.dec.reasons {
		if s.rules[reason] == nil {
			s.rules[reason] = &RuleScore{Reason: reason}
		}
	}
	order := func(reason string) int { return slices.Index(s.dec.reasons, reason) }
	for _, r := range s.rules {
		if n := r.Good + r.Bad; n > 0 {
			r.Precision = float64(r.Bad) / float64(n)
		}
		if s.Bad > 0 {
			r.Recall = float64(r.Bad) / float64(s.Bad)
		}
		s.Rules = append(s.Rules, *r)
	}
	slices.SortFunc(s.Rules, func(a, b RuleScore) int {
		return cmp.Or(cmp.Compare(order(a.Reason), order(b.Reason)), cmp.Compare(a.Reason, b.Reason))
	})
}
