package extract

import (
	"strings"
	"unicode/utf8"
)

// titleGrams is the set of character pairs of the title, as bits of a hash: with
// the 10–60 pairs of a title one foreign pair in a hundred passes as its own.
type titleGrams struct {
	bits  [gramBits / 64]uint64
	pairs int
}

const gramBits = 4096

func gramBit(a, b rune) uint32 {
	return (uint32(a)*0x9e3779b1 ^ uint32(b)*0x85ebca6b) >> 20
}

func (g *titleGrams) add(s []byte) {
	var prev rune
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		s = s[n:]
		if classOf(r) == runeSpace {
			continue
		}
		if prev != 0 {
			k := gramBit(prev, r)
			g.bits[k/64] |= 1 << (k % 64)
			g.pairs++
		}
		prev = r
	}
}

// titleOverlap returns the share of the character pairs of a short block that
// also occur in the title, 0–1. Blocks of more than 60 tokens have none.
func (d *page) titleOverlap(b *block) float64 {
	if d.title.pairs <= 2 || b.tok > maxFurnitureTokens {
		return 0
	}
	var prev rune
	var n, hit int32
	for s := d.blockText(b); len(s) > 0; {
		r, size := utf8.DecodeRune(s)
		s = s[size:]
		if classOf(r) == runeSpace {
			continue
		}
		if prev != 0 {
			n++
			k := gramBit(prev, r)
			hit += int32(d.title.bits[k/64] >> (k % 64) & 1)
		}
		prev = r
	}
	return ratio(hit, n)
}

// findTitle finds the block that shows the title of the page.
func (d *page) findTitle() {
	d.title = titleGrams{}
	d.title.add([]byte(d.head.title))
	if d.title.pairs <= 2 {
		return
	}
	best := 0.0
	for i := range d.bl {
		b := &d.bl[i]
		if b.tok < 4 || b.tok > maxFurnitureTokens {
			continue
		}
		o := d.titleOverlap(b)
		if o < 0.6 {
			continue
		}
		if b.head > 0 {
			o += 0.3
		}
		if b.head == 1 {
			o += 0.1
		}
		if b.linkTok*2 > b.tok {
			o -= 0.4
		}
		if o > best {
			best, d.titleBlock = o, i
		}
	}
}

// splitTitle cuts the suffix of the site from the title of the page. A line near
// the text that repeats one end of the title decides; without one the title comes
// first and the site, if the page names it, or the last part is the suffix.
func (d *page) splitTitle(title, site string) (string, string) {
	parts := d.titleParts(title)
	if n := len(parts); n > 1 && hasPrefixFold(title[parts[n-1].a:], "powered by") {
		parts = parts[:n-1]
		title = title[:parts[n-2].z]
	}
	if len(parts) == 1 {
		if k := d.shownPrefix(title); k > 0 {
			return title[:k], strings.Trim(title[k:], "-–—－_|｜ ·")
		}
		return title[parts[0].a:parts[0].z], site
	}
	end, last := 0, parts[len(parts)-1]
	n, flipped := d.shownTitle(title, parts)
	if n == 0 && !flipped {
		if k := d.shownPrefix(title); k > 0 {
			if rest := strings.Trim(title[k:], "-–—－_|｜ ·"); rest != "" {
				site = rest
			}
			return title[:k], site
		}
	}
	switch {
	case flipped:
		return title[last.a:last.z], title[parts[0].a:parts[0].z]
	case n > 0:
		end = n
	case title[parts[0].a:parts[0].z] == site:
		return title[parts[1].a:last.z], site
	}
	if end == 0 && hasAnySuffix(title[parts[0].a:parts[0].z], "论坛", "社区", "網", "网", "BBS", "論壇") && !hasAnySuffix(title[last.a:last.z], "论坛", "社区", "網", "网", "BBS", "論壇") && last.z-last.a > parts[0].z-parts[0].a {
		return title[last.a:last.z], title[parts[0].a:parts[0].z]
	}
	for k := 1; k < len(parts) && end == 0; k++ {
		if title[parts[k].a:parts[k].z] == site {
			end = k
		}
	}
	if end == 0 {
		end = 1
		for end < len(parts) && utf8.RuneCountInString(title[:parts[end-1].z]) < 4 {
			end++
		}
	}
	if end < len(parts) {
		site = title[last.a:last.z]
	}
	return title[parts[0].a:parts[end-1].z], site
}

