package extract

import (
	"strings"

	"golang.org/x/net/html"
)

// selectorCost counts what makes a selector try many nodes for one: Up where it
// searches ancestors or descendants, Side where it searches siblings.
type selectorCost struct{ up, side int }

func (c selectorCost) max(o selectorCost) selectorCost {
	return selectorCost{max(c.up, o.up), max(c.side, o.side)}
}

// costOf reads the cost off the text of a selector: descendant combinators and
// :has, :contains, :matches go up or down, ~ and the counting pseudo-classes
// sideways. It is an upper estimate: commas do not divide it.
func costOf(sel string) selectorCost {
	var c selectorCost
	for _, p := range [...]string{":has", ":contains", ":matches", ":haschild"} {
		c.up += strings.Count(sel, p)
	}
	for _, p := range [...]string{":nth-", ":first-", ":last-", ":only-", "~"} {
		c.side += strings.Count(sel, p)
	}
	sel = strings.TrimSpace(sel)
	for i := 1; i+1 < len(sel); i++ {
		if sel[i] != ' ' && sel[i] != '\t' && sel[i] != '\n' {
			continue
		}
		before, after := strings.TrimRight(sel[:i], " \t\n"), strings.TrimLeft(sel[i:], " \t\n")
		if len(before) == i && !strings.ContainsAny(before[i-1:], ">+~,(") && !strings.ContainsAny(after[:1], ">+~,)") {
			c.up++
		}
	}
	return c
}

// maxSelectorSteps bounds the steps that the selectors of a rule may take on one
// page in the worst case. Real pages stay far below (20,000 nodes, depth 40, two
// descendant combinators: 16 million); a page made to be slow does not.
const maxSelectorSteps = 1 << 31

// exceeds reports whether the cost on a tree may exceed maxSelectorSteps: for
// every node all choices of up of its ancestors and of side of its siblings.
func (c selectorCost) exceeds(t treeSize) bool {
	steps := float64(t.nodes)
	for i := range c.up {
		steps *= max(float64(t.depth-i)/float64(i+1), 1)
	}
	for range c.side {
		steps *= float64(max(t.width, 1))
	}
	return steps > maxSelectorSteps
}

// treeSize is the size of a tree: nodes, depth, and most children of one node.
type treeSize struct{ nodes, depth, width int }

func (t *treeSize) measure(n *html.Node, depth int) {
	t.nodes++
	t.depth = max(t.depth, depth)
	width := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		width++
		t.measure(c, depth+1)
	}
	t.width = max(t.width, width)
}
