package filters

import (
	"math"
	"testing"
)

func TestMeanLineLength(t *testing.T) {
	checkRows(t, "mean_line_length", "{min_code_points: 10}", "mean_line_length", []row{
		{"just below", "今天天气很好大家\n一起出去走一走吧呀啊", 9, false},
		{"at the limit", "今天天气很好大家都\n一起出去走一走吧呀啊呢", 10, true},
		{"spaces do not count", "今 天 天 气\n很　好", 3, false},
		{"blank lines do not count", "\n\n今天天气很好大家都\n\n一起出去走一走吧呀啊呢\n", 10, true},
	})
	checkRows(t, "mean_line_length", "{}", "text_per_open_line", []row{
		{"just below", "今天天气很好大家\n一起出去走一走吧呀啊", 9, false},
		{"at the limit", "今天天气很好大家都\n一起出去走一走吧呀啊呢", 10, true},
		{"all lines end like sentences", "走吧。\n好！\n几点？\n八点。", math.NaN(), true},
		{"verse stays", versePage, 12, true},
		{"price list stays", pricePage, 21.75, true},
		{"source code among prose stays", codePage, 16.29, true},
		{"menu", menuPage, 3.8, false},
	})
}
