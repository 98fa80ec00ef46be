package model

import (
	"unicode"
	"unicode/utf8"
)

// pattern is how a text is split before BPE; no token crosses a split.
type pattern uint8

const (
	patternGPT2   pattern = iota // contractions, letters, digits, others, each with a blank before
	patternQwen2                 // one digit a piece; a letter run takes any one character before it
	patternLlama3                // up to three digits a piece, otherwise as Qwen 2
)

// patterns are the regular expressions that splitNext carries out by hand, as they
// stand in published tokenizer.json files.
var patterns = map[string]pattern{
	`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`:                                                                  patternGPT2,
	`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`:                              patternQwen2,
	`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`:                         patternLlama3,
	`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+|\n+`:                          patternQwen2,
	`(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`: patternQwen2,
}

type splitClass uint8

const (
	classOther splitClass = iota
	classLetter
	classDigit
	classSpace
)

var asciiClass = func() (t [128]splitClass) {
	for r := range rune(128) {
		t[r] = slowClass(r)
	}
	return t
}()

func slowClass(r rune) splitClass {
	switch {
	case unicode.IsLetter(r):
		return classLetter
	case unicode.Is(unicode.N, r):
		return classDigit
	case unicode.IsSpace(r):
		return classSpace
	}
	return classOther
}

// classAt returns the class and the length of the character at i < len(s).
func classAt(s string, i int) (splitClass, int) {
	if c := s[i]; c < utf8.RuneSelf {
		return asciiClass[c], 1
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if r >= 0x4E00 && r <= 0x9FFF {
		return classLetter, n
	}
	return slowClass(r), n
}

// run returns the end of the run of the class from i on, of at most max characters.
func classRun(s string, i int, want splitClass, max int) int {
	for ; i < len(s) && max > 0; max-- {
		c, n := classAt(s, i)
		if c != want {
			break
		}
		i += n
	}
	return i
}

const noMax = int(^uint(0) >> 1)

// splitNext returns the end of the first piece of s, which is not empty.
func (p pattern) splitNext(s string) int {
	if s[0] == '\'' {
		if n := contraction(s, p != patternGPT2); n > 0 {
			return n
		}
	}
	class, n := classAt(s, 0)
	if p == patternGPT2 {
		if s[0] == ' ' && len(s) > 1 {
			if next, _ := classAt(s, 1); next != classSpace {
				return classRun(s, 1, next, noMax)
			}
		}
		if class == classSpace {
			return spaceRun(s)
		}
		return classRun(s, 0, class, noMax)
	}
	switch class {
	case classLetter:
		return classRun(s, n, classLetter, noMax)
	case classDigit:
		if p == patternQwen2 {
			return n
		}
		return classRun(s, 0, classDigit, 3)
	}
	// [^\r\n\p{L}\p{N}]?\p{L}+
	if n < len(s) && s[0] != '\n' && s[0] != '\r' {
		if next, m := classAt(s, n); next == classLetter {
			return classRun(s, n+m, classLetter, noMax)
		}
	}
	//  ?[^\s\p{L}\p{N}]+[\r\n]*
	start := 0
	if s[0] == ' ' {
		start = 1
	}
	if end := classRun(s, start, classOther, noMax); end > start {
		for end < len(s) && (s[end] == '\n' || s[end] == '\r') {
			end++
		}
		return end
	}
	// \s*[\r\n]+
	end := classRun(s, 0, classSpace, noMax)
	for i := end; i > 0; i-- {
		if s[i-1] == '\n' || s[i-1] == '\r' {
			return i
		}
	}
	return spaceRun(s)
}

// spaceRun matches \s+(?!\S)|\s+: a run of blanks, without its last one when a
// character follows and there are others.
func spaceRun(s string) int {
	end := classRun(s, 0, classSpace, noMax)
	if end == len(s) {
		return end
	}
	_, last := utf8.DecodeLastRuneInString(s[:end])
	if last < end {
		return end - last
	}
	return end
}

// contraction returns the length of 's, 't, 're, 've, 'm, 'll or 'd at the start of
// s, 0 if there is none. With fold the case is ignored, and the long s is an s.
func contraction(s string, fold bool) int {
	at := func(i int) byte {
		if i >= len(s) {
			return 0
		}
		if c := s[i]; fold && c >= 'A' && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return s[i]
	}
	if fold && len(s) > 2 && s[1:3] == "ſ" {
		return 3
	}
	switch at(1) {
	case 's', 't', 'm', 'd':
		return 2
	case 'r', 'v':
		if at(2) == 'e' {
			return 3
		}
	case 'l':
		if at(2) == 'l' {
			return 3
		}
	}
	return 0
}
