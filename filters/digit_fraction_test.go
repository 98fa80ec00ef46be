package filters

import "testing"

func TestDigitFraction(t *testing.T) {
	checkRows(t, "digit_fraction", "{max_fraction: 0.3}", "digit_fraction", []row{
		{"just below", "全年共有二十八个项目29个", 0.1538, true},
		{"at the limit", "第123期开奖号码是", 0.3, true},
		{"just above", "第1234期开奖号码是", 0.3636, false},
		{"marks do not count", "第1-2-3期，开奖、号码：是", 0.3, true},
		{"full width counts", "第１２３４期开奖号码是", 0.3636, false},
		{"draw results", "2024001期 05 11 18 23 29 31 09\n2024002期 02 07 14 20 28 33 16\n", 0.9545, false},
	})
	checkRows(t, "digit_fraction", "{}", "digit_fraction", []row{{"price list stays", pricePage, 0.1605, true}})
}
