package extract

import "testing"

func TestFindDate(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"发布时间：2024年3月5日 12:30", "2024-03-05"},
		{"2024 年 03 月 05 日", "2024-03-05"},
		{"2024-03-05 12:30:00", "2024-03-05"},
		{"2005/7/31", "2005-07-31"},
		{"2019-09-3010:31", "2019-09-30"}, {"2019-09-3010", ""},
		{"2019.11.26", "2019-11-26"},
		{"2021-07-14T20:00:00+08:00", "2021-07-14"},
		{"20210714T200000", "2021-07-14"},
		{"电话 0571-20240305，2010-1-2", "2010-01-02"},
		{"1890年1月1日", ""}, {"2101-01-01", ""}, {"1990-01-01", "1990-01-01"}, {"2100-12-31", "2100-12-31"},
		{"2024-13-05", ""}, {"2024-02-30", ""}, {"2024-04-31", ""}, {"2023年", ""}, {"2024年3月", ""},
		{"2024-3/5", ""}, {"192.168.2024.3.5", "2024-03-05"}, {"12024-03-05", ""}, {"", ""},
		{"1999-0-1 2008-08-08", "2008-08-08"},
	} {
		if got := string(findDate(c.in).append(nil)); got != c.want {
			t.Errorf("findDate(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestLabelled(t *testing.T) {
	d := page{str: &interner{}}
	for _, c := range []struct{ in, source, author string }{
		{"来源：新华网 作者：李明 2020-01-02", "新华网", "李明"},
		{"作者: John Smith 来源: Reuters", "Reuters", "John Smith"},
		{"文章来源：《人民日报》（2019年5月23日）", "人民日报", ""},
		{"稿源：县林业局 | 编辑：王五", "县林业局", ""},
		{"来源不明的消息", "", ""},
		{"来源：", "", ""},
		{"来源：本报记者根据现场多方核实之后整理而成的一份非常非常长的说明文字不能当作名称使用", "", ""},
		{"本文作者：林远山", "", "林远山"},
		{"来源：2020-01-02", "", ""},
	} {
		if got := d.labelled([]byte(c.in), sourceLabels); got != c.source {
			t.Errorf("source of %q = %q, want %q", c.in, got, c.source)
		}
		if got := d.labelled([]byte(c.in), authorLabels); got != c.author {
			t.Errorf("author of %q = %q, want %q", c.in, got, c.author)
		}
	}
}

func TestTitle(t *testing.T) {
	const body = "<p>第一段正文在这里，写得长一些，好让它成为正文的一部分，不会被丢掉。</p><p>第二段也是这样，有逗号，也有句号。</p>"
	e := New(DefaultConfig())
	for _, c := range []struct{ head, above, title, site string }{
		{"<title>山里的邮路_散文_青溪文学网</title>", "", "山里的邮路", "青溪文学网"},
		{"<title>青溪文学网 - 山里的邮路</title>", "<h1>山里的邮路</h1>", "山里的邮路", "青溪文学网"},
		{"<title>A-B测试入门 - 写点程序</title>", "<h1>A-B测试入门</h1>", "A-B测试入门", "写点程序"},
		{"<title>A-B测试入门</title>", "", "A-B测试入门", ""},
		{"<title>上海-南京的慢车</title><meta property=og:site_name content=青溪>", "<h2>上海-南京的慢车</h2>", "上海-南京的慢车", "青溪"},
		{"<title>问题 | 花草天地 - 青溪社区 - Powered by Discuz!</title>", "", "问题 | 花草天地", "青溪社区"},
		{"<title>青溪 | 开张了</title><meta property=og:site_name content=青溪>", "", "开张了", "青溪"},
		{"<title> 多  空格\n的标题 </title>", "", "多 空格 的标题", ""},
		{"<title></title><meta property=og:title content=分享用的标题>", "", "分享用的标题", ""},
		{"", "<h1>只有页内标题</h1>", "只有页内标题", ""},
		{"<title>---</title>", "", "---", ""},
	} {
		p := e.Extract([]byte("<html><head>"+c.head+"</head><body>"+c.above+body), "")
		if p.Title != c.title || p.SiteName != c.site {
			t.Errorf("%s%s: title %q site %q, want %q %q", c.head, c.above, p.Title, p.SiteName, c.title, c.site)
		}
	}
}

func TestRights(t *testing.T) {
	e := New(DefaultConfig())
	p := e.Extract([]byte(`<meta name=ROBOTS content="NOINDEX, nofollow"><meta name=robots content="noindex,noai">
<meta name=tdm-reservation content=1><a rel="license nofollow" href="/licence.html">许可</a>
<p>未经授权，禁止转载本站的任何内容，违者必究。</p>`), "")
	if p.Robots != "noindex,nofollow,noai" || !p.NoAI || p.TDM != "1" || p.LicenceLink != "/licence.html" ||
		p.Notice != "未经授权，禁止转载本站的任何内容，违者必究。" {
		t.Errorf("%+v", *p)
	}
	if p := e.Extract([]byte("<p>天气很好，我们去爬山。"), ""); p.Robots != "" || p.NoAI || p.TDM != "" || p.LicenceLink != "" || p.Notice != "" {
		t.Errorf("signals of another page: %+v", *p)
	}
}

// TestAuthor checks who is the author where head and page disagree.
func TestAuthor(t *testing.T) {
	e := New(DefaultConfig())
	page := func(title, author, line string) string {
		return `<html><head><title>` + title + `</title><meta name=author content="` + author + `"></head><body><h1>渡口</h1><p>` + line +
			`</p><div><p>渡口的船一天来回六趟，早上送学生过江，傍晚接他们回来，风大的日子就停在岸边等。</p><p>撑船的老人说，桥修好以后这条船就要送到博物馆去了，他也可以歇一歇。</p></div></body></html>`
	}
	for _, c := range []struct{ title, author, line, want string }{
		{"渡口_江城网", "江城网", "2019-01-02 作者：石岩", "石岩"}, // the site signs all pages
		{"渡口_江城网", "江城网", "2019-01-02", "江城网"},
		{"渡口_江城网", "李文", "2019-01-02 作者：石岩", "李文"},
		{"渡口", "www.jiangcheng.com.cn", "2019-01-02", ""},
	} {
		if got := e.Extract([]byte(page(c.title, c.author, c.line)), "").Author; got != c.want {
			t.Errorf("%v: %q", c, got)
		}
	}
}
