package zh

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

func newConverter(t testing.TB, name string) *Converter {
	t.Helper()
	c, err := NewConverter(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestConverter_sentences has what OpenCC 1.4.2 makes of sentences of ours.
func TestConverter_sentences(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"s2t", "", ""},
		{"s2t", "皇后在后宫里干什么，头发干了以后发现面条没了", "皇后在後宮裏幹什麼，頭髮幹了以後發現麪條沒了"},
		{"s2t", "他用鼠标点了一下软件里的打印机图标", "他用鼠標點了一下軟件裏的打印機圖標"},
		{"s2twp", "他用鼠标点了一下软件里的打印机图标，内存不足", "他用滑鼠點了一下軟體裡的印表機圖示，記憶體不足"},
		{"s2tw", "这里的台阶着火了，大家都在里面", "這裡的臺階著火了，大家都在裡面"},
		{"s2hk", "这里的台阶着火了，为什么大家都在里面", "這裏的台階着火了，為什麼大家都在裏面"},
		{"s2hkp", "坐出租车去看球赛", "坐出租車去看球賽"},
		{"t2s", "乾隆皇帝著書立說，瞭望塔上乾燥得很，裏面有𫝈字", "乾隆皇帝著书立说，瞭望塔上干燥得很，里面有𫝈字"},
		{"t2s", "⿰木目不是後裏，豈有此理，龍", "⿰木目不是后里，岂有此理，龙"},
		{"tw2s", "裡面的檯燈著火了", "里面的台灯着火了"},
		{"tw2sp", "這個軟體的滑鼠和印表機都不能用", "这个软件的鼠标和打印机都不能用"},
		{"hk2s", "裏面的枱燈着火了，説話的人羣", "里面的台灯着火了，说话的人群"},
		{"hk2sp", "佢坐的士去睇波", "佢坐的士去睇波"},
		{"t2tw", "裏面的人羣着火了", "裡面的人群著火了"},
		{"tw2t", "裡面的人群著火了", "裏面的人羣着火了"},
		{"t2hk", "裏面的人羣說衆口難調", "裏面的人羣説眾口難調"},
		{"hk2t", "裏面的人羣説眾口難調", "裏面的人羣說衆口難調"},
		{"t2jp", "圓轉廣澤，國學藝術", "円転広沢，国学芸術"},
		{"jp2t", "広沢の学芸と円転", "廣澤の學藝と圓轉"},
		{"s2t", "ASCII only, 100%", "ASCII only, 100%"},
	} {
		if got := string(newConverter(t, tt.name).Append(nil, tt.text)); got != tt.want {
			t.Errorf("%s %q:\n got %q\nwant %q", tt.name, tt.text, got, tt.want)
		}
	}
	if _, err := NewConverter("s2x"); err == nil || !strings.Contains(err.Error(), "s2twp") {
		t.Errorf("s2x: got %v", err)
	}
}

