package extract

import (
	"strconv"

	"github.com/qingliu/qingliu/corpus"
)

// decide chooses the text and labels the page.
func (e *Extractor) decide(url string) {
	d := &e.d
	t := d.measureThread()
	first, n := d.firstOfSeveral()
	d.several = n > 1
	isThread := t.isThread() && (t.known >= 2 || !d.several && !isArchiveURL(url) && (!t.belowArticle() || d.isForum(url)))
	if !isThread && !e.cfg.Comments {
		d.markComments()
	}
	all := d.els[0].good
	rule := "posts"
	byFloor := !isThread && !d.several && d.selectFloors()
	switch {
	case byFloor:
		isThread, rule = true, "floors"
	case t.known >= 2:
		d.selectKnownPosts()
	case d.several:
		rule = d.str.join("first:", d.els[first].name.knownKey, ">filter")
		d.selectBlocks(first)
	case isThread:
		rule = d.str.join(d.choose(true), ">posts")
		d.addPosts(isPostName, 2)
	default:
		rule = d.choose(false)
		if e.cfg.Comments {
			d.addPosts(isCommentName, 1)
		}
	}
	tok, good := d.selected()
	if tok < fewTokens && int(d.sums[len(d.bl)].tok) > 10*tok {
		rule = d.fallback(rule)
		d.fell = true
		tok, good = d.selected()
	}
	if isThread {
		d.addQuestion()
		d.dropPostMeta()
		if f := d.firstSelected(); f >= 0 && d.bl[f].tok >= 4 && d.bl[f].tok*2 < int32(tok) && d.titleOverlap(&d.bl[f]) >= 0.95 {
			d.sel[f] = false
		}
	} else {
		d.dropTitleLines()
		d.dropCommentTail()
		d.dropCopies()
		d.trimTail()
	}
	p := &e.out
	p.Rule = rule
	p.text = d.render()
	p.Confidence = corpus.Round(min(1, ratio(int32(good), max(all, 1))), 3)
	p.Type, p.TypeConfidence = d.pageType(t, isThread, tok, good, int(all), url)
	if good < fewGood && len(d.head.body) > 10*fewGood {
		p.Rule, p.text = "ld+json", d.renderBody()
		p.Type, p.TypeConfidence = TypeArticle, 0.5
	}
	if tok, good := d.selected(); good < fewGood && p.Rule != "ld+json" && d.payload != "" && e.loadPayload() {
		if t, g := d.selected(); t > 2*tok && g >= good {
			p.Rule, p.text = "payload", d.render()
			p.Type, p.TypeConfidence = TypeArticle, 0.5
		}
	}
	p.TypeConfidence = corpus.Round(p.TypeConfidence, 2)
}

// fewGood is the amount of good text below which the text inside JSON-LD is
// preferred: pages whose visible text is written by a script.
const fewGood = 40

// fewTokens is the amount of text below which another choice is tried.
const fewTokens = 20

// choose selects the blocks of the best element and returns the rule path.
func (d *page) choose(isThread bool) string {
	top := d.scoreElements(isThread)
	rule := "score"
	el, steps := 0, 0
	if k := d.known(); k > 0 && !isThread {
		rule = d.str.join("container:", d.els[k].name.knownKey)
		if el = k; !isSpecific(d.els[k].name.known) {
			el, steps = d.climbAnchored(k)
		}
	} else if a := d.anchor(top); a != top {
		rule = "title"
		el, steps = d.climbAnchored(a)
	} else {
		if top == 0 {
			rule = "page"
		}
		el, steps = d.climb(top)
	}
	if steps > 0 {
		rule = d.str.join(rule, ">climb", strconv.Itoa(steps))
	}
	if s := d.sections(el); !isThread && s != el {
		el = s
		rule = d.str.join(rule, ">sections")
	}
	if box := d.boxes(el); !isThread && box > 0 && box != el {
		el = box
		rule = d.str.join(rule, ">boxes")
	}
	core := d.core(el)
	d.selectBlocks(core)
	if core != el {
		d.dropFrame(core)
		rule = d.str.join(rule, ">core")
	}
	d.keepTables()
	d.keepMainSegments()
	return d.str.join(rule, ">filter")
}

