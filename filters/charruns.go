package filters

import (
	"math"
	"math/bits"
	"slices"
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

	pairs  []uint32 // occurrences of pairs by hash
	seen   []uint64 // bit sets of hashes of runs of three: that occurred,
	twice  []uint64 // and that occurred again
	pos    []int32  // where runs begin that may repeat
	hashes []uint64 // of the run that begins at each code point
	counts []int32  // at the first occurrence: how many there are, 0 for one; at others -1
	heads  []charHead
	sums   []int32
}

// charHead is an entry of an open hash table of runs.
type charHead struct {
	tag   uint32 // bits of the hash that do not choose the place; of pairs how many there are
	first int32  // position of the first occurrence plus 1, 0 for a free entry
}

// scanChars looks at all runs, once per document. From three code points on a run can
// only repeat where its beginning repeats, so that each length looks just at the
// positions that are left of the one before: of ordinary text a third is left at
// three and little at five.
func (s *scratch) scanChars() *charRuns {
	c, n := &s.runs, len(s.runes)
	if c.done {
		return c
	}
	c.done, c.top, c.dup, c.common, c.again = true, [minDupGram]int{}, [maxGram + 1]int{}, 0, 0
	if n < 3 {
		return c
	}
	c.sums = c.sums[:0]
	if cap(c.counts) < n {
		c.counts, c.hashes = make([]int32, n), make([]uint64, n)
	}
	c.counts, c.hashes = c.counts[:n], c.hashes[:n] // all counts are 0: every pass leaves them so
	if most := c.topPair(s.runes); most > 1 {
		c.top[2] = min(2*most, n)
	}
	c.findTriples(s.runes)
	for k := 3; k <= maxCharRun && len(c.pos) > 1; k++ {
		c.pass(s.runes, k)
	}
	return c
}

// hashPair spreads two code points over 64 bits.
func hashPair(a, b rune) uint64 { return (uint64(a)<<21 | uint64(b)) * rollBase }

// topPair returns how often the most frequent pair occurs. Pairs with the same hash
// are counted together, which says which of them to count one by one.
func (c *charRuns) topPair(runes []rune) int {
	size := 1 << bits.Len(uint(2*len(runes)))
	if cap(c.pairs) < size {
		c.pairs = make([]uint32, size)
	}
	c.pairs = c.pairs[:size]
	clear(c.pairs)
	shift, most := 64-bits.Len(uint(size-1)), uint32(0)
	for i, b := range runes[1:] {
		n := &c.pairs[hashPair(runes[i], b)>>shift]
		*n++
		most = max(most, *n)
	}
	best := c.topPairOf(runes, most)
	if best < most {
		best = max(best, c.topPairOf(runes, best+1))
	}
	return int(best)
}

// topPairOf is topPair among the pairs whose hash occurs at least least times.
func (c *charRuns) topPairOf(runes []rune, least uint32) (most uint32) {
	bucket, pos := 64-bits.Len(uint(len(c.pairs)-1)), c.pos[:0]
	for i, b := range runes[1:] {
		if c.pairs[hashPair(runes[i], b)>>bucket] >= least {
			pos = append(pos, int32(i))
		}
	}
	c.pos = pos
	heads, shift := c.emptyHeads(len(pos))
	mask := uint64(len(heads) - 1)
	for _, p := range pos {
		a, b := runes[p], runes[p+1]
		for at := hashPair(a, b) >> shift; ; at = (at + 1) & mask {
			e := &heads[at]
			if e.first == 0 {
				*e = charHead{1, p + 1}
			} else if runes[e.first-1] != a || runes[e.first] != b {
				continue
			} else {
				e.tag++
			}
			most = max(most, e.tag)
			break
		}
	}
	return most
}

// emptyHeads returns an empty table for n runs, and by how much a hash is shifted to
// be a place in it.
func (c *charRuns) emptyHeads(n int) (heads []charHead, shift int) {
	size := 16
	for size < 2*n {
		size *= 2
	}
	if cap(c.heads) < size {
		c.heads = make([]charHead, size)
	} else {
		c.heads = c.heads[:size]
		clear(c.heads)
	}
	return c.heads, 64 - bits.Len(uint(size-1))
}

