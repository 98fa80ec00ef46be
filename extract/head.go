package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// headInfo is what head, links and attributes say about the page, as met.
type headInfo struct {
	title, ogTitle, siteName string
	ogURL                    string
	author, published        string
	firstTime                string // of the first <time>
	language, canonical      string
	base                     string // of the relative links
	keywords, robots, tdm    string
	licence, attribution     string
	ogType, generator        string
	removedNotice            string // no-reprint notice in what a site rule removed
	body                     string // articleBody of JSON-LD
	noAI, password           bool

	str *interner // makes the strings
}

const (
	maxMetaBytes = 1024 // of a value
	maxMetaKey   = 40   // of a name; longer ones are unknown
)

// readHead takes over what one element of the head says.
func (d *page) readHead(n *html.Node) {
	h := &d.head
	switch n.DataAtom {
	case atom.Title:
		if h.title == "" && n.FirstChild != nil {
			h.title = h.str.line(n.FirstChild.Data)
		}
	case atom.Meta:
		h.meta(n)
	case atom.Link:
		h.link(n)
	case atom.Base:
		if h.base == "" {
			h.base = h.str.line(attr(n, "href"))
		}
	case atom.Script:
		switch {
		case n.FirstChild == nil:
		case strings.Contains(attr(n, "type"), "ld+json"):
			h.linkedData(n.FirstChild.Data)
		case isPayload(attr(n, "id"), n.FirstChild.Data):
			if s := n.FirstChild.Data; len(s) > len(d.payload) && len(s) <= maxPayloadBytes {
				d.payload = s
			}
		case h.published == "" && h.siteName == weChat:
			h.published = h.str.day(weChatDate(n.FirstChild.Data))
		}
	}
}

func (h *headInfo) htmlAttrs(n *html.Node) {
	if h.language == "" {
		h.language = h.str.line(attr(n, "lang"))
	}
	if h.language == "" {
		h.language = h.str.line(attr(n, "xml:lang"))
	}
}

// time takes over the date of a <time> element: as the date of the page if it
// says so, else as a guess.
func (h *headInfo) time(n *html.Node) {
	v := attr(n, "datetime")
	if v != "" && h.published == "" && (attr(n, "itemprop") == "datePublished" || attr(n, "pubdate") != "") {
		h.published = h.str.line(v)
	}
	if h.firstTime == "" {
		h.firstTime = h.str.line(v)
	}
}

func (h *headInfo) input(n *html.Node) {
	if hasPrefixFold(attr(n, "type"), "password") {
		h.password = true
	}
}

// link takes over canonical and licence links of <link> and <a>.
func (h *headInfo) link(n *html.Node) {
	rel, href := "", ""
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "rel":
			rel = n.Attr[i].Val
		case "href":
			href = n.Attr[i].Val
		}
	}
	switch {
	case h.canonical == "" && n.DataAtom == atom.Link && hasPrefixFold(rel, "canonical"):
		h.canonical = h.str.line(href)
	case h.licence == "" && (hasPrefixFold(rel, "license") || strings.Contains(href, "creativecommons.org/licenses/") ||
		strings.Contains(href, "creativecommons.org/publicdomain/")):
		h.licence = h.str.line(href)
	}
}

// metaFields says where the content of a meta element goes. The first value of a
// field stays.
func (h *headInfo) field(key []byte) *string {
	switch string(key) {
	case "og:title", "twitter:title":
		return &h.ogTitle
	case "og:site_name", "application-name":
		return &h.siteName
	case "og:url":
		return &h.ogURL
	case "og:type":
		return &h.ogType
	case "author", "article:author", "og:article:author":
		return &h.author
	case "article:published_time", "og:published_time", "publishdate", "pubdate", "datepublished", "weibo:article:create_at",
		"og:release_date", "date", "dc.date", "dcterms.created", "_pubtime", "firstpublishedtime", "bytedance:published_time":
		return &h.published
	case "keywords", "keyword":
		return &h.keywords
	case "robots", "googlebot":
		return &h.robots
	case "tdm-reservation":
		return &h.tdm
	case "content-language":
		return &h.language
	case "contentsource", "source", "mediaid", "og:article:source":
		return &h.attribution
	case "generator":
		return &h.generator
	}
	return nil
}

func (h *headInfo) meta(n *html.Node) {
	key, content := "", ""
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "name", "property", "http-equiv", "itemprop":
			if key == "" {
				key = a.Val
			}
		case "content":
			content = a.Val
		}
	}
	if key == "" || content == "" || len(key) > maxMetaKey {
		return
	}
	var buf [maxMetaKey]byte
	for i := range len(key) {
		buf[i] = lowerByte(key[i])
	}
	p := h.field(buf[:len(key)])
	if p == nil {
		return
	}
	if p == &h.robots {
		h.addRobots(content)
		return
	}
	if *p == "" {
		*p = h.str.line(content)
	}
}

// addRobots adds directives that are not yet known, lower case, in order.
func (h *headInfo) addRobots(content string) {
	for part := range strings.SplitSeq(h.str.lower(h.str.line(content)), ",") {
		part = strings.TrimSpace(part)
		if part == "" || len(h.robots)+len(part) > maxMetaBytes {
			continue
		}
		if part == "noai" || part == "noimageai" || part == "noml" {
			h.noAI = true
		}
		known := false
		for old := range strings.SplitSeq(h.robots, ",") {
			known = known || old == part
		}
		if known {
			continue
		}
		if h.robots == "" {
			h.robots = part
		} else {
			h.robots = h.str.join(h.robots, ",", part)
		}
	}
}
