package filters

import "testing"

func TestSymbolFraction(t *testing.T) {
	checkRows(t, "symbol_fraction", "{max_fraction: 0.25}", "symbol_fraction", []row{
		{"just below", "首页|新闻", 0.2, true},
		{"at the limit", "★好吃的", 0.25, true},
		{"just above", "★好吃", 0.3333, false},
		{"ordinary marks are none", "好，吃；“的”！（真）？", 0, true},
		{"emoji and arrows", "🎉🎉→←好", 0.8, false},
		{"full-width tilde", "好～", 0.5, false},
	})
	checkRows(t, "symbol_fraction", "{max_special_fraction: 0.5, min_special_fraction: 0.25}", "special_fraction", []row{
		{"none at all", "好吃的菜", 0, false},
		{"just below", "好吃的菜。", 0.2, false},
		{"at the lower limit", "好吃的。", 0.25, true},
		{"at the upper limit", "好吃★。", 0.5, true},
		{"just above", "好★。", 0.6667, false},
	})
	checkRows(t, "symbol_fraction", "{max_hash_fraction: 0.25}", "hash_fraction", []row{
		{"at the limit", "#好吃的", 0.25, true},
		{"just above", "#好＃吃", 0.5, false},
	})
	checkRows(t, "symbol_fraction", "{max_ellipsis_fraction: 0.25}", "ellipsis_fraction", []row{
		{"at the limit", "…好吃的", 0.25, true},
		{"run of full stops", "好....", 0.8, false},
		{"two are no ellipsis", "好..的", 0, true},
		{"marks in turn are none", "好.。.。", 0, true},
	})
	checkRows(t, "symbol_fraction", "{}", "special_fraction", []row{
		{"verse stays", versePage, 0.1667, true},
		{"price list stays", pricePage, 0.069, true},
		{"source code stays", codePage, 0.193, true},
	})
}
