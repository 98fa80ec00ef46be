package extract

import (
	"bytes"
	"slices"

	"golang.org/x/net/html/atom"
)

// segment is a run of selected blocks without a long gap.
type segment struct{ a, z, tok int32 }

// markComments marks the blocks of reader comments. A container is one by its
// name, unless it holds nine tenths of the good text.
func (d *page) markComments() {
	total := d.els[0].good
	any := false
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.b1 <= e.b0 || e.name.bits&isCommentName == 0 || e.tag == atom.Body || e.tag == atom.Html || e.good*100 >= total*lim.CommentsMost {
			continue
		}
		for k := e.b0; k < e.b1; k++ {
			d.bl[k].isComment = true
			d.bl[k].good = false
		}
		any = true
	}
	if any {
		d.sum()
	}
}

// isFurniture reports whether a block is no text by its links or patterns.
func isFurniture(b *block) bool {
	switch {
	case b.good:
		return false
	case b.linkTok*2 > b.tok:
		return true
	case b.pats&patDisclaimer != 0:
		return true
	case b.pats&(patCopyright|patContact) != 0 && b.tok < lim.FurnitureTokens:
		return true
	case b.pats&patLogin != 0 && b.tok < lim.FurnitureTokens && (b.stop == 0 || b.linkTok > 0 || b.tok < 10 || b.pats&patStrong != 0):
		return true
	case b.pats&patWeak != 0 && b.tok < lim.FurnitureTokens && (b.stop == 0 || b.linkTok > 0 || b.pats&patStrong != 0):
		return true
	case b.pats&(patTurn|patRelated|patShare|patReply|patPath) != 0 && b.tok < lim.FurnitureShort:
		return b.pats&patStrong != 0 || b.stop == 0 && (b.tok <= 6 || b.linkTok > 0 || b.pats&patPath != 0)
	}
	return false
}

// isFurniture reports whether a block is no text and of no class that the config
// keeps.
func (d *page) isFurniture(b *block) bool {
	if b.tok <= 2 && !b.pre && (string(d.blockText(b)) == "广告" || string(d.blockText(b)) == "廣告") { // above advertisements
		return true
	}
	return isFurniture(b) && !(d.keep != 0 && b.linkTok*2 > b.tok && d.keptLink(b))
}

// keptLink reports whether a block of links belongs to a class that the config
// keeps.
func (d *page) keptLink(b *block) bool {
	bits := findPatterns(d.blockText(b), b.tok)
	return bits&d.keep != 0 || d.cfg.Keep.Related && d.els[b.el].name.bits&nameRelated != 0
}

// creditLabels begin the lines that name source and editors of a text.
var creditLabels = []string{"来源", "來源", "稿源", "责任编辑", "責任編輯", "责编", "編輯", "编辑", "作者", "校对", "审核"}

// isCredit reports whether a short line does nothing but name source or editor
// (来源：新华网, （责任编辑：李明）), which have their own fields, or repeats the title
// under which the text stood elsewhere (原标题：).
func (d *page) isCredit(b *block) bool {
	if d.cfg.Keep.Credits || b.tok > maxFurnitureTokens {
		return false
	}
	t := bytes.TrimLeft(d.blockText(b), "([（【［ ")
	if bytes.HasPrefix(t, []byte("原标题：")) || bytes.HasPrefix(t, []byte("原标题:")) || bytes.HasPrefix(t, []byte("原標題：")) {
		return true
	}
	if b.pats&(patEditor|patByline) == 0 || b.tok > lim.CreditTokens || b.stop > 0 {
		return false
	}
	for _, l := range creditLabels {
		if rest, ok := bytes.CutPrefix(t, []byte(l)); ok {
			rest = bytes.TrimLeft(rest, " ")
			return bytes.HasPrefix(rest, []byte("：")) || bytes.HasPrefix(rest, []byte(":"))
		}
	}
	return false
}

