package report

import (
	"math"
	"slices"
	"strconv"
)

// Geometry of a histogram, in units of its view box.
const (
	chartWidth  = 400
	chartHeight = 120 // of the plot, without axis labels
	// cutAbove is how far the largest bin may tower over the second before it
	// is cut, so that the others can be seen.
	cutAbove = 3
)

// chart is a histogram ready to draw. Bins are equally wide, whatever their
// edges, because edges may be logarithmic.
type chart struct {
	Signal        string
	Kept, Dropped int64
	Bars          []bar
	Ticks         []tick
	Limits        []tick
	Top           int64 // documents at the top of the scale
	Cut           bool  // the largest bin is higher than the scale
}

// bar is one bin: kept below, dropped above.
type bar struct {
	X, Width                int
	KeptY, KeptHeight       int
	DroppedY, DroppedHeight int
	From, To                string
	Kept, Dropped           int64
	Cut                     bool
}

// tick is a labelled place on the x axis.
type tick struct {
	X      int
	Text   string
	Anchor string // start, middle or end
	Beyond bool   // the value lies outside the drawn range
}

func newChart(h *Histogram) chart {
	c := chart{Signal: h.Signal}
	n := min(len(h.Kept), len(h.Dropped), len(h.Edges)-1)
	if n <= 0 {
		return c
	}
	var sums []int64
	for i := range n {
		c.Kept += h.Kept[i]
		c.Dropped += h.Dropped[i]
		sums = append(sums, h.Kept[i]+h.Dropped[i])
	}
	slices.Sort(sums)
	c.Top = max(sums[n-1], 1)
	if n > 1 && sums[n-2] > 0 && sums[n-1]/cutAbove > sums[n-2] {
		c.Top, c.Cut = sums[n-2]+sums[n-2]/2+1, true
	}
	for i := range n {
		c.Bars = append(c.Bars, c.bar(h, i, n))
	}
	c.Ticks = axisTicks(h.Edges[:n+1])
	for _, l := range h.Limits {
		x, beyond := place(h.Edges[:n+1], l)
		c.Limits = append(c.Limits, newTick(x, decimal(l), beyond))
	}
	return c
}

func (c *chart) bar(h *Histogram, i, n int) bar {
	b := bar{
		X: i * chartWidth / n, Kept: h.Kept[i], Dropped: h.Dropped[i],
		From: edge(h.Edges[i]), To: edge(h.Edges[i+1]),
	}
	b.Width = max((i+1)*chartWidth/n-b.X-1, 1)
	kept, sum := b.Kept, b.Kept+b.Dropped
	all := int(min(parts(sum, c.Top, chartHeight), chartHeight))
	if sum > c.Top {
		b.Cut = true // both parts keep their proportion
		all = chartHeight
	}
	if sum > 0 {
		all = max(all, 2)
		b.KeptHeight = int(parts(kept, sum, int64(all)))
		if kept > 0 && b.Dropped > 0 {
			b.KeptHeight = min(max(b.KeptHeight, 1), all-1)
		}
	}
	b.DroppedHeight = all - b.KeptHeight
	b.DroppedY = chartHeight - all
	b.KeptY = chartHeight - b.KeptHeight
	return b
}

// axisTicks labels both ends and three edges between them.
func axisTicks(edges []float64) []tick {
	n := len(edges) - 1
	var list []tick
	for _, i := range slices.Compact([]int{0, n / 4, n / 2, n * 3 / 4, n}) {
		list = append(list, newTick(i*chartWidth/n, short(edges[i]), false))
	}
	return list
}

func newTick(x int, text string, beyond bool) tick {
	t := tick{X: x, Text: text, Anchor: "middle", Beyond: beyond}
	switch {
	case x < chartWidth/12:
		t.Anchor = "start"
	case x > chartWidth-chartWidth/12:
		t.Anchor = "end"
	}
	return t
}

// place returns where v lies between the edges, in view box units.
func place(edges []float64, v float64) (x int, beyond bool) {
	n := len(edges) - 1
	switch {
	case !(v >= edges[0]):
		return 0, true
	case v > edges[n]:
		return chartWidth, true
	}
	i, exact := slices.BinarySearch(edges, v)
	if exact {
		return i * chartWidth / n, false
	}
	i--
	frac := float64(v-edges[i]) / float64(edges[i+1]-edges[i])
	return i*chartWidth/n + int(math.Round(float64(frac*chartWidth)/float64(n))), false
}

// edge writes the edge of a bin with six significant digits.
func edge(x float64) string {
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	if err != nil {
		r = x
	}
	return decimal(r)
}

// short writes an axis label: thousands as k, millions as M.
func short(x float64) string {
	switch a := math.Abs(x); {
	case a >= 1e6:
		return edge(x/1e6) + "M"
	case a >= 1e4:
		return edge(x/1e3) + "k"
	}
	return edge(x)
}
