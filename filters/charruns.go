package filters

import (
	"math"
	"math/bits"
)

// maxCharRun is the longest run of code points that is looked at.
const maxCharRun = charNgram

// charRuns is what is known of the runs of two to thirteen code points of a text
// without white space. All occurrences count, also those that overlap.
type charRuns struct {
	done   bool
	top    [5]int           // code points in all occurrences of the run of n that occurs most, 0 if none repeats
	dup    [maxGram + 1]int // code points in runs of n that occurred before, each once
	common int              // occurrences of the most frequent runs of three
	again  int              // runs of maxCharRun that occur more than once, all occurrences

	base    uint64    // of the hashes in heads, odd; see table
	pairs   []uint32  // occurrences of pairs by hash
	triples []bitPair // of hashes of runs of three
	bits    []uint32  // of the run of three that begins at each code point, in triples
	hashes  []uint64  // of the run that begins at each code point of pos
	pos     []int32   // where runs begin that may repeat
	heads   []charHead
	places  []int32 // of the runs that begin at pos, see count
	howMany []int32 // by number of occurrences: code points where a run of so many begins
}

// bitPair is a part of two sets: hashes that occurred, and that occurred again.
type bitPair struct{ seen, twice uint64 }

// charHead is an entry of an open hash table of runs.
type charHead struct {
	key   uint32 // of a pair its first position plus 1, of a longer run bits of its hash; 0 for a free entry
	count uint32 // occurrences
}

// scanChars looks at all runs, once per document. From three code points on a run can
// only repeat where its beginning and its end repeat, so that each length looks just at
// the positions that are left of the one before: of ordinary text a third is left at
// three and little at five.
//
// What is decided about one code point says nothing of the next, so the loops over
// them take no branch on it: a wrongly guessed one costs more than all else there.
func (s *scratch) scanChars() *charRuns {
	c, n := &s.runs, len(s.runes)
	if c.done {
		return c
	}
	c.done, c.top, c.dup, c.common, c.again = true, [minDupGram]int{}, [maxGram + 1]int{}, 0, 0
	if n < 3 {
		return c
	}
	if c.base == 0 {
		c.base = rollBase
	}
	if cap(c.hashes) < n {
		c.hashes, c.bits, c.pos, c.places = make([]uint64, n), make([]uint32, n), make([]int32, n), make([]int32, n)
	}
	if most := c.findRuns(s.runes); most > 1 {
		c.top[2] = min(2*most, n)
	}
	for k := 3; k <= maxCharRun && len(c.pos) > 1; k++ {
		c.pass(s.runes, k)
	}
	return c
}

// findRuns returns how often the most frequent pair occurs, and leaves in c.pos where
// runs of three begin that may repeat and in c.hashes the hashes of their first two.
func (c *charRuns) findRuns(runes []rune) (most int) {
	n := len(runes)
	c.pairs = cleared(c.pairs, 1<<bits.Len(uint(n)))
	c.triples = cleared(c.triples, 1<<bits.Len(uint(n/8))) // 8 to 16 bits a code point
	pairs, triples, places := c.pairs, c.triples, c.bits[:n-2]
	shift, shift3 := (64-bits.Len(uint(len(pairs)-1)))&63, (64-bits.Len(uint(len(triples)*64-1)))&63
	often := uint32(0) // the most in one place
	key := pairOf(runes)
	for i, r := range runes[2:] {
		at := key * rollBase >> shift
		pair := &pairs[at]
		*pair++
		often = max(often, *pair)
		key = key<<runeBits | uint64(r)
		three := key * rollBase >> shift3
		places[i] = uint32(three)
		t, bit := &triples[three>>6], uint64(1)<<(three&63)
		t.twice |= t.seen & bit
		t.seen |= bit
		key &= pairMask
	}
	at := key * rollBase >> shift
	pairs[at]++
	often = max(often, pairs[at])
	// Pairs that share a place were counted together, so that a pair of another place
	// may be the most frequent one.
	least, best := often/4*3, uint32(0)
	for {
		c.pos = c.pos[:0]
		key = uint64(runes[0])
		for i, r := range runes[1:] {
			key = (key<<runeBits | uint64(r)) & pairMask
			if pairs[key*rollBase>>shift] > least {
				c.pos = append(c.pos, int32(i))
			}
		}
		if best = max(best, c.topPair(runes)); best >= least {
			break
		}
		least = best
	}
	pos, m := c.pos[:n], 0
	for i, at := range places {
		pos[m] = int32(i)
		m += int(triples[at>>6].twice >> (at & 63) & 1)
	}
	c.pos = pos[:m]
	for _, p := range c.pos {
		c.hashes[p] = pairOf(runes[p:]) * c.base
	}
	return int(best)
}