// selectBlocks selects the blocks of element el that are text: furniture goes,
// and so does what has links or patterns before the first and after the last
// line of running text.
func (d *page) selectBlocks(el int) {
	d.sel = grow(d.sel, len(d.bl))
	clear(d.sel)
	e := &d.els[el]
	first, last := int32(-1), int32(-1)
	for i := e.b0; i < e.b1; i++ {
		b := &d.bl[i]
		if b.good || isTextLine(b) || b.pre && b.linkTok == 0 {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	for i := e.b0; i < e.b1; i++ {
		b := &d.bl[i]
		keep := !b.isComment && (!d.isFurniture(b) || i > first && i < last && d.inFlow(i)) && !d.isCredit(b)
		switch {
		case first < 0:
		case i < first && (b.linkTok > 0 || b.pats&patFurniture != 0):
			keep = false
		case i > last && (b.linkTok > 0 || b.pats&(patStrong|patCopyright|patEditor|patContact|patLogin|patPath) != 0):
			keep = false
		}
		if first >= 0 && i < first-lim.HeadLines && keep && d.titleOverlap(b) < 0.5 {
			keep = false
		}
		d.sel[i] = keep
	}
}

// inFlow reports whether block i, which has words of furniture, is a line of the text
// around it: it has no links and no phrase that is furniture everywhere, and stands in
// one element or beside a line that reads like text, or is a heading (二、推荐名额,
// 返回值：, a line of code with >>). A word alone (更多) and lines with a date (author |
// time) are no lines of text.
func (d *page) inFlow(i int32) bool {
	const reach = 3 // blocks
	b := &d.bl[i]
	if b.linkTok > 0 || b.tok <= 2 || b.pats&(patStrong|patCopyright|patContact|patDisclaimer) != 0 {
		return false
	}
	if b.pats&(patPath|patReply|patThread|patByline) != 0 && b.tok <= 20 && findDate(d.blockText(b)).known() {
		return false
	}
	if b.head > 0 {
		return true
	}
	for k := max(0, i-reach); k <= min(i+reach, int32(len(d.bl)-1)); k++ {
		if x := &d.bl[k]; k != i && (x.good || isTextLine(x) || x.pre) && d.related(x.el, b.el) {
			return true
		}
	}
	return false
}

// related reports whether two elements or the two around each have one in common.
func (d *page) related(a, z int32) bool {
	for i := 0; i < 3 && a > 0; i, a = i+1, d.els[a].parent {
		for k, e := 0, z; k < 3 && e > 0; k, e = k+1, d.els[e].parent {
			if e == a {
				return true
			}
		}
	}
	return false
}

// isTextLine reports whether a short block reads like text: a line with marks and
// few links, or a sentence with a weak word of furniture.
func isTextLine(b *block) bool {
	return b.punct > 0 && b.linkTok*3 < b.tok && b.tok >= lim.TextLineTokens && !b.isComment &&
		(b.pats&patFurniture == 0 || b.stop > 0 && b.linkTok == 0 && b.pats&(patStrong|patCopyright|patContact|patDisclaimer) == 0)
}

// minAboveComments is the good text in tokens above a heading of comments that shows
// that they are comments on it.
const minAboveComments = 100

// commentHeads begin the heading above reader comments.
var commentHeads = []string{"热门评论", "最新评论", "网友评论", "全部评论", "精彩评论", "读者评论", "评论列表", "用户评论", "热门跟帖", "最新跟帖", "网友跟帖", "网友留言", "最新留言", "熱門評論", "最新評論", "網友評論", "全部評論", "最新回應", "讀者回應"}

// dropCommentTail deselects what follows the heading of reader comments that no name
// marks, where the text above it is no mere line.
func (d *page) dropCommentTail() {
	if d.cfg.Comments || d.cfg.Keep.Replies || d.known() > 0 { // a known container holds none
		return
	}
	good := int32(0)
	for i := range d.bl {
		b := &d.bl[i]
		if d.sel[i] && b.good {
			good += b.tok
		}
		if good < minAboveComments || b.tok > 8 || b.good || b.tok < 2 {
			continue
		}
		t := d.blockText(b)
		for _, h := range commentHeads {
			if bytes.HasPrefix(t, []byte(h)) {
				clear(d.sel[i:])
				return
			}
		}
	}
}

// trimTail deselects what is left at the end of the text when its links are gone
// (关键词阅读：, +1, 10-27) and the line that says when the page changed.
func (d *page) trimTail() {
	for _, last := d.selectedRange(); last > 0; last-- {
		if !d.sel[last] {
			continue
		}
		if !d.isRest(last) {
			return
		}
		d.sel[last] = false
	}
}

// isRest reports whether block i, the last of the text, is a rest of furniture.
func (d *page) isRest(i int) bool {
	b := &d.bl[i]
	if b.tok > lim.RestTokens || b.pre || b.row >= 0 || b.stop > 0 {
		return false
	}
	t := d.blockText(b)
	switch {
	case t[0] == '+' && len(t) <= 3:
		return true
	case bytes.Equal(bytes.Trim(t, "- "), []byte("THE END")) || bytes.Equal(bytes.Trim(t, "- "), []byte("END")):
		return true
	case len(t) == 5 && t[2] == '-' && digits(t[:2]) == 2 && digits(t[3:]) == 2: // 10-27
		return true
	case b.pats&patByline != 0 && findDate(t).known():
		return true
	}
	linked := i+1 < len(d.bl) && (d.bl[i+1].linkTok > 0 || d.bl[i+1].tok <= 3)
	return linked && (bytes.HasSuffix(t, []byte("：")) || bytes.HasSuffix(t, []byte(":")))
}

// dropFrame deselects what stands in elements of el that are named as navigation
// or footer: an element as large as the page holds them too.
func (d *page) dropFrame(el int) {
	for i := el + 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.b0 >= d.els[el].b1 {
			return
		}
		if e.name.bits&(nameNav|nameFooter) != 0 && e.name.bits&nameContent == 0 && e.good*4 < d.els[el].good {
			clear(d.sel[e.b0:e.b1])
		}
	}
}

// isChosenTable reports whether element i is a table of data with selected text in
// it: two or more cells in most rows, one line in most cells.
func (d *page) isChosenTable(i int) bool {
	e := &d.els[i]
	if slices.Index(d.sel[e.b0:e.b1], true) < 0 {
		return false
	}
	rows, cells := int32(0), int32(0)
	for k := i + 1; k < len(d.els) && d.els[k].b0 < e.b1; k++ {
		switch d.els[k].tag {
		case atom.Tr:
			rows++
		case atom.Td, atom.Th:
			cells++
		case atom.Table:
			return false
		}
	}
	return rows >= 3 && cells >= 2*rows-rows/2 && (e.b1-e.b0)*2 <= cells*3
}

// keepTables selects whole tables of at least six short cells and few links that
// follow selected text closely or hold some of it.
func (d *page) keepTables() {
	for i := range d.els {
		e := &d.els[i]
		n := e.b1 - e.b0
		if e.tag != atom.Table || n < lim.TableBlocks || e.tok == 0 || e.linkTok*100 >= e.tok*lim.TableLinks || e.tok/n >= lim.TableCell {
			continue
		}
		near := false
		for k := max(0, e.b0-lim.TableNear); k < e.b0; k++ {
			near = near || d.sel[k]
		}
		if !near && !d.isChosenTable(i) {
			continue
		}
		for k := e.b0; k < e.b1; k++ {
			d.sel[k] = !d.bl[k].isComment
		}
	}
}

// keepMainSegments drops selected segments with less than a quarter of the
// tokens of the largest. Gaps of up to 12 blocks do not split a segment.
func (d *page) keepMainSegments() {
	segs := d.segs[:0]
	for k := 0; k < len(d.sel); {
		if !d.sel[k] {
			k++
			continue
		}
		last, tok := k, int32(0)
		for j := k; j < len(d.sel) && j-last <= lim.SegmentGap; j++ {
			if d.sel[j] {
				last = j
				tok += d.bl[j].tok
			}
		}
		segs = append(segs, segment{int32(k), int32(last + 1), tok})
		k = last + 1
	}
	d.segs = segs
	most := int32(0)
	for _, s := range segs {
		most = max(most, s.tok)
	}
	for _, s := range segs {
		if s.tok*100 < most*lim.SegmentShare {
			clear(d.sel[s.a:s.z])
		}
	}
}

// selected returns the tokens and good tokens of the selected blocks.
func (d *page) selected() (tok, good int) {
	for i := range d.bl {
		if d.sel[i] {
			tok += int(d.bl[i].tok)
			if d.bl[i].good {
				good += int(d.bl[i].tok)
			}
		}
	}
	return tok, good
}

// firstSelected returns the first selected block, -1 if none is.
func (d *page) firstSelected() int { return slices.Index(d.sel, true) }

// selectedRange returns the first and last selected block, -1 if none is.
func (d *page) selectedRange() (first, last int) {
	first = d.firstSelected()
	last = len(d.sel) - 1
	for last >= 0 && !d.sel[last] {
		last--
	}
	return first, last
}
