package filters

import (
	"math/bits"

	"github.com/zeebo/xxh3"
)

// table counts 64-bit hashes by open addressing. Its memory is reused from page to
// page; only the part that the present page needs is cleared and touched.
type table struct {
	entries []tableEntry
	mask    uint64
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
	t.mask = uint64(size - 1)
}

// slot returns the index of the entry of a key, made with count 0 where it is new,
// until the next call of reset. Keys must be hashes whose low bits are good.
func (t *table) slot(key uint64) int32 {
	if key == 0 {
		key = 1
	}
	for i := key & t.mask; ; i = (i + 1) & t.mask {
		e := &t.entries[i]
		if e.key == key {
			return int32(i)
		}
		if e.key == 0 {
			e.key = key
			return int32(i)
		}
	}
}

// find returns the entry of a key as slot does.
func (t *table) find(key uint64) *tableEntry { return &t.entries[t.slot(key)] }

func (t *table) shrink() {
	if cap(t.entries) > 4*keepRunes {
		t.entries = nil
	}
}

// mix spreads a hash over all bits (the finalizer of MurmurHash3, public domain).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// join returns the hash of a sequence made longer by one element.
func join(sequence, next uint64) uint64 {
	return mix(sequence*0x9e3779b97f4a7c15 + next)
}

// get returns the count of a key, 0 where it is not in the table. The table must
// have been reset once.
func (t *table) get(key uint64) int32 {
	if key == 0 {
		key = 1
	}
	for i := key & t.mask; ; i = (i + 1) & t.mask {
		e := &t.entries[i]
		if e.key == key {
			return e.count
		}
		if e.key == 0 {
			return 0
		}
	}
}

// hashWord hashes a word. Nearly all have at most 16 bytes, which are two loads and
// one multiplication; overlapping loads make the length matter, which is added.
func hashWord(w string) uint64 {
	var a, b uint64
	switch n := len(w); {
	case n > 16:
		return xxh3.HashString(w)
	case n >= 8:
		a, b = eightBytes(w), eightBytes(w[n-8:])
	case n >= 4:
		a, b = fourBytes(w), fourBytes(w[n-4:])
	case n > 0:
		a = uint64(w[0])<<16 | uint64(w[n/2])<<8 | uint64(w[n-1])
	}
	hi, lo := bits.Mul64(a^0xa0761d6478bd642f, b^0xe7037ed1a0b428db^uint64(len(w)))
	return mix(hi ^ lo)
}

func eightBytes(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func fourBytes(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}
