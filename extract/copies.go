package extract

import "github.com/zeebo/xxh3"

const maxCopyHead = 64 // lines before the one that shows that a copy begins

// dropCopies deselects what stands in the selected text a second time: pages that
// carry an article once for desktops and once for mobiles. A copy is found at a
// long line and reaches as far as the lines before and after are the same; sentences
// that a text repeats are far shorter.
func (d *page) dropCopies() {
	if d.seen == nil {
		d.seen = map[uint64]int32{}
	}
	clear(d.seen)
	total, _ := d.selected()
	for i := 0; i < len(d.bl); i++ {
		b := &d.bl[i]
		if !d.sel[i] || b.tok < lim.CopyTokens {
			continue
		}
		h := xxh3.Hash(d.blockText(b))
		if first, ok := d.seen[h]; ok {
			i = d.dropCopy(int(first), i, int32(total)) - 1
		} else {
			d.seen[h] = int32(i)
		}
	}
}

// dropCopy deselects the copy around block z of the text around block a, if it is
// large enough. It returns where the copy ends, so that no block is compared often.
func (d *page) dropCopy(a, z int, total int32) int {
	if !d.same(a, z) { // equal hashes only
		return z + 1
	}
	begin, end, tok := z, z+1, d.bl[z].tok
	for k, i := a-1, z-1; k >= 0 && i > a && z-i <= maxCopyHead && d.same(k, i); k, i = k-1, i-1 {
		begin = i
		tok += d.bl[i].tok
	}
	for k, i := a+1, z+1; k < begin && i < len(d.bl) && d.same(k, i); k, i = k+1, i+1 {
		end = i + 1
		tok += d.bl[i].tok
	}
	if tok*lim.CopyShare >= total {
		clear(d.sel[begin:end])
	}
	return end
}

// same reports whether two blocks have the same text.
func (d *page) same(a, z int) bool {
	return string(d.blockText(&d.bl[a])) == string(d.blockText(&d.bl[z]))
}
