package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestPartSums reads a file in many orders: the digests of the parts are those of
// their bytes, and what was read in file order is not asked for again.
func TestPartSums(t *testing.T) {
	const unit = 100
	data := noise(1234)
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int64{0, 1, 99, 100, 101, 200, 1234} {
		for round := range 200 {
			s := partSums{size: size, unit: unit}
			whole := round%4 == 0
			for at := int64(0); at < size; {
				n := min(1+r.Int64N(250), size-at)
				s.add(at, data[at:at+n])
				at += n
				if !whole && r.IntN(3) == 0 && size > 0 {
					at = r.Int64N(size)
					if r.IntN(8) == 0 {
						break
					}
				}
			}
			parts := int(max(1, (size+unit-1)/unit))
			for _, i := range r.Perm(parts) {
				from, to := min(size, int64(i*unit)), min(size, int64(i+1)*unit)
				read := 0
				sum, err := s.of(i, func(at, end int64) error {
					if at < from || at >= end || end != to {
						return fmt.Errorf("asked for %d to %d of part %d", at, end, i)
					}
					// a little too much on both sides, as a server may send
					at, n := max(0, at-r.Int64N(3)), 1+r.Int64N(150)
					s.add(at, data[at:min(size, at+3+n)])
					read++
					return nil
				})
				if err != nil || sum != sha256.Sum256(data[from:to]) {
					t.Fatalf("size %d, part %d: %x, %v", size, i, sum, err)
				}
				if whole && read > 0 {
					t.Fatalf("size %d, part %d: %d reads after all was read in order", size, i, read)
				}
			}
		}
	}
}

func TestJoinSums(t *testing.T) {
	a, b := sha256.Sum256([]byte("a")), sha256.Sum256([]byte("b"))
	if got := JoinSums([][32]byte{a}); got != hex.EncodeToString(a[:]) {
		t.Errorf("one part: %s", got)
	}
	both := sha256.Sum256(append(a[:], b[:]...))
	if got := JoinSums([][32]byte{a, b}); got != hex.EncodeToString(both[:])+"-2" {
		t.Errorf("two parts: %s", got)
	}
	for size, want := range map[int64]int{0: 1, 1: 1, SumBytes: 1, SumBytes + 1: 2, 3 * SumBytes: 3} {
		if got := SumParts(size); got != want {
			t.Errorf("%d bytes: %d parts, want %d", size, got, want)
		}
	}
}
