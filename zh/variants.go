package zh

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// TableVersion is the edition of the table behind [ToSimplified] and the
// script counts. Formats that store text or hashes folded by it must record
// it: another edition folds differently.
const TableVersion = 2

// variantsFile is written by gen_variants.go and frozen; the format is in its
// head.
//
//go:embed variants.txt
var variantsFile string

// japaneseFile has two more lists of characters, see its head.
//
//go:embed japanese.txt
var japaneseFile string

// simplifiedTable is the folding table: a dense part for U+4E00–9FFF and a
// sorted list for all pairs the dense part cannot hold.
type simplifiedTable struct {
	dense    [0x5200]uint16 // the simplified form or the rune itself; 0 = see the list
	from, to []rune
}

// simplified is nil until loadSimplified has run.
var simplified atomic.Pointer[simplifiedTable]

var loadSimplified = sync.OnceValue(func() *simplifiedTable {
	t := new(simplifiedTable)
	for i := range t.dense {
		t.dense[i] = uint16(0x4E00 + i)
	}
	for line := range strings.Lines(variantsFile) {
		r, n := utf8.DecodeRuneInString(line)
		if !IsHan(r) {
			continue // comments and the lists, which formRunes reads
		}
		s, _ := utf8.DecodeRuneInString(line[n+1:])
		i := uint32(r) - 0x4E00
		switch dense := i < uint32(len(t.dense)); {
		case dense && s < 0x10000:
			t.dense[i] = uint16(s)
			continue
		case dense:
			t.dense[i] = 0
		}
		t.from, t.to = append(t.from, r), append(t.to, s)
	}
	simplified.Store(t)
	return t
})

// formRunes returns the characters that exist in one form only: "hans",
// "hant" or "japan"; or of these the ones that Japanese shares or has replaced:
// "shared" or "old".
func formRunes(form string) string {
	for _, file := range []string{variantsFile, japaneseFile} {
		for line := range strings.Lines(file) {
			if list, ok := strings.CutPrefix(line, form+" "); ok {
				return strings.TrimSuffix(list, "\n")
			}
		}
	}
	return ""
}

// ToSimplified returns the simplified form of a traditional character, any
// other rune unchanged. It maps one code point to one code point without
// looking at words (乾 becomes 干 in 乾隆 too), so it serves matching and
// deduplication and must never make text that people read.
func ToSimplified(r rune) rune {
	if r < 0x3400 {
		return r
	}
	t := simplified.Load()
	if t == nil {
		t = loadSimplified()
	}
	if i := uint32(r) - 0x4E00; i < uint32(len(t.dense)) && t.dense[i] != 0 {
		return rune(t.dense[i])
	}
	return t.fromList(r)
}

func (t *simplifiedTable) fromList(r rune) rune {
	if i, ok := slices.BinarySearch(t.from, r); ok {
		return t.to[i]
	}
	return r
}
