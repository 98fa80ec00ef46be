package extract

import (
	"strings"
	"testing"
)

// TestCopies: one copy of an article that stands twice stays, refrains and
// sentences that a text repeats stay too.
func TestCopies(t *testing.T) {
	const a = "<p>城南的老水塔停用已有十七年，塔身的红砖风化得厉害，附近居民建议拆除。</p>"
	const b = "<p>设计方案保留了塔身和螺旋铁梯，底层做借阅室，中间两层放阅览桌和书架。</p>"
	const c = "<p>街道办的工作人员说，工程预计秋天动工，明年春天开放，书籍由图书馆配送。</p>"
	const refrain = "<p>请把门关好，把灯熄掉，把水龙头拧紧，再出门。</p>"
	e := New(DefaultConfig())
	for _, x := range []struct {
		name, src string
		lines     int
	}{
		{"twice", "<div>" + a + b + c + "</div><div>" + a + b + c + "</div>", 3},
		{"twice with other lines around", "<div>" + a + b + c + "</div><p>手机版</p><div>" + a + b + c + "</div>", 4},
		{"refrain", "<div>" + a + b + refrain + c + strings.ReplaceAll(a+b+c, "的", "之") + refrain + "</div>", 8},
		{"once", "<div>" + a + b + c + "</div>", 3},
	} {
		text := e.Extract([]byte("<body>"+x.src), "").Text()
		if n := strings.Count(text, "\n") + 1; n != x.lines {
			t.Errorf("%s: %d lines, want %d: %q", x.name, n, x.lines, text)
		}
	}
}

// TestManyCopies pins that a page made of copies is no quadratic work: it would
// not end in the time of a test.
func TestManyCopies(t *testing.T) {
	var b strings.Builder
	for i := range 60_000 {
		b.WriteString("<p>一句话重复了很多很多遍，只是为了让比较的次数变得很大很大。")
		if i%1000 == 999 {
			b.WriteString("<p>断开，" + strings.Repeat("零一二三四五六七八九"[i/1000%10*3:i/1000%10*3+3], 20))
		}
	}
	checkPage(t, New(DefaultConfig()).Extract([]byte(b.String()), ""))
}