// TestConverter_cases runs the test cases of OpenCC: QINGLIU_OPENCC_CASES names
// test/testcases/testcases.json of its source (PyPI, opencc-1.4.2.tar.gz).
func TestConverter_cases(t *testing.T) {
	file := os.Getenv("QINGLIU_OPENCC_CASES")
	if file == "" {
		t.Skip("QINGLIU_OPENCC_CASES is not set")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// The file has comments and commas behind last elements.
	data = regexp.MustCompile(`(?m)^\s*//.*$`).ReplaceAll(data, nil)
	data = regexp.MustCompile(`,(\s*[}\]])`).ReplaceAll(data, []byte("$1"))
	var doc struct {
		Cases []struct {
			ID, Input string
			Expected  map[string]string
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	total, passed := map[string]int{}, map[string]int{}
	for _, c := range doc.Cases {
		for name, want := range c.Expected {
			total[name]++
			if got := string(newConverter(t, name).Append(nil, c.Input)); got != want {
				t.Errorf("%s %s %q:\n got %q\nwant %q", c.ID, name, c.Input, got, want)
			} else {
				passed[name]++
			}
		}
	}
	for _, name := range Conversions() {
		t.Logf("%s: %d of %d", name, passed[name], total[name])
	}
}

// TestConverter_equalsOpenCC compares whole documents with OpenCC, and every
// code point by itself. It needs a Python with OpenCC 1.4: QINGLIU_PYTHON, or
// python3.
func TestConverter_equalsOpenCC(t *testing.T) {
	if testing.Short() {
		t.Skip("runs OpenCC over the shared documents")
	}
	python := os.Getenv("QINGLIU_PYTHON")
	if python == "" {
		python = "python3"
	}
	var runes strings.Builder
	for r := rune(0x80); r <= astralLast; r++ {
		if utf8.ValidRune(r) && (r < 0x10000 || r >= 0x20000) {
			runes.WriteRune(r)
			runes.WriteByte(' ')
		}
	}
	all := append(sharedTexts(t, 1<<20), runes.String(), sampleText)
	for _, name := range Conversions() {
		texts := all
		if name != "s2t" && name != "t2s" && len(all) > 3000 {
			texts = all[len(all)-3000:]
		}
		var in bytes.Buffer
		enc := json.NewEncoder(&in)
		for _, text := range texts {
			if err := enc.Encode(text); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(python, "-c", `
import sys, json
try:
    import opencc
except ImportError:
    sys.exit(3)
if not opencc.__version__.startswith("1.4."):
    sys.exit(4)
c = opencc.OpenCC(sys.argv[1])
for l in sys.stdin:
    print(json.dumps(c.convert(json.loads(l))))`, name)
		cmd.Stdin = &in
		out, err := cmd.Output()
		if err != nil {
			t.Skipf("no OpenCC 1.4 for %s: %v", python, err)
		}
		c := newConverter(t, name)
		dec := json.NewDecoder(bytes.NewReader(out))
		equal, changed := 0, 0
		var got []byte
		for i, text := range texts {
			var want string
			if err := dec.Decode(&want); err != nil {
				t.Fatal(err)
			}
			if got = c.Append(got[:0], text); string(got) == want {
				equal++
			} else if i-equal < 3 {
				t.Errorf("%s differs: %s", name, firstDifference(string(got), want))
			}
			if want != text {
				changed++
			}
		}
		t.Logf("%s: %d of %d documents equal, %d changed by OpenCC", name, equal, len(texts), changed)
	}
}

// firstDifference shows where two texts part.
func firstDifference(got, want string) string {
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	from := max(0, i-30)
	for from > 0 && !utf8.RuneStart(got[from]) {
		from--
	}
	return "got …" + got[from:min(len(got), i+30)] + "…, want …" + want[from:min(len(want), i+30)] + "…"
}

func TestConverter_allocatesNothing(t *testing.T) {
	text := strings.Repeat(sampleText, 3)
	for _, name := range Conversions() {
		c := newConverter(t, name)
		dst := c.Append(nil, text+"豈")
		if n := testing.AllocsPerRun(10, func() { dst = c.Append(dst[:0], text+"") }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// twinConvert is the conversion written plainly, over maps of the dictionaries.
func twinConvert(t testing.TB, name, text string) string {
	dicts, err := readOpenCC()
	if err != nil {
		t.Fatal(err)
	}
	group := func(s string) [][]map[string]string {
		var g [][]map[string]string
		for _, union := range strings.Fields(s) {
			var u []map[string]string
			for _, n := range strings.Split(union, "+") {
				m := map[string]string{}
				for _, e := range dicts[n] {
					m[e.key] = e.value
				}
				u = append(u, m)
			}
			g = append(g, u)
		}
		return g
	}
	match := func(g [][]map[string]string, s string) (n int, value string) {
		for _, union := range g {
			for end := min(len(s), 80); end > 0; end-- {
				for _, m := range union {
					if v, ok := m[s[:end]]; ok {
						return end, v
					}
				}
			}
		}
		return 0, ""
	}
	convert := func(g [][]map[string]string, s string) string {
		out := ""
		for s != "" {
			n, v := match(g, s)
			if n == 0 {
				if n = descriptionSize(s); n == 0 {
					_, n = utf8.DecodeRuneInString(s)
				}
				v = s[:n]
			}
			out, s = out+v, s[n:]
		}
		return out
	}
	spec := map[string][]string{
		"s2t": {"", st}, "t2s": {"", ts}, "s2tw": {stPhrases, st, toTW}, "s2twp": {stPhrases, st, "TWPhrases " + toTW},
		"tw2sp": {"TSPhrases", "TWPhrasesRev " + fromTW, ts}, "hk2s": {"TSPhrases", fromHK, ts},
	}[name]
	text = convert(group("CJK_Compatibility_Ideographs"), text)
	pieces := []string{text}
	if spec[0] != "" {
		pieces = nil
		g, from := group(spec[0]), 0
		for i := 0; i < len(text); {
			n, _ := match(g, text[i:])
			if n > 0 {
				pieces = append(pieces, text[from:i], text[i:i+n])
				i += n
				from = i
				continue
			}
			if n = descriptionSize(text[i:]); n == 0 {
				_, n = utf8.DecodeRuneInString(text[i:])
			}
			i += n
		}
		pieces = append(pieces, text[from:])
	}
	out := ""
	for _, p := range pieces {
		for _, g := range spec[1:] {
			p = convert(group(g), p)
		}
		out += p
	}
	return out
}

func TestConverter_equalsPlainTwin(t *testing.T) {
	dicts, err := readOpenCC()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, name := range []string{"STPhrases", "TSPhrases", "TWPhrases", "TWPhrasesRev", "TWVariantsRevPhrases", "STCharacters", "TSCharactersExt", "CJK_Compatibility_Ideographs"} {
		for i, e := range dicts[name] {
			if i%(1+len(dicts[name])/100) == 0 {
				keys = append(keys, e.key)
			}
		}
	}
	piece := rapid.OneOf(rapid.SampledFrom(keys), hanText(someWords(t)), rapid.SampledFrom([]string{"⿰木", "⿰木目", "⿱", "⿲⿰后里", "A", " ", "\xe4\xb8", "\xff", "\xe0\x80\x80", "\xe7\n0", "\xe7\x8a0", "，", "é"}), rapid.String())
	for _, name := range []string{"s2t", "t2s", "s2tw", "s2twp", "tw2sp", "hk2s"} {
		c := newConverter(t, name)
		n := 0
		rapid.Check(t, func(r *rapid.T) {
			if n++; n > 20 {
				return // the twin is slow: 20 texts are enough for each
			}
			text := strings.Repeat("界", rapid.SampledFrom([]int{0, 0, 337, 340, 341}).Draw(r, "pad"))
			for range rapid.IntRange(1, 12).Draw(r, "pieces") {
				text += piece.Draw(r, "piece")
			}
			if got, want := string(c.Append([]byte("x"), text)), "x"+twinConvert(t, name, text); got != want {
				r.Fatalf("%s %q: %s", name, text, firstDifference(got, want))
			}
		})
	}
}

func FuzzConverter(f *testing.F) {
	for _, s := range append(fuzzSeeds, "⿰木目后里", "豈乾隆", "𫝈") {
		f.Add(s)
	}
	var all []*Converter
	for _, name := range Conversions() {
		all = append(all, newConverter(f, name))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range all {
			out := string(c.Append(nil, text))
			if utf8.ValidString(text) && !utf8.ValidString(out) {
				t.Fatalf("%q became damaged: %q", text, out)
			}
			if got := string(c.Clone().Append([]byte("ab"), text)); got != "ab"+out {
				t.Fatalf("%q: got %q, want %q", text, got, out)
			}
			if i := strings.IndexByte(text, '\n'); i >= 0 {
				if got := string(c.Append(c.Append(nil, text[:i]), text[i:])); got != out && descriptionSize(text) == 0 && !strings.ContainsAny(text[:i], "⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻⿼⿽⿾⿿") {
					t.Fatalf("%q by lines: got %q, want %q", text, got, out)
				}
			}
		}
	})
}

func TestUnpackOpenCC_damaged(t *testing.T) {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	plain, err := dec.DecodeAll(openccFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 9, 10, 40, 1000, len(plain) / 2, len(plain) - 1} {
		if _, err := unpackOpenCC(enc.EncodeAll(plain[:n], nil)); !errors.Is(err, errTable) {
			t.Errorf("cut to %d bytes: got %v", n, err)
		}
	}
	if _, err := unpackOpenCC(enc.EncodeAll([]byte("zhopencc1\n= A 1\nno tab\n"), nil)); !errors.Is(err, errTable) {
		t.Errorf("line without a tab: got %v", err)
	}
}
