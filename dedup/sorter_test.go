package dedup

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drain reads all records of an iterator.
func drain(t interface{ Fatal(...any) }, it *Iterator) (all [][]byte) {
	for {
		rec, err := it.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.Clone(rec))
	}
}

func empty(t testing.TB, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("temporary file %s is left", e.Name())
	}
}

func TestSorter_property(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 40).Draw(t, "width")
		keyLen := rapid.IntRange(1, width).Draw(t, "key")
		budget := rapid.IntRange(0, 2000).Draw(t, "budget")
		n := rapid.IntRange(0, 400).Draw(t, "n")
		values := rapid.IntRange(1, 255).Draw(t, "values") // few values make ties
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		s := NewSorter(dir, width, keyLen, budget)
		defer s.Close()
		var want [][]byte
		for range n {
			rec := make([]byte, width)
			for i := range rec {
				rec[i] = byte(rng.IntN(values))
			}
			want = append(want, rec)
			if err := s.Add(rec); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(want, bytes.Compare)
		it, err := s.Sorted()
		if err != nil {
			t.Fatal(err)
		}
		got := drain(t, it)
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Fatalf("%d records of width %d, budget %d: not as slices.Sort", n, width, budget)
		}
		if _, err := it.Next(); err != io.EOF {
			t.Fatalf("after the end: %v", err)
		}
	})
	empty(t, dir)
}

func TestSorter_manyRecords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, budget := range []int{1 << 10, 1 << 16, 1 << 20, 1 << 26} {
		s := NewSorter(dir, 12, 8, budget)
		rng := rand.New(rand.NewPCG(1, 1))
		var want [][]byte
		for range 100_000 {
			var rec [12]byte
			binary.BigEndian.PutUint64(rec[:], rng.Uint64N(1<<40))
			binary.BigEndian.PutUint32(rec[8:], rng.Uint32N(5))
			want = append(want, bytes.Clone(rec[:]))
			if err := s.Add(rec[:]); err != nil {
				t.Fatal(err)
			}
			if cap(s.buf)+len(s.swap) > budget {
				t.Fatalf("buffer of %d bytes, budget %d", cap(s.buf), budget)
			}
		}
		slices.SortFunc(want, bytes.Compare)
		it, err := s.Sorted()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(drain(t, it), want, bytes.Equal) {
			t.Errorf("budget %d: wrong order", budget)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("second Close: %v", err)
		}
	}
	empty(t, dir)
}

func TestSorter_misuse(t *testing.T) {
	t.Parallel()
	s := NewSorter(t.TempDir(), 4, 4, 100)
	if err := s.Add([]byte("abc")); err == nil {
		t.Error("a short record is accepted")
	}
	if _, err := s.Sorted(); err != nil {
		t.Fatal(err)
	}
	if err := s.Add([]byte("abcd")); err == nil {
		t.Error("a record is accepted after Sorted")
	}
	if _, err := s.Sorted(); err == nil {
		t.Error("Sorted works twice")
	}
	missing := NewSorter(t.TempDir()+"/missing", 4, 4, 8)
	var err error
	for range 10 {
		err = errors.Join(err, missing.Add([]byte("abcd")))
	}
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error for a missing folder is %v", err)
	}
}

func BenchmarkSorter(b *testing.B) {
	for _, c := range []struct {
		name   string
		width  int
		budget int
	}{{"width=12/memory", 12, 64 << 20}, {"width=12/disk", 12, 1 << 20}, {"width=72/memory", 72, 128 << 20}, {"width=72/disk", 72, 4 << 20}} {
		b.Run(c.name, func(b *testing.B) {
			const n = 500_000
			dir := b.TempDir()
			rec := make([]byte, c.width)
			b.ReportAllocs()
			for b.Loop() {
				rng := rand.New(rand.NewPCG(1, 1))
				s := NewSorter(dir, c.width, 8, c.budget)
				for range n {
					binary.BigEndian.PutUint64(rec, rng.Uint64())
					if err := s.Add(rec); err != nil {
						b.Fatal(err)
					}
				}
				it, err := s.Sorted()
				if err != nil {
					b.Fatal(err)
				}
				for {
					if _, err := it.Next(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/record")
		})
	}
}
