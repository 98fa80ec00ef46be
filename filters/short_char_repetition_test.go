package filters

import (
	"math"
	"strings"
	"testing"
)

// unlike returns n different characters that no other part of the text has.
func unlike(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteRune(rune(0x5000 + i))
	}
	return b.String()
}

func TestShortCharRepetition(t *testing.T) {
	checkRows(t, "short_char_repetition", "{max_top_2: 0.2}", "char_2gram_top", []row{
		{"nothing repeats", unlike(20), 0, true},
		{"at the limit", "天地" + unlike(16) + "天地", 0.2, true},
		{"just above", "天地" + unlike(15) + "天地", 0.2105, false},
		{"spaces do not count", "天 地\n" + unlike(16) + "天地", 0.2, true},
		{"occurrences that overlap count, too", "哈哈哈" + unlike(17), 0.2, true},
	})
	checkRows(t, "short_char_repetition", "{max_top_4: 0.4}", "char_4gram_top", []row{
		{"at the limit", "春夏秋冬" + unlike(12) + "春夏秋冬", 0.4, true},
		{"just above", "春夏秋冬" + unlike(11) + "春夏秋冬", 0.4211, false},
	})
	checkRows(t, "short_char_repetition", "{max_dup_5: 0.25}", "char_5gram_dup", []row{
		{"the first occurrence does not count", "东南西北中" + unlike(10) + "东南西北中", 0.25, true},
		{"just above", "东南西北中" + unlike(9) + "东南西北中", 0.2632, false},
		{"four in a row are no five", "东南西北" + unlike(10) + "东南西北", 0, true},
		{"verse stays", versePage, 0, true},
		{"source code stays", codePage, 0, true},
	})
	checkRows(t, "short_char_repetition", "{max_dup_10: 0.4}", "char_10gram_dup", []row{
		{"ten in a row", "一二三四五六七八九十" + unlike(5) + "一二三四五六七八九十", 0.4, true},
		{"thrice", strings.Repeat("一二三四五六七八九十"+unlike(2), 3), 0.6667, false},
	})
	checkRows(t, "short_char_repetition", "{max_common_3: 0.125}", "char_3gram_common", []row{
		{"at the limit", "天地人" + unlike(12) + "天地人", 0.125, true}, // 2 of 16
		{"just above", "天地人" + unlike(11) + "天地人", 0.1333, false},
		{"thrice", "天地人" + unlike(5) + "天地人" + "水火" + "天地人", 0.2143, false},
		{"fewer than three", "天地", math.NaN(), true},
	})
}

// common takes only as many 3-grams as the square root of their number.
func TestShortCharRepetition_squareRoot(t *testing.T) {
	// 30 triples occur twice each, between them nothing repeats.
	var b strings.Builder
	for range 2 {
		for i := range 30 {
			b.WriteString(unlike(120)[9*i : 9*i+9])
			b.WriteRune(rune(0x6000 + b.Len()))
		}
	}
	got := measure(t, b.String(), "char_3gram_common")
	// 240 code points, 238 3-grams, 30 of them twice: 208 different ones; root 14.
	if want := 0.1176; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
