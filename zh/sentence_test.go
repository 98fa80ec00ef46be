package zh

import (
	"strings"
	"testing"
)

func TestAppendSentences(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{" \n\u3000", ""},
		{"今天很好。明天呢？", "今天很好。|明天呢？"},
		{"没有标点", "没有标点"},
		{"第一行\n第二行\r\n\r\n 第三行 ", "第一行|第二行|第三行"},
		{"他说：“你好！”然后走了。", "他说：“你好！”|然后走了。"},
		{"“好！”，他说。", "“好！”，他说。"},
		{"（见下文。）后来……他走了！！！真的？！", "（见下文。）|后来……|他走了！！！|真的？！"},
		{"他说:\"走吧!\"我说:\"好。\"", "他说:\"走吧!\"|我说:\"好。\""},
		{"真好！\"这\"是谁", "真好！|\"这\"是谁"},
		{"见 http://a.cn/?q=1&b=2 和 a!=b", "见 http://a.cn/?q=1&b=2 和 a!=b"},
		{"Really? Yes! It's done.", "Really?|Yes!|It's done."},
		{"嗯...好吧。a...b", "嗯...|好吧。|a...b"},
		{"第一；第二；第三。", "第一；|第二；|第三。"},
		{"。。。", "。。。"},
		{"太棒了！ 。 好", "太棒了！|。|好"},
	} {
		var got []string
		for _, sp := range AppendSentences(nil, tt.text) {
			got = append(got, tt.text[sp.Start:sp.End])
		}
		if g := strings.Join(got, "|"); g != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, g, tt.want)
		}
	}
}
