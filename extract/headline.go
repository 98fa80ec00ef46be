package extract

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Evidence that a line is the headline of the text below it, in points.
const (
	pointsH1       = 3 // h1
	pointsHeading  = 2 // h2–h5
	pointsName     = 2 // class or id says title
	pointsByline   = 2 // date or source in the next line or the one after it
	pointsPath     = 2 // the breadcrumb of the page ends with it
	pointsNear     = 1 // one of the three lines above the text
	pointsToDoubt  = 3 // needed where the title of the page is not shown near the text
	pointsForSite  = 1 // needed where the title is the name of the site
	pointsToOutdo  = 4 // needed where the title is a column shown above the line
	maxHeadline    = 45
	minHeadline    = 4
	headlineWindow = 15 // blocks above the text
	maxColumnName  = 6  // tokens of the name of a column
)

// headline returns the line above the text that is its title where the title of the
// page is not: sites that give all pages their own name or that of the column. It
// returns "" where the title of the page stays.
func (d *page) headline(p *Page) string {
	first := d.firstSelected()
	if p.Type == TypeList || p.Type == TypeForum || first < 0 || d.head.title == "" {
		return ""
	}
	need, site := pointsToDoubt, d.isSiteTitle(p)
	switch h := d.titleBlock; {
	case site:
		need = pointsForSite
	case d.titleNear(first) && h < first:
		if b := &d.bl[h]; b.tok > maxColumnName || b.head > 0 {
			return ""
		}
		need = pointsToOutdo
	case d.titleNear(first):
		return ""
	case len(d.titleParts(d.head.title)) > 1 || h >= 0 && d.bl[h].head > 0:
		need = pointsToOutdo
	}
	best, at := need-1, -1
	for i := first; i >= max(0, first-headlineWindow); i-- {
		s := d.headlinePoints(i, first, site, len(p.Title))
		longer := at >= 0 && s == best && at-i <= 2 && d.bl[at].head == 0 && d.bl[i].tok > d.bl[at].tok // than the name of the author
		if (s > best || longer) && (site || !bytes.Contains(d.blockText(&d.bl[i]), []byte(p.Title))) {
			best, at = s, i
		}
	}
	if at < 0 {
		if need == pointsForSite && d.opensText(first) {
			return d.str.lineOf(d.blockText(&d.bl[first]))
		}
		return ""
	}
	return d.str.lineOf(d.blockText(&d.bl[at]))
}

// headlinePoints returns the evidence that block i is the headline of the text that
// begins at block first, 0 if it cannot be one. site says that the title of the page is
// the name of the site, of length bytes: a line may hold it and half as much again.
func (d *page) headlinePoints(i, first int, site bool, length int) int {
	b := &d.bl[i]
	if b.tok < minHeadline || b.tok > maxHeadline || b.linkTok > 0 || b.stop > 1 || b.isComment || b.pats&(patPath|patCopyright|patContact|patLogin|patByline|patStrong) != 0 && b.head == 0 {
		return 0
	}
	named := b.head > 0 || d.els[b.el].name.bits&nameTitle != 0
	if d.sel[i] && (b.head != 1 || i > first || d.headings(1) > 1) || b.good && !named && (b.stop > 0 || b.punct > 1) || d.titleOverlap(b) >= 0.5 && !(site && int(b.t1-b.t0)*2 > length*3) || d.els[b.el].name.bits&(nameNav|nameFooter|nameSide) != 0 && b.head != 1 {
		return 0
	}
	t := d.blockText(b)
	if endsOpen(t) || bytes.HasSuffix(t, []byte("。")) || bytes.HasSuffix(t, []byte("！")) && b.head == 0 || bytes.HasPrefix(t, []byte("首页")) || findDate(t).known() && (b.tok <= 8 || b.pats&patByline != 0) {
		return 0
	}
	if isNumbered(t) {
		return 0
	}
	n := 0
	switch {
	case b.head == 1:
		n += pointsH1
	case b.head > 1 && b.head <= 5:
		n += pointsHeading
	}
	if d.els[b.el].name.bits&nameTitle != 0 {
		n += pointsName
	}
	for k := i + 1; k <= i+2 && k <= first && k < len(d.bl); k++ {
		x := &d.bl[k]
		if x.tok <= maxFurnitureTokens && !(x.good && x.stop > 0) && (x.pats&patByline != 0 && b.tok > 6 || findDate(d.blockText(x)).known()) {
			n += pointsByline
			break
		}
	}
	if d.endsPath(t) {
		n += pointsPath
	}
	if first-i <= 3 && b.tok >= 5 {
		n += pointsNear
	}
	return n
}

