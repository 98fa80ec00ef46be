package extract

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestKeep switches one class of furniture after the other and compares what
// comes back with what the class says it is.
func TestKeep(t *testing.T) {
	src, err := os.ReadFile("../testdata/pages/furniture-of-all-classes/page.html")
	if err != nil {
		t.Fatal(err)
	}
	lines := func(c Config) []string { return strings.Split(New(c).Extract(src, "").Text(), "\n") }
	base := lines(DefaultConfig())
	for _, c := range []struct {
		name string
		keep Keep
		want []string // lines that must come back; no others may
	}{
		{"credits", Keep{Credits: true}, []string{"（责任编辑：周舟）"}},
		{"share", Keep{Share: true}, []string{"分享到：微信 微博 QQ空间", "扫一扫关注江城新闻网"}},
		{"turn", Keep{Turn: true}, []string{"上一篇：雨前的茶山", "下一篇：没有了"}},
		{"related", Keep{Related: true}, []string{"相关阅读"}},
		{"copyright", Keep{Copyright: true}, []string{"版权声明：本网所有作品，未经授权不得转载。", "以上内容仅代表作者本人观点，不代表本站立场。"}},
		{"replies", Keep{Replies: true}, []string{"阅读数：1260 我要评论"}},
	} {
		config := DefaultConfig()
		config.Keep = c.keep
		got := lines(config)
		for _, l := range base {
			if !slices.Contains(got, l) {
				t.Errorf("%s: lost %q", c.name, l)
			}
		}
		for _, l := range c.want {
			if !slices.Contains(got, l) {
				t.Errorf("%s: %q does not stay", c.name, l)
			}
		}
		if c.keep.Related || c.keep.Credits { // links and bylines beside
			continue
		}
		for _, l := range got {
			if !slices.Contains(base, l) && !slices.Contains(c.want, l) {
				t.Errorf("%s: %q came too", c.name, l)
			}
		}
	}
}

// TestKeepCutsNoText counts, over set A, the lines of the gold text that the
// default configuration cuts and the same configuration with all classes kept
// does not.
func TestKeepCutsNoText(t *testing.T) {
	pages, err := readSetA()
	if err != nil {
		t.Skip("development pages not here:", err)
	}
	all := DefaultConfig()
	all.Keep = Keep{true, true, true, true, true, true, true, true}
	cut, keep := New(DefaultConfig()), New(all)
	lost, removed := 0, 0
	for _, p := range pages {
		gold := strings.Join(strings.Fields(p.gold), "")
		base := strings.Split(cut.Extract([]byte(p.html), p.url).Text(), "\n")
		for line := range strings.SplitSeq(keep.Extract([]byte(p.html), p.url).Text(), "\n") {
			if slices.Contains(base, line) {
				continue
			}
			removed++
			if l := strings.Join(strings.Fields(line), ""); len(l) >= 30 && strings.Contains(gold, l) {
				lost++
				t.Logf("%s: cut %q", p.id[:8], line)
			}
		}
	}
	t.Logf("%d lines removed, %d of them text of ten characters or more by the gold", removed, lost)
	if lost > 12 {
		t.Errorf("%d lines of text cut", lost)
	}
}

func TestCellSeparatorAndImageAlt(t *testing.T) {
	src := []byte(`<div class=entry-content><p>下面的表列出各站的水位，单位是米，数据每小时更新一次，仅供参考，请以公告为准。</p>
<table><tr><td>东门</td><td>3.2</td></tr><tr><td>西门</td><td>3.4</td></tr><tr><td>南门</td><td>3.1</td></tr></table><p><img src=a.jpg alt=水位图>图中的线是警戒水位，超过它就要上堤。</p></div>`)
	c := DefaultConfig()
	c.CellSeparator, c.ImageAlt = " | ", true
	text := New(c).Extract(src, "").Text()
	for _, want := range []string{"东门 | 3.2\n", "水位图图中的线"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	if text := New(Config{}).Extract(src, "").Text(); !strings.Contains(text, "东门\t3.2\n") || strings.Contains(text, "水位图") {
		t.Errorf("default: %q", text)
	}
}

func TestShortRepliesConfig(t *testing.T) {
	for _, page := range []string{"forum-phpbb-one-line-replies", "forum-discuz-quotes-and-edit-marks", "cms-tieba"} {
		src, err := os.ReadFile("../testdata/pages/" + page + "/page.html")
		if err != nil {
			t.Fatal(err)
		}
		c := DefaultConfig()
		with := strings.Split(New(c).Extract(src, "").Text(), "\n")
		c.ShortReplies = false
		without := strings.Split(New(c).Extract(src, "").Text(), "\n")
		if len(without) != len(with)-1 {
			t.Errorf("%s: %q with short replies, %q without", page, with, without)
		}
	}
}
