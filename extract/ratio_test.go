package extract

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// cpuTime returns the CPU time of the process so far.
func cpuTime(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// leastCPU returns the least CPU time of some runs of f.
func leastCPU(tb testing.TB, runs int, f func()) time.Duration {
	least := time.Duration(1 << 62)
	for range runs {
		start := cpuTime(tb)
		f()
		least = min(least, cpuTime(tb)-start)
	}
	return least
}

func parseOnly(src []byte) {
	// A page that is too deep is an error and costs what it costs.
	_, _ = html.ParseWithOptions(bytes.NewReader(src), html.ParseOptionEnableScripting(false))
}

// BenchmarkRatio reports, for the pages of a set, how often its own html.Parse a
// page costs in all, and the share of P of the whole set: the median page, the worst of a hundred, the worst. Small
// pages are run several times in a row, because the clock of the process is coarse.
func BenchmarkRatio(b *testing.B) {
	sets := benchPages(b)
	for _, name := range []string{"setA", "crawl", "gne"} {
		pages := sets[name]
		if len(pages) == 0 {
			continue
		}
		b.Run("pages="+name, func(b *testing.B) {
			e := New(DefaultConfig())
			var ratios []float64
			var parses, alls time.Duration // of one page each
			for b.Loop() {
				ratios, parses, alls = ratios[:0], 0, 0
				for _, p := range pages {
					n := 1 + 200_000/len(p)
					parse := leastCPU(b, 3, func() {
						for range n {
							parseOnly(p)
						}
					})
					all := leastCPU(b, 3, func() {
						for range n {
							e.Extract(p, "http://www.example.cn/a.html")
						}
					})
					parses += parse / time.Duration(n)
					alls += all / time.Duration(n)
					ratios = append(ratios, float64(all)/float64(max(parse, 1)))
				}
			}
			slices.Sort(ratios)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(parses)/float64(alls), "share-of-P")
			b.ReportMetric(ratios[len(ratios)/2], "median-x-parse")
			b.ReportMetric(ratios[len(ratios)*99/100], "p99-x-parse")
			b.ReportMetric(ratios[len(ratios)-1], "worst-x-parse")
		})
	}
}

// hostile are pages that cost more than their size where an extractor is
// careless, by size in bytes.
var hostile = []struct {
	name string
	make func(n int) string
}{
	{"article", repeat("<p>国务院新闻办公室昨天举行发布会，介绍今年以来的经济运行情况。</p>\n")},
	{"one-line", func(n int) string { return "<p>" + strings.Repeat("春天来了，树都绿了。", n/30) }},
	{"line-breaks", repeat("春天来了<br>")},
	{"empty-breaks", repeat("<br>")},
	{"links", repeat(`<a href="/a/1.html">今天的新闻</a> `)},
	{"open-links", repeat("<a>春天来了，树都绿了。")},
	{"open-fonts", repeat("<font color=red>春天<table>")},
	{"cells", func(n int) string { return "<table>" + strings.Repeat("<tr><td>一月<td>二月<td>三月", n/35) }},
	{"deep-blocks", repeat("<div>春")},
	{"deep-inline", repeat("<b>春")},
	{"closed-depth", func(n int) string {
		return strings.Repeat(strings.Repeat("<div>", 400)+"春天来了，树都绿了。"+strings.Repeat("</div>", 400), n/4400)
	}},
	{"names", func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "<div class='c%x-%s'>春天来了，树都绿了。</div>", i, strings.Repeat("x", i%97))
		}
		return b.String()
	}},
	{"attribute", func(n int) string {
		return "<div class='" + strings.Repeat("a ", n/2) + "'>春天来了，树都绿了。</div>"
	}},
	{"attributes", func(n int) string {
		var b strings.Builder
		b.WriteString("<div ")
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "a%d=1 ", i)
		}
		return b.String() + ">春天来了，树都绿了。</div>"
	}},
	{"headings", repeat("<h2>第一章</h2>")},
	{"dates", repeat("<p>2024-05-01 春天</p>")},
	{"same-paragraphs", repeat("<p>国务院新闻办公室昨天举行发布会，介绍今年以来的经济运行情况，并回答记者提问。</p>")},
	{"posts", repeat(`<div class="post"><div class="author">李明 发表于 2024-05-01</div><div class="content">我也觉得这个办法好，明天再试一次看看。</div></div>`)},
	{"several", repeat(`<h2>春天</h2><p>2024-05-01</p><div class="article-content">国务院新闻办公室昨天举行发布会，介绍今年以来的经济运行情况，并回答记者提问，会后还参观了展览。</div>`)},
	{"long-title", func(n int) string {
		return "<title>" + strings.Repeat("春-天_", n/8) + "</title><h1>春天</h1><p>国务院新闻办公室昨天举行发布会，介绍今年以来的经济运行情况。</p>"
	}},
	{"payload", func(n int) string {
		return `<script>window.__INITIAL_STATE__={"a":` + strings.Repeat(`{"content":"春\"`, n/18) + `</script>`
	}},
	{"linked-data", func(n int) string {
		return `<script type="application/ld+json">` + strings.Repeat(`{"author":{"articleBody":`, n/25) + `</script>`
	}},
	{"entities", repeat("&amp;ldquo;春&amp;nbsp;&amp;")},
	{"tables-in-tables", repeat("<table><tr><td>春")},
	{"comments", repeat(`<div class="comment">好文章，谢谢分享，学习了。</div>`)},
	{"byline", repeat("<p>来源：来源：作者：</p>")},
	{"breadcrumbs", repeat("<p>当前位置 &gt; 首页 &gt; 新闻</p>")},
	{"ornaments", repeat("<p>======春======</p>")},
	{"code", func(n int) string { return "<pre>" + strings.Repeat("int main() { return 0; }\n", n/25) + "</pre>" }},
	{"formulas", repeat(`<span data-tex="x^2">x</span>`)},
}

func repeat(s string) func(int) string {
	return func(n int) string { return strings.Repeat(s, n/len(s)) }
}

// BenchmarkHostile reports for each kind of hostile page what 4 MB cost beside
// html.Parse over them, and how much more they cost than 1 MB: 4 is linear.
func BenchmarkHostile(b *testing.B) {
	for _, h := range hostile {
		b.Run("page="+h.name, func(b *testing.B) {
			e := New(DefaultConfig())
			var small, large, parse time.Duration
			for b.Loop() {
				one, four := []byte(h.make(1<<20)), []byte(h.make(4<<20))
				small = leastCPU(b, 2, func() { e.Extract(one, "http://www.example.cn/a.html") })
				large = leastCPU(b, 2, func() { e.Extract(four, "http://www.example.cn/a.html") })
				parse = leastCPU(b, 2, func() { parseOnly(four) })
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(large.Milliseconds()), "ms-4MB")
			b.ReportMetric(float64(large)/float64(max(parse, time.Millisecond)), "x-parse")
			b.ReportMetric(float64(large)/float64(max(small, time.Millisecond)), "x-1MB")
		})
	}
}
