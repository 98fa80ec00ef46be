package eval

import "math/bits"

// maskWord is one word of the bit mask of a token's positions.
type maskWord struct {
	word int
	mask uint64
}

// commonLength returns the length of the longest common subsequence of a and b,
// by the bit-parallel recurrence V = (V + (V & M)) | (V &^ M) (Hyyrö, 2004). Only
// the words where the mask of a token is not zero, and those its carry reaches,
// are touched.
func commonLength(a, b []uint32) int {
	n := 0
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
		n++
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
		n++
	}
	masks := map[uint32][]maskWord{}
	for i, t := range a {
		m := masks[t]
		if len(m) == 0 || m[len(m)-1].word != i/64 {
			m = append(m, maskWord{word: i / 64})
		}
		m[len(m)-1].mask |= 1 << (i % 64)
		masks[t] = m
	}
	v := make([]uint64, (len(a)+63)/64)
	for i := range v {
		v[i] = ^uint64(0)
	}
	for _, t := range b {
		var carry uint64
		next := 0 // word the carry goes to
		for _, m := range masks[t] {
			carry = spread(v, next, m.word, carry)
			var sum uint64
			old := v[m.word]
			sum, carry = bits.Add64(old, old&m.mask, carry)
			v[m.word] = sum | old&^m.mask
			next = m.word + 1
		}
		spread(v, next, len(v), carry)
	}
	zeros := 0
	for _, w := range v {
		zeros += 64 - bits.OnesCount64(w)
	}
	return n + zeros
}

// spread carries into the words [from, to), whose mask is zero, until the carry
// is used up, and returns what is left.
func spread(v []uint64, from, to int, carry uint64) uint64 {
	for i := from; i < to && carry != 0; i++ {
		var sum uint64
		sum, carry = bits.Add64(v[i], 0, carry)
		v[i] |= sum
	}
	return carry
}
