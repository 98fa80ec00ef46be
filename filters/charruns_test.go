package filters

import (
	"math/rand/v2"
	"testing"
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
