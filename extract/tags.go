package extract

import "golang.org/x/net/html/atom"

// tagKind says how the walk treats an element.
type tagKind uint8

const (
	tagInline tagKind = iota
	tagBlock          // begins and ends a line
	tagSkip           // holds no text of the page
)

func kindOf(a atom.Atom) tagKind {
	switch a {
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Td, atom.Tr, atom.Table,
		atom.Tbody, atom.Th, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Section, atom.Article, atom.Pre, atom.Blockquote, atom.Dd, atom.Dt, atom.Dl,
		atom.Form, atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Main, atom.Center,
		atom.Hr, atom.Figure, atom.Figcaption, atom.Body, atom.Html, atom.Address,
		atom.Fieldset, atom.Caption, atom.Thead, atom.Details, atom.Summary,
		atom.Tfoot, atom.Listing, atom.Xmp:
		return tagBlock
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Iframe,
		atom.Select, atom.Button, atom.Textarea, atom.Object, atom.Embed, atom.Canvas,
		atom.Input, atom.Head, atom.Link, atom.Meta, atom.Map, atom.Audio, atom.Video,
		atom.Frameset, atom.Noframes, atom.Datalist, atom.Rp, atom.Rt:
		return tagSkip
	}
	return tagInline
}

// headingLevel returns 1–6 for h1–h6, 0 for other elements.
func headingLevel(a atom.Atom) uint8 {
	switch a {
	case atom.H1:
		return 1
	case atom.H2:
		return 2
	case atom.H3:
		return 3
	case atom.H4:
		return 4
	case atom.H5:
		return 5
	case atom.H6:
		return 6
	}
	return 0
}
