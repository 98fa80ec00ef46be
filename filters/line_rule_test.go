package filters

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLineSuffix(t *testing.T) {
	for _, r := range []struct{ line, want string }{
		{"新政今日起施行，市民可网上办理。详情点击>>", "新政今日起施行，市民可网上办理。"},
		{"新政今日起施行。 详情点击 >>", "新政今日起施行。"},
		{"最新一期节目已经上线！[查看更多]", "最新一期节目已经上线！"},
		{"最新一期节目已经上线……【阅读全文】", "最新一期节目已经上线……"},
		{"你可以修改参数[阅读全文]", "你可以修改参数"},
		{"本文介绍安装方法。点击查看全文»", "本文介绍安装方法。"},
		{"[更多>>]", ""},
		{"阅读更多", ""},
		{"  查看更多  ", ""},
		{"閱讀全文 »", ""},
		{"更多>>", ""},
		// what must stay
		{"如果想了解更多>>", "如果想了解更多>>"},
		{"我们还想知道更多", "我们还想知道更多"},
		{"请参阅该书的详细", "请参阅该书的详细"},
		{"他在大会上的演讲（全文）", "他在大会上的演讲（全文）"},
		{"工作报告(全文)", "工作报告(全文)"},
		{"见第三章[注意更多]", "见第三章[注意更多]"},
		{"a >> b", "a >> b"},
		{">>>", ">>>"},
		{">> print(more)", ">> print(more)"},
		{"数组 a[i]", "数组 a[i]"},
		{"", ""},
		{"   ", "   "},
		{"]", "]"},
		{"\xff>>", "\xff>>"},
	} {
		if got := (lineSuffix{}).Keep(r.line); got != r.want {
			t.Errorf("Keep(%q) = %q, want %q", r.line, got, r.want)
		}
	}
}

func TestLineEditor(t *testing.T) {
	for _, r := range []struct{ line, want string }{
		{"活动将持续到月底。（责任编辑：张三）", "活动将持续到月底。"},
		{"活动将持续到月底。(责编：张三、李四)", "活动将持续到月底。"},
		{"活动将持续到月底。责任编辑：张三", "活动将持续到月底。"},
		{"活动将持续到月底。【责编 李四】", "活动将持续到月底。"},
		{"（記者王五） 責任編輯：陳六", "（記者王五）"},
		{"责任编辑：Demi Xia", ""},
		{"编辑：王玥", ""},
		{"(编辑:李楠)", ""},
		{"责任编辑：", ""},
		// what must stay
		{"作者：张三", "作者：张三"},
		{"（记者 李四）", "（记者 李四）"},
		{"来源：新华社", "来源：新华社"},
		{"他曾任责任编辑，后来当了主编。", "他曾任责任编辑，后来当了主编。"},
		{"责任编辑：这个职位要求三年经验，熟悉出版流程。", "责任编辑：这个职位要求三年经验，熟悉出版流程。"},
		{"DISABLED\t禁止推送（编辑 .git/config 来重新启用）", "DISABLED\t禁止推送（编辑 .git/config 来重新启用）"},
		{"右键菜单里选择编辑：复制", "右键菜单里选择编辑：复制"},
		{"本书责任编辑：张三", "本书责任编辑：张三"},
		{"编辑", "编辑"},
		{"", ""},
		{"\xff编辑：", "\xff编辑："},
	} {
		if got := (lineEditor{}).Keep(r.line); got != r.want {
			t.Errorf("Keep(%q) = %q, want %q", r.line, got, r.want)
		}
	}
}

