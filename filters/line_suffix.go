package filters

import (
	"strings"
	"unicode/utf8"
)

// lineSuffix trims the links that lists and news briefs put behind a sentence:
// 详情点击>>, [查看更多], 阅读全文»; and drops lines that are nothing else.
type lineSuffix struct{}

func (lineSuffix) Name() string { return suffixRule }

const suffixRule = "line_suffix"

// Invitations returns how many of the cuts of a text are lines that were nothing but
// a link to more. Behind a sentence such a link says nothing of the page.
func Invitations(text string, cuts []LineCut) int {
	n := 0
	for i := range cuts {
		if c := &cuts[i]; c.Rule == suffixRule && (c.Start == 0 || text[c.Start-1] == '\n') {
			n++
		}
	}
	return n
}

func (lineSuffix) Doc() string {
	return "Trims link texts behind a sentence, such as 详情点击>> (details) and [查看更多] (more), and drops lines that are nothing else."
}

// suffixWords are the texts of such links: details, more, the whole text, read on.
// Longer ones stand before those that end alike.
var suffixWords = []string{
	"点击查看详情", "点此查看详情", "查看更多详情", "更多详情点击", "详情请点击", "详情点击", "点击详情", "查看详情", "查看详细", "详细内容",
	"点击查看更多", "点击查看全文", "点击阅读全文", "点击阅读原文", "点击进入", "点击查看", "点击下载", "点击播放",
	"查看更多", "查看全文", "查看原文", "阅读更多", "阅读全文", "阅读原文", "继续阅读", "展开全文", "显示全部", "更多内容", "更多",
	"點擊查看詳情", "詳情點擊", "查看詳情", "查看更多", "閱讀更多", "閱讀全文", "繼續閱讀", "展開全文",
	"详细", "详情", "全文", "詳細", "詳情",
}

// Keep cuts a link text at the end of the line when arrows follow it (详情点击>>) or
// brackets enclose it ([查看更多]). Without either it may be a sentence's own words
// and stays, except when it is the whole line.
func (lineSuffix) Keep(line string) string {
	rest := trimSpace(line)
	body := strings.TrimRight(rest, ">＞»›→")
	arrows := len(body) < len(rest)
	body = trimSpace(body)
	if body == "" {
		return line // arrows alone may be art or quoting
	}
	last, size := utf8.DecodeLastRuneInString(body)
	open := openingOf(last)
	if open == "" && !arrows {
		return keepUnlessAll(line, body)
	}
	inner := body
	if open != "" {
		inner = strings.TrimRight(body[:len(body)-size], " \t\u3000\u00a0>＞»›→.…")
	}
	for _, w := range suffixWords {
		if !strings.HasSuffix(inner, w) {
			continue
		}
		kept := trimSpace(inner[:len(inner)-len(w)])
		switch {
		case open != "":
			if !strings.HasSuffix(kept, open) || len(w) < 12 && (open == "(" || open == "（") {
				return line // other words in the brackets; a title that ends in （全文）
			}
			kept = kept[:len(kept)-len(open)]
		case !endsClause(kept) && w[:3] != "点" && w[:3] != "點" && len(w) < 12:
			return line // 想了解更多>> goes on from the sentence
		}
		return strings.TrimRight(kept, " \t\u3000\u00a0>＞»›→")
	}
	return line
}

// openingOf returns the opening bracket of a closing one, "" for anything else.
func openingOf(r rune) string {
	switch r {
	case ']':
		return "["
	case '】':
		return "【"
	case ')':
		return "("
	case '）':
		return "（"
	case '］':
		return "［"
	}
	return ""
}

// endsClause reports whether a text ends so that what follows is not part of its
// last clause: with nothing, punctuation, or a closing bracket.
func endsClause(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	if size == 0 {
		return true
	}
	switch classOf(r) {
	case classPoint, classSymbol:
		return true
	}
	return false
}

// keepUnlessAll returns line, or "" when a link text is all there is.
func keepUnlessAll(line, body string) string {
	if len(body) > 30 {
		return line
	}
	body = strings.TrimLeft(body, " \t\u3000\u00a0")
	for _, w := range suffixWords {
		if body == w {
			return ""
		}
	}
	return line
}