// findTriples sets c.pos to where runs of three begin that may repeat, by two sets
// of hash bits, and c.hashes to the hashes of the first two code points of all runs.
func (c *charRuns) findTriples(runes []rune) {
	words := 1 << bits.Len(uint(len(runes)/8)) // 8 to 16 bits a code point
	if cap(c.seen) < words {
		c.seen, c.twice = make([]uint64, words), make([]uint64, words)
	}
	c.seen, c.twice = c.seen[:words], c.twice[:words]
	clear(c.seen)
	clear(c.twice)
	mask := uint64(words - 1)
	for i := range runes[2:] {
		h := (uint64(runes[i]) + 1) * rollBase
		h = (h + uint64(runes[i+1]) + 1) * rollBase
		c.hashes[i] = h
		h = (h + uint64(runes[i+2]) + 1) * rollBase
		h ^= h >> 32
		w, bit := h>>6&mask, uint64(1)<<(h&63)
		c.twice[w] |= c.seen[w] & bit
		c.seen[w] |= bit
	}
	pos := c.pos[:0]
	for i, h := range c.hashes[:len(runes)-2] {
		h = (h + uint64(runes[i+2]) + 1) * rollBase
		h ^= h >> 32
		if c.twice[h>>6&mask]>>(h&63)&1 != 0 {
			pos = append(pos, int32(i))
		}
	}
	c.pos = pos
}

// pass looks at the runs of k code points that begin at c.pos, where c.hashes has
// the hashes of the runs of k-1, and leaves in c.pos those that repeat.
func (c *charRuns) pass(runes []rune, k int) {
	pos, hashes, counts := c.pos, c.hashes, c.counts
	for len(pos) > 0 && int(pos[len(pos)-1])+k > len(runes) {
		pos = pos[:len(pos)-1]
	}
	heads, shift := c.emptyHeads(len(pos))
	mask := uint64(len(heads) - 1)
	covered, dup := 0, 0 // code points up to covered are counted in dup
	for _, p := range pos {
		i := int(p)
		h := (hashes[i] + uint64(runes[i+k-1]) + 1) * rollBase
		hashes[i] = h
		tag := uint32(h >> 7)
		for at := (h ^ h>>32) * 0xc4ceb9fe1a85ec53 >> shift; ; at = (at + 1) & mask {
			e := &heads[at]
			if e.first == 0 {
				*e = charHead{tag, p + 1}
				break
			}
			if e.tag != tag {
				continue
			}
			if n := &counts[e.first-1]; *n == 0 {
				*n = 2
			} else {
				*n++
			}
			counts[i] = -1
			from := max(i, covered)
			dup += i + k - from
			covered = i + k
			break
		}
	}
	repeating, most, sum := pos[:0], int32(0), 0
	for _, p := range pos {
		n := counts[p]
		if n == 0 {
			continue
		}
		repeating = append(repeating, p)
		counts[p] = 0
		if n > 0 {
			most = max(most, n)
			sum += int(n)
			if k == 3 {
				c.sums = append(c.sums, n)
			}
		}
	}
	c.pos = repeating
	switch {
	case k < minDupGram:
		c.top[k] = min(int(most)*k, len(runes))
	case k <= maxGram:
		c.dup[k] = dup
	}
	switch k {
	case 3:
		c.common = mostFrequent(c.sums, len(runes)-2)
	case maxCharRun:
		c.again = sum
	}
}

// mostFrequent sums the largest counts, as many as the square root of how many
// different runs there are: those counted, and the rest of all, which occur once.
func mostFrequent(counts []int32, all int) int {
	sum := 0
	for _, n := range counts {
		sum += int(n)
	}
	most := int(math.Sqrt(float64(all - sum + len(counts))))
	if len(counts) <= most {
		return sum
	}
	slices.Sort(counts)
	sum = 0
	for _, n := range counts[len(counts)-most:] {
		sum += int(n)
	}
	return sum
}
