package model

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// maxLMGrams bounds the n-grams of an LM: about 70 bytes each.
const maxLMGrams = 100_000_000

// An LMTrainer counts the n-grams of texts; Train makes an [LM] of them. What it makes
// depends on the texts alone, not on their order, and it works on one core.
type LMTrainer struct {
	order  int
	runes  map[rune]uint32
	counts []map[[MaxOrder]uint32]uint32 // by length-1, in preliminary tokens
	line   []uint32
}

// NewLMTrainer returns a trainer for n-grams of up to order code points, 2 to MaxOrder.
func NewLMTrainer(order int) (*LMTrainer, error) {
	if order < 2 || order > MaxOrder {
		return nil, fmt.Errorf("order %d is not between 2 and %d", order, MaxOrder)
	}
	t := &LMTrainer{order: order, runes: map[rune]uint32{}}
	for range order {
		t.counts = append(t.counts, map[[MaxOrder]uint32]uint32{})
	}
	return t, nil
}

// Add counts a text. It fails when the n-grams become too many.
func (t *LMTrainer) Add(text string) error {
	t.line = append(t.line[:0], lmBegin)
	for _, r := range text {
		if r == '\n' {
			t.endLine()
			continue
		}
		if _, ok := (&LM{}).token(r); !ok {
			continue
		}
		id := t.runes[r]
		if id == 0 {
			id = uint32(lmFirst + len(t.runes))
			t.runes[r] = id
		}
		t.line = append(t.line, id)
	}
	t.endLine()
	if len(t.counts[t.order-1]) > maxLMGrams/t.order {
		return fmt.Errorf("more than %d n-grams", maxLMGrams/t.order)
	}
	return nil
}

func (t *LMTrainer) endLine() {
	if len(t.line) > 1 {
		t.line = append(t.line, lmEnd)
		// An n-gram is counted in full length; one that begins a line also in every
		// shorter length, for nothing stands before it.
		for end := 1; end < len(t.line); end++ {
			var g [MaxOrder]uint32
			n := min(t.order, end+1)
			copy(g[:], t.line[end+1-n:end+1])
			t.counts[n-1][g]++
		}
	}
	t.line = append(t.line[:0], lmBegin)
}

// Train returns the model: interpolated Kneser-Ney smoothing with three discounts for
// each length (Chen and Goodman 1998, section 3), where lengths with too few counts
// take 0.5, 1 and 1.5. Shorter n-grams are counted by the different tokens before them.
// N-grams of three and more tokens that were counted fewer than least times are left
// out, where no longer one needs them; 1 keeps all.
func (t *LMTrainer) Train(least int) (*LM, error) {
	if least < 1 {
		return nil, fmt.Errorf("least count %d: want 1 or more", least)
	}
	if len(t.runes) == 0 {
		return nil, errors.New("no text to train on")
	}
	m := &LM{order: t.order, runes: slices.Sorted(maps.Keys(t.runes))}
	final := make([]uint32, lmFirst+len(m.runes))
	for i := range uint32(lmFirst) {
		final[i] = i
	}
	for i, r := range m.runes {
		final[t.runes[r]] = uint32(lmFirst + i)
	}
	counts := make([]map[[MaxOrder]uint32]uint32, t.order)
	for n, c := range t.counts {
		counts[n] = make(map[[MaxOrder]uint32]uint32, len(c))
		for g, k := range c {
			for i := range n + 1 {
				g[i] = final[g[i]]
			}
			counts[n][g] = k
		}
	}
	for n := t.order - 1; n > 0; n-- {
		for g := range counts[n] {
			var suffix [MaxOrder]uint32
			copy(suffix[:], g[1:n+1])
			counts[n-1][suffix]++
		}
	}
	m.smooth(counts)
	m.prune(counts, uint32(least))
	m.buildIndex()
	return m, nil
}

// lmContext is what follows a context: the sum of counts, and the numbers of tokens
// that follow once, twice and more often.
type lmContext struct {
	sum uint64
	by  [3]uint32
}

func (m *LM) smooth(counts []map[[MaxOrder]uint32]uint32) {
	probs := map[[MaxOrder]uint32]float64{} // of the length before
	var backs map[[MaxOrder]uint32]float64
	for n := range m.order {
		d := lmDiscounts(counts[n])
		contexts := map[[MaxOrder]uint32]lmContext{}
		for g, c := range counts[n] {
			g[n] = 0
			x := contexts[g]
			x.sum += uint64(c)
			x.by[min(c, 3)-1]++
			contexts[g] = x
		}
		backs = make(map[[MaxOrder]uint32]float64, len(contexts))
		for h, x := range contexts {
			mass := float64(d[0]*float64(x.by[0])) + float64(d[1]*float64(x.by[1]))
			mass += float64(d[2] * float64(x.by[2]))
			backs[h] = mass / float64(x.sum)
		}
		next := make(map[[MaxOrder]uint32]float64, len(counts[n]))
		uniform := 1 / float64(len(m.runes)+2) // code points, <unk> and </s>
		for g, c := range counts[n] {
			h, lower := g, uniform
			h[n] = 0
			if n > 0 {
				var suffix [MaxOrder]uint32
				copy(suffix[:], g[1:n+1])
				lower = probs[suffix]
			}
			own := (float64(c) - d[min(c, 3)-1]) / float64(contexts[h].sum)
			next[g] = own + float64(backs[h]*lower)
		}
		if n == 0 {
			next[[MaxOrder]uint32{lmUnknown}] = float64(backs[[MaxOrder]uint32{}] * uniform)
			next[[MaxOrder]uint32{lmBegin}] = 0
		} else {
			for i := range m.grams[n-1] {
				g := &m.grams[n-1][i]
				if b, ok := backs[g.tokens]; ok {
					g.back = float32(math.Log10(b))
				}
			}
		}
		for g, p := range next {
			l := float32(-99) // as in ARPA files: no probability
			if p > 0 {
				l = float32(math.Log10(p))
			}
			m.grams[n] = append(m.grams[n], lmGram{tokens: g, p: l})
		}
		slices.SortFunc(m.grams[n], func(a, b lmGram) int { return slices.Compare(a.tokens[:], b.tokens[:]) })
		probs = next
	}
}

// lmDiscounts estimates what is taken from n-grams that were counted once, twice and
// more often, from how many were counted one to four times.
func lmDiscounts(counts map[[MaxOrder]uint32]uint32) [3]float64 {
	var n [5]float64
	for _, c := range counts {
		if c <= 4 {
			n[c]++
		}
	}
	fallback := [3]float64{0.5, 1, 1.5}
	if n[1] == 0 || n[2] == 0 || n[3] == 0 {
		return fallback
	}
	y := n[1] / (n[1] + float64(2*n[2]))
	var d [3]float64
	for i := range d {
		k := float64(i + 1)
		d[i] = k - float64(float64(k+1)*y*n[i+2]/n[i+1])
		if d[i] <= 0 || d[i] >= k {
			return fallback
		}
	}
	return d
}
