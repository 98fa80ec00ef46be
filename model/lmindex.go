package model

import (
	"math"
	"math/bits"
)

// lmIndex finds the n-grams of one length by a 64-bit hash of their tokens from last to
// first, so that a longer one goes on with the hash of its suffix. The upper bits of the
// hash name a bucket, the lower 32 tell n-grams in it apart; what a full bucket has no
// room for lies in the next one. So one of 10^9 look-ups of n-grams that the model does
// not have finds another.
//
// A look-up in a large model waits for memory, hence buckets are lines of the cache.
type lmIndex struct {
	buckets []lmBucket
	slots   uint   // of a bucket
	valid   uint64 // bits that match sets for slots
}

// lmBucket is 16 elements of 32 bits: of each slot a check, which is 0 where the slot is
// free, then of each slot its probability, and, in all lengths but the longest, of each
// its backoff weight, then an element of flags. Slots are filled in order.
type lmBucket [8]uint64

const (
	lmSlots    = 5 // with weights and flags
	lmTopSlots = 8 // without

	// Flags of slot 0, moved by the slot for others.
	lmLeft  = 1 << 0 // longer n-grams end with this one
	lmRight = 1 << 8 // longer n-grams begin with this one
)

// newLMIndex returns an index with room for n n-grams, of the greatest length or not.
func newLMIndex(n int, top bool) lmIndex {
	x := lmIndex{slots: lmSlots, valid: 0x3_0000_0007}
	if top {
		x.slots, x.valid = lmTopSlots, 0xf_0000_000f
	}
	// Two of five slots are taken: with two of three a look-up takes a sixth longer,
	// for more buckets are full (2026-11-27, 4-grams of 3,500 texts).
	x.buckets = make([]lmBucket, n*5/2/int(x.slots)+1)
	return x
}

// get returns an element.
func (b *lmBucket) get(i uint) uint32 { return uint32(b[i/2&7] >> (i % 2 * 32)) }

func (b *lmBucket) set(i uint, v uint32) {
	b[i/2&7] = b[i/2&7]&^(0xffff_ffff<<(i%2*32)) | uint64(v)<<(i%2*32)
}

const (
	lmOnes  = 1<<32 | 1
	lmHighs = 1<<63 | 1<<31
)

// match returns bits of those of the first eight elements that are v, given twice:
// those with even numbers from bit 0 on, then those with odd ones from bit 32 on. The
// lowest bit is right; one behind it may be wrong.
func (b *lmBucket) match(v uint64) uint64 {
	w, x, y, z := b[0]^v, b[1]^v, b[2]^v, b[3]^v
	return (w-lmOnes)&^w&lmHighs>>31 | (x-lmOnes)&^x&lmHighs>>30 | (y-lmOnes)&^y&lmHighs>>29 | (z-lmOnes)&^z&lmHighs>>28
}

// slotOf returns the slot of the lowest bit that match set.
func slotOf(m uint64) uint {
	first := uint(bits.TrailingZeros64(m))
	return first%32*2 + first/32
}

// place returns the bucket in which the search for a hash begins.
func (x *lmIndex) place(h uint64) uint64 {
	i, _ := bits.Mul64(h, uint64(len(x.buckets)))
	return i
}

// find returns the bucket of the n-gram of a hash, whose place is at, and what match
// sets there for its slot; 0 if there is none.
func (x *lmIndex) find(h, at uint64) (b *lmBucket, m uint64) {
	for {
		b = &x.buckets[at]
		if m = b.match(lmChecks(h)) & x.valid; m != 0 || b.get(x.slots-1) == 0 {
			return b, m
		}
		if at++; at == uint64(len(x.buckets)) {
			at = 0
		}
	}
}

// add puts in an n-gram. The index must have room.
func (x *lmIndex) add(h uint64, g *lmGram) {
	for at := x.place(h); ; at = (at + 1) % uint64(len(x.buckets)) {
		b := &x.buckets[at]
		for i := range x.slots {
			if b.get(i) != 0 {
				continue
			}
			b.set(i, lmCheck(h))
			b.set(x.slots+i, math.Float32bits(g.p))
			if x.slots == lmSlots {
				b.set(2*lmSlots+i, math.Float32bits(g.back))
			}
			return
		}
	}
}

// mark sets a flag of the n-gram of a hash, if there is one.
func (x *lmIndex) mark(h uint64, flag uint64) {
	if b, m := x.find(h, x.place(h)); m != 0 {
		b[7] |= flag << slotOf(m) << 32
	}
}

func lmCheck(h uint64) uint32 { return max(uint32(h), 1) }

// lmChecks returns the check twice, as match takes it.
func lmChecks(h uint64) uint64 { return uint64(lmCheck(h)) * lmOnes }

const lmSeed = 0x51_7C_C1_B7_27_22_0A_95

func lmHash(h uint64, token uint32) uint64 {
	h ^= uint64(token) + 1
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// hashOf hashes the tokens of an n-gram.
func hashOf(tokens []uint32) uint64 {
	h := uint64(lmSeed)
	for i := len(tokens) - 1; i >= 0; i-- {
		h = lmHash(h, tokens[i])
	}
	return h
}

// lmSlot is a 1-gram.
type lmSlot struct {
	p, back float32
	right   bool // longer n-grams begin with it
}

// buildIndex fills the index when all n-grams are known.
func (m *LM) buildIndex() {
	m.uni = make([]lmSlot, lmFirst+len(m.runes))
	for i := range m.uni {
		m.uni[i].p = -99 // only a foreign ARPA file lacks <unk>
	}
	for i := range m.grams[0] {
		g := &m.grams[0][i]
		m.uni[g.tokens[0]] = lmSlot{p: g.p, back: g.back}
	}
	for n := 1; n < m.order; n++ {
		x, below := newLMIndex(len(m.grams[n]), n == m.order-1), &m.index[n-1]
		for i := range m.grams[n] {
			g := &m.grams[n][i]
			x.add(hashOf(g.tokens[:n+1]), g)
			if n == 1 {
				m.uni[g.tokens[0]].right = true
				continue
			}
			below.mark(hashOf(g.tokens[:n]), lmRight)
			below.mark(hashOf(g.tokens[1:n+1]), lmLeft)
		}
		m.index[n] = x
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
