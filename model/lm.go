package model

import (
	"math"
	"math/bits"
	"unicode"
	"unicode/utf8"
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
	index [MaxOrder]lmIndex  // by length-1: the shorter, the more often it is asked, and the smaller
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
// a longer one goes on with the hash of its suffix. An n-gram lies at the place that
// the upper bits of its hash name, or behind it; the lower 32 bits tell it from others.
// So one of 10^9 look-ups of n-grams that the model does not have finds another.
type lmIndex struct{ slots []lmEntry }

type lmEntry struct {
	check   uint32 // 0 is free
	p, back float32
}

// lmSlot is a 1-gram.
type lmSlot struct {
	hash    uint64 // 0: the model has no such 1-gram
	p, back float32
}

const lmSeed = 0x51_7C_C1_B7_27_22_0A_95

func lmHash(h uint64, token uint32) uint64 {
	h ^= uint64(token) + 1
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// place returns where the search for a hash begins.
func (x *lmIndex) place(h uint64) uint64 {
	i, _ := bits.Mul64(h, uint64(len(x.slots)))
	return i
}

// find returns where the n-gram of a hash is or would be; i is its place.
func (x *lmIndex) find(h, i uint64) *lmEntry {
	check := lmCheck(h)
	for {
		e := &x.slots[i]
		if e.check == check || e.check == 0 {
			return e
		}
		if i++; i == uint64(len(x.slots)) {
			i = 0
		}
	}
}

func lmCheck(h uint64) uint32 { return max(uint32(h), 1) }

// buildIndex fills the index when all n-grams are known.
func (m *LM) buildIndex() {
	m.uni = make([]lmSlot, lmFirst+len(m.runes))
	for i := range m.grams[0] {
		g := &m.grams[0][i]
		m.uni[g.tokens[0]] = lmSlot{lmHash(lmSeed, g.tokens[0]), g.p, g.back}
	}
	for n := 1; n < m.order; n++ {
		x := &m.index[n]
		x.slots = make([]lmEntry, 2*len(m.grams[n])+1)
		for i := range m.grams[n] {
			g := &m.grams[n][i]
			h := uint64(lmSeed)
			for k := n; k >= 0; k-- {
				h = lmHash(h, g.tokens[k])
			}
			*x.find(h, x.place(h)) = lmEntry{lmCheck(h), g.p, g.back}
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

// lmBlock is how many tokens are looked up together: enough that look-ups wait for
// memory at the same time, and so few that what they fetch stays in the first cache.
const lmBlock = 64

// A Scorer scores texts. It belongs to one goroutine.
//
// A look-up in a large model waits for memory. So tokens are gathered into blocks, and
// each length of n-grams is looked up for a whole block before the next length is:
// the processor then waits for many of them at once.
type Scorer struct {
	m       *LM
	n       int                            // tokens of the present block
	tokens  [MaxOrder - 1 + lmBlock]uint32 // of the block, behind those before it
	hashes  [lmBlock]uint64                // of the n-gram found last, up to the token
	p       [lmBlock]float32
	longest [lmBlock + 1]uint8 // of each token, behind that before the block: length of the longest n-gram that ends with it
	back    [lmBlock][MaxOrder]float32
	at      [lmBlock]uint64 // places in the index
	touched uint32          // keeps the reads that fetch them
	active  []uint16
	last    [MaxOrder]float32 // back of the token before the block
	log10   float64
}

// NewScorer returns a scorer for one goroutine.
func (m *LM) NewScorer() *Scorer { return &Scorer{m: m, active: make([]uint16, 0, lmBlock)} }

// Score returns the logarithm to base 10 of the probability of a text and the number
// of tokens it is of: code points without blanks and controls, and one line end for
// each line that has any. It allocates nothing.
func (s *Scorer) Score(text string) (log10 float64, tokens int) {
	s.n, s.log10 = 0, 0
	inLine, bmp := false, s.m.bmp
	for i := 0; i < len(text); {
		// Nearly all are ideographs of three bytes, U+4E00 to U+9FFF.
		if b := text[i]; inLine && s.n < lmBlock && b-0xe4 <= 5 && len(text)-i > 2 && text[i+1]>>6 == 2 && text[i+2]>>6 == 2 {
			if r := rune(b&0xf)<<12 | rune(text[i+1]&0x3f)<<6 | rune(text[i+2]&0x3f); r >= 0x4e00 {
				s.tokens[MaxOrder-1+s.n] = bmp[r]
				s.n++
				tokens++
				i += 3
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if r == '\n' {
			if inLine {
				s.add(lmEnd)
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
			s.add(lmBegin)
			inLine = true
		}
		s.add(id)
		tokens++
	}
	if inLine {
		s.add(lmEnd)
		tokens++
	}
	s.block()
	return s.log10, tokens
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

// add takes the next token.
func (s *Scorer) add(id uint32) {
	if s.n == lmBlock {
		s.block()
	}
	s.tokens[MaxOrder-1+s.n] = id
	s.n++
}

// block adds the logarithms of the tokens at hand to log10.
func (s *Scorer) block() {
	const lead = MaxOrder - 1
	s.active = s.active[:0]
	for i := range s.n {
		id := s.tokens[lead+i]
		one := &s.m.uni[id]
		s.hashes[i], s.p[i], s.longest[i+1], s.back[i][1] = one.hash, one.p, 1, one.back
		if one.hash == 0 {
			s.hashes[i], s.p[i] = lmHash(lmSeed, id), -99 // only a foreign ARPA file lacks <unk>
		}
		if id != lmBegin {
			s.active = append(s.active, uint16(i))
		}
	}
	for k := 1; k < s.m.order && len(s.active) > 0; k++ {
		kept := s.active[:0]
		for _, i := range s.active {
			if int(s.longest[i]) >= k { // else its first k tokens are no n-gram
				kept = append(kept, i)
			}
		}
		s.active, kept = kept, kept[:0]
		x, touched := &s.m.index[k], uint32(0)
		for _, i := range s.active { // nothing here waits for what it reads
			h := lmHash(s.hashes[i], s.tokens[lead+int(i)-k])
			s.hashes[i], s.at[i] = h, x.place(h)
			touched |= x.slots[s.at[i]].check
		}
		s.touched = touched
		for _, i := range s.active {
			e := x.find(s.hashes[i], s.at[i])
			if e.check == 0 {
				continue
			}
			s.p[i], s.longest[i+1], s.back[i][(k+1)%MaxOrder] = e.p, uint8(k+1), e.back
			kept = append(kept, i)
		}
		s.active = kept
	}
	back := &s.last
	for i := range s.n {
		p := s.p[i]
		if s.tokens[lead+i] != lmBegin {
			for j := int(s.longest[i+1]); j <= int(s.longest[i]) && j < s.m.order; j++ {
				p = float32(p + back[j])
			}
			s.log10 += float64(p)
		}
		back = &s.back[i]
	}
	if s.n > 0 {
		s.last, s.longest[0] = *back, s.longest[s.n]
		copy(s.tokens[:lead], s.tokens[s.n:s.n+lead])
	}
	s.n = 0
}
