package model

import (
	"cmp"
	"slices"
)

// Evaluation is how well a classifier finds labels.
type Evaluation struct {
	Texts    int     `json:"texts"`    // with a label that the model knows
	Unknown  int     `json:"unknown"`  // without one
	Accuracy float64 `json:"accuracy"` // share of texts whose first label is right, 0–1
	MacroF1  float64 `json:"macro_f1"` // mean over the labels that occur

	Labels []LabelScore `json:"labels"` // by name
}

// LabelScore is how well one label is found when every text gets its most probable
// label.
type LabelScore struct {
	Label     string       `json:"label"`
	Texts     int          `json:"texts"` // that have it
	Precision float64      `json:"precision"`
	Recall    float64      `json:"recall"`
	F1        float64      `json:"f1"`
	Curve     []CurvePoint `json:"curve"` // by falling threshold
}

// CurvePoint is what a threshold on the probability of one label gives.
type CurvePoint struct {
	Threshold float64 `json:"threshold"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// scored is one text with the probability of a label.
type scored struct {
	p   float32
	yes bool
}

// Evaluator adds up predictions for an [Evaluation].
type Evaluator struct {
	p       *Predictor
	right   int
	texts   int
	unknown int
	have    []int // texts by true label
	given   []int // texts by predicted label
	hits    []int
	scores  [][]scored
}

// NewEvaluator returns an evaluator of c.
func NewEvaluator(c *Classifier) *Evaluator {
	n := c.Labels()
	return &Evaluator{p: c.NewPredictor(), have: make([]int, n), given: make([]int, n), hits: make([]int, n), scores: make([][]scored, n)}
}

// Add predicts a line and compares with its label.
func (e *Evaluator) Add(line []byte, label string) {
	want := e.p.c.LabelIndex(label)
	if want < 0 {
		e.unknown++
		return
	}
	e.texts++
	e.have[want]++
	for l := range e.scores {
		e.scores[l] = append(e.scores[l], scored{e.p.Probability(line, l), l == want})
	}
	if best := e.p.Predict(line, 1); len(best) > 0 {
		e.given[best[0].Label]++
		if best[0].Label == want {
			e.right++
			e.hits[want]++
		}
	}
}

// curvePoints is the number of thresholds of a curve.
const curvePoints = 20

// Evaluation returns the figures of what was added.
func (e *Evaluator) Evaluation() Evaluation {
	out := Evaluation{Texts: e.texts, Unknown: e.unknown, Accuracy: share(e.right, e.texts)}
	occur := 0
	for l := range e.have {
		s := LabelScore{Label: e.p.c.Label(l), Texts: e.have[l], Precision: share(e.hits[l], e.given[l]), Recall: share(e.hits[l], e.have[l])}
		if s.Precision+s.Recall > 0 {
			s.F1 = 2 * s.Precision * s.Recall / (s.Precision + s.Recall)
		}
		s.Curve = curve(e.scores[l], e.have[l])
		out.Labels = append(out.Labels, s)
		if s.Texts > 0 {
			occur++
			out.MacroF1 += s.F1
		}
	}
	if occur > 0 {
		out.MacroF1 /= float64(occur)
	}
	slices.SortFunc(out.Labels, func(a, b LabelScore) int { return cmp.Compare(a.Label, b.Label) })
	return out
}

// curve returns precision and recall at the thresholds that give every twentieth of
// the recall.
func curve(s []scored, have int) []CurvePoint {
	slices.SortStableFunc(s, func(a, b scored) int { return cmp.Compare(b.p, a.p) })
	var out []CurvePoint
	hits, next := 0, 1
	for i, x := range s {
		if x.yes {
			hits++
		}
		if i+1 < len(s) && s[i+1].p == x.p {
			continue
		}
		if have > 0 && hits*curvePoints >= next*have {
			out = append(out, CurvePoint{float64(x.p), share(hits, i+1), share(hits, have)})
			next = hits*curvePoints/have + 1
		}
	}
	return out
}

func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
