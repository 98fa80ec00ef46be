package extract

import "golang.org/x/net/html/atom"

// markVerse marks the lines of poems, lyrics and other texts in short lines as
// good: lines without links and furniture in one element or in paragraphs side by
// side, most of them ended by <br>. They have too few words and marks to read like
// running text.
func (d *page) markVerse() {
	for i := 0; i < len(d.bl); {
		j, tok, breaks := i, int32(0), 0
		for j < len(d.bl) && isVerseLine(&d.bl[j]) && d.besides(i, j) {
			tok += d.bl[j].tok
			if d.bl[j].br {
				breaks++
			}
			j++
		}
		if breaks+1 >= lim.VerseLines && breaks*2 >= j-i && tok >= lim.VerseTokens {
			for k := i; k < j; k++ {
				d.bl[k].good = true
			}
		}
		i = max(j, i+1)
	}
}

// besides reports whether two blocks stand in one element or in paragraphs of one
// parent.
func (d *page) besides(a, z int) bool {
	x, y := d.bl[a].el, d.bl[z].el
	return x == y || d.els[x].tag == atom.P && d.els[y].tag == atom.P && d.els[x].parent == d.els[y].parent
}

func isVerseLine(b *block) bool {
	return b.linkTok == 0 && b.tok <= lim.VerseLine && b.pats&(patFurniture|patByline|patBuy) == 0 && !b.pre && b.head == 0
}
