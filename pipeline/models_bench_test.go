package pipeline

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/model"
	"github.com/qingliu/qingliu/zh"
)

// chunkTexts returns the first n texts of dedup-dev, or skips.
func chunkTexts(tb testing.TB, n int) []string {
	tb.Helper()
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	name := filepath.Join(dir, "dedup-dev.jsonl.zst")
	if _, err := os.Stat(name); err != nil {
		tb.Skipf("no texts: %v", err)
	}
	var texts []string
	for line := range strings.Lines(string(unzstd(tb, name))) {
		var d struct{ Text string }
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			tb.Fatal(err)
		}
		if texts = append(texts, d.Text); len(texts) == n {
			break
		}
	}
	return texts
}

// BenchmarkScore compares what scores of models cost with the segmenter, over the
// same texts: 4-grams of code points of 12,000 other texts, those counted once left
// out.
func BenchmarkScore(b *testing.B) {
	texts := chunkTexts(b, 12500)
	text := strings.Join(texts[12000:], "\n")
	b.Run("segmenter", func(b *testing.B) {
		s, err := zh.NewSegmenter()
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(text)))
		var words []zh.Span
		for b.Loop() {
			words = s.AppendWords(words[:0], text)
		}
	})
	b.Run("lm", func(b *testing.B) {
		t, err := model.NewLMTrainer(4)
		if err != nil {
			b.Fatal(err)
		}
		for _, x := range texts[:12000] {
			if err := t.Add(x); err != nil {
				b.Fatal(err)
			}
		}
		m, err := t.Train(2)
		if err != nil {
			b.Fatal(err)
		}
		s := m.NewScorer()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			s.Score(text)
		}
	})
}
