package extract

import "golang.org/x/net/html/atom"

// scoreElements gives every element its score and returns the best one, 0 if
// none. The idea is readability's: each block of text gives its points to the
// element around it, half to the next and a third of the rest on; names, tags and
// link share then raise or lower. With thread set, reply names do not count
// against an element.
func (d *page) scoreElements(thread bool) int {
	d.score = grow(d.score, len(d.els))
	clear(d.score)
	for i := range d.bl {
		b := &d.bl[i]
		if b.tok < lim.ScoreTokens || b.linkTok*2 > b.tok || b.pats&(patCopyright|patContact) != 0 || b.isAddress() || b.isComment {
			continue
		}
		d.givePoints(b)
	}
	negative := nameNegative
	if thread {
		negative &^= nameReply
	}
	top, best := 0, 0.0
	for i := 1; i < len(d.els); i++ {
		if d.score[i] == 0 {
			continue
		}
		e := &d.els[i]
		sc := float64((d.score[i] + bonus(e, negative)) * (1 - ratio(e.linkTok, e.tok)))
		if sc > best {
			best, top = sc, i
		}
		d.score[i] = sc
	}
	return top
}

// givePoints adds the points of one block to the elements around it.
func (d *page) givePoints(b *block) {
	points := float64(b.punct) + min(float64(b.tok)/lim.ScoreUnit, lim.ScoreMost)
	if !b.br {
		points++
	}
	points = float64(points * (1 - b.linkShare()))
	e := b.el
	switch d.els[e].tag { // the paragraph itself is no container
	case atom.P, atom.Span, atom.Font, atom.Strong, atom.B, atom.Pre, atom.Blockquote:
		if p := d.els[e].parent; p > 0 {
			e = p
		}
	}
	for level := 0; e > 0 && level < 5; level++ {
		switch level {
		case 0:
			d.score[e] += points
		case 1:
			d.score[e] += points / 2
		default:
			d.score[e] += points / float64(level*3)
		}
		e = d.els[e].parent
	}
}

// bonus is what tag and names of an element add to its points.
func bonus(e *element, negative uint64) float64 {
	w := 0.0
	if e.tag != atom.Body && e.tag != atom.Html {
		if e.name.bits&nameContent != 0 {
			w += lim.BonusName
		}
		if e.name.bits&negative != 0 {
			w -= lim.BonusName
		}
	}
	switch e.tag {
	case atom.Article:
		w += lim.BonusArticle
	case atom.Div, atom.Td:
		w += 3
	case atom.Form, atom.Ul, atom.Ol, atom.Dl, atom.Li, atom.Dd, atom.Dt:
		w -= 3
	}
	if e.hidden {
		w -= lim.BonusHidden
	}
	return w
}

// anchor returns the element that follows the title of the page closely, where
// the best score starts far from it; otherwise top. It saves pages that carry
// several articles.
func (d *page) anchor(top int) int {
	h := d.titleBlock
	if h < 0 {
		return top
	}
	best, gap := top, int32(1<<30)
	if f := d.firstGood(top); f >= int32(h) {
		gap = f - int32(h)
	}
	if gap <= lim.AnchorNear {
		return top
	}
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.good < lim.AnchorGood || e.b1 <= e.b0 || e.linkTok*100 > e.tok*lim.KnownLinks {
			continue
		}
		switch e.tag {
		case atom.Body, atom.Html, atom.Tr, atom.P, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dd, atom.Dt:
			continue
		}
		if e.tag != atom.Article && e.name.bits&isBodyName == 0 && !(d.score[i] > 0 && d.score[i] > float64(lim.AnchorScore*d.score[top])) {
			continue
		}
		if d.contains(i, top) || d.contains(top, i) {
			continue
		}
		if e.tag != atom.Article && e.name.bits&isBodyName == 0 && e.good*lim.AnchorLead < d.els[top].good {
			continue // the lead of a page with sections
		}
		if f := d.firstGood(i); f >= int32(h) && f-int32(h) < gap {
			best, gap = i, f-int32(h)
		}
	}
	if gap <= lim.AnchorFar {
		return best
	}
	return top
}

// firstGood returns the first good block of an element, a large number if none.
func (d *page) firstGood(el int) int32 {
	for i := d.els[el].b0; i < d.els[el].b1; i++ {
		if d.bl[i].good {
			return i
		}
	}
	return 1 << 30
}

// climb returns the ancestor of el that completes its text: it goes up, over at
// most two elements at a time, while that adds 15 % good text and six tenths of
// what it adds are good. steps counts how often.
func (d *page) climb(el int) (at, steps int) {
	for {
		up := 0
		a := int(d.els[el].parent)
		for k := 0; k < 3 && a > 0; k++ {
			more := int(d.els[a].good - d.els[el].good)
			tok := int(d.els[a].tok - d.els[el].tok)
			if more*100 > int(d.els[el].good*lim.ClimbMore) && more*100 >= tok*int(lim.ClimbGood) {
				if d.dateLines(d.els[el].b1, d.els[a].b1) >= lim.ClimbDates { // a feed of other articles
					d.feed = true
					return el, steps
				}
				up = a
				break
			}
			a = int(d.els[a].parent)
		}
		if up == 0 {
			return el, steps
		}
		el = up
		steps++
	}
}

// core returns the smallest element around el that holds most of the good text of
// the page, where el holds less than half of it and what lies between is text
// too: pages in sections, pages whose paragraphs sit in deep wrappers. It returns
// el where el or what is around it is one of several articles, or where lines
// with dates show that what is around it is a list of other articles.
func (d *page) core(el int) int {
	total := d.els[0].good
	if d.els[el].good*2 >= total {
		return el
	}
	for a := el; a > 0; a = int(d.els[a].parent) {
		e := &d.els[a]
		if a != el && e.name.known > 0 || e.tag == atom.Article || e.name.bits&isBodyName != 0 && e.name.known == 0 {
			return el
		}
		if e.good*100 >= total*lim.CoreShare {
			if e.good*2 >= e.tok && e.linkTok*4 < e.tok && d.dateLines(e.b0, d.els[el].b0)+d.dateLines(d.els[el].b1, e.b1) < 2 {
				return a
			}
			return el
		}
	}
	return el
}

// climbAnchored is climb for an element that the title chose and not the score:
// its first step must not double its good text, or it would climb to the
// neighbour that had the better score.
func (d *page) climbAnchored(el int) (at, steps int) {
	for k, a := 0, int(d.els[el].parent); k < 3 && a > 0; k, a = k+1, int(d.els[a].parent) {
		more := int(d.els[a].good - d.els[el].good)
		tok := int(d.els[a].tok - d.els[el].tok)
		if more*100 > int(d.els[el].good*lim.ClimbMore) && more*100 >= tok*int(lim.ClimbGood) && more < int(d.els[el].good) {
			at, steps = d.climb(a)
			return at, steps + 1
		}
	}
	return el, 0
}

// dateLines counts the blocks [a, z) that are a date and little more.
func (d *page) dateLines(a, z int32) int {
	n := 0
	for i := a; i < z; i++ {
		if b := &d.bl[i]; b.tok <= 8 && findDate(d.blockText(b)).known() {
			n++
		}
	}
	return n
}
