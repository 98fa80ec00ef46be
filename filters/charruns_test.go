package filters

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/qingliu/qingliu/corpus"
)

// The runs found by hashes and sets of candidates are those that counting all of
// them one by one finds.
func TestScanChars_asCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	s := newScratch()
	for range 300 {
		n, letters := r.IntN(400), 1+r.IntN(40)
		runes := make([]rune, n)
		for i := range runes {
			runes[i] = rune(0x4e00 + r.IntN(letters))
		}
		if n > 60 && r.IntN(2) == 0 {
			copy(runes[n-30:], runes[:30])
		}
		s.runes, s.runs.done = runes, false
		c := s.scanChars()
		for k := minGram; k <= maxCharRun; k++ {
			seen, most, dup, covered, again := map[string]int{}, 0, 0, 0, 0
			for i := 0; i+k <= n; i++ {
				run := string(runes[i : i+k])
				if seen[run]++; seen[run] > 1 {
					most = max(most, seen[run])
					from := max(i, covered)
					dup += i + k - from
					covered = i + k
				}
			}
			for _, m := range seen {
				if m > 1 {
					again += m
				}
			}
			switch {
			case k < minDupGram:
				if want := min(most*k, n); c.top[k] != want {
					t.Fatalf("%q: top of %d is %d, want %d", string(runes), k, c.top[k], want)
				}
			case k <= maxGram:
				if c.dup[k] != dup {
					t.Fatalf("%q: repeated in runs of %d are %d, want %d", string(runes), k, c.dup[k], dup)
				}
			case k == maxCharRun:
				if c.again != again {
					t.Fatalf("%q: %d runs of %d occur again, want %d", string(runes), c.again, k, again)
				}
			}
		}
	}
}

// Pairs that all want one place in a table whose seed is known take as long as others.
func TestScanChars_chosenPairs(t *testing.T) {
	const pairs, from, to = 60000, 0x4e00, 0xa000
	var chosen []rune
	for a := rune(from); len(chosen) < 2*pairs; a++ {
		for b := rune(from); b < to; b++ {
			if (uint64(a)<<runeBits|uint64(b))*rollBase>>(64-10) == 0 {
				chosen = append(chosen, a, b)
			}
		}
	}
	rnd := rand.New(rand.NewPCG(4, 8))
	rnd.Shuffle(len(chosen)/2, func(i, j int) {
		chosen[2*i], chosen[2*i+1], chosen[2*j], chosen[2*j+1] = chosen[2*j], chosen[2*j+1], chosen[2*i], chosen[2*i+1]
	})
	others := make([]rune, len(chosen))
	for i := range others {
		others[i] = rune(from + rnd.IntN(to-from))
	}
	took := func(runes []rune) time.Duration {
		d := &corpus.Document{}
		d.SetText(string(runes))
		s := newScratch()
		s.reset(d)
		start := time.Now()
		s.scanChars()
		return time.Since(start)
	}
	best := min(took(chosen), took(chosen), took(chosen))
	if usual := max(took(others), took(others), took(others)); best > 10*usual {
		t.Errorf("chosen pairs take %v, others %v", best, usual)
	}
}
