package filters

import (
	"math"
	"reflect"
)

// Limit is one bound of one signal. At the bound a document is kept.
type Limit struct {
	Reason string  // filter and key, e.g. line_repetition.max_fraction
	Filter string  // name of the filter
	Signal int     // index in Signals
	Max    bool    // the signal may not be above Bound; otherwise it may not be below
	Bound  float64 // in the unit of the signal
	Action Action  // Drop or Tag
}

// Broken reports whether a value breaks the limit. NaN, which is not measured,
// breaks none.
func (l *Limit) Broken(value float64) bool {
	if l.Max {
		return value > l.Bound
	}
	return value < l.Bound
}

// Limits returns the limits that the set applies, in the order of Table and then
// of the fields of each config. Filters without a block or with action off have
// none, and neither has a field that is infinite (max_code_points: .inf) or, of a
// filter of Table, a lower limit of 0, since its signals are not negative. The result belongs to the caller.
func (s *Set) Limits() []Limit { return append([]Limit(nil), s.limits...) }

// Action returns the action of the named filter; Off when it has no block.
func (s *Set) Action(filter string) Action {
	if i := s.specIndex(filter); i >= 0 {
		return s.actions[i]
	}
	return Off
}

func (s *Set) makeLimits() []Limit {
	var limits []Limit
	for i := range s.specs {
		if s.actions[i] == Off {
			continue
		}
		spec := &s.specs[i]
		for _, l := range spec.limits {
			bound := toFloat(spec.fields[l.field].Of(s.configs[i]))
			if math.IsInf(bound, 0) || !l.max && bound <= 0 && i < len(Table) {
				continue // no signal of Table is negative
			}
			limits = append(limits, Limit{
				Reason: spec.Name + "." + spec.fields[l.field].Key,
				Filter: spec.Name,
				Signal: s.first[i] + l.signal,
				Max:    l.max,
				Bound:  bound,
				Action: s.actions[i],
			})
		}
	}
	return limits
}

// toFloat converts a number of a config; confdoc lets only numbers bound signals.
func toFloat(v any) float64 {
	rv := reflect.ValueOf(v)
	switch {
	case rv.CanInt():
		return float64(rv.Int())
	case rv.CanUint():
		return float64(rv.Uint())
	}
	return rv.Float()
}

// LimitWords returns how many uint64 a bit set over n limits takes.
func LimitWords(n int) int { return (n + 63) / 64 }

// Decide returns the index in limits of the first limit with action Drop that is
// broken, -1 when the document is kept. signal returns a stored value by its index
// in Signals, NaN where nothing was measured. Where all is not nil, it has
// LimitWords(len(limits)) words, and bit i%64 of word i/64 is set for every broken
// limit i, whatever its action; the other bits are cleared.
func Decide(limits []Limit, signal func(i int) float64, all []uint64) (first int) {
	first = -1
	clear(all)
	for i := range limits {
		l := &limits[i]
		if !l.Broken(signal(l.Signal)) {
			continue
		}
		if first < 0 && l.Action == Drop {
			first = i
		}
		if all != nil {
			all[i>>6] |= 1 << (i & 63)
		} else if first >= 0 {
			return first
		}
	}
	return first
}

// DecideColumns decides rows documents at once. cols holds the stored values by
// signal index and row; a missing or nil column is not measured. first, of length
// rows, and all, of length rows × LimitWords(len(limits)) or nil, receive per row
// what Decide returns. At most 32767 limits.
func DecideColumns(limits []Limit, cols [][]float64, rows int, first []int16, all []uint64) {
	first = first[:rows]
	for r := range first {
		first[r] = -1
	}
	words := LimitWords(len(limits))
	clear(all)
	for i := len(limits) - 1; i >= 0; i-- { // backwards: the first limit writes last
		l := &limits[i]
		if l.Signal >= len(cols) || cols[l.Signal] == nil {
			continue
		}
		col := cols[l.Signal][:rows]
		bound, drop, index := l.Bound, l.Action == Drop, int16(i)
		mark := func(r int) {
			if drop {
				first[r] = index
			}
			if all != nil {
				all[r*words+i>>6] |= 1 << (i & 63)
			}
		}
		if l.Max {
			for r, v := range col {
				if v > bound {
					mark(r)
				}
			}
		} else {
			for r, v := range col {
				if v < bound {
					mark(r)
				}
			}
		}
	}
}
