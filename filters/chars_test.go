package filters

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestTrimLine compares the fast paths with what they stand for.
func TestTrimLine(t *testing.T) {
	pieces := []rune("清a0。，\u3000\u3001\u3040\u30a0 \t\r\n\v\u0085\u00a0\u1680\u2000\u200a\u200b\u2028\u202f\u205f\ufeff\U00020000\x7f\x00é】」")
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		var b strings.Builder
		for range rnd.IntN(5) {
			b.WriteRune(pieces[rnd.IntN(len(pieces))])
		}
		s := b.String()
		if got, want := trimLine(s), strings.TrimSpace(s); got != want {
			t.Fatalf("%q: got %q, want %q", s, got, want)
		}
		r, size := lastRune(s)
		if want, n := utf8.DecodeLastRuneInString(s); r != want || size != n {
			t.Fatalf("%q ends in %q of %d bytes, want %q of %d", s, r, size, want, n)
		}
	}
}
