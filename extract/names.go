package extract

import (
	"bytes"
	"hash/maphash"
	"slices"
	"sync"
)

// Categories that the words of class, id, role and itemprop put an element in.
const (
	nameContent uint64 = 1 << iota
	nameNav
	nameFooter
	nameSide
	nameRelated
	nameShare
	nameReply
	nameAdvert
	nameMeta
	nameControl
	nameList
	nameTitle

	isCommentName // container of reader comments
	isBodyName    // body of an article by name
	isPostName    // may hold a post of a thread
	isReplyName   // repeats once per post of a thread
	notPostName   // no post although a post name occurs too
	isForumName   // only threads have elements of this name
	isQuestionName
	isAuthorName    // author, date and counters of one post
	isSignatureName // what a member puts below all posts
	isPostBody      // text of one post by the markup of a known forum system
	isAccountName   // name of the WeChat account that publishes
	isGutterName    // line numbers beside code
	isCodeName      // code without <pre>
	isHeadlineName  // title of the page or of an entry
	isDroppedName   // never text: edit links of wikis, second rendering of formulas
)

// nameCategories are the bits that make an inline element worth an entry.
const nameCategories = 1<<12 - 1

// nameNegative are the categories that speak against a container.
const nameNegative = nameNav | nameFooter | nameSide | nameRelated | nameShare | nameReply | nameAdvert

// nameInfo is what the names of an element say.
type nameInfo struct {
	bits     uint64
	kind     uint64 // equal for names that differ in digits only; 0 if no name
	known    uint16 // of knownNames, 0 if none
	knownKey string
}

var noName = &nameInfo{}

func words(bits uint64, list ...string) []word {
	out := make([]word, len(list))
	for i, s := range list {
		out[i] = word{text: s, bits: bits}
	}
	return out
}

// nameMatcher holds the words of class names. Names are lower case and digit
// runs are one '0' when it sees them. Lists: own reading of pages, 2026-11.
var nameMatcher = sync.OnceValue(func() *matcher {
	list := slices.Concat(
		words(nameContent, "article", "content", "main", "post", "text", "entry", "detail", "story", "news_txt", "zoom", "trs_editor", "rich_media", "endtext", "artibody", "neirong", "zhengwen", "body"),
		words(nameNav, "nav", "menu", "crumb", "header", "topbar", "head_", "top_", "sitemap", "daohang", "position"),
		words(nameFooter, "foot", "copyright", "bottom", "beian", "banquan"),
		words(nameSide, "side", "right", "rank", "hot", "widget", "aside", "left"),
		words(nameRelated, "recommend", "relat", "xiangguan", "guess", "more", "tuijian", "also"),
		words(nameShare, "share", "jiathis", "social", "qrcode", "ewm", "weixin", "follow"),
		words(nameReply, "comment", "reply", "pinglun", "cmt", "disqus", "feedback", "answer", "thread", "floor"),
		words(nameAdvert, "advert", "guanggao", "banner", "sponsor", "promo", "ad_", "ad-", "_ad", "-ad", "gg_"),
		words(nameMeta, "author", "source", "date", "time", "info", "meta", "tag", "keyword", "byline", "editor", "user", "profile", "avatar"),
		words(nameControl, "login", "regist", "dialog", "modal", "popup", "tip", "hidden", "btn", "button", "search", "tool", "pager", "pagination", "page", "option", "vote"),
		words(nameList, "list", "item", "col", "block", "box"),
		words(nameTitle, "title", "caption", "summary", "abstract", "desc", "lead"),
		words(isCommentName, "comment", "reply", "replies", "pinglun", "disqus", "feedback", "liuyan", "guestbook", "trackback"),
		words(isBodyName, "articlebody", "artibody", "endtext", "js_content", "rich_media_content", "trs_editor", "js-article", "news_txt", "zhengwen", "neirong", "post_message", "topic-content", "postcontent",
			"cententwrap__", "module_articlewrap_"), // thepaper.cn and Baijiahao, whose names end in a hash
		words(isPostName, "comment", "reply", "replies", "answer", "post", "message", "floor", "thread", "topic", "content", "pinglun", "discuss", "bubble", "entry", "markdown", "cooked"),
		words(isReplyName, "comment", "reply", "replies", "answer", "floor", "thread", "pinglun", "discuss", "message", "viewthread", "j_l_post", "topic"),
		words(notPostName, "related", "recommend", "sidebar", "widget", "nav", "foot", "header", "rank", "hot", "signature", "toolbar", "action", "control", "avatar", "userinfo", "user-info", " profile", "postprofile", "userprofile", "user-profile", "profile-", "login", "share", "vote", "pager", "pagination", "banner", "similar", "suggest", "buttons"),
		words(isForumName, "topic", "viewthread", "forum", "bbs", "answer", "question", "tieba", "postlist"),
		words(isQuestionName, "question", "wenti", " ask", "tiwen", "conreal", "topic-content", "topic_content"),
		words(isAuthorName, "author", "username", "user-name", "user_name", "nickname", "postuser", "user-box", "user_box", "userbox", "reply-info", "reply_info", "replyinfo",
			"post_head", "post-head", "post-info", "post_info", "postinfo", "post-meta", "post_date", "post-date", "post-time", "posttime", "text-muted", "poster", "taglist", "tag-list"),
		words(isSignatureName, "signature", " sign ", " sig ", " sig0 "),
		words(isAccountName, " js_name "),
		words(isHeadlineName, "title", "headline"),
		words(isGutterName, "line-numbers-rows", "linenumber", "ln-numbers"),
		words(isCodeName, " syntaxhighlighter "),
		words(isDroppedName, " mw-editsection ", " edit-icon ", " katex-html ", " mathjax_preview ", " mathjax_display ", " mathjax ", " mathjax_chtml ", " mathjax_svg ",
			" code-snippet__line-index ", " mw-cite-backlink ", " sr-only ", " screen-reader-text "),
	)
	list = append(list,
		word{text: "cmt", bits: isCommentName | isPostName | isReplyName, begin: true},
		word{text: "zoom", bits: isBodyName, end: true},
	)
	for _, s := range postBodies {
		list = append(list, word{text: " " + s + " ", bits: isPostBody})
	}
	for _, s := range []string{"gutter", "lineno", "linenos", "line-number", "lnt", "ln"} {
		list = append(list, word{text: s, bits: isGutterName, begin: true, end: true})
	}
	for _, s := range []string{"post", "post0", "post_", "post_0", "post-0"} {
		list = append(list, word{text: s, bits: isReplyName, begin: true, end: true})
	}
	for _, sep := range []string{"-", "_"} {
		for _, s := range []string{"body", "content", "item", "stream", "wrapper", "message"} {
			list = append(list, word{text: "post" + sep + s, bits: isReplyName})
		}
	}
	for _, a := range []string{"article", "post", "entry", "news", "story", "detail", "text", "content", "main"} {
		for _, sep := range []string{"", "-", "_"} {
			for _, z := range []string{"body", "content", "text", "txt", "detail", "con", "main", "inner", "article"} {
				list = append(list, word{text: a + sep + z, bits: isBodyName, end: true})
			}
		}
	}
	return newMatcher(list)
})

