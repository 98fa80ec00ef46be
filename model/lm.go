package model

import (
	"math"
	"unicode"
)

// MaxOrder is the longest n-gram of an [LM].
const MaxOrder = 7

// Tokens of an LM that are no code points. Blanks and controls are no tokens.
const (
	lmUnknown = iota // every code point that training did not see
	lmBegin
	lmEnd
	lmFirst // the first code point
)

// An LM is a language model of the code points of lines: an n-gram model with
// backoff, as ARPA files describe it. It is read-only and may be shared;
// [LM.NewScorer] gives what one goroutine works with.
type LM struct {
	order int
	runes []rune // of tokens from lmFirst on
	ids   map[rune]uint32
	bmp   []uint32           // ids of code points below 0x10000
	uni   []lmSlot           // 1-grams by token; hash 0 where there is none
	grams [MaxOrder][]lmGram // by length-1, sorted by tokens
	index lmIndex
}

// lmGram is one n-gram with the logarithms to base 10 of its probability and of the
// weight of shorter contexts behind it.
type lmGram struct {
	tokens  [MaxOrder]uint32
	p, back float32
}

// Order returns the length of the longest n-grams.
func (m *LM) Order() int { return m.order }

// Grams returns the number of n-grams of a length from 1 to Order.
func (m *LM) Grams(n int) int { return len(m.grams[n-1]) }

// lmIndex finds n-grams by a 64-bit hash of their tokens from last to first, so that
// a longer one goes on with the hash of its suffix. Two of 10^8 n-grams share a hash
// with probability 3e-4; the scores of texts with them are wrong then.
type lmIndex struct {
	slots []lmSlot
	mask  uint64
}

type lmSlot struct {
	hash    uint64 // 0 is free
	p, back float32
}

const lmSeed = 0x51_7C_C1_B7_27_22_0A_95

func lmHash(h uint64, token uint32) uint64 {
	h ^= uint64(token) + 1
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}

func (x *lmIndex) get(h uint64) *lmSlot {
	for i := h & x.mask; ; i = (i + 1) & x.mask {
		if s := &x.slots[i]; s.hash == h || s.hash == 0 {
			return s
		}
	}
}

// buildIndex fills the index when all n-grams are known.
func (m *LM) buildIndex() {
	total, size := 0, 16
	for _, g := range m.grams {
		total += len(g)
	}
	for size < 2*total {
		size *= 2
	}
	m.index = lmIndex{slots: make([]lmSlot, size), mask: uint64(size - 1)}
	m.uni = make([]lmSlot, lmFirst+len(m.runes))
	for i := range m.grams[0] {
		g := &m.grams[0][i]
		m.uni[g.tokens[0]] = lmSlot{lmHash(lmSeed, g.tokens[0]), g.p, g.back}
	}
	for n := 1; n < m.order; n++ {
		for i := range m.grams[n] {
			g := &m.grams[n][i]
			h := uint64(lmSeed)
			for k := n; k >= 0; k-- {
				h = lmHash(h, g.tokens[k])
			}
			*m.index.get(h) = lmSlot{h, g.p, g.back}
		}
	}
	m.ids = make(map[rune]uint32, len(m.runes))
	m.bmp = make([]uint32, 0x10000)
	for i, r := range m.runes {
		m.ids[r] = uint32(lmFirst + i)
		if r < 0x10000 {
			m.bmp[r] = uint32(lmFirst + i)
		}
	}
}

// token returns the token of a code point, ok false for blanks and controls.
func (m *LM) token(r rune) (id uint32, ok bool) {
	if r <= ' ' || r > 0x7E && r < 0xA1 || r >= 0x1680 && (unicode.IsSpace(r) || unicode.IsControl(r)) {
		return 0, false
	}
	if uint32(r) < uint32(len(m.bmp)) {
		return m.bmp[r], true
	}
	return m.ids[r], true
}

// A Scorer scores texts. It belongs to one goroutine.
type Scorer struct {
	m      *LM
	recent [MaxOrder]uint32      // tokens before, the last one first
	n      int                   // of them
	back   [MaxOrder + 1]float32 // backoff of the n-gram before, by length
	found  int                   // longest n-gram before that the model has
}

// NewScorer returns a scorer for one goroutine.
func (m *LM) NewScorer() *Scorer { return &Scorer{m: m} }

// Score returns the logarithm to base 10 of the probability of a text and the number
// of tokens it is of: code points without blanks and controls, and one line end for
// each line that has any. It allocates nothing.
func (s *Scorer) Score(text string) (log10 float64, tokens int) {
	inLine := false
	for _, r := range text {
		if r == '\n' {
			if inLine {
				log10 += float64(s.next(lmEnd))
				tokens++
				inLine = false
			}
			continue
		}
		id, ok := s.m.token(r)
		if !ok {
			continue
		}
		if !inLine {
			s.n, s.found = 0, 0
			s.next(lmBegin)
			inLine = true
		}
		log10 += float64(s.next(id))
		tokens++
	}
	if inLine {
		log10 += float64(s.next(lmEnd))
		tokens++
	}
	return log10, tokens
}

// Perplexity returns the perplexity by code point of a text, NaN for one without
// tokens.
func (s *Scorer) Perplexity(text string) float64 {
	log10, n := s.Score(text)
	if n == 0 {
		return math.NaN()
	}
	return math.Pow(10, -log10/float64(n))
}

// next returns the logarithm of the probability of a token after those before.
func (s *Scorer) next(id uint32) float32 {
	var back [MaxOrder + 1]float32
	one := &s.m.uni[id]
	h, k, p := one.hash, 1, one.p
	back[1] = one.back
	if h == 0 {
		h, p = lmHash(lmSeed, id), -99 // only a foreign ARPA file lacks <unk>
	}
	for k < s.m.order && k <= s.n {
		h = lmHash(h, s.recent[k-1])
		slot := s.m.index.get(h)
		if slot.hash == 0 {
			break
		}
		k++
		p, back[k] = slot.p, slot.back
	}
	for j := k; j <= s.found && j < s.m.order; j++ {
		p = float32(p + s.back[j])
	}
	copy(s.recent[1:], s.recent[:s.m.order-1])
	s.recent[0] = id
	s.n = min(s.n+1, s.m.order-1)
	s.back, s.found = back, k
	return p
}
