package dedup

import (
	"math/bits"
	"slices"
)

const (
	golden  = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
	wyMul   = 0xa0761d6478bd642f // odd 64-bit constants with balanced bits, as in wyhash (Wang Yi, public domain)
	wyMul2  = 0x8bb84b93962eacc9
	wyXor   = 0x2d358dccaa6c78a5
	emptyAt = ^uint64(0)
)

// seeds holds one hash seed for each two rounds and for each last-resort
// position.
var seeds = func() (s [2 * maxK]uint64) {
	for i := range s {
		s[i] = mix(uint64(i)*golden + 0x1234567)
	}
	return s
}()

// fastSketch fills sig, whose length is a power of two, with the Fast Similarity
// Sketch of the set of hashes (Dahlgaard, Knudsen, Thorup, FOCS 2017): round r
// throws every hash into one position with the value (r, hash), a position keeps
// the least, and the rounds end when no position is empty. Two sketches agree in
// a position with the probability of the sets' Jaccard similarity. It needs
// about K·ln K hashes over all rounds where MinHash needs K times the set. One
// 64-bit hash serves two rounds: 9 bits of position and 23 of value for each.
//
// Repeated hashes do not change the result. fastSketch may sort hashes and
// remove repeats, to bound its time on a text that repeats few shingles; it
// returns what is left. hashes must not be empty.
func fastSketch(sig []uint64, hashes []uint64) []uint64 {
	k := len(sig)
	for i := range sig {
		sig[i] = emptyAt
	}
	compacted := false
	for r := 0; r < k; r += 2 {
		throw(sig, hashes, seeds[r], uint64(r)<<32)
		if !slices.Contains(sig, emptyAt) {
			return hashes
		}
		// A set of n distinct hashes needs K·ln K / n rounds, seven for 512
		// hashes. Later than that, few of many are distinct.
		if !compacted && len(hashes)*(r+2) > 16*k {
			slices.Sort(hashes)
			hashes = slices.Compact(hashes)
			compacted = true
		}
	}
	for i := range sig {
		if sig[i] != emptyAt {
			continue
		}
		least := emptyAt
		for _, h := range hashes {
			least = min(least, fold64(h, seeds[k+i])&valueMask)
		}
		sig[i] = uint64(k+i)<<32 | least
	}
	return hashes
}

const valueMask = 1<<23 - 1 // of the 32 bits that a round takes from a hash

// throw runs the two rounds of fastSketch that begin with round<<32.
func throw(sig, hashes []uint64, seed, round uint64) {
	mask := uint64(len(sig) - 1)
	next := round + 1<<32
	for _, h := range hashes {
		x := fold64(h, seed)
		at := x >> 55 & mask
		sig[at] = min(sig[at], round|x>>32&valueMask)
		at = x >> 23 & 511 & mask
		sig[at] = min(sig[at], next|x&valueMask)
	}
}

// fold64 hashes h under a seed: both halves of a 128-bit product.
func fold64(h, seed uint64) uint64 {
	hi, lo := bits.Mul64(h^seed, wyMul)
	return hi ^ lo
}

// bandKey hashes the values of one band. A value fixes its round and hash, so
// equal keys mean equal values up to hash collisions.
func bandKey(band int, rows []uint64) uint64 {
	h := uint64(band) + 1
	for _, v := range rows {
		h = (h ^ v) * golden
		h ^= h >> 29
	}
	return mix(h)
}

// sketchBits stores one bit of each value. Equal values give equal bits, others
// do so half of the time (b-bit minwise hashing with b = 1: Li, König, 2010).
func sketchBits(dst *[SketchBytes]byte, sig []uint64) {
	for i := 0; i+8 <= len(sig); i += 8 {
		s := sig[i : i+8 : i+8]
		var b byte
		for j, v := range s {
			b |= byte(v*golden>>63) << j
		}
		dst[i/8] = b
	}
}
