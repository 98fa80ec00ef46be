package extract

import (
	"bytes"

	"golang.org/x/net/html/atom"
)

// kind is what repeated containers have in common: tag and name without digits.
type kind struct {
	tag  atom.Atom
	name uint64
}

func (e *element) kind() kind { return kind{e.tag, e.name.kind} }

// thread says how much of a page is a row of replies.
type thread struct {
	posts int     // repeated reply-like containers
	share float64 // their share of the tokens outside links
	words int     // short lines with words of threads: 楼, 回复, 发表于 …
	heads int     // posts that begin with a heading that is a link
	known int     // posts by the markup of a known forum system
	below float64 // share of their text that is comments by name, after other text
	forum bool    // an element has a name that only forums use
}

// isThread reports whether the page is a thread: its posts are its text. The
// limits were set on the development pages, 2026-11.
func (t thread) isThread() bool {
	return t.known >= 2 || !t.isIndex() && (t.posts >= lim.ThreadPosts && t.share > lim.ThreadShare || t.posts >= 2 && t.share > lim.ThreadShareFew && t.words >= 2)
}

// isIndex reports whether the repeated containers are articles with links to
// their own pages: the front page, archive or tag page of a blog.
func (t thread) isIndex() bool { return t.posts >= 2 && t.heads*2 > t.posts }

// belowArticle reports whether the posts are the comments below an article:
// nearly all of their text is comments by name, text stands before them, and
// nothing is named as in a forum.
func (t thread) belowArticle() bool { return !t.forum && t.below >= lim.ThreadBelow }

// measureThread looks for repeated reply-like containers.
func (d *page) measureThread() thread {
	var t thread
	clear(d.kinds)
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.name.bits&isForumName != 0 && e.good >= 30 {
			t.forum = true
		}
		if e.b1 > e.b0 && e.tok-e.linkTok >= 4 && e.name.bits&(isReplyName|notPostName) == isReplyName {
			d.kinds[e.kind()]++
		}
	}
	d.eachKnownPost(func(*element) { t.known++ })
	in, below, last := int32(0), int32(0), int32(-1)
	if len(d.kinds) > 0 {
		for i := 1; i < len(d.els); i++ {
			e := &d.els[i]
			if e.b0 < last || e.b1 <= e.b0 || e.name.bits&(isReplyName|notPostName) != isReplyName {
				continue
			}
			if e.tok-e.linkTok >= 4 && d.kinds[e.kind()] >= 2 {
				t.posts++
				if d.beginsWithTitleLink(e) {
					t.heads++
				}
				last = e.b1
				plain := d.sums[e.b1].plain - d.sums[e.b0].plain
				in += plain
				if e.name.bits&isCommentName != 0 && d.sums[e.b0].good >= 30 {
					below += plain
				}
			}
		}
	}
	for i := range d.bl {
		if b := &d.bl[i]; b.tok < 40 && b.pats&patThread != 0 {
			t.words++
		}
	}
	t.share = ratio(in, d.sums[len(d.bl)].plain)
	t.below = ratio(below, in)
	return t
}

// beginsWithTitleLink reports whether one of the first lines of an element is a
// heading, by tag or name, that is a link.
func (d *page) beginsWithTitleLink(e *element) bool {
	for i := e.b0; i < min(e.b1, e.b0+3); i++ {
		b := &d.bl[i]
		if b.linkTok*2 > b.tok && (b.head > 0 || d.els[b.el].name.bits&nameTitle != 0) && d.titleOverlap(b) < 0.6 { // not Re: and the title
			return true
		}
	}
	return false
}

// eachKnownPost calls f for every post of a known forum system that has text.
func (d *page) eachKnownPost(f func(*element)) {
	last := int32(0)
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.name.bits&isPostBody != 0 && e.b0 >= last && e.b1 > e.b0 && e.tok > e.linkTok && !d.inSignature(i) {
			last = e.b1
			f(e)
		}
	}
}

// inSignature reports whether element i or one of the two around it is a signature.
func (d *page) inSignature(i int) bool {
	for k := 0; k < 3 && i > 0; k++ {
		if d.els[i].name.bits&isSignatureName != 0 {
			return true
		}
		i = int(d.els[i].parent)
	}
	return false
}

// selectKnownPosts selects the posts of a known forum system and nothing else.
func (d *page) selectKnownPosts() {
	d.sel = grow(d.sel, len(d.bl))
	clear(d.sel)
	d.eachKnownPost(func(e *element) {
		for i := e.b0; i < e.b1; i++ {
			d.sel[i] = d.isKnownPostText(&d.bl[i]) && (d.cfg.ShortReplies || e.tok >= minReplyTokens)
		}
	})
}

// isPostText reports whether a block inside a post is its text.
func (d *page) isPostText(b *block) bool {
	const never = patStrong | patCopyright | patContact | patDisclaimer
	if d.isPostMeta(b) {
		return false
	}
	return b.good || b.linkTok*2 < b.tok && b.pats&never == 0 && (b.pats&patFurniture == 0 || b.tok > lim.PostTokens || b.stop > 0 || b.tok > 6 && b.linkTok == 0)
}

