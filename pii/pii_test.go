package pii

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// all looks for every class and masks it.
var all = Config{IDCard: Mask, Phone: Mask, Landline: Mask, Email: Mask, BankCard: Mask}

func newFinder(t testing.TB, c Config) *Finder {
	t.Helper()
	f, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The numbers below are made up: check digits are right, persons are not.
func TestRedact(t *testing.T) {
	t.Parallel()
	f := newFinder(t, all)
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"no digits", "清流汇入大江。", "清流汇入大江。"},

		{"id card", "身份证号11010519491231002X，请核对", "身份证号[身份证号]，请核对"},
		{"id card with lower-case x", "11010519491231002x", "[身份证号]"},
		{"id card with full-width digits", "：１１０１０５１９４９１２３１００２Ｘ。", "：[身份证号]。"},
		{"id card in groups", "证件 440524 18800101 0014 已核", "证件 440524 18800101 0014 已核"}, // 1880 is too early
		{"id card in groups of 6 8 4", "证件 110105 19491231 002X 已核", "证件 [身份证号] 已核"},
		{"id card with dashes", "110105-19491231-002X", "[身份证号]"},
		{"id card after a label", "ID:11010519491231002X ID11010519491231002X", "ID:[身份证号] ID[身份证号]"},
		{"id card, wrong check digit", "110105194912310021", "110105194912310021"},
		{"id card, no such region", "20010519491231002X", "20010519491231002X"},
		{"id card, no such day", "110105194902300029", "110105194902300029"},
		{"id card inside a longer number", "9110105194912310021X1", "9110105194912310021X1"},
		{"id card of 15 digits with cue", "身份证：110105491231002", "身份证：[身份证号]"},
		{"15 digits without cue", "流水 110105491231002", "流水 110105491231002"},

		{"phone", "电话13800138000。", "电话[电话]。"},
		{"phone between Han", "请拨13912345678联系张三", "请拨[电话]联系张三"},
		{"phone spaced", "手机 138 0013 8000", "手机 [电话]"},
		{"phone with dashes", "138-0013-8000", "[电话]"},
		{"phone with ideographic spaces", "138　0013　8000", "[电话]"},
		{"phone with full-width digits", "１３８００１３８０００", "[电话]"},
		{"phone with country code", "+8613800138000 +86 138 0013 8000 (+86)13800138000 +86-13800138000 008613800138000 86-138-0013-8000",
			"[电话] [电话] [电话] [电话] [电话] [电话]"},
		{"phone with 0", "013800138000", "[电话]"},
		{"two phones", "13800138000/13912345678、13800138001,13800138002", "[电话]/[电话]、[电话],[电话]"},
		{"two phones with a space", "13800138000 13912345678", "[电话] [电话]"},
		{"two spaced phones", "138 0013 8000 139 1234 5678", "[电话] [电话]"},
		{"phone after a label", "Tel:13800138000 TEL13800138000 tel-13800138000 QQ13800138000", "Tel:[电话] TEL[电话] tel-[电话] QQ[电话]"},
		{"phone before a label", "13800138000QQ同号", "[电话]QQ同号"},
		{"phone in a list", "名单\n1.13800138000\n2.13912345678", "名单\n1.[电话]\n2.[电话]"},
		{"phones with a point between", "联系13800138000.13912345678", "联系[电话].[电话]"},
		{"phone as a parameter", "http://a.com/?tel=13800138000", "http://a.com/?tel=[电话]"},
		{"phone in new segments", "19100138000 16600138000 19900138000 17400138000", "[电话] [电话] [电话] [电话]"},
		{"unassigned segments", "15400138000 17900138000 19400138000 16000138000 17410138000 12345678901", "15400138000 17900138000 19400138000 16000138000 17410138000 12345678901"},
		{"longer number", "138001380001 1380013800", "138001380001 1380013800"},
		{"inside a word", "a13800138000 13800138000b x_13800138000", "a13800138000 13800138000b x_13800138000"},
		{"decimal fraction", "0.13800138000 3.13800138000 13800138000.5", "0.13800138000 3.13800138000 13800138000.5"},
		{"amount", "总额13800138000元，￥13800138000，$13800138000", "总额13800138000元，￥13800138000，$13800138000"},
		{"in a web address", "见 http://a.com/p/13800138000.html", "见 http://a.com/p/13800138000.html"},
		{"order number", "订单 2023-05-13800138000", "订单 2023-05-13800138000"},
		{"row of a table", "138 0013 8000 9000 2000", "138 0013 8000 9000 2000"},
		{"phone across lines", "138\n0013\n8000", "138\n0013\n8000"},

		{"landline", "电话：010-62345678", "电话：[座机]"},
		{"landline in parentheses", "(010)62345678 （0571）87654321 (0571) 8765 4321", "[座机] [座机] [座机]"},
		{"landline with country code", "+86-10-62345678 +86 571 87654321", "[座机] [座机]"},
		{"landline with extension", "0571-87654321-8012", "[座机]"},
		{"landline in one run with cue", "传真：057187654321", "传真：[座机]"},
		{"landline in one run without cue", "编号 057187654321", "编号 057187654321"},
		{"two landlines", "0571-87654321 010-62345678", "[座机] [座机]"},
		{"local number right behind a cue", "电话：87654321，传真 (8765432)，邮编：3100000", "电话：[座机]，传真 ([座机])，邮编：3100000"},
		{"local number without cue", "于20230512发布，电话局87654321", "于20230512发布，电话局87654321"},
		{"no such area code", "0261-87654321 026-62345678 012-62345678", "0261-87654321 026-62345678 012-62345678"},
		{"local number of the wrong length or kind", "010-6234567 010-12345678 0571-07654321 0571-876543", "010-6234567 010-12345678 0571-07654321 0571-876543"},
		{"service numbers", "400-123-4567 95588 110 12306", "400-123-4567 95588 110 12306"},

		{"e-mail", "联系zhang.san@example.com。", "联系[邮箱]。"},
		{"e-mail glued to Han", "邮箱zhangsan@qq.com或电话", "邮箱[邮箱]或电话"},
		{"e-mail with full-width at", "zhangsan＠163.com", "[邮箱]"},
		{"e-mail with digits", "13800138000@139.com 12345@qq.com", "[邮箱] [邮箱]"},
		{"e-mail in brackets", "<a_b+c@mail.example.com.cn>", "<[邮箱]>"},
		{"e-mail at the end of a sentence", "Write to a@b.cn.", "Write to [邮箱]."},
		{"no e-mail", "a@b @ab.cn a@ a@.com a.@b.cn a@b.c a@18.2.0 icon@2x.png git@github.com:x/y", "a@b @ab.cn a@ a@.com a.@b.cn a@b.c a@18.2.0 icon@2x.png git@github.com:x/y"},

		{"bank card", "卡号6222021234567890128", "卡号[银行卡号]"},
		{"bank card in groups", "6222 0212 3456 7890 128", "[银行卡号]"},
		{"bank card, wrong check digit", "6222021234567890129", "6222021234567890129"},
		{"visa card with cue", "信用卡 4111 1111 1111 1111", "信用卡 [银行卡号]"},
		{"visa card without cue", "4111 1111 1111 1111", "4111 1111 1111 1111"},
		{"cue on the line before", "信用卡\n4111111111111111", "信用卡\n4111111111111111"},

		{"dates and times", "2023-05-12 13:45:06 2023年5月12日 20230512134506 2023/05/12 1999-2003", "2023-05-12 13:45:06 2023年5月12日 20230512134506 2023/05/12 1999-2003"},
		{"isbn", "ISBN 978-7-02-000220-7 9787020002207", "ISBN 978-7-02-000220-7 9787020002207"},
		{"versions, sections, addresses", "v1.2.13 3.1.4 192.168.138.100 第138条", "v1.2.13 3.1.4 192.168.138.100 第138条"},
		{"statistics", "人口 1 234 567 890，面积 9 600 000", "人口 1 234 567 890，面积 9 600 000"},
		{"long number", strings.Repeat("13800138000", 50), strings.Repeat("13800138000", 50)},
		{"all together", "张三，13800138000，a@b.cn，11010519491231002X，6222021234567890128，010-62345678",
			"张三，[电话]，[邮箱]，[身份证号]，[银行卡号]，[座机]"},
	} {
		got := f.Redact(c.in, nil)
		if got != c.want {
			t.Errorf("%s: %q\n got %q\nwant %q", c.name, c.in, got, c.want)
		}
		if again := f.Redact(got, nil); again != got {
			t.Errorf("%s: not idempotent: %q, %q", c.name, got, again)
		}
	}
}

