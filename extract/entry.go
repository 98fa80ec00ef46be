package extract

import (
	"bytes"
	"unicode/utf8"
)

// linkedHead is a headline at least half of which is a link.
type linkedHead struct {
	block int32
	href  string // as written
}

// linkTo notes the target of a link that begins, unless the open line has one.
func (d *page) linkTo(href string) {
	if !d.open || d.cur.linkTok == 0 {
		d.href = href
	}
}

// noteHead notes the headline that ends, if at least half of it is a link.
func (d *page) noteHead(b *block) {
	if b.linkTok*2 >= b.tok && len(d.href) <= maxMetaBytes {
		d.heads = append(d.heads, linkedHead{int32(len(d.bl)), d.href})
	}
}

// isEntry reports whether the text between two blocks is the entry of an index: the
// nearest headline above its first line, or its first long one, is a link to another
// page of the host. An article below its own title is none, whatever headings follow.
func (d *page) isEntry(first, last int, url string) bool {
	if first < 0 || len(d.heads) == 0 {
		return false
	}
	if d.titleNear(first) && !isIndexURL(url) && d.isOwnTitle(&d.bl[d.titleBlock]) {
		return false
	}
	if d.isBelowEntry(first, url) {
		return true
	}
	long := d.firstLong(first, last)
	return long != first && d.isBelowEntry(long, url)
}

// isOwnTitle reports whether the line that shows the title of the page is the headline of
// an article: no link, no breadcrumb, and longer than the names of columns and tags are.
func (d *page) isOwnTitle(b *block) bool {
	return b.linkTok == 0 && b.pats&patPath == 0 && d.chars(b) >= lim.EntryHead
}

// chars returns the number of code points of a line.
func (d *page) chars(b *block) int {
	n := 0
	for _, c := range d.blockText(b) {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// firstLong returns the first long line of the text between two blocks, its longest
// if none is long.
func (d *page) firstLong(first, last int) int {
	best, most := first, 0
	for i := first; i <= last; i++ {
		if !d.sel[i] {
			continue
		}
		n := d.chars(&d.bl[i])
		if n >= lim.EntryLine {
			return i
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// isBelowEntry reports whether the nearest headline above a line is that of an entry. A
// line that is a headline itself is its own, unless it is as short as a heading of a section.
func (d *page) isBelowEntry(line int, url string) bool {
	for i := line; i >= max(0, line-lim.EntryNear); i-- {
		b := &d.bl[i]
		short := d.chars(b) < lim.EntryHead
		if !b.headline || short && i == line {
			continue
		}
		if short || int(d.bl[line].el-b.el) > lim.EntryNear || b.pats&patFurniture != 0 || d.showsTitle(i) {
			return false
		}
		href := d.headHref(i)
		return href != "" && d.isOtherPage(href, url)
	}
	return false
}

// headHref returns the target of the headline in block i, "" if it is no link.
func (d *page) headHref(i int) string {
	for k := range d.heads {
		if int(d.heads[k].block) == i {
			return d.heads[k].href
		}
	}
	return ""
}

// showsTitle reports whether a headline may be the title of the page: it repeats what the
// head says or a part of it, or is the only h1. Of a page without a title all may be.
func (d *page) showsTitle(i int) bool {
	const part = 0.6 // of its pairs of characters; as in findTitle
	b := &d.bl[i]
	og, t := d.head.ogTitle, d.blockText(b)
	if i == d.titleBlock || b.tok > maxFurnitureTokens || d.titleOverlap(b) >= part || og == "" && d.title.pairs <= 2 {
		return true
	}
	return prefixOf(og, t) > 0 || og != "" && prefixOf(t, og) > 0 || b.head == 1 && d.headings(1) == 1
}

// isOtherPage reports whether a link leads to another page of the host of this one, and
// not to a folder that this one stands in: its column or the home page.
func (d *page) isOtherPage(href, url string) bool {
	buf := appendPage(d.buf[:0], url, d.head.base, href)
	n := len(buf)
	buf = appendPage(buf, url, "", url)
	d.buf = buf
	to, own := buf[:n], buf[n:]
	if n == 0 || len(own) == 0 || !bytes.Equal(pageHost(to), pageHost(own)) || isFolderOf(to, own) {
		return false
	}
	for _, s := range [...]string{d.head.canonical, d.head.ogURL} {
		if s == "" {
			continue
		}
		buf = appendPage(buf[:n], url, d.head.base, s)
		if d.buf = buf; bytes.Equal(buf[:n], buf[n:]) {
			return false
		}
	}
	return true
}
