package zh

import (
	"unicode"
	"unicode/utf8"
)

// IsSentenceEnd reports whether r is a mark that ends a sentence: 。！？…；,
// their half-width, vertical and doubled forms, and the ASCII ! and ?. The full
// stop of Latin text is not among them, it ends abbreviations and numbers as
// often.
func IsSentenceEnd(r rune) bool {
	switch r {
	case '!', '?', '。', '！', '？', '…', '；', '｡', '⋯', '‼', '⁇', '⁈', '⁉', '﹒', '﹔', '﹖', '﹗',
		'︒', '︔', '︕', '︖', '︙': // upright forms of vertical text
		return true
	}
	return false
}

// isCloser reports whether r closes a quotation or bracket. The ASCII quotes
// open too; AppendSentences counts them.
func isCloser(r rune) bool {
	switch r {
	case '”', '’', '」', '』', '）', '】', '〉', '》', '〕', '］', '｝', '〗', '〙', '〞', '〟', '＂', '＇', '»', '›', ')', ']', '}', '﹂', '﹄':
		return true
	}
	return false
}

// isJoiner reports whether a mark before r cannot end the sentence: “好！”，他说.
func isJoiner(r rune) bool {
	switch r {
	case '，', '、', '：', ',', ':', '︰', '﹐', '﹑':
		return true
	}
	return false
}

// isLineBreak reports whether r ends a line and with it a sentence.
func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// AppendSentences appends the sentences of s as byte spans without the white
// space around them; every code point that is no white space is in exactly one.
// A sentence ends at a line break and after a run of marks (see
// [IsSentenceEnd]; three ASCII dots are one too) with the quotation marks and
// brackets that close behind it. It goes on if a comma or colon follows, and
// after an ASCII mark if no space, Chinese or end follows: a?b=1, !=.
//
// A mark inside 《》 or 〈〉 is part of a name, and one inside brackets within a
// sentence is an aside, unless it is 。. An ASCII full stop ends a sentence where
// pages use it for 。: behind an ideograph and before a space, a closing mark or
// the end, and not behind the number of a list item (一.). Two of them behind an
// ideograph are an ellipsis.
func AppendSentences(dst []Span, s string) []Span {
	start, end := -1, 0 // of the sentence, without the space behind
	quotes := 0         // ASCII double quotes seen in this line
	name, aside := 0, 0 // ends of the brackets that i is in
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if s[i]-0xE4 <= 0xE9-0xE4 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80 {
			if start < 0 { // U+4000–9FFF: most of the text, no marks there
				start = i
			}
			i += 3
			end = i
			continue
		}
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case isLineBreak(r):
			if start >= 0 {
				dst = append(dst, Span{int32(start), int32(end)})
				start = -1
			}
			quotes = 0
			i += size
			continue
		case r < utf8.RuneSelf && isSpaceByte(s[i]) || r >= utf8.RuneSelf && unicode.IsSpace(r):
			i += size
			continue
		}
		if start < 0 {
			start = i
		}
		if r == '"' {
			quotes++
		}
		if closer := closerOf(r); closer != 0 && i >= name {
			switch to := findCloser(s, i+size, closer); {
			case r == '《' || r == '〈':
				name = to
			case i > start && i >= aside:
				aside = to
			}
		}
		mark := IsSentenceEnd(r) && (i >= aside || r == '。' || r == '｡') || isDots(s, i) || isFullStop(s, start, i)
		if !mark || i < name {
			i += size
			end = i
			continue
		}
		var ends bool
		end, quotes, ends = markRun(s, i, quotes)
		i = end
		if ends {
			dst = append(dst, Span{int32(start), int32(end)})
			start = -1
		}
	}
	if start >= 0 {
		dst = append(dst, Span{int32(start), int32(end)})
	}
	return dst
}

// markRun reads the marks and closers from i on. It returns their end, the
// number of ASCII quotes seen, and whether the sentence ends there.
func markRun(s string, i, quotes int) (end, seen int, ends bool) {
	ascii := true // no mark or closer beyond ASCII yet
	for first := i; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case IsSentenceEnd(r), isCloser(r):
		case r == '.' && (isDots(s, i) || i == first || s[i-1] == '.'):
		case r == '"' && quotes%2 == 1:
			quotes++
		case r == '\'' && i+1 < len(s) && s[i+1] < utf8.RuneSelf && !isSpaceByte(s[i+1]):
			return i, quotes, !ascii
		case r == '\'':
		default:
			return i, quotes, !isJoiner(r) && (!ascii || r >= utf8.RuneSelf || isSpaceByte(s[i]))
		}
		ascii = ascii && r < utf8.RuneSelf
		i += size
	}
	return i, quotes, true
}

// closerOf returns what closes the bracket r, 0 if r opens none. Quotation marks
// are not among them: quoted speech has sentences of its own.
func closerOf(r rune) rune {
	switch r {
	case '(':
		return ')'
	case '（':
		return '）'
	case '[':
		return ']'
	case '【':
		return '】'
	case '〔':
		return '〕'
	case '《':
		return '》'
	case '〈':
		return '〉'
	}
	return 0
}

// maxAsideBytes is how far behind a bracket its other half may be.
const maxAsideBytes = 240

// findCloser returns where the closing bracket stands in the line that i is in,
// 0 if it is not near.
func findCloser(s string, i int, closer rune) int {
	for to := min(len(s), i+maxAsideBytes); i < to; {
		r, size := utf8.DecodeRuneInString(s[i:])
		if isLineBreak(r) {
			return 0
		}
		if r == closer {
			return i
		}
		i += size
	}
	return 0
}

// isFullStop reports whether the ASCII full stop at i, of a sentence that began
// at start, stands for 。 or is the first of an ellipsis.
func isFullStop(s string, start, i int) bool {
	if s[i] != '.' {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	if !IsHan(before) {
		return false
	}
	if i+1 == len(s) || s[i+1] == '.' {
		return !isListNumber(s, start, i)
	}
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	return (unicode.IsSpace(after) || isCloser(after) || after == '"') && !isListNumber(s, start, i)
}

// isListNumber reports whether nothing but a number in ideographs stands before
// i, back to start or to a space.
func isListNumber(s string, start, i int) bool {
	for i > start {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		switch r {
		case '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百', '〇', '零', '第',
			'甲', '乙', '丙', '丁', '（', '(', '）', ')':
			i -= size
		default:
			return unicode.IsSpace(r)
		}
	}
	return true
}

// isDots reports whether three ASCII dots start at i.
func isDots(s string, i int) bool {
	return len(s)-i >= 3 && s[i] == '.' && s[i+1] == '.' && s[i+2] == '.'
}

func isSpaceByte(b byte) bool {
	return b == ' ' || b-'\t' < 5
}
