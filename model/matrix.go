package model

// matrix is a matrix of rows that are added to or multiplied with a vector.
type matrix interface {
	// rows and cols are the size of the matrix.
	rows() int
	cols() int
	// addRow adds row i to dst, which has cols elements.
	addRow(dst []float32, i int32)
	// dot returns the product of row i and v.
	dot(v []float32, i int32) float32
}

// dense is a matrix of 32-bit floats, row by row.
type dense struct {
	m, n int
	data []float32
}

func newDense(m, n int) *dense { return &dense{m: m, n: n, data: make([]float32, m*n)} }

func (d *dense) rows() int { return d.m }
func (d *dense) cols() int { return d.n }

func (d *dense) row(i int32) []float32 { return d.data[int(i)*d.n:][:d.n:d.n] }

func (d *dense) addRow(dst []float32, i int32) { addTo(dst, d.row(i)) }

func (d *dense) dot(v []float32, i int32) float32 { return dot(d.row(i), v) }

// addTo adds src to dst, element by element.
func addTo(dst, src []float32) {
	dst = dst[:len(src)]
	for len(src) >= 8 {
		a, b := dst[:8:8], src[:8:8]
		a[0] += b[0]
		a[1] += b[1]
		a[2] += b[2]
		a[3] += b[3]
		a[4] += b[4]
		a[5] += b[5]
		a[6] += b[6]
		a[7] += b[7]
		dst, src = dst[8:], src[8:]
	}
	for i, v := range src {
		dst[i] += v
	}
}

// dot returns the product of two vectors of the same length, summed in four lanes.
// The explicit conversions keep any compiler from fusing the operations.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	for len(a) >= 4 {
		x, y := a[:4:4], b[:4:4]
		s0 += float32(x[0] * y[0])
		s1 += float32(x[1] * y[1])
		s2 += float32(x[2] * y[2])
		s3 += float32(x[3] * y[3])
		a, b = a[4:], b[4:]
	}
	s := float32(s0+s1) + float32(s2+s3)
	for i, v := range a {
		s += float32(v * b[i])
	}
	return s
}

// centroids of one byte
const ksub = 256

// productQuantizer stands for vectors by one byte per group of elements: the number
// of the centroid that is closest (Jégou, Douze, Schmid 2011).
type productQuantizer struct {
	dim, nsub, dsub, last int // elements, groups, elements of a group and of the last one
	centroids             []float32
}

// centroid returns centroid c of group m.
func (q *productQuantizer) centroid(m int, c byte) []float32 {
	if m == q.nsub-1 {
		return q.centroids[m*ksub*q.dsub+int(c)*q.last:][:q.last]
	}
	return q.centroids[(m*ksub+int(c))*q.dsub:][:q.dsub]
}

// quantized is a matrix of product quantised rows; where norms are given, those of
// the rows are quantised apart.
type quantized struct {
	m, n  int
	codes []byte
	pq    productQuantizer
	norms []byte // nil without
	npq   productQuantizer
}

func (q *quantized) rows() int { return q.m }
func (q *quantized) cols() int { return q.n }

func (q *quantized) norm(i int32) float32 {
	if q.norms == nil {
		return 1
	}
	return q.npq.centroids[q.norms[i]]
}

func (q *quantized) addRow(dst []float32, i int32) {
	norm := q.norm(i)
	codes := q.codes[int(i)*q.pq.nsub:][:q.pq.nsub]
	c, dsub := q.pq.centroids, q.pq.dsub
	if dsub == 2 && q.pq.last == 2 { // the default of the quantiser
		for m, code := range codes {
			k := (m*ksub + int(code)) * 2
			x := c[k : k+2 : k+2]
			y := dst[2*m : 2*m+2 : 2*m+2]
			y[0] += float32(norm * x[0])
			y[1] += float32(norm * x[1])
		}
		return
	}
	for m, code := range codes {
		x := q.pq.centroid(m, code)
		y := dst[m*dsub:][:len(x)]
		for k, v := range x {
			y[k] += float32(norm * v)
		}
	}
}

func (q *quantized) dot(v []float32, i int32) float32 {
	norm := q.norm(i)
	codes := q.codes[int(i)*q.pq.nsub:][:q.pq.nsub]
	var s float32
	for m, code := range codes {
		x := q.pq.centroid(m, code)
		y := v[m*q.pq.dsub:][:len(x)]
		for k, c := range x {
			s += float32(y[k] * c)
		}
	}
	return float32(s * norm)
}
