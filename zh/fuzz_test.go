package zh

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

var fuzzSeeds = []string{
	"", sampleText, "他说：“走！”\n好...a.b?c \xff\xe4\xb8", "𠀀𪚥〇々\u2028…。\"'!'\"", "3.14.15カナ한국ñ́x",
}

// checkSpans fails unless spans ascend inside text without overlap, none is
// empty, and none cuts a code point.
func checkSpans(t *testing.T, text string, spans []Span) {
	t.Helper()
	end := int32(0)
	for _, sp := range spans {
		if sp.Start < end || sp.End <= sp.Start || int(sp.End) > len(text) {
			t.Fatalf("%q: span %v after %d", text, sp, end)
		}
		if !boundary(text, int(sp.Start)) || !boundary(text, int(sp.End)) {
			t.Fatalf("%q: span %v cuts a code point", text, sp)
		}
		end = sp.End
	}
}

// boundary reports whether no valid code point has its inside at i.
func boundary(text string, i int) bool {
	for back := 1; back < utf8.UTFMax && back <= i; back++ {
		if _, size := utf8.DecodeRuneInString(text[i-back:]); size > back {
			return false
		}
	}
	return true
}

func FuzzAppendWords(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	s := newSegmenter(f)
	f.Fuzz(func(t *testing.T, text string) {
		spans := s.AppendWords(nil, text)
		checkSpans(t, text, spans)
		inWord := make([]bool, len(text)+1)
		for _, sp := range spans {
			for i := sp.Start; i < sp.End; i++ {
				inWord[i] = true
			}
		}
		for i, r := range text {
			want := s.kind(r) != kindNone
			if want && !inWord[i] {
				t.Fatalf("%q: %q at %d is in no word", text, r, i)
			}
			if (unicode.IsSpace(r) || r != '.' && unicode.IsPunct(r)) && inWord[i] {
				t.Fatalf("%q: %q at %d is in a word", text, r, i)
			}
		}
	})
}

func FuzzAppendSentences(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spans := AppendSentences(nil, text)
		checkSpans(t, text, spans)
		at := 0
		for i, r := range text {
			for at < len(spans) && int(spans[at].End) <= i {
				at++
			}
			inside := at < len(spans) && int(spans[at].Start) <= i
			if !inside && !unicode.IsSpace(r) {
				t.Fatalf("%q: %q at %d is in no sentence", text, r, i)
			}
			if inside && isLineBreak(r) {
				t.Fatalf("%q: line break at %d is in a sentence", text, i)
			}
		}
		for _, sp := range spans {
			first, _ := utf8.DecodeRuneInString(text[sp.Start:])
			last, _ := utf8.DecodeLastRuneInString(text[:sp.End])
			if unicode.IsSpace(first) || unicode.IsSpace(last) {
				t.Fatalf("%q: %v has white space around it", text, sp)
			}
		}
	})
}

// FuzzCount compares Count with a plain twin.
func FuzzCount(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := Count(text)
		runes, han, space := 0, 0, 0
		for _, r := range text {
			runes++
			if IsHan(r) {
				han++
			}
			if unicode.IsSpace(r) {
				space++
			}
		}
		if c.Runes != runes || c.Han != han || c.Space != space || CountHan(text) != han {
			t.Fatalf("%q: got %+v, want %d runes, %d ideographs, %d spaces", text, c, runes, han, space)
		}
		Variety(text, c)
	})
}
