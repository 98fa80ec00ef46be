package filters

import "strings"

// counterWords stand before or behind the number of readings or comments.
var counterWords = [...]string{"评论", "評論", "留言", "阅读", "閱讀", "浏览", "瀏覽", "点击", "點擊", "围观"}

// counterOpens begin the number behind such a word.
var counterOpens = []string{"(", "（", ":", "：", " (", " （"}

// hasCounter reports whether a line counts readings or comments: 评论(3), 阅读：12,
// 3 条评论, 5 min read, 暂无评论.
func hasCounter(line string, digit bool) bool {
	if strings.Contains(line, "暂无评论") || strings.Contains(line, "没有评论") {
		return true
	}
	if !digit {
		return false
	}
	for _, w := range [...]string{"comment", "Comment"} {
		if i := strings.Index(line, w); i > 0 && endsInDigit(line[:i]) {
			return true
		}
	}
	for _, w := range counterWords {
		i := strings.Index(line, w)
		if i < 0 {
			continue
		}
		rest := strings.TrimPrefix(strings.TrimPrefix(line[i+len(w):], "数"), "數")
		open := hasPrefixOf(rest, counterOpens)
		rest = strings.TrimLeft(rest, " (（:：")
		if open && rest != "" && isDigitByte(rest[0]) {
			return true
		}
		before := strings.TrimRight(line[:i], " ")
		for _, unit := range [...]string{"条", "條", "则", "則", "个", "個", "人", "次"} {
			if cut, ok := strings.CutSuffix(before, unit); ok {
				return endsInDigit(cut)
			}
		}
	}
	return false
}

// endsInDigit reports whether a digit is the last of s but for spaces.
func endsInDigit(s string) bool {
	s = strings.TrimRight(s, " ")
	return s != "" && isDigitByte(s[len(s)-1])
}

// hasReadingTime reports whether a line says how long a post takes to read: 3 min
// read, 2021-03-18 · 3 min · Mei, 5 分鐘閱讀, 大约 900 个字.
func hasReadingTime(line string) bool {
	if i := strings.Index(line, " min"); i > 0 && endsInDigit(line[:i]) {
		rest := line[i+len(" min"):]
		number := strings.TrimRight(line[:i], "0123456789")
		if strings.HasPrefix(rest, " read") || strings.HasSuffix(number, "· ") && (rest == "" || strings.HasPrefix(rest, " ·")) {
			return true
		}
	}
	for _, unit := range [...]string{"分钟", "分鐘"} {
		i := strings.Index(line, unit)
		if i <= 0 || !endsInDigit(line[:i]) {
			continue
		}
		if rest := strings.TrimLeft(line[i+len(unit):], " "); hasPrefixOf(rest, readingWords) {
			return true
		}
	}
	for _, word := range [...]string{"大约", "大約"} {
		if _, rest, ok := strings.Cut(line, word); ok {
			rest = strings.TrimLeft(rest, " ")
			n, size := number(rest, 0)
			rest = strings.TrimLeft(rest[size:], " ")
			if n >= 0 && (strings.HasPrefix(rest, "个字") || strings.HasPrefix(rest, "個字")) {
				return true
			}
		}
	}
	return false
}

var readingWords = []string{"阅读", "閱讀", "读完", "讀完"}
