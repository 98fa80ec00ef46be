package extract

import (
	"strings"
	"testing"
)

// TestContainers builds a page for every name of the table: the text in an element
// of that name, beside a longer column of excerpts, and no other hint.
func TestContainers(t *testing.T) {
	e := New(DefaultConfig())
	page := func(name string) string {
		return `<html><head><title>水渠修好了</title></head><body><div><a href="/">首页</a> <a href="/a">新闻</a></div>
<div class="x1"><p>村里的水渠去年夏天被冲垮了一段，今年开春以后大家一起动手，用了二十天把它修好。</p><p>石头是从后山背下来的，每一块都有几十斤，妇女和老人也来帮忙递工具、烧水。</p></div>
<div class="` + name + `"><p>渠水流进田里的那天早上，许多人站在田埂上看，小孩子把脚伸进水里，水还很凉。</p><p>今年的秧苗比去年早插了十天，到秋天再看收成，要是好，明年还要把渠再往上修三里。</p><p>负责记账的人把每家出的工都写在墙上，一共是六百四十个工，谁也没有多算，谁也没有少算。</p></div></body></html>`
	}
	for _, s := range systems {
		for _, name := range s.names {
			p := e.Extract([]byte(page(name)), "http://www.example.cn/1.html")
			if !strings.HasPrefix(p.Rule, "container:"+name) || !strings.HasPrefix(p.Text(), "渠水流进") || strings.Count(p.Text(), "\n") != 2 {
				t.Errorf("%s: %s: rule %s, text %q", s.name, name, p.Rule, p.Text())
			}
		}
	}
	for _, name := range commonNames {
		p := e.Extract([]byte(page(name)), "http://www.example.cn/1.html")
		if !strings.Contains(p.Text(), "渠水流进") {
			t.Errorf("%s: rule %s, text %q", name, p.Rule, p.Text())
		}
	}
}
