package filters

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestLineBreaker(t *testing.T) {
	// closed are sentences that end without a blank, so that single blanks count.
	const closed = "一句。二句。三句。四句。五句。"
	for _, r := range []struct{ name, text, want string }{
		{"none", "今天天气很好。明天下雨。", "今天天气很好。明天下雨。"},
		{"full stop", closed + "好。 下", closed + "好。\n下"},
		{"each mark", closed + "甲； 乙？ 丙！ 丁", closed + "甲；\n乙？\n丙！\n丁"},
		{"before a digit", closed + "好。 2024年", closed + "好。\n2024年"},
		{"full-width digit", closed + "好。 ２０", closed + "好。\n２０"},
		{"indent", "第一段。　　第二段。", "第一段。\n第二段。"},
		{"several blanks", "第一段。  第二段。 \u00a0第三段。", "第一段。\n第二段。\n第三段。"},
		{"closing quote", closed + "“好。” 他走了。", closed + "“好。”\n他走了。"},
		{"closing bracket", closed + "（完。） 下一段", closed + "（完。）\n下一段"},
		{"numbers of a list", "要求： 1.甲； 2.乙； 3、丙", "要求：\n1.甲；\n2.乙；\n3、丙"},
		{"Chinese numbers of a list", "如下： 一、甲。 二、乙。", "如下：\n一、甲。\n二、乙。"},
		// what is no line break
		{"label and value", closed + "电话： 123456，作者： 张三，时间： 8.30", closed + "电话： 123456，作者： 张三，时间： 8.30"},
		{"long number", closed + "共： 123、", closed + "共： 123、"},
		{"word in quotes", closed + "按 “m” 将，（2） 人的思维", closed + "按 “m” 将，（2） 人的思维"},
		{"quote, more text", closed + "（好。甲） 乙", closed + "（好。甲） 乙"},
		{"Latin behind", closed + "好。 The end", closed + "好。 The end"},
		{"bracket behind", closed + "好。 （一）", closed + "好。 （一）"},
		{"tabs separate cells", closed + "好。\t下。\t8", closed + "好。\t下。\t8"},
		{"rows of a table", "甲\t1.乙； 2.丙\n丁； 2.戊\n己； 2.庚\t辛", "甲\t1.乙； 2.丙\n丁；\n2.戊\n己； 2.庚\t辛"},
		{"comma and ASCII", closed + "好， 下. 再", closed + "好， 下. 再"},
		{"end of a line", closed + "好。 \n下。  ", closed + "好。 \n下。  "},
		// habit
		{"a habit of single blanks", "甲。 乙。 丙。丁。 戊", "甲。 乙。 丙。丁。 戊"},
		{"a line end at the end", closed + "好。 下\n", closed + "好。\n下\n"},
		{"half is a habit", "甲。 乙。丙", "甲。 乙。丙"},
		{"less than half is none", "甲。 乙。丙。丁", "甲。\n乙。丙。丁"},
		{"wide blanks in spite of a habit", "甲。 乙。 丙。　　丁", "甲。 乙。 丙。\n丁"},
		{"lists in spite of a habit", "甲。 乙。 丙； 2.丁", "甲。 乙。 丙；\n2.丁"},
		{"single blanks beside line breaks", closed + "好。 下\n再。　　完； 2.又", closed + "好。 下\n再。\n完；\n2.又"},
		// what must stay
		{"verse", versePage, versePage},
		{"news", newsText, newsText},
		{"price list", pricePage, pricePage},
		{"source code", codePage, codePage},
		{"empty", "", ""},
		{"marks", "。 。 ！ \n； ", "。 。 ！ \n； "},
		{"invalid UTF-8", "好。  \xff", "好。  \xff"},
	} {
		b := NewLineBreaker()
		for range 2 {
			text, breaks := b.Restore(r.text)
			if text != r.want {
				t.Errorf("%s: %q became %q, want %q", r.name, r.text, text, r.want)
			}
			checkBreaks(t, r.text, text, breaks)
		}
	}
	b := NewLineBreaker()
	for _, text := range []string{newsText, codePage, "甲。 乙。 丙。"} {
		if n := testing.AllocsPerRun(20, func() { b.Restore(text) }); n != 0 {
			t.Errorf("%v allocations for a text without changes, want 0", n)
		}
	}
	page := strings.Repeat("甲。乙。丙。　　丁。\n", 40)
	if n := testing.AllocsPerRun(20, func() { b.Restore(page) }); n > 1 {
		t.Errorf("%v allocations, want 1: the text that is returned", n)
	}
}

// What a giant page made grow is given back, also where all its blanks stay.
func TestLineBreaker_giantPage(t *testing.T) {
	b := NewLineBreaker()
	b.Restore(strings.Repeat("甲。 ", 2*keepRunes))
	b.Restore("甲。 乙")
	if n := cap(b.breaks); n > keepRunes {
		t.Errorf("room for %d breaks was kept", n)
	}
}

// checkBreaks tells whether restored is text with each break, which is nothing but
// blanks in its line, replaced by a line end.
func checkBreaks(t *testing.T, text, restored string, breaks []LineCut) {
	t.Helper()
	var want strings.Builder
	at := int32(0)
	for _, c := range breaks {
		if c.Start < at || c.End <= c.Start || strings.Trim(text[c.Start:c.End], " \u00a0\u3000") != "" {
			t.Fatalf("%q: break %v", text, c)
		}
		if strings.Count(text[:c.Start], "\n") != c.Line || c.Rule != LineBreak {
			t.Errorf("%q: break %v is not in its line", text, c)
		}
		want.WriteString(text[at:c.Start] + "\n")
		at = c.End
	}
	want.WriteString(text[at:])
	if restored != want.String() {
		t.Errorf("%q became %q, but the breaks make %q", text, restored, want.String())
	}
}

func TestLineBreaker_random(t *testing.T) {
	rnd := rand.New(rand.NewPCG(17, 18))
	b := NewLineBreaker()
	pieces := []string{"。", "；", "？", "！", "：", "”", "）", "…", " ", " ", "　", "\u00a0", "字", "文", "1", "2.", "一、", "a", "\t", "\n", "\xff"}
	changed := 0
	for round := range 6000 {
		text := ""
		if round%4 == 0 {
			text = randomText(rnd)
		}
		for range rnd.IntN(40) {
			text += pieces[rnd.IntN(len(pieces))]
		}
		restored, breaks := b.Restore(text)
		checkBreaks(t, text, restored, breaks)
		if len(breaks) > 0 {
			changed++
		}
	}
	if changed < 400 {
		t.Errorf("%d texts changed: the test says little", changed)
	}
}

func FuzzLineBreaker(f *testing.F) {
	for _, s := range oddTexts {
		f.Add(s)
	}
	f.Add("甲。 乙；　　丙： 1.丁）” 8\n。 \xff")
	f.Fuzz(func(t *testing.T, text string) {
		restored, breaks := NewLineBreaker().Restore(text)
		checkBreaks(t, text, restored, breaks)
	})
}
