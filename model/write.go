package model

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"slices"
)

// writer writes fields of a model file and remembers the first error.
type writer struct {
	w   *bufio.Writer
	err error
	buf [8]byte
}

func (w *writer) bytes(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
	}
}

func (w *writer) i32(v int32) {
	binary.LittleEndian.PutUint32(w.buf[:4], uint32(v))
	w.bytes(w.buf[:4])
}

func (w *writer) i64(v int64) {
	binary.LittleEndian.PutUint64(w.buf[:], uint64(v))
	w.bytes(w.buf[:])
}

func (w *writer) bool(v bool) {
	w.buf[0] = 0
	if v {
		w.buf[0] = 1
	}
	w.bytes(w.buf[:1])
}

func (w *writer) floats(v []float32) {
	for _, x := range v {
		w.i32(int32(math.Float32bits(x)))
	}
}

// WriteTo writes the model in the format of fastText, version 12: what a .bin or, if
// it was quantised, a .ftz file holds.
func (c *Classifier) WriteTo(dst io.Writer) (int64, error) {
	count := &counter{w: dst}
	w := &writer{w: bufio.NewWriterSize(count, 1<<18)}
	w.i32(magic)
	w.i32(maxVersion)
	a := &c.args
	for _, v := range []int32{a.dim, a.ws, a.epoch, a.minCount, a.neg, a.wordNgrams, a.loss, a.model, a.bucket, a.minn, a.maxn, a.lrUpdateRate} {
		w.i32(v)
	}
	w.i64(int64(math.Float64bits(a.t)))
	w.dictionary(&c.dict)
	_, quant := c.in.(*quantized)
	w.bool(quant)
	w.matrix(c.in)
	_, quant = c.out.(*quantized)
	w.bool(quant)
	w.matrix(c.out)
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return count.n, w.err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

func (w *writer) dictionary(d *dictionary) {
	w.i32(int32(len(d.entries)))
	w.i32(d.nwords)
	w.i32(d.nlabels)
	w.i64(d.ntokens)
	switch {
	case d.pruned != nil:
		w.i64(int64(len(d.pruned)))
	case d.noBuckets:
		w.i64(0)
	default:
		w.i64(-1)
	}
	for _, e := range d.entries {
		w.bytes([]byte(e.text))
		w.bytes([]byte{0})
		w.i64(e.count)
		w.bytes([]byte{byte(e.kind)})
	}
	keys := make([]int32, 0, len(d.pruned))
	for k := range d.pruned {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		w.i32(k)
		w.i32(d.pruned[k])
	}
}

func (w *writer) matrix(m matrix) {
	switch m := m.(type) {
	case *dense:
		w.i64(int64(m.m))
		w.i64(int64(m.n))
		w.floats(m.data)
	case *quantized:
		w.bool(m.norms != nil)
		w.i64(int64(m.m))
		w.i64(int64(m.n))
		w.i32(int32(len(m.codes)))
		w.bytes(m.codes)
		w.quantizer(&m.pq)
		if m.norms != nil {
			w.bytes(m.norms)
			w.quantizer(&m.npq)
		}
	}
}

func (w *writer) quantizer(q *productQuantizer) {
	for _, v := range []int{q.dim, q.nsub, q.dsub, q.last} {
		w.i32(int32(v))
	}
	w.floats(q.centroids)
}
