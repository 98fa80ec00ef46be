package pipeline

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Labels are judgements of people about documents, by id: "good" pages should be
// released, "bad" or "junk" ones not. Other words count for nothing. In a file
// they are JSON lines with id and label; the last line of an id holds.
type Labels map[[16]byte]bool // true: good

// LabelsFile is the name of the file of labels in a run folder, where `sample`
// saves them.
const LabelsFile = "labels.jsonl"

// ReadLabels reads JSON lines with id and label.
func ReadLabels(r io.Reader) (Labels, error) {
	labels := Labels{}
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	rows := 0
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" {
			continue
		}
		var row struct{ ID, Label string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if !idPattern.MatchString(row.ID) {
			return nil, fmt.Errorf("line %d: %q is no id of a document: 32 hex digits", n, row.ID)
		}
		if row.Label == "" {
			return nil, fmt.Errorf("line %d: no label", n)
		}
		rows++
		switch key := idKey(row.ID); row.Label {
		case "good":
			labels[key] = true
		case "bad", "junk":
			labels[key] = false
		default:
			delete(labels, key)
		}
	}
	if len(labels) == 0 && rows > 0 && s.Err() == nil {
		return nil, fmt.Errorf("none of %d labels is good, bad or junk", rows)
	}
	return labels, s.Err()
}

// LabelCounts is what limits do to labelled documents. Each document counts once,
// however often it occurs.
type LabelCounts struct {
	Good       int `json:"good"`
	Bad        int `json:"bad"`
	GoodBefore int `json:"good_before"` // kept by the run
	GoodAfter  int `json:"good_after"`  // kept with the changed limits
	GoodGained int `json:"good_gained"` // kept now, dropped before
	BadGained  int `json:"bad_gained"`
	BadBefore  int `json:"bad_before"`
	BadAfter   int `json:"bad_after"`
	Missing    int `json:"missing"` // labelled, but not in the run
}

// labelCounter counts labelled documents once.
type labelCounter struct {
	LabelCounts
	labels Labels
	seen   map[[16]byte]bool
}

func newLabelCounter(l Labels) *labelCounter {
	return &labelCounter{labels: l, seen: make(map[[16]byte]bool, len(l))}
}

func (c *labelCounter) add(id [16]byte, before, after bool) {
	good, ok := c.labels[id]
	if !ok || c.seen[id] {
		return
	}
	c.seen[id] = true
	if good {
		c.Good++
		c.GoodBefore += int(boolByte(before))
		c.GoodAfter += int(boolByte(after))
		c.GoodGained += int(boolByte(after && !before))
		return
	}
	c.Bad++
	c.BadBefore += int(boolByte(before))
	c.BadAfter += int(boolByte(after))
	c.BadGained += int(boolByte(after && !before))
}

func (c *labelCounter) counts() *LabelCounts {
	c.Missing = len(c.labels) - len(c.seen)
	return &c.LabelCounts
}
