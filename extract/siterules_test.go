package extract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ruled returns an extractor with the rules of one file.
func ruled(t testing.TB, rules string) *Extractor {
	t.Helper()
	r, err := ParseSiteRules([]RuleFile{{"dir/rules.yaml", []byte(rules)}})
	if err != nil {
		t.Fatal(err)
	}
	c := DefaultConfig()
	c.Rules = r
	return New(c)
}

const ruledPage = `<html><head><title>站名</title><meta name="pub" content="2024-03-05 10:00"></head><body>
<div class="nav"><a href="/">首页</a><a href="/a">要闻</a></div>
<div class="top">县图书馆下周重新开放，读者可以借书和看报，周末也开门，欢迎大家前来，详情请看门口的告示。</div>
<h2 class="name">图书馆 重新开放</h2><p class="by">作者：王木</p>
<div class="box"><p>第一段：修缮用了两年。</p><span class="ad">广告词</span><p>第二段。</p><div class="ad">又一条广告。</div></div>
<div class="other">无关的话，同样很长很长，讲的是另一件完全不相干的事情，谁也不会把它当作正文来读，对吧。</div>
<div class="box"><pre>  甲
  乙</pre><p>（责任编辑：某人）</p></div>
<div class="rights ad"><a rel="license" href="https://example.org/by">许可</a><p>未经授权，不得转载。</p></div>
</body></html>`

func TestSiteRules(t *testing.T) {
	const url = "https://www.news.example.cn/2024/1.html"
	for _, c := range []struct {
		name, rules, url string
		rule             string // how the rule path begins
		text             string // "" is not compared
	}{
		{"content and remove", "- {site: example.cn, content: .box, remove: .ad}", url, "site:rules.yaml#1>content", "第一段：修缮用了两年。\n第二段。\n  甲\n  乙"},
		{"list of selectors", "- {site: example.cn, content: ['.box pre', h2], remove: ['.none']}", url, "site:rules.yaml#1>content", "图书馆 重新开放\n  甲\n  乙"},
		{"host before site", "- {site: example.cn, content: .other}\n- {host: www.news.example.cn, content: .top}", url, "site:rules.yaml#2>content", ""},
		{"longest prefix first", "- {host: www.news.example.cn, content: .top}\n- {url_prefix: 'http://www.news.example.cn/', content: .top}\n- {url_prefix: 'http://WWW.news.example.cn/2024/', content: .other}", url, "site:rules.yaml#3>content", ""},
		{"prefix of another path", "- {url_prefix: 'http://www.news.example.cn/2023/', content: .box}", url, "", ""},
		{"another site", "- {site: example.org, content: .box}", url, "", ""},
		{"no address", "- {site: example.cn, content: .box}", "", "", ""},
		{"first that matches", "- {site: example.cn, content: .gone}\n- {site: example.cn, content: .top}", url, "site:rules.yaml#2>content", ""},
		{"nothing matches", "- {site: example.cn, content: .gone}", url, "site:rules.yaml#1:no_content>", ""},
		{"content is empty", "- {site: example.cn, content: head}", url, "site:rules.yaml#1:no_content>", ""},
		{"content is removed", "- {site: example.cn, content: .box, remove: .box}", url, "site:rules.yaml#1:no_content>", ""},
		{"only remove", "- {site: example.cn, remove: [.other, .nav]}", url, "site:rules.yaml#1>", ""},
		{"links are the content", "- {site: example.cn, content: .nav}", url, "site:rules.yaml#1>content", "首页要闻"},
		{"inline content", "- {site: example.cn, content: span.ad}", url, "site:rules.yaml#1>content", "广告词"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := ruled(t, c.rules).Extract([]byte(ruledPage), c.url)
			checkPage(t, p)
			if !strings.HasPrefix(p.Rule, c.rule) || c.rule == "" && strings.Contains(p.Rule, "site:") {
				t.Errorf("rule %q, want %q…", p.Rule, c.rule)
			}
			if c.text != "" && p.Text() != c.text {
				t.Error(cmp.Diff(c.text, p.Text()))
			}
			if p.LicenceLink == "" || p.Notice == "" {
				t.Errorf("rights are lost: %q %q", p.LicenceLink, p.Notice)
			}
		})
	}
}

func TestSiteRules_fields(t *testing.T) {
	const rules = "- {site: example.cn, content: .box, title: h2.name, date: 'meta[name=pub]', author: .by}"
	e := ruled(t, rules)
	p := e.Extract([]byte(ruledPage), "http://example.cn/1.html")
	if p.Title != "图书馆 重新开放" || p.Published != "2024-03-05" || p.Author != "王木" {
		t.Errorf("%q %q %q", p.Title, p.Published, p.Author)
	}
	p = e.Extract([]byte(ruledPage), "http://other.example.org/1.html")
	if p.Author == "王木" && p.Title != "站名" || strings.Contains(p.Rule, "site:") {
		t.Errorf("rule of the page before: %q %q", p.Title, p.Rule)
	}
}

