package zh

import (
	"strings"
	"testing"
)

func TestWithUserDict(t *testing.T) {
	if testing.Short() {
		t.Skip("sets up gse, 1 s")
	}
	s := newSegmenter(t)
	u, err := s.WithUserDict([]string{"", "欧阳明轩", "诸葛小柔 50000", "研究生"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ text, plain, user string }{
		{"欧阳明轩去了x和诸葛小柔家", "欧阳明 轩去 了 x 和 诸葛 小柔家", "欧阳明轩 去 了 x 和 诸葛小柔 家"},
		{"今天天气很好", "今天天气 很 好", "今天天气 很 好"},
	} {
		if got := strings.Join(words(t, s, tt.text), " "); got != tt.plain {
			t.Errorf("%q without user dictionary: got %q, want %q", tt.text, got, tt.plain)
		}
		if got := strings.Join(words(t, u, tt.text), " "); got != tt.user {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.user)
		}
	}
	for _, bad := range []string{"卡拉OK", "中国 many", "中国 0"} {
		if _, err := s.WithUserDict([]string{bad}); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}
