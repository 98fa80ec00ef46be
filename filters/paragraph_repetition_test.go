package filters

import (
	"strings"
	"testing"
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

func TestSentenceEnd_coversText(t *testing.T) {
	for _, text := range append([]string{newsText, "。。！？；\n", "好\xe3\x80", "\xef\xbc"}, oddTexts...) {
		covered := 0
		for start := 0; start < len(text); {
			end, next := sentenceEnd(text, start)
			if end < start || next <= start || next < end {
				t.Fatalf("%q: sentence [%d, %d) and next %d", text, start, end, next)
			}
			covered += next - start
			start = next
		}
		if covered != len(text) {
			t.Errorf("%.20q: %d of %d bytes covered", text, covered, len(text))
		}
	}
}