func TestSiteRules_noscript(t *testing.T) {
	p := ruled(t, "- {site: example.cn, content: .t}").Extract([]byte("<body><noscript><div class=t><p>没有脚本时的正文。</p></div></noscript><p>请打开脚本。</p>"), "http://example.cn/")
	if p.Text() != "没有脚本时的正文。" {
		t.Errorf("%q by %q", p.Text(), p.Rule)
	}
}

func TestSiteRules_withoutTree(t *testing.T) {
	src := strings.Repeat("<div>", 600) + "<p class=t>很深的正文，没有树可以用。</p>"
	p := ruled(t, "- {site: example.cn, content: .t}").Extract([]byte(src), "http://example.cn/")
	if !strings.HasPrefix(p.Rule, "site:rules.yaml#1:no_tree>") || p.Problem != ProblemTooDeep {
		t.Errorf("%q %q", p.Rule, p.Problem)
	}
}

// TestSiteRules_costly reads a page made so that four descendant combinators
// would take years.
func TestSiteRules_costly(t *testing.T) {
	src := strings.Repeat("<div>", 450) + strings.Repeat("<p class=t>正文。</p>", 5000)
	p := ruled(t, "- {site: example.cn, content: .never div div div div .t}").Extract([]byte(src), "http://example.cn/")
	if !strings.HasPrefix(p.Rule, "site:rules.yaml#1:too_costly>") || p.Text() == "" {
		t.Errorf("%q", p.Rule)
	}
}

func TestCostOf(t *testing.T) {
	for sel, want := range map[string]selectorCost{
		"div.a":                    {},
		"a > b+c , d":              {},
		"a b  c":                   {up: 2},
		"a:has(> b c) ~ d":         {up: 2, side: 1},
		"tr:nth-child( 2n + 1 ) b": {up: 1, side: 1},
	} {
		if got := costOf(sel); got != want {
			t.Errorf("%q: %+v, want %+v", sel, got, want)
		}
	}
}

// TestParseSiteRules_errors: every fault is named with file, line and selector.
func TestParseSiteRules_errors(t *testing.T) {
	const keys = "site, host, url_prefix, content, remove, title, date, author"
	for _, c := range []struct{ rules, want string }{
		{"site: a", "r.yaml:1: a rule file is a list of rules, each with " + keys},
		{"", "r.yaml:1: no documents in stream"},
		{"- site: example.cn\n  content: '#a >'", `r.yaml:2: content: selector "#a >": `},
		{"- site: example.cn\n  remove:\n    - .a\n    - ''\n    - 'p::before'", "r.yaml:4: remove wants a CSS selector\nr.yaml:5: remove: selector \"p::before\": "},
		{"- site: example.cn\n  kontent: .a", `r.yaml:2: unknown key "kontent"; the keys of a rule are ` + keys},
		{"- site: example.cn\n  title: [h1, h2]", "r.yaml:2: title wants a CSS selector"},
		{"- site: example.cn\n  content: []", "r.yaml:2: content is empty"},
		{"- site: www.example.cn\n  content: p", `r.yaml:1: site "www.example.cn" is no registrable domain; that is example.cn`},
		{"- host: example.cn/news\n  content: p", `r.yaml:1: host "example.cn/news" is no host name`},
		{"- url_prefix: /news\n  content: p", `r.yaml:1: url_prefix "/news" is no address`},
		{"- host: example.cn\n  site: example.cn\n  content: p", "r.yaml:2: rule 1 has both host and site"},
		{"- content: p", "r.yaml:1: rule 1 says for no page: add site, host or url_prefix"},
		{"- {site: example.org, content: p}\n- site: example.cn", "r.yaml:2: rule 2 does nothing"},
		{"- site: example.cn\n  content: p\n  content: q", "r.yaml:3: content occurs twice in rule 1"},
		{"- [a\n- b", "r.yaml:3: did not find expected"},
		{"- x", "r.yaml:1: rule 1 is no mapping"},
	} {
		_, err := ParseSiteRules([]RuleFile{{"r.yaml", []byte(c.rules)}})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.rules, err, c.want)
		}
	}
	if _, err := ParseSiteRules([]RuleFile{{"a/r.yaml", []byte("[]")}, {"b/r.yaml", []byte("[]")}}); err == nil || !strings.HasPrefix(err.Error(), "b/r.yaml: a/r.yaml has the same name") {
		t.Errorf("two files of one name: %v", err)
	}
}

// FuzzSiteRules: no rule file and no page makes the extractor panic, and every
// rule that is accepted can be used.
func FuzzSiteRules(f *testing.F) {
	f.Add("- {site: example.cn, content: .box, remove: [.ad, 'p:nth-child(2)'], title: h2, date: time, author: .by}", ruledPage)
	f.Add("- {host: example.cn, content: 'noscript, textarea, title, br, td'}", "<table><tr><td>甲<td>乙</table><textarea>丙</textarea><noscript>丁</noscript>")
	f.Fuzz(func(t *testing.T, rules, page string) {
		r, err := ParseSiteRules([]RuleFile{{"r.yaml", []byte(rules)}})
		if err != nil || len(page) > 1<<16 {
			return
		}
		c := DefaultConfig()
		c.Rules = r
		checkPage(t, New(c).Extract([]byte(page), "http://example.cn/1.html"))
	})
}
