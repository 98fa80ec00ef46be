package extract

import (
	"strconv"

	"github.com/qingliu/qingliu/corpus"
)

// decide chooses the text and labels the page.
func (e *Extractor) decide(url string) {
	d := &e.d
	t := d.measureThread()
	isThread := t.isThread()
	if !isThread && !e.cfg.Comments {
		d.markComments()
	}
	all := d.els[0].good
	rule := "posts"
	if t.known >= 2 {
		d.selectKnownPosts()
	} else {
		rule = d.choose(isThread)
		if isThread {
			d.addPosts()
			rule += ">posts"
		}
	}
	tok, good := d.selected()
	if tok < fewTokens && int(d.sums[len(d.bl)].tok) > 10*tok {
		rule = d.fallback(rule)
		tok, good = d.selected()
	}
	p := &e.out
	p.Rule = rule
	p.Text = d.render()
	p.Confidence = corpus.Round(min(1, ratio(int32(good), max(all, 1))), 3)
	p.Type, p.TypeConfidence = d.pageType(t, tok, good, url)
}

// fewTokens is the amount of text below which another choice is tried.
const fewTokens = 20

// choose selects the blocks of the best element and returns the rule path.
func (d *page) choose(isThread bool) string {
	top := d.scoreElements(isThread)
	rule := "score"
	el, steps := 0, 0
	if k := d.known(); k > 0 && !isThread {
		rule = "container:" + d.els[k].name.knownKey
		if k == top {
			el, steps = d.climb(k)
		} else {
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
		rule += ">climb" + strconv.Itoa(steps)
	}
	if c := d.core(el); c != el {
		el = c
		rule += ">core"
	}
	d.selectBlocks(el)
	d.keepTables()
	d.keepMainSegments()
	return rule + ">filter"
}

// known returns the known container that holds the text, 0 if none does. It must
// hold at least 40 good tokens, at least 30 % of the good text of the page, and
// few links; the most trusted name wins, then the first in the page.
func (d *page) known() int {
	best, rank := 0, uint8(255)
	total := d.els[0].good
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.name.known == 0 || e.name.known >= rank {
			continue
		}
		if e.good < 40 || e.good*10 < total*3 || e.linkTok*100 > e.tok*35 {
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
		d.sel[i] = !b.isComment && !isFurniture(b)
	}
	if tok, _ := d.selected(); tok >= fewTokens && tok > before {
		return rule + ">lines"
	}
	for i := range d.bl {
		b := &d.bl[i]
		d.sel[i] = b.pats&patFurniture == 0 && !b.isComment
	}
	return rule + ">links"
}
