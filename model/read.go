package model

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
)

const (
	magic      = 793712314
	maxVersion = 12

	maxDim     = 4096
	maxToken   = 1 << 16 // bytes of one word of a dictionary
	maxNgram   = 64
	maxBuckets = 1 << 30
	maxCount   = 1e14 // of all labels; the tree of hierarchical softmax ends at 1e15
)

// Loss functions of the format.
const (
	lossHS      = 1 // hierarchical softmax
	lossNS      = 2 // negative sampling
	lossSoftmax = 3
	lossOVA     = 4 // one against all
)

const modelSupervised = 3

// args is what the format says about how a model was trained.
type args struct {
	dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, lrUpdateRate int32
	t                                                                                        float64 // sampling threshold
}

// Open reads the model in a file, or one that comes with the program: [ShippedPrefix]
// and its name.
func Open(name string) (*Classifier, error) {
	if short, ok := strings.CutPrefix(name, ShippedPrefix); ok {
		data, err := Shipped(short)
		if err != nil {
			return nil, err
		}
		return Read(bytes.NewReader(data), int64(len(data)))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	c, err := Read(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// reader reads fields of a model file and remembers the first error.
type reader struct {
	r    *bufio.Reader
	left int64 // bytes that the file has left
	err  error
	buf  [8]byte
}

func (r *reader) fail(format string, a ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, a...)
	}
}

// take accounts for n bytes of the file and reports whether it has them.
func (r *reader) take(n int64) bool {
	if r.err == nil && (n < 0 || n > r.left) {
		r.fail("the file ends early: a field of %d bytes, %d are left", n, r.left)
	}
	if r.err != nil {
		return false
	}
	r.left -= n
	return true
}

func (r *reader) full(b []byte) {
	if !r.take(int64(len(b))) {
		return
	}
	if _, err := io.ReadFull(r.r, b); err != nil {
		r.fail("read: %w", err)
	}
}

func (r *reader) i32() int32 {
	r.full(r.buf[:4])
	if r.err != nil {
		return 0
	}
	return int32(binary.LittleEndian.Uint32(r.buf[:4]))
}

func (r *reader) i64() int64 {
	r.full(r.buf[:8])
	if r.err != nil {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(r.buf[:8]))
}

func (r *reader) bool() bool {
	r.full(r.buf[:1])
	return r.err == nil && r.buf[0] != 0
}

func (r *reader) bytes(n int64) []byte {
	if r.err != nil || n < 0 || n > r.left {
		r.take(n)
		return nil
	}
	b := make([]byte, n)
	r.full(b)
	return b
}

func (r *reader) floats(n int64) []float32 {
	if n < 0 || n > r.left/4 {
		r.fail("the file ends early: %d numbers, %d bytes are left", n, r.left)
	}
	if r.err != nil {
		return nil
	}
	out := make([]float32, n)
	var chunk [1 << 14]byte
	for i := 0; i < len(out) && r.err == nil; {
		k := min(len(out)-i, len(chunk)/4)
		r.full(chunk[:4*k])
		for j := range k {
			v := math.Float32frombits(binary.LittleEndian.Uint32(chunk[4*j:]))
			if v != v || math.IsInf(float64(v), 0) {
				r.fail("a weight is no number")
			}
			out[i+j] = v
		}
		i += k
	}
	return out
}

// str reads a string that ends with a zero byte.
func (r *reader) str() string {
	var b []byte
	for r.err == nil {
		r.full(r.buf[:1])
		if r.buf[0] == 0 {
			break
		}
		if b = append(b, r.buf[0]); len(b) > maxToken {
			r.fail("a word of more than %d bytes", maxToken)
		}
	}
	return string(b)
}

// Read reads a model of fastText, .bin or .ftz, versions 11 and 12, of size bytes.
// It holds no more memory than the file is large, whatever the file claims. An error
// says which part does not hold together.
func Read(src io.Reader, size int64) (*Classifier, error) {
	r := &reader{r: bufio.NewReaderSize(src, 1<<18), left: size}
	c := &Classifier{}
	if r.i32() != magic {
		return nil, errors.New("not a fastText model: the first four bytes are others")
	}
	version := r.i32()
	if r.err == nil && (version < 11 || version > maxVersion) {
		return nil, fmt.Errorf("version %d of the format; 11 and %d are known", version, maxVersion)
	}
	c.readArgs(r, version)
	c.readDictionary(r)
	quant := r.bool()
	c.in = readMatrix(r, quant)
	if r.err == nil && !quant && (c.dict.pruned != nil || c.dict.noBuckets) {
		r.fail("a pruned dictionary with a matrix that is not quantised")
	}
	c.out = readMatrix(r, r.bool() && quant)
	if r.err != nil {
		return nil, r.err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	c.prepare()
	return c, nil
}

func (c *Classifier) readArgs(r *reader, version int32) {
	a := &c.args
	for _, p := range []*int32{&a.dim, &a.ws, &a.epoch, &a.minCount, &a.neg, &a.wordNgrams, &a.loss, &a.model, &a.bucket, &a.minn, &a.maxn, &a.lrUpdateRate} {
		*p = r.i32()
	}
	a.t = math.Float64frombits(uint64(r.i64()))
	if version == 11 && a.model == modelSupervised {
		a.maxn = 0 // old supervised models have no character n-grams
	}
	switch {
	case r.err != nil:
	case a.model != modelSupervised:
		r.fail("the model was not trained on labels")
	case a.loss < lossHS || a.loss > lossOVA:
		r.fail("loss function %d is unknown", a.loss)
	case a.dim < 1 || a.dim > maxDim:
		r.fail("vectors of %d elements; 1 to %d can be read", a.dim, maxDim)
	case a.bucket < 0 || a.bucket > maxBuckets || a.wordNgrams > maxNgram || a.maxn > maxNgram || a.bucket == 0 && (a.maxn > 0 || a.wordNgrams > 1):
		r.fail("n-grams of up to %d words and %d characters in %d buckets", a.wordNgrams, a.maxn, a.bucket)
	}
}

func (c *Classifier) readDictionary(r *reader) {
	d := &c.dict
	size := r.i32()
	d.nwords, d.nlabels = r.i32(), r.i32()
	d.ntokens = r.i64()
	prune := r.i64()
	if r.err == nil && (size < 0 || d.nwords < 0 || d.nlabels < 1 || int64(d.nwords)+int64(d.nlabels) != int64(size) || int64(size)*10 > r.left) {
		r.fail("a dictionary of %d entries, %d words and %d labels in %d bytes: the file is cut or damaged", size, d.nwords, d.nlabels, r.left)
	}
	for i := int32(0); i < size && r.err == nil; i++ {
		e := entry{text: r.str(), count: r.i64()}
		r.full(r.buf[:1])
		e.kind = entryKind(r.buf[0])
		if r.err == nil && (e.kind > kindLabel || (e.kind == kindLabel) != (i >= d.nwords)) {
			r.fail("entry %d of the dictionary is of kind %d, words come before labels", i, e.kind)
		}
		d.entries = append(d.entries, e)
	}
	if r.err == nil && prune > r.left/8 {
		r.fail("%d pruned n-grams, %d bytes are left", prune, r.left)
	}
	d.noBuckets = prune == 0
	if prune > 0 && r.err == nil {
		d.pruned = make(map[int32]int32, prune)
		for i := int64(0); i < prune && r.err == nil; i++ {
			k := r.i32()
			d.pruned[k] = r.i32()
		}
	}
}

func readMatrix(r *reader, quant bool) matrix {
	if quant {
		return readQuantized(r)
	}
	m, n := r.i64(), r.i64()
	if r.err == nil && (m < 0 || n < 1 || n > maxDim || m > r.left/4/n) {
		r.fail("a matrix of %d rows of %d, %d bytes are left", m, n, r.left)
	}
	if r.err != nil {
		return nil
	}
	return &dense{m: int(m), n: int(n), data: r.floats(m * n)}
}

func readQuantized(r *reader) matrix {
	q := &quantized{}
	norms := r.bool()
	m, n := r.i64(), r.i64()
	codes := int64(r.i32())
	if r.err == nil && (m < 0 || n < 1 || n > maxDim || m > r.left) {
		r.fail("a quantised matrix of %d rows of %d, %d bytes are left", m, n, r.left)
	}
	q.m, q.n = int(m), int(n)
	q.codes = r.bytes(codes)
	q.pq.read(r, int(n))
	if r.err == nil && int64(q.pq.nsub)*m != codes {
		r.fail("%d codes for %d rows in %d groups", codes, m, q.pq.nsub)
	}
	if norms {
		q.norms = r.bytes(m)
		q.npq.read(r, 1)
	}
	return q
}

func (q *productQuantizer) read(r *reader, dim int) {
	q.dim, q.nsub, q.dsub, q.last = int(r.i32()), int(r.i32()), int(r.i32()), int(r.i32())
	if r.err == nil && (q.dim != dim || q.nsub < 1 || q.nsub > dim || q.dsub < 1 || q.last < 1 || q.last > q.dsub || (q.nsub-1)*q.dsub+q.last != dim) {
		r.fail("a quantiser of %d elements in %d groups of %d and one of %d, for %d", q.dim, q.nsub, q.dsub, q.last, dim)
	}
	if r.err == nil {
		q.centroids = r.floats(int64(dim) * ksub)
	}
}

// check reports whether the parts of a model fit each other.
func (c *Classifier) check() error {
	d, a := &c.dict, &c.args
	need := int64(d.nwords)
	switch {
	case d.noBuckets:
	case d.pruned == nil:
		need += int64(a.bucket)
	}
	for _, row := range d.pruned {
		if row < 0 {
			return errors.New("a pruned n-gram without a row")
		}
		need = max(need, int64(d.nwords)+int64(row)+1)
	}
	if c.in.cols() != int(a.dim) || c.out.cols() != int(a.dim) {
		return fmt.Errorf("matrices with rows of %d and %d for vectors of %d", c.in.cols(), c.out.cols(), a.dim)
	}
	if int64(c.in.rows()) < need {
		return fmt.Errorf("%d input rows, the dictionary needs %d", c.in.rows(), need)
	}
	sum := int64(0)
	for _, e := range d.entries[d.nwords:] {
		if e.count < 0 || e.count > maxCount-sum {
			return fmt.Errorf("label %q has a count of %d", e.text, e.count)
		}
		sum += e.count
	}
	if c.out.rows() < int(d.nlabels) {
		return fmt.Errorf("%d output rows for %d labels", c.out.rows(), d.nlabels)
	}
	return nil
}
