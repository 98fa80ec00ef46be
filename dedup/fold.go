package dedup

import (
	"encoding/binary"
	"sync"
	"unicode/utf8"

	"github.com/qingliu/qingliu/zh"
	"github.com/zeebo/xxh3"
)

//go:generate go run gen_fold.go

// foldRange says that every step-th code point of [lo, hi] is kept and becomes
// itself plus delta.
type foldRange struct {
	lo, hi, step uint16
	delta        int32
}

const (
	bmp = 0x10000
	// Ideographs of the supplementary planes (extensions B to H) are kept;
	// everything else up there is symbols or rare scripts and is dropped.
	supFirst, supLast = 0x20000, 0x323af
)

// folding is the normaliser as tables.
type folding struct {
	to  [bmp]uint16   // what a code point becomes, 0 if it is dropped
	sup map[rune]rune // supplementary ideographs that do not stay themselves
	id  uint64        // hash of the tables, that of package zh included; written to every file
}

// normaliser returns the tables, built on first use: about a millisecond that
// programs which sign nothing do not spend.
var normaliser = sync.OnceValue(newFolding)

func newFolding() *folding {
	f := &folding{sup: make(map[rune]rune)}
	h := xxh3.New()
	var b [8]byte
	add := func(from, to rune) {
		binary.LittleEndian.PutUint32(b[:], uint32(from))
		binary.LittleEndian.PutUint32(b[4:], uint32(to))
		h.Write(b[:])
	}
	for _, r := range foldRanges {
		for c := int32(r.lo); c <= int32(r.hi); c += int32(r.step) {
			n := zh.ToSimplified(c + r.delta)
			if n >= bmp {
				// No simplified form outside the plane: the tables stay flat.
				n = c + r.delta
			}
			f.to[c] = uint16(n)
		}
	}
	// The letter that a letter becomes must itself stay, or normalising twice
	// would differ from normalising once.
	for c := range f.to {
		n := f.to[c]
		for i := 0; i < 8 && f.to[n] != n; i++ {
			n = f.to[n]
		}
		f.to[c] = n
		if n != 0 {
			add(rune(c), rune(n))
		}
	}
	for c := rune(supFirst); c <= supLast; c++ {
		n := zh.ToSimplified(c)
		if n < bmp {
			n = rune(f.to[n])
		}
		if n != c && n != 0 {
			f.sup[c] = n
			add(c, n)
		}
	}
	f.id = h.Sum64()
	return f
}

// fold returns what a code point becomes, 0 if it is dropped.
func (f *folding) fold(r rune) rune {
	if r < bmp {
		return rune(f.to[r])
	}
	if r < supFirst || r > supLast {
		return 0
	}
	if n, ok := f.sup[r]; ok {
		return n
	}
	return r
}

// mix is the finalizer of MurmurHash3 (Appleby, public domain), a bijection.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	x ^= x >> 33
	return x
}

// AppendNormalized appends what two texts are compared by: only the letters and
// digits of text, in half-width, lower-case and simplified form. Bytes that are
// no valid UTF-8 are dropped. The result is for comparing only, never for
// release. Normalising it again changes nothing.
func AppendNormalized(dst []byte, text string) []byte {
	f := normaliser()
	for _, r := range text {
		if n := f.fold(r); n != 0 {
			dst = utf8.AppendRune(dst, n)
		}
	}
	return dst
}
