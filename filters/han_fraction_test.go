package filters

import "testing"

func TestHanFraction(t *testing.T) {
	checkRows(t, "han_fraction", "{min_fraction: 0.3}", "han_fraction", []row{
		{"just below", "好abcde fg hi天", 0.1818, false},
		{"at the limit", "好天气abcdefg", 0.3, true},
		{"spaces do not count", "好 天 气 a b c d e f g", 0.3, true},
		{"extension B counts", "𠮷野家abcdefg", 0.3, true},
		{"marks count as rest", "好。。。", 0.25, false},
	})
	checkRows(t, "han_fraction", "{}", "han_fraction", []row{
		{"tutorial with a listing stays", codePage, 0.5, true},
		{"English", "All of this is written in English.", 0, false},
	})
}
