package filters

import (
	"math"
	"strings"
	"testing"
)

func TestEllipsisLines(t *testing.T) {
	checkRows(t, "ellipsis_lines", "{max_fraction: 0.4}", "ellipsis_lines", []row{
		{"just below", "昨天下雨...\n一\n二\n三\n四", 0.2, true},
		{"at the limit", "昨天下雨...\n今天放晴…\n二\n三\n四", 0.4, true},
		{"just above", "昨天下雨...\n今天放晴…\n明天转阴 [详细]\n三\n四", 0.6, false},
		{"teaser page", "昨天下雨[…]\n今天放晴...[查看全文]\n明天转阴 更多>>\nread More »\n展开", 1, false},
		{"too few lines", "他转身走了…\n再也没有回来", math.NaN(), true},
		{"prose that trails off stays", "他转身走了……\n我等着……\n雨还在下……\n天黑了……\n再也没有回来。", 0, true},
	})
	checkRows(t, "ellipsis_lines", "{max_trailing: 0.8}", "trailing_lines", []row{
		{"at the limit", "他转身走了……\n我等着……\n雨还在下……\n天黑了…\n再也没有回来。", 0.8, true},
		{"just above", "一、职责……\n二、职责……\n三、职责……\n四、职责……\n五、职责……", 1, false},
	})
	long := strings.Repeat("下了三天的雨，河水涨了", 6) // 66 code points
	checkRows(t, "ellipsis_lines", "{max_long: 0.5}", "cut_long_lines", []row{
		{"at the limit", "一\n" + long + "...\n" + long + "。", 0.5, true},
		{"just above", long + "...\n二\n" + long + "…\n三\n" + long + "。", 0.6667, false},
		{"in brackets", long + "[...]\n二\n" + long + "...\n", 1, false},
		{"an author trails off", long + "......\n" + long + "……\n" + long + "。...\n" + long + "？...", 0, true},
		{"… alone may be an author's", long + "…\n" + long + "…", 0, true},
		{"59 code points", long[:56*3] + "...\n" + long + "。", 0, true},
		{"half of the text", long + "...\n" + strings.Repeat("短\n", 72), 0, true},
		{"verse stays", versePage, 0, true},
		{"source code stays", codePage, 0, true},
	})
	checkRows(t, "ellipsis_lines", "{}", "ellipsis_lines", []row{{"verse stays", versePage, 0, true}, {"source code stays", codePage, 0, true}})
}

func TestEndsCutShort(t *testing.T) {
	for line, want := range map[string]bool{
		"未完...": true, "未完…": true, "查看更多>>": true, "[阅读全文]": true, "more": true, "Read More": true, "MORE+": true,
		"未完……": false, "好累。。。": false, "Baltimore": false, "anymore": false, "很多": false, "完。": false, "": false, ">>": false, "二选一": false, "version 1.0.": false,
	} {
		if got := endsCutShort(line); got != want {
			t.Errorf("endsCutShort(%q) = %v, want %v", line, got, want)
		}
	}
}
