package extract

import (
	"strings"
	"testing"
)

// A page whose text is the entry of an index is a list; what looks like one is not.
func TestPageType_entry(t *testing.T) {
	const (
		url   = "http://www.example.cn/2020/1.html"
		site  = "<title>江边日记</title>"
		text  = "<p>这是一段足够长的正文，有逗号，也有句号，读起来像是一篇文章里的话，说的是江边的渡船和早市。</p>"
		body  = text + "<p>对岸的钟敲过五下，卖菜的人挑着担子下到水边，竹筐里的菱角还带着露水，一路滴到船板上。</p><p>船老大收起跳板，把缆绳往岸上一抛，发动机响了几声，船头便慢慢转向江心，雾也跟着散开了。</p>"
		head  = "<h2><a href=2.html>清早在渡口等第一班船</a></h2>"
		short = "<p>渡口的早晨</p>"
	)
	link := func(href string) string { return `<h2><a href="` + href + `">清早在渡口等第一班船</a></h2>` }
	e := New(DefaultConfig())
	for _, c := range []struct {
		name, src, url string
		list           bool
	}{
		{"entry", site + head + body, url, true},
		{"link around the heading", site + "<a href=2.html><h2>清早在渡口等第一班船</h2></a>" + body, url, true},
		{"element named as a title", site + "<div class=item-title><a href=/blog/2>清早在渡口等第一班船</a></div>" + body, url, true},
		{"link named as a title", site + "<div><a class=entry-title href=/blog/2>清早在渡口等第一班船</a></div>" + body, url, true},
		{"date between", site + head + "<div>2020-03-01</div>" + body, url, true},
		{"half a link", site + "<h2>渡口的早晨：<a href=2.html>等第一班船</a></h2>" + body, url, true},
		{"less than half a link", site + "<h2>这渡口的早晨：<a href=2.html>等第一班船</a></h2>" + body, url, false},
		{"short lines first", site + head + short + "<h3>小标题</h3>" + body, url, true},
		{"first headline is no link", site + "<h3>渡口边上的早市和渡船</h3>" + short + body, url, false},
		{"seven characters", site + "<h2><a href=2.html>等第一班船去</a></h2>" + body, url, false},
		{"eight characters", site + "<h2><a href=2.html>在渡口等第一班船</a></h2>" + body, url, true},
		{"six lines above", site + head + strings.Repeat("<div><a href=/t>三月</a></div>", 5) + body, url, true},
		{"seven lines above", site + head + strings.Repeat("<div><a href=/t>三月</a></div>", 6) + body, url, false},
		{"under its own headline", site + head + "<h3>渡口边上的早市和渡船</h3>" + body, url, false},
		{"heading of a section", site + head + "<h3>渡船</h3>" + text, url, true},
		{"column of an index by its address", "<title>江边日记里的随笔</title><h1>江边日记里的随笔</h1>" + head + body, "http://www.example.cn/index_2.html", true},

		{"no address", site + head + body, "", false},
		{"other host", site + link("http://other.example.cn/2.html") + body, url, false},
		{"script", site + link("javascript:;") + body, url, false},
		{"mark inside the page", site + link("#p1") + body, url, false},
		{"itself", site + link(url) + body, url, false},
		{"itself, relative", site + link("1.html") + body, url, false},
		{"itself, with a query", site + link("/2020/1.html?from=index") + body, url, false},
		{"itself, other scheme and host", site + link("https://example.cn/2020/1.html") + body, url, false},
		{"itself, no scheme", site + link("//www.example.cn/2020/1.html") + body, url, false},
		{"itself, slash", site + link("/blog/ferry/index.html") + body, "https://www.example.cn/blog/ferry/", false},
		{"itself, canonical", site + "<link rel=canonical href=http://www.example.cn/blog/2>" + link("/blog/2/") + body, url, false},
		{"itself, og:url", site + "<meta property=og:url content=http://www.example.cn/blog/2>" + link("/blog/2/") + body, url, false},
		{"folder of the page", site + link("/2020/") + body, url, false},
		{"home page", site + link("http://www.example.cn/") + body, url, false},
		{"itself by the base", site + "<head><base href=http://www.example.cn/2020/></head>" + link("1.html") + body, url, false},

		{"title of the page", "<title>清早在渡口等第一班船 - 江边日记</title>" + head + body, url, false},
		{"og:title", site + `<meta property="og:title" content="清早在渡口等第一班船">` + head + body, url, false},
		{"only h1", site + "<h1><a href=2.html>清早在渡口等第一班船</a></h1>" + body, url, false},
		{"no title at all", head + body, url, false},
		{"previous page", site + "<h2><a href=2.html>上一篇：清早在渡口等船</a></h2>" + body, url, false},
		{"article with a linked heading", "<title>江边的渡船怎样开行</title><h1>江边的渡船怎样开行</h1>" + head + body, url, false},
	} {
		if p := e.Extract([]byte(c.src), c.url); (p.Type == TypeList) != c.list {
			t.Errorf("%s: type %q, list wanted: %v (rule %s, text %q)", c.name, p.Type, c.list, p.Rule, p.Text())
		}
	}
}

// Threads and manuals keep their type under headings that lead elsewhere.
func TestPageType_notEntry(t *testing.T) {
	text := "<p>这是一段足够长的正文，有逗号，也有句号，读起来像是一篇文章里的话，说的是江边的渡船和早市。</p>"
	head := "<h2><a href=/t/2.html>清早在渡口等第一班船</a></h2>"
	posts := strings.Repeat("<div class=comment>"+text+"</div>", 5)
	e := New(DefaultConfig())
	for _, c := range []struct{ name, src, url, want string }{
		{"forum", "<title>江边论坛</title>" + head + text + text + posts, "http://bbs.example.cn/5.html", TypeForum},
		{"doc by address", "<title>江边日记</title>" + head + text + text, "http://www.example.cn/docs/5.html", TypeDoc},
		{"doc by title", "<title>渡船教程</title>" + head + text + text, "http://www.example.cn/2020/5.html", TypeDoc},
		{"wiki", "<title>渡船_百度百科</title>" + head + text + text, "http://www.example.cn/2020/5.html", TypeWiki},
	} {
		if p := e.Extract([]byte(c.src), c.url); p.Type != c.want {
			t.Errorf("%s: type %q, want %q (rule %s)", c.name, p.Type, c.want, p.Rule)
		}
	}
}

// What one page notes of its headlines is gone on the next.
func TestPageType_entryForgotten(t *testing.T) {
	text := strings.Repeat("<p>这是一段足够长的正文，有逗号，也有句号，读起来像是一篇文章里的话，说的是江边的渡船和早市。</p>", 3)
	e := New(DefaultConfig())
	const url = "http://www.example.cn/2020/1.html"
	if p := e.Extract([]byte("<title>江边日记</title><h2><a href=2.html>清早在渡口等第一班船</a></h2>"+text), url); p.Type != TypeList {
		t.Errorf("entry: type %q", p.Type)
	}
	if p := e.Extract([]byte("<title>江边日记</title><h2>清早在渡口等第一班船</h2>"+text), url); p.Type != TypeArticle {
		t.Errorf("article: type %q", p.Type)
	}
}
