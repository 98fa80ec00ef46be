package model

import (
	"math"
	"slices"
)

// prune removes n-grams of three and more tokens that were counted fewer than least
// times (in the counts of their length, see Train), except those that longer n-grams
// need, and spreads their probability over shorter contexts, so that after every
// context the probabilities still make 1. Most n-grams of a text occur once; without
// them the model is a fraction as large. SRILM leaves them out by default, too
// (gt3min to gt9min 2).
func (m *LM) prune(counts []map[[MaxOrder]uint32]uint32, least uint32) {
	if least < 2 {
		return
	}
	needed := map[[MaxOrder]uint32]bool{} // of the present length
	for n := m.order - 1; n >= 2; n-- {
		below := map[[MaxOrder]uint32]bool{}
		m.grams[n] = slices.DeleteFunc(m.grams[n], func(g lmGram) bool {
			if counts[n][g.tokens] < least && !needed[g.tokens] {
				return true
			}
			var prefix, suffix [MaxOrder]uint32
			copy(prefix[:], g.tokens[:n])
			copy(suffix[:], g.tokens[1:n+1])
			below[prefix], below[suffix] = true, true
			return false
		})
		needed = below
	}
	for n := 1; n < m.order-1; n++ {
		m.backOff(n)
	}
}

// backOff sets the weights of contexts of n+1 tokens from the n-grams that are left,
// of which every prefix and suffix is left.
func (m *LM) backOff(n int) {
	longer, shorter := m.grams[n+1], m.grams[n]
	next := 0
	for i := range m.grams[n] {
		g := &m.grams[n][i]
		var sum, lower float64
		children := 0
		for ; next < len(longer) && slices.Equal(longer[next].tokens[:n+1], g.tokens[:n+1]); next++ {
			var suffix [MaxOrder]uint32
			copy(suffix[:], longer[next].tokens[1:n+2])
			at, _ := slices.BinarySearchFunc(shorter, suffix, func(g lmGram, t [MaxOrder]uint32) int { return slices.Compare(g.tokens[:], t[:]) })
			sum += math.Pow(10, float64(longer[next].p))
			lower += math.Pow(10, float64(shorter[at].p))
			children++
		}
		switch {
		case children == 0:
			g.back = 0
		case sum < 1 && lower < 1:
			g.back = float32(math.Log10((1 - sum) / (1 - lower)))
		default:
			g.back = -99 // nothing is left for other tokens
		}
	}
}
