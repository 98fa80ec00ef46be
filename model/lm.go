package model

import (
	"math"
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
	uni   []lmSlot           // 1-grams by token
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
	context [lmBlock + 1]uint8 // the same of the longest that others begin with
	back    [lmBlock][MaxOrder]float32
	active  [lmBlock]uint16   // tokens whose n-gram found last others end with
	places  [lmBlock]uint64   // in the index, of active
	touched uint64            // keeps the reads that fetch them
	last    [MaxOrder]float32 // back of the token before the block
	log10   float64
}

// NewScorer returns a scorer for one goroutine.
func (m *LM) NewScorer() *Scorer { return &Scorer{m: m} }

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
	active := 0
	for i, id := range s.tokens[lead : lead+s.n] {
		one := &s.m.uni[id]
		s.hashes[i], s.p[i], s.longest[i+1], s.context[i+1], s.back[i][1] = lmHash(lmSeed, id), one.p, 1, 0, one.back
		if one.right {
			s.context[i+1] = 1
		}
		if id != lmBegin {
			s.active[active] = uint16(i)
			active++
		}
	}
	for k := 1; k < s.m.order && active > 0; k++ {
		active = s.lookUp(active, k)
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
		s.last, s.longest[0], s.context[0] = *back, s.longest[s.n], s.context[s.n]
		copy(s.tokens[:lead], s.tokens[s.n:s.n+lead])
	}
	s.n = 0
}

// lookUp looks for n-grams of k+1 tokens that end with the first tokens of active. It
// returns how many are left of these for longer n-grams.
func (s *Scorer) lookUp(active, k int) int {
	x, n := &s.m.index[k], 0
	for _, i := range s.active[:active] {
		if int(s.context[i]) < k { // no n-gram begins with the k tokens before
			continue
		}
		h := lmHash(s.hashes[i], s.tokens[MaxOrder-1+int(i)-k])
		s.hashes[i], s.places[n], s.active[n] = h, x.place(h), i
		n++
	}
	touched := uint64(0)
	for _, at := range s.places[:n] { // nothing here waits for what it reads
		touched |= x.buckets[at][0]
	}
	s.touched = touched
	left, valid := 0, x.valid
	for j, i := range s.active[:n] {
		b := &x.buckets[s.places[j]]
		m := b.match(lmChecks(s.hashes[i])) & valid
		if m == 0 { // full buckets are few
			if b, m = x.find(s.hashes[i], s.places[j]); m == 0 {
				continue
			}
		}
		slot := slotOf(m)
		s.p[i], s.longest[i+1] = math.Float32frombits(b.get(x.slots+slot)), uint8(k+1)
		if x.slots == lmTopSlots {
			continue
		}
		s.back[i][(k+1)%MaxOrder] = math.Float32frombits(b.get(2*lmSlots + slot))
		flags := b[7] >> 32 >> slot
		if flags&lmRight != 0 {
			s.context[i+1] = uint8(k + 1)
		}
		if flags&lmLeft != 0 {
			s.active[left] = i
			left++
		}
	}
	return left
}
