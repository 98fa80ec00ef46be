package filters

import "testing"

func TestLineDensity(t *testing.T) {
	checkRows(t, "line_density", "{max_lines_per_word: 0.5}", "lines_per_word", []row{
		{"just below", "今天天气\n很好 ok", 0.5, true},
		{"at the limit", "今天 天气\n很好 ok", 0.5, true},
		{"just above", "今天\n天气\n很好 ok", 0.75, false},
	})
	checkRows(t, "line_density", "{max_open_lines_per_word: 0.25}", "open_lines_per_word", []row{
		{"at the limit", "今天天气很好 ok", 0.25, true},
		{"just above", "今天天气很好", 0.3333, false},
		{"dialogue stays", "走吧。\n好！\n几点？\n八点。", 0, true},
		{"verse stays", versePage, 0.1667, true},
		{"price list stays", pricePage, 0.1026, true},
		{"menu", menuPage, 0.5263, false},
	})
}
