package model

import (
	"math/bits"

	"golang.org/x/text/unicode/norm"
)

// mergeTable maps a pair of tokens to its rank and the token it becomes: an open
// hash table, at most half full.
type mergeTable struct {
	slots []mergeSlot
	shift uint
}

type mergeSlot struct {
	left, right, joined uint32
	rank                uint32 // plus 1; 0 marks a free slot
}

func newMergeTable(n int) mergeTable {
	b := uint(bits.Len(uint(2*n + 1)))
	return mergeTable{slots: make([]mergeSlot, 1<<b), shift: 64 - b}
}

func (t *mergeTable) at(left, right uint32) uint64 {
	return (uint64(left)<<32 | uint64(right)) * 0x9E3779B97F4A7C15 >> t.shift
}

// put adds a pair; a later rank for the same pair replaces the earlier, as in the library.
func (t *mergeTable) put(left, right, rank, joined uint32) {
	mask := uint64(len(t.slots) - 1)
	for i := t.at(left, right); ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.rank == 0 || s.left == left && s.right == right {
			*s = mergeSlot{left, right, joined, rank + 1}
			return
		}
	}
}

// get returns the rank of a pair plus 1, 0 for a pair that is not merged.
func (t *mergeTable) get(left, right uint32) (rank, joined uint32) {
	mask := uint64(len(t.slots) - 1)
	for i := t.at(left, right) & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.rank == 0 {
			return 0, 0
		}
		if s.left == left && s.right == right {
			return s.rank, s.joined
		}
	}
}

// A TokenCounter cuts texts into tokens with scratch memory of its own. It belongs
// to one goroutine.
type TokenCounter struct {
	t     *Tokenizer
	ids   []uint32
	buf   []byte // normalized text
	nodes []bpeNode
	heap  []uint64
}

// bpeNode is a token of a piece while it is merged, in a list by index.
type bpeNode struct {
	id         uint32
	rank       uint32 // plus 1 of the merge with the next token, 0 for none
	joined     uint32
	prev, next int32 // -1 at the ends
}

// NewCounter returns a counter for one goroutine.
func (t *Tokenizer) NewCounter() *TokenCounter { return &TokenCounter{t: t} }

// Count returns the number of tokens of a text, special tokens of a template not
// included. It allocates nothing once its scratch has grown to the size of the
// texts; what a giant text made grow is given back.
func (c *TokenCounter) Count(text string) int {
	c.ids = c.AppendTokens(c.ids[:0], text)
	n := len(c.ids)
	if cap(c.ids) > maxScratchTokens {
		c.ids = nil
	}
	if cap(c.nodes) > maxScratchTokens {
		c.nodes, c.heap = nil, nil
	}
	if cap(c.buf) > maxScratchTokens {
		c.buf = nil
	}
	return n
}

// maxScratchTokens is the size of scratch memory that is kept between texts.
const maxScratchTokens = 1 << 20

// AppendTokens appends the tokens of a text, which must be valid UTF-8.
func (c *TokenCounter) AppendTokens(dst []uint32, text string) []uint32 {
	for at := 0; at < len(text); {
		start, end, id, found := c.t.raw.next(text, at)
		if !found {
			return c.normalized(dst, text[at:])
		}
		if start > at {
			dst = c.normalized(dst, text[at:start])
		}
		dst = append(dst, id)
		at = end
	}
	return dst
}

// normalized goes on with a stretch of text that holds no added token of the raw text.
func (c *TokenCounter) normalized(dst []uint32, text string) []uint32 {
	if c.t.nfc && !norm.NFC.IsNormalString(text) {
		c.buf = norm.NFC.AppendString(c.buf[:0], text)
		text = string(c.buf) // rare: texts of the pipeline are mostly NFC
	}
	for at := 0; at < len(text); {
		start, end, id, found := c.t.normalized.next(text, at)
		if !found {
			return c.split(dst, text[at:])
		}
		if start > at {
			dst = c.split(dst, text[at:start])
		}
		dst = append(dst, id)
		at = end
	}
	return dst
}

