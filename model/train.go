package model

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Loss names the loss function that a classifier is trained with.
type Loss string

// The loss functions of a classifier.
const (
	Softmax             Loss = "softmax"
	HierarchicalSoftmax Loss = "hs"  // for thousands of labels
	OneVsAll            Loss = "ova" // labels that are independent of each other
)

// TrainConfig says how a classifier is trained. The defaults are those of fastText's
// supervised mode.
type TrainConfig struct {
	Loss         Loss    `yaml:"loss" range:"softmax|hs|ova" doc:"loss function"`
	Dim          int     `yaml:"dim" range:"1..4096" unit:"elements" doc:"length of the vectors"`
	Epochs       int     `yaml:"epochs" range:"1..1000" doc:"passes over the texts"`
	LearningRate float64 `yaml:"learning_rate" range:"0..10" doc:"at the begin; it falls to 0 in a line"`
	WordNgrams   int     `yaml:"word_ngrams" range:"1..64" unit:"tokens" doc:"longest n-gram of tokens"`
	MinChars     int     `yaml:"min_chars" range:"0..64" unit:"code points" doc:"shortest n-gram inside a token"`
	MaxChars     int     `yaml:"max_chars" range:"0..64" unit:"code points" doc:"longest n-gram inside a token, 0 for none"`
	Buckets      int     `yaml:"buckets" range:"0..1073741824" doc:"rows that n-grams share by hash"`
	MinCount     int     `yaml:"min_count" range:"1..1000000000" doc:"rarer tokens are left out"`
	MinLabel     int     `yaml:"min_label" range:"0..1000000000" doc:"rarer labels are left out"`
	Seed         uint64  `yaml:"seed" doc:"of the first weights"`
}

// DefaultTrainConfig returns the defaults of fastText's supervised mode.
func DefaultTrainConfig() TrainConfig {
	return TrainConfig{Loss: Softmax, Dim: 100, Epochs: 5, LearningRate: 0.1, WordNgrams: 1, Buckets: 2_000_000, MinCount: 1}
}

func (t *TrainConfig) args() (args, error) {
	a := args{
		dim: int32(t.Dim), ws: 5, epoch: int32(t.Epochs), minCount: int32(t.MinCount), neg: 5, wordNgrams: int32(t.WordNgrams), model: modelSupervised,
		bucket: int32(t.Buckets), minn: int32(t.MinChars), maxn: int32(t.MaxChars), lrUpdateRate: 100, t: 1e-4,
	}
	switch t.Loss {
	case Softmax:
		a.loss = lossSoftmax
	case HierarchicalSoftmax:
		a.loss = lossHS
	case OneVsAll:
		a.loss = lossOVA
	default:
		return a, fmt.Errorf("loss %q is unknown; there are softmax, hs and ova", t.Loss)
	}
	switch {
	case t.Dim < 1 || t.Dim > maxDim:
		return a, fmt.Errorf("dim %d is not in 1 to %d", t.Dim, maxDim)
	case t.Epochs < 1:
		return a, fmt.Errorf("epochs %d: at least 1 is needed", t.Epochs)
	case t.WordNgrams < 1 || t.WordNgrams > maxNgram || t.MinChars < 0 || t.MaxChars < 0 || t.MaxChars > maxNgram:
		return a, fmt.Errorf("n-grams of up to %d tokens and %d to %d characters: at most %d", t.WordNgrams, t.MinChars, t.MaxChars, maxNgram)
	case !(t.LearningRate > 0) || t.LearningRate > 10:
		return a, fmt.Errorf("learning_rate %g is not above 0 and at most 10", t.LearningRate)
	case t.Buckets < 0 || t.Buckets > maxBuckets:
		return a, fmt.Errorf("buckets %d are not in 0 to %d", t.Buckets, maxBuckets)
	}
	if t.WordNgrams < 2 && t.MaxChars == 0 {
		a.bucket = 0
	} else if t.Buckets == 0 {
		return a, errors.New("n-grams need buckets")
	}
	return a, nil
}

