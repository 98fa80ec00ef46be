package extract

import "golang.org/x/net/html/atom"

// boxes returns the parent of el, or of one of the two elements around it, where el
// is one of several boxes of the same tag and name that all hold text: the sections
// of a course, product or organisation page. It returns el where the boxes begin
// with links or lines with dates follow, as the items of a list do.
func (d *page) boxes(el int) int {
	for box, k := el, 0; k < 3 && box > 0; box, k = int(d.els[box].parent), k+1 {
		e := &d.els[box]
		if e.tag == atom.Article || e.tag == atom.Body || e.name.known > 0 || e.name.bits&(isBodyName|isReplyName) != 0 {
			return el
		}
		if e.name.kind == 0 || e.tag == atom.Td || e.tag == atom.Tr || e.tag == atom.P || e.tag == atom.Li {
			continue
		}
		if n := d.sameBoxes(box); n >= 2 {
			return int(e.parent)
		} else if n < 0 {
			return el
		}
	}
	return el
}

// sameBoxes returns the number of elements beside box, with it, that are of its kind
// and hold text, -1 if one of them is an item of a list.
func (d *page) sameBoxes(box int) int {
	e := &d.els[box]
	parent := &d.els[e.parent]
	n := 0
	for i := int(e.parent) + 1; i < len(d.els) && d.els[i].b0 < parent.b1; i++ {
		s := &d.els[i]
		if s.parent != e.parent || s.kind() != e.kind() || s.b1 == s.b0 {
			continue
		}
		if s.linkTok*5 > s.tok || d.beginsWithTitleLink(s) || d.dateLines(s.b0, s.b1) > 0 {
			return -1
		}
		text := int32(0)
		for k := s.b0; k < s.b1; k++ {
			if b := &d.bl[k]; b.good || isTextLine(b) {
				text += b.tok
			}
		}
		if text > 0 && text*2 >= s.tok-s.linkTok-20 {
			n++
		}
	}
	return n
}

const (
	minSectionTokens = 20 // good tokens of a section
	maxSectionLinks  = 35 // percent of the tokens of all sections inside links
)

// sections returns the element around el that holds all sections of the page, where
// el is one of them: elements side by side of one tag and name that each begin with
// a heading which is no link, below the title of the page. Manuals and the pages of
// site builders are made so, and the score sees the largest section only.
func (d *page) sections(el int) int {
	if d.titleBlock < 0 {
		return el
	}
	for box, k := el, 0; k < 3 && box > 0; box, k = int(d.els[box].parent), k+1 {
		e := &d.els[box]
		if e.tag == atom.Body || e.tag == atom.Article || e.name.known > 0 || e.name.bits&isReplyName != 0 {
			return el
		}
		if e.tag != atom.Div && e.tag != atom.Section {
			continue
		}
		parent := &d.els[e.parent]
		n, good, first := 0, int32(0), int32(-1)
		for i := int(e.parent) + 1; i < len(d.els) && d.els[i].b0 < parent.b1; i++ {
			s := &d.els[i]
			if s.parent != e.parent || s.kind() != e.kind() || s.good < minSectionTokens {
				continue
			}
			if b := &d.bl[s.b0]; b.head < 2 || b.linkTok > 0 || d.dateLines(s.b0, min(s.b0+4, s.b1)) > 0 {
				continue
			}
			if first < 0 {
				first = s.b0
			}
			n++
			good += s.good
		}
		if n >= 2 && int(first) > d.titleBlock && good > d.els[el].good && parent.linkTok*100 < parent.tok*maxSectionLinks {
			return int(e.parent)
		}
	}
	return el
}