// split cuts a stretch without added tokens into pieces.
func (c *TokenCounter) split(dst []uint32, text string) []uint32 {
	if c.t.prefixSpace && text[0] != ' ' {
		text = " " + text
	}
	for len(text) > 0 {
		n := c.t.pattern.splitNext(text)
		dst = c.piece(dst, text[:n])
		text = text[n:]
	}
	return dst
}

// shortPiece is the number of bytes up to which the best merge is found by looking
// at all of them (measured; above it a heap is faster).
const shortPiece = 48

// piece appends the tokens of one piece: the merge of the lowest rank first, of
// equal ones the leftmost, until none is left.
func (c *TokenCounter) piece(dst []uint32, s string) []uint32 {
	t := c.t
	if len(s) == 1 {
		return append(dst, t.bytes[s[0]])
	}
	if t.ignoreMerges {
		if id, ok := t.words[s]; ok {
			return append(dst, id)
		}
	}
	nodes := c.nodes[:0]
	for i := range len(s) {
		nodes = append(nodes, bpeNode{id: t.bytes[s[i]], prev: int32(i) - 1, next: int32(i) + 1})
	}
	nodes[len(nodes)-1].next = -1
	c.nodes = nodes
	for i := range len(nodes) - 1 {
		nodes[i].rank, nodes[i].joined = t.merges.get(nodes[i].id, nodes[i+1].id)
	}
	if len(s) <= shortPiece {
		c.mergeShort()
	} else {
		c.mergeLong()
	}
	for i := int32(0); i >= 0; i = nodes[i].next {
		dst = append(dst, nodes[i].id)
	}
	return dst
}

func (c *TokenCounter) mergeShort() {
	nodes := c.nodes
	for {
		best, rank := int32(-1), ^uint32(0)
		for i := int32(0); i >= 0; i = nodes[i].next {
			if r := nodes[i].rank; r != 0 && r < rank {
				best, rank = i, r
			}
		}
		if best < 0 {
			return
		}
		c.join(best)
	}
}

// mergeLong keeps candidates in a heap by rank and place; one whose tokens have
// changed meanwhile no longer has the rank of its entry and is passed over.
func (c *TokenCounter) mergeLong() {
	nodes := c.nodes
	c.heap = c.heap[:0]
	for i := range nodes {
		if nodes[i].rank != 0 {
			c.push(uint64(nodes[i].rank)<<32 | uint64(i))
		}
	}
	for len(c.heap) > 0 {
		e := c.pop()
		i := int32(uint32(e))
		if nodes[i].rank != uint32(e>>32) {
			continue
		}
		c.join(i)
		if nodes[i].rank != 0 {
			c.push(uint64(nodes[i].rank)<<32 | uint64(i))
		}
		if p := nodes[i].prev; p >= 0 && nodes[p].rank != 0 {
			c.push(uint64(nodes[p].rank)<<32 | uint64(p))
		}
	}
}

// join merges node i with the next one and looks up its new neighbours.
func (c *TokenCounter) join(i int32) {
	nodes := c.nodes
	n := &nodes[i]
	gone := &nodes[n.next]
	n.id, n.next = n.joined, gone.next
	gone.rank = 0
	n.rank = 0
	if n.next >= 0 {
		nodes[n.next].prev = i
		n.rank, n.joined = c.t.merges.get(n.id, nodes[n.next].id)
	}
	if n.prev >= 0 {
		p := &nodes[n.prev]
		p.rank, p.joined = c.t.merges.get(p.id, n.id)
	}
}

func (c *TokenCounter) push(e uint64) {
	h := append(c.heap, e)
	i := len(h) - 1
	for i > 0 {
		p := (i - 1) / 2
		if h[p] <= e {
			break
		}
		h[i] = h[p]
		i = p
	}
	h[i] = e
	c.heap = h
}

func (c *TokenCounter) pop() uint64 {
	h := c.heap
	top, e := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	c.heap = h
	i := 0
	for {
		k := 2*i + 1
		if k >= len(h) {
			break
		}
		if k+1 < len(h) && h[k+1] < h[k] {
			k++
		}
		if h[k] >= e {
			break
		}
		h[i] = h[k]
		i = k
	}
	if len(h) > 0 {
		h[i] = e
	}
	return top
}
