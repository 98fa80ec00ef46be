package filters

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSentenceCutter(t *testing.T) {
	const a20 = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉" // 20 code points: 2 edits
	edited := func(s string, at ...int) string {
		r := []rune(s)
		for _, i := range at {
			r[i] = '改'
		}
		return string(r)
	}
	for _, r := range []struct{ name, text, want string }{
		{"none", "今天天气很好。明天会下雨！", "今天天气很好。明天会下雨！"},
		{"equal", "今天天气很好。明天会下雨。今天天气很好！", "今天天气很好。明天会下雨。"},
		{"whole line", "今天天气很好。\n明天会下雨。\n今天天气很好。\n完。", "今天天气很好。\n明天会下雨。\n完。"},
		{"middle of a line", "今天天气很好。\n明天，今天天气很好。今天天气很好。”再见。", "今天天气很好。\n明天，今天天气很好。再见。"},
		{"several of a line", "甲。乙。\n甲。丙。乙。丁。", "甲。乙。\n丙。丁。"},
		{"blank lines stay", "甲。\n\n甲。\n\n乙。", "甲。\n\n\n乙。"},
		{"brackets", "【提示】请先登录。【提示】再付款。", "【提示】请先登录。再付款。"},
		{"open brackets", "历史[编辑]\n地理[编辑]", "历史[编辑]\n地理"},
		{"ASCII marks", "今天天气很好. 明天下雨! 今天天气很好. 完", "今天天气很好. 明天下雨! 完"},
		{"blanks between", "甲。　乙。　甲。　丙。", "甲。　乙。　丙。"},
		{"quotes", "他说：“好。”他说：“不好。”他说：“好。”", "他说：“好。”他说：“不好。”"},
		{"15 code points, one edit", a20[:45] + "。" + edited(a20[:45], 3) + "。", a20[:45] + "。" + edited(a20[:45], 3) + "。"},
		{"15 and 16 code points", a20[:45] + "。" + a20[:48] + "。", a20[:45] + "。" + a20[:48] + "。"},
		{"16 code points, one edit", a20[:48] + "。" + edited(a20[:48], 3) + "。", a20[:48] + "。"},
		{"16 and 17 code points", a20[:48] + "。" + a20[:51] + "。", a20[:48] + "。"},
		{"16 code points, two edits", a20[:48] + "。" + edited(a20[:48], 3, 9) + "。", a20[:48] + "。" + edited(a20[:48], 3, 9) + "。"},
		{"20 code points, two edits", a20 + "。" + edited(a20, 3, 9) + "。", a20 + "。"},
		{"20 code points, three edits", a20 + "。" + edited(a20, 3, 9, 15) + "。", a20 + "。" + edited(a20, 3, 9, 15) + "。"},
		{"insertion and deletion", a20 + "。新" + a20[:57] + "。", a20 + "。"},
		{"compared with what stayed", a20 + "。" + edited(a20, 0, 1) + "。" + edited(a20, 0, 1, 2, 3) + "。", a20 + "。" + edited(a20, 0, 1, 2, 3) + "。"},
		// what must stay
		{"verse", versePage, versePage},
		{"news", newsText, newsText},
		{"price list", pricePage, pricePage},
		{"source code", codePage, codePage},
		{"listing", "循环如下：\n}\n}\na[i] = 0\na[i] = 0\nreturn 0;", "循环如下：\n}\n}\na[i] = 0\na[i] = 0\nreturn 0;"},
		{"comments of a listing", "甲：\n// 初始化\nint count = list.size(); // 计数\n/* 说明\n * 说明\n * 说明\n */\n// 初始化\nint count = list.size(); // 计数\n", "甲：\n// 初始化\nint count = list.size(); // 计数\n/* 说明\n * 说明\n * 说明\n */\n// 初始化\nint count = list.size(); // 计数\n"},
		{"messages of a listing", "print(\"请输入 name\");\nprint(\"请输入 name\");\n请输入\n请输入", "print(\"请输入 name\");\nprint(\"请输入 name\");\n请输入\n"},
		{"headings with a sign", "# 说明\n第一段。\n# 说明\n第二段。", "# 说明\n第一段。\n第二段。"},
		{"numbers", "版本 3.14 与 3.14 相同", "版本 3.14 与 3.14 相同"},
		{"list numbers", "1.甲\n2.甲\n3.14", "1.甲\n2.甲\n3.14"},
		{"English", "It ends. It ends. It ends.", "It ends. It ends. It ends."},
		{"empty", "", ""},
		{"line ends", "\n\n\n", "\n\n\n"},
		{"marks", "。。。！！！\n。。。！！！", "。。。！！！\n。。。！！！"},
		{"invalid UTF-8", "\xff。\xff。\xff", "\xff。\xff。\xff"},
	} {
		c := NewSentenceCutter()
		for range 2 {
			kept, cuts := c.Cut(r.text)
			if kept != r.want {
				t.Errorf("%s: %q became %q, want %q", r.name, r.text, kept, r.want)
			}
			if (len(cuts) > 0) != (kept != r.text) {
				t.Errorf("%s: cuts %v", r.name, cuts)
			}
			checkCuts(t, r.text, kept, cuts)
		}
	}
	c := NewSentenceCutter()
	if n := testing.AllocsPerRun(20, func() { c.Cut(newsText) }); n != 0 {
		t.Errorf("%v allocations for a text without cuts, want 0", n)
	}
}

