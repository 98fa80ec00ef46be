package extract

import (
	"bytes"
	"strings"
	"testing"
)

// findSlow is the reference for matcher.find.
func findSlow(list []word, s []byte) uint64 {
	low := []byte(strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, string(s)))
	var bits uint64
	for _, w := range list {
		text := []byte(strings.ToLower(w.text))
		for i := 0; i+len(text) <= len(low); i++ {
			if !bytes.HasPrefix(low[i:], text) ||
				w.begin && !atBoundary(low, i) || w.end && !atBoundary(low, i+len(text)) {
				continue
			}
			bits |= w.bits
		}
	}
	return bits
}

var testWords = []word{
	{text: "he", bits: 1}, {text: "she", bits: 2}, {text: "hers", bits: 4}, {text: "his", bits: 8},
	{text: "cmt", bits: 16, begin: true}, {text: "zoom", bits: 32, end: true}, {text: "ad", bits: 64, begin: true, end: true},
	{text: "相关", bits: 128}, {text: "相关阅读", bits: 256}, {text: "ABC", bits: 512}, {text: " t_f ", bits: 1024},
}

func TestMatcher(t *testing.T) {
	m := newMatcher(testWords)
	for _, c := range []struct {
		in   string
		want uint64
	}{
		{"", 0}, {"ushers", 1 | 2 | 4}, {"SHE", 1 | 2}, {"h e", 0},
		{"cmt", 16}, {"xcmt", 0}, {"x-cmtlist", 16},
		{"zoom", 32}, {"zoomin", 0}, {"zoom-in", 32},
		{"ad", 64}, {"ads", 0}, {"head ad", 1 | 64}, {"a_ad", 0},
		{"相关", 128}, {"相关阅读", 128 | 256}, {"相 关", 0}, {"xabcx", 512},
		{" t_f t_f ", 1024}, {"t_f ", 0},
	} {
		if got := m.find([]byte(c.in)); got != c.want {
			t.Errorf("find(%q) = %b, want %b", c.in, got, c.want)
		}
	}
}

func FuzzMatcher(f *testing.F) {
	for _, s := range []string{"ushers", "相关阅读 AD cmt_", "zoomzoom-", "\xe7\x9b\xb8\xe5", " t_f  t_f "} {
		f.Add([]byte(s))
	}
	m := newMatcher(testWords)
	f.Fuzz(func(t *testing.T, s []byte) {
		if bytes.ContainsFunc(s, func(r rune) bool { return r == '\ufffd' }) {
			t.Skip("the reference maps runes")
		}
		if got, want := m.find(s), findSlow(testWords, s); got != want {
			t.Fatalf("find(%q) = %b, want %b", s, got, want)
		}
	})
}

func TestNames(t *testing.T) {
	var c nameCache
	c.begin()
	for _, v := range []struct {
		name      string
		has, not  uint64
		container string
	}{
		{"Article-Content", nameContent | isBodyName, nameNav, "article-content"},
		{"article-contents", nameContent, isBodyName, ""},
		{"comment-list", isCommentName | isPostName | isReplyName, notPostName, ""},
		{"post_12345", isReplyName, isCommentName, ""},
		{"postmessage_778899", isPostBody, isCommentName, ""},
		{"repost", isPostName, isReplyName, ""},
		{"x TRS_Editor y", isBodyName, 0, "trs_editor"},
		{"line-numbers language-go", 0, isGutterName, ""},
		{"gutter", isGutterName, 0, ""},
	} {
		n := c.lookup(appendName([]byte{' '}, v.name))
		if n.bits&v.has != v.has || n.bits&v.not != 0 || n.knownKey != v.container {
			t.Errorf("%q: bits %b, container %q", v.name, n.bits, n.knownKey)
		}
	}
	a, b := c.lookup(appendName([]byte{' '}, "post_1")), c.lookup(appendName([]byte{' '}, "post_22"))
	if a != b {
		t.Error("names that differ in digits only have two entries")
	}
	for i := range maxNames + 100 {
		c.lookup(appendName([]byte{' '}, strings.Repeat("x", i%200)+string(rune('a'+i/200%26))+string(rune('a'+i/5200))))
	}
	if !c.full || len(c.infos) != maxNames || a.bits&isReplyName == 0 {
		t.Errorf("full is %v, cache has %d names, an early one has bits %b", c.full, len(c.infos), a.bits)
	}
	if c.begin(); len(c.infos) != 0 || c.lookup(appendName([]byte{' '}, "comment-list")).bits&isCommentName == 0 {
		t.Errorf("the cache did not start anew: %d names", len(c.infos))
	}
}
