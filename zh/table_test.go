package zh

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// The table is part of formats that outlive a release: a change needs a new
// TableVersion.
func TestVariantsAreFrozen(t *testing.T) {
	sums := map[int]string{2: "20210fe6820342376514b0f6a947f14c7a3cb8b5f167dbf70eaa0f0609a14497"}
	sum := sha256.Sum256([]byte(variantsFile))
	if got := hex.EncodeToString(sum[:]); got != sums[TableVersion] {
		t.Errorf("variants.txt has SHA-256 %s, version %d has %s", got, TableVersion, sums[TableVersion])
	}
}

func TestVariantsAreWellFormed(t *testing.T) {
	last, pairs := rune(0), 0
	for line := range strings.Lines(variantsFile) {
		r, n := utf8.DecodeRuneInString(line)
		if !IsHan(r) {
			continue
		}
		s, m := utf8.DecodeRuneInString(line[n+1:])
		if line[n] != ' ' || line[n+1+m:] != "\n" || !IsHan(s) || r <= last {
			t.Errorf("bad line %q", line)
		}
		last = r
		pairs++
		if got := ToSimplified(r); got != s {
			t.Errorf("%q: got %q, want %q", r, got, s)
		}
	}
	if pairs != 3222 {
		t.Errorf("%d pairs, want 3222", pairs)
	}
	seen := map[rune]string{}
	for _, form := range []string{"hans", "hant", "japan"} {
		for _, r := range formRunes(form) {
			if !IsHan(r) || seen[r] != "" {
				t.Errorf("%s: %q is no ideograph or in %q too", form, r, seen[r])
			}
			seen[r] = form
		}
	}
	for _, l := range []struct{ list, of string }{{"shared", "hans"}, {"old", "hant"}} {
		if formRunes(l.list) == "" {
			t.Errorf("no list %s", l.list)
		}
		for _, r := range formRunes(l.list) {
			if seen[r] != l.of {
				t.Errorf("%s: %q is not in %s", l.list, r, l.of)
			}
		}
	}
	// Characters that both forms use decide nothing.
	for _, r := range "后里只干面准乾著么么了征余" {
		if seen[r] != "" {
			t.Errorf("%q is listed as %s only", r, seen[r])
		}
	}
}

func TestReadTables_damaged(t *testing.T) {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	plain, err := dec.DecodeAll(hmmFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 7, 8, 9, 100, 30000, len(plain) / 2, len(plain) - 1} {
		if _, err := unpackEmissions(enc.EncodeAll(plain[:n], nil)); !errors.Is(err, errTable) {
			t.Errorf("emission table cut to %d bytes: got %v", n, err)
		}
	}
	if plain, err = dec.DecodeAll(wordsFile, nil); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 7, 8, 9, 100, 30000, len(plain) / 2, len(plain) - 1} {
		p, err := unpackWords(enc.EncodeAll(plain[:n], nil))
		if err == nil {
			_, err = newTrie(p.source())
		}
		if !errors.Is(err, errTable) {
			t.Errorf("dictionary cut to %d bytes: got %v", n, err)
		}
	}
}

// TestTables_memory builds each kind of table anew and weighs it.
func TestTables_memory(t *testing.T) {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	newSegmenter(t)
	if _, err := readOpenCC(); err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, tt := range []struct {
		name  string
		limit int64
		build func() (any, error)
	}{
		{"gse", 16 << 20, func() (any, error) { return newTables(wordsFile) }},
		{"jieba", 12 << 20, func() (any, error) { return newTables(jiebaFile) }},
		{"t2s", 4 << 20, func() (any, error) { return newConversion("", ts)() }},
		{"s2t", 8 << 20, func() (any, error) { return newConversion("", st)() }},
		{"s2twp", 16 << 20, func() (any, error) { return newConversion(stPhrases, st, "TWPhrases "+toTW)() }},
		{"dictionaries of conversions", 8 << 20, func() (any, error) { return unpackOpenCC(openccFile) }},
	} {
		before := heap()
		v, err := tt.build()
		if err != nil {
			t.Fatal(err)
		}
		n := heap() - before
		runtime.KeepAlive(v)
		total += n
		t.Logf("%s: %d bytes", tt.name, n)
		if n > tt.limit {
			t.Errorf("%s: %d bytes, want at most %d", tt.name, n, tt.limit)
		}
	}
	if total > 60<<20 {
		t.Errorf("%d bytes in all, want at most 60 MiB", total)
	}
}

// TestSegmenters_parallel is for the race detector.
func TestSegmenters_parallel(t *testing.T) {
	want := newSegmenter(t).AppendWords(nil, sampleText)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := NewSegmenter()
			if err != nil {
				t.Error(err)
				return
			}
			if got := s.AppendWords(nil, sampleText); len(got) != len(want) {
				t.Errorf("got %d words, want %d", len(got), len(want))
			}
			c := Count(sampleText)
			Variety(sampleText, c)
			ToSimplified('龍')
		})
	}
	wg.Wait()
}
