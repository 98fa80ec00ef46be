package filters

import (
	"math"
	"testing"
)

func TestEntryLines(t *testing.T) {
	checkRows(t, "entry_lines", "{max_fraction: 0.5}", "entry_lines", []row{
		{"just below", "2021-03-18\n今天\n明天\n后天", 0.25, true},
		{"at the limit", "2021-03-18\n03/19 今天\n明天\n后天", 0.5, true},
		{"just above", "2021-03-18\n03/19 今天\n明天 2021-3-1\n后天", 0.75, false},
		{"archive", "2020\n12-31\n年度总结\n12-20\n读书\n12-14\n面试\n12-10", 0.5, true},
		{"too few lines", "2021-03-18\n今天", math.NaN(), true},
		{"chronicle stays", "1987年，公司创立。\n1990年，建成第一座工厂。\n1995年，股票上市。\n2004年，迁入新址。", 0, true},
		{"price list stays", pricePage, 0, true},
		{"verse stays", versePage, 0, true},
		{"source code stays", codePage, 0, true},
	})
}

func TestIsEntry(t *testing.T) {
	for line, want := range map[string]bool{
		"2021-03-18": true, "[2021/3/8] 通知": true, "· 关于放假的通知 2021-01-02": true, "标题 2021-06-03 1079": true, "10-11": true, "6月 23, 2018": true, "四月 15, 2017": true, "11月 22": true, "Jan 2, 2006": true, "23 MARCH 2018": true,
		"3月5日": false, "2014年5月": false, "三月": false, "5月": false, "May": false, "mayor 12": false, "12, 2018": false, "Jan 2 Feb 3": false, "五月天 12": false,
		"张三 2020-7-19": true, "2020-7-19 14:35": true, "张三 | 2020-7-19 14:35": false, "12:30": true, "2024-02": true, "会议 2021.01.02": true,
		"1.5": false, "3.14 是圆周率": false, "2021年3月": false, "版本 1.2.3": false, "50%": false, "13-40": false, "电话 010-8499": false, "": false, "25:70": false, "12345-01-02": false,
	} {
		if got := isEntry(line); got != want {
			t.Errorf("isEntry(%q) = %v, want %v", line, got, want)
		}
	}
}
