package zh

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func newJieba(t testing.TB) *Segmenter {
	t.Helper()
	s, err := NewJiebaSegmenter()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tokens(s *Segmenter, text string) []string {
	var out []string
	for _, w := range s.AppendTokens(nil, text) {
		out = append(out, text[w.Start:w.End])
	}
	return out
}

// TestJieba_sentences has what jieba 0.42.1 makes of sentences of ours.
func TestJieba_sentences(t *testing.T) {
	s := newJieba(t)
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{" \n\u3000\t", ""},
		{"他把价格从4599.5元降到3,999元，便宜了13.04%。", "他 把 价格 从 4599.5 元 降到 3 , 999 元 ， 便宜 了 13.04% 。"},
		{"用C++和Go1.26写的程序，跑得比Python快3.5倍！", "用 C++ 和 Go1.26 写 的 程序 ， 跑 得 比 Python 快 3.5 倍 ！"},
		{"AT&T公司的T恤卖99.9%的折扣吗?", "AT&T 公司 的 T恤 卖 99.9% 的 折扣 吗 ?"},
		{"欧阳明轩和诸葛小柔去洱海边骑自行车", "欧阳明 轩 和 诸葛 小柔 去 洱海 边 骑 自行车"},
		{"這幾年，台灣的半導體產業發展得很快。", "這幾年 ， 台灣 的 半導 體產業 發展 得 很快 。"},
		{"邮箱是 zhang_san.test@example.com ，电话010-12345678。", "邮箱 是 zhang _ san . test @ example . com ， 电话 010 - 12345678 。"},
		{"版本号v1.2.3-rc.1发布于2026-03-01", "版本号 v1.2 . 3 - rc.1 发布 于 2026 - 03 - 01"},
		{"乒乓球拍卖完了，南京市长江大桥照常通车", "乒乓球 拍卖 完 了 ， 南京市 长江大桥 照常 通车"},
		{"“真的？！”她笑了笑——“那就走吧……”", "“ 真的 ？ ！ ” 她 笑了笑 — — “ 那 就 走 吧 … … ”"},
		{"Wi-Fi密码是a1b2&c3#d4%e5", "Wi - Fi 密码 是 a1b2 & c3 # d4% e5"},
		{"他说的确实在理，结婚的和尚未结婚的都来了", "他 说 的 确实 在理 ， 结婚 的 和 尚未 结婚 的 都 来 了"},
		{"𠮷野家的招牌写着“𠮷”字，々是叠字符", "𠮷 野家 的 招牌 写 着 “ 𠮷 ” 字 ， 々 是 叠 字符"},
		{"ＡＢＣ１２３和カラオケ、한국어都在一行里", "Ａ Ｂ Ｃ １ ２ ３ 和 カ ラ オ ケ 、 한 국 어 都 在 一行 里"},
		{"龘靐齉爩是四个生僻字", "龘 靐 齉 爩 是 四个 生僻字"},
		{"e.g. 1.5.6 and 50% off, a.b..c", "e . g . 1.5 . 6 and 50% off , a . b .. c"},
		{"校长把研究生物的学生分成了两组", "校长 把 研究 生物 的 学生 分成 了 两组"},
		{"昨天下午三点半，老李从菜市场拎回来两斤五花肉", "昨天下午 三点 半 ， 老李 从 菜市场 拎 回来 两斤 五花肉"},
	} {
		if got := strings.Join(tokens(s, tt.text), " "); got != tt.want {
			t.Errorf("%q:\n got %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

func TestJieba_wordsHaveLettersOrDigits(t *testing.T) {
	s := newJieba(t)
	text := "花了4599.5元，占12%；---用C++写的 a_b+1，カナ한é々🙂\xff好"
	got := strings.Join(words(t, s, text), " ")
	if want := "花 了 4599.5 元 占 12% 用 C++ 写 的 a b 1 カ ナ 한 é 々 好"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJieba_allocatesNothing(t *testing.T) {
	s := newJieba(t)
	dst := s.AppendTokens(nil, sampleText)
	if n := testing.AllocsPerRun(10, func() { dst = s.AppendTokens(dst[:0], sampleText) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// jiebaTwin is jieba.cut written plainly, over single look-ups.
type jiebaTwin struct{ s *Segmenter }

var (
	twinHan     = regexp.MustCompile(`[\x{4E00}-\x{9FD5}a-zA-Z0-9+#&\._%\-]+`)
	twinOnlyHan = regexp.MustCompile(`[\x{4E00}-\x{9FD5}]+`)
	twinLatin   = regexp.MustCompile(`[a-zA-Z0-9]+(?:\.[0-9]+)?%?`)
)

// split calls in with the matches of re and out with what lies between.
func split(re *regexp.Regexp, s string, in, out func(string)) {
	at := 0
	for _, m := range re.FindAllStringIndex(s, -1) {
		if m[0] > at {
			out(s[at:m[0]])
		}
		in(s[m[0]:m[1]])
		at = m[1]
	}
	if at < len(s) {
		out(s[at:])
	}
}

func (j jiebaTwin) cut(text string) []string {
	var all []string
	split(twinHan, text, func(run string) { all = append(all, j.cutDAG(run)...) }, func(rest string) {
		for i, r := range rest {
			_, size := utf8.DecodeRuneInString(rest[i:])
			if !unicode.IsSpace(r) && (r < 0x1c || r > 0x1f) && (r != utf8.RuneError || size > 1) {
				all = append(all, string(r))
			}
		}
	})
	return all
}

func (j jiebaTwin) cutDAG(run string) []string {
	tr := j.s.tables.words
	runes := []rune(run)
	n := len(runes)
	cost, next := make([]int64, n+1), make([]int, n)
	for i := n - 1; i >= 0; i-- {
		cost[i] = math.MaxInt64
		for k := i + 1; k <= n && k-i <= 32; k++ {
			if w := tr.find(string(runes[i:k])); w != 0 && tr.costs[w]+cost[k] <= cost[i] {
				cost[i], next[i] = tr.costs[w]+cost[k], k
			}
		}
		if next[i] == 0 {
			cost[i], next[i] = tr.unknown+cost[i+1], i+1
		}
	}
	var all []string
	buf := ""
	flush := func() {
		switch {
		case utf8.RuneCountInString(buf) == 1:
			all = append(all, buf)
		case buf != "" && tr.find(buf) != 0:
			all = append(all, strings.Split(buf, "")...)
		default:
			split(twinOnlyHan, buf, func(han string) {
				j.s.readRun(han, 0)
				for _, w := range j.s.appendUnknown(nil, 0, int32(j.s.run.n)) {
					all = append(all, han[w.Start:w.End])
				}
			}, func(rest string) {
				add := func(w string) { all = append(all, w) }
				split(twinLatin, rest, add, add)
			})
		}
		buf = ""
	}
	for i := 0; i < n; i = next[i] {
		if word := string(runes[i:next[i]]); next[i] == i+1 {
			buf += word
		} else {
			flush()
			all = append(all, word)
		}
	}
	flush()
	return all
}

func checkJieba(t interface{ Fatalf(string, ...any) }, s *Segmenter, text string) {
	if utf8.RuneCountInString(text) > 500 {
		return // the twin is slow, and runs above maxRunRunes are cut in pieces
	}
	got, want := tokens(s, text), jiebaTwin{s}.cut(text)
	if !cmp.Equal(got, want) {
		t.Fatalf("%q:\n got %q\ntwin %q", text, got, want)
	}
}

func TestJieba_equalsPlainTwin(t *testing.T) {
	s := newJieba(t)
	checkJieba(t, s, sampleText)
	piece := rapid.OneOf(hanText(someWords(t)), rapid.StringMatching(`[a-cX-Z0-2+#&._%-]{1,6}`), rapid.SampledFrom([]string{"C++", "AT&T", "T恤", "，", " ", "\n", "é", "カ", "𠀀", "\x1f", "\xff", "龥鿕鿖"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for range rapid.IntRange(1, 6).Draw(t, "pieces") {
			text += piece.Draw(t, "piece")
		}
		checkJieba(t, s, text)
	})
}

func FuzzJieba(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	s := newJieba(f)
	f.Fuzz(func(t *testing.T, text string) {
		checkSpans(t, text, s.AppendTokens(nil, text))
		checkJieba(t, s, text)
	})
}

// TestJieba_equalsPython counts word spans that jieba itself finds too. It
// needs a Python with jieba: QINGLIU_PYTHON, or python3.
func TestJieba_equalsPython(t *testing.T) {
	if testing.Short() {
		t.Skip("runs jieba, 15 s")
	}
	texts := append(append(sharedTexts(t, 2000), qualityTexts(t, 1000)...), sampleText)
	python := os.Getenv("QINGLIU_PYTHON")
	if python == "" {
		python = "python3"
	}
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, text := range texts {
		if err := enc.Encode(text); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python, "-c", `
import sys, json, logging
try:
    import jieba
except ImportError:
    sys.exit(3)
jieba.setLogLevel(logging.ERROR)
for l in sys.stdin:
    print(json.dumps(jieba.lcut(json.loads(l))))`)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("no jieba for %s: %v", python, err)
	}
	s := newJieba(t)
	dec := json.NewDecoder(bytes.NewReader(out))
	both, ours, theirs, equal := 0, 0, 0, 0
	for _, text := range texts {
		var want []string
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		spans := map[Span]bool{}
		at := int32(0)
		for _, w := range want {
			if strings.TrimSpace(w) != "" {
				spans[Span{at, at + int32(len(w))}] = true
			}
			at += int32(len(w))
		}
		if int(at) != len(text) {
			t.Fatalf("%q: jieba's words are %d bytes", text, at)
		}
		before := both
		got := s.AppendTokens(nil, text)
		for _, w := range got {
			if spans[w] {
				both++
			}
		}
		ours, theirs = ours+len(got), theirs+len(spans)
		if both-before == len(got) && len(got) == len(spans) {
			equal++
		} else if testing.Verbose() && len(texts)-equal < 20 {
			t.Logf("differs: %.60q", text)
		}
	}
	f1 := 2 * float64(both) / float64(ours+theirs)
	t.Logf("%d texts, %d equal; %d words, %d of jieba, %d in both: F1 %.6f", len(texts), equal, ours, theirs, both, f1)
	if f1 < 0.9999 {
		t.Errorf("F1 %.6f, want at least 0.9999", f1)
	}
}