// random is SplitMix64 (Steele, Lea, Flood 2014).
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number of 0 to n-1.
func (r *random) below(n int) int { return int(r.next() >> 11 % uint64(n)) }

// unit returns a number of [0, 1).
func (r *random) unit() float64 { return float64(r.next()>>11) / (1 << 53) }

// Train trains a classifier on lines such as
//
//	__label__good 今天 天气 很 好
//
// with one or more labels anywhere in a line; lines without a label are left out. It
// reads data once for the dictionary and once an epoch, in the order of its lines, in
// one goroutine: equal data and config give an equal model on every machine. A line
// with several labels trains one of them an epoch, drawn by the seed (all of them with
// one against all), as fastText does.
func Train(ctx context.Context, data io.ReadSeeker, cfg TrainConfig) (*Classifier, error) {
	a, err := cfg.args()
	if err != nil {
		return nil, err
	}
	c := &Classifier{args: a}
	if err := c.dict.count(data, cfg.MinCount, cfg.MinLabel); err != nil {
		return nil, err
	}
	if c.dict.nlabels == 0 || c.dict.nwords == 0 {
		return nil, fmt.Errorf("%d words and %d labels (%s…): nothing to train on", c.dict.nwords, c.dict.nlabels, labelPrefix)
	}
	in := newDense(int(c.dict.nwords)+int(a.bucket), int(a.dim))
	rnd := random(cfg.Seed)
	for i := range in.data {
		in.data[i] = float32((rnd.unit()*2 - 1) / float64(a.dim))
	}
	out := newDense(int(c.dict.nlabels), int(a.dim))
	c.in, c.out = in, out
	c.prepare()
	t := &trainer{c: c, in: in, out: out, rnd: rnd, Predictor: c.NewPredictor(), grad: make([]float32, a.dim), paths: c.paths()}
	if err := t.train(ctx, data, cfg.LearningRate, cfg.Epochs); err != nil {
		return nil, err
	}
	return c, nil
}

// count makes the dictionary: words and labels by falling count, equal ones by text.
func (d *dictionary) count(data io.ReadSeeker, minCount, minLabel int) error {
	counts := map[string]int64{}
	err := eachLine(data, func(line []byte) error {
		tok := 0
		for f := range bytes.FieldsFuncSeq(line, func(r rune) bool { return r < 256 && isBlank[r] }) {
			counts[string(f)]++
			tok++
		}
		if tok > 0 {
			counts[endOfLine]++
			d.ntokens += int64(tok) + 1
		}
		return nil
	})
	if err != nil {
		return err
	}
	for text, n := range counts {
		e := entry{text: text, count: n}
		if len(text) >= len(labelPrefix) && text[:len(labelPrefix)] == labelPrefix {
			e.kind = kindLabel
		}
		if e.kind == kindWord && n < int64(minCount) || e.kind == kindLabel && n < int64(minLabel) || len(text) > maxToken {
			continue
		}
		d.entries = append(d.entries, e)
		if e.kind == kindLabel {
			d.nlabels++
		} else {
			d.nwords++
		}
	}
	slices.SortFunc(d.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(b.count, a.count), cmp.Compare(a.text, b.text))
	})
	return nil
}

// maxLine is the longest line of training data that is read, in bytes.
const maxLine = 16 << 20

