package extract

import (
	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/qingliu/qingliu/corpus"
)

// siteMatch is what the site rules make of one page.
type siteMatch struct {
	label   string // site:FILE#N, with a reason where the rule chose no text; "" without a rule
	content map[*html.Node]struct{}
	els     []int32 // elements of the content nodes, in document order
	removed []*html.Node

	noscript            bool // content lies inside a noscript element
	title, date, author string
}

// applySiteRules finds the rule for a page and prepares its tree: nodes that the
// rule removes are taken out, content nodes are noted for the walk. Of several
// rules for a page the first whose content selector matches is used.
func (e *Extractor) applySiteRules(root *html.Node, url string) {
	e.site = siteMatch{els: e.site.els[:0]}
	rules := e.cfg.Rules.candidates(nil, url)
	if len(rules) == 0 {
		return
	}
	var size treeSize
	size.measure(root, 0)
	doc := goquery.NewDocumentFromNode(root)
	e.site.label = rules[0].label + ":no_content"
	for _, r := range rules {
		if r.cost.exceeds(size) {
			e.site.label = r.label + ":too_costly"
			continue
		}
		if r.content == nil || doc.FindMatcher(goquery.SingleMatcher(r.content)).Length() > 0 {
			e.site.apply(r, doc, e.d.str)
			return
		}
	}
}

func (m *siteMatch) apply(r *siteRule, doc *goquery.Document, str *interner) {
	m.label = r.label
	m.title = str.fieldText(doc, r.title)
	m.date = str.fieldText(doc, r.date)
	m.author = str.fieldText(doc, r.author)
	if r.remove != nil {
		m.removed = doc.FindMatcher(r.remove).Remove().Nodes
	}
	if r.content == nil {
		return
	}
	m.content = map[*html.Node]struct{}{} // what remove left of it
	for _, n := range doc.FindMatcher(r.content).Nodes {
		m.content[n] = struct{}{}
		for p := n; p != nil && !m.noscript; p = p.Parent {
			m.noscript = p.DataAtom == atom.Noscript
		}
	}
}

// withoutTree notes that the rule for a page cannot be applied.
func (e *Extractor) withoutTree(url string) {
	e.site = siteMatch{}
	if e.cfg.Rules == nil {
		return
	}
	if rules := e.cfg.Rules.candidates(nil, url); len(rules) > 0 {
		e.site.label = rules[0].label + ":no_tree"
	}
}

// fieldText returns what the first node that matches says: the machine-readable
// attribute of <meta> and <time>, else its text as one line.
func (c *interner) fieldText(doc *goquery.Document, sel cascadia.Selector) string {
	if sel == nil {
		return ""
	}
	s := doc.FindMatcher(goquery.SingleMatcher(sel))
	if s.Length() == 0 {
		return ""
	}
	switch s.Nodes[0].DataAtom {
	case atom.Meta:
		return c.line(s.AttrOr("content", ""))
	case atom.Time:
		if v := c.line(s.AttrOr("datetime", "")); v != "" {
			return v
		}
	}
	return c.line(s.Text())
}

// isContent reports whether a site rule names n as content.
func (m *siteMatch) isContent(n *html.Node) bool {
	_, ok := m.content[n]
	return ok
}

// walkTree fills the arrays from the tree, and from what site rules took out of it
// the rights it declares.
func (e *Extractor) walkTree(root *html.Node) {
	if e.site.label == "" {
		e.d.walkRoot(root)
		return
	}
	e.site.els = e.site.els[:0]
	e.d.site = &e.site
	e.d.useNoscript = e.d.useNoscript || e.site.noscript
	e.d.walkRoot(root)
	e.d.readRemoved(e.site.removed)
}

// readRemoved looks for rights in removed nodes: no rule for the text may make a
// licence link, an opt-out or a no-reprint notice unseen. Nothing else of them
// stays.
func (d *page) readRemoved(nodes []*html.Node) {
	head := d.head
	text, blocks, els := len(d.text), len(d.bl), len(d.els)
	for _, n := range nodes {
		if n.Type == html.ElementNode {
			d.walkElement(n, place{row: -1, cell: -1}, 0)
			d.flush(false)
		}
	}
	head.removedNotice = d.noticeFrom(blocks)
	head.licence, head.robots, head.noAI, head.tdm = d.head.licence, d.head.robots, d.head.noAI, d.head.tdm
	d.head = head
	d.text, d.bl, d.els = d.text[:text], d.bl[:blocks], d.els[:els]
}

// hasContent reports whether the content nodes of a site rule hold text. Where
// they do not, the page is extracted as usual, and its rule path says so.
func (m *siteMatch) hasContent(d *page) bool {
	if m.content == nil {
		return false
	}
	for _, el := range m.els {
		if d.els[el].b1 > d.els[el].b0 {
			return true
		}
	}
	m.label += ":no_content"
	return false
}

// takeContent selects the content nodes of a site rule: all of their lines but
// furniture that its words give away. The rule says what the text is, so that
// neither scores nor names have a say.
func (e *Extractor) takeContent(url string) {
	d, p := &e.d, &e.out
	d.sel = grow(d.sel, len(d.bl))
	clear(d.sel)
	each := func(keep func(b *block) bool) {
		for _, el := range e.site.els {
			for i := d.els[el].b0; i < d.els[el].b1; i++ {
				d.sel[i] = keep(&d.bl[i])
			}
		}
	}
	isText := func(b *block) bool { return !d.isFurniture(b) && !d.isCredit(b) }
	each(isText)
	tok, good := d.selected()
	each(func(*block) bool { return true })
	if all, allGood := d.selected(); tok*4 < all { // links and labels are what the rule asks for
		tok, good = all, allGood
	} else {
		each(isText)
	}
	d.dropTitleLines()
	t := d.measureThread()
	all := d.els[0].good
	p.Rule = "content"
	p.text = d.render()
	p.Confidence = corpus.Round(min(1, ratio(int32(good), max(all, 1))), 3)
	p.Type, p.TypeConfidence = d.pageType(t, t.known >= 2 && t.isThread(), tok, good, int(all), url)
	p.TypeConfidence = corpus.Round(p.TypeConfidence, 2)
}

// siteFields sets the fields that a site rule names and puts the rule before what
// else chose the text. It lets go of the tree.
func (e *Extractor) siteFields() {
	m, p := &e.site, &e.out
	m.content, m.removed = nil, nil
	p.Rule = m.label + ">" + p.Rule
	if m.title != "" {
		p.Title = m.title
	}
	if x := findDate(m.date); x.known() {
		p.Published = e.d.str.day(x)
	}
	if m.author == "" {
		return
	}
	if name := e.d.labelled([]byte(m.author), authorLabels); name != "" {
		p.Author = name
	} else if name := plainName(m.author); name != "" {
		p.Author = name
	}
}
