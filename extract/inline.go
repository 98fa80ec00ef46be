package extract

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// inline handles the inline elements whose text is not what the reader sees:
// formulas, images, super- and subscripts, marks. It reports whether n is done with.
func (d *page) inline(n *html.Node, at place) bool {
	switch n.DataAtom {
	case atom.A:
		return isHeadingMark(n)
	case atom.Img:
		d.image(n, at)
		return true
	case atom.Math:
		if tex := mathSource(n); tex != "" {
			d.addTeX(tex, at)
			return true
		}
	case atom.Span:
		if tex := attr(n, "data-tex"); tex != "" { // Zhihu
			d.addTeX(tex, at)
			return true
		}
	case atom.Sup:
		return d.open && isReferenceMark(n) || d.script(n, at, superscripts)
	case atom.Sub:
		return d.script(n, at, subscripts)
	}
	return false
}

// isHeadingMark reports whether a link is the mark that documentation tools put
// beside headings.
func isHeadingMark(n *html.Node) bool {
	c := n.FirstChild
	return c != nil && c.NextSibling == nil && c.Type == html.TextNode && (c.Data == "#" || c.Data == "¶" || c.Data == "§")
}

// maxTeXBytes limits the source of one formula.
const maxTeXBytes = 4096

// addTeX appends the source of a formula between dollar signs, once where the
// page carries it several times in a row.
func (d *page) addTeX(tex string, at place) {
	tex = strings.TrimSpace(tex)
	if inner, ok := strings.CutPrefix(tex, `{\displaystyle`); ok && strings.HasSuffix(inner, "}") {
		tex = strings.TrimSpace(strings.TrimSuffix(inner, "}"))
	}
	tex = strings.Trim(tex, "$ ")
	if tex == "" || len(tex) > maxTeXBytes || tex == d.lastTeX {
		return
	}
	for _, s := range [...]string{"$", tex, "$"} {
		d.addText(s, at)
	}
	d.lastTeX = tex
}

// mathSource returns the TeX source that a MathML element carries as alttext or
// annotation, "" if none.
func mathSource(n *html.Node) string {
	if alt := attr(n, "alttext"); alt != "" {
		return alt
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if c.Data == "annotation" {
			if strings.Contains(attr(c, "encoding"), "tex") && c.FirstChild != nil {
				return c.FirstChild.Data
			}
			continue
		}
		if c.Data == "semantics" {
			if s := mathSource(c); s != "" {
				return s
			}
		}
	}
	return ""
}

// image appends the alternative text of images of formulas, of others if the
// config says so.
func (d *page) image(n *html.Node, at place) {
	alt, formula := "", false
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "alt":
			alt = a.Val
		case "src", "data-src":
			formula = formula || containsAny(a.Val, "equation?tex=", "latex.codecogs.", "/math/render/", "latex.php", "mathtex.cgi", "mimetex")
		case "class":
			formula = formula || containsAny(a.Val, "math", "latex", "tex ", "equation") || a.Val == "tex"
		}
	}
	switch {
	case alt == "":
	case formula:
		d.addTeX(alt, at)
	case d.cfg.ImageAlt:
		d.addText(alt, at)
	}
}

const (
	superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
	subscripts   = "₀₁₂₃₄₅₆₇₈₉₊₋"
	plainScripts = "0123456789+-"
)

// script appends a short number of a <sup> or <sub> that follows a letter, digit
// or bracket in the characters that Unicode has for it: 10³ and not 103.
func (d *page) script(n *html.Node, at place, to string) bool {
	c := n.FirstChild
	if !d.open || at.pre || c == nil || c.Type != html.TextNode || c.NextSibling != nil || len(c.Data) > 4 || d.space != noSpace {
		return false
	}
	if k := classOf(d.last); k != runeLetter && d.last != ')' && d.last != '）' && !isUnit(d.last) {
		return false
	}
	out := make([]byte, 0, 16)
	for i := range len(c.Data) {
		k := strings.IndexByte(plainScripts, c.Data[i])
		if k < 0 {
			return false
		}
		for p, r := range to {
			if utf8.RuneCountInString(to[:p]) == k {
				out = utf8.AppendRune(out, r)
			}
		}
	}
	if len(out) == 0 {
		return false
	}
	d.addText(string(out), at)
	return true
}

// isUnit reports whether r is the last character of a Chinese unit of length that
// takes an exponent: 米², 公里², 厘米³.
func isUnit(r rune) bool { return r == '米' || r == '里' }

// isReferenceMark reports whether a <sup> is the mark of a footnote and not part
// of the text: [1], or a link inside the page. At the begin of a line it is the
// number of the footnote itself.
func isReferenceMark(n *html.Node) bool {
	if strings.Contains(attr(n, "class"), "reference") {
		return true
	}
	c := n.FirstChild
	for c != nil && c.Type == html.TextNode && strings.TrimSpace(c.Data) == "" {
		c = c.NextSibling
	}
	if c == nil {
		return false
	}
	if c.Type == html.TextNode {
		s := strings.TrimSpace(c.Data)
		return len(s) >= 2 && strings.ContainsAny(s[:1], "[") && len(strings.Trim(s, "[]0123456789-, ")) == 0
	}
	return c.DataAtom == atom.A && strings.HasPrefix(attr(c, "href"), "#")
}
