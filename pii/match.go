package pii

import "strings"

// found is a match at the front of a window; no runs if there is none.
type found struct {
	start, end int
	runs       int
	class      uint8
}

// match looks for a number that begins with the first run. Classes with a check
// digit come first.
func (f *Finder) match(w *window) found {
	var m found
	if f.actions[IDCard] != Off {
		m = w.idCard()
	}
	if m.runs == 0 && f.actions[BankCard] != Off {
		m = w.bankCard()
	}
	if m.runs == 0 && f.actions[Phone] != Off {
		m = w.phone()
	}
	if m.runs == 0 && f.actions[Landline] != Off {
		m = w.landline()
	}
	return m
}

// digitsOf joins the digits of up to k runs into dst and returns their number;
// 0 if they are more than dst holds or one of the runs is too long.
func (w *window) digitsOf(dst []byte, k int) int {
	n := 0
	for i := range k {
		r := &w.runs[i]
		if r.n > maxRunDigits || n+r.n > len(dst) {
			return 0
		}
		n += copy(dst[n:], r.digits[:r.n])
	}
	return n
}

// free reports whether text[start:end] stands alone: not inside a word, a
// decimal fraction or an amount of money.
func (w *window) free(start, end int) bool {
	return w.freeBefore(start) && w.freeAfter(end)
}

func (w *window) freeBefore(start int) bool {
	s := w.text[w.floor:start]
	if s == "" {
		return true
	}
	c := s[len(s)-1]
	switch {
	case isLetter(c), c == '_', c == '-':
		return w.labelBefore(s)
	case c == '$', strings.HasSuffix(s, "￥"), strings.HasSuffix(s, "¥"):
		return false
	case c == '.' && len(s) > 1 && s[len(s)-2] >= '0' && s[len(s)-2] <= '9':
		return noInteger(s[:len(s)-1])
	}
	return true
}

// longPart is the number of digits from which two numbers with a point between
// them are a list, not a decimal fraction.
const longPart = 7

// noInteger reports whether the digits at the end of s are not the integer part
// of a decimal fraction: a number from 1 to 99 that begins a line, as in
// "2.13800138000", or a long one, as in "13800138000.13912345678".
func noInteger(s string) bool {
	i := len(s)
	for i > 0 && len(s)-i < longPart && s[i-1] >= '0' && s[i-1] <= '9' {
		i--
	}
	return len(s)-i == longPart || len(s)-i <= 2 && s[i] != '0' && (i == 0 || s[i-1] == '\n')
}

// labels may stand right before a number, with or without a dash.
var labels = [...]string{"tel", "phone", "mobile", "mob", "cell", "call", "fax", "qq", "wechat", "weixin", "wx", "vx", "id", "no", "card", "t", "m", "p", "v", "q"}

// labelBefore reports whether s ends with a letter word that labels a number, or
// with a dash that no letter or digit precedes.
func (w *window) labelBefore(s string) bool {
	dash := trimSuffix(s, "-") != s
	s = trimSuffix(s, "-")
	i := len(s)
	for i > 0 && len(s)-i <= 8 && (isAlnum(s[i-1]) || s[i-1] == '_') {
		i--
	}
	if i == len(s) {
		return dash
	}
	for _, l := range labels {
		if equalFold(s[i:], l) {
			return true
		}
	}
	return false
}

// units follow amounts, not numbers of persons.
var units = [...]string{"元", "万", "亿", "吨", "股", "％"}

func (w *window) freeAfter(end int) bool {
	s := w.text[end:]
	if s == "" {
		return true
	}
	c := s[0]
	switch {
	case isLetter(c):
		return len(s) > 1 && (equalFold(s[:2], "qq") || equalFold(s[:2], "wx") || equalFold(s[:2], "vx"))
	case c == '_', c == '%':
		return false
	case c == '.':
		k := 0
		for i := 1; k < longPart; k++ {
			_, n := digitAt(s, i)
			if n == 0 {
				break
			}
			i += n
		}
		return k == 0 || k == longPart
	case c < 0x80:
		return true
	}
	for _, u := range units {
		if strings.HasPrefix(s, u) {
			return false
		}
	}
	return true
}

// maxURL is how far back the beginning of a web address is looked for, bytes.
const maxURL = 200

// inURL reports whether start lies inside a web address, other than behind a
// parameter that names a phone.
func (w *window) inURL(start int) bool {
	s := w.text[max(w.floor, start-maxURL):start]
	i := len(s)
	for i > 0 && s[i-1] > ' ' && s[i-1] < 0x7F {
		i--
	}
	s = s[i:]
	if !strings.Contains(s, "://") && !strings.Contains(s, "www.") && !strings.Contains(s, ".com/") && !strings.Contains(s, ".cn/") {
		return false
	}
	name := trimSuffix(s, "=")
	if name == s {
		return true
	}
	for _, p := range [...]string{"phone", "mobile", "tel"} {
		if len(name) >= len(p) && equalFold(name[len(name)-len(p):], p) {
			return false
		}
	}
	return true
}

// maxCue is how far before a number a cue word counts, bytes.
const maxCue = 48

// hasCue reports whether one of the words stands before start, on the same line
// and behind the last closing bracket (which ends a placeholder).
func (w *window) hasCue(start int, cues []string) bool {
	s := w.text[max(w.floor, start-maxCue):start]
	if i := strings.LastIndexAny(s, "]\n"); i >= 0 {
		s = s[i+1:]
	}
	for _, c := range cues {
		if strings.Contains(s, c) {
			return true
		}
	}
	return false
}

// labelled reports whether one of the words stands right before start, with
// nothing but colons, semicolons, spaces and parentheses between.
func (w *window) labelled(start int, cues []string) bool {
	s := w.text[max(w.floor, start-maxCue):start]
	for cut := ""; cut != s; {
		cut, s = s, trimSuffix(s, " ", ":", "：", ";", "；", "　", "(", "（", "+")
	}
	return trimSuffix(s, cues...) != s
}

var (
	idCues    = []string{"身份证", "身份證", "证件号", "證件號", "公民身份", "身份号"}
	cardCues  = []string{"卡号", "卡號", "银行卡", "銀行卡", "账号", "帐号", "賬號", "帳號", "账户", "帐户", "储蓄卡", "信用卡", "借记卡", "开户行", "农行", "工行", "建行", "中行", "招行", "交行"}
	phoneCues = []string{"电话", "電話", "传真", "傳真", "热线", "熱線", "座机", "固话", "Tel", "TEL", "tel", "Fax", "FAX", "fax", "Phone", "PHONE", "phone"}
)
