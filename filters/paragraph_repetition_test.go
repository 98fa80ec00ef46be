package filters

import (
	"strings"
	"testing"

	"github.com/qingliu/qingliu/corpus"
)

func TestParagraphRepetition(t *testing.T) {
	const a, b, c = "今天上午市里召开了会议。", "明天下午大家都去爬山吧！", "后天晚上我们看一场电影？" // 33 bytes without mark
	checkRows(t, "paragraph_repetition", "{max_fraction: 0.25}", "paragraph_repetition_fraction", []row{
		{"just below", a + b + c + a + "早晨有雾傍晚有风夜里有雨；", 0.1964, true},
		{"at the limit", a + b + c + a, 0.25, true},
		{"just above", a + b + a, 0.3333, false},
		{"wherever lines break", a + "\n" + b + a, 0.3333, false},
		{"short ones may repeat", "好的。谢谢！好的。谢谢！好的。谢谢！", 0, true},
		{"the mark does not matter", "今天上午市里召开了会议！" + a, 0.5, false},
	})
	checkRows(t, "paragraph_repetition", "{}", "paragraph_repetition_fraction", []row{
		{"verse with a refrain stays", modernVerse + modernVerse[:20] + "轻轻的我走了\n", 0, true},
		{"source code stays", codePage, 0, true},
		{"the same page five times", strings.Repeat(newsText, 5), 0.8, false},
	})
}

// Stops do not overlap, stand where their marks do, and are all of them.
func TestReadText_stops(t *testing.T) {
	isStop := func(r rune) bool { return strings.ContainsRune("\n。！？；!?", r) }
	for _, text := range append([]string{newsText, "。。！？；\n", "好。\n\n  \n好"}, oddTexts...) {
		d := &corpus.Document{}
		d.SetText(strings.ToValidUTF8(text, "\ufffd"))
		s := newScratch()
		s.readText(d)
		got := ""
		at := int32(0)
		for _, stop := range s.punct.stops {
			if stop.end < at {
				t.Fatalf("%.20q: a stop at %d behind %d", text, stop.end, at)
			}
			got += d.Text()[stop.end:stop.next]
			at = stop.next
		}
		want := strings.Map(func(r rune) rune {
			if isStop(r) {
				return r
			}
			return -1
		}, d.Text())
		if got != want {
			t.Errorf("%.20q: stops %q, want %q", text, got, want)
		}
	}
}
