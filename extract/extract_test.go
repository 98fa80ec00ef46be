package extract

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func ExampleExtractor_Extract() {
	e := New(DefaultConfig())
	p := e.Extract([]byte(`<title>江边步道新添路灯_江城新闻</title>
<div class=nav><a href=/>首页</a> <a href=/c>城事</a></div>
<div class=article-content><p>江边步道北段新装的二十盏路灯昨晚亮灯，夜跑的市民不用再打手电筒了。</p>
<p>灯杆采用低角度照明，减少对江鸥和沿岸住户的影响，夜里十一点熄灯。</p></div>
<div>上一篇：<a href=1>无</a></div>`), "http://news.example.cn/1.html")
	fmt.Println(p.Title, p.SiteName, p.Type, p.Rule)
	fmt.Println(p.Text())
	// Output:
	// 江边步道新添路灯 江城新闻 article container:article-content>filter
	// 江边步道北段新装的二十盏路灯昨晚亮灯，夜跑的市民不用再打手电筒了。
	// 灯杆采用低角度照明，减少对江鸥和沿岸住户的影响，夜里十一点熄灯。
}

// TestAllocs pins what extraction allocates beyond the parser: the strings of the
// page and little more.
func TestAllocs(t *testing.T) {
	src, err := os.ReadFile("../testdata/pages/government-notice-with-furniture/page.html")
	if err != nil {
		t.Fatal(err)
	}
	e := New(DefaultConfig())
	parse := testing.AllocsPerRun(20, func() {
		_, _ = html.ParseWithOptions(bytes.NewReader(src), html.ParseOptionEnableScripting(false))
	})
	all := testing.AllocsPerRun(20, func() { e.Extract(src, "http://www.example.cn/1.html") })
	if all-parse > 30 {
		t.Errorf("%v allocations beyond the %v of the parser", all-parse, parse)
	}
}

// TestFormattingBomb feeds pages whose tree would be thousands of times their
// size.
func TestFormattingBomb(t *testing.T) {
	var fonts strings.Builder
	for i := range 400 {
		fmt.Fprintf(&fonts, "<font x=%d>", i)
	}
	e := New(DefaultConfig())
	for name, src := range map[string]string{
		"open elements": "<p>" + fonts.String() + "</p>" + strings.Repeat("<p>字，字。</p>", 20_000),
		"attributes":    "<p><font " + strings.Repeat("a ", 200_000) + "></p>" + strings.Repeat("<p>字，字。</p>", 20_000),
		"many tags":     strings.Repeat("<p>字，字。", 300_000),
	} {
		p := e.Extract([]byte(src), "")
		checkPage(t, p)
		if p.Problem != ProblemTooManyNodes || !strings.HasPrefix(p.Text(), "字，字。") {
			t.Errorf("%s: problem %q, text of %d bytes", name, p.Problem, len(p.Text()))
		}
	}
	if cap(e.d.bl) > 2*maxKeepBlocks {
		e.Extract([]byte("<p>小页。"), "")
		if cap(e.d.bl) > maxKeepBlocks {
			t.Errorf("kept %d blocks after a giant page", cap(e.d.bl))
		}
	}
}

func TestTreeNodes(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
	}{
		{"", 0}, {"a < b", 0}, {"<p>x</p>", 4}, {"<b>x</b><p>", 6}, {"<b><i><p>", 8},
		{"<a><a><a><p>", 9}, {`<font a="<p>" b='>' c><p>`, 6}, {"<b", 2}, {"<", 0},
	} {
		if got := treeNodes([]byte(c.in), 1000); got != c.want {
			t.Errorf("treeNodes(%q) = %d, want %d", c.in, got, c.want)
		}
	}
}

func TestCommentsConfig(t *testing.T) {
	src := []byte(`<div class=entry-content><p>今天买豆浆的时候，老板娘说做到月底就不做了，店面要改成快递站。</p><p>我在这里吃了六年早饭，一时不知道说什么好，就多买了两根油条。</p></div>
<hr><div class=sidebar><a href=1>首页</a> <a href=2>关于</a> <a href=3>留言本</a></div><div class=comments><p>我们小区也是这样，先是修鞋的走了，后来裁缝铺也关门了，现在全是中介。</p></div>`)
	const comment = "裁缝铺"
	c := DefaultConfig()
	if p := New(c).Extract(src, ""); strings.Contains(p.Text(), comment) || !strings.Contains(p.Text(), "油条") {
		t.Errorf("without comments: %q", p.Text())
	}
	c.Comments = true
	if p := New(c).Extract(src, ""); !strings.Contains(p.Text(), comment) || !strings.Contains(p.Text(), "油条") {
		t.Errorf("with comments: %q", p.Text())
	}
}

func TestDepthConfig(t *testing.T) {
	src := []byte(strings.Repeat("<div>", 100) + "深处的文字，一句话。")
	c := DefaultConfig()
	if p := New(c).Extract(src, ""); p.Problem != "" {
		t.Errorf("problem %q", p.Problem)
	}
	c.MaxDepth = 50
	if p := New(c).Extract(src, ""); p.Problem != ProblemTooDeep || p.Text() != "深处的文字，一句话。" {
		t.Errorf("problem %q, text %q", p.Problem, p.Text())
	}
}

