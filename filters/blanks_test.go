package filters

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestBlankCleaner(t *testing.T) {
	for _, r := range []struct {
		name, text, want string
		changed          int
	}{
		{"none", "甲\n乙 丙\t丁\n", "甲\n乙 丙\t丁\n", 0},
		{"blank lines", "甲\n\n\n乙\n\n丙", "甲\n乙\n丙", 3},
		{"lines of blanks", "甲\n \t\n\u3000\n乙", "甲\n乙", 5},
		{"at both ends", "\n\n甲\n\n", "甲\n", 3},
		{"wide blanks", "甲\u00a0乙\u3000\u3000丙", "甲 乙  丙", 3},
		{"control characters", "甲\x00乙\x07丙丁\x7f戊\u009f", "甲乙丙丁戊", 4},
		{"other line ends", "甲\r乙\r \r丙\u0085丁\r", "甲\n乙\n丙\n丁", 6},
		{"a line of controls", "甲\n\x07\n乙", "甲\n乙", 2},
		{"zero width", "\ufeff甲\u200b乙", "甲乙", 2},
		{"joiners and separators stay", "👨\u200d👩\u2028é\u0080", "👨\u200d👩\u2028é", 1},
		{"the first and last that go", "\x1f \x7f\u009f\u00a1甲", " \u00a1甲", 3},
		{"nothing left", "\n \n", "", 3},
		{"verse", versePage, versePage, 0},
		{"news", newsText, newsText, 0},
		{"price list", pricePage, pricePage, 0},
		{"source code", codePage, codePage, 0},
		{"empty", "", "", 0},
	} {
		c := NewBlankCleaner()
		for range 2 {
			if got, n := c.Clean(r.text); got != r.want || n != r.changed {
				t.Errorf("%s: %q became %q, %d changed; want %q, %d", r.name, r.text, got, n, r.want, r.changed)
			}
		}
	}
	c := NewBlankCleaner()
	for _, text := range []string{newsText, codePage, versePage} {
		if n := testing.AllocsPerRun(20, func() { c.Clean(text) }); n != 0 {
			t.Errorf("%v allocations for a text without changes, want 0", n)
		}
	}
	page := strings.Repeat("　　甲\u00a0乙。\n\n", 40)
	if n := testing.AllocsPerRun(20, func() { c.Clean(page) }); n > 1 {
		t.Errorf("%v allocations, want 1: the text that is returned", n)
	}
}

// plainClean is Clean written plainly, for valid UTF-8.
func plainClean(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimSuffix(line, "\n")
		var parts []string
		for _, part := range strings.FieldsFunc(body, func(r rune) bool { return r == '\r' || r == '\u0085' }) {
			part = strings.Map(func(r rune) rune {
				switch {
				case r == '\u00a0' || r == '\u3000':
					return ' '
				case r == '\u200b' || r == '\ufeff', r < 0x20 && r != '\t', 0x7f <= r && r <= 0x9f:
					return -1
				}
				return r
			}, part)
			if strings.Trim(part, " \t") != "" {
				parts = append(parts, part)
			}
		}
		if parts != nil {
			out.WriteString(strings.Join(parts, "\n") + line[len(body):])
		}
	}
	return out.String()
}

func checkBlanks(t *testing.T, text string) (changed int) {
	t.Helper()
	got, changed := NewBlankCleaner().Clean(text)
	if (changed == 0) != (got == text) {
		t.Errorf("%q became %q with %d changes", text, got, changed)
	}
	if !utf8.ValidString(text) {
		return changed // broken bytes may become U+FFFD
	}
	if want := plainClean(text); got != want {
		t.Errorf("%q became %q, want %q", text, got, want)
	}
	if again, n := NewBlankCleaner().Clean(got); n != 0 || again != got {
		t.Errorf("%q became %q, and that %q", text, got, again)
	}
	return changed
}

func TestBlankCleaner_random(t *testing.T) {
	rnd := rand.New(rand.NewPCG(19, 20))
	pieces := []string{"字", "a", " ", "\t", "\n", "\n", "\u00a0", "\u3000", "\x07", "\r", "\u0085", "\u200b", "\ufeff", "\u200d", "é", "，", "𠀀", "㐀"}
	changed := 0
	for round := range 4000 {
		text := ""
		if round%4 == 0 {
			text = randomText(rnd)
		}
		for range rnd.IntN(30) {
			text += pieces[rnd.IntN(len(pieces))]
		}
		if checkBlanks(t, text) > 0 {
			changed++
		}
	}
	if changed < 2000 {
		t.Errorf("%d texts changed: the test says little", changed)
	}
}

func FuzzBlankCleaner(f *testing.F) {
	for _, s := range oddTexts {
		f.Add(s)
	}
	f.Add("\ufeff甲\u00a0\u3000\r\n\n\t\x07\n乙\u200b")
	f.Fuzz(func(t *testing.T, text string) { checkBlanks(t, text) })
}
