package model

import (
	"math"
	"slices"
	"strings"
)

// Classifier is a trained model. It does not change and is safe for concurrent use.
type Classifier struct {
	args args
	dict dictionary
	in   matrix
	out  matrix
	tree []node // of hierarchical softmax
}

// node is one node of the tree of hierarchical softmax.
type node struct {
	parent, left, right int32 // -1 where there is none
	count               int64
	binary              bool // the right child of its parent
}

// Labels returns the number of labels.
func (c *Classifier) Labels() int { return int(c.dict.nlabels) }

// Label returns label i without the prefix __label__.
func (c *Classifier) Label(i int) string {
	return strings.TrimPrefix(c.dict.entries[int(c.dict.nwords)+i].text, labelPrefix)
}

// LabelIndex returns the number of a label, with or without its prefix, -1 if the
// model has no such label.
func (c *Classifier) LabelIndex(label string) int {
	label = strings.TrimPrefix(label, labelPrefix)
	for i := range c.Labels() {
		if c.Label(i) == label {
			return i
		}
	}
	return -1
}

// Dim returns the number of elements of the vectors.
func (c *Classifier) Dim() int { return int(c.args.dim) }

// prepare builds what is derived from a model that was read or trained.
func (c *Classifier) prepare() {
	c.dict.index()
	if c.args.maxn > 0 {
		c.dict.cacheSubwords(&c.args)
	}
	if c.args.loss == lossHS {
		counts := make([]int64, c.dict.nlabels)
		for i := range counts {
			counts[i] = c.dict.entries[int(c.dict.nwords)+i].count
		}
		c.tree = huffman(counts)
	}
}

// huffman builds the tree of fastText over counts, which fall or stay equal.
func huffman(counts []int64) []node {
	n := len(counts)
	t := make([]node, 2*n-1)
	for i := range t {
		t[i] = node{parent: -1, left: -1, right: -1, count: 1e15}
		if i < n {
			t[i].count = counts[i]
		}
	}
	leaf, inner := n-1, n
	for i := n; i < 2*n-1; i++ {
		var pick [2]int
		for k := range pick {
			if leaf >= 0 && t[leaf].count < t[inner].count {
				pick[k], leaf = leaf, leaf-1
			} else {
				pick[k], inner = inner, inner+1
			}
		}
		t[i].left, t[i].right = int32(pick[0]), int32(pick[1])
		t[i].count = t[pick[0]].count + t[pick[1]].count
		t[pick[0]].parent, t[pick[1]].parent = int32(i), int32(i)
		t[pick[1]].binary = true
	}
	return t
}

// Prediction is one label of a text.
type Prediction struct {
	Label int     // number of the label
	P     float32 // probability, 0–1; as fastText prints it, which adds 1e-5
	log   float32
}

// Predictor scores one text after the other and reuses its memory. It is not safe
// for concurrent use.
type Predictor struct {
	c      *Classifier
	t      tokens
	hidden []float32
	output []float32
	best   []Prediction
}

// NewPredictor returns a predictor of c.
func (c *Classifier) NewPredictor() *Predictor {
	return &Predictor{c: c, hidden: make([]float32, c.args.dim), output: make([]float32, c.dict.nlabels)}
}

// Predict returns the k most probable labels of a line of tokens, most probable
// first, equal ones by number. It returns nothing for a line without a token that
// the model knows. The result is valid until the next call.
func (p *Predictor) Predict(line []byte, k int) []Prediction {
	p.best = p.best[:0]
	if !p.read(line) || k < 1 {
		return nil
	}
	if p.c.args.loss == lossHS {
		p.descend(int32(len(p.c.tree)-1), 0, k)
	} else {
		p.score()
		for i, x := range p.output {
			p.keep(Prediction{Label: i, log: stdLog(x)}, k)
		}
	}
	slices.SortStableFunc(p.best, func(a, b Prediction) int {
		switch {
		case a.log != b.log:
			if a.log > b.log {
				return -1
			}
			return 1
		}
		return a.Label - b.Label
	})
	for i := range p.best {
		p.best[i].P = float32(math.Exp(float64(p.best[i].log)))
	}
	return p.best
}

