package dedup

import (
	"cmp"
	"slices"
)

// pairs are (key, value) records in two columns, sorted with a second pair of
// columns as scratch. It keeps its memory.
type pairs struct {
	keys  []uint64
	vals  []uint32
	keys2 []uint64
	vals2 []uint32
}

// bytesPerPair is the memory of one record, scratch included.
const bytesPerPair = 24

// resize makes room for n pairs; their content is undefined.
func (p *pairs) resize(n int) {
	if cap(p.keys) < n {
		p.keys, p.keys2 = make([]uint64, n), make([]uint64, n)
		p.vals, p.vals2 = make([]uint32, n), make([]uint32, n)
	}
	p.keys, p.keys2 = p.keys[:n], p.keys2[:n]
	p.vals, p.vals2 = p.vals[:n], p.vals2[:n]
}

// sort sorts by key, then value: least significant digit first over the upper 44
// bits, then the rare runs that agree in those.
func (p *pairs) sort() {
	const low = 20 // bits left to the second step
	n := len(p.keys)
	if n < 2 {
		return
	}
	var count [4][2048]uint32
	for _, k := range p.keys {
		count[0][k>>low&2047]++
		count[1][k>>(low+11)&2047]++
		count[2][k>>(low+22)&2047]++
		count[3][k>>(low+33)]++
	}
	for d := range count {
		c := &count[d]
		shift := uint(low + 11*d)
		if int(c[p.keys[0]>>shift&2047]) == n {
			continue // the digit is the same everywhere
		}
		var sum uint32
		for i := range c {
			c[i], sum = sum, sum+c[i]
		}
		for i, k := range p.keys {
			digit := k >> shift & 2047
			at := c[digit]
			c[digit]++
			p.keys2[at], p.vals2[at] = k, p.vals[i]
		}
		p.keys, p.keys2 = p.keys2, p.keys
		p.vals, p.vals2 = p.vals2, p.vals
	}
	for i := 0; i < n; {
		j := i + 1
		same := true
		for j < n && p.keys[j]>>low == p.keys[i]>>low {
			same = same && p.keys[j] == p.keys[i]
			j++
		}
		switch {
		case j == i+1:
		case same:
			slices.Sort(p.vals[i:j])
		default:
			p.sortMixed(i, j)
		}
		i = j
	}
}

// sortMixed sorts a run of unequal keys that agree in their upper bits.
func (p *pairs) sortMixed(from, to int) {
	type pair struct {
		key uint64
		val uint32
	}
	run := make([]pair, to-from)
	for i := range run {
		run[i] = pair{p.keys[from+i], p.vals[from+i]}
	}
	slices.SortFunc(run, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.val, b.val))
	})
	for i, r := range run {
		p.keys[from+i], p.vals[from+i] = r.key, r.val
	}
}
