package filters

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/qingliu/qingliu/zh"
)

func TestAddressCutter(t *testing.T) {
	for _, r := range []struct{ name, text, want string }{
		{"none", "今天天气很好。", "今天天气很好。"},
		// first pattern
		{"http", "见http://a.cn/b这里", "见这里"},
		{"https, capitals", "见HTTPS://a.cn/B。", "见。"},
		{"any host behind a scheme", "打开http://localhost:8080/x即可，或http://10.0.0.1", "打开即可，或"},
		{"ftp takes its host along", "在ftp://ftp.a.cn/pub下载", "在下载"},
		{"www", "访问www.a.cn查看", "访问查看"},
		{"www, capitals", "访问WWW.A.COM。", "访问。"},
		{"www of two labels", "以www.开头，如www.a", "以www.开头，如www.a"},
		{"www and a number", "版本www.1.2", "版本www.1.2"},
		{"percent encoding", "见http://a.cn/%E4%B8%AD?q=%E5%9B%BD&x=1#y这里", "见这里"},
		{"scheme alone", "以http://开头，http://。", "以http://开头，http://。"},
		{"other scheme", "用git://a.cn/b和file:///etc/a.cn", "用git://a.cn/b和file:///etc/a.cn"},
		// second pattern
		{"four labels behind Han", "访问bbs.news.a.cn查看", "访问查看"},
		{"three labels behind Han", "访问bbs.a.cn查看", "访问bbs.a.cn查看"},
		{"four labels, weak end", "访问a.b.c.io查看", "访问查看"},
		{"IP address", "地址是192.168.0.1，掩码255.255.255.0", "地址是192.168.0.1，掩码255.255.255.0"},
		{"version and section", "1.2.3.4 概述，版本10.0.19041.1", "1.2.3.4 概述，版本10.0.19041.1"},
		{"package", "引入org.apache.commons.io与com.example.a.b.C", "引入org.apache.commons.io与com.example.a.b.C"},
		// third pattern
		{"two labels behind Han", "在amazon.com购买", "在amazon.com购买"},
		{"two labels behind a mark", "网址：a.com，电话", "网址：，电话"},
		{"two labels behind a blank", "访问 a.com 查看", "访问 查看"},
		{"path and port", "网址：a.com:8080/b/c.html，电话", "网址：，电话"},
		{"a colon of the sentence", "网址a.b.c.cn:电话", "网址:电话"},
		{"weak end without path", "文件：main.cc，字段：log.info，包：java.io", "文件：main.cc，字段：log.info，包：java.io"},
		{"weak end with path", "群：t.me/abc，链接：bit.ly/3x", "群：，链接："},
		{"files and numbers", "见：a.html、b.py、Node.js、3.14、i.e.", "见：a.html、b.py、Node.js、3.14、i.e."},
		{"names in capitals", "，ASP.NET与，Booking.com宣布", "，ASP.NET与，Booking.com宣布"},
		{"names in programs", "，vb.net、self.net、com.cn", "，vb.net、self.net、com.cn"},
		{"call", "调用 a.com(1) 与 b.org=2", "调用 a.com(1) 与 b.org=2"},
		{"part of something longer", "，x/a.com，$a.com，@a.com", "，x/a.com，$a.com，@a.com"},
		// marks and what surrounds
		{"full-width marks stay", "见http://a.cn/b。另见http://a.cn/c，以及http://a.cn/d；", "见。另见，以及；"},
		{"ASCII marks stay", "见http://a.cn/b. 另见http://a.cn/c, 以及http://a.cn/d!", "见. 另见, 以及!"},
		{"brackets go", "学会（http://a.cn）与网站（www.b.cn)、“c.com”", "学会与网站、"},
		{"brackets with more stay", "学会（网址http://a.cn）与(http://a.cn/b_(c))", "学会（网址）与"},
		{"Markdown", "见[说明](http://a.cn/b)。", "见[说明]。"},
		{"blanks", "见 http://a.cn/b 和 http://a.cn/c 两处　http://a.cn/d", "见 和 两处"},
		{"at both ends", "http://a.cn/b 是网址 http://a.cn/c", "是网址"},
		{"one behind another", "见http://a.cn/b、http://a.cn/c http://a.cn/d吧", "见、 吧"},
		{"whole lines", "甲\nhttp://a.cn/b\n乙\n（www.a.cn） \n丙", "甲\n乙\n丙"},
		{"last line", "甲\nhttp://a.cn", "甲\n"},
		{"marks only", "甲\n* http://a.cn\n乙", "甲\n*\n乙"},
		{"blank lines stay", "甲\n\nhttp://a.cn\n\n乙", "甲\n\n\n乙"},
		// what must stay
		{"e-mail", "联系 li.si.wang.wu@mail.a.cn 或 a@b.com，www@www.a.cn", "联系 li.si.wang.wu@mail.a.cn 或 a@b.com，www@www.a.cn"},
		{"code", "示例：\nimport \"github.com/a/b\"\nr = requests.get(\"http://a.cn/b\")\ncurl http://a.cn/b | sh", "示例：\nimport \"github.com/a/b\"\nr = requests.get(\"http://a.cn/b\")\ncurl http://a.cn/b | sh"},
		{"code with a comment", "fetch('http://a.cn/b'); // 取", "fetch('http://a.cn/b'); // 取"},
		{"attribute in a sentence", "图片的地址写在属性里，例如src=\"http://a.cn/b.gif\"，详见http://a.cn/c吧。", "图片的地址写在属性里，例如src=\"http://a.cn/b.gif\"，详见吧。"},
		{"reference without Han", "[1] Smith J. Title. https://doi.org/10.1/x", "[1] Smith J. Title. https://doi.org/10.1/x"},
		{"kana is no Han", "ここはa.comです。漢字", "ここはです。漢字"},
		{"verse", versePage, versePage},
		{"news", newsText, newsText},
		{"price list", pricePage, pricePage},
		{"source code", codePage, codePage},
		{"empty", "", ""},
		{"points", "……\n...\n://\n", "……\n...\n://\n"},
		{"invalid UTF-8", "\xff http://a.cn/b\xff字", "\xff \xff字"},
	} {
		c := NewAddressCutter()
		for range 2 {
			kept, cuts := c.Cut(r.text)
			if kept != r.want {
				t.Errorf("%s: %q became %q, want %q", r.name, r.text, kept, r.want)
			}
			checkAddresses(t, r.text, kept, cuts)
		}
	}
	c := NewAddressCutter()
	for _, text := range []string{newsText, codePage, "价格3.14元，见附件a.html。\n"} {
		if n := testing.AllocsPerRun(20, func() { c.Cut(text) }); n != 0 {
			t.Errorf("%v allocations for a text without addresses, want 0", n)
		}
	}
	page := strings.Repeat("http://a.cn/b\n第一段的正文，见（www.a.cn）与http://b.cn/c。\n", 40)
	if n := testing.AllocsPerRun(20, func() { c.Cut(page) }); n > 1 {
		t.Errorf("%v allocations for a text with addresses, want 1: the text that is kept", n)
	}
}

