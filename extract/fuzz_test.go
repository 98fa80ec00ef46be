package extract

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkPage asserts what holds for every page.
func checkPage(t *testing.T, p *Page) {
	t.Helper()
	for _, s := range []string{p.Text(), p.Title, p.SiteName, p.Author, p.Attribution, p.Published, p.Language,
		p.CanonicalURL, p.Keywords, p.Robots, p.TDM, p.LicenceLink, p.Notice, p.Rule} {
		if !utf8.ValidString(s) {
			t.Fatalf("not UTF-8: %q", s)
		}
	}
	if strings.HasPrefix(p.Text(), "\n") || strings.HasSuffix(p.Text(), "\n") || strings.ContainsAny(p.Text(), "\r\x00") {
		t.Fatalf("text has odd line ends or control characters: %q", p.Text())
	}
	if p.Type == "" || p.Rule == "" || p.Confidence < 0 || p.Confidence > 1 || p.TypeConfidence < 0 || p.TypeConfidence > 1 {
		t.Fatalf("labels: %+v", *p)
	}
	if len(p.Notice) > maxNoticeBytes {
		t.Fatalf("notice of %d bytes", len(p.Notice))
	}
}

func FuzzExtract(f *testing.F) {
	f.Add([]byte("<title>标题_网站</title><body><div id=js_content style='visibility:hidden'>正文，第一段。<br>第二段。</div>"))
	f.Add([]byte("<table><tr><td>甲<td>乙<tr><td>丙<td><pre> a\n  b</pre></table><a name=x>没有地址"))
	f.Add([]byte("<font><table><tr><td><font>一<table><td>二</font></table></font>三"))
	f.Add([]byte("<noscript><p>\xff\xfe</noscript><style>x</style><h1>\x00\u200b</h1>2024-03-05 来源：新华网"))
	f.Add([]byte(strings.Repeat("<div>", 600) + "深，很深。"))
	f.Add([]byte(strings.Repeat("<font color=1>", 400) + strings.Repeat("<p>字", 3000)))
	f.Add([]byte(`<div id=app></div><script>window.__INITIAL_STATE__={"content":"<p>` + strings.Repeat(`正文\u4e00，一句话。<\/p>\n<p>`, 20) + `"}</script>`))
	f.Add([]byte(`<p>甲<sup>2</sup><math alttext="x^2"></math><img class=tex alt="a"><pre><div>a</div><div></div><code>b</code><code>c</code></pre>════&amp;nbsp;&amp;nbsp;`))
	c := DefaultConfig()
	c.MaxNodes = 20_000
	e, fresh := New(c), New(c)
	f.Fuzz(func(t *testing.T, src []byte) {
		got := *e.Extract(src, "http://example.cn/docs/")
		checkPage(t, &got)
		*fresh = *New(c)
		want := *fresh.Extract(src, "http://example.cn/docs/")
		same := got.Text() == want.Text()
		got.text, want.text = nil, nil
		if !same || !reflect.DeepEqual(got, want) {
			t.Fatalf("a used extractor gives another page:\n got %+v\nwant %+v", got, want)
		}
	})
}