func TestPageType(t *testing.T) {
	para := "<p>这是一段足够长的正文，有逗号，也有句号，读起来像是一篇文章里的话。</p>"
	links := strings.Repeat("<li><a href=x.html>关于做好有关工作的通知之一</a></li>", 12)
	e := New(DefaultConfig())
	for _, c := range []struct{ name, src, url, want string }{
		{"empty", "<body></body>", "", TypeEmpty},
		{"article", para + para + para, "", TypeArticle},
		{"list", "<ul>" + links + "</ul>", "", TypeList},
		{"list with a line of text", "<ul>" + links + "</ul>" + para, "http://x.cn/news/", TypeList},
		{"error", "<title>404 Not Found</title><h1>404 Not Found</h1><hr>nginx", "", TypeError},
		{"error in words", "<title>提示</title><p>您访问的页面不存在</p>", "", TypeError},
		{"article about an error", "<title>浏览器怎样处理错误</title>" + strings.Repeat(para, 4) + "<p>服务器返回404</p>", "", TypeArticle},
		{"login", "<title>用户登录</title><form>用户名<input name=u> 密码<input type=password> 记住我</form>", "", TypeLogin},
		{"parked", "<title>example.cn</title><p>该域名可以出售，域名交易请联系。此域名正在出售</p>", "", TypeParked},
		{"wiki", "<title>茶树_百度百科</title>" + para + para, "", TypeWiki},
		{"doc", para + para, "https://docs.example.cn/a.html", TypeDoc},
		{"product", "<p>紫砂壶，容量二百毫升，手工制作。</p><p>价格 318</p><div>加入购物车</div>" + para, "", TypeProduct},
		{"blog index", strings.Repeat("<div class=post><h2><a href=p.html>一篇文章的标题</a></h2>"+para+"</div>", 4), "", TypeList},
		{"comments below a post", para + para + strings.Repeat("<div class=comment>"+para+"</div>", 5), "http://x.cn/2012/5.html", TypeArticle},
		{"replies in a forum", para + para + strings.Repeat("<div class=comment>"+para+"</div>", 5), "http://bbs.x.cn/5.html", TypeForum},
		{"ld+json only", `<script type="application/ld+json">{"articleBody":"` + strings.Repeat("正文在脚本里，一句话。", 20) + `"}</script><div id=app></div>`, "", TypeArticle},
	} {
		if p := e.Extract([]byte(c.src), c.url); p.Type != c.want {
			t.Errorf("%s: type %q, want %q (rule %s, text %q)", c.name, p.Type, c.want, p.Rule, p.Text())
		}
	}
}

// Short entries of a manual stand inside a menu larger than themselves.
func TestPageType_reference(t *testing.T) {
	menu := "<ul>" + strings.Repeat("<li><a href=x.html>字符串对象的其他方法</a></li>", 30) + "</ul>"
	const (
		head     = "<title>JavaScript 字符串 bold() 方法</title>"
		title    = "<h1>JavaScript 字符串 bold() 方法</h1>"
		sentence = "<p>bold() 方法用于把字符串显示为粗体，并返回它。</p>"
		listing  = "<h2>语法</h2><pre>var text = stringObject.bold()</pre>"
		table    = "<h2>参数</h2><table><tr><th>参数</th><th>描述</th></tr><tr><td>size</td><td>字号</td></tr><tr><td>color</td><td>颜色的名称</td></tr></table>"
		headed   = "<h2>定义和用法</h2><p>返回值是新的字符串，原来的不变。</p>"
		linked   = "<h2>参见</h2><table><tr><td><a href=a.html>字符串对象的大号方法</a></td></tr><tr><td><a href=b.html>字符串对象的小号方法</a></td></tr></table>"
	)
	e := New(DefaultConfig())
	for _, c := range []struct {
		name, src, url string
		doc            bool
	}{
		{"listing", menu + title + sentence + listing, "http://x.cn/ref/bold.html", true},
		{"table of arguments", menu + title + sentence + table, "http://x.cn/ref/bold.html", true},
		{"headings", menu + title + sentence + headed, "http://x.cn/ref/bold.html", true},
		{"of a manual of tags", menu + title + sentence + table, "http://x.cn/tags/att-a-href.html", true},
		{"page of a tag", menu + title + sentence + table, "http://x.cn/tags/href/", false},
		{"page of an index", menu + title + sentence + listing, "http://x.cn/", false},
		{"page of a pager", menu + title + sentence + table, "http://x.cn/ref/page/2.html", false},
		{"title is no heading", menu + "<div>JavaScript 字符串 bold() 方法</div>" + sentence + table, "http://x.cn/ref/bold.html", false},
		{"table of links", menu + title + linked, "http://x.cn/ref/bold.html", false},
		{"table without a sentence", menu + title + table, "http://x.cn/ref/bold.html", false},
		{"title alone", menu + title, "http://x.cn/ref/bold.html", false},
	} {
		if p := e.Extract([]byte(head+c.src), c.url); (p.Type == TypeDoc) != c.doc {
			t.Errorf("%s: type %q, doc wanted: %v (rule %s, text %q)", c.name, p.Type, c.doc, p.Rule, p.Text())
		}
	}
}
