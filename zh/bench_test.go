package zh

import (
	"strings"
	"testing"
)

func BenchmarkAppendWords(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"text=sample", sampleText},
		{"text=shared", strings.Join(sharedTexts(b, 300), "\n")},
	} {
		b.Run(bb.name, func(b *testing.B) {
			if bb.text == "" {
				b.Skip("no shared data")
			}
			s := newSegmenter(b)
			dst := s.AppendWords(nil, bb.text)
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			for b.Loop() {
				dst = s.AppendWords(dst[:0], bb.text)
			}
		})
	}
}

func BenchmarkCount(b *testing.B) {
	text := strings.Repeat(sampleText, 20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Count(text)
	}
}

func BenchmarkAppendSentences(b *testing.B) {
	text := strings.Repeat(sampleText, 20)
	dst := AppendSentences(nil, text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendSentences(dst[:0], text)
	}
}

func BenchmarkVariety(b *testing.B) {
	text := strings.Repeat(sampleText, 20)
	c := Count(text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Variety(text, c)
	}
}

// BenchmarkLoad is what the first NewSegmenter of a process does.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		packed, err := unpackWords(wordsFile)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := newTrie(packed.source()); err != nil {
			b.Fatal(err)
		}
		if _, err := unpackEmissions(hmmFile); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkToSimplified(b *testing.B) {
	text := strings.Repeat(sampleText, 20)
	sum := rune(0)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for _, r := range text {
			sum += ToSimplified(r)
		}
	}
	_ = sum
}

func BenchmarkAppendTokens_jieba(b *testing.B) {
	text := strings.Join(sharedTexts(b, 300), "\n")
	if text == "" {
		b.Skip("no shared data")
	}
	s := newJieba(b)
	dst := s.AppendTokens(nil, text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		dst = s.AppendTokens(dst[:0], text)
	}
}