// checkCuts tells whether cuts are in their lines, in order, and with what was kept
// the whole text but for blanks and line ends.
func checkCuts(t *testing.T, text, kept string, cuts []LineCut) {
	t.Helper()
	var rest strings.Builder
	last := int32(0)
	for _, c := range cuts {
		if c.Start < last || c.End <= c.Start || int(c.End) > len(text) {
			t.Fatalf("%q: cut %v", text, c)
		}
		if strings.Contains(text[c.Start:c.End], "\n") || strings.Count(text[:c.Start], "\n") != c.Line {
			t.Errorf("%q: cut %v is not in its line", text, c)
		}
		rest.WriteString(text[last:c.Start])
		last = c.End
	}
	rest.WriteString(text[last:])
	solid := func(s string) string {
		return strings.Join(strings.Fields(s), "")
	}
	if got, want := solid(kept), solid(rest.String()); got != want {
		t.Errorf("%q: kept %q, but the cuts leave %q", text, got, want)
	}
}

// editDistance is the plain table.
func editDistance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		left := row[0]
		row[0] = i + 1
		for j := range b {
			d := left
			if a[i] != b[j] {
				d = 1 + min(left, row[j], row[j+1])
			}
			left, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}

// TestSentenceCutter_equalsReference compares with all four conditions of MAP-CC as
// they are written, on sentences that edits make of each other.
func TestSentenceCutter_equalsReference(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	c := NewSentenceCutter()
	similar := func(a, b []rune) bool {
		if min(len(a), len(b)) <= maxShortSentence {
			return string(a) == string(b)
		}
		bag := map[rune][2]int{}
		for _, r := range a {
			x := bag[r]
			x[0]++
			bag[r] = x
		}
		for _, r := range b {
			x := bag[r]
			x[1]++
			bag[r] = x
		}
		common, all := 0, 0
		for _, x := range bag {
			common += min(x[0], x[1])
			all += max(x[0], x[1])
		}
		longest := max(len(a), len(b))
		return 10*(longest-min(len(a), len(b))) < 3*longest && 3*common >= all && 10*editDistance(a, b) <= longest
	}
	gone := 0
	for round := range 400 {
		alphabet := 2 + rnd.IntN(30)
		letter := func() rune { return rune('一' + rnd.IntN(alphabet)) }
		var sentences [][]rune
		for len(sentences) < 12 {
			var s []rune
			if len(sentences) > 0 && rnd.IntN(4) > 0 {
				s = append(s, sentences[rnd.IntN(len(sentences))]...)
				for range rnd.IntN(2 + len(s)/8) {
					at := rnd.IntN(len(s))
					switch rnd.IntN(3) {
					case 0:
						s[at] = letter()
					case 1:
						s = append(s[:at:at], append([]rune{letter()}, s[at:]...)...)
					case 2:
						if len(s) > 1 {
							s = append(s[:at:at], s[at+1:]...)
						}
					}
				}
			} else {
				for range 1 + rnd.IntN(70) {
					s = append(s, letter())
				}
			}
			sentences = append(sentences, s)
		}
		var text, want strings.Builder
		var stayed, all [][]rune
		for _, s := range sentences {
			text.WriteString(string(s) + "。")
			similarTo := false
			for _, x := range stayed {
				similarTo = similarTo || similar(x, s)
			}
			for _, x := range all { // one that is equal to one that went goes too
				similarTo = similarTo || string(x) == string(s)
			}
			all = append(all, s)
			if similarTo {
				gone++
				continue
			}
			stayed = append(stayed, s)
			want.WriteString(string(s) + "。")
		}
		kept, cuts := c.Cut(text.String())
		if kept != want.String() {
			t.Fatalf("round %d: %q became %q, want %q", round, text.String(), kept, want.String())
		}
		checkCuts(t, text.String(), kept, cuts)
	}
	if gone < 500 {
		t.Errorf("%d sentences went: the test says little", gone)
	}
}