func TestLineMojibake(t *testing.T) {
	for _, r := range []struct {
		line string
		keep bool
	}{
		{"锟斤拷锟斤拷锟斤拷", false},
		{"����������", false},
		{"鐨勬槸锛屽湪銆傝繖閲岀殑鈥滄枃鈥濈", false},
		{"ä¸\u00adæ\u0096\u0087å\u0086\u0085å®¹", false},
		{"\ue001\ue002\ue003说明", false},
		{"常见的乱码有“锟斤拷”和“烫烫烫”，它们是怎么来的？先要了解字符编码的历史。", true},
		{"Übergröße für Mädchen", true},
		{"Les élèves français étaient très fatigués", true},
		{"á çùåï äúùñâ echo hebrevc", true},
		{"今天天气很好。", true},
		{"半斤八两", true},
		{"�", true},
		{"", true},
	} {
		want := r.line
		if !r.keep {
			want = ""
		}
		if got := (lineMojibake{}).Keep(r.line); got != want {
			t.Errorf("Keep(%q) = %q, want %q", r.line, got, want)
		}
	}
}

func TestLineCutter(t *testing.T) {
	text := "第一段说完了。详情点击>>\n\n查看更多\n第二段也说完了。（责任编辑：张三）[查看更多]\n锟斤拷锟斤拷\n末段。"
	want := "第一段说完了。\n\n第二段也说完了。\n末段。"
	c := NewLineCutter()
	for range 2 {
		kept, cuts := c.Cut(text)
		if kept != want {
			t.Errorf("kept %q, want %q", kept, want)
		}
		var got []string
		for _, cut := range cuts {
			if line := strings.Split(text, "\n")[cut.Line]; !strings.Contains(line, text[cut.Start:cut.End]) {
				t.Errorf("%v is not in its line %q", cut, line)
			}
			got = append(got, cut.Rule+" "+text[cut.Start:cut.End])
		}
		wantCuts := "line_suffix 详情点击>>|line_suffix 查看更多|line_suffix [查看更多]|line_editor （责任编辑：张三）|line_mojibake 锟斤拷锟斤拷"
		if s := strings.Join(got, "|"); s != wantCuts {
			t.Errorf("cuts %q, want %q", s, wantCuts)
		}
	}
	for _, text := range []string{"", "\n\n", newsText, versePage, modernVerse, pricePage, codePage} {
		if kept, cuts := c.Cut(text); kept != text || len(cuts) > 0 {
			t.Errorf("%.20q: cut to %.20q by %v", text, kept, cuts)
		}
	}
	if n := testing.AllocsPerRun(20, func() { c.Cut(newsText) }); n != 0 {
		t.Errorf("%v allocations for a text without cuts, want 0", n)
	}
}

// The rules' names are unique and in their form.
func TestLineRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range LineRules {
		if r.Doc() == "" {
			t.Errorf("%s has no doc", r.Name())
		}
		if seen[r.Name()] || !strings.HasPrefix(r.Name(), "line_") {
			t.Errorf("name %q is not unique or does not begin with line_", r.Name())
		}
		seen[r.Name()] = true
	}
}

func FuzzLineCutter(f *testing.F) {
	for _, s := range oddTexts {
		f.Add(s)
	}
	f.Add("好。详情点击>>\n（责任编辑：张三）[查看更多]\n锟斤拷锟斤拷\n")
	f.Add("[更多>>]\n更多]]>>\n（编辑：\n责编：)】")
	f.Fuzz(func(t *testing.T, text string) {
		kept, cuts := AppendKeptLines(nil, nil, text, LineRules)
		if utf8.ValidString(text) && !utf8.Valid(kept) {
			t.Errorf("%q: invalid UTF-8 %q", text, kept)
		}
		gone, last := 0, int32(0)
		for _, c := range cuts {
			if c.Start < 0 || c.End <= c.Start || int(c.End) > len(text) {
				t.Fatalf("%q: cut %v", text, c)
			}
			if strings.Contains(text[c.Start:c.End], "\n") || strings.Count(text[:c.Start], "\n") != c.Line {
				t.Errorf("%q: cut %v is not in its line", text, c)
			}
			gone += int(c.End - c.Start)
			last = max(last, c.End)
		}
		if len(cuts) == 0 && string(kept) != text {
			t.Errorf("%q: changed to %q without a cut", text, kept)
		}
		if len(kept)+gone > len(text) {
			t.Errorf("%q: %d bytes kept, %d cut, of %d", text, len(kept), gone, len(text))
		}
	})
}
