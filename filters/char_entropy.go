package filters

import (
	"math"
	"math/bits"

	"github.com/qingliu/qingliu/corpus"
)

// CharEntropyConfig configures char_entropy.
type CharEntropyConfig struct {
	MinNats float64 `yaml:"min_nats" min:"char_entropy" range:"0..12" unit:"nats" doc:"drop texts of fewer different characters"`
}

var charEntropy = define(Spec{
	Name: "char_entropy", Doc: "Drops pages made of few different characters. Unlike a share of unique characters it does not punish long texts.",
	From:    "MAP-CC (unigram entropy of at least 3 nats); good articles have 3.5 and more by own measurement, 2026-11",
	Signals: []Signal{{"char_entropy", 3, "entropy in nats of the distribution of code points that are no white space, over the first 262,144"}},
	Needs:   NeedText,
}, CharEntropyConfig{MinNats: 3.3}, newCharEntropy)

type charEntropyFilter struct {
	at slot
	s  *scratch
}

func newCharEntropy(_ CharEntropyConfig, at slot, s *scratch) Filter {
	return &charEntropyFilter{at, s}
}

// Measure computes log2 N - Σ c·log2 c / N in integers, because sums of floating
// point logarithms may differ between machines in the last digit.
func (f *charEntropyFilter) Measure(doc *corpus.Document) {
	n := uint64(len(f.s.runes))
	if n == 0 {
		return
	}
	_, sum := f.s.distinctRunes()
	entropy := log2(n) - min(sum/n, log2(n))
	f.at.set(doc, 0, float64(entropy)*(math.Ln2/(1<<logBits)))
}

// runeSlots is how many counts of code points there are: rare ones, from U+20000 on,
// share those of others.
const runeSlots = 1 << 17

// distinctRunes returns how many different code points the text has, and Σ c·log2 c
// over their counts c with 32 fractional bits: below 2^18 · 18 · 2^32.
func (s *scratch) distinctRunes() (n int, sum uint64) {
	if s.distinct.done {
		return s.distinct.n, s.distinct.sum
	}
	if s.runeCounts == nil {
		s.runeCounts = make([]uint32, runeSlots)
	}
	counts := s.runeCounts
	s.distinct.runes = sized(s.distinct.runes, len(s.runes))
	runes := s.distinct.runes
	for _, r := range s.runes {
		slot := uint32(r) % runeSlots
		c := &counts[slot]
		runes[n] = slot
		n += int(1 - min(*c, 1)) // its first occurrence
		*c++
	}
	for _, slot := range runes[:n] {
		c := uint64(counts[slot%runeSlots])
		counts[slot%runeSlots] = 0
		sum += c * log2(c)
	}
	s.distinct.done, s.distinct.n, s.distinct.sum = true, n, sum
	return n, sum
}

const logBits = 32

var smallLogs = func() (t [1024]uint64) {
	for i := range t[1:] {
		t[i+1] = slowLog2(uint64(i + 1))
	}
	return t
}()

// log2 returns the binary logarithm of x with 32 fractional bits, truncated; of 0 it is
// 0.
func log2(x uint64) uint64 {
	if x < uint64(len(smallLogs)) {
		return smallLogs[x]
	}
	return slowLog2(x)
}

// slowLog2 takes the integer part from the highest bit and one bit of the fraction
// from each squaring of what is left.
func slowLog2(x uint64) uint64 {
	whole := bits.Len64(x) - 1
	m := x << (63 - whole) // 1 ≤ m < 2 with 63 fractional bits
	log := uint64(whole)
	for range logBits {
		hi, _ := bits.Mul64(m, m) // m² with 62 fractional bits
		log <<= 1
		if hi>>63 != 0 {
			log |= 1
			m = hi
		} else {
			m = hi << 1
		}
	}
	return log
}
