package zh

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// TableVersion is the edition of the table behind [ToSimplified] and the
// script counts. Formats that store text or hashes folded by it must record
// it: another edition folds differently.
const TableVersion = 1

// variantsFile is written by gen_variants.go and frozen; the format is in its
// head.
//
//go:embed variants.txt
var variantsFile string

// simplified is the folding table: a dense part for U+4E00–9FFF, where 0 means
// the rune itself, and a sorted list for the rest.
type simplifiedTable struct {
	dense    [0x5200]rune
	from, to []rune
}

var simplified = sync.OnceValue(func() *simplifiedTable {
	t := new(simplifiedTable)
	for line := range strings.Lines(variantsFile) {
		r, n := utf8.DecodeRuneInString(line)
		if !IsHan(r) {
			continue // comments and the lists, which formRunes reads
		}
		s, _ := utf8.DecodeRuneInString(line[n+1:])
		if i := uint32(r) - 0x4E00; i < uint32(len(t.dense)) {
			t.dense[i] = s
		} else {
			t.from, t.to = append(t.from, r), append(t.to, s)
		}
	}
	return t
})

// formRunes returns the characters that exist in one form only: "hans",
// "hant" or "japan".
func formRunes(form string) string {
	for line := range strings.Lines(variantsFile) {
		if list, ok := strings.CutPrefix(line, form+" "); ok {
			return strings.TrimSuffix(list, "\n")
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
	t := simplified()
	if i := uint32(r) - 0x4E00; i < uint32(len(t.dense)) {
		if s := t.dense[i]; s != 0 {
			return s
		}
		return r
	}
	if i, ok := slices.BinarySearch(t.from, r); ok {
		return t.to[i]
	}
	return r
}
