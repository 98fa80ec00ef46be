package filters

import "testing"

func TestBracketFraction(t *testing.T) {
	checkRows(t, "bracket_fraction", "{max_fraction: 0.5}", "bracket_fraction", []row{
		{"just below", "【通知】今天放假啦", 0.4444, true},
		{"at the limit", "【通知】今天放假", 0.5, true},
		{"just above", "【通知】今天放", 0.5714, false},
		{"other pair", "〖通知〗今天放", 0.5714, false},
		{"not closed on the line", "【通知今天\n放假】", 0, true},
		{"opened twice", "【【通】知", 0.6, false},
		{"spaces do not count", "【通 知】今天放假", 0.5, true},
	})
	checkRows(t, "bracket_fraction", "{}", "bracket_fraction", []row{
		{"dictionary entry stays", "【解释】形容人很有学问，见识也很广博，能够触类旁通。\n【出处】语出古代的一部史书，后来成为常用的成语。\n", 0.16, true},
		{"classified ads", "【出租】【二手房】【中介】\n【招聘】【求职】小王\n", 0.913, false},
	})
}
