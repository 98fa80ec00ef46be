package report

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestChartPlacesLimits(t *testing.T) {
	edges := []float64{0, 1, 10, 100, 1000}
	f := func(v float64, x int, beyond bool) {
		t.Helper()
		if gotX, gotB := place(edges, v); gotX != x || gotB != beyond {
			t.Errorf("%v is at %d (%v), want %d (%v)", v, gotX, gotB, x, beyond)
		}
	}
	f(0, 0, false)
	f(1, 100, false)
	f(5.5, 150, false)
	f(1000, 400, false)
	f(1001, 400, true)
	f(-1, 0, true)
	f(math.NaN(), 0, true)
	f(math.Inf(1), 400, true)
}

func TestChartCutsOneTowerOnly(t *testing.T) {
	c := newChart(&Histogram{Edges: []float64{0, 1, 2, 3}, Kept: []int64{9000, 10, 4}, Dropped: []int64{1000, 0, 0}})
	if !c.Cut || c.Top != 16 || !c.Bars[0].Cut || c.Bars[1].Cut {
		t.Errorf("%+v", c)
	}
	if b := c.Bars[0]; b.KeptHeight != 108 || b.DroppedHeight != 12 || b.DroppedY != 0 {
		t.Errorf("the cut bar loses its proportion: %+v", b)
	}
	c = newChart(&Histogram{Edges: []float64{0, 1, 2}, Kept: []int64{30, 10}, Dropped: []int64{0, 0}})
	if c.Cut || c.Top != 30 {
		t.Errorf("%+v", c)
	}
}

func TestChartOfNothing(t *testing.T) {
	for _, h := range []Histogram{{}, {Edges: []float64{0}}, {Edges: []float64{0, 1}, Kept: []int64{0}, Dropped: []int64{0}, Limits: []float64{0.5}}} {
		c := newChart(&h)
		if c.Kept != 0 || c.Dropped != 0 {
			t.Errorf("%+v", c)
		}
	}
}

func TestChartStaysInItsBox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 120).Draw(t, "bins")
		h := Histogram{Edges: []float64{0}, Limits: rapid.SliceOf(rapid.Float64()).Draw(t, "limits")}
		for i := range n {
			h.Edges = append(h.Edges, float64(i+1))
			h.Kept = append(h.Kept, rapid.Int64Range(0, 1<<40).Draw(t, "kept"))
			h.Dropped = append(h.Dropped, rapid.Int64Range(0, 1000).Draw(t, "dropped"))
		}
		c := newChart(&h)
		for i, b := range c.Bars {
			if b.X < 0 || b.Width < 1 || b.X+b.Width > chartWidth || b.KeptHeight < 0 || b.DroppedHeight < 0 || b.DroppedY < 0 ||
				b.DroppedY+b.DroppedHeight != b.KeptY || b.KeptY+b.KeptHeight != chartHeight {
				t.Fatalf("bar %d: %+v", i, b)
			}
			if b.Kept > 0 && b.KeptHeight == 0 || b.Dropped > 0 && b.DroppedHeight == 0 {
				t.Fatalf("bar %d hides something: %+v", i, b)
			}
		}
		for _, l := range c.Limits {
			if l.X < 0 || l.X > chartWidth {
				t.Fatalf("limit %+v", l)
			}
		}
	})
}
