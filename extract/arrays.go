package extract

import "golang.org/x/net/html/atom"

// element is one block-level element, or one inline element whose class or id
// says something. Elements are stored in document order.
type element struct {
	parent int32
	b0, b1 int32 // its blocks, half open
	tag    atom.Atom
	name   *nameInfo // what class, id, role and itemprop say; never nil
	hidden bool

	// sums over its blocks
	tok, linkTok, good int32
}

// block is one line of the page: text between block-level tags or <br>.
type block struct {
	t0, t1 int32 // its text in page.text
	el     int32 // element it belongs to
	row    int32 // innermost tr, -1 if none
	cell   int32 // innermost td or th, -1 if none

	tok, linkTok int32 // tokens: Han characters and words; those inside links
	punct, stop  int32 // punctuation marks, sentence ends among them
	pats         uint32

	head      uint8 // 1–6 inside h1–h6
	br        bool  // ends at a <br>
	pre       bool
	good      bool // reads like running text
	isComment bool
	headline  bool // inside a heading or an element named as a title
}

// linkShare returns the share of tokens inside links, 0–1.
func (b *block) linkShare() float64 { return ratio(b.linkTok, b.tok) }

// page holds the arrays of one page. The extractor owns one and reuses it.
type page struct {
	names *nameCache
	cfg   Config
	site  *siteMatch // what site rules say, nil without

	text []byte
	els  []element
	bl   []block
	head headInfo

	sums   []sums // prefix sums over bl, one more than blocks
	score  []float64
	sel    []bool
	mark   []int8
	segs   []segment
	floors []int32 // lines with the number of a post
	kinds  map[kind]int32
	seen   map[uint64]int32 // hash of a long selected block to the block
	title  titleGrams
	heads  []linkedHead // headlines that are links
	href   string       // of the first link with text in the open block

	cur         block
	open        bool
	inWord      bool
	space       spaceState
	last        rune
	noscript    bool // a noscript element was skipped
	useNoscript bool
	deep        bool
	frames      bool   // a frameset
	keep        uint32 // patterns that are no furniture by config
	lastTeX     string // source of the last formula
	payload     string // largest script that carries the state of the page
	problem     string
	several     bool // the page holds several whole articles
	fell        bool // the rules left nothing, the text is what a fallback took
	feed        bool // lines with dates follow the chosen text
	titleBlock  int  // shows the title, -1 if none

	parts   []titlePart
	str     *interner
	nameBuf []byte
	buf     []byte
	out     []byte // rendered text
}

type sums struct{ tok, linkTok, good, plain int32 }

// Scratch memory above these sizes is given back after a giant page.
const (
	maxKeepText   = 4 << 20
	maxKeepBlocks = 1 << 16
)

func (d *page) reset(names *nameCache, cfg Config) {
	if cap(d.text) > maxKeepText || cap(d.bl) > maxKeepBlocks || cap(d.els) > maxKeepBlocks || cap(d.heads) > maxKeepBlocks {
		*d = page{keep: d.keep, str: d.str}
	}
	names.begin()
	clear(d.heads)
	kinds := d.kinds
	if kinds == nil {
		kinds = map[kind]int32{}
	}
	*d = page{
		names: names, cfg: cfg, keep: d.keep, seen: d.seen, text: d.text[:0], els: d.els[:0], bl: d.bl[:0],
		sums: d.sums, score: d.score, sel: d.sel, mark: d.mark, segs: d.segs[:0], floors: d.floors[:0], heads: d.heads[:0],
		kinds: kinds, nameBuf: d.nameBuf[:0], buf: d.buf[:0], out: d.out, titleBlock: -1,
		parts: d.parts, str: d.str, head: headInfo{str: d.str},
	}
}

// blockText returns the text of a block; it is valid until the next page.
func (d *page) blockText(b *block) []byte { return d.text[b.t0:b.t1] }

// goodTokens returns the tokens in good blocks of the page.
func (d *page) goodTokens() int {
	n := 0
	for i := range d.bl {
		if d.bl[i].good {
			n += int(d.bl[i].tok)
		}
	}
	return n
}

// sum fills the prefix sums and the sums of the elements from the blocks.
func (d *page) sum() {
	d.sums = grow(d.sums, len(d.bl)+1)
	var s sums
	d.sums[0] = s
	for i := range d.bl {
		b := &d.bl[i]
		s.tok += b.tok
		s.linkTok += b.linkTok
		s.plain += b.tok - b.linkTok
		if b.good {
			s.good += b.tok
		}
		d.sums[i+1] = s
	}
	for i := range d.els {
		e := &d.els[i]
		a, z := &d.sums[e.b0], &d.sums[e.b1]
		e.tok, e.linkTok, e.good = z.tok-a.tok, z.linkTok-a.linkTok, z.good-a.good
	}
}

// contains reports whether all blocks of element b lie inside element a.
func (d *page) contains(a, b int) bool {
	return d.els[a].b0 <= d.els[b].b0 && d.els[a].b1 >= d.els[b].b1
}

// grow returns s with length n and unspecified content.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}

func ratio(a, b int32) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
