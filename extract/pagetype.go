package extract

import (
	"bytes"
	"strings"
)

// Page types; the values of [Page.Type].
const (
	TypeArticle = "article" // running text: news, notice, blog post
	TypeForum   = "forum"   // a thread of posts or answers
	TypeList    = "list"    // links to other pages: index, tag, search, home page
	TypeWiki    = "wiki"    // encyclopedia entry
	TypeDoc     = "doc"     // manual or tutorial
	TypeProduct = "product" // one thing for sale
	TypeLogin   = "login"   // asks for a password and says little else
	TypeError   = "error"   // says that there is no such page
	TypeParked  = "parked"  // the domain itself is for sale
	TypeOther   = "other"   // text, but neither running text nor links
	TypeEmpty   = "empty"   // no text
)

// pageType labels the page from the arrays and the selected text: tok tokens, good
// of them in good blocks, of all good tokens of the page. The second result, 0–1,
// is how clear the case is.
func (d *page) pageType(t thread, isThread bool, tok, good, all int, url string) (string, float64) {
	total := int(d.sums[len(d.bl)].tok)
	links := int(d.sums[len(d.bl)].linkTok)
	title := findPatterns([]byte(d.head.title), maxPatternTokens)
	first, last := d.selectedRange()
	text, excerpts, cut, cuts := title, 0, 0, 0
	for i := range d.bl {
		b := &d.bl[i]
		if b.tok < 40 {
			text |= b.pats
		}
		if i < first || i > last {
			continue
		}
		if b.pats&patMore != 0 {
			excerpts++
		} else if b.tok >= 15 && d.sel[i] && !b.pre && isCutOff(d.blockText(b)) {
			cut += int(b.tok)
			cuts++
		}
	}
	switch {
	case title&patError != 0 && good < lim.ErrorGood:
		return TypeError, 0.9
	case text&patError != 0 && total < lim.ErrorTotal:
		return TypeError, 0.7
	case text&patParked != 0 && total < lim.ParkedTotal:
		return TypeParked, 0.8
	case total < 5:
		return TypeEmpty, 1
	case d.head.password && good < lim.LoginGood && total < lim.LoginTotal && (links*3 < total || isLoginTitle(d.head.title)):
		return TypeLogin, 0.8
	case isThread:
		return TypeForum, 0.7
	}
	share := 0.0
	if total > 0 {
		share = float64(links) / float64(total)
	}
	switch {
	case isTagURL(url) || isIndexURL(url) && first >= 0 && d.dateLines(int32(first), int32(last)+1) >= 2:
		return TypeList, 0.7
	case share > lim.ListLinks && good < lim.ListGood && d.codeTokens() >= 10 && d.titleNear(first):
		return TypeDoc, 0.5
	case share > lim.ListLinks && good < lim.NoticeGood && good >= lim.NoticeLeast && !isIndexURL(url) && d.titleNear(first) && d.bl[d.titleBlock].head > 0 && last-first < 12 && d.bl[first].good && excerpts == 0:
		return TypeArticle, 0.5 // a short notice on a page full of links
	case share > lim.ListLinks && good < lim.ArticleGood && tok >= lim.NoticeLeast && (!d.fell || first > d.titleBlock) && !isIndexURL(url) && d.titleNear(first) && d.bl[d.titleBlock].tok >= 8:
		return TypeOther, 0.5 // a notice of a line or two, a list of names
	case good < lim.ListGood && excerpts == 0 && text&patBuy == 0 && d.isReference(first, last, tok, good, share, url):
		return TypeDoc, 0.5
	case share > lim.ListLinks && (good < lim.ListGood || good*10 < total) && (good < lim.ArticleGood || isIndexURL(url) || !d.titleNear(first)):
		return TypeList, min(1, share+0.2)
	case share > lim.ListLinks && good*10 < total*3 && isIndexURL(url):
		return TypeList, share
	case isIndexURL(url) && good < lim.IndexGood && good*10 < all*4:
		return TypeList, 0.6
	case d.isDatedList(first, last), d.isBlurbList(first, last, url):
		return TypeList, 0.6
	case excerpts >= lim.Excerpts, cuts >= lim.Excerpts && cut*2 > tok && d.known() == 0:
		return TypeList, 0.7
	case d.feed && d.title.pairs > 2 && !d.titleNear(first):
		return TypeList, 0.6
	case d.several && (isIndexURL(url) || !d.titleNear(first)):
		return TypeList, 0.7
	case t.isIndex() && t.share > 0.4:
		return TypeList, min(1, 0.5+t.share/2)
	case d.isWiki(url):
		return TypeWiki, 0.8
	case text&patBuy != 0 && good < lim.ProductGood || strings.HasPrefix(d.head.ogType, "product"):
		return TypeProduct, 0.6
	case d.isDoc(url):
		return TypeDoc, 0.6
	case d.isEntry(first, last, url):
		return TypeList, 0.6
	case d.fell && share > lim.ArticleLinks && (!d.titleNear(first) || first <= d.titleBlock):
		return TypeList, share
	case good >= lim.ArticleGood || tok >= lim.ArticleTokens && good >= lim.NoticeLeast && share < lim.ArticleLinks || share < lim.ArticleLinks && d.titleNear(first) && d.codeTokens() >= 40:
		return TypeArticle, min(1, 0.5+float64(good)/1000)
	case share > lim.ArticleLinks && tok >= lim.ArticleTokens && !isIndexURL(url) && excerpts == 0 && d.titleNear(first) && d.selectedLinks()*20 < tok:
		// The links are those of the menu around a short text in lines without marks.
		if d.codeTokens() >= 10 {
			return TypeDoc, 0.5
		}
		return TypeOther, 0.5
	case share > lim.ArticleLinks:
		return TypeList, share
	}
	return TypeOther, 0.5
}