func TestRedact_actions(t *testing.T) {
	t.Parallel()
	const in = "电13800138000话a@b.cn机010-62345678"
	for _, c := range []struct {
		config Config
		want   string
		counts []int
	}{
		{DefaultConfig(), "电[电话]话[邮箱]机010-62345678", []int{0, 1, 1, 1, 0}},
		{Config{}, in, []int{0, 0, 0, 0, 0}},
		{Config{Phone: Drop, Email: Tag}, "电话a@b.cn机010-62345678", []int{0, 1, 0, 1, 0}},
		{Config{Phone: Off, Email: Drop, Landline: Mask}, "电13800138000话机[座机]", []int{0, 0, 1, 1, 0}},
	} {
		counts := make([]int, len(Classes))
		if got := newFinder(t, c.config).Redact(in, counts); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.config, got, c.want)
		}
		if diff := cmp.Diff(c.counts, counts); diff != "" {
			t.Errorf("%+v: %s", c.config, diff)
		}
	}
	if _, err := New(Config{Email: "hide"}); err == nil || !strings.Contains(err.Error(), `email: unknown action "hide"`) {
		t.Errorf("unknown action: %v", err)
	}
}

func TestAppendSpans_noAllocation(t *testing.T) {
	f := newFinder(t, all)
	text := strings.Repeat("第3章 2023年的产量为12.5万吨，增长8%，见 http://a.com/1380013800 。\n", 50)
	if n := testing.AllocsPerRun(20, func() { f.Redact(text, nil) }); n != 0 {
		t.Errorf("%v allocations where nothing is found", n)
	}
}

