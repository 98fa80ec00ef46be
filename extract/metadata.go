package extract

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxNoticeBytes = 200
	maxBodyBytes   = 1 << 20 // of an article inside JSON-LD
)

// metadata fills the fields of the page that are not its text.
func (e *Extractor) metadata() {
	d, p := &e.d, &e.out
	h := &d.head
	p.Language, p.CanonicalURL, p.Keywords = h.language, h.canonical, h.keywords
	if p.CanonicalURL == "" {
		p.CanonicalURL = h.ogURL
	}
	p.Robots, p.NoAI, p.TDM, p.LicenceLink = h.robots, h.noAI, h.tdm, h.licence
	p.Author, p.Attribution = plainName(h.author), plainName(h.attribution)
	meta := p.Author
	if isHost(meta) {
		meta, p.Author = "", ""
	} else if d.isSiteName(meta, h.title, h.siteName, p.Attribution) { // what the page says goes first
		p.Author = ""
	}
	p.Published = d.str.day(findDate(h.published))
	d.byline(p)
	if p.Author == "" {
		p.Author = meta
	}
	if p.Published == "" {
		p.Published = d.str.day(findDate(h.firstTime))
	}
	title := h.title
	if title == "" {
		title = h.ogTitle
	}
	if title == "" {
		title = d.firstHeading()
	}
	p.Title, p.SiteName = d.splitTitle(title, h.siteName)
	if s := d.fullTitle(p.Title); s != "" {
		p.Title = s
	} else if s := d.headline(p); s != "" {
		if p.SiteName == "" || d.isSiteTitle(p) {
			p.SiteName = p.Title
		}
		p.Title = s
	}
	if p.Notice = d.noticeFrom(0); p.Notice == "" {
		p.Notice = h.removedNotice
	}
}

// isHost reports whether a name is that of a host: w3school.com.cn.
func isHost(s string) bool {
	return hasAnySuffix(strings.ToLower(s), ".com", ".cn", ".net", ".org", ".tw", ".hk") && !strings.Contains(s, " ")
}

// isSiteName reports whether the author that the head names may be its site.
func (d *page) isSiteName(author, title, site, attribution string) bool {
	if author == "" {
		return false
	}
	parts := d.titleParts(title)
	last := parts[len(parts)-1]
	return author == site || author == attribution || len(parts) > 1 && strings.Contains(title[last.a:last.z], author)
}

// plainName returns s if it can be the name of an author or source: short and
// without colon or address.
func plainName(s string) string {
	if utf8.RuneCountInString(s) > maxNameRunes || strings.ContainsAny(s, ":：{}<>@") || digits(s) == len(s) {
		return ""
	}
	return s
}

// firstHeading returns the text of the first h1 or h2.
func (d *page) firstHeading() string {
	for i := range d.bl {
		if b := &d.bl[i]; b.head == 1 || b.head == 2 {
			return d.str.lineOf(d.blockText(b))
		}
	}
	return ""
}

// noticeFrom returns the first no-reprint notice of the page from block i on.
func (d *page) noticeFrom(i int) string {
	for ; i < len(d.bl); i++ {
		b := &d.bl[i]
		if b.pats&patNotice == 0 || b.isComment {
			continue
		}
		t := d.str.lineOf(d.blockText(b))
		if len(t) > maxNoticeBytes {
			n := maxNoticeBytes
			for !utf8.RuneStart(t[n]) {
				n--
			}
			t = t[:n]
		}
		return t
	}
	return ""
}

// linkedData takes date and author from a JSON-LD script. It looks for the keys
// only and does not need the whole to be valid JSON.
func (h *headInfo) linkedData(s string) {
	if h.published == "" {
		h.published = h.jsonString(s, `"datePublished"`)
	}
	if h.published == "" {
		h.published = h.jsonString(s, `"pubDate"`)
	}
	if h.body == "" {
		h.body = jsonText(s, `"articleBody"`, maxBodyBytes)
	}
	if h.author == "" {
		if i := strings.Index(s, `"author"`); i >= 0 {
			h.author = h.jsonString(s[i:min(len(s), i+400)], `"name"`)
		}
	}
}

// jsonString returns the string value of the first occurrence of a quoted key as
// one line.
func (h *headInfo) jsonString(s, key string) string {
	return h.str.line(jsonText(s, key, maxMetaBytes))
}

// jsonText returns the string value of the first occurrence of a quoted key, ""
// if it is longer than limit bytes.
func jsonText(s, key string, limit int) string {
	i := strings.Index(s, key)
	if i < 0 {
		return ""
	}
	s = strings.TrimLeft(s[i+len(key):], " \t\r\n")
	s, ok := strings.CutPrefix(s, ":")
	if !ok {
		return ""
	}
	s = strings.TrimLeft(s, " \t\r\n")
	if !strings.HasPrefix(s, `"`) {
		return ""
	}
	for k := 1; k < len(s) && k < limit; k++ {
		switch s[k] {
		case '\\':
			k++
		case '"':
			v, err := strconv.Unquote(strings.ReplaceAll(s[:k+1], `\/`, "/"))
			if err != nil {
				return ""
			}
			return v
		}
	}
	return ""
}
