package dedup

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// sketchOf sketches a set of hashes as Sign does.
func sketchOf(p Params, set []uint64) (sig Signature) {
	values := make([]uint64, p.K)
	fastSketch(values, append([]uint64(nil), set...))
	for b := range p.Bands {
		sig.Bands[b] = bandKey(b, values[b*p.Rows:(b+1)*p.Rows])
	}
	sketchBits(&sig.Sketch, values)
	sig.Letters = p.MinLetters
	return sig
}

// randomPair returns two sets of n random hashes that share the given number.
func randomPair(rng *rand.Rand, n, shared int) (a, b []uint64) {
	for i := range n {
		h := rng.Uint64()
		a = append(a, h)
		if i >= shared {
			h = rng.Uint64()
		}
		b = append(b, h)
	}
	return a, b
}

func TestEstimate_unbiased(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	rng := rand.New(rand.NewPCG(7, 7))
	for _, n := range []int{100, 400} {
		for _, c := range []struct{ num, den int }{{1, 2}, {7, 10}, {77, 100}, {9, 10}} {
			const pairs = 3000
			// n sets with s shared have J = s/(2n-s), so s = 2nJ/(1+J).
			shared := 2 * n * c.num / (c.den + c.num)
			exact := float64(shared) / float64(2*n-shared)
			sum, squares := 0.0, 0.0
			for range pairs {
				a, b := randomPair(rng, n, shared)
				x, y := sketchOf(p, a), sketchOf(p, b)
				d := float64(2*matches(x.Sketch[:], y.Sketch[:], p.K)-p.K)/float64(p.K) - exact
				sum += d
				squares += d * d
			}
			bias, rmse := sum/pairs, math.Sqrt(squares/pairs)
			t.Logf("n=%d J=%.3f: bias %+.4f, rmse %.4f", n, exact, bias, rmse)
			if math.Abs(bias) >= 0.003 {
				t.Errorf("n=%d J=%.3f: bias of the estimate is %+.4f, want less than 0.003", n, exact, bias)
			}
			// One bit of each of 512 positions: 2·sqrt(p(1-p)/512), p = (1+J)/2.
			if q := (1 + exact) / 2; rmse > 1.15*2*math.Sqrt(q*(1-q)/float64(p.K)) {
				t.Errorf("n=%d J=%.3f: error of the estimate is %.4f", n, exact, rmse)
			}
		}
	}
}

func TestBands_candidateProbability(t *testing.T) {
	t.Parallel()
	p := DefaultParams()
	rng := rand.New(rand.NewPCG(8, 8))
	for _, jaccard := range []float64{0.5, 0.6, 0.7, 0.8, 0.9} {
		const pairs, n = 3000, 300
		shared := int(math.Round(2 * n * jaccard / (1 + jaccard)))
		exact := float64(shared) / float64(2*n-shared)
		hits, bands := 0, 0
		for range pairs {
			a, b := randomPair(rng, n, shared)
			x, y := sketchOf(p, a), sketchOf(p, b)
			equal := 0
			for i := range p.Bands {
				if x.Bands[i] == y.Bands[i] {
					equal++
				}
			}
			bands += equal
			if equal > 0 {
				hits++
			}
		}
		one := math.Pow(exact, float64(p.Rows))
		want := 1 - math.Pow(1-one, float64(p.Bands))
		got := float64(hits) / pairs
		perBand := float64(bands) / float64(pairs*p.Bands)
		t.Logf("J=%.3f: band %.4f (J^8 %.4f), candidate %.4f (%.4f)", exact, perBand, one, got, want)
		if math.Abs(got-want) > 0.03 {
			t.Errorf("J=%.3f: candidate with probability %.3f, want %.3f", exact, got, want)
		}
		if math.Abs(perBand-one) > 0.06*one+0.001 {
			t.Errorf("J=%.3f: a band is equal with probability %.4f, want %.4f", exact, perBand, one)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 9))
	for _, k := range []int{64, 128, 256, 512} {
		a, b := make([]byte, SketchBytes), make([]byte, SketchBytes)
		want := k
		for i := range a {
			a[i], b[i] = byte(rng.Uint32()), byte(rng.Uint32())
			if i < k/8 {
				want -= bits.OnesCount8(a[i] ^ b[i])
			}
		}
		if got := matches(a, b, k); got != want {
			t.Errorf("k=%d: %d matches, want %d", k, got, want)
		}
		if got := matches(a, a, k); got != k {
			t.Errorf("k=%d: %d matches with itself", k, got)
		}
	}
}

func BenchmarkMatches(b *testing.B) {
	x, y := make([]byte, SketchBytes), make([]byte, SketchBytes)
	for b.Loop() {
		matches(x, y, maxK)
	}
}