// nameCache remembers what names say, because a site repeats few names. Its
// memory is used again when it starts anew.
type nameCache struct {
	seed  maphash.Seed
	index map[uint64]int32 // hash of a name to its entry
	infos []nameInfo       // never grows: elements point into it
	spans [][2]int32       // of the names in text
	text  []byte
	full  bool
}

const (
	maxNames     = 8192 // entries; a cache that is full starts again with the next page
	maxNameBytes = 256  // of one name; longer ones are cut
)

// begin prepares the cache for a page; what lookup returned before is void.
func (c *nameCache) begin() {
	if c.index == nil {
		c.seed, c.index, c.infos = maphash.MakeSeed(), make(map[uint64]int32, 256), make([]nameInfo, 0, maxNames)
	}
	if c.full {
		clear(c.index)
		c.infos, c.spans, c.text, c.full = c.infos[:0], c.spans[:0], c.text[:0], false
	}
}

// lookup returns what a name in normal form (see appendName) says.
func (c *nameCache) lookup(name []byte) *nameInfo {
	h := maphash.Bytes(c.seed, name)
	i, ok := c.index[h]
	if ok && bytes.Equal(c.text[c.spans[i][0]:c.spans[i][1]], name) {
		return &c.infos[i]
	}
	if c.full = c.full || len(c.infos) == maxNames; ok || c.full {
		n := newNameInfo(name)
		return &n
	}
	c.index[h] = int32(len(c.infos))
	c.infos = append(c.infos, newNameInfo(name))
	c.spans = append(c.spans, [2]int32{int32(len(c.text)), int32(len(c.text) + len(name))})
	c.text = append(c.text, name...)
	return &c.infos[len(c.infos)-1]
}

func newNameInfo(name []byte) nameInfo {
	n := nameInfo{bits: nameMatcher().find(name), kind: nameKind(name)}
	n.known, n.knownKey = knownContainer(name)
	return n
}

// nameKind hashes a name without its digits (FNV-1a, 64 bits).
func nameKind(name []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range name {
		if c != '0' {
			h = (h ^ uint64(c)) * 1099511628211
		}
	}
	return h
}

// appendName appends one attribute value in normal form: lower case, runs of
// digits as one 0, white space as one space, a space at the end.
func appendName(dst []byte, v string) []byte {
	for i := 0; i < len(v) && len(dst) < maxNameBytes; i++ {
		c := lowerByte(v[i])
		switch {
		case c >= '0' && c <= '9':
			c = '0'
			if dst[len(dst)-1] == '0' {
				continue
			}
		case c <= ' ':
			c = ' '
			if dst[len(dst)-1] == ' ' {
				continue
			}
		}
		dst = append(dst, c)
	}
	if dst[len(dst)-1] != ' ' {
		dst = append(dst, ' ')
	}
	return dst
}
