package filters

import (
	"strings"
	"unicode/utf8"

	"github.com/qingliu/qingliu/zh"
)

// linePlaceholder drops lines that stand where content should be: filler that begins
// with lorem ipsum, and notices that JavaScript is off. C4 (arXiv:1910.10683, section
// 2.2) and MAP-CC (linewise_filter, never called there) drop every line with either
// name; here what talks about them stays: a line goes only where it is a notice to
// its reader by its wording, and lines of code never do.
type linePlaceholder struct{}

func (linePlaceholder) Name() string { return "line_placeholder" }

func (linePlaceholder) Doc() string {
	return "Drops lines of lorem ipsum, and lines of at most 120 code points that tell the reader that JavaScript is off or wanted. Text about JavaScript and lines of code stay."
}

// maxNoticeRunes is the longest notice, own choice: those of the development crawl
// have up to 64.
const maxNoticeRunes = 120

func (linePlaceholder) Keep(line string) string {
	name, at, end := findPlaceholder(line)
	if name == 0 || strings.ContainsAny(line, "<>{}=;`\"") {
		return line
	}
	han := strings.ContainsFunc(line, zh.IsHan)
	if name == 'l' {
		if han {
			return line
		}
		return ""
	}
	if utf8.RuneCountInString(strings.TrimSpace(line)) > maxNoticeRunes {
		return line
	}
	head, rest := strings.TrimSpace(line[:at]), strings.TrimSpace(line[end:])
	if han && chineseNotice(head, rest) || !han && englishNotice(line, head, rest) {
		return ""
	}
	return line
}

// findPlaceholder looks for lorem ipsum ('l') and for JavaScript or Java Script as a
// word ('j'), in any letter case. Their only p is what it searches for, because most
// Chinese lines have none.
func findPlaceholder(line string) (name byte, at, end int) {
	lower, upper := nextByte(line, 0, 'p'), nextByte(line, 0, 'P')
	for {
		i := min(lower, upper)
		if i == len(line) {
			return 0, 0, 0
		}
		if i == lower {
			lower = nextByte(line, i+1, 'p')
		} else {
			upper = nextByte(line, i+1, 'P')
		}
		for _, w := range []struct {
			text string
			p    int
		}{{"javascript", 8}, {"java script", 9}, {"lorem ipsum", 7}} {
			at, end = i-w.p, i-w.p+len(w.text)
			if at < 0 || end > len(line) || !hasPrefixFold(line[at:], w.text) {
				continue
			}
			if w.text[0] == 'l' || (at == 0 || !isNamePart(line[at-1])) && !continuesName(line[end:]) {
				return w.text[0], at, end
			}
		}
	}
}

// nextByte returns where b is next from i on, the length of s if nowhere.
func nextByte(s string, i int, b byte) int {
	if n := strings.IndexByte(s[i:], b); n >= 0 {
		return i + n
	}
	return len(s)
}

// continuesName reports whether what follows a word makes it part of a longer name,
// as in javascript.js; a point alone ends a sentence.
func continuesName(rest string) bool {
	rest = strings.TrimPrefix(rest, ".")
	return rest != "" && isNamePart(rest[0])
}

// isNamePart reports whether a byte is one of longer names and addresses.
func isNamePart(b byte) bool {
	return b == '_' || b == '-' || b == '/' || b == '#' || '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z'
}

// Words of Chinese notices, in simplified and traditional characters.
var (
	noticeNever    = []string{"如果", "假如", "倘若", "即使", "即便", "例如", "比如", "如何", "怎样", "怎麼", "怎么", "报错", "提示信息", "显示“", "顯示「"}
	noticeAllow    = []string{"启用", "啟用", "开启", "開啟", "打开", "打開", "允许", "允許", "激活"}
	noticeSupport  = []string{"支持", "支援"}
	noticeForbid   = []string{"禁用", "停用", "关闭", "關閉", "禁止", "屏蔽"}
	noticeNot      = []string{"不", "没", "沒", "没有", "沒有", "未", "尚未", "没能"}
	noticeNeed     = []string{"需要", "必须", "必須", "务必", "務必", "须", "須", "需"}
	noticeOwner    = []string{"您的", "你的", "您当前", "您目前", "您现在", "您使用", "您正在", "您所使用", "您當前", "你当前", "你使用", "你正在"}
	noticeSubject  = []string{"您", "你", "本站", "本网", "本網", "本页", "本頁", "此网", "此網", "此页", "此頁", "地址"}
	noticeBrowser  = []string{"浏览器", "瀏覽器", "流覽器"}
	noticeState    = []string{"已禁用", "已被禁用", "被禁用", "已停用", "被停用", "已关闭", "已關閉", "被关闭", "被關閉", "未启用", "未啟用", "没有启用", "沒有啟用", "未开启", "未開啟", "没有开启", "沒有開啟", "未打开", "没有打开", "不可用"}
	noticeAround   = []string{"功能", "脚本", "腳本", "支持", "支援", "选项", "選項", "代码", "语言", "的"}
	noticeDetected = []string{"检测到", "檢測到", "侦测到", "偵測到", "浏览器", "瀏覽器", "浏览器的", "瀏覽器的"}
	noticeAfter    = []string{"（", "(", "，", "。", "！", "？", "、", "；", "：", "）", "”", "」", "】", ",", ".", "!", "?", ")", ":", "]", "后", "後", "以", "来", "來", "才", "并", "並", "再", "或", "和", "及", "与", "與", "浏览器", "瀏覽器", "进行", "查看", "浏览", "瀏覽", "观看"}
)

