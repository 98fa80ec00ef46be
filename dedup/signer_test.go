package dedup

import (
	"math/rand/v2"
	"testing"
)

// chinese returns n code points of made-up Chinese with punctuation and a little
// Latin, from a fixed seed.
func chinese(seed uint64, n int) string {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := make([]rune, 0, n)
	for len(out) < n {
		switch x := rng.IntN(40); {
		case x == 0:
			out = append(out, '。')
		case x == 1:
			out = append(out, '，')
		case x == 2:
			out = append(out, rune('a'+rng.IntN(26)))
		case x == 3 && rng.IntN(4) == 0:
			out = append(out, '\n')
		default:
			out = append(out, rune(0x4e00+rng.IntN(5000)))
		}
	}
	return string(out)
}

func BenchmarkSign(b *testing.B) {
	text := chinese(1, 860)
	s := NewSigner(DefaultParams())
	var sig Signature
	b.Run("text=2.5KB", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			s.Sign(text, &sig)
		}
	})
	b.Run("part=shingle", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			s.shingle(text)
		}
	})
	b.Run("part=sketch", func(b *testing.B) {
		s.shingle(text)
		for b.Loop() {
			fastSketch(s.sig, s.hashes)
		}
	})
}
