package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/filters"
)

// tailRule cuts everything from a mark on.
type tailRule struct{ mark string }

func (r tailRule) Name() string { return "tail" + r.mark }
func (tailRule) Doc() string    { return "cuts tails" }
func (r tailRule) Keep(line string) string {
	line, _, _ = strings.Cut(line, r.mark)
	return line
}

// TestCutLog_inPlace shows what was cut where it stood.
func TestCutLog_inPlace(t *testing.T) {
	const text = "首页\n\n第一段。>>详情\n  \n推荐\n>>全是\n第二段。#标签>>更多\n第三段。\n版权"
	run := func(site string, rules ...[]filters.LineRule) (lines []string) {
		var log cutLog
		d := &corpus.Document{}
		d.SetText(text)
		if site != "" {
			var kept []string
			for _, sp := range d.Lines() {
				line := text[sp.Start:sp.End]
				cut := strings.Contains(site, line)
				log.siteLine(line, cut)
				if !cut {
					kept = append(kept, line)
				}
			}
			d.SetText(strings.Join(kept, "\n"))
		}
		for _, r := range rules {
			kept, cuts := filters.AppendKeptLines(nil, nil, d.Text(), r)
			if len(cuts) > 0 {
				log.rules(d.Text(), cuts)
				d.SetText(string(kept))
			}
		}
		for _, l := range log.explained(d, func(s string) string { return s + "!" }) {
			if l.Cut != "" {
				l.Text = "- " + l.Cut + " " + l.Text
			}
			lines = append(lines, l.Text)
		}
		return lines
	}
	sentences := func() (lines []string) {
		var log cutLog
		d := &corpus.Document{}
		d.SetText("甲乙丙。丁。\n甲乙丙。\n丁。戊。甲乙丙。")
		kept, cuts := filters.NewSentenceCutter().Cut(d.Text())
		log.rules(d.Text(), cuts)
		d.SetText(kept)
		for _, l := range log.explained(d, func(s string) string { return s + "!" }) {
			if l.Cut != "" {
				l.Text = "- " + l.Cut + " " + l.Text
			}
			lines = append(lines, l.Text)
		}
		return lines
	}
	// edits restores line breaks, cleans blanks, then cuts addresses and the open end.
	edits := func(text string) (lines []string) {
		var log cutLog
		d := &corpus.Document{}
		d.SetText(text)
		restored, breaks := filters.NewLineBreaker().Restore(text)
		log.breaks(text, breaks)
		blanks := filters.NewBlankCleaner()
		log.cleaned(restored, blanks.Clean)
		cleaned, _ := blanks.Clean(restored)
		d.SetText(cleaned)
		for _, cut := range []func(string) (string, []filters.LineCut){filters.NewAddressCutter().Cut, filters.NewEndCutter().Cut} {
			kept, cuts := cut(d.Text())
			log.rules(d.Text(), cuts)
			d.SetText(kept)
		}
		for _, l := range log.explained(d, func(s string) string { return s }) {
			switch {
			case l.Cut != "":
				l.Text = "- " + l.Cut + " " + l.Text
			case l.Added != "":
				l.Text = "+ " + l.Added + " " + l.Text
			}
			lines = append(lines, l.Text)
		}
		return lines
	}
	tails := []filters.LineRule{tailRule{">>"}, tailRule{"#"}}
	for _, c := range []struct {
		what string
		got  []string
		want string
	}{
		{"nothing", run(""), "首页|第一段。>>详情|推荐|>>全是|第二段。#标签>>更多|第三段。|版权"},
		{"site", run("首页 推荐 版权"), "- site_line 首页!|第一段。>>详情|- site_line 推荐!|>>全是|第二段。#标签>>更多|第三段。|- site_line 版权!"},
		{"rules", run("", tails), "首页|第一段。|- tail>> >>详情!|推荐|- tail>> >>全是!|第二段。|- tail# #标签!|- tail>> >>更多!|第三段。|版权"},
		{"both", run("首页 推荐 版权", tails), "- site_line 首页!|第一段。|- tail>> >>详情!|- site_line 推荐!|- tail>> >>全是!|第二段。|- tail# #标签!|- tail>> >>更多!|第三段。|- site_line 版权!"},
		{"sentences", sentences(), "甲乙丙。丁。|- similar_sentence 甲乙丙。!|戊。|- similar_sentence 丁。!|- similar_sentence 甲乙丙。!"},
		{"line breaks", edits("第一段。　　第二段见http://a.cn。　　第三段。\n\nwww.a.cn\n第四段已经完了。尾\n\n末"), "第一段。|+ line_break 第二段见。|- address http://a.cn|+ line_break 第三段。|- address www.a.cn|第四段已经完了。|- open_end 尾|- open_end 末"},
		{"lines of nothing", edits("\u200b\n第一段见http://a.cn。\n\a\u200b\n\u3000\n\u3000第二段见www.a.cn。\ufeff\n尾"), "第一段见。|- address http://a.cn| 第二段见。|- address www.a.cn|- open_end 尾"},
		{"old line ends", edits("第一段。\r第二段见www.a.cn。\r\n第三段。\n尾"), "第一段。|第二段见。|- address www.a.cn|第三段。|- open_end 尾"},
		{"no line breaks", edits("第一段。\n第二段。"), "第一段。|第二段。"},
		{"two rounds", run("版权", tails, []filters.LineRule{tailRule{"第"}}), "首页|- tail第 第一段。!|- tail>> >>详情!|推荐|- tail>> >>全是!|- tail第 第二段。!|- tail# #标签!|- tail>> >>更多!|- tail第 第三段。!|- site_line 版权!"},
	} {
		if diff := cmp.Diff(strings.Split(c.want, "|"), c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

// TestCutLog_otherCount falls back when the lines that stayed are not those of the
// document.
func TestCutLog_otherCount(t *testing.T) {
	var log cutLog
	log.siteLine("一", false)
	log.siteLine("二", true)
	d := &corpus.Document{}
	d.SetText("一\n三")
	want := []ExplainLine{{Text: "二", Cut: "site_line"}, {Text: "一"}, {Text: "三"}}
	if diff := cmp.Diff(want, log.explained(d, func(s string) string { return s })); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	d.SetText("")
	if got := (&cutLog{}).explained(d, nil); got == nil || len(got) != 0 {
		t.Errorf("empty document: %v", got)
	}
}

func TestChoose(t *testing.T) {
	p := func(id byte, near float64, breaks bool) pick {
		return pick{id: [16]byte{id}, order: uint64(id), near: near, breaksTheLine: breaks}
	}
	picks := func() []pick {
		return []pick{p(1, 3, false), p(2, 1, false), p(2, 1, false), p(3, 2, true), p(4, 0, false), p(5, 1, true), p(6, 9, true)}
	}
	ids := func(picks []pick) (s string) {
		for _, p := range picks {
			s += string('0' + rune(p.id[0]))
		}
		return s
	}
	for _, c := range []struct {
		n    int
		near bool
		want string
	}{
		{4, true, "4523"}, {5, true, "45231"}, {3, true, "452"}, {100, true, "452316"}, {1, true, "4"},
		{3, false, "425"}, {100, false, "425316"},
	} {
		if got := ids(choose(picks(), c.n, c.near)); got != c.want {
			t.Errorf("choose %d, near %v: %s, want %s", c.n, c.near, got, c.want)
		}
	}
}
