package extract

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// treeNodes returns an upper estimate of the nodes the parser would make of src;
// it stops above limit. The parser repeats unclosed formatting elements (<b>,
// <font> …) in every later block, so that few bytes can make a tree of any size:
// each tag counts once and once more for every formatting element still open,
// weighted by its length because its attributes are copied.
func treeNodes(src []byte, limit int) int {
	n, open, weight := 0, 0, 1
	for n <= limit {
		i := bytes.IndexByte(src, '<')
		if i < 0 || i+1 >= len(src) {
			break
		}
		src = src[i+1:]
		closing := src[0] == '/'
		name := tagName(src)
		switch {
		case len(name) == 0:
			continue
		case !isFormatting(name):
			n += 2
			if !closing {
				n += min(open, 512) * weight
			}
		case closing:
			open = max(0, open-1)
		default:
			n += 2
			open++
			if z := bytes.IndexByte(src, '>'); z > 0 {
				weight = max(weight, min(1+z/64, 1<<16))
			}
		}
	}
	return n
}

// tagName returns the name after < or </; it aliases s.
func tagName(s []byte) []byte {
	if len(s) > 0 && s[0] == '/' {
		s = s[1:]
	}
	n := 0
	for n < len(s) && n < 12 && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' || s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return s[:n]
}

// isFormatting reports whether the parser reopens the element in later blocks
// (HTML standard, list of active formatting elements).
func isFormatting(name []byte) bool {
	if len(name) > 6 {
		return false
	}
	var a [6]byte
	for i, c := range name {
		a[i] = lowerByte(c)
	}
	switch atom.Lookup(a[:len(name)]) {
	case atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr,
		atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
		return true
	}
	return false
}

// loadTokens fills the arrays from the token stream: lines as blocks of one flat
// element. It is for pages whose tree cannot be had.
func (e *Extractor) loadTokens(src []byte) {
	d := &e.d
	d.els = append(d.els, element{parent: -1, name: noName})
	at := place{row: -1, cell: -1}
	z := html.NewTokenizer(bytes.NewReader(src))
	z.SetMaxBuf(1 << 20)
	skip := atom.Atom(0) // inside this element
	inTitle := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			d.flush(false)
			d.els[0].b1 = int32(len(d.bl))
			return
		case html.TextToken:
			switch {
			case inTitle:
				if d.head.title == "" {
					d.head.title = cleanLine(string(z.Text()))
				}
			case skip == 0:
				d.addText(string(z.Text()), at)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, hasAttr := z.TagName()
			tag := atom.Lookup(name)
			if skip != 0 {
				continue
			}
			switch {
			case tag == atom.Title:
				inTitle = true
			case tag == atom.Br:
				d.lineBreak(at)
			case tag == atom.A:
				at.link = hasAttr
			case tag == atom.Script, tag == atom.Style, tag == atom.Select, tag == atom.Textarea:
				skip = tag
			case kindOf(tag) == tagBlock:
				d.flush(false)
				at.link = false
				at.head = headingLevel(tag)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case skip != 0:
				if tag == skip {
					skip = 0
				}
			case tag == atom.Title:
				inTitle = false
			case tag == atom.A:
				at.link = false
			case kindOf(tag) == tagBlock:
				d.flush(false)
				at.head = 0
			}
		}
	}
}