// isKnownPostText reports whether a block of the body of a post of a known system
// is its text: there weak words of furniture are text too.
func (d *page) isKnownPostText(b *block) bool {
	return d.isPostText(b) || b.linkTok*2 < b.tok && b.pats&(patStrong|patShare|patLogin|patCopyright|patContact|patDisclaimer) == 0 && !d.isPostMeta(b)
}

// minReplyTokens is the length below which a post is a short reply.
const minReplyTokens = 10

// isPostMeta reports whether a block is the line above or below a post that names
// author, date and counters: 泥巴 2019-05-03 回答, 赞同 12 评论 分享.
func (d *page) isPostMeta(b *block) bool {
	if b.tok > lim.PostMetaTokens || b.stop > 0 {
		return false
	}
	t := d.blockText(b)
	if len(t) > 2 && t[0] == '#' && isDigit(t[1]) && findDate(t).known() { // #3 2010-08-05
		return true
	}
	if b.tok <= 12 && b.punct <= 1 && b.linkTok == 0 && hasTime(t) { // name and time
		return true
	}
	if b.pats&(patThread|patReply) == 0 {
		return false
	}
	switch {
	case !bytes.ContainsAny(t, "0123456789"):
		return false
	case findDate(t).known():
		return true
	}
	return b.punct == 0 && bytesContainAny(t, "评论", "分享", "赞同", "个回答", "条回复", "举报", "收藏", "点赞", "浏览", "阅读")
}

// addQuestion selects the running text between the title and the first post of a
// thread: the question, where it is no post.
func (d *page) addQuestion() {
	first := d.firstSelected()
	if d.titleBlock < 0 || first-d.titleBlock > 40 {
		return
	}
	for i := d.titleBlock + 1; i < first; i++ {
		b := &d.bl[i]
		if b.good && !d.isPostMeta(b) && d.inQuestion(b.el) {
			d.sel[i] = true
		}
	}
}

// inQuestion reports whether element el or one of the two around it is named like a
// question or its text.
func (d *page) inQuestion(el int32) bool {
	for k := 0; k < 3 && el > 0; k++ {
		if d.els[el].name.bits&(isQuestionName|isBodyName) != 0 {
			return true
		}
		el = d.els[el].parent
	}
	return false
}

// dropPostMeta deselects the lines that name author, date and counters of posts,
// and short replies where the config does not keep them.
func (d *page) dropPostMeta() {
	for i := range d.bl {
		if d.sel[i] && d.isPostMeta(&d.bl[i]) {
			d.sel[i] = false
		}
	}
	if d.cfg.ShortReplies {
		return
	}
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.name.bits&isPostName != 0 && e.tok < minReplyTokens {
			clear(d.sel[e.b0:e.b1])
		}
	}
}

// isAuthorBox reports whether an element named after the author holds nothing but
// names, dates and counters: a few short lines. Comments of the author of a page have
// such names too.
func (d *page) isAuthorBox(e *element) bool {
	return e.tag != atom.Li && e.tag != atom.Article && e.good == 0 && e.tok <= 24 && e.b1-e.b0 <= 8
}

// hasTime reports whether t holds a date with the time of day.
func hasTime(t []byte) bool {
	i := bytes.IndexByte(t, ':')
	return i > 0 && i+1 < len(t) && isDigit(t[i-1]) && isDigit(t[i+1]) && findDate(t).known()
}

// addPosts selects the text of containers of a name that occur at least atLeast
// times.
func (d *page) addPosts(name uint64, atLeast int32) {
	clear(d.kinds)
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.b1 > e.b0 && e.tok-e.linkTok >= 2 && e.name.bits&name != 0 {
			d.kinds[e.kind()]++
		}
	}
	d.mark = grow(d.mark, len(d.bl))
	clear(d.mark)
	for i := 1; i < len(d.els); i++ {
		e := &d.els[i]
		if e.tag == atom.Body || e.tag == atom.Html {
			continue
		}
		switch {
		case e.name.bits&isSignatureName != 0, e.name.bits&isAuthorName != 0 && d.isAuthorBox(e):
			for k := e.b0; k < e.b1; k++ {
				d.mark[k] = -1
				d.sel[k] = false
			}
		case e.name.bits&notPostName != 0:
			for k := e.b0; k < e.b1; k++ {
				d.mark[k] = -1
			}
		case e.name.bits&name != 0 && d.kinds[e.kind()] >= atLeast:
			for k := e.b0; k < e.b1; k++ {
				if d.mark[k] == 0 {
					d.mark[k] = 1
				}
			}
		}
	}
	for i := range d.bl {
		if d.mark[i] == 1 && d.isPostText(&d.bl[i]) {
			d.sel[i] = true
		}
	}
}