// shownTitle looks for the line closest to the begin of the text that repeats the
// first n parts of the title, or for the heading that repeats its last part
// (flipped: the site stands first).
func (d *page) shownTitle(title string, parts []titlePart) (n int, flipped bool) {
	const above, below = 25, 2
	first := d.firstSelected()
	if first < 0 {
		return 0, false
	}
	last := parts[len(parts)-1]
	for k := range above + below + 1 { // above the text first, the nearest line first
		i := first - k
		if k > above {
			i = first + k - above
		}
		if i < 0 || i >= len(d.bl) || d.bl[i].tok > maxFurnitureTokens {
			continue
		}
		b := &d.bl[i]
		t := d.blockText(b)
		for k := len(parts); k > 0; k-- {
			if k < len(parts) && b.linkTok > 0 && b.head == 0 { // name of the site or a menu
				break
			}
			if sameText(title[parts[0].a:parts[k-1].z], t) {
				return k, false
			}
		}
		isHeading := b.linkTok == 0 && (b.head > 0 || d.els[b.el].name.bits&nameTitle != 0)
		if isHeading && sameText(title[last.a:last.z], t) {
			return 0, true
		}
	}
	return 0, false
}

// shownPrefix looks above the text for a line that repeats the begin of the title
// up to a mark or blank that no rule cuts at (…工作 东区办事处, …GPU-EDN 电子技术设计).
// It returns the length of what is shown, 0 if nothing is.
func (d *page) shownPrefix(title string) int {
	const above, minTokens = 15, 8
	first := d.firstSelected()
	for i := min(first, len(d.bl)-1); i >= max(0, first-above); i-- {
		b := &d.bl[i]
		if b.tok < minTokens || b.tok > maxFurnitureTokens {
			continue
		}
		k := prefixOf(title, d.blockText(b))
		if k <= 0 || k == len(title) {
			continue
		}
		r, n := utf8.DecodeRuneInString(title[k:])
		if !strings.ContainsRune(" -–—－_|｜·", r) || strings.HasPrefix(title[k+n:], "（") || strings.HasPrefix(title[k+n:], "(") {
			continue
		}
		if i+1 < len(d.bl) && prefixOf(title[k+n:], d.blockText(&d.bl[i+1])) > 0 { // a title of two lines
			return 0
		}
		return k
	}
	return 0
}

// prefixOf returns how many bytes of title show t, without regard to white space
// and ASCII case, 0 if title does not begin with t.
func prefixOf[A, B string | []byte](title A, t B) int {
	i := 0
	for k := range len(t) {
		c := t[k]
		if c <= ' ' {
			continue
		}
		for i < len(title) && title[i] <= ' ' {
			i++
		}
		if i == len(title) || lowerByte(title[i]) != lowerByte(c) {
			return 0
		}
		i++
	}
	return i
}

type titlePart struct{ a, z int }

// titleParts cuts a title at the marks that sites put before their name. The parts
// are valid until the next call.
func (d *page) titleParts(s string) []titlePart {
	parts := d.parts[:0]
	start := 0
	cut := func(a, z int) {
		if p, ok := trimPart(s, start, a); ok {
			parts = append(parts, p)
		}
		start = z
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch r {
		case '_', '|', '｜', '»', '丨', '┊':
			cut(i, i+n)
		case '-', '–', '—', '－', '·', '>':
			// between words a hyphen is one only with blanks or Chinese around
			z := i + n
			for s[i] == '-' && z < len(s) && s[z] == '-' {
				z++
			}
			if separates(s, i, z) {
				cut(i, z)
			}
			n = z - i
		}
		i += n
	}
	cut(len(s), len(s))
	if len(parts) == 0 {
		parts = append(parts, titlePart{0, len(s)})
	}
	d.parts = parts
	return parts
}

func trimPart(s string, a, z int) (titlePart, bool) {
	for a < z && (s[a] <= ' ' || s[a] == '-') {
		a++
	}
	for a < z && (s[z-1] <= ' ' || s[z-1] == '-') {
		z--
	}
	return titlePart{a, z}, a < z
}

// separates reports whether the dashes s[a:z] stand between blanks or after and
// before Chinese characters.
func separates(s string, a, z int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:a])
	after, _ := utf8.DecodeRuneInString(s[z:])
	if before == ' ' && after == ' ' || z-a >= 3 && s[a] == '-' { // a row of hyphens
		return true
	}
	return s[a] == '-' && isWide(before) && isWide(after)
}

// sameText compares two texts without white space and ASCII case.
func sameText(a string, b []byte) bool {
	i, k := 0, 0
	for {
		for i < len(a) && a[i] <= ' ' {
			i++
		}
		for k < len(b) && b[k] <= ' ' {
			k++
		}
		if i == len(a) || k == len(b) {
			return i == len(a) && k == len(b)
		}
		if lowerByte(a[i]) != lowerByte(b[k]) {
			return false
		}
		i++
		k++
	}
}