// Pages that are made to take long end in time: their work is bounded, and equal
// sentences are found nevertheless.
func TestSentenceCutter_hostile(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	var b strings.Builder
	base := []rune(strings.Repeat("的一是在不了有和人这中大为上个国我以要他", 20))
	b.WriteString("首句只有几个字。")
	for b.Len() < 700_000 { // permutations, which the parity does not tell apart
		s := append([]rune{}, base...)
		for range 45 {
			i, j := rnd.IntN(len(s)), rnd.IntN(len(s))
			s[i], s[j] = s[j], s[i]
		}
		b.WriteString(string(s) + "。")
	}
	b.WriteString("首句只有几个字。完。")
	c := NewSentenceCutter()
	kept, _ := c.Cut(b.String())
	if c.work >= 0 {
		t.Errorf("%d steps are left: the text is not hostile", c.work)
	}
	if c.work < -len(base) {
		t.Errorf("%d steps too many", -c.work)
	}
	if !strings.HasSuffix(kept, "。完。") || strings.Count(kept, "首句") != 1 {
		t.Error("an equal sentence stayed")
	}
	// Behind the bound of code points everything stays.
	long := strings.Repeat("字", MaxRunes-2) + "\n甲。甲。\n甲。"
	if kept, cuts := c.Cut(long); kept != long || len(cuts) != 0 {
		t.Errorf("cuts %v behind the bound", cuts)
	}
	if kept, _ := c.Cut(long[3*4:]); strings.HasSuffix(kept, "甲。甲。\n甲。") {
		t.Error("no cut before the bound")
	}
}

// The window bounds what is compared, not what is equal.
func TestSentenceCutter_window(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	sentences := make([]string, similarWindow+1)
	for i := range sentences {
		var r [16]rune
		for k := range r {
			r[k] = rune(0x4e00 + rnd.IntN(0x5000))
		}
		sentences[i] = string(r[:])
	}
	for _, last := range []struct {
		between int
		gone    bool
	}{{similarWindow - 1, true}, {similarWindow, false}} {
		text := strings.Join(sentences[:last.between+1], "。") + "。"
		kept, _ := NewSentenceCutter().Cut(text + sentences[0] + "啊。")
		if (kept == text) != last.gone {
			t.Errorf("%d sentences between: gone %v, want %v", last.between, kept == text, last.gone)
		}
		if kept, _ = NewSentenceCutter().Cut(text + sentences[0] + "。"); kept != text {
			t.Errorf("%d sentences between: an equal one stayed", last.between)
		}
	}
}

func FuzzSentenceCutter(f *testing.F) {
	for _, s := range oddTexts {
		f.Add(s)
	}
	f.Add("甲。乙！【丙】[丁]戊. 己? \n甲。”乙\n【丙】")
	f.Fuzz(func(t *testing.T, text string) {
		kept, cuts := NewSentenceCutter().Cut(text)
		if utf8.ValidString(text) && !utf8.ValidString(kept) {
			t.Errorf("%q: invalid UTF-8 %q", text, kept)
		}
		if len(cuts) == 0 && kept != text {
			t.Errorf("%q: changed to %q without a cut", text, kept)
		}
		checkCuts(t, text, kept, cuts)
	})
}