// known returns the known container that holds the text, 0 if none does. It must
// hold few links, at least 40 good tokens and at least 30 % of the good text of
// the page, 10 % if its name belongs to one publishing system; the most trusted
// name wins, then the first in the page.
func (d *page) known() int {
	best, rank := 0, uint16(1<<16-1)
	total, most := d.els[0].good, int32(0)
	clear(d.kinds)
	for i, last := 1, int32(0); i < len(d.els); i++ {
		e := &d.els[i]
		if e.name.known == 0 {
			continue
		}
		most = max(most, e.good)
		if e.good > 0 && e.b0 >= last { // side by side
			d.kinds[e.kind()] += e.good
			last = e.b1
		}
	}
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.name.known == 0 || e.name.known >= rank {
			continue
		}
		share := lim.KnownShare
		if isSpecific(e.name.known) {
			share = lim.SpecificShare
		}
		if e.good*2 < d.kinds[e.kind()] { // one of the modules or items of a page
			continue
		}
		if e.good*2 < most && !isSpecific(e.name.known) { // card of another article
			continue
		}
		if best > 0 && !isSpecific(d.els[best].name.known) && e.b0 >= d.els[best].b1 && d.titleBlock >= 0 && int(d.els[best].b0) > d.titleBlock {
			continue // the first one below the title
		}
		if e.good < lim.KnownGood || e.good*100 < total*share || e.linkTok*100 > e.tok*lim.KnownLinks {
			continue
		}
		best, rank = i, e.name.known
	}
	return best
}

// fallback selects lines of the whole page when the rules left nothing: first
// the lines that are no furniture, then everything but furniture patterns.
func (d *page) fallback(rule string) string {
	before, _ := d.selected()
	for i := range d.bl {
		b := &d.bl[i]
		d.sel[i] = !b.isComment && !d.isFurniture(b)
	}
	if tok, _ := d.selected(); tok >= fewTokens && tok > before {
		return d.str.join(rule, ">lines")
	}
	for i := range d.bl {
		b := &d.bl[i]
		d.sel[i] = b.pats&patFurniture == 0 && !b.isComment
	}
	return d.str.join(rule, ">links")
}

// firstOfSeveral returns the first of the known containers that repeat with
// title and date between them, and their number: archives of blogs and pages that
// load the next article below the first. One coherent article is worth more than
// a mixture. n is 0 for pages with one article.
func (d *page) firstOfSeveral() (first, n int) {
	const maxGap = 15
	dated, last := 0, int32(0)
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.name.known == 0 || e.good < lim.KnownGood || e.b0 < last {
			continue
		}
		switch {
		case first == 0:
			first = i
		case e.kind() != d.els[first].kind():
			continue
		case e.b0-last <= maxGap && d.begins(last, e.b0):
			dated++
		}
		n++
		last = e.b1
	}
	if n < 2 || dated < n-1 {
		return 0, 0
	}
	return first, n
}

// begins reports whether blocks [a, z) show a date and a title, as what stands
// between two articles does.
func (d *page) begins(a, z int32) bool {
	date, title := false, false
	for i := a; i < z; i++ {
		b := &d.bl[i]
		if b.tok > maxFurnitureTokens {
			continue
		}
		title = title || b.head > 0 || d.els[b.el].name.bits&nameTitle != 0
		date = date || findDate(d.blockText(b)).known()
	}
	return date && title
}

// titleNear reports whether the title of the page is shown just above block i.
func (d *page) titleNear(i int) bool {
	return i >= 0 && d.titleBlock >= 0 && d.titleBlock <= i+3 && d.titleBlock >= i-15
}

// dropTitleLines takes the title, the byline and bare counters off the head of the
// text: title and byline have their own fields.
func (d *page) dropTitleLines() {
	first := d.firstSelected()
	if first < 0 {
		return
	}
	tok, _ := d.selected()
	for i := first; i < min(first+6, len(d.bl)); i++ {
		b := &d.bl[i]
		if !d.sel[i] {
			continue
		}
		if b.good && b.stop > 0 || b.tok > maxFurnitureTokens || int(b.tok)*2 > tok {
			return
		}
		o := d.titleOverlap(b)
		isTitle := o >= 0.95 && (b.tok >= 4 || b.head == 1) || o >= 0.85 && b.tok >= 12 && b.stop == 0 || b.tok == 1 && b.t1-b.t0 <= 3 && isDigit(d.text[b.t0]) || string(d.blockText(b)) == "关注"
		if !isTitle && !(b.pats&patByline != 0 && b.stop == 0 && findDate(d.blockText(b)).known()) {
			return
		}
		d.sel[i] = false
		tok -= int(b.tok)
	}
}