// isReference reports whether the text between two blocks is a short entry of a manual
// inside a menu larger than itself: the title of the page as its heading, no links,
// and a sentence beside a listing, a table of arguments or headings of its own.
func (d *page) isReference(first, last, tok, good int, share float64, url string) bool {
	const maxBlocks, minTokens, maxHeaded = 40, 30, 12
	if tok < minTokens || first < 0 || last-first >= maxBlocks || d.fell || !d.titleNear(first) || d.bl[d.titleBlock].head == 0 || d.selectedLinks()*20 > tok {
		return false
	}
	switch path := pathOf(url); {
	case !isIndexURL(url):
		if share <= lim.ArticleLinks || share <= lim.ListLinks && good >= lim.ArticleGood {
			return false
		}
	case !isArchiveURL(url) || !strings.HasSuffix(path, ".html") || strings.Contains(path, "/page/") || strings.HasSuffix(path, "/index.html"):
		return false // /tags/att-a-href.html may be of a manual of HTML
	}
	code, table, headings := false, false, 0
	for i := first; i <= last; i++ {
		b := &d.bl[i]
		if !d.sel[i] {
			continue
		}
		code = code || b.pre
		table = table || b.row >= 0
		if b.head > 0 && i != d.titleBlock {
			headings++
		}
	}
	return code || good > 0 && (table || headings > 0 && last-first < maxHeaded)
}

// isDatedList reports whether the text between two blocks is a list of dates, titles
// and excerpts, and nothing shows the title of the page above it: news of a site
// whose items are no links, or whose links a script follows.
func (d *page) isDatedList(first, last int) bool {
	const maxBlocks, maxExcerpts = 5, 2
	if first < 0 || d.titleNear(first) {
		return false
	}
	items, at, good, titles := 0, -1, 0, 0
	for i := max(0, first-1); i <= last; i++ {
		b := &d.bl[i]
		switch {
		case b.tok <= 8 && b.row < 0 && isDateLine(d.blockText(b)):
			if at >= 0 && i-at <= maxBlocks && good <= maxExcerpts && titles > 0 {
				items++
			}
			at, good, titles = i, 0, 0
		case b.good:
			good++
		case b.tok >= 6 && b.stop == 0:
			titles++
		}
	}
	return items >= lim.ListItems
}

// isBlurbList reports whether the text between two blocks is a list of headings that
// are links, each with one paragraph and at most a date: an index page by its address, or one whose
// headings carry dates.
func (d *page) isBlurbList(first, last int, url string) bool {
	if first < 0 {
		return false
	}
	items, dated, good, others, heading := 0, 0, 0, 0, false
	for i := max(0, first-1); i <= last; i++ {
		b := &d.bl[i]
		if b.linkTok*2 > b.tok && (b.head > 1 || d.els[b.el].name.bits&nameTitle != 0) {
			if heading && good == 1 && others <= 1 {
				items++
			}
			heading, good, others = true, 0, 0
			if findDate(d.blockText(b)).known() {
				dated++
			}
		} else if b.good {
			good++
		} else {
			others++
		}
	}
	if heading && good == 1 && others <= 1 {
		items++
	}
	return items >= lim.ListItems && (isIndexURL(url) || dated*2 > items)
}

// isDateLine reports whether a line is a date and nothing but digits and marks: 2017-03-31,
// 31 2017-03, 2017年3月31日.
func isDateLine(t []byte) bool {
	s := string(t)
	for i := 0; i+7 <= len(s); i++ {
		if digits(s[i:]) != 4 || i > 0 && isDigit(s[i-1]) || number(s[i:i+4]) < 1990 || number(s[i:i+4]) > 2100 {
			continue
		}
		rest, sep := cutSeparator(s[i+4:], "年")
		return sep != "" && digits(rest) >= 1 && digits(rest) <= 2
	}
	return false
}

// isCutOff reports whether a line ends like an excerpt: …, [...], ....
func isCutOff(t []byte) bool {
	t = bytes.TrimRight(t, "] ")
	return bytes.HasSuffix(t, []byte("…")) && !bytes.HasSuffix(t, []byte("……")) || bytes.HasSuffix(t, []byte("..."))
}

// pathOf returns the path of an address, "/" if it has none.
func pathOf(url string) string {
	if i := strings.Index(url, "://"); i >= 0 {
		url = url[i+3:]
	}
	i := strings.IndexByte(url, '/')
	if i < 0 {
		return "/"
	}
	path := url[i:]
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	return path
}

