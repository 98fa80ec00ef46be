package warc

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkEveryCut reads a file in two ranges, cut at every step-th byte, and
// compares the records and spans with those of one reader.
func checkEveryCut(t *testing.T, b []byte, f Format, step int) {
	t.Helper()
	if raceEnabled { // each cut allocates decoders; the plain run makes all of them
		step *= 41
	}
	want, _ := readFormat(t, b, f, Options{})
	for x := 1; x < len(b); x += step {
		checkCut(t, b, f, x, want)
	}
}

// checkCut compares the two ranges cut at x with want.
func checkCut(t *testing.T, b []byte, f Format, x int, want []got) {
	t.Helper()
	front, r1 := readFormat(t, b, f, Options{To: int64(x)})
	back, r2 := readFormat(t, b, f, Options{From: int64(x)})
	_, to := r1.Span()
	if from, _ := r2.Span(); from != to {
		t.Fatalf("cut at %d: the first range ends at %d, the second begins at %d", x, to, from)
	}
	both := append(front, back...)
	if len(both) != len(want) {
		t.Fatalf("cut at %d: %d and %d records, want %d", x, len(front), len(back), len(want))
	}
	for i := range both {
		if both[i] != want[i] {
			t.Fatalf("cut at %d, record %d: %s", x, i, cmp.Diff(want[i], both[i]))
		}
	}
}

// TestTinyCutAnywhere cuts the plain file, and a gzip file made of it, at every
// byte: the start found there must be that of the next record. Around the
// starts and at every 499th byte, with QINGLIU_FULL=1 at every byte, it reads both
// ranges in full.
func TestTinyCutAnywhere(t *testing.T) {
	b := crawlFile(t, "crawl-tiny.warc")
	t.Run("plain", func(t *testing.T) { checkStarts(t, b, Plain) })
	t.Run("gzip", func(t *testing.T) { checkStarts(t, gzipRecords(t, b), GzipMembers) })
}

func checkStarts(t *testing.T, b []byte, f Format) {
	want, r := readFormat(t, b, f, Options{})
	step := 499
	if os.Getenv("QINGLIU_FULL") == "1" {
		step = 1
	}
	next := 0
	for x := range len(b) {
		for next < len(want) && want[next].Offset < int64(x) {
			next++
		}
		start := int64(len(b))
		if next < len(want) {
			start = want[next].Offset
		}
		if at := r.findStart(int64(x)); at != start {
			t.Fatalf("from %d the first start is %d, want %d", x, at, start)
		}
		if x > 0 && (x%step == 0 || start-int64(x) < 3) {
			checkCut(t, b, f, x, want)
		}
	}
}

// TestCrawlCut cuts the small crawl at about 200 places: between, around and
// inside of members.
func TestCrawlCut(t *testing.T) {
	b := crawlFile(t, "crawl-small.warc.gz")
	want, _ := readAll(t, b, Options{})
	n, every := 0, 1
	if testing.Short() {
		every = 5
	}
	for i := 7; i < len(want); i += 31 * every {
		g := want[i]
		for _, x := range []int64{g.Offset - 1, g.Offset, g.Offset + 1, g.Offset + 2, g.Offset + 9, g.Offset + 10, g.Offset + g.Length/2} {
			checkCut(t, b, GzipMembers, int(x), want)
			n++
		}
	}
	for x := 1; x < len(b); x += every*len(b)/100 + 1 {
		checkCut(t, b, GzipMembers, x, want)
		n++
	}
	if n < 180/every {
		t.Errorf("only %d cuts", n)
	}
}

// TestDamagedCrawlCut cuts the damaged copies near their damage.
func TestDamagedCrawlCut(t *testing.T) {
	for _, file := range []string{"crawl-small-truncated.warc.gz", "crawl-small-corrupt-member.warc.gz", "crawl-small-mixed-damage.warc.gz"} {
		b := crawlFile(t, file)
		want, _ := readAll(t, b, Options{})
		for _, i := range []int{121, 127, 129, 131, 149, 157} {
			if i >= len(want) {
				break
			}
			g := want[i]
			for _, x := range []int64{g.Offset, g.Offset + 1, g.Offset + g.Length/2, g.Offset + g.Length - 1, g.Offset + g.Length, g.Offset + g.Length + 32} {
				if x < int64(len(b)) {
					checkCut(t, b, GzipMembers, int(x), want)
				}
			}
		}
	}
}

func TestRangeInsideOneMemberOwnsNothing(t *testing.T) {
	b := crawlFile(t, "crawl-small-one-member.warc.gz")
	all, r := readAll(t, b, Options{From: 1000, To: 100_000})
	from, to := r.Span()
	if len(all) != 0 || from != int64(len(b)) || to != from {
		t.Errorf("%d records, span %d to %d", len(all), from, to)
	}
}
