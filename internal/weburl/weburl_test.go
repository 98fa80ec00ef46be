package weburl

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

// The rows of this table are published ids: a change here is a new id version.
func TestCanonicalV1_frozen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"  ", ""},
		{"not an address", "not an address"},
		{"file:///data/Page.html", "file:///data/Page.html"},
		{"dns:example.com", "dns:example.com"},
		{"http://", "http://"},
		{"http:///x", "http:///x"},
		{"http://:80/x", "http://:80/x"},
		{"//Example.com/x", "http://example.com/x"},
		{" https://Example.COM \n", "http://example.com/"},
		{"HTTP://WWW.Example.com:80/A", "http://www.example.com/A"},
		{"https://example.com:443/a#top", "http://example.com/a"},
		{"https://example.com:8443/", "http://example.com:8443/"},
		{"https://example.com:80/", "http://example.com/"},
		{"http://example.com:/", "http://example.com/"},
		{"http://example.com./a", "http://example.com/a"},
		{"http://user:secret@example.com/a@b", "http://example.com/a@b"},
		{"http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"},
		{"http://[::1]", "http://[::1]/"},
		{"http://example.com?", "http://example.com/"},
		{"http://example.com?b=2&a=1&", "http://example.com/?b=2&a=1&"},
		{"http://example.com/a/./b/../c", "http://example.com/a/c"},
		{"http://example.com/../../a/..", "http://example.com/"},
		{"http://example.com/a/.", "http://example.com/a/"},
		{"http://example.com/%2e%2E/a", "http://example.com/a"},
		{"http://example.com/a//b/", "http://example.com/a//b/"},
		{"http://example.com/a?x=../b", "http://example.com/a?x=../b"},
		{"http://example.com/%7euser/%e4%b8%ad%2f", "http://example.com/~user/%E4%B8%AD%2F"},
		{"http://example.com/中文?q=清 流", "http://example.com/%E4%B8%AD%E6%96%87?q=%E6%B8%85%20%E6%B5%81"},
		{"http://example.com/\xd6\xd0", "http://example.com/%D6%D0"},
		{"http://example.com/100%", "http://example.com/100%25"},
		{"http://example.com/%%34%31", "http://example.com/%2541"},
		{"http://example.com/a\tb\r\nc", "http://example.com/abc"},
		{`http:\\example.com\a\b?c\d`, "http://example.com/a/b?c%5Cd"},
		{"http://中国.cn/a", "http://中国.cn/a"},
		{"http://xn--fiqs8s.CN/", "http://xn--fiqs8s.cn/"},
		{"http://example.com/index.html?utm_source=x&from=timeline", "http://example.com/index.html?utm_source=x&from=timeline"},
		{"https://mp.weixin.qq.com/s?__biz=MzA3&mid=1&idx=1&sn=ab#wechat_redirect", "http://mp.weixin.qq.com/s?__biz=MzA3&mid=1&idx=1&sn=ab"},
	} {
		if got := CanonicalV1(c.in); got != c.want {
			t.Errorf("CanonicalV1(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"not an address ", "not an address"},
		{"https://www.example.com/", "http://example.com/"},
		{"http://www.com/", "http://www.com/"},
		{"http://m.example.com/a", "http://m.example.com/a"},
		{"http://example.com", "http://example.com/"},
		{"http://example.com/Index.HTML", "http://example.com/"},
		{"http://example.com/a/index.php", "http://example.com/a"},
		{"http://example.com/a/", "http://example.com/a"},
		{"http://example.com/a/default.aspx?id=3", "http://example.com/a?id=3"},
		{"http://example.com/index53.html", "http://example.com/index53.html"},
		{"http://example.com/myindex.html", "http://example.com/myindex.html"},
		{"http://example.com/a?utm_source=weibo&id=7&UTM_medium=x", "http://example.com/a?id=7"},
		{"http://example.com/a?id=7&page=2&&x", "http://example.com/a?id=7&page=2&x"},
		{"http://example.com/a?from=timeline&isappinstalled=0", "http://example.com/a"},
		{"http://example.com/list?from=beijing&to=shanghai", "http://example.com/list?from=beijing&to=shanghai"},
		{"http://example.com/a?spm=a2c4e.11153940", "http://example.com/a"},
		{"http://example.com/a;jsessionid=0A1B?id=1", "http://example.com/a?id=1"},
		{"http://example.com/a;JSESSIONID=0A1B/b", "http://example.com/a/b"},
		{"http://example.com/a?PHPSESSID=abc", "http://example.com/a"},
		{"http://example.com/t?sid=0123456789abcdef0123456789ABCDEF&tid=5", "http://example.com/t?tid=5"},
		{"http://example.com/t?sid=42", "http://example.com/t?sid=42"},
		{"http://mp.weixin.qq.com/s?__biz=Mz&mid=1&sn=a&chksm=b&scene=21#wechat_redirect", "http://mp.weixin.qq.com/s?__biz=Mz&mid=1&sn=a"},
	} {
		if got := Canonical(c.in); got != c.want {
			t.Errorf("Canonical(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	mobile, sorted, drop := &Form{MergeMobile: true}, &Form{SortParams: true}, &Form{DropParams: []string{"ref", "trk_*"}}
	for _, c := range []struct {
		f        *Form
		in, want string
	}{
		{mobile, "http://m.example.com/a", "http://example.com/a"},
		{mobile, "http://www.m.example.com:8080/a", "http://example.com:8080/a"},
		{mobile, "http://wap.example.com.cn/", "http://example.com.cn/"},
		{mobile, "http://3g.bj.gov.cn/", "http://bj.gov.cn/"},
		{mobile, "http://m.com/", "http://m.com/"},
		{mobile, "http://m.com.cn/", "http://m.com.cn/"},
		{mobile, "http://m.gov.cn/x", "http://m.gov.cn/x"},
		{mobile, "http://mm.example.com/", "http://mm.example.com/"},
		{sorted, "http://example.com/?b=2&a=1&utm_x=3", "http://example.com/?a=1&b=2"},
		{sorted, "http://example.com/?a=2&a=1", "http://example.com/?a=1&a=2"},
		{drop, "http://example.com/?REF=1&id=2&trk_src=3&trk=4", "http://example.com/?id=2&trk=4"},
		{new(Form), "http://www.中国.公司.CN/a", "http://xn--fiqs8s.xn--55qx5d.cn/a"},
		{new(Form), "http://xn--fiqs8s.cn/", "http://xn--fiqs8s.cn/"},
		{new(Form), "http://例子.中国:8080/", "http://xn--fsqu00a.xn--fiqs8s:8080/"},
		{new(Form), "http://example.com/\xd6\xd0?q=%d6%d0", "http://example.com/%D6%D0?q=%D6%D0"},
	} {
		if got := c.f.Canonical(c.in); got != c.want {
			t.Errorf("%+v: Canonical(%q) = %q, want %q", *c.f, c.in, got, c.want)
		}
	}
}

func TestReadable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"http://example.com/a%20b", "http://example.com/a%20b"},
		{"http://example.com/%E4%B8%AD%E6%96%87?q=%e6%b8%85", "http://example.com/中文?q=清"},
		{"http://example.com/%D6%D0%CE%C4", "http://example.com/中文"},
		{"http://example.com/%D6", "http://example.com/%D6"},
		{"http://example.com/%", "http://example.com/%"},
		{"", ""},
	} {
		if got := Readable(c.in); got != c.want {
			t.Errorf("Readable(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestHost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"example.com/a", ""},
		{"mailto:a@example.com", ""},
		{"http://Example.COM:8080/a", "example.com"},
		{"https://user@example.com./", "example.com"},
		{"http://[2001:DB8::1]:80/", "[2001:db8::1]"},
		{"http://中国.CN/", "中国.cn"},
		{"http://xn--fiqs8s.cn/", "xn--fiqs8s.cn"},
	} {
		if got := Host(c.in); got != c.want {
			t.Errorf("Host(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"example.com", "example.com"},
		{"news.bj.example.com.cn", "example.com.cn"},
		{"www.moe.gov.cn", "moe.gov.cn"},
		{"gov.cn", "gov.cn"},
		{"www.hcdd.cq.cn", "hcdd.cq.cn"},
		{"a.b.example.com.tw", "example.com.tw"},
		{"blog.user.github.io", "user.github.io"},
		{"github.io", "github.io"},
		{"192.0.2.7", "192.0.2.7"},
		{"[2001:db8::1]", "[2001:db8::1]"},
		{"localhost", "localhost"},
		{"wiki.intranet", "wiki.intranet"},
		{"www.新闻.公司.cn", "新闻.公司.cn"},
		{"www.例子.中国", "例子.中国"},
		{"..", ".."},
		{".example.com", ".example.com"},
		{"a..example.com", "a..example.com"},
	} {
		if got := Site(c.in); got != c.want {
			t.Errorf("Site(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestForms_areStable(t *testing.T) {
	t.Parallel()
	piece := rapid.OneOf(rapid.SampledFrom([]string{
		"http://", "https://", "HTTP:", "//", "/", "\\", ".", "..", "%", "%2e", "%41", "%e4", ":", ":80", ":443", "@", "[", "]",
		"?", "&", "=", "#", "www.", "a.com", "index.html", "index.php", ";jsessionid=1", "utm_x=1", "中", "\xd6", " ", "\t",
	}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), "")
		if rapid.Bool().Draw(t, "address") {
			s = "http://h" + s
		}
		v1 := CanonicalV1(s)
		if again := CanonicalV1(v1); again != v1 {
			t.Fatalf("CanonicalV1(%q) = %q, and of that %q", s, v1, again)
		}
		c := Canonical(s)
		if again := Canonical(c); again != c {
			t.Fatalf("Canonical(%q) = %q, and of that %q", s, c, again)
		}
		if fromV1 := Canonical(v1); fromV1 != c {
			t.Fatalf("Canonical(%q) = %q, but %q of its V1 form", s, c, fromV1)
		}
		if h := Host(s); h != Host(v1) {
			t.Fatalf("Host(%q) = %q, of its V1 form %q", s, h, Host(v1))
		}
		Site(Host(s))
	})
}

// The development crawl holds the same bytes planted under a second address.
func TestCanonical_plantedVariants(t *testing.T) {
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	f, err := os.Open(filepath.Join(dir, "crawl-dev", "manifest.tsv.zst"))
	if err != nil {
		t.Skipf("no development data: %v", err)
	}
	defer f.Close()
	zr, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer zr.Close()
	type row struct{ url, body, features string }
	var rows []row
	byBody := map[string][]string{}
	sc := bufio.NewScanner(zr)
	sc.Buffer(nil, 1<<20)
	sc.Scan() // column names
	for sc.Scan() {
		col := strings.Split(sc.Text(), "\t")
		rows = append(rows, row{col[5], col[18], col[19]})
		if !strings.Contains(col[19], "url-variant") {
			byBody[col[18]] = append(byBody[col[18]], col[5])
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	var same, mobile, missed int
	for _, r := range rows {
		if !strings.Contains(r.features, "url-variant") {
			continue
		}
		found := false
		for _, u := range byBody[r.body] {
			found = found || Canonical(u) == Canonical(r.url)
		}
		switch {
		case found:
			same++
		case strings.HasPrefix(Host(r.url), "m."):
			mobile++ // kept apart on purpose
		default:
			missed++
			t.Logf("missed: %s, first address %q", r.url, byBody[r.body])
		}
	}
	t.Logf("same form: %d, m. hosts kept apart: %d, missed: %d", same, mobile, missed)
	if missed > 0 {
		t.Errorf("%d planted variants have another form than the first address", missed)
	}
}

func BenchmarkCanonicalV1(b *testing.B) {
	const u = "https://www.example.com/tags/%E5%87%BD%E6%95%B0/page/1/index.html?from=timeline&id=42"
	b.ReportAllocs()
	for b.Loop() {
		CanonicalV1(u)
	}
}

func BenchmarkCanonical(b *testing.B) {
	const u = "https://www.example.com/tags/%E5%87%BD%E6%95%B0/page/1/index.html?from=timeline&id=42"
	b.ReportAllocs()
	for b.Loop() {
		Canonical(u)
	}
}
