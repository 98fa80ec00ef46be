package zh

import (
	"strings"
	"testing"
	"unicode"
)

// sampleText is written for these tests.
const sampleText = `研究生命的起源是一件很难的事情。北京大学的学生前来应聘，面试官问了三个问题。
小王昨天在淘宝上买了一台笔记本电脑，花了4599.5元，用的是Windows 11系统。
這幾年，台灣的半導體產業發展得很快，許多工程師在新竹科學園區上班。
雨停了以后，山里的空气特别清新，孩子们跑到河边捉小鱼，老人坐在树下下棋聊天。
欧阳明轩和诸葛小柔去云南旅游，他们在洱海边骑自行车，晚上吃了过桥米线。
本店经营各类五金工具、水暖配件、装饰材料，欢迎新老客户来电洽谈，量大从优！
`

func words(t *testing.T, s *Segmenter, text string) []string {
	t.Helper()
	var out []string
	for _, w := range s.AppendWords(nil, text) {
		out = append(out, text[w.Start:w.End])
	}
	return out
}

func newSegmenter(t testing.TB) *Segmenter {
	t.Helper()
	s, err := NewSegmenter()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAppendWords(t *testing.T) {
	s := newSegmenter(t)
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"，。 \n", ""},
		{"研究生命的起源", "研究 生命 的 起源"},
		{"研究生命的起源1", "研究 生命 的 起源 1"},
		{"北京大学生前来应聘x", "北京 大学生 前来 应聘 x"},
		{"這幾年台灣的半導體產業", "這 幾年 台灣 的 半導體 產業"},
		{"花了4599.5元，用Windows11。", "花 了 4599.5 元 用 Windows11"},
		{"v1.2.3.", "v1.2.3"},
		{"カラオケで歌う한국어абв", "カラオケで 歌 う 한국어 абв"},
		{"一\xff二\xed\xa0\x80三", "一 二 三"},
		{"欧阳明轩去了", "欧阳明 轩去 了"},
	} {
		if got := strings.Join(words(t, s, tt.text), " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestAppendWords_longRunIsBounded(t *testing.T) {
	s := newSegmenter(t)
	text := strings.Repeat("中文", 3*maxRunRunes)
	n := int32(0)
	for _, w := range s.AppendWords(nil, text) {
		if w.Start != n {
			t.Fatalf("word starts at %d, previous ended at %d", w.Start, n)
		}
		n = w.End
	}
	if int(n) != len(text) {
		t.Errorf("words end at %d of %d", n, len(text))
	}
}

func TestAppendWords_allocatesNothing(t *testing.T) {
	s := newSegmenter(t)
	dst := s.AppendWords(nil, sampleText)
	if n := testing.AllocsPerRun(10, func() { dst = s.AppendWords(dst[:0], sampleText) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAppendSpaced(t *testing.T) {
	for _, tt := range []struct{ text, gse, jieba string }{
		{"", "", ""},
		{" \n", "\n", "\n"},
		{"我们去看电影，好吗？\n\n 好 的。v1.2\n", "我们 去 看 电影 ， 好 吗 ？\n\n好 的 。 v1.2\n", "我们 去 看 电影 ， 好 吗 ？\n\n好 的 。 v1.2\n"},
		{"a\xffb カナ～", "a b カナ ～", "a b カ ナ ～"},
	} {
		if got := string(newSegmenter(t).AppendSpaced(nil, tt.text)); got != tt.gse {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.gse)
		}
		if got := string(newJieba(t).AppendSpaced([]byte("x"), tt.text)); got != "x"+tt.jieba {
			t.Errorf("%q with jieba: got %q, want %q", tt.text, got, tt.jieba)
		}
	}
}

// FuzzAppendTokens checks that the tokens are the text without white space and
// damaged bytes, and that words are tokens with a letter or digit.
func FuzzAppendTokens(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	segmenters := []*Segmenter{newSegmenter(f), newJieba(f)}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range segmenters {
			spans := s.AppendTokens(nil, text)
			checkSpans(t, text, spans)
			got := ""
			for _, w := range spans {
				got += text[w.Start:w.End]
			}
			want := strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) || s.jieba && r >= 0x1c && r <= 0x1f {
					return -1
				}
				return r
			}, strings.ToValidUTF8(text, ""))
			if strings.ToValidUTF8(got, "") != want {
				t.Fatalf("%q: tokens are %q, want %q", text, got, want)
			}
			in := map[Span]bool{}
			for _, w := range spans {
				in[w] = true
			}
			for _, w := range s.AppendWords(nil, text) {
				if !in[w] {
					t.Fatalf("%q: word %q is no token", text, text[w.Start:w.End])
				}
			}
			spaced := string(s.AppendSpaced(nil, text))
			if strings.Count(spaced, "\n") != strings.Count(text, "\n") {
				t.Fatalf("%q: other lines in %q", text, spaced)
			}
		}
	})
}
