package filters

import (
	"math"
	"strings"
	"testing"
)

func TestCodeLines(t *testing.T) {
	const prose = "循环把每个元素加到结果里，最后返回。\n" // 18 code points, 16 of them Han
	checkRows(t, "code_lines", "{max_fraction: 1, min_han_fraction: 0.5, min_prose_fraction: 0}", "text_han_fraction", []row{
		{"just above", "好好好ab", 0.6, true},
		{"at the limit", "好好ab", 0.5, true},
		{"just below", "好abc", 0.25, false},
		{"listing does not count", prose + "\tx = x + 1;\n\ty = call(x);\n", 0.8889, true},
		{"nothing but code", "x = x + 1;\nreturn x;", math.NaN(), true},
	})
	checkRows(t, "code_lines", "{max_fraction: 1, min_han_fraction: 0, min_prose_fraction: 0.5}", "text_prose_fraction", []row{
		{"just above", "一二三，\n一二", 0.6667, true},
		{"at the limit", "一二，\n一二三", 0.5, true},
		{"just below", "一二，\n一二三四", 0.4286, false},
		{"headings beside a long listing", "依赖\n" + strings.Repeat("<artifactId>tidb</artifactId>\n", 40), math.NaN(), true},
		{"menu", menuPage, 0, false},
	})
	checkRows(t, "code_lines", "{max_fraction: 0.5, min_han_fraction: 0, min_prose_fraction: 0}", "code_fraction", []row{
		{"just below", "一二三\nfoo();", 0.4, true},
		{"at the limit", "一二\nfoo();", 0.5, true},
		{"just above", "一二\nfoo(a);", 0.5385, false},
	})
}

func TestIsCode(t *testing.T) {
	for line, want := range map[string]bool{
		"func sum(a []int) int {": true, "}": true, "  return s": true, "$ sudo apt-get install": true, "<div class=\"a\">": true, "// 说明一下": true,
		"puts(\"你好\");": true, "a -> b": true, "import org.foo.Bar;": true, "growpart /dev/xvda 1": true,
		"": false, "今天天气很好。": false, "Plain English words": false, "2021": false, "调用 foo() 之后，结果在 x 里": false, "价格(元)": false, "12:30": false,
	} {
		n := lineCounts{}
		for _, r := range line {
			switch classOf(r) {
			case classHan:
				n.han++
				n.solid++
			case classSpace:
			default:
				n.solid++
			}
		}
		if got := isCode(line, n); got != want {
			t.Errorf("isCode(%q) = %v, want %v", line, got, want)
		}
	}
}
