package filters

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDecide(t *testing.T) {
	nan := math.NaN()
	limits := []Limit{
		{Reason: "a.max", Signal: 0, Max: true, Bound: 0.5, Action: Tag},
		{Reason: "b.min", Signal: 1, Bound: 100, Action: Drop},
		{Reason: "c.max", Signal: 2, Max: true, Bound: 0.2, Action: Drop},
	}
	for _, row := range []struct {
		name   string
		values []float64
		first  int
		all    uint64
	}{
		{"all inside", []float64{0.4, 101, 0.1}, -1, 0},
		{"exactly at the limits", []float64{0.5, 100, 0.2}, -1, 0},
		{"tag keeps", []float64{0.6, 100, 0.2}, -1, 1},
		{"first drop", []float64{0.4, 99, 0.3}, 1, 6},
		{"all", []float64{0.6, 99, 0.3}, 1, 7},
		{"last", []float64{0.1, 200, 0.2000001}, 2, 4},
		{"not measured", []float64{nan, nan, nan}, -1, 0},
		{"infinite", []float64{math.Inf(1), math.Inf(-1), math.Inf(1)}, 1, 7},
	} {
		t.Run(row.name, func(t *testing.T) {
			signal := func(i int) float64 { return row.values[i] }
			all := []uint64{math.MaxUint64}
			if first := Decide(limits, signal, all); first != row.first || all[0] != row.all {
				t.Errorf("got %d, %b, want %d, %b", first, all[0], row.first, row.all)
			}
			if first := Decide(limits, signal, nil); first != row.first {
				t.Errorf("without bits: got %d, want %d", first, row.first)
			}
		})
	}
}

// Columns and single documents are decided alike.
func TestDecideColumns_equalsDecide(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 63, 64, 65, 130} {
		const rows, signals = 200, 20
		cols := make([][]float64, signals)
		for i := range cols {
			if i%7 == 3 {
				continue // this one is not stored
			}
			cols[i] = make([]float64, rows)
			for r := range cols[i] {
				switch cols[i][r] = float64(rnd.IntN(21)) / 20; rnd.IntN(5) {
				case 0:
					cols[i][r] = math.NaN()
				}
			}
		}
		limits := make([]Limit, n)
		for i := range limits {
			limits[i] = Limit{Signal: rnd.IntN(signals + 2), Max: rnd.IntN(2) == 0, Bound: float64(rnd.IntN(21)) / 20, Action: Action(rnd.IntN(2))}
		}
		words := LimitWords(n)
		first, all := make([]int16, rows), make([]uint64, rows*words)
		for i := range all {
			all[i] = math.MaxUint64
		}
		DecideColumns(limits, cols, rows, first, all)
		bits := make([]uint64, words)
		for r := range rows {
			want := Decide(limits, func(i int) float64 {
				if i >= signals || cols[i] == nil {
					return math.NaN()
				}
				return cols[i][r]
			}, bits)
			if int(first[r]) != want {
				t.Fatalf("%d limits, row %d: first %d, want %d", n, r, first[r], want)
			}
			for w := range bits {
				if all[r*words+w] != bits[w] {
					t.Fatalf("%d limits, row %d: bits %b, want %b", n, r, all[r*words+w], bits[w])
				}
			}
		}
		DecideColumns(limits, cols, rows, first, nil) // without bits
	}
}

func TestParseAction(t *testing.T) {
	for _, a := range []Action{Drop, Tag, Off} {
		if got, err := ParseAction(a.String()); err != nil || got != a {
			t.Errorf("ParseAction(%s) = %v, %v", a, got, err)
		}
	}
	if _, err := ParseAction(""); err == nil {
		t.Error("empty action accepted")
	}
}
