package filters

import (
	"fmt"
	"strings"
	"testing"
)

func TestEntryBylines(t *testing.T) {
	// Posts as an index shows them, of any length, with the line of the theme below.
	posted := func(days ...int) string {
		var b strings.Builder
		for i, day := range days {
			fmt.Fprintf(&b, "第%d次读书会\n%s\nPosted by Mei on 2019-03-%02d\n", i+1, strings.Repeat("我们读了两个小时，也谈了自己的经历。\n", i+1), day)
		}
		return b.String()
	}
	dated := func(days ...int) string { return strings.ReplaceAll(posted(days...), "Posted by Mei on ", "") }
	checkRows(t, "entry_bylines", "{max_lines: 3}", "entry_bylines", []row{
		{"dates that fall: at the limit", dated(9, 5, 2), 3, true},
		{"dates that fall: just above", dated(9, 5, 2, 1), 4, false},
		{"a diary dates upwards", dated(1, 2, 5, 9), 1, true},
		{"one day says nothing", dated(5, 5, 5, 5), 1, true},
		{"who posted it counts again", posted(9, 5), 4, false},
		{"one post", posted(9), 1, true},
		{"a table of dates", "2019-03-09\n2019-03-05\n2019-03-02\n2019-03-01\n", 1, true},
		{"posts of a thread have a time", strings.ReplaceAll(dated(9, 5, 2, 1), "2019-03-0", "2019-03-02 10:2"), 0, true},
		{"sentences with dates", "会议定于2019-03-09。\n正文\n材料请于2019-03-05前提交，逾期不候\n正文\n截止2019年3月2日。\n", 0, true},
		{"counters", "甲 评论(3)\n乙 阅读：12\n丙 3 条评论\n丁 5 min read\n", 4, false},
		{"times to read count again", "甲\n2021-03-18 · 3 min · Mei\n乙\n2021-03-08 · 5 min · Mei\n", 4, false},
		{"one time to read", "2021-03-18 · 3 min · Mei\n我们读了两个小时，也谈了自己的经历。\n", 1, true},
		{"one counter and comments in a listing", "甲 评论数：3\nx = 5 comments; // 2 comments\n", 1, true},
		{"verse stays", versePage, 0, true},
		{"source code stays", codePage, 0, true},
	})
}

func TestFindLineDate(t *testing.T) {
	for line, want := range map[string]lineDate{
		"2021-03-18 杂记":               20210318,
		"发表于 2021/3/8 | 分类":           20210308,
		"2021.03.18":                  20210318,
		"2021年3月18日":                  20210318,
		"2021 年 3 月 18 日":             20210318,
		"2021年3月":                     20210300,
		"Posted on March 18th, 2021":  20210318,
		"Mar. 8, 2021 · 1 min":        20210308,
		"18 March 2021":               20210318,
		"3月 18, 2021":                 20210318,
		"2021-13-18":                  0,
		"2021-03":                     0,
		"3月18日":                       0,
		"march on 18 2021":            0,
		"1 Marching 2021":             0,
		"12021-03-18":                 0,
		"版本 2.10.3":                   0,
		"":                            0,
		"Jan":                         0,
		"Jan 5":                       0,
		"5 ":                          0,
		"2021年":                       0,
		"2021年3":                      0,
		"\xff2021-03-18\xff":          20210318,
		"32 March 2021, 2021-03-18 x": 20210318,
	} {
		date, start, end := findLineDate(line)
		if date != want || (end > 0) != (want > 0) || start > end || end > len(line) {
			t.Errorf("%q: %d at %d to %d, want %d", line, date, start, end, want)
		}
	}
}

func TestHasReadingTime(t *testing.T) {
	for line, want := range map[string]bool{
		"3 min read": true, "2021-03-18 · 3 min · Mei": true, "2021-03-18 · 12 min": true, "5 分鐘閱讀": true, "约 5 分钟读完": true, "大约 900 个字": true,
		"": false, "min read": false, "walk 3 min to the park": false, "3 minutes · tea": false, "等 5 分钟": false, "大约 900 个人": false, "大约": false, "· 3 min ago": false,
	} {
		if got := hasReadingTime(line); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}
