package filters

import "testing"

func TestLatinFraction(t *testing.T) {
	checkRows(t, "latin_fraction", "{max_fraction: 0.5}", "latin_fraction", []row{
		{"just below", "使用git命令", 0.4286, true},
		{"at the limit", "使用git的", 0.5, true},
		{"just above", "使用gits的", 0.5714, false},
		{"full width counts", "ＧＩＴＳ使用的", 0.5714, false},
		{"accents count", "café的使用人", 0.5, true},
	})
	checkRows(t, "latin_fraction", "{}", "latin_fraction", []row{{"tutorial with a listing stays", codePage, 0.2982, true}})
}
