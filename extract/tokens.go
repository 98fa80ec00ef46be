package extract

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// loadTokens fills the arrays from the token stream: lines as blocks of one flat
// element. It is for pages whose tree cannot be had.
func (e *Extractor) loadTokens(src []byte) {
	d := &e.d
	d.els = append(d.els, element{parent: -1, name: noName})
	at := place{row: -1, cell: -1}
	z := html.NewTokenizer(bytes.NewReader(src))
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
					d.head.title = d.str.lineOf(z.Text())
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
