package pii

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// fragments are what texts around personal data are made of; random bytes alone
// hardly ever have the right check digits.
var fragments = []string{
	"13800138000", "138", "0013", "8000", "139", "12345678", "86", "+86", "0086", "+", "(", ")", "（", "）", "(+86)", "0",
	"010", "0571", "62345678", "87654321", "6234", "5678", "01062345678", "8012",
	"11010519491231002X", "110105", "19491231", "002", "X", "110105491231002",
	"6222021234567890128", "6222", "0212", "3456", "7890", "128", "4111111111111111", "4111", "1111",
	"a@b.cn", "@", "＠", "a", "b.cn", ".com", "git@github.com", ":",
	" ", "-", "–", "　", "\u00a0", ".", ",", "、", "/", "=", "\n", "_", "%", "￥", "元", "tel", "QQ", "qq", "http://a.com/", "?tel=",
	"电话", "身份证", "卡号", "[电话]", "[座机]", "[邮箱]", "]", "的", "１３８００１３８０００", "１", "1", "2", "9",
}

func TestRedact_leavesNothing(t *testing.T) {
	t.Parallel()
	finders := []*Finder{newFinder(t, all), newFinder(t, Config{Drop, Drop, Drop, Drop, Drop}), newFinder(t, DefaultConfig()), newFinder(t, Config{Mask, Drop, Mask, Drop, Mask})}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(fragments), 1, 14).Draw(t, "fragments"), "")
		f := rapid.SampledFrom(finders).Draw(t, "finder")
		got := f.Redact(s, nil)
		for _, sp := range f.AppendSpans(nil, got) {
			if f.changes(sp) {
				t.Errorf("%q: %q still has %q", s, got, got[sp.Start:sp.End])
			}
		}
		if !utf8.ValidString(got) {
			t.Errorf("%q: %q is no valid UTF-8", s, got)
		}
	})
}