// noticeGap bounds what stands between a verb and the name, in bytes: ten characters.
const noticeGap = 30

// chineseNotice decides by what precedes the name and what follows it. A request is
// 请 or a need, then a verb, then the name; a state is the reader's browser that does
// not support the name, or the name that is off. Conditions are for readers of text.
func chineseNotice(head, rest string) bool {
	if containsAny(head, noticeNever) {
		return false
	}
	if after, ok := stateOf(rest); ok {
		return endsNotice(after) && (head == "" || owned(head) || hasSuffixOf(head, noticeDetected) && utf8.RuneCountInString(head) <= 12)
	}
	if !endsNotice(rest) {
		return false
	}
	from := max(0, len(head)-noticeGap)
	tail := head[from:]
	verb := from + max(lastOf(tail, noticeAllow), lastOf(tail, noticeSupport))
	if verb >= from {
		before := strings.TrimSpace(head[:verb])
		switch {
		case hasSuffixOf(before, noticeNot):
			return owned(before)
		case asks(before):
			return true
		case lastOf(tail, noticeAllow)+from == verb:
			return containsAny(before, noticeNeed) && (containsAny(before, noticeSubject) || containsAny(head, noticeBrowser))
		}
		return false
	}
	if verb = from + lastOf(tail, noticeForbid); verb >= from {
		before := strings.TrimSpace(head[:verb])
		return owned(before) || asks(before) && (strings.HasSuffix(before, "勿") || strings.HasSuffix(before, "不要"))
	}
	return hasSuffixOf(head, noticeNeed) && containsAny(head, noticeSubject[2:])
}

// owned reports whether text speaks of the browser that the reader uses.
func owned(text string) bool {
	for _, w := range noticeOwner {
		if i := strings.Index(text, w); i >= 0 && containsAny(text[i+len(w):], noticeBrowser) {
			return true
		}
	}
	return false
}

// asks reports whether text ends in a request, which 请 begins.
func asks(text string) bool {
	i := max(strings.LastIndex(text, "请"), strings.LastIndex(text, "請"))
	if i < 0 || len(text)-i > 3*noticeGap {
		return false
	}
	after := text[i+len("请"):]
	return !hasSuffixOf(text[:i], []string{"申", "邀", "聘"}) && !hasPrefixOf(after, []string{"求", "教", "柬", "假"})
}

// stateOf returns what follows the state at the beginning of rest.
func stateOf(rest string) (after string, ok bool) {
	rest = withoutAround(rest)
	for _, w := range noticeState {
		if after, ok = strings.CutPrefix(rest, w); ok {
			return after, true
		}
	}
	return "", false
}

// endsNotice reports whether rest, which follows the name, goes on as notices do and
// not as a name of something else does, such as JavaScript 引擎.
func endsNotice(rest string) bool {
	rest = withoutAround(rest)
	return rest == "" || hasPrefixOf(rest, noticeAfter)
}

func withoutAround(rest string) string {
	for {
		before := rest
		for _, w := range noticeAround {
			rest = strings.TrimSpace(strings.TrimPrefix(rest, w))
		}
		if rest == before {
			return rest
		}
	}
}

// Words of English notices in lower case, before and after the name, and what makes
// a sentence one that is said to the reader of a page.
var (
	englishBefore  = []string{"enable", "turn on", "activate", "allow", "requires", "require", "need", "needs", "without", "not support", "n't support", "’t support", "switch on"}
	englishAfter   = []string{"enabled", "disabled", "turned off", "turned on", "is disabled", "is not enabled", "is off", "is turned off", "is required", "is currently disabled", "is not supported", "must be", "needs to be", "has been disabled", "seems to be", "appears to be", "has to be"}
	englishAddress = []string{"please", "your browser", "you need", "you must", "you have", "you don", "you do not", "to view", "to use", "to run", "to continue", "this site", "this page", "this website", "this web site", "this app", "sorry", "must be", "seems to", "appears to", "has to be", "works best"}
)

// maxPlainNotice is the longest notice without a word to the reader, in bytes:
// JavaScript is required.
const maxPlainNotice = 40

func englishNotice(line, head, rest string) bool {
	if containsFold(line, "how to") || containsFold(line, "if ") {
		return false
	}
	said := false
	for _, w := range englishBefore {
		said = said || len(head) >= len(w) && hasPrefixFold(head[len(head)-len(w):], w)
	}
	plain := false
	for _, w := range englishAfter {
		plain = plain || hasPrefixFold(rest, w)
	}
	if plain && head == "" && len(line) <= maxPlainNotice {
		return true
	}
	if !said && !plain {
		return false
	}
	for _, w := range englishAddress {
		if containsFold(line, w) {
			return true
		}
	}
	return false
}

func containsAny(s string, words []string) bool { return lastOf(s, words) >= 0 }

// lastOf returns where the last of the words begins in s, far below 0 if none is there.
func lastOf(s string, words []string) int {
	last := -1 << 30
	for _, w := range words {
		if i := strings.LastIndex(s, w); i >= 0 {
			last = max(last, i)
		}
	}
	return last
}

func hasPrefixOf(s string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

func hasSuffixOf(s string, words []string) bool {
	for _, w := range words {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

// hasPrefixFold is strings.HasPrefix where ASCII letters of s count as lower case.
func hasPrefixFold(s, lower string) bool {
	if len(s) < len(lower) {
		return false
	}
	for i := range len(lower) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

func containsFold(s, lower string) bool {
	for i := 0; i+len(lower) <= len(s); i++ {
		if hasPrefixFold(s[i:], lower) {
			return true
		}
	}
	return false
}