// A code point in a number of several, and a pair of them.
const (
	runeBits = 21
	pairMask = 1<<(2*runeBits) - 1
)

func pairOf(runes []rune) uint64 { return uint64(runes[0])<<runeBits | uint64(runes[1]) }

// topPair returns how often the most frequent pair of those at c.pos stands there.
func (c *charRuns) topPair(runes []rune) (most uint32) {
	pos := c.pos
	heads, shift := c.emptyHeads(len(pos))
	mask, base := uint64(len(heads)-1), c.base
	for _, p := range pos {
		a, b := runes[p], runes[p+1]
		at := pairOf(runes[p:]) * base >> shift
		for heads[at].key != 0 && (runes[heads[at].key-1] != a || runes[heads[at].key] != b) {
			at = (at + 1) & mask
		}
		if heads[at].key == 0 {
			heads[at].key = uint32(p + 1)
		}
		heads[at].count++
		most = max(most, heads[at].count)
	}
	return most
}

// emptyHeads returns an empty table for n runs, and by how much a hash is shifted to
// be a place in it.
func (c *charRuns) emptyHeads(n int) (heads []charHead, shift int) {
	c.heads = cleared(c.heads, 1<<bits.Len(uint(max(2*n, 15))))
	return c.heads, 64 - bits.Len(uint(len(c.heads)-1))
}

// cleared returns a slice of n zeroes, in the memory of s if that suffices.
func cleared[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// pass looks at the runs of k code points that begin at c.pos, where c.hashes has
// the hashes of the runs of k-1, and leaves in c.pos where those of k+1 may repeat:
// where one that repeats stands beside the next.
func (c *charRuns) pass(runes []rune, k int) {
	pos := c.pos
	places := c.places[:len(pos)]
	c.count(runes[k-1:], pos, places)
	heads := c.heads
	most, m, repeating := uint32(0), 0, 0
	covered, dup := 0, 0                // code points up to covered are counted in dup
	before, last := uint32(0), int32(0) // whether the run at last, the position before, repeats
	for j, p := range pos {
		place := places[j]
		n := heads[place>>1].count
		most = max(most, n)
		repeats := min(n-1, 1)
		pos[m] = last
		m += int(before & repeats & (1 - min(uint32(p-last-1), 1)))
		before, last = repeats, p
		repeating += int(repeats)
		again, end := int(place&1), int(p)+k
		dup += again * (end - max(int(p), covered))
		covered = max(covered, again*end)
	}
	if k == 3 {
		c.common = c.mostFrequent(places, len(runes)-2, int(most))
	}
	c.pos = pos[:m]
	switch {
	case most < 2:
	case k < minDupGram:
		c.top[k] = min(int(most)*k, len(runes))
	case k <= maxGram:
		c.dup[k] = dup
	case k == maxCharRun:
		c.again = repeating
	}
}

// count makes the hashes of the runs at pos longer by the code point at the same index
// of next and counts the runs in heads. It sets places to twice the place there, plus
// one where the run occurred before.
func (c *charRuns) count(next []rune, pos, places []int32) {
	heads, shift := c.emptyHeads(len(pos))
	mask, hashes, base := uint64(len(heads)-1), c.hashes[:len(next)], c.base
	places = places[:len(pos)]
	for j, p := range pos {
		h := (hashes[p] + uint64(next[p]) + 1) * base
		hashes[p] = h
		tag := uint32(h>>7) | 1
		at := h >> (shift & 63)
		e := &heads[at&mask]
		for uint64(e.key^tag)*uint64(e.key) != 0 { // neither free nor its own, in one branch
			at++
			e = &heads[at&mask]
		}
		e.key = tag
		places[j] = int32(at&mask)<<1 | int32(min(e.count, 1))
		e.count++
	}
}

// mostFrequent sums the occurrences of the most frequent runs among those at places,
// as many as the square root of how many different runs there are: those that occur
// again, of which most is the largest number, and the rest of all, which occur once.
func (c *charRuns) mostFrequent(places []int32, all, most int) int {
	c.howMany = cleared(c.howMany, most+1)
	for _, at := range places {
		c.howMany[c.heads[at>>1].count]++
	}
	sum, runs := 0, 0 // that occur again
	for n := 2; n <= most; n++ {
		sum += int(c.howMany[n])
		runs += int(c.howMany[n]) / n
	}
	left := int(math.Sqrt(float64(all - sum + runs)))
	if runs <= left {
		return sum
	}
	sum = 0
	for n := most; left > 0; n-- {
		take := min(int(c.howMany[n])/n, left)
		sum += take * n
		left -= take
	}
	return sum
}
