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
		{"captions of listings", strings.Repeat("安装这个软件包\n$ install package\n", 21) + strings.Repeat("一二，\n一二三\n", 34), 0.5, true},
		{"the same with less than a quarter of code", strings.Repeat("安装这个软件包\n$ install package\n", 20) + strings.Repeat("一二，\n一二三\n", 34), 0.2965, false},
		{"comments are no text", strings.Repeat("# 先装好依赖，再编译\nmake()\n", 40) + "一二，\n一二三", math.NaN(), true},
	})
	checkRows(t, "code_lines", "{max_fraction: 0.5, min_han_fraction: 0, min_prose_fraction: 0}", "code_fraction", []row{
		{"just below", "一二三\nfoo();", 0.4, true},
		{"at the limit", "一二\nfoo();", 0.5, true},
		{"just above", "一二\nfoo(a);", 0.5385, false},
	})
}

func TestKindOf(t *testing.T) {
	for line, want := range map[string]lineKind{
		"func sum(a []int) int {": codeLine, "}": codeLine, "  return s": codeLine, "$ sudo apt-get install": codeLine, "<div class=\"a\">": codeLine, "// 说明一下": codeLine,
		"puts(\"你好\");": codeLine, "a -> b": codeLine, "import org.foo.Bar;": codeLine, "growpart /dev/xvda 1": codeLine, "/* 说明一下": codeLine, "<!-- 说明一下 -->": codeLine,
		"": textLine, "今天天气很好。": textLine, "Plain English words": textLine, "2021": textLine, "调用 foo() 之后，结果在 x 里": textLine, "价格(元)": textLine, "12:30": textLine,
		"rpm -qa |grep foo": codeLine, "yum list foo*": codeLine, "foo -version": codeLine, "npm install": codeLine, "ps aux | sort": codeLine, "bar a*b c": codeLine,
		"npm": maybeCode, "end if": maybeCode, "well - known words": maybeCode, "so it goes, as they say": textLine, "npm 安装很慢": textLine,
		"# 安装依赖": maybeCode, "-- 查询所有用户": maybeCode, "; 监听的端口": maybeCode, "% 画出曲线": maybeCode, "' 打开文件": maybeCode, "\"\"\"返回总和": maybeCode, "REM 复制文件": maybeCode,
		"rem 复制文件": maybeCode, ":: 复制文件": maybeCode, " * 返回总和": maybeCode, "# 把 source 接到下一个 channel": maybeCode, "- 安装依赖": textLine, "—— 安装依赖": textLine, "/ 安装依赖": textLine,
		"< 上一篇文章": textLine, ": 安装依赖": textLine, "再安装依赖": textLine,
	} {
		if got := kindOf(line, countsOf(line)); got != want {
			t.Errorf("kindOf(%q) = %v, want %v", line, got, want)
		}
	}
}

// countsOf returns what a line is made of.
func countsOf(line string) lineCounts {
	s := newScratch()
	d := document(line)
	s.readText(d)
	if len(s.lines) == 0 {
		return lineCounts{}
	}
	return s.lines[0]
}

// Lines are written as c for code, m for what may be code, t for text.
func TestCodeFlags_besideCode(t *testing.T) {
	lines := map[rune]string{'c': "x = 1;", 'm': "# 安装依赖", 't': "安装依赖"}
	s := newScratch()
	for kinds, want := range map[string]string{
		"": "", "m": "t", "mm": "tt", "tmt": "ttt", "mc": "cc", "cm": "cc", "mmc": "ccc", "cmm": "ccc", "tmmcmmt": "tccccct",
		"mtc": "ttc", "ctm": "ctt", "mmtmc": "tttcc", "cmtmmtmc": "ccttttcc", "ct": "ct", "tc": "tc",
	} {
		var text strings.Builder
		for _, k := range kinds {
			text.WriteString(lines[k] + "\n")
		}
		d := document(text.String())
		s.reset(d)
		got := ""
		for _, code := range s.codeFlags(d) {
			if code {
				got += "c"
			} else {
				got += "t"
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", kinds, got, want)
		}
	}
}
