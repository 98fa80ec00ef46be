package pii

import (
	"fmt"
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

// validNumber draws a number with right check digits of the given class.
func validNumber(t *rapid.T, class int) string {
	digits := func(n int) []byte {
		return rapid.SliceOfN(rapid.ByteRange('0', '9'), n, n).Draw(t, "digits")
	}
	switch class {
	case IDCard:
		region := rapid.SampledFrom([]int{11, 31, 44, 51, 65, 81}).Draw(t, "region")
		b := fmt.Appendf(nil, "%d%s%04d%02d%02d%s", region, digits(4), rapid.IntRange(1920, 2024).Draw(t, "year"),
			rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"), digits(3))
		sum := 0
		for i, w := range idWeights {
			sum += w * int(b[i]-'0')
		}
		return string(append(b, idCheck[sum%11]))
	case BankCard:
		b := append([]byte("62"), digits(rapid.IntRange(13, 16).Draw(t, "length"))...)
		b = append(b, '0')
		for !luhn(b) {
			b[len(b)-1]++
		}
		return string(b)
	case Phone:
		return rapid.SampledFrom([]string{"13", "150", "177", "18", "199"}).Draw(t, "segment") + string(digits(9))
	}
	return ""
}

func TestAppendSpans_findsWhatIsValid(t *testing.T) {
	t.Parallel()
	f := newFinder(t, all)
	rapid.Check(t, func(t *rapid.T) {
		class := rapid.SampledFrom([]int{IDCard, BankCard, Phone}).Draw(t, "class")
		number := validNumber(t, class)
		if class == Phone {
			number = number[:11]
		}
		before := rapid.SampledFrom([]string{"", "号码", "：", " ", "（", "\n", "3、", "tel:"}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", "的", "。", " ", "）", "\n", ",", ".", "/"}).Draw(t, "after")
		s := before + number + after
		spans := f.AppendSpans(nil, s)
		if len(spans) != 1 || s[spans[0].Start:spans[0].End] != number {
			t.Fatalf("%q: found %+v", s, spans)
		}
		// A bank card number can be a valid identity card; nothing else is both.
		if got := int(spans[0].Class); got != class && !(class == BankCard && got == IDCard) {
			t.Errorf("%q: class %s", s, Classes[got].Name)
		}
	})
}

func ExampleFinder_Redact() {
	f, err := New(DefaultConfig())
	if err != nil {
		panic(err)
	}
	counts := make([]int, len(Classes))
	fmt.Println(f.Redact("王老师，手机 138 0013 8000，邮箱wang@example.com，2023年5月12日", counts))
	fmt.Println(counts)
	// Output:
	// 王老师，手机 [电话]，邮箱[邮箱]，2023年5月12日
	// [0 1 0 1 0]
}
