package extract

import (
	"bytes"

	"golang.org/x/net/html/atom"
)

const (
	minFloors       = 3  // numbered posts that make a thread
	maxFloorTokens  = 6  // of a line that gives the number of a post
	maxBeforeFloors = 60 // good tokens above the first post: more is an article with comments
	minFloorShare   = 4  // the posts hold at least one part in so many of what is no link
	maxFloors       = 1000
)

// isFloor reports whether a line gives the number of a post: 楼主, 3楼, 第 3 楼, 3#, #3.
func isFloor(t []byte) bool {
	if bytes.HasPrefix(t, []byte("楼主")) || bytes.HasPrefix(t, []byte("樓主")) || bytes.HasPrefix(t, []byte("沙发")) {
		return len(t) <= 12
	}
	t = bytes.TrimPrefix(t, []byte("第"))
	t = bytes.TrimLeft(t, " #")
	n := 0
	for n < len(t) && isDigit(t[n]) {
		n++
	}
	if n == 0 || n > 5 {
		return false
	}
	rest := bytes.TrimLeft(t[n:], " ")
	return bytes.Equal(rest, []byte("楼")) || bytes.Equal(rest, []byte("樓")) || bytes.Equal(rest, []byte("#"))
}

// selectFloors selects the posts of a thread whose elements have no telling names, as
// old boards made of tables write it: elements side by side that each show the number
// of a post. It reports whether the page is one.
func (d *page) selectFloors() bool {
	d.floors = d.floors[:0]
	for i := range d.bl {
		if b := &d.bl[i]; b.tok <= maxFloorTokens && !b.isComment && isFloor(d.blockText(b)) && len(d.floors) < maxFloors {
			d.floors = append(d.floors, int32(i))
		}
	}
	if len(d.floors) < minFloors {
		return false
	}
	parent := d.common(d.bl[d.floors[0]].el, d.bl[d.floors[1]].el)
	n, first := 0, int32(-1)
	for _, f := range d.floors {
		if c := d.childOf(d.bl[f].el, parent); c > 0 {
			if first < 0 {
				first = d.els[c].b0
			}
			n++
		}
	}
	if n < minFloors || d.sums[first].good > maxBeforeFloors {
		return false
	}
	d.sel = grow(d.sel, len(d.bl))
	clear(d.sel)
	plain := d.sums[len(d.bl)].plain - d.sums[first].plain
	for k, f := range d.floors {
		c := d.childOf(d.bl[f].el, parent)
		if c <= 0 || k > 0 && c == d.childOf(d.bl[d.floors[k-1]].el, parent) {
			continue
		}
		d.selectFloor(&d.els[c], f)
	}
	tok, _ := d.selected()
	return tok*minFloorShare > int(plain)
}

// selectFloor selects the text of one post: the first element with text below the line
// with its number, else the largest above it.
func (d *page) selectFloor(post *element, floor int32) {
	own := func(i int32) bool {
		b := &d.bl[i]
		return i != floor && b.linkTok*2 <= b.tok && b.pats&(patStrong|patCopyright|patContact) == 0 && !d.isPostMeta(b)
	}
	el := int32(-1)
	for i := floor + 1; i < post.b1 && el < 0; i++ {
		if own(i) {
			el = d.bl[i].el
		}
	}
	if el < 0 {
		most := int32(0)
		for i := post.b0; i < floor; i++ {
			if own(i) && d.els[d.bl[i].el].tok > most {
				el, most = d.bl[i].el, d.els[d.bl[i].el].tok
			}
		}
	}
	if el < 0 {
		return
	}
	for up := d.els[el].parent; d.els[el].tag == atom.P && up > 0 && &d.els[up] != post; up = d.els[el].parent { // all paragraphs
		el = up
	}
	for i := d.els[el].b0; i < d.els[el].b1; i++ {
		d.sel[i] = own(i)
	}
}

// common returns the smallest element around both.
func (d *page) common(a, z int32) int32 {
	for a != z {
		if a > z {
			a = d.els[a].parent
		} else {
			z = d.els[z].parent
		}
	}
	return a
}

// childOf returns the child of parent that is or holds element el, -1 if none.
func (d *page) childOf(el, parent int32) int32 {
	for el > parent {
		if d.els[el].parent == parent {
			return el
		}
		el = d.els[el].parent
	}
	return -1
}
