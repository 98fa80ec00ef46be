package extract

import "testing"

func TestAppendPage(t *testing.T) {
	const url = "http://www.example.cn/a/b/1.html?x=1#top"
	const own = "example.cn/a/b/1.html"
	for _, c := range []struct{ base, link, want string }{
		{"", url, own},
		{"", "https://example.cn/a/b/1.html", own},
		{"", "//m.example.cn:443/a/b/1.html", own},
		{"", "HTTP://WWW.EXAMPLE.CN:80/a//b/./1.html/", own},
		{"", "/a/b/1.html", own},
		{"", " 1.html?from=index ", own},
		{"", "../b/1.html#p2", own},
		{"", `..\b\1.html`, own},
		{"", `\a\b\1.html`, own},
		{"", "%31.html", own},
		{"", "?page=2", own},
		{"", "#p2", own},
		{"", "", own},
		{"", "2.html", "example.cn/a/b/2.html"},
		{"", "../../../../c/", "example.cn/c"},
		{"", "Index.aspx", "example.cn/a/b"},
		{"", "./", "example.cn/a/b"},
		{"", "/default.html?x", "example.cn"},
		{"", "/index.php/archives/7/", "example.cn/index.php/archives/7"},
		{"", "/%E8%8C%B6", "example.cn/茶"},
		{"", "/100%", "example.cn/100%"},
		{"", "http://m.cn/1", "m.cn/1"}, // m. is the name of the site
		{"", "http://other.example.cn/1", "other.example.cn/1"},
		{"/", "c/1.html", "example.cn/c/1.html"},
		{"/d/e.html", "1.html", "example.cn/d/1.html"},
		{"https://example.org/d/", "1.html", "example.org/d/1.html"},
		{"https://example.org", "1.html", "example.org/1.html"},
		{"https://example.org/d/", "/1.html", "example.org/1.html"},
		{"", "javascript:;", ""},
		{"", "mailto:a@example.cn", ""},
		{"", "ftp://example.cn/a", ""},
		{"", "http:", ""},
		{"", "http://", ""},
	} {
		if got := string(appendPage(nil, url, c.base, c.link)); got != c.want {
			t.Errorf("base %q, link %q: %q, want %q", c.base, c.link, got, c.want)
		}
	}
	for _, url := range []string{"", "a.html", "file:///a.html"} {
		if got := string(appendPage(nil, url, "", "http://example.cn/1")); got != "" {
			t.Errorf("url %q: %q", url, got)
		}
	}
}

func TestIsFolderOf(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"x.cn", "x.cn/a/1", true}, {"x.cn/a", "x.cn/a/1", true}, {"x.cn/a/1", "x.cn/a/1", true},
		{"x.cn/a", "x.cn/ab", false}, {"x.cn/a/1", "x.cn/a", false}, {"x.cn", "x.cn", true},
	} {
		if got := isFolderOf([]byte(c.a), []byte(c.b)); got != c.want {
			t.Errorf("isFolderOf(%q, %q) = %v", c.a, c.b, got)
		}
	}
}
