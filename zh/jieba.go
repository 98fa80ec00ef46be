package zh

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// The rules of this file are those of jieba 0.42.1 (PyPI), Tokenizer.cut with
// HMM=True, and of its finalseg.cut: which code points are cut together by the
// dictionary, which stand alone, and what becomes of Latin letters and digits
// that no word holds.

var loadJieba = sync.OnceValues(func() (*tables, error) { return newTables(jiebaFile) })

// NewJiebaSegmenter returns a segmenter that cuts as jieba 0.42.1 does in its
// default mode, with jieba's dictionary and frequencies: for limits that were
// published over words of jieba. AppendTokens gives jieba's tokens without
// white space, AppendWords those of them that have a letter or digit. Kana,
// hangul, accented letters and full-width forms stand alone, one code point
// each, as jieba leaves them. It loads a table of its own.
func NewJiebaSegmenter() (*Segmenter, error) {
	t, err := loadJieba()
	if err != nil {
		return nil, err
	}
	return &Segmenter{tables: t, class: bmpClasses(), jieba: true, run: new(run)}, nil
}

// What an ASCII byte is to jieba.
const (
	jiebaMark  = iota // stands alone
	jiebaSpace        // separates
	jiebaSign         // +#&._%-: cut together with ideographs and letters
	jiebaAlnum        // the same, and forms words with its like
)

var jiebaByte = func() (t [utf8.RuneSelf]uint8) {
	for _, b := range "\t\n\v\f\r\x1c\x1d\x1e\x1f " {
		t[b] = jiebaSpace
	}
	for _, b := range "+#&._%-" {
		t[b] = jiebaSign
	}
	for b := byte(0); b < utf8.RuneSelf; b++ {
		if '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' {
			t[b] = jiebaAlnum
		}
	}
	return t
}()

// isJiebaHan reports whether r is an ideograph to jieba, which stops at U+9FD5.
func isJiebaHan(r rune) bool { return uint32(r)-0x4E00 <= 0x9FD5-0x4E00 }

func (s *Segmenter) appendJieba(dst []Span, text string, marks bool) []Span {
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r < utf8.RuneSelf {
			switch jiebaByte[r] {
			case jiebaSpace:
				i++
				continue
			case jiebaMark:
				if marks {
					dst = append(dst, Span{int32(i), int32(i + 1)})
				}
				i++
				continue
			}
		} else if r, size = utf8.DecodeRuneInString(text[i:]); !isJiebaHan(r) {
			if stands := s.kind(r) != kindNone || marks && !unicode.IsSpace(r) && (r != utf8.RuneError || size > 1); stands {
				dst = append(dst, Span{int32(i), int32(i + size)})
			}
			i += size
			continue
		}
		end := s.readJiebaRun(text, i)
		from := len(dst)
		dst = s.cutRun(dst)
		if !marks {
			dst = dropMarks(dst, from, text)
		}
		i = end
	}
	return dst
}

// dropMarks removes the spans from the given index on that have neither letter
// nor digit nor ideograph.
func dropMarks(dst []Span, from int, text string) []Span {
	kept := dst[:from]
	for _, w := range dst[from:] {
		for _, b := range []byte(text[w.Start:w.End]) {
			if b >= utf8.RuneSelf || jiebaByte[b] == jiebaAlnum {
				kept = append(kept, w)
				break
			}
		}
	}
	return kept
}

// readJiebaRun is readRun for what jieba cuts together: ideographs, ASCII
// letters and digits, and the signs +#&._%-.
func (s *Segmenter) readJiebaRun(text string, i int) int {
	q, n := s.run, 0
	code := s.tables.words.code
	for i < len(text) && n < maxRunRunes {
		var r rune
		size := 1
		if b := text[i]; b < utf8.RuneSelf {
			if jiebaByte[b] < jiebaSign {
				break
			}
			r = rune(b)
		} else {
			size = 3
			if i+2 < len(text) && b-0xE4 <= 0xE9-0xE4 && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80 {
				r = rune(b&0x0F)<<12 | rune(text[i+1]&0x3F)<<6 | rune(text[i+2]&0x3F) // U+4000–9FFF
			} else {
				r, size = utf8.DecodeRuneInString(text[i:])
			}
			if !isJiebaHan(r) {
				break
			}
		}
		c := uint16(0)
		if int(r) < len(code) {
			c = code[r]
		}
		q.runes[n], q.codes[n], q.offsets[n] = r, c, int32(i)
		n++
		i += size
	}
	q.n, q.codes[n], q.offsets[n] = n, 0, int32(i)
	return i
}

// appendSingles cuts the runes i to j of the run. If together they are a word
// of the dictionary, its better path was to take them one by one, and so they
// stay; otherwise ideographs go to the hidden Markov model and the rest is
// cut by the rule [a-zA-Z0-9]+(\.[0-9]+)?%?, what stands between being a word
// too.
func (s *Segmenter) appendSingles(dst []Span, i, j int32) []Span {
	runes, offsets := &s.run.runes, &s.run.offsets
	if s.tables.words.has(s.run.codes[i:j]) {
		for ; i < j; i++ {
			dst = append(dst, Span{offsets[i], offsets[i+1]})
		}
		return dst
	}
	for i < j {
		k := i + 1
		switch {
		case runes[i] >= utf8.RuneSelf:
			for k < j && runes[k] >= utf8.RuneSelf {
				k++
			}
			dst = s.appendUnknown(dst, i, k)
			i = k
			continue
		case jiebaByte[runes[i]] == jiebaAlnum:
			for k < j && runes[k] < utf8.RuneSelf && jiebaByte[runes[k]] == jiebaAlnum {
				k++
			}
			if k+1 < j && runes[k] == '.' && isDigitRune(runes[k+1]) {
				for k += 2; k < j && isDigitRune(runes[k]); {
					k++
				}
			}
			if k < j && runes[k] == '%' {
				k++
			}
		default:
			for k < j && runes[k] < utf8.RuneSelf && jiebaByte[runes[k]] == jiebaSign {
				k++
			}
		}
		dst = append(dst, Span{offsets[i], offsets[k]})
		i = k
	}
	return dst
}

func isDigitRune(r rune) bool { return '0' <= r && r <= '9' }

// has reports whether the codes are a word.
func (t *trie) has(codes []uint16) bool {
	at := t.nodes[0]
	for _, c := range codes {
		if c == 0 || at.base == 0 {
			return false
		}
		if at = t.nodes[at.base+uint32(c)]; at.label != c {
			return false
		}
	}
	return at.word != 0
}
