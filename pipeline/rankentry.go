package pipeline

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"github.com/qingliu/qingliu/dedup"
)

// The order of documents, best first, as bytes that compare like the documents:
// published 1, trust 1, score 4, length 4, date 8, text 16, id 16, file 4,
// offset 8. Larger is better is stored as the complement.
const (
	sortKeyBytes = 62
	locatorBytes = 12 // group u32, row u32, copies u32
	urlKeyBytes  = 16
	entryBytes   = sortKeyBytes + locatorBytes + urlKeyBytes
)

// rankMemory bounds the buffers of each external sort.
const rankMemory = 64 << 20

// rankEntry is a kept document while it is ranked: sort key, locator, URL key.
type rankEntry [entryBytes]byte

func (e *rankEntry) group() uint32  { return binary.BigEndian.Uint32(e[sortKeyBytes:]) }
func (e *rankEntry) row() uint32    { return binary.BigEndian.Uint32(e[sortKeyBytes+4:]) }
func (e *rankEntry) copies() uint32 { return binary.BigEndian.Uint32(e[sortKeyBytes+8:]) }
func (e *rankEntry) url() []byte    { return e[sortKeyBytes+locatorBytes:] }
func (e *rankEntry) date() uint64   { return ^binary.BigEndian.Uint64(e[10:]) }
func (e *rankEntry) length() uint32 { return ^binary.BigEndian.Uint32(e[6:]) }
func (e *rankEntry) addCopies(n uint32) {
	binary.BigEndian.PutUint32(e[sortKeyBytes+8:], e.copies()+n)
}

// keyedSorter sorts rank entries under a key of its own in front.
type keyedSorter struct {
	s   *dedup.Sorter
	key int
	rec []byte
}

func newKeyedSorter(dir string, key int) *keyedSorter {
	w := key + entryBytes
	return &keyedSorter{s: dedup.NewSorter(dir, w, w, rankMemory), key: key, rec: make([]byte, w)}
}

func (k *keyedSorter) add(key []byte, e *rankEntry) error {
	copy(k.rec, key)
	copy(k.rec[k.key:], e[:])
	return k.s.Add(k.rec)
}

// each goes through the runs of entries whose first prefix bytes are equal. The
// first of a run is the best: lose is called with it and each of the others,
// then done with the best, which lose may have changed.
func (k *keyedSorter) each(prefix int, lose func(best, other *rankEntry) error, done func(best *rankEntry) error) error {
	it, err := k.s.Sorted()
	if err != nil {
		return err
	}
	var (
		cur  []byte
		best rankEntry
		have bool
	)
	for {
		rec, err := it.Next()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil && have && bytes.Equal(cur, rec[:prefix]) {
			other := rankEntry(rec[k.key:])
			if err := lose(&best, &other); err != nil {
				return err
			}
			continue
		}
		if have {
			if err := done(&best); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		cur, have = append(cur[:0], rec[:prefix]...), true
		best = rankEntry(rec[k.key:])
	}
}

func makeEntry(c rankColumns, row, file, trust int) (e rankEntry) {
	e[0] = 1 // 0 is for documents already published
	e[1] = ^byte(trust)
	// e[2:6], the score, is equal for all as long as no model gives one
	binary.BigEndian.PutUint32(e[6:], ^c.length[row])
	binary.BigEndian.PutUint64(e[10:], ^c.dates[row])
	copy(e[18:], c.text[row][:])
	copy(e[34:], c.id[row][:])
	binary.BigEndian.PutUint32(e[50:], uint32(file))
	binary.BigEndian.PutUint64(e[54:], c.offset[row])
	copy(e.url(), c.url[row][:])
	return e
}

// captureOrder sorts the captures of one URL, the one to keep first.
func captureOrder(rule string, e *rankEntry) uint64 {
	switch rule {
	case "first":
		if e.date() == 0 { // unknown
			return math.MaxUint64
		}
		return e.date()
	case "longest":
		return ^uint64(e.length())
	}
	return ^e.date()
}
