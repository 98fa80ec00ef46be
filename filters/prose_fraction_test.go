package filters

import "testing"

func TestProseFraction(t *testing.T) {
	checkRows(t, "prose_fraction", "{min_fraction: 0.5}", "prose_fraction", []row{
		{"just below", "首页导航栏目录\n昨天下雨，冷", 0.4615, false},
		{"at the limit", "首页导航栏目\n昨天下雨，冷", 0.5, true},
		{"ASCII comma behind Chinese", "昨天下雨,冷", 1, true},
		{"ASCII comma before a space", "if a, b then", 1, true},
		{"comma inside a number", "价格 1,280 元", 0, false},
		{"ideographic comma of lists", "苹果、香蕉、梨", 0, false},
		{"blog without end marks stays", "所以問問題真的是一種技巧, 要在問問題前要先做兩件事情\n翻翻官方文件, 大部分的官方文件其實都會提到一些細節\n", 1, true},
		{"verse stays", versePage, 1, true},
		{"menu", menuPage, 0, false},
	})
	checkRows(t, "prose_fraction", "{}", "prose_fraction", []row{
		{"price list stays", pricePage, 0.7037, true},
		{"source code stays", codePage, 0.8084, true},
	})
}