// isArchiveURL reports whether an address is that of a tag, category or archive
// page of a blog.
func isArchiveURL(url string) bool {
	path := pathOf(url)
	return containsAny(path, "/tag/", "/tags/", "/category/", "/categories/", "/page/") ||
		strings.Contains(path, "/archives/") && !strings.HasSuffix(path, ".html")
}

// isTagURL reports whether an address is the folder of a tag, category, year or
// month, or a numbered page of one: what stands there are excerpts or copies.
func isTagURL(url string) bool {
	path := pathOf(url)
	path = strings.TrimSuffix(strings.TrimSuffix(path, "index.html"), "index.htm")
	if !strings.HasSuffix(path, "/") {
		return false
	}
	for _, s := range [...]string{"/tag/", "/tags/", "/category/", "/categories/"} {
		if i := strings.Index(path, s); i >= 0 && i+len(s) < len(path) {
			return true
		}
	}
	if isDateFolder(path) {
		return true
	}
	_, page, ok := strings.Cut(path, "/page/")
	return ok && page != "" && digits(page) == len(page)-1
}

// isDateFolder reports whether a path ends with the folder of a year and month
// (/2020/08/), or of a year at the root or in archives (/archives/2020/). Other
// folders of four digits are numbers of columns.
func isDateFolder(path string) bool {
	path = strings.TrimSuffix(path, "/")
	year, last := path, path[strings.LastIndexByte(path, '/')+1:]
	month := last != "" && len(last) <= 2 && digits(last) == len(last) && number(last) >= 1 && number(last) <= 12
	if month {
		year = path[:len(path)-len(last)-1]
	}
	cut := strings.LastIndexByte(year, '/') + 1
	if y := year[cut:]; len(y) != 4 || digits(y) != 4 || number(y) < 1990 || number(y) > 2100 {
		return false
	}
	return month || cut <= 1 || containsAny(year[:cut], "/archive", "/date/")
}

// selectedLinks returns the tokens inside links of the selected blocks.
func (d *page) selectedLinks() int {
	n := 0
	for i := range d.bl {
		if d.sel[i] {
			n += int(d.bl[i].linkTok)
		}
	}
	return n
}

// codeTokens returns the tokens of the selected preformatted blocks.
func (d *page) codeTokens() int {
	n := 0
	for i := range d.bl {
		if d.sel[i] && d.bl[i].pre {
			n += int(d.bl[i].tok)
		}
	}
	return n
}

// isIndexURL reports whether the path of an address is a folder near the root or
// an archive page.
func isIndexURL(url string) bool {
	if url == "" {
		return false
	}
	if isArchiveURL(url) {
		return true
	}
	path := pathOf(url)
	dir, file := path[:strings.LastIndexByte(path, '/')], path[strings.LastIndexByte(path, '/')+1:]
	return strings.Count(dir, "/") <= 1 && (file == "" || strings.HasPrefix(file, "index") || strings.HasPrefix(file, "default"))
}

func isLoginTitle(title string) bool {
	return containsAny(title, "登录", "登陆", "登錄", "登入", "注册", "註冊", "Login", "Log in", "Sign in")
}

// isForum reports whether title or address are those of a forum, a question and
// answer site or a short message site, where replies are the text.
func (d *page) isForum(url string) bool {
	return containsAny(d.head.title, "论坛", "論壇", "贴吧", "BBS", "问答", "知乎", "微博", "Discuz") ||
		containsAny(url, "://bbs.", "://forum.", "://tieba.", "://club.", "weibo.c", "zhihu.com", "/forum", "/bbs/", "/thread", "/question", "/topic", "/group/")
}

// isWiki reports whether generator, title or address are those of a wiki.
func (d *page) isWiki(url string) bool {
	return hasPrefixFold(d.head.generator, "mediawiki") ||
		hasAnySuffix(d.head.title, "维基百科，自由的百科全书", "維基百科，自由的百科全書", "百度百科", "互动百科", "搜狗百科", "360百科", "萌娘百科", "MBA智库百科") ||
		containsAny(url, "://baike.", "wikipedia.org/", "/wiki/", "://wiki.")
}

// isDoc reports whether generator, title or address are those of a manual.
func (d *page) isDoc(url string) bool {
	g := d.head.generator
	for _, p := range [...]string{"docbook", "sphinx", "docutils", "doxygen", "texi2html", "makeinfo", "gitbook", "docusaurus", "vuepress", "mkdocs", "libreoffice"} {
		if hasPrefixFold(g, p) {
			return true
		}
	}
	return containsAny(url, "/doc/", "/docs/", "/manual/", "/help/", "://docs.", "://help.", "/handbook/", "/reference/", "/tutorial/") ||
		containsAny(d.head.title, "手册", "手冊", "参考文档", "帮助文档", "使用说明", "教程", "教學")
}

func hasAnySuffix(s string, list ...string) bool {
	for _, w := range list {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

func containsAny(s string, list ...string) bool {
	for _, w := range list {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func bytesContainAny(s []byte, list ...string) bool {
	for _, w := range list {
		if bytes.Contains(s, []byte(w)) {
			return true
		}
	}
	return false
}
