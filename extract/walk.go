package extract

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// place is what the walk knows about where it is.
type place struct {
	el, row, cell int32
	head          uint8
	link          bool
	pre           bool
}

func (d *page) walkRoot(root *html.Node) {
	d.els = append(d.els, element{parent: -1, name: noName})
	d.walk(root, place{row: -1, cell: -1}, 0)
	d.flush(false)
	d.els[0].b1 = int32(len(d.bl))
}

// walk goes through the children of n in document order.
func (d *page) walk(n *html.Node, at place, depth int) {
	if depth > d.cfg.MaxDepth {
		d.deep = true
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			d.addText(c.Data, at)
		case html.ElementNode:
			d.walkElement(c, at, depth)
		}
	}
}

func (d *page) walkElement(n *html.Node, at place, depth int) {
	tag := n.DataAtom
	kind := kindOf(tag)
	ruled := d.site != nil && d.site.isContent(n)
	if ruled {
		kind = tagBlock
	}
	if kind == tagSkip {
		if tag != atom.Noscript || !d.useNoscript {
			if tag == atom.Script && hasPrefixFold(attr(n, "type"), "math/tex") && n.FirstChild != nil {
				d.addTeX(n.FirstChild.Data, at)
				return
			}
			d.skipped(n)
			return
		}
		kind = tagInline
	}
	if tag == atom.Br {
		d.lineBreak(at)
		return
	}
	if tag == atom.Title {
		d.readHead(n)
		return
	}
	if kind == tagInline && d.inline(n, at) {
		return
	}
	name, hidden := d.nameOf(n)
	if name.bits&(isGutterName|isDroppedName) != 0 && (at.pre || tag == atom.Td || name.bits&isDroppedName != 0 && tag != atom.Body) {
		return
	}
	if name.bits&isCodeName != 0 {
		at.pre = true
	}
	if name.bits&isAccountName != 0 && n.FirstChild != nil && d.head.attribution == "" {
		d.head.attribution = d.str.line(n.FirstChild.Data)
	}
	inPre := at.pre
	switch tag {
	case atom.A:
		if href := attr(n, "href"); href != "" {
			at.link = true
			d.linkTo(href)
			d.head.link(n)
		}
	case atom.Pre, atom.Listing, atom.Xmp:
		at.pre = true
	case atom.Html:
		d.head.htmlAttrs(n)
	case atom.Time:
		d.head.time(n)
	default:
		if h := headingLevel(tag); h > 0 {
			at.head = h
		}
	}
	if inPre && d.open && tag == atom.Code && n.Parent.DataAtom == atom.Pre && afterElement(n, atom.Code) { // WeChat: <code> per line
		d.endCodeLine(false)
	}
	if kind == tagInline && name.bits&nameCategories == 0 && !hidden {
		d.walk(n, at, depth+1)
		return
	}
	if inPre && !ruled && (d.open || tag == atom.Div || tag == atom.Li || tag == atom.Code || tag == atom.Span) { // lines of code in their own elements
		if kind == tagBlock {
			d.endCodeLine(false)
		}
		before := len(d.text)
		d.walk(n, at, depth+1)
		if kind == tagBlock {
			d.endCodeLine(len(d.text) == before)
		}
		return
	}
	if kind == tagBlock {
		d.flush(false)
	}
	id := int32(len(d.els))
	first := int32(len(d.bl))
	hidden = hidden || d.els[at.el].hidden
	d.els = append(d.els, element{parent: at.el, tag: tag, b0: first, name: name, hidden: hidden})
	if ruled {
		d.site.els = append(d.site.els, id)
	}
	parent := at.el
	at.el = id
	switch tag {
	case atom.Tr:
		at.row, at.cell = id, -1
	case atom.Td, atom.Th:
		at.cell = id
	case atom.Table:
		at.row, at.cell = -1, -1
	}
	d.walk(n, at, depth+1)
	d.leave(id, parent, kind == tagBlock)
}

// afterElement reports whether the element before n is of this tag.
func afterElement(n *html.Node, tag atom.Atom) bool {
	for p := n.PrevSibling; p != nil; p = p.PrevSibling {
		if p.Type == html.ElementNode {
			return p.DataAtom == tag
		}
	}
	return false
}

// leave ends the block range of an element. An inline element that wraps blocks
// (an unclosed <font> around tables) is a container like any other; one that does
// not leaves its text to the block it stands in.
func (d *page) leave(id, parent int32, isBlock bool) {
	e := &d.els[id]
	if isBlock || int(e.b0) < len(d.bl) {
		d.flush(false)
		e.b1 = int32(len(d.bl))
		return
	}
	e.b1 = e.b0
	if d.open && d.cur.el >= id {
		d.cur.headline = d.cur.headline || e.name.bits&isHeadlineName != 0
		d.cur.el = parent
	}
}

// skipped looks at elements that hold no text of the page.
func (d *page) skipped(n *html.Node) {
	switch n.DataAtom {
	case atom.Head:
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			d.readHead(c)
		}
	case atom.Noscript:
		d.noscript = true
	case atom.Frameset:
		d.frames = true
	case atom.Input:
		d.head.input(n)
	default:
		d.readHead(n)
	}
}

// nameOf returns what class, id, role and itemprop of n say, and whether n is
// hidden by an attribute or by display:none.
func (d *page) nameOf(n *html.Node) (name *nameInfo, hidden bool) {
	buf := append(d.nameBuf[:0], ' ')
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "class", "id", "role", "itemprop":
			buf = appendName(buf, a.Val)
		case "style":
			hidden = hidden || displayNone(a.Val)
		case "hidden":
			hidden = true
		}
	}
	d.nameBuf = buf
	if len(buf) == 1 {
		return noName, hidden
	}
	return d.names.lookup(buf), hidden
}

// displayNone reports whether a style attribute says display:none. Visibility
// and opacity do not count: WeChat hides every article until its script ran.
func displayNone(style string) bool {
	const a, z = "display", "none"
	for i := 0; i+len(a)+len(z) < len(style); i++ {
		if lowerByte(style[i]) != 'd' || !hasPrefixFold(style[i:], a) {
			continue
		}
		j := skipBlanks(style, i+len(a))
		if j < len(style) && style[j] == ':' && hasPrefixFold(style[skipBlanks(style, j+1):], z) {
			return true
		}
	}
	return false
}

func skipBlanks(s string, i int) int {
	for i < len(s) && s[i] <= ' ' {
		i++
	}
	return i
}

// hasPrefixFold reports whether s begins with the lower case ASCII word p.
func hasPrefixFold[T string | []byte](s T, p string) bool {
	if len(s) < len(p) {
		return false
	}
	for i := range len(p) {
		if lowerByte(s[i]) != p[i] {
			return false
		}
	}
	return true
}

func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}
