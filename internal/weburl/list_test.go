package weburl

import (
	"fmt"
	"path"
	"runtime"
	"strings"
	"testing"
)

func mustList(t testing.TB, text string) *List {
	t.Helper()
	l, err := ReadList("list", strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestList(t *testing.T) {
	t.Parallel()
	l := mustList(t, "\ufeff# date: 2026-11-01\n"+
		"\n# a comment\n"+
		"domain\texample.com\tasked by mail\n"+ // 4
		"host\tnews.example.org\n"+ // 5
		"prefix\texample.net/bbs/old/\n"+ // 6
		"url\thttps://www.example.net/a/index.html?utm_source=x&id=1\n"+ // 7
		"glob\t*.gov.cn/*/archive/*\n"+ // 8
		"plain.example\n"+ // 9
		"http://one.example/page\n"+ // 10
		"two.example/shop\n"+ // 11
		"*casino*\n"+ // 12
		"中国.公司.cn\n"+ // 13
		"*.stars.example\r\n"+ // 14
		"www.dubs.example\n"+ // 15
		"192.0.2.7\n"+ // 16
		"prefix\tport.example:8080/a\n"+ // 17
		"example.net/bbs\n"+ // 18
		"glob\thttp://gb.example/*%D6%D0*\n") // 19
	if l.Date != "2026-11-01" || l.Entries != 16 || len(l.SHA256) != 64 {
		t.Errorf("date %q, %d entries, %s", l.Date, l.Entries, l.SHA256)
	}
	for _, c := range []struct {
		url  string
		line int
	}{
		{"http://example.com/", 4},
		{"https://www.example.com/x?y", 4},
		{"http://a.b.example.com:8080/x", 4},
		{"http://notexample.com/", 0},
		{"http://example.com.cn/", 0},
		{"http://news.example.org/a", 5},
		{"http://www.news.example.org/a", 5},
		{"http://a.news.example.org/a", 0},
		{"http://example.org/a", 0},
		{"http://example.net/bbs/old", 6},
		{"http://www.example.net/bbs/old/3/4?x", 6},
		{"http://example.net/bbs/older", 18},
		{"http://example.net/bbs?x=1", 18},
		{"http://example.net/bbsx", 0},
		{"http://m.example.net/bbs/", 0},
		{"http://example.net/a?id=1", 7},
		{"http://example.net/a?id=2", 0},
		{"http://www.bj.gov.cn/2020/archive/1.html", 8},
		{"http://www.bj.gov.cn/archive", 0},
		{"https://x.plain.example/", 9},
		{"http://one.example/page#top", 10},
		{"http://one.example/page2", 0},
		{"http://two.example/shop/1", 11},
		{"http://mycasino88.example/", 12},
		{"http://two.example/casino", 0}, // a pattern without slash is for hosts
		{"http://www.中国.公司.cn/a", 13},
		{"http://xn--fiqs8s.xn--55qx5d.cn/a", 13},
		{"http://x.stars.example/", 14},
		{"http://stars.example/", 14},
		{"http://dubs.example/", 15},
		{"http://192.0.2.7/a", 16},
		{"http://port.example:8080/a/b", 17},
		{"http://port.example/a/b", 0},
		{"http://gb.example/tag/%d6%d0", 19},
		{"not an address", 0},
		{"", 0},
		{"http://[2001:db8::1]/", 0},
	} {
		if got := l.Find(Address(c.url)); got != c.line {
			t.Errorf("%s (%s): line %d, want %d", c.url, Address(c.url), got, c.line)
		}
	}
	if l := mustList(t, ""); l.Find("example.com/") != 0 || l.Entries != 0 {
		t.Error("the empty list finds something")
	}
}

func TestReadList_badLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"ok.example\n0.0.0.0 bad.example\n", `list:2: "0.0.0.0 bad.example" is no domain`},
		{"||ads.example^", `list:1: "||ads.example^" is no domain`},
		{"site\tx.example", `list:1: kind "site": want url, prefix, host, domain, glob`},
		{"url\texample", `list:1: "example" is no http address`},
		{"domain\t", `list:1: "" is no domain`},
		{"domain\t..", `list:1: ".." is no domain`},
		{"a..b", `list:1: "a..b" is no domain`},
		{"prefix\tx.example/a?b=1", `list:1: "x.example/a?b=1": a prefix has no query`},
		{"glob\t*", `list:1: "*" would match nearly everything`},
		{"# date: yesterday", `list:1: date "yesterday": want YYYY-MM-DD`},
		{"a.example\n" + strings.Repeat("x", maxListLine+1), "list:2: the line is longer than 65536 bytes"},
		{strings.Repeat("a b\n", 20), "list:10:"},
		{strings.Repeat("a b\n", 20), "list: more lines are bad"},
		{strings.Repeat("a*b\n", maxGlobs+1), "list:1001: more than 1000 patterns"},
	} {
		if _, err := ReadList("list", strings.NewReader(c.text), 0); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: %v, want %q", c.text, err, c.want)
		}
	}
}