// checkAddresses tells whether kept is text minus the cuts, but for line ends of
// lines that went, and whether each cut is one address.
func checkAddresses(t *testing.T, text, kept string, cuts []LineCut) {
	t.Helper()
	if len(cuts) == 0 && kept != text {
		t.Errorf("%q: changed to %q without a cut", text, kept)
	}
	checkCuts(t, text, kept, cuts)
	var want strings.Builder
	for number := range strings.Count(text, "\n") + 1 {
		at := len(text) - len(textFrom(text, number))
		rest, any := "", false
		for _, c := range cuts {
			if c.Line != number {
				continue
			}
			any = true
			rest += text[at:c.Start]
			at = int(c.End)
			core := strings.Trim(text[c.Start:c.End], " \t\r\u00a0\u3000（）()<>【】[]〔〕＜＞〈〉《》“”\"")
			if strings.ContainsFunc(core, func(r rune) bool { return r < '!' || r > '~' }) || !strings.Contains(core, ".") && !strings.Contains(core, "://") {
				t.Errorf("%q: cut %q is no address", text, core)
			}
			if strings.Contains(core, "@") && !strings.ContainsAny(core, ":/?#") {
				t.Errorf("%q: cut %q is an e-mail address", text, core)
			}
		}
		rest += text[at : len(text)-len(textFrom(text, number+1))]
		if !any || strings.TrimSpace(rest) != "" {
			want.WriteString(rest)
		}
	}
	if kept != want.String() {
		t.Errorf("%q: kept %q, but the cuts leave %q", text, kept, want.String())
	}
}

// textFrom returns text from line n on.
func textFrom(text string, n int) string {
	for range n {
		_, next := lineEnd(text, 0)
		text = text[next:]
	}
	return text
}

