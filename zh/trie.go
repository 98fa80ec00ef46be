package zh

import (
	"math/bits"
	"slices"
)

// trie is the dictionary as a double array over rune codes: the child c of a
// node with base b is nodes[b+c] if its label is c. No two nodes share a base,
// so the label alone proves the parent.
type trie struct {
	code    []uint16 // rune → code, 0 = in no word
	nodes   []trieNode
	costs   []int64 // word → cost
	unknown int64   // cost of a code point that is no word
}

type trieNode struct {
	base  uint32 // 0 = no children
	label uint16 // code that leads here, 0 = free slot
	word  uint16 // index into costs of the word that ends here, 0 = none
}

// wordSource is what a trie is built from: walk calls visit for every node in
// breadth-first order with the id of its word, which indexes costs, and the
// codes of its children in ascending order. The code of a rune is its index in
// runes plus one.
type wordSource struct {
	runes   []rune
	costs   []int64
	unknown int64
	nodes   int
	walk    func(visit func(word uint16, children []uint16)) error
}

// noLabel is the label of the root, which is nobody's child. A leaf has base 0,
// so the look-up of a child of it may end there.
const noLabel = 1<<16 - 1

// newTrie builds the double array. Searching a base for a row of children
// means finding a shift at which all wanted slots are free; slots are bits, so
// one step tries 64 shifts. Rows of similar length share a cursor that only
// moves forward: long rows go where there is much room, and single children,
// with the cursor of their own, fill the holes that are left.
func newTrie(p wordSource) (*trie, error) {
	t := &trie{costs: p.costs, unknown: p.unknown}
	top := rune(0)
	for _, r := range p.runes {
		top = max(top, r)
	}
	t.code = make([]uint16, top+1)
	for i, r := range p.runes {
		t.code[r] = uint16(i + 1)
	}
	codes := len(p.runes) + 1
	t.nodes = make([]trieNode, 2*p.nodes+2*codes) // 1.9 slots per node are used (own measurement, 2026-11)
	taken := make(slotSet, len(t.nodes)/64+2)
	bases := make(slotSet, len(t.nodes)/64+2)
	// The root has base 1 and its children fill the slots 2 to codes; all
	// later bases are above 0 because slots are searched behind that row.
	var cursor [17]int
	for i := range cursor {
		cursor[i] = codes/64 + 1
	}
	slots := make([]uint32, 1, p.nodes) // slot of every node in breadth-first order
	taken.set(0)
	taken.set(1)
	t.nodes[0].label = noLabel
	at, end := 0, codes+1
	failed := false
	err := p.walk(func(word uint16, children []uint16) {
		if at >= len(slots) || int(word) >= len(t.costs) {
			failed = true
			return
		}
		self := slots[at]
		at++
		t.nodes[self].word = word
		if len(children) == 0 {
			return
		}
		base := 1
		if self != 0 {
			class := bits.Len(uint(len(children) - 1))
			base = freeBase(taken, bases, &cursor[class], children)
		}
		last := base + int(children[len(children)-1])
		if last >= len(t.nodes) {
			t.nodes = append(t.nodes, make([]trieNode, last+last/8-len(t.nodes))...)
		}
		taken.grow(last)
		bases.grow(base)
		bases.set(base)
		t.nodes[self].base = uint32(base)
		for _, c := range children {
			slot := base + int(c)
			taken.set(slot)
			t.nodes[slot].label = c
			slots = append(slots, uint32(slot))
		}
		end = max(end, base+codes)
	})
	if err != nil || failed || at != len(slots) {
		return nil, errTable
	}
	// Every base+code must be a slot, so that a look-up needs no check.
	t.nodes = slices.Grow(t.nodes, max(0, end-len(t.nodes)))[:end]
	return t, nil
}

// cursorLag is how many words of slots the cursor stays behind the last row.
// More packs the slots a little better (256: −3 %) and takes longer (2 times).
const cursorLag = 16

// freeBase returns the first base at or after the cursor that no node has and
// at which all slots of the children are free. It moves the cursor.
func freeBase(taken, bases slotSet, cursor *int, children []uint16) int {
	first := int(children[0])
	for w := *cursor; ; w++ {
		busy := taken.bits(w * 64)
		if busy == ^uint64(0) {
			if w == *cursor {
				*cursor++
			}
			continue
		}
		for _, c := range children[1:] {
			if busy |= taken.bits(w*64 + int(c) - first); busy == ^uint64(0) {
				break
			}
		}
		if busy != ^uint64(0) {
			busy |= bases.bits(w*64 - first)
		}
		if busy != ^uint64(0) {
			*cursor = max(*cursor, w-cursorLag)
			return w*64 + bits.TrailingZeros64(^busy) - first
		}
	}
}

// slotSet is a set of small numbers. Numbers above its size are absent.
type slotSet []uint64

func (s slotSet) set(i int) { s[i>>6] |= 1 << (i & 63) }

func (s *slotSet) grow(i int) {
	if i>>6 >= len(*s) {
		*s = append(*s, make(slotSet, i>>6+i>>9+1-len(*s))...)
	}
}

// bits returns the members i to i+63 as a mask.
func (s slotSet) bits(i int) uint64 {
	w, shift := i>>6, i&63
	var lo, hi uint64
	if w < len(s) {
		lo = s[w]
	}
	if w+1 < len(s) {
		hi = s[w+1]
	}
	return lo>>shift | hi<<(64-shift)
}
