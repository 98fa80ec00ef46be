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

// BenchmarkLoad is what the first segmenter or converter of a process does.
func BenchmarkLoad(b *testing.B) {
	for _, bb := range []struct {
		name string
		load func() (any, error)
	}{
		{"words=gse", func() (any, error) { return newTables(wordsFile) }},
		{"words=jieba", func() (any, error) { return newTables(jiebaFile) }},
		{"hmm", func() (any, error) { return unpackEmissions(hmmFile) }},
		{"opencc", func() (any, error) { return unpackOpenCC(openccFile) }},
		{"t2s", func() (any, error) { return newConversion("", ts)() }},
		{"s2t", func() (any, error) { return newConversion("", st)() }},
		{"s2twp", func() (any, error) { return newConversion(stPhrases, st, "TWPhrases "+toTW)() }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bb.load(); err != nil {
					b.Fatal(err)
				}
			}
		})
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

func BenchmarkConverter(b *testing.B) {
	texts := sharedTexts(b, 5000)
	for _, bb := range []struct {
		name   string
		script string
	}{{"t2s", "Hant"}, {"t2s", "Hans"}, {"s2t", "Hans"}, {"s2twp", "Hans"}, {"tw2sp", "Hant"}} {
		b.Run(bb.name+"/script="+bb.script, func(b *testing.B) {
			var some strings.Builder
			for _, t := range texts {
				if Script(Count(t)) == bb.script && some.Len() < 2e6 {
					some.WriteString(t)
				}
			}
			text := some.String()
			if text == "" {
				b.Skip("no shared data")
			}
			c := newConverter(b, bb.name)
			dst := c.Append(nil, text)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				dst = c.Append(dst[:0], text)
			}
		})
	}
}

func BenchmarkAppendFolded(b *testing.B) {
	text := strings.Repeat(sampleText, 20)
	dst := AppendFolded(nil, text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendFolded(dst[:0], text)
	}
}
