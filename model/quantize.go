package model

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// QuantizeConfig says how a classifier is made smaller.
type QuantizeConfig struct {
	GroupSize int  `yaml:"group_size" range:"1..256" unit:"elements" doc:"elements of a vector that share one byte; more is smaller and coarser"`
	Norms     bool `yaml:"norms" doc:"keep the length of every vector in a byte of its own"`
	Cutoff    int  `yaml:"cutoff" range:"0..1000000000" unit:"rows" doc:"keep this many words and n-grams, those with the longest vectors; 0 keeps all"`
	Output    bool `yaml:"output" doc:"quantise the vectors of the labels too; needs 256 labels"`
	Seed      uint64
	Retrain   *TrainConfig // trains the rows that a cutoff keeps once more; nil does not
}

// DefaultQuantizeConfig returns the defaults of fastText with norms kept apart.
func DefaultQuantizeConfig() QuantizeConfig { return QuantizeConfig{GroupSize: 2, Norms: true} }

// Quantize returns a smaller copy of c, what a .ftz file holds: rows of the input are
// pruned to the longest and quantised (Joulin et al. 2016, FastText.zip). data is
// read only where rows are trained again and may be nil otherwise.
func (c *Classifier) Quantize(ctx context.Context, cfg QuantizeConfig, data io.ReadSeeker) (*Classifier, error) {
	in, ok := c.in.(*dense)
	if !ok {
		return nil, errors.New("the model is quantised already")
	}
	if cfg.GroupSize < 1 || cfg.GroupSize > 256 || cfg.Cutoff < 0 {
		return nil, fmt.Errorf("group_size %d, cutoff %d", cfg.GroupSize, cfg.Cutoff)
	}
	out := c.out.(*dense)
	q := &Classifier{args: c.args, dict: c.dict}
	if cfg.Cutoff > 0 && cfg.Cutoff < in.m {
		in = q.prune(in, c.longest(in, cfg.Cutoff))
		q.in, q.out = in, &dense{out.m, out.n, slices.Clone(out.data)}
		out = q.out.(*dense)
		q.prepare()
		if cfg.Retrain != nil {
			t := &trainer{c: q, in: in, out: out, rnd: random(cfg.Seed), Predictor: q.NewPredictor(), grad: make([]float32, in.n), paths: q.paths()}
			if err := t.train(ctx, data, cfg.Retrain.LearningRate, cfg.Retrain.Epochs); err != nil {
				return nil, err
			}
		}
	}
	rnd := random(cfg.Seed + 1)
	var err error
	if q.in, err = quantize(in, cfg.GroupSize, cfg.Norms, &rnd); err != nil {
		return nil, err
	}
	q.out = out
	if cfg.Output {
		if q.out, err = quantize(out, 2, cfg.Norms, &rnd); err != nil {
			return nil, fmt.Errorf("labels: %w", err)
		}
	}
	q.prepare()
	return q, nil
}

// longest returns the rows with the longest vectors in order, the end of the line
// among them.
func (c *Classifier) longest(in *dense, n int) []int32 {
	norms := make([]float32, in.m)
	rows := make([]int32, in.m)
	for i := range rows {
		rows[i] = int32(i)
		norms[i] = dot(in.row(int32(i)), in.row(int32(i)))
	}
	if eol := c.dict.find([]byte(endOfLine), hashToken([]byte(endOfLine))); eol >= 0 && eol < c.dict.nwords {
		norms[eol] = math.MaxFloat32
	}
	slices.SortStableFunc(rows, func(a, b int32) int {
		switch {
		case norms[a] > norms[b]:
			return -1
		case norms[a] < norms[b]:
			return 1
		}
		return 0
	})
	rows = rows[:n]
	slices.Sort(rows)
	return rows
}

// prune keeps the given rows, words and n-grams, and makes the dictionary fit.
func (q *Classifier) prune(in *dense, rows []int32) *dense {
	d, old := &q.dict, q.dict
	kept := newDense(len(rows), in.n)
	d.entries, d.nwords, d.pruned = nil, 0, map[int32]int32{}
	for i, r := range rows {
		copy(kept.row(int32(i)), in.row(r))
		if r < old.nwords {
			d.entries = append(d.entries, old.entries[r])
			d.nwords++
			continue
		}
		d.pruned[r-old.nwords] = int32(i) - d.nwords
	}
	d.entries = append(d.entries, old.entries[old.nwords:]...)
	d.noBuckets = len(d.pruned) == 0
	if d.noBuckets {
		d.pruned = nil
	}
	return kept
}

