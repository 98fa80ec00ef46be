package filters

import (
	"strings"
	"testing"

	"github.com/qingliu/qingliu/corpus"
)

func TestListTitle(t *testing.T) {
	set, err := buildYAML("filters: {list_title: {}}\n")
	if err != nil {
		t.Fatal(err)
	}
	limits, m := set.Limits(), set.NewMeasurer()
	index, _ := SignalIndex("list_title_parts")
	text := func(line string) string { return line + "\n" + newsText }
	for _, r := range []struct {
		title, text string
		value       float64
	}{
		{"", newsText, 0},
		{"桥通车了 - 本地新闻", newsText, 0},
		{"分类: 软件", newsText, 1},
		{"标签：电子书 | 某人的博客", newsText, 1},
		{"Category: Linux | A blog", newsText, 1},
		{"某人的博客 » Tag Archives: Go", newsText, 1},
		{"首页", newsText, 1},
		{"首页-某某信息网_农药,价格", newsText, 1},
		{"HOME | 分類：雜記", newsText, 2},
		{"Home-made cake", newsText, 0},
		{"分类：", newsText, 0},                      // no name
		{"HTML <col> 标签", newsText, 0},            // no colon
		{"首页设计的十条经验", newsText, 0},                // a word of a part
		{"图书分类: 历史与现状", newsText, 0},              // another word before the colon
		{"垃圾分类：从家里做起 | 首页新闻", newsText, 0},        // the same
		{"桥通车了", text("分类：软件"), 0},                // a title is there
		{"", text("分类：软件 - 某站"), 1},               // the first line is the title
		{"", text("分类：软件"), 0},                    // a post names its category
		{"", text("首页 - 某某信息网"), 1},               //
		{"", text("首页"), 0},                       // a menu
		{"", text("首页 | 新闻中心 | 公司简介"), 0},         // the same
		{"", text(strings.Repeat("分类：长", 40)), 0}, // no title
		{strings.Repeat("山", 400) + " | 分类：软件", newsText, 0},
		{"\xff-\xe7 | tag: \xe7\x99", newsText, 1},
	} {
		d := &corpus.Document{Title: r.title}
		d.SetText(r.text)
		setWords(d)
		m.Measure(d)
		if got := d.Signals[index]; got != r.value {
			t.Errorf("%q, %.40q: %v parts, want %v", r.title, r.text, got, r.value)
		}
		if first := Decide(limits, func(i int) float64 { return d.Signals[i] }, nil); (first < 0) != (r.value == 0) {
			t.Errorf("%q, %.40q: kept = %v", r.title, r.text, first < 0)
		}
	}
}