// isNumbered reports whether a line begins like a section: 一、, （二）, 3.1.
func isNumbered(t []byte) bool {
	for _, p := range [...]string{"（", "("} {
		t = bytes.TrimPrefix(t, []byte(p))
	}
	r, n := utf8.DecodeRune(t)
	switch {
	case isDigit(t[0]):
		k := 0
		for k < len(t) && isDigit(t[k]) {
			k++
		}
		return k <= 2 && k < len(t) && (t[k] == '.' || bytes.HasPrefix(t[k:], []byte("、")) || t[k] == ')')
	case strings.ContainsRune("一二三四五六七八九十", r):
		return bytes.HasPrefix(t[n:], []byte("、")) || bytes.HasPrefix(t[n:], []byte("）"))
	}
	return false
}

// headings counts the lines of a heading level.
func (d *page) headings(level uint8) int {
	n := 0
	for i := range d.bl {
		if d.bl[i].head == level {
			n++
		}
	}
	return n
}

// endsPath reports whether a breadcrumb of the page ends with t.
func (d *page) endsPath(t []byte) bool {
	for i := range d.bl {
		if b := &d.bl[i]; b.pats&patPath != 0 && bytes.HasSuffix(d.blockText(b), t) && int(b.t1-b.t0) > len(t) {
			return true
		}
	}
	return false
}

// opensText reports whether the first line of a text can be its headline: short,
// no sentence and no address of readers, with running text or a date below.
func (d *page) opensText(i int) bool {
	b := &d.bl[i]
	return b.tok >= 6 && b.tok <= maxHeadline && b.stop == 0 && b.linkTok == 0 && b.punct <= 1 && !b.pre && b.row < 0 &&
		b.pats&(patFurniture|patByline) == 0 && !endsOpen(d.blockText(b)) && !bytes.Contains(d.blockText(b), []byte("：")) && i+1 < len(d.bl) &&
		(d.bl[i+1].good || d.bl[i+1].tok <= 12 && findDate(d.blockText(&d.bl[i+1])).known())
}

// endsOpen reports whether a line goes on in the next: it ends with a colon, comma
// or semicolon.
func endsOpen(t []byte) bool {
	for _, s := range [...]string{"：", ":", "，", "、", "；", ",", ";"} {
		if bytes.HasSuffix(t, []byte(s)) {
			return true
		}
	}
	return false
}

// isSiteTitle reports whether the title of a page is the name of its site or says
// nothing: it ends like one, is a placeholder of an editor, or the copyright line
// of the page names it.
func (d *page) isSiteTitle(p *Page) bool {
	t := p.Title
	for _, s := range [...]string{"网", "站", "首页", "平台", "联盟", "局", "政府", "学校", "小学", "中学", "大学", "学院", "公司", "协会", "中心", "博客", "網", "首頁", ".com", ".cn", "系统"} {
		if strings.HasSuffix(strings.ToLower(t), s) && len(d.titleParts(d.head.title)) == 1 {
			return true
		}
	}
	switch strings.ToLower(t) {
	case "", "document", "index", "home", "untitled", "untitled document", "无标题文档", "無標題文件", "新建网页", "网页标题", "标题":
		return true
	}
	if len(t) < 3*minHeadline {
		return false
	}
	d.buf = append(d.buf[:0], t...)
	for i := len(d.bl) - 1; i >= 0; i-- {
		if b := &d.bl[i]; b.pats&patCopyright != 0 && !d.sel[i] && bytes.Contains(d.blockText(b), d.buf) {
			return true
		}
	}
	return false
}

// fullTitle returns the heading near the text that goes on where the title of the
// page was cut (…), "" if there is none.
func (d *page) fullTitle(title string) string {
	cut := strings.TrimRight(title, ". …")
	first := d.firstSelected()
	if len(cut) == len(title) || len(cut) < 3*minHeadline || first < 0 {
		return ""
	}
	for i := min(first+2, len(d.bl)-1); i >= max(0, first-headlineWindow); i-- {
		b := &d.bl[i]
		if b.tok > maxFurnitureTokens || b.linkTok > 0 {
			continue
		}
		if n := prefixOf(d.blockText(b), cut); n > 0 {
			if s := d.str.lineOf(d.blockText(b)); len(s) > len(title) {
				return s
			}
		}
	}
	return ""
}
