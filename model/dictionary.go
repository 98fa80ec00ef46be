package model

// entryKind tells words from labels.
type entryKind uint8

const (
	kindWord  entryKind = 0
	kindLabel entryKind = 1
)

const (
	endOfLine   = "</s>"
	labelPrefix = "__label__"
)

// entry is one word or label of a dictionary.
type entry struct {
	text  string
	count int64
	kind  entryKind
}

// dictionary maps tokens to rows of the input matrix. Words come before labels.
type dictionary struct {
	entries         []entry
	nwords, nlabels int32
	ntokens         int64
	pruned          map[int32]int32 // n-gram bucket to row; nil where nothing was pruned
	noBuckets       bool            // all n-grams were pruned

	table []int32 // open addressing by hash; index of the entry + 1
	mask  uint32

	// rows of every word with its character n-grams, where the model has them
	subwords []int32
	subStart []int32
}

// hashToken is the hash of fastText: FNV-1a over bytes taken as signed.
func hashToken(s []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range s {
		h = (h ^ uint32(int32(int8(c)))) * 16777619
	}
	return h
}

// index builds the hash table over the entries.
func (d *dictionary) index() {
	size := uint32(16)
	for size < uint32(len(d.entries))*2 {
		size *= 2
	}
	d.table, d.mask = make([]int32, size), size-1
	for i := range d.entries {
		h := hashToken([]byte(d.entries[i].text))
		for k := spread(h) & d.mask; ; k = (k + 1) & d.mask {
			if d.table[k] == 0 {
				d.table[k] = int32(i) + 1
				break
			}
		}
	}
}

// spread mixes the bits of a hash whose low ones alone choose a place.
func spread(h uint32) uint32 {
	h ^= h >> 15
	h *= 0x2c1b3c6d
	return h ^ h>>12
}

// find returns the entry of a token, -1 if it is unknown. h is its hash.
func (d *dictionary) find(token []byte, h uint32) int32 {
	for k := spread(h) & d.mask; ; k = (k + 1) & d.mask {
		i := d.table[k]
		if i == 0 {
			return -1
		}
		if d.entries[i-1].text == string(token) {
			return i - 1
		}
	}
}

// bucketRow appends the row of an n-gram bucket unless it was pruned.
func (d *dictionary) bucketRow(dst []int32, id int32) []int32 {
	switch {
	case d.noBuckets:
		return dst
	case d.pruned != nil:
		row, ok := d.pruned[id]
		if !ok {
			return dst
		}
		id = row
	}
	return append(dst, d.nwords+id)
}

// appendSubwords appends the rows of the character n-grams of <word>.
func (d *dictionary) appendSubwords(dst []int32, word []byte, a *args) []int32 {
	last := len(word) + 1 // position of the closing mark
	at := func(i int) byte {
		switch {
		case i == 0:
			return '<'
		case i == last:
			return '>'
		}
		return word[i-1]
	}
	for i := 0; i <= last; i++ {
		if at(i)&0xc0 == 0x80 {
			continue
		}
		h := uint32(2166136261)
		for j, n := i, int32(1); j <= last && n <= a.maxn; n++ {
			h = (h ^ uint32(int32(int8(at(j))))) * 16777619
			j++
			for j <= last && at(j)&0xc0 == 0x80 {
				h = (h ^ uint32(int32(int8(at(j))))) * 16777619
				j++
			}
			if n >= a.minn && !(n == 1 && (i == 0 || j == last+1)) {
				dst = d.bucketRow(dst, int32(h%uint32(a.bucket)))
			}
		}
	}
	return dst
}

// cacheSubwords stores the rows of every word of the dictionary.
func (d *dictionary) cacheSubwords(a *args) {
	d.subStart = make([]int32, d.nwords+1)
	d.subwords = nil // a pruned copy shares the memory of the whole
	for i := range d.nwords {
		d.subwords = append(d.subwords, i)
		if s := d.entries[i].text; a.maxn > 0 && s != endOfLine {
			d.subwords = d.appendSubwords(d.subwords, []byte(s), a)
		}
		d.subStart[i+1] = int32(len(d.subwords))
	}
}

func (d *dictionary) wordRows(id int32) []int32 {
	return d.subwords[d.subStart[id]:d.subStart[id+1]]
}

// tokens is the scratch memory of one line.
type tokens struct {
	rows   []int32 // of the input matrix
	hashes []int32 // of the words, as fastText keeps them: signed
	labels []int32
}

// isBlank are the bytes between tokens.
var isBlank = [256]bool{' ': true, '\n': true, '\r': true, '\t': true, '\v': true, '\f': true, 0: true}

// read fills t with the rows of a line: its words, their character n-grams, the end
// of the line, and the word n-grams. Known labels go to t.labels.
func (d *dictionary) read(line []byte, a *args, t *tokens) {
	t.rows, t.hashes, t.labels = t.rows[:0], t.hashes[:0], t.labels[:0]
	for i := 0; i < len(line); {
		if isBlank[line[i]] {
			i++
			continue
		}
		h, start := uint32(2166136261), i
		for i < len(line) && !isBlank[line[i]] {
			h = (h ^ uint32(int32(int8(line[i])))) * 16777619
			i++
		}
		d.readToken(line[start:i], h, a, t)
		if string(line[start:i]) == endOfLine { // the reference stops there
			d.readNgrams(a, t)
			return
		}
	}
	d.readToken([]byte(endOfLine), hashToken([]byte(endOfLine)), a, t)
	d.readNgrams(a, t)
}

func (d *dictionary) readToken(token []byte, h uint32, a *args, t *tokens) {
	id := d.find(token, h)
	switch {
	case id >= d.nwords:
		t.labels = append(t.labels, id-d.nwords)
		return
	case id >= 0:
		if a.maxn > 0 {
			t.rows = append(t.rows, d.wordRows(id)...)
		} else {
			t.rows = append(t.rows, id)
		}
	case len(token) >= len(labelPrefix) && string(token[:len(labelPrefix)]) == labelPrefix:
		return // an unknown label
	case a.maxn > 0 && string(token) != endOfLine:
		t.rows = d.appendSubwords(t.rows, token, a)
	}
	t.hashes = append(t.hashes, int32(h))
}

// readNgrams appends the rows of the word n-grams.
func (d *dictionary) readNgrams(a *args, t *tokens) {
	if a.wordNgrams < 2 || a.bucket < 1 {
		return
	}
	bucket := uint64(a.bucket)
	for i := range t.hashes {
		h := uint64(int64(t.hashes[i]))
		for j := i + 1; j < len(t.hashes) && j < i+int(a.wordNgrams); j++ {
			h = h*116049371 + uint64(int64(t.hashes[j]))
			t.rows = d.bucketRow(t.rows, int32(h%bucket))
		}
	}
}