// eachLine calls f with every line of data, without its end.
func eachLine(data io.ReadSeeker, f func(line []byte) error) error {
	if _, err := data.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s := bufio.NewScanner(data)
	s.Buffer(make([]byte, 1<<16), maxLine)
	n := 0
	for s.Scan() {
		n++
		if err := f(s.Bytes()); err != nil {
			return err
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	return nil
}

// trainer holds the state of one training.
type trainer struct {
	*Predictor
	c       *Classifier
	in, out *dense
	rnd     random
	grad    []float32
	paths   [][]step // of the labels in the tree of hierarchical softmax
}

// step is an inner node on the way from the root to a label.
type step struct {
	node  int32 // row of the output matrix
	right bool
}

// paths returns the ways from the labels up to the root.
func (c *Classifier) paths() [][]step {
	if c.tree == nil {
		return nil
	}
	out := make([][]step, c.dict.nlabels)
	for l := range out {
		for i := int32(l); c.tree[i].parent >= 0; i = c.tree[i].parent {
			out[l] = append(out[l], step{c.tree[i].parent - c.dict.nlabels, c.tree[i].binary})
		}
	}
	return out
}

func (t *trainer) train(ctx context.Context, data io.ReadSeeker, rate float64, epochs int) error {
	total := float64(t.c.dict.ntokens) * float64(epochs)
	done := 0
	lines := 0
	for range epochs {
		err := eachLine(data, func(line []byte) error {
			if lines++; lines%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			t.c.dict.read(line, &t.c.args, &t.t)
			lr := float32(rate * max(0, 1-float64(done)/total))
			done += t.seen(line)
			t.update(lr)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i := range t.in.data {
		if v := t.in.data[i]; v != v || math.IsInf(float64(v), 0) {
			return errors.New("the weights left the range of numbers: lower learning_rate")
		}
	}
	return nil
}

// seen returns the tokens of a line with its end, 0 for an empty line.
func (t *trainer) seen(line []byte) int {
	n, in := 0, false
	for _, c := range line {
		if blank := isBlank[c]; blank {
			in = false
		} else if !in {
			in = true
			n++
		}
	}
	if n > 0 {
		n++
	}
	return n
}

// update moves the weights for the line that was read.
func (t *trainer) update(lr float32) {
	labels := t.t.labels
	if len(labels) == 0 || len(t.t.rows) == 0 {
		return
	}
	hidden := t.hidden
	clear(hidden)
	addRows(hidden, t.in, t.t.rows)
	inv := float32(1 / float64(len(t.t.rows)))
	for i := range hidden {
		hidden[i] = float32(hidden[i] * inv)
	}
	clear(t.grad)
	switch t.c.args.loss {
	case lossOVA:
		for l := range int32(t.out.m) {
			t.binary(l, slices.Contains(labels, l), lr)
		}
	case lossHS:
		for _, s := range t.paths[labels[t.choose(len(labels))]] {
			t.binary(s.node, s.right, lr)
		}
	default:
		target := labels[t.choose(len(labels))]
		for i := range t.output {
			t.output[i] = dot(t.out.row(int32(i)), hidden)
		}
		softmax(t.output)
		for i, p := range t.output {
			label := float32(0)
			if int32(i) == target {
				label = 1
			}
			t.step(int32(i), float32(lr*(label-p)))
		}
	}
	for i := range t.grad {
		t.grad[i] = float32(t.grad[i] * inv)
	}
	for _, r := range t.t.rows {
		addTo(t.in.row(r), t.grad)
	}
}

// choose draws one of n labels.
func (t *trainer) choose(n int) int {
	if n == 1 {
		return 0
	}
	return t.rnd.below(n)
}

// binary trains one row of the output as a yes or no.
func (t *trainer) binary(row int32, yes bool, lr float32) {
	label := float32(0)
	if yes {
		label = 1
	}
	t.step(row, float32(lr*(label-sigmoid(dot(t.out.row(row), t.hidden)))))
}

// step moves an output row along the hidden vector and notes what the input owes.
func (t *trainer) step(row int32, alpha float32) {
	addScaled(t.grad, t.out.row(row), alpha)
	addScaled(t.out.row(row), t.hidden, alpha)
}

// addScaled adds src times f to dst.
func addScaled(dst, src []float32, f float32) {
	dst = dst[:len(src)]
	for len(src) >= 4 {
		a, b := dst[:4:4], src[:4:4]
		a[0] += float32(f * b[0])
		a[1] += float32(f * b[1])
		a[2] += float32(f * b[2])
		a[3] += float32(f * b[3])
		dst, src = dst[4:], src[4:]
	}
	for i, v := range src {
		dst[i] += float32(f * v)
	}
}
