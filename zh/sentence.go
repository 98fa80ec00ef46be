package zh

import (
	"unicode"
	"unicode/utf8"
)

// IsSentenceEnd reports whether r is a mark that ends a sentence: 。！？…；,
// their half-width and doubled forms, and the ASCII ! and ?. The full stop of
// Latin text is not among them, it ends abbreviations and numbers as often.
func IsSentenceEnd(r rune) bool {
	switch r {
	case '!', '?', '。', '！', '？', '…', '；', '｡', '⋯', '‼', '⁇', '⁈', '⁉', '﹒', '﹔', '﹖', '﹗':
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
func AppendSentences(dst []Span, s string) []Span {
	start, end := -1, 0 // of the sentence, without the space behind
	quotes := 0         // ASCII double quotes seen in this line
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
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
		if !IsSentenceEnd(r) && !isDots(s, i) {
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
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case IsSentenceEnd(r), isCloser(r):
		case r == '.' && (isDots(s, i) || i > 0 && s[i-1] == '.'):
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

// isDots reports whether three ASCII dots start at i.
func isDots(s string, i int) bool {
	return len(s)-i >= 3 && s[i] == '.' && s[i+1] == '.' && s[i+2] == '.'
}

func isSpaceByte(b byte) bool {
	return b == ' ' || b-'\t' < 5
}
