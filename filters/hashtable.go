package filters

import (
	"math/bits"

	"github.com/zeebo/xxh3"
)

// table counts 64-bit hashes by open addressing. Its memory is reused from page to
// page; only the part that the present page needs is cleared and touched. Places
// depend on seed, an odd number that seedOf makes of the whole page, so that nobody
// can write a page whose keys all want one place; a list of ours has a constant.
type table struct {
	entries []tableEntry
	mask    uint64
	seed    uint64
	shift   uint8
}

type tableEntry struct {
	key   uint64 // 0 is free
	count int32
	at    int32 // for the caller: position of the first, or end of the last occurrence
}

// reset empties the table and makes room for n different keys.
func (t *table) reset(n int) {
	size := 16
	for size < 2*n {
		size *= 2
	}
	if cap(t.entries) < size {
		t.entries = make([]tableEntry, size)
	} else {
		t.entries = t.entries[:size]
		clear(t.entries)
	}
	t.mask, t.shift = uint64(size-1), uint8(64-bits.Len(uint(size-1)))
	if t.seed == 0 {
		t.seed = rollBase
	}
}

// slot returns the index of the entry of a key, made with count 0 where it is new,
// until the next call of reset.
func (t *table) slot(key uint64) int32 {
	if key == 0 {
		key = 1
	}
	i := key * t.seed >> (t.shift & 63)
	e := &t.entries[i]
	for differs(e.key, key) {
		i = (i + 1) & t.mask
		e = &t.entries[i]
	}
	e.key = key
	return int32(i)
}

// differs reports whether an entry has neither key nor none, in one branch: which of
// the two it is cannot be guessed.
func differs(has, key uint64) bool {
	x := has ^ key
	return (has|-has)&(x|-x)>>63 != 0
}

// find returns the entry of a key as slot does.
func (t *table) find(key uint64) *tableEntry { return &t.entries[t.slot(key)] }

// seedOf returns an odd number that depends on all of a text.
func seedOf(text string) uint64 { return xxh3.HashString(text) | 1 }

func (t *table) shrink() {
	if cap(t.entries) > 4*keepRunes {
		t.entries = nil
	}
}

// join returns the hash of a sequence made longer by one element, whose hash must be
// good in all bits.
func join(sequence, next uint64) uint64 {
	return (sequence^sequence>>32)*0x9e3779b97f4a7c15 + next
}

// get returns the count of a key, 0 where it is not in the table. The table must
// have been reset once.
func (t *table) get(key uint64) int32 {
	if key == 0 {
		key = 1
	}
	for i := key * t.seed >> (t.shift & 63); ; i = (i + 1) & t.mask {
		e := &t.entries[i]
		if e.key == key {
			return e.count
		}
		if e.key == 0 {
			return 0
		}
	}
}

// hashWord hashes a word. Nearly all have at most eight bytes.
func hashWord(w string) uint64 {
	switch n := len(w); {
	case n <= 8:
		return hashShort(shortWord(w, n), n)
	case n <= 16: // overlapping loads
		return hashWide(eightBytes(w), eightBytes(w[n-8:]), n)
	}
	return xxh3.HashString(w)
}

// shortWord returns the first n ≤ 8 bytes of s in the low bytes of a number.
func shortWord(s string, n int) (x uint64) {
	if len(s) >= 8 {
		return eightBytes(s) & (1<<(8*n) - 1)
	}
	for i := n - 1; i >= 0; i-- {
		x = x<<8 | uint64(s[i])
	}
	return x
}

// hashShort hashes a word of n ≤ 8 bytes as shortWord returns it.
func hashShort(x uint64, n int) uint64 { return hashWide(x, 0, n) }

// hashWide spreads n over all bits, so that no byte of b can undo the difference
// between two lengths: 1000 and 10000 are two words.
func hashWide(a, b uint64, n int) uint64 {
	hi, lo := bits.Mul64(a^0xa0761d6478bd642f, b^uint64(n)*0xe7037ed1a0b428db)
	return hi ^ lo
}

func eightBytes(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