const (
	meansRounds = 25        // of k-means
	meansPoints = 256 * 256 // rows that k-means looks at
	meansEps    = 1e-7
)

// quantize quantises the rows of a matrix, which needs 256 of them.
func quantize(m *dense, group int, norms bool, rnd *random) (*quantized, error) {
	if m.m < ksub {
		return nil, fmt.Errorf("%d rows cannot be quantised, at least %d are needed", m.m, ksub)
	}
	q := &quantized{m: m.m, n: m.n}
	data := m.data
	if norms {
		data = slices.Clone(m.data)
		lengths := make([]float32, m.m)
		for i := range lengths {
			row := data[i*m.n:][:m.n]
			lengths[i] = float32(math.Sqrt(float64(dot(row, row))))
			if lengths[i] > 0 {
				for k := range row {
					row[k] /= lengths[i]
				}
			}
		}
		q.npq = newQuantizer(1, 1)
		q.npq.train(lengths, rnd)
		q.norms = q.npq.codes(lengths)
	}
	q.pq = newQuantizer(m.n, group)
	q.pq.train(data, rnd)
	q.codes = q.pq.codes(data)
	return q, nil
}

func newQuantizer(dim, dsub int) productQuantizer {
	dsub = min(dsub, dim)
	q := productQuantizer{dim: dim, dsub: dsub, nsub: (dim + dsub - 1) / dsub, last: dim % dsub, centroids: make([]float32, dim*ksub)}
	if q.last == 0 {
		q.last = dsub
	}
	return q
}

// groupSize returns the elements of group g.
func (q *productQuantizer) groupSize(g int) int {
	if g == q.nsub-1 {
		return q.last
	}
	return q.dsub
}

// train finds the centroids of every group by k-means over a sample of the rows.
func (q *productQuantizer) train(data []float32, rnd *random) {
	n := len(data) / q.dim
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	for g := range q.nsub {
		d := q.groupSize(g)
		for i := range min(n, meansPoints) { // a fresh sample for every group
			k := i + rnd.below(n-i)
			order[i], order[k] = order[k], order[i]
		}
		points := make([]float32, 0, min(n, meansPoints)*d)
		for _, r := range order[:min(n, meansPoints)] {
			points = append(points, data[int(r)*q.dim+g*q.dsub:][:d]...)
		}
		means(q.centroids[g*ksub*q.dsub:][:ksub*d], points, d, rnd)
	}
}

// means is k-means of Lloyd with ksub centres that begin at the first points; a centre
// without points takes half of those of a large one.
func means(c, points []float32, d int, rnd *random) {
	copy(c, points[:ksub*d])
	codes := make([]byte, len(points)/d)
	var count [ksub]int
	for range meansRounds {
		for i := range codes {
			codes[i] = nearest(c, points[i*d:][:d])
		}
		clear(c)
		clear(count[:])
		for i, k := range codes {
			count[k]++
			addTo(c[int(k)*d:][:d], points[i*d:][:d])
		}
		for k, n := range count {
			for j := range d {
				if n > 0 {
					c[k*d+j] /= float32(n)
				}
			}
		}
		for k := range count {
			if count[k] > 0 {
				continue
			}
			from := rnd.below(ksub)
			for rnd.unit()*float64(len(codes)-ksub) >= float64(count[from]-1) {
				from = (from + 1) % ksub
			}
			for j := range d {
				sign := float32(j%2*2 - 1)
				c[k*d+j] = c[from*d+j] + float32(sign*meansEps)
				c[from*d+j] -= float32(sign * meansEps)
			}
			count[k] = count[from] / 2
			count[from] -= count[k]
		}
	}
}

// nearest returns the centre closest to a point, the first of equals.
func nearest(c, point []float32) byte {
	d := len(point)
	best, code := float32(math.MaxFloat32), 0
	for k := range ksub {
		var dist float32
		for j, v := range c[k*d:][:d] {
			x := v - point[j]
			dist += float32(x * x)
		}
		if dist < best {
			best, code = dist, k
		}
	}
	return byte(code)
}

// codes returns the codes of rows.
func (q *productQuantizer) codes(data []float32) []byte {
	n := len(data) / q.dim
	out := make([]byte, n*q.nsub)
	for i := range n {
		for g := range q.nsub {
			d := q.groupSize(g)
			out[i*q.nsub+g] = nearest(q.centroids[g*ksub*q.dsub:][:ksub*d], data[i*q.dim+g*q.dsub:][:d])
		}
	}
	return out
}