func TestClasses(t *testing.T) {
	t.Parallel()
	f := newFinder(t, all)
	for _, c := range Classes {
		if c.Name == "" || c.Doc == "" || f.Redact(c.Placeholder, nil) != c.Placeholder || !strings.HasSuffix(c.Placeholder, "]") {
			t.Errorf("bad class %+v", c)
		}
	}
}

func TestNextTrigger_eightAtOnce(t *testing.T) {
	t.Parallel()
	alphabet := []string{"清", "，", "０", "９", "＠", "Ａ", "0", "9", "@", "/", ":", "?", "A", "\x7f", "\xef", "\xbc", "\xee", "\xf0", "\x80", "\xb0", " "}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 30).Draw(t, "text"), "")
		for i := range len(s) {
			want := i
			for want < len(s) && !isTrigger(s, want) {
				want++
			}
			if got := nextTrigger(s, i); got != want {
				t.Errorf("%q from %d: %d, want %d", s, i, got, want)
			}
		}
	})
}

func FuzzRedact(f *testing.F) {
	for _, s := range []string{
		"张三，13800138000，a@b.cn，11010519491231002X，6222021234567890128，010-62345678",
		"138 0013 8000 139 1234 5678 6222 0212 3456 7890 128", "电话 13800138000 01062345678",
		"138 0013 8000.a@x.com", "(+86)13800138000-110105-19491231-002X", "１３８００１３８０００＠ａ.cn", "13800138000-6222021234567890128-1",
		"tel1a@b.cn13800138000", "010-62345678-13800138000@a.bc", "\xef\xbc13800138000\xef",
	} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(31))
	}
	f.Fuzz(func(t *testing.T, s string, drop uint8) {
		c := all
		for i, a := range []*Action{&c.IDCard, &c.Phone, &c.Landline, &c.Email, &c.BankCard} {
			if drop>>i&1 != 0 {
				*a = Drop
			}
		}
		fi := newFinder(t, c)
		end := int32(0)
		for _, sp := range fi.AppendSpans(nil, s) {
			if sp.Start < end || sp.End <= sp.Start || int(sp.End) > len(s) {
				t.Fatalf("%q: bad span %+v", s, sp)
			}
			end = sp.End
		}
		got := fi.Redact(s, nil)
		if left := fi.AppendSpans(nil, got); len(left) > 0 {
			t.Errorf("%q: %q still has %+v", s, got, left)
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%q: %q is no valid UTF-8", s, got)
		}
	})
}
