package filters

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEndCutter(t *testing.T) {
	const body = "这是一段写得很完整的正文，它有好几个分句，也足够长，因此后面的几行最多是它的四分之一。"
	for _, r := range []struct{ name, text, want string }{
		{"closed", body, body},
		{"closed and blank", body + "\n \n", body + "\n \n"},
		{"half a sentence", body + "后面还有半", body},
		{"a line", body + "\n相关链接", body},
		{"lines", body + "\n\n联系我们\n\n版权所有", body},
		{"each mark", body + "好！尾", body + "好！"},
		{"question", body + "好？尾", body + "好？"},
		{"ASCII marks", body + "ok. 尾", body + "ok."},
		{"ASCII marks at a line end", body + "\n1998.\n尾", body + "\n1998."},
		{"ASCII mark before Han", body + "ok!尾", body + "ok!"},
		{"closing marks", body + "他说：“好。”（完）", body + "他说：“好。”"},
		{"brackets", body + "（见上文。）尾", body + "（见上文。）"},
		{"ellipsis closes", body + "好！……尾", body + "好！……"},
		{"ellipsis ends nothing", body + "等等……", body},
		// what is no end
		{"version", body + "版本v3.14", body},
		{"address", body + "a.cn/?b!c", body},
		{"number of a list", body + "\n2. 方法", body},
		{"decimal", body + "3.5", body},
		{"comparison", body + "a !== b", body},
		// what must stay
		{"no mark", "第一行\n第二行\n第三行", "第一行\n第二行\n第三行"},
		{"a quarter goes", strings.Repeat("字", 8) + "。尾尾尾", strings.Repeat("字", 8) + "。"},
		{"more than a quarter stays", strings.Repeat("字", 8) + "。尾尾尾a", strings.Repeat("字", 8) + "。尾尾尾a"},
		{"verse", versePage, versePage},
		{"news", newsText, newsText},
		{"price list", pricePage, pricePage},
		{"source code", codePage, codePage},
		{"listing at the end", strings.Repeat(body, 4) + "\nfor (i = 0; i < n; i++) {\n  s += a[i];\n}", strings.Repeat(body, 4) + "\nfor (i = 0; i < n; i++) {\n  s += a[i];\n}"},
		{"prose with a pipe is no listing", strings.Repeat(body, 4) + "\nhome | news, sports and more\nabout us | contact, help", strings.Repeat(body, 4)},
		{"table at the end", body + "\n奖项\t元\n1\t800\n2\t100", body + "\n奖项\t元\n1\t800\n2\t100"},
		{"one row", body + "\n奖项\t元\n相关", body},
		{"one line of code", strings.Repeat(body, 4) + "\nx = 1;\n相关阅读", strings.Repeat(body, 4)},
		{"empty", "", ""},
		{"mark alone", "。", "。"},
		{"invalid UTF-8", body + "\xff\xfe", body},
	} {
		c := NewEndCutter()
		for range 2 {
			kept, cuts := c.Cut(r.text)
			if kept != r.want {
				t.Errorf("%s: %q became %q, want %q", r.name, r.text, kept, r.want)
			}
			checkEnd(t, r.text, kept, cuts)
		}
	}
	c := NewEndCutter()
	for _, text := range []string{newsText, codePage, newsText + "相关阅读\n更多"} {
		if n := testing.AllocsPerRun(20, func() { c.Cut(text) }); n != 0 {
			t.Errorf("%v allocations, want 0", n)
		}
	}
}

// checkEnd tells whether kept is a beginning of text, at most a quarter goes, and the
// cuts are the lines behind it.
func checkEnd(t *testing.T, text, kept string, cuts []LineCut) {
	t.Helper()
	tail, ok := strings.CutPrefix(text, kept)
	if !ok || maxEndPart*len(tail) > len(text) {
		t.Fatalf("%q became %q", text, kept)
	}
	if (len(cuts) == 0) != (tail == "") {
		t.Errorf("%q: cuts %v, but %q is gone", text, cuts, tail)
	}
	checkCuts(t, text, kept, cuts)
	for _, c := range cuts {
		if int(c.Start) < len(kept) || strings.TrimSpace(text[c.Start:c.End]) == "" {
			t.Errorf("%q: cut %v", text, c)
		}
	}
	if again, _ := NewEndCutter().Cut(kept); tail != "" && again != kept {
		t.Errorf("%q: became %q, and that %q", text, kept, again)
	}
}

func TestEndCutter_random(t *testing.T) {
	rnd := rand.New(rand.NewPCG(15, 16))
	c := NewEndCutter()
	changed := 0
	for range 4000 {
		text := randomText(rnd)
		if rnd.IntN(2) == 0 {
			text += strings.Repeat("字", 20) + "。”.x?字"[:3*rnd.IntN(3)] + "\n尾\n \n" + randomText(rnd)
		}
		kept, cuts := c.Cut(text)
		checkEnd(t, text, kept, cuts)
		if len(cuts) > 0 {
			changed++
		}
	}
	if changed < 500 {
		t.Errorf("%d texts changed: the test says little", changed)
	}
}

func FuzzEndCutter(f *testing.F) {
	for _, s := range oddTexts {
		f.Add(s)
	}
	f.Add("一二三四五六七八九十。”\n\n尾. 3! a?b\n")
	f.Fuzz(func(t *testing.T, text string) {
		kept, cuts := NewEndCutter().Cut(text)
		if utf8.ValidString(text) && !utf8.ValidString(kept) {
			t.Errorf("%q: invalid UTF-8 %q", text, kept)
		}
		checkEnd(t, text, kept, cuts)
	})
}
