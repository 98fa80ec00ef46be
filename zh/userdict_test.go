package zh

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWithUserDict(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		name  string
		base  *Segmenter
		lines []string
		rows  []struct{ text, plain, user string }
	}{
		{"gse", newSegmenter(t), []string{"", "欧阳明轩", "诸葛小柔 50000", "研究生", "天气很好 1", "天气很好 900000", "𠮷𠮷屋"}, []struct{ text, plain, user string }{
			{"欧阳明轩去了x和诸葛小柔家", "欧阳明 轩去 了 x 和 诸葛 小柔家", "欧阳明轩 去 了 x 和 诸葛小柔 家"},
			{"今天天气很好", "今天天气 很 好", "今天 天气很好"},
			{"去𠮷𠮷屋", "去 𠮷 𠮷 屋", "去 𠮷𠮷屋"},
			{"研究生命的起源", "研究 生命 的 起源", "研究 生命 的 起源"},
		}},
		{"jieba", newJieba(t), []string{"欧阳明轩", "卡拉OK", "a.b 3", "生命 1"}, []struct{ text, plain, user string }{
			{"欧阳明轩在卡拉OK唱歌", "欧阳明 轩 在 卡拉 OK 唱歌", "欧阳明轩 在 卡拉OK 唱歌"},
			{"见a.b和a.c", "见 a b 和 a c", "见 a.b 和 a c"},
			{"研究生命的起源", "研究 生命 的 起源", "研究生 命 的 起源"},
		}},
	} {
		u, err := d.base.WithUserDict(d.lines)
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range d.rows {
			if got := strings.Join(words(t, d.base, tt.text), " "); got != tt.plain {
				t.Errorf("%s: %q without user dictionary: got %q, want %q", d.name, tt.text, got, tt.plain)
			}
			if got := strings.Join(words(t, u.Clone(), tt.text), " "); got != tt.user {
				t.Errorf("%s: %q: got %q, want %q", d.name, tt.text, got, tt.user)
			}
		}
	}
	s := newSegmenter(t)
	for _, bad := range []string{"卡拉OK", "中国 many", "中国 0", "中国 NaN", "中 国，", strings.Repeat("长", MaxUserRunes+1)} {
		if _, err := s.WithUserDict([]string{bad}); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
	if _, err := newJieba(t).WithUserDict([]string{"Ｋ歌"}); err == nil {
		t.Error("full-width letter: no error")
	}
}

// TestWithUserDict_keepsTheRest: the words of the dictionary stay as they are
// where no word of the user is.
func TestWithUserDict_keepsTheRest(t *testing.T) {
	s := newSegmenter(t)
	u, err := s.WithUserDict([]string{"黿鼉龜 100", "㐀㐁"})
	if err != nil {
		t.Fatal(err)
	}
	gen := hanText(someWords(t))
	rapid.Check(t, func(t *rapid.T) {
		text := gen.Draw(t, "text")
		if strings.ContainsAny(text, "黿鼉龜㐀㐁") {
			return
		}
		a, b := s.AppendWords(nil, text), u.AppendWords(nil, text)
		if len(a) != len(b) {
			t.Fatalf("%q: got %v, want %v", text, b, a)
		}
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("%q: got %v, want %v", text, b, a)
			}
		}
	})
	// And all words are in the new trie with their cost.
	packed, err := unpackWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	err = packed.eachWord(func(word string, _ uint64) error {
		x, y := s.tables.words, u.tables.words
		if i, j := x.find(word), y.find(word); j == 0 || x.costs[i] != y.costs[j] {
			t.Fatalf("%q is lost or costs %d", word, y.costs[j])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if u.tables.words.find("黿鼉龜") == 0 || u.tables.words.find("㐀㐁") == 0 || u.tables.words.find("黿鼉") != s.tables.words.find("黿鼉") {
		t.Error("user words are not in the trie")
	}
}

func BenchmarkWithUserDict(b *testing.B) {
	s := newSegmenter(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.WithUserDict([]string{"欧阳明轩", "诸葛小柔 50000"}); err != nil {
			b.Fatal(err)
		}
	}
}
