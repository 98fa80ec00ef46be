package warc

import "bytes"

// kindOfMarkup decides about text that begins with '<' by its first element,
// after comments, declarations and processing instructions. It returns "" if
// that element says nothing.
func kindOfMarkup(text []byte, declared string) string {
	xml := false
	for len(text) > 1 && text[0] == '<' {
		switch {
		case bytes.HasPrefix(text, []byte("<!--")):
			end := bytes.Index(text[4:], []byte("-->"))
			if end < 0 {
				return undecided(text, xml)
			}
			text = text[4+end+3:]
		case hasFold(text, "<?php") && declared != KindHTML:
			return KindText // the source of a page
		case text[1] == '?':
			xml = xml || hasFold(text, "<?xml")
			end := bytes.IndexByte(text, '>')
			if end < 0 {
				return undecided(text, xml)
			}
			text = text[end+1:]
		case text[1] == '!':
			name := trimSpace(text[min(len(text), len("<!doctype")):])
			switch {
			case hasFold(text, "<!doctype") && hasFold(name, "html"):
				return KindHTML
			case hasFold(text, "<!doctype") && hasFold(name, "svg"):
				return KindImage
			case xml && hasFold(text, "<!doctype"):
				return undecided(nil, xml)
			}
			end := bytes.IndexByte(text, '>')
			if end < 0 {
				return undecided(text, xml)
			}
			text = text[end+1:]
		default:
			if kind := kindOfElement(text); kind != "" {
				return kind
			}
			return undecided(text, xml)
		}
		text = trimSpace(text)
	}
	return undecided(text, xml)
}

// undecided returns the kind of a text whose first element is unknown or was
// not found.
func undecided(text []byte, xml bool) string {
	if strongMarkup(text) {
		return KindHTML
	}
	if xml {
		return KindXML
	}
	return ""
}

// kindOfElement returns the kind whose documents begin with the tag at the
// start of text, or "".
func kindOfElement(text []byte) string {
	var name [24]byte
	n := 0
	for n < len(name) && n+1 < len(text) && isName(text[n+1]) {
		name[n] = text[n+1]
		if name[n] >= 'A' && name[n] <= 'Z' {
			name[n] += 'a' - 'A'
		}
		n++
	}
	switch string(name[:n]) {
	case "rss", "feed", "rdf:rdf", "channel":
		return KindFeed
	case "xml", "urlset", "sitemapindex", "opml", "wml", "xsl:stylesheet", "root", "plist", "manifest", "browserconfig", "opensearchdescription", "cross-domain-policy":
		return KindXML
	case "svg", "svg:svg":
		return KindImage
	case "html", "head", "body", "title", "meta", "link", "script", "style", "base", "noscript",
		"div", "p", "a", "span", "table", "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6",
		"br", "hr", "img", "font", "center", "frameset", "frame", "iframe", "form", "input", "select",
		"textarea", "button", "label", "ul", "ol", "li", "dl", "dt", "dd", "section", "article", "main",
		"header", "footer", "nav", "aside", "figure", "pre", "code", "blockquote", "b", "i", "u", "em",
		"strong", "small", "big", "marquee", "object", "embed", "map", "area", "bgsound", "basefont",
		"template", "video", "audio", "canvas", "layer", "applet":
		return KindHTML
	}
	return ""
}

// strongMarkup reports whether text holds a tag that only pages have.
func strongMarkup(text []byte) bool {
	return hasTag(text, []string{"html", "head", "body", "title", "!doctype html", "frameset", "meta"})
}

// markup reports whether text holds any common tag of a page.
func markup(text []byte) bool {
	return strongMarkup(text) || hasTag(text, []string{"div", "table", "script", "p", "br", "a", "span", "td", "font", "img", "ul", "li"})
}

// hasTag reports whether text holds one of the tags, given in lower case.
func hasTag(text []byte, tags []string) bool {
	for {
		i := bytes.IndexByte(text, '<')
		if i < 0 {
			return false
		}
		text = text[i+1:]
		for _, tag := range tags {
			if hasFold(text, tag) && (len(text) == len(tag) || !isName(text[len(tag)])) {
				return true
			}
		}
	}
}

// isName reports whether c continues the name of a tag.
func isName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == ':' || c == '_'
}