// addressPieces are what addresses and their neighbours are made of.
var addressPieces = []string{
	"http://a", "https://b.cn", "www.c.d", "ftp://", "，e.com", "f.g.h.cn", "a", "b1", ".", ".", "com", "cn", "io", "net", "org", "/", "/", "?", "#", ":", "80", "@", "-", "_",
	"字", "文", "。", "，", "（", "）", "(", ")", "[", "]", "“", "”", "\"", "=", " ", "\u3000", "\n", "\n", "%E4", "...", "'", "{", "\xff", "가",
}

// TestAddressCutter_random: the result is the text minus whole addresses, and nothing
// else changes, over random pieces and random Unicode.
func TestAddressCutter_random(t *testing.T) {
	rnd := rand.New(rand.NewPCG(13, 14))
	c := NewAddressCutter()
	changed := 0
	for round := range 6000 {
		text := ""
		if round%3 == 0 {
			text = randomText(rnd)
		}
		for range rnd.IntN(40) {
			text += addressPieces[rnd.IntN(len(addressPieces))]
		}
		kept, cuts := c.Cut(text)
		checkAddresses(t, text, kept, cuts)
		if len(cuts) > 0 {
			changed++
		}
		if again, _ := NewAddressCutter().Cut(text); again != kept {
			t.Fatalf("%q: %q, and by a new cutter %q", text, kept, again)
		}
		if t.Failed() {
			return
		}
	}
	if changed < 1000 {
		t.Errorf("%d texts changed: the test says little", changed)
	}
}

// TestAddressCutter_patterns compares with the three patterns written out, on hosts
// behind and before characters of many kinds.
func TestAddressCutter_patterns(t *testing.T) {
	before := []string{"", "字", "，", " ", "か", "x", "1", "/", "@", "：", "“"}
	after := []string{"", "字", "。", " 字", ".", "(", "=", "/", "/p"}
	hosts := []struct {
		host       string
		sure, weak bool // ends in a top-level domain; in one that needs a path
		labels     int
	}{
		{"a.com", true, false, 2}, {"b.a.cn", true, false, 3}, {"c.b.a.org", true, false, 4}, {"a.me", false, true, 2}, {"b.a.io", false, true, 3},
		{"c.b.a.tv", false, true, 4}, {"a.html", false, false, 2}, {"c.b.a.txt", false, false, 4}, {"1.2.3.4", false, false, 4},
	}
	for _, b := range before {
		for _, a := range after {
			for _, h := range hosts {
				text := "文：" + b + h.host + a + "，字"
				joined := b == "/" || b == "@" || a == "(" || a == "="
				path := strings.HasPrefix(a, "/")
				han := b == "字"
				host := h.sure || h.weak
				want := host && !joined && (h.labels >= 4 || !han && (h.sure || path))
				_, cuts := NewAddressCutter().Cut(text)
				if (len(cuts) == 1) != want {
					t.Errorf("%q: cuts %v, want one: %v", text, cuts, want)
				}
			}
		}
	}
	if !zh.IsHan('字') || zh.IsHan('か') {
		t.Error("the test is about Han")
	}
}

// Lines made to take long end in time, and so do many of which nothing is cut.
func TestAddressCutter_hostile(t *testing.T) {
	c := NewAddressCutter()
	for _, s := range []string{"http://", "www.", "a.", "a@", ".", "://", "(http://a.cn", "http://a.cn ", "a.cn ", "h:", "https", "www.a.cn(", "字a.cn", "\u3000a.b.c.cn\u3000\u3000", "a.cn x\n", "// a.cn 字\n", "a.cn 字\n", "a.cn\n"} {
		text := strings.Repeat(s, 4<<20/len(s)) + "字"
		start := time.Now()
		kept, cuts := c.Cut(text)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%q repeated took %v", s, took)
		}
		if len(cuts) == 0 && kept != text {
			t.Errorf("%q repeated changed without a cut", s)
		}
	}
}

func FuzzAddressCutter(f *testing.F) {
	for _, s := range oddTexts {
		f.Add(s)
	}
	f.Add("见（http://a.cn/b_(c)。d）www.b.cn) x.y.z.com/%E4 t.me/q a@b.cn src=\"http://c\"\nhttp://d.cn \n字")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "\n") > 100 {
			return // the check is quadratic in lines
		}
		kept, cuts := NewAddressCutter().Cut(text)
		if utf8.ValidString(text) && !utf8.ValidString(kept) {
			t.Errorf("%q: invalid UTF-8 %q", text, kept)
		}
		checkAddresses(t, text, kept, cuts)
	})
}
