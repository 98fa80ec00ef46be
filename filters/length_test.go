package filters

import (
	"strings"
	"testing"
)

func TestLength(t *testing.T) {
	checkRows(t, "length", "{min_code_points: 100, max_code_points: 200}", "n_code_points", []row{
		{"just below", strings.Repeat("好", 99), 99, false},
		{"at the lower limit", strings.Repeat("好", 100), 100, true},
		{"at the upper limit", strings.Repeat("好", 200), 200, true},
		{"just above", strings.Repeat("好", 201), 201, false},
		{"line ends and spaces count", strings.Repeat("好", 98) + " \n", 100, true},
		{"code points, not bytes", strings.Repeat("𠮷", 100), 100, true},
	})
	checkRows(t, "length", "{min_lines: 3}", "n_lines", []row{
		{"just below", "一\n\n \n二\n", 2, false},
		{"at the limit", "一\n二\n三", 3, true},
	})
	checkRows(t, "length", "{min_words: 3, max_words: 4}", "n_words", []row{
		{"just below", "天气，很好。", 2, false}, // the test's words have two code points
		{"at the limit", "今天天气，很好。", 3, true},
		{"at the upper limit", "今天 天气 很好 2024", 4, true},
		{"just above", "今天 天气 很好 2024 ok", 5, false},
	})
	checkRows(t, "length", "{min_sentences: 1}", "n_sentences", []row{{"one", versePage, 1, true}})
	checkRows(t, "length", "{}", "n_code_points", []row{
		{"short news stays", newsText, 272, true},
		{"price list stays", pricePage, 101, true},
	})
}