// Probability returns the probability of one label of a line of tokens, 0–1, and 0
// for a line without a token that the model knows. It does not add the 1e-5 of
// [Prediction].
func (p *Predictor) Probability(line []byte, label int) float32 {
	if !p.read(line) {
		return 0
	}
	if p.c.args.loss != lossHS {
		p.score()
		return p.output[label]
	}
	prob := float32(1)
	for i := int32(label); p.c.tree[i].parent >= 0; i = p.c.tree[i].parent {
		f := p.branch(p.c.tree[i].parent)
		if !p.c.tree[i].binary {
			f = 1 - f
		}
		prob = float32(prob * f)
	}
	return prob
}

// read makes the hidden vector of a line, the mean of its rows.
func (p *Predictor) read(line []byte) bool {
	p.c.dict.read(line, &p.c.args, &p.t)
	if len(p.t.rows) == 0 {
		return false
	}
	clear(p.hidden)
	addRows(p.hidden, p.c.in, p.t.rows)
	inv := float32(1 / float64(len(p.t.rows)))
	for i := range p.hidden {
		p.hidden[i] = float32(p.hidden[i] * inv)
	}
	return true
}

// addRows adds rows of m to dst.
func addRows(dst []float32, m matrix, rows []int32) {
	if d, ok := m.(*dense); ok {
		for _, i := range rows {
			addTo(dst, d.row(i))
		}
		return
	}
	for _, i := range rows {
		m.addRow(dst, i)
	}
}

// score fills output with the probability of every label.
func (p *Predictor) score() {
	for i := range p.output {
		p.output[i] = p.c.out.dot(p.hidden, int32(i))
	}
	if p.c.args.loss == lossSoftmax {
		softmax(p.output)
		return
	}
	for i, x := range p.output {
		p.output[i] = sigmoid(x)
	}
}

func softmax(x []float32) {
	most := slices.Max(x)
	var sum float32
	for i, v := range x {
		x[i] = float32(math.Exp(float64(v - most)))
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
}

const (
	sigmoidSize = 512
	maxSigmoid  = 8
)

// sigmoids is the table of fastText, which computes no sigmoid.
var sigmoids = func() (t [sigmoidSize + 1]float32) {
	for i := range t {
		x := float32(i*2*maxSigmoid)/sigmoidSize - maxSigmoid
		t[i] = float32(1 / (1 + math.Exp(-float64(x))))
	}
	return t
}()

// sigmoid is not a number where x is none: weights near the largest float overflow.
func sigmoid(x float32) float32 {
	switch {
	case x != x:
		return x
	case x < -maxSigmoid:
		return 0
	case x > maxSigmoid:
		return 1
	}
	return sigmoids[int(float32((x+maxSigmoid)*sigmoidSize)/maxSigmoid/2)]
}

// stdLog is the logarithm of fastText, which keeps clear of zero.
func stdLog(x float32) float32 { return float32(math.Log(float64(x) + 1e-5)) }

// branch returns the probability of the right child of an inner node.
func (p *Predictor) branch(n int32) float32 {
	z := p.c.out.dot(p.hidden, n-p.c.dict.nlabels)
	return float32(1 / (1 + math.Exp(-float64(z))))
}

// descend visits the tree below node n and keeps the k best leaves. A branch that is
// worse than all of them is left out.
func (p *Predictor) descend(n int32, score float32, k int) {
	if len(p.best) == k && score < p.worst() {
		return
	}
	t := &p.c.tree[n]
	if t.left < 0 {
		p.keep(Prediction{Label: int(n), log: score}, k)
		return
	}
	f := p.branch(n)
	p.descend(t.left, score+stdLog(float32(1-f)), k)
	p.descend(t.right, score+stdLog(f), k)
}

func (p *Predictor) worst() float32 {
	w := p.best[0].log
	for _, b := range p.best[1:] {
		w = min(w, b.log)
	}
	return w
}

// keep puts a prediction among the k best.
func (p *Predictor) keep(x Prediction, k int) {
	if len(p.best) < k {
		p.best = append(p.best, x)
		return
	}
	worst := 0
	for i := range p.best {
		if b := p.best[i]; b.log < p.best[worst].log || b.log == p.best[worst].log && b.Label > p.best[worst].Label {
			worst = i
		}
	}
	if x.log > p.best[worst].log {
		p.best[worst] = x
	}
}
