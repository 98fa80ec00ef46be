package filters

import (
	"strings"
	"testing"
)

func TestLineRepetition(t *testing.T) {
	checkRows(t, "line_repetition", "{max_fraction: 0.25}", "line_repetition_fraction", []row{
		{"just below", "版权所有\n今天下雨\n明天晴天\n后天多云\n版权所有\n", 0.2, true},
		{"at the limit", "版权所有\n今天下雨\n明天晴天\n版权所有\n", 0.25, true},
		{"just above", "版权所有\n今天下雨\n版权所有\n", 0.3333, false},
		{"spaces at the ends do not count", "版权所有\n 今天下雨　\n　版权所有 \n", 0.3333, false},
		{"by bytes, not by lines", "好\n今天下了一整天的大雨，地都湿了\n好\n", 0.0588, true},
	})
	checkRows(t, "line_repetition", "{max_lines_fraction: 0.5}", "line_repetition_lines", []row{
		{"at the limit", "好\n好\n坏\n坏\n", 0.5, true},
		{"just above", "好\n好\n好\n坏\n坏\n", 0.6, false},
	})
	checkRows(t, "line_repetition", "{}", "line_repetition_fraction", []row{
		{"verse with a refrain stays", modernVerse + "轻轻的我走了\n正如我轻轻的来\n", 0.2, true},
		{"price list stays", pricePage, 0, true},
		{"listing with closing braces stays", strings.ReplaceAll(codePage, "return s", "}\n\t}\n\treturn s"), 0.0117, true},
	})
	checkRows(t, "line_repetition", "{max_text_fraction: 0.25}", "text_repetition_fraction", []row{
		{"at the limit", "版权所有\n今天下雨\n明天晴天\n版权所有\n", 0.25, true},
		{"just above", "版权所有\n今天下雨\n版权所有\n", 0.3333, false},
		{"a listing shown twice stays", strings.Repeat("s := newServer()\nreturn s.run(ctx)\n", 2) + "两次一样。\n", 0, true},
	})
	checkRows(t, "line_repetition", "{max_text_lines_fraction: 0.5}", "text_repetition_lines", []row{
		{"at the limit", "好\n好\n坏\n坏\n", 0.5, true},
		{"just above", "好\n好\n好\n坏\n坏\n", 0.6, false},
		{"closing braces are code", strings.Repeat("}\n", 6) + "好\n", 0, true},
	})
}