// slowFind is Find over plain strings.
func slowFind(entries []string, address string) bool {
	host, rest, _ := strings.Cut(address, "/")
	p, _, _ := strings.Cut(rest, "?")
	for _, e := range entries {
		kind, v, _ := strings.Cut(e, "\t")
		switch kind {
		case "domain":
			if host == v || strings.HasSuffix(host, "."+v) {
				return true
			}
		case "host":
			if host == v {
				return true
			}
		case "prefix":
			if full := host + "/" + p; full == v || strings.HasPrefix(full, v+"/") {
				return true
			}
		case "glob":
			s := address
			if !strings.Contains(v, "/") {
				s = host
			}
			// path.Match lets * stop at slashes: take them out on both sides.
			if ok, _ := path.Match(strings.ReplaceAll(v, "/", ":"), strings.ReplaceAll(s, "/", ":")); ok {
				return true
			}
		}
	}
	return false
}

func FuzzList(f *testing.F) {
	f.Add("domain\texample.com\nhost\ta.example\nprefix\tb.example/x/y", "http://b.example/x/y/z")
	f.Add("glob\t*a*b*\nglob\tc.example/*x", "http://c.example/aax")
	f.Add("# date: 2026-01-01\nurl\thttp://x/", "http://x")
	f.Fuzz(func(t *testing.T, text, url string) {
		l, err := ReadList("list", strings.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		a := Address(url)
		n := l.Find(a)
		if lines := strings.Count(text, "\n") + 1; n < 0 || n > lines {
			t.Fatalf("line %d of %d", n, lines)
		}
		// Where all entries are in their normal form, the slow twin must agree.
		var entries []string
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			kind, v, ok := strings.Cut(line, "\t")
			if !ok || kind == "url" || strings.ContainsAny(v, "\t[]\\?%:") || v != strings.ToLower(v) || v != strings.TrimSpace(v) || strings.HasPrefix(v, "www.") || strings.HasPrefix(v, ".") || strings.Contains(v, "//") {
				return
			}
			if kind == "prefix" {
				if p := Address("http://" + v); p != v {
					return
				}
			}
			for i := range v {
				if v[i] >= 0x80 {
					return
				}
			}
			entries = append(entries, kind+"\t"+v)
		}
		if a == "" || strings.ContainsAny(a, ":[]\\") || len(a) > 1000 || strings.Count(a, "/") > maxSegments {
			return
		}
		if want := slowFind(entries, a); want != (n != 0) {
			t.Fatalf("%q in %q: line %d, the slow twin says %v", a, text, n, want)
		}
	})
}

// bigList returns a list of n domains, hosts and prefixes, and addresses of which
// every fourth is on it.
func bigList(n int) (list string, addresses []string) {
	var b strings.Builder
	b.Grow(n * 26)
	for i := range n {
		switch i % 4 {
		case 0, 1:
			fmt.Fprintf(&b, "domain\ts%d.example.cn\n", i)
		case 2:
			fmt.Fprintf(&b, "host\tbbs.h%d.example\n", i)
		default:
			fmt.Fprintf(&b, "prefix\tp%d.example/a/b\n", i)
		}
	}
	for i := range 1000 {
		addresses = append(addresses, Address(fmt.Sprintf("http://www.s%d.example.cn/news/2026/11/%d.html", i*4%n, i)),
			fmt.Sprintf("news.x%d.example.com/a/b/c/%d.html?id=1", i, i), fmt.Sprintf("a.y%d.gov.cn/", i), fmt.Sprintf("z%d.cn/forum/t/1/2/3", i))
	}
	return b.String(), addresses
}

// BenchmarkList reads lists and looks addresses up; it reports the memory that a
// list holds and the time to read it by entry.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{1000, 5_000_000} {
		text, addresses := bigList(n)
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			l := mustList(b, text)
			runtime.GC()
			runtime.ReadMemStats(&after)
			i, found := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				if l.Find(addresses[i%len(addresses)]) != 0 {
					found++
				}
				i++
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(l.Entries), "B/entry")
			if i >= len(addresses) && found*5 < i {
				b.Errorf("%d of %d found", found, i)
			}
		})
		b.Run(fmt.Sprintf("entries=%d/read", n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				mustList(b, text)
			}
		})
	}
}
