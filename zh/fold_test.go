package zh

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendFolded(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"新葡京":                    "新葡京",
		"澳門新葡京娛樂場":               "澳门新葡京娱乐场",
		"ＡＧ真人ＶＩＰ８８８":             "ag真人vip888",
		"葡★京 娱*乐.城":              "葡京娱乐城",
		"皇\u200b冠\ufeff体\u00ad育": "皇冠体育",
		"⼤⿓①②ⓐ":                  "大龙12a",
		"𝐕𝐈𝐏豈更":                  "vip岂更",
		"ÉÇ ß Ж Ω":               "éçßжω",
		"ｶﾀｶﾅ한글":                 "カタカナ한글",
		"\xff好\xe4\xb8":          "好",
	} {
		if got := string(AppendFolded(nil, text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestNextFolded_gaps(t *testing.T) {
	for text, want := range map[string]Gap{
		"甲乙": GapNone, "甲\u200b\ufe0f乙": GapNone, "甲★乙": GapSymbol, "甲*乙": GapSymbol, "甲 乙": GapSoft, "甲.乙": GapSoft, "甲★ 乙": GapSoft,
		"甲，乙": GapBreak, "甲\n乙": GapBreak, "甲（乙": GapBreak, "甲\xff乙": GapBreak, "甲***乙": GapSymbol, "甲****乙": GapBreak, "甲": GapBreak, "甲★": GapBreak,
	} {
		r, at, end, gap := NextFolded(text, len("甲"))
		if gap != want {
			t.Errorf("%q: got gap %d, want %d", text, gap, want)
		}
		if r != 0 && text[at:end] != "乙" || r == 0 && (at != len(text) || end != len(text)) {
			t.Errorf("%q: got %q in %d to %d", text, r, at, end)
		}
	}
}

func FuzzNextFolded(f *testing.F) {
	for _, s := range append(fuzzSeeds, "澳門⼤①ＡÉ★乙", "\U0001D7D8ﬁ㍻") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last, runes := 0, 0
		for r, at, end, _ := NextFolded(text, 0); r != 0; r, at, end, _ = NextFolded(text, end) {
			if at < last || end <= at || end > len(text) {
				t.Fatalf("%q: %q in %d to %d after %d", text, r, at, end, last)
			}
			c, size := utf8.DecodeRuneInString(text[at:])
			if size != end-at || Fold(c) != r {
				t.Fatalf("%q: %q in %d to %d is %q", text, r, at, end, c)
			}
			last = end
			runes++
		}
		folded := string(AppendFolded(nil, text))
		if utf8.RuneCountInString(folded) != runes || !utf8.ValidString(folded) {
			t.Fatalf("%q: %d code points, folded %q", text, runes, folded)
		}
		if again := string(AppendFolded(nil, folded)); again != folded {
			t.Fatalf("%q: folded %q, again %q", text, folded, again)
		}
	})
}

// TestFold_all: each form stays itself when it is folded again.
func TestFold_all(t *testing.T) {
	kept := 0
	for r := range rune(0x30000) {
		if to := Fold(r); to != 0 {
			kept++
			if Fold(to) != to {
				t.Errorf("%q becomes %q, and that %q", r, to, Fold(to))
			}
			if IsHan(r) && !IsHan(to) {
				t.Errorf("%q becomes %q", r, to)
			}
		}
	}
	if kept < 100000 {
		t.Errorf("%d code points are kept", kept)
	}
}

func TestNextFolded_allocatesNothing(t *testing.T) {
	text := strings.Repeat(sampleText, 2)
	dst := AppendFolded(nil, text)
	if n := testing.AllocsPerRun(10, func() { dst = AppendFolded(dst[:0], text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
