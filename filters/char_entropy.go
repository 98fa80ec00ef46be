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
	at     slot
	s      *scratch
	counts []uint32 // by the low 16 bits; supplementary planes share the slots of the first
}

func newCharEntropy(_ CharEntropyConfig, at slot, s *scratch) Filter {
	return &charEntropyFilter{at, s, make([]uint32, 1<<16)}
}

// Measure computes log2 N - Σ c·log2 c / N in integers, because sums of floating
// point logarithms may differ between machines in the last digit.
func (f *charEntropyFilter) Measure(doc *corpus.Document) {
	n := uint64(len(f.s.runes))
	if n == 0 {
		return
	}
	for _, r := range f.s.runes {
		f.counts[uint16(r)]++
	}
	sum := uint64(0) // below 2^18 · 18 · 2^32
	for _, r := range f.s.runes {
		if c := f.counts[uint16(r)]; c > 0 {
			sum += uint64(c) * log2(uint64(c))
			f.counts[uint16(r)] = 0
		}
	}
	entropy := log2(n) - min(sum/n, log2(n))
	f.at.set(doc, 0, float64(entropy)*(math.Ln2/(1<<logBits)))
}

const logBits = 32

var smallLogs = func() (t [1024]uint64) {
	for i := range t[1:] {
		t[i+1] = slowLog2(uint64(i + 1))
	}
	return t
}()

// log2 returns the binary logarithm of x ≥ 1 with 32 fractional bits, truncated.
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
