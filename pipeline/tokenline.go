package pipeline

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/zh"
)

// TokenLiner turns texts into the lines of tokens that classifiers of package model
// read. It is not safe for concurrent use.
type TokenLiner struct {
	segment *zh.Segmenter // nil for tokens of one character
	raw     bool
}

// NewTokenLiner returns a liner of a kind of tokens: words of the segmenter, chars
// (every Chinese character alone, other words whole), or raw, which takes the text
// as it is, cut at blanks.
func NewTokenLiner(kind string) (*TokenLiner, error) {
	switch kind {
	case "words":
		s, err := zh.NewSegmenter()
		return &TokenLiner{segment: s}, err
	case "chars":
		return &TokenLiner{}, nil
	case "raw":
		return &TokenLiner{raw: true}, nil
	}
	return nil, fmt.Errorf("tokens %q are unknown; there are words, chars and raw", kind)
}

// labelMark begins a label in a line of tokens; in a text it is no label.
var labelMark = []byte("__label__")

// Append appends the tokens of text as one line, separated by blanks, without a line
// end.
func (t *TokenLiner) Append(dst []byte, text string) []byte {
	start := len(dst)
	switch {
	case t.segment != nil:
		dst = t.segment.AppendSpaced(dst, text)
	case t.raw:
		dst = append(dst, text...)
	default:
		dst = appendChars(dst, text)
	}
	clean(dst[start:])
	return dst
}

// appendCut is Append for words where the segmenter has found the words of the text
// already.
func (t *TokenLiner) appendCut(dst []byte, text string, words []corpus.Span) []byte {
	start, end := len(dst), 0
	for _, w := range words {
		dst = appendMarks(dst, text[end:w.Start])
		dst = append(dst, text[w.Start:w.End]...)
		dst = append(dst, ' ')
		end = int(w.End)
	}
	dst = appendMarks(dst, text[end:])
	clean(dst[start:])
	return dst
}

// appendMarks appends the code points of text that are no white space, each as a
// token. Damaged bytes go.
func appendMarks(dst []byte, text string) []byte {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsSpace(r) && (r != utf8.RuneError || size > 1) {
			dst = append(append(dst, text[i:i+size]...), ' ')
		}
		i += size
	}
	return dst
}

// clean makes a line of tokens one line without labels.
func clean(line []byte) {
	for i, c := range line {
		if c < ' ' {
			line[i] = ' '
		}
	}
	for {
		i := bytes.Index(line, labelMark)
		if i < 0 {
			return
		}
		line = line[i:]
		copy(line, "  label  ")
	}
}

// appendChars puts blanks around every character of a script that uses none.
func appendChars(dst []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			dst = append(dst, byte(r))
		case unicode.IsSpace(r):
			dst = append(dst, ' ')
		case r >= 0x2e80:
			dst = append(dst, ' ')
			dst = utf8.AppendRune(dst, r)
			dst = append(dst, ' ')
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
