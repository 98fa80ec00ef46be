package filters

import "testing"

func TestMenuLines(t *testing.T) {
	checkRows(t, "menu_lines", "{max_fraction: 0.5, max_lines: .inf}", "menu_lines", []row{
		{"just below", "首页\n登录\n注册\n一\n二\n三\n四", 0.4286, true},
		{"at the limit", "首页\n登录\n注册\n一\n二\n三", 0.5, true},
		{"just above", "首页\n登录\n注册\n一\n二", 0.6, false},
		{"an address below a notice", "会议改期。\n联系电话：12345\n地址：人民路一号", 0, true},
		{"the contacts of a notice", "会议改期。\n联系人：李明\n联系电话：12345\n传真：12346\n地址：人民路一号\n首页", 0, true},
		{"the contacts of a footer", "首页\n版权所有 某公司\n联系电话：12345\n传真：12346\n地址：人民路一号", 0.8, false},
		{"menu", menuPage, 1, false},
		{"verse stays", versePage, 0, true},
		{"price list stays", pricePage, 0, true},
		{"source code stays", codePage, 0, true},
	})
	checkRows(t, "menu_lines", "{max_fraction: 1, max_lines: 3}", "n_menu_lines", []row{
		{"at the limit", "首页\n登录\n注册", 3, true},
		{"just above", "首页\n登录\n注册\n版权所有 某公司", 4, false},
	})
}
