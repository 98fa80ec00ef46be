package model

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qingliu/qingliu/zh"
)

var lmTexts = []string{"清流把网页变成语料。\n语料是文本。", "网页里有广告，语料里没有。", "河水清清，流过村庄。\n清清的河水。", "坏\ufffd字\u1680空\u3000白\u00a0与\u2028零\U00020000"}

func testLM(t testing.TB, order, least int, texts ...string) *LM {
	t.Helper()
	tr, err := NewLMTrainer(order)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range texts {
		if err := tr.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	m, err := tr.Train(least)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestLM_sumsToOne: after every context the probabilities of all tokens make 1.
func TestLM_sumsToOne(t *testing.T) {
	for _, c := range [][2]int{{2, 1}, {3, 1}, {5, 1}, {3, 2}, {5, 2}, {4, 3}} {
		order, least := c[0], c[1]
		m := testLM(t, order, least, lmTexts...)
		for _, context := range []string{"", "清", "清清", "语料", "广告，", "無語", "河水清"} {
			sum := 0.0
			for id := range uint32(lmFirst + len(m.runes)) {
				if id == lmBegin {
					continue
				}
				s := m.NewScorer()
				s.add(lmBegin)
				for _, r := range context {
					c, _ := m.token(r)
					s.add(c)
				}
				s.block()
				before := s.log10
				s.add(id)
				s.block()
				sum += math.Pow(10, s.log10-before)
			}
			if math.Abs(sum-1) > 1e-5 {
				t.Errorf("order %d after %q: sum %v", order, context, sum)
			}
		}
	}
}

func TestLM_knownTextIsLikelier(t *testing.T) {
	s := testLM(t, 4, 1, lmTexts...).NewScorer()
	seen, shuffled, other := s.Perplexity("清流把网页变成语料。"), s.Perplexity("料。成网清把页语变流"), s.Perplexity("XYZ完全不同")
	if !(seen < shuffled && shuffled < other) {
		t.Errorf("seen %v, shuffled %v, other %v", seen, shuffled, other)
	}
	if p := s.Perplexity(" \n\t"); !math.IsNaN(p) {
		t.Errorf("blank text: %v", p)
	}
	if _, n := s.Score("清 流\n\n。"); n != 5 {
		t.Errorf("%d tokens, want 3 code points and 2 line ends", n)
	}
}

// TestReadARPA_incomplete reads a model without the n-grams that a longer one begins
// and ends with.
func TestReadARPA_incomplete(t *testing.T) {
	const file = "\\data\\\nngram 1=5\nngram 2=1\nngram 3=1\n\n\\1-grams:\n-9\t<unk>\n-99\t<s>\t-0.5\n-1\t</s>\n-1\t清\t-0.25\n-2\t流\t-0.125\n\n" +
		"\\2-grams:\n-0.75\t<s> 清\t-0.0625\n\n\\3-grams:\n-0.3\t清 流 清\n\n\\end\\\n"
	m, err := ReadARPA(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := m.NewScorer().Score("清流清")
	// <s> 清; 流 after <s> 清 backs off twice; 清 流 清; </s> after 流 清 backs off once,
	// for 流 清 has no weight, then after 清.
	want := -0.75 + (-0.0625 - 0.25 - 2) - 0.3 + (-0.25 - 1)
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("log10 %v, want %v", got, want)
	}
}

func TestLM_orderOfTextsDoesNotMatter(t *testing.T) {
	var a, b bytes.Buffer
	if err := testLM(t, 4, 1, lmTexts...).WriteARPA(&a); err != nil {
		t.Fatal(err)
	}
	if err := testLM(t, 4, 1, lmTexts[3], lmTexts[2], lmTexts[0], lmTexts[1]).WriteARPA(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the order of the texts changes the model")
	}
	m, err := ReadARPA(bytes.NewReader(a.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := m.WriteARPA(&again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), again.Bytes()) {
		t.Error("reading and writing changes the file")
	}
}

func TestReadARPA_bad(t *testing.T) {
	const good = "\\data\\\nngram 1=2\n\n\\1-grams:\n-1\t<unk>\n-1\t清\t-0.5\n\n\\2-grams:\n-0.1\t清 清\n\n\\end\\\n"
	if _, err := ReadARPA(strings.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"\\end\\", "", "ends before"},
		{"-0.1\t清 清", "-0.1\t清", "line 9: 2 fields"},
		{"ngram 1=2", "ngram 1=3", "2 n-grams of length 1; the head says 3"},
		{"ngram 1=2", "ngram 1", "line 2: \"ngram 1\" does not say"},
		{"-0.1\t清 清", "-0.1\t清 流", "no 1-gram"},
		{"-0.1\t清 清", "x\t清 清", "no logarithm"},
		{"-1\t清\t", "-1\t清流\t", "not one code point"},
		{"\\2-grams", "\\3-grams", "length 2"},
		{"\\data\\", "data", "no part of an ARPA file"},
	} {
		_, err := ReadARPA(strings.NewReader(strings.Replace(good, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.to, err, c.want)
		}
	}
}

// slowScore is Score by the definition, with the n-grams as they stand in the file.
func slowScore(m *LM, text string) (log10 float64) {
	find := func(t []uint32) (g lmGram, ok bool) {
		var tokens [MaxOrder]uint32
		copy(tokens[:], t)
		list := m.grams[len(t)-1]
		at, ok := slices.BinarySearchFunc(list, tokens, func(g lmGram, t [MaxOrder]uint32) int { return slices.Compare(g.tokens[:], t[:]) })
		if ok {
			g = list[at]
		}
		return g, ok
	}
	for line := range strings.SplitSeq(text, "\n") {
		tokens := []uint32{lmBegin}
		for _, r := range line {
			if id, ok := m.token(r); ok {
				tokens = append(tokens, id)
			}
		}
		if len(tokens) == 1 {
			continue
		}
		tokens = append(tokens, lmEnd)
		for i := 1; i < len(tokens); i++ {
			n, p := min(m.order, i+1), float32(-99)
			for ; n > 0; n-- {
				if g, ok := find(tokens[i+1-n : i+1]); ok {
					p = g.p
					break
				}
			}
			for k := max(n, 1); k < m.order && k <= i; k++ {
				g, _ := find(tokens[i-k : i]) // 0 for those that are not there
				p = float32(p + g.back)
			}
			log10 += float64(p)
		}
	}
	return log10
}

// TestScorer_slowTwin scores texts of more lines than fit a block.
func TestScorer_slowTwin(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	random := func(n int) string {
		runes := []rune("清流把网页变成语料。广告，河水 村庄\n\nabc\U00020000")
		var b strings.Builder
		for range n {
			b.WriteRune(runes[int(float64(len(runes))*rnd.Float64()*rnd.Float64())])
		}
		return b.String()
	}
	for order := 2; order <= MaxOrder; order++ {
		for least := 1; least <= 2; least++ {
			m := testLM(t, order, least, append(lmTexts, random(3000))...)
			s := m.NewScorer()
			for _, text := range []string{strings.Join(lmTexts, "\n"), random(5000), random(200), "\n字", ""} {
				got, _ := s.Score(text)
				if want := slowScore(m, text); got != want {
					t.Errorf("order %d, least %d: %d bytes: log10 %v, want %v", order, least, len(text), got, want)
				}
			}
		}
	}
}

func TestScorer_allocatesNothing(t *testing.T) {
	s := testLM(t, 4, 1, lmTexts...).NewScorer()
	text := strings.Join(lmTexts, "\n")
	if n := testing.AllocsPerRun(20, func() { s.Perplexity(text) }); n != 0 {
		t.Errorf("%v allocations a text", n)
	}
}

func FuzzReadARPA(f *testing.F) {
	var b bytes.Buffer
	if err := testLM(f, 3, 1, "清流").WriteARPA(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String(), "清流\n语料")
	f.Fuzz(func(t *testing.T, file, text string) {
		if m, err := ReadARPA(strings.NewReader(file)); err == nil {
			m.NewScorer().Perplexity(text)
		}
	})
}

// BenchmarkScorer scores texts the model was not trained on, and segments them in
// turn: the least CPU time of each, as on an idle machine, and how many times as fast
// as the segmenter scoring is.
func BenchmarkScorer(b *testing.B) {
	texts := dedupTexts(b, 4000)
	text := strings.Join(texts[3500:], "\n")
	seg, err := zh.NewSegmenter()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ order, least int }{{3, 1}, {3, 2}, {4, 1}, {4, 2}} {
		b.Run(fmt.Sprintf("order=%d/min-count=%d", c.order, c.least), func(b *testing.B) {
			s := testLM(b, c.order, c.least, texts[:3500]...).NewScorer()
			var words []zh.Span
			own, ref := time.Duration(1<<62), time.Duration(1<<62)
			b.ReportAllocs()
			for b.Loop() {
				start := cpuTime(b, syscall.RUSAGE_SELF)
				words = seg.AppendWords(words[:0], text)
				middle := cpuTime(b, syscall.RUSAGE_SELF)
				s.Score(text)
				end := cpuTime(b, syscall.RUSAGE_SELF)
				ref, own = min(ref, middle-start), min(own, end-middle)
			}
			b.ReportMetric(float64(len(text))*1e3/float64(own), "MB/cpu-s")
			b.ReportMetric(float64(len(text))*1e3/float64(ref), "segmenter-MB/cpu-s")
			b.ReportMetric(float64(ref)/float64(own), "x-segmenter")
		})
	}
}
