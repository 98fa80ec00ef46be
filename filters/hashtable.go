package filters

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
