package extract

import (
	"bytes"
	"unicode/utf8"
)

// Labels before the source and the author of a text, simplified and traditional.
var (
	sourceLabels = []string{"文章来源", "信息来源", "新闻来源", "稿件来源", "来源", "來源", "稿源", "出处", "出處"}
	authorLabels = []string{"楼主", "本文作者", "文章作者", "作者", "撰文"}
)

const maxNameRunes = 30

// labelled returns the value behind one of the labels in s, e.g. 新华网 for
// "来源：新华网 作者：…", "" if none. A label needs a colon.
func (d *page) labelled(s []byte, labels []string) string {
	for _, l := range labels {
		i := bytes.Index(s, []byte(l))
		if i < 0 {
			continue
		}
		rest := bytes.TrimLeft(s[i+len(l):], " \t")
		if r, ok := bytes.CutPrefix(rest, []byte("：")); ok {
			rest = r
		} else if r, ok := bytes.CutPrefix(rest, []byte(":")); ok {
			rest = r
		} else {
			continue
		}
		if v := nameValue(rest); len(v) > 0 {
			return d.str.of(v)
		}
	}
	return ""
}

// nameValue returns the name at the front of s: up to the next label, number,
// separator or closing bracket.
func nameValue(s []byte) []byte {
	s = bytes.TrimLeft(s, " \t\u3000《〈“[【")
	end, runes := len(s), 0
loop:
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		switch r {
		case '|', '，', '。', '；', ';', ']', '】', '》', '〉', '”', ')', '）', '/', '\n', '\t', '│', '┊', '［', '[', '(', '（', '<', '>', '&', '=', '!', '！', '?', '？':
			end = i
			break loop
		case ' ':
			if endsName(s[i+1:]) {
				end = i
				break loop
			}
		case ':', '：': // the text before it was the next label
			return nil
		}
		i += n
		if runes++; runes > maxNameRunes {
			return nil
		}
	}
	v := s[:end]
	for _, w := range [...]string{"举报", "责任编辑", "责编", "编辑", "发布时间"} { // link or label without a space
		v, _, _ = bytes.Cut(v, []byte(w))
	}
	v = bytes.TrimSpace(v)
	if utf8.RuneCount(v) < 2 || isDigit(v[0]) {
		return nil
	}
	return v
}

// endsName reports whether what follows a blank is no part of a name: Chinese
// (the next label) or a number (a date).
func endsName(s []byte) bool {
	r, _ := utf8.DecodeRune(s)
	return classOf(r) == runeHan || r >= '0' && r <= '9' || classOf(r) == runeOther
}

// byline reads source, author and date, where the head did not name them, from
// the short lines around the text: those above it from the title on, its own first
// and last ones, those just below it, those just above the title. A date on a line with a label (发布时间 …) goes
// before any other date of the same place.
func (d *page) byline(p *Page) {
	first, last := d.selectedRange()
	if first < 0 {
		return
	}
	above := first - 12
	if h := d.titleBlock; h >= 0 && h < first && first-h < 30 {
		above = h
	}
	for _, r := range [...][2]int{{above, first}, {first, first + 4}, {last - 2, last + 1}, {last + 1, last + 6}, {above - 3, above}} {
		if d.feed && r[0] == last+1 { // dates of other articles
			continue
		}
		d.datesIn(p, r[0], r[1], patByline)
		d.datesIn(p, r[0], r[1], 0)
		d.namesIn(p, r[0], r[1])
	}
}

// datesIn sets the date from the first of the blocks [a, z) that shows one and has
// the pattern.
func (d *page) datesIn(p *Page, a, z int, pattern uint32) {
	for i := max(a, 0); i < min(z, len(d.bl)) && p.Published == ""; i++ {
		b := &d.bl[i]
		if b.tok > maxFurnitureTokens || b.isComment || b.pats&pattern != pattern || b.pats&patCited != 0 || d.sel[i] && b.good && b.stop > 0 {
			continue
		}
		if t := d.blockText(b); bytes.ContainsAny(t, "0123456789") && !bytes.Contains(t, []byte("注册")) {
			p.Published = d.str.day(findDate(t))
		}
	}
}

// namesIn sets source and author from the first of the blocks [a, z) that name
// them.
func (d *page) namesIn(p *Page, a, z int) {
	for i := max(a, 0); i < min(z, len(d.bl)); i++ {
		b := &d.bl[i]
		if b.tok > maxFurnitureTokens || b.isComment || b.pats&patByline == 0 {
			continue
		}
		t := d.blockText(b)
		if p.Attribution == "" {
			p.Attribution = d.labelled(t, sourceLabels)
		}
		if p.Author == "" {
			p.Author = d.labelled(t, authorLabels)
		}
	}
}
