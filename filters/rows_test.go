package filters

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// row is a text and what is measured of it. keep says whether the limit under test
// keeps the page.
type row struct {
	name  string
	text  string
	value float64 // of the signal; NaN for not measured
	keep  bool
}

// checkRows measures texts and applies the limits of one filter: block is its block
// in the config, signal the signal under test.
func checkRows(t *testing.T, filter, block, signal string, rows []row) {
	t.Helper()
	set, err := buildYAML("filters: {" + filter + ": " + block + "}\n")
	if err != nil {
		t.Fatal(err)
	}
	index, ok := SignalIndex(signal)
	if !ok {
		t.Fatalf("no signal %s", signal)
	}
	var limits []Limit
	for _, l := range set.Limits() {
		if l.Signal == index {
			limits = append(limits, l)
		}
	}
	if len(limits) == 0 {
		t.Fatalf("no limit bounds %s", signal)
	}
	m := set.NewMeasurer()
	for _, r := range append(rows, row{"empty text", "", math.NaN(), true}, row{"invalid UTF-8", "\xff\xfe\x80", math.NaN(), true}) {
		d := document(r.text)
		m.Measure(d)
		got := d.Signals[index]
		special := r.name == "empty text" || r.name == "invalid UTF-8"
		if !special && got != r.value && !(math.IsNaN(got) && math.IsNaN(r.value)) {
			t.Errorf("%s: %s = %v, want %v", r.name, signal, got, r.value)
		}
		if special && (math.IsInf(got, 0) || got < 0) {
			t.Errorf("%s: %s = %v", r.name, signal, got)
		}
		if special {
			continue
		}
		first := Decide(limits, func(i int) float64 { return d.Signals[i] }, nil)
		if (first < 0) != r.keep {
			t.Errorf("%s: kept = %v, want %v (%s = %v)", r.name, first < 0, r.keep, signal, got)
		}
	}
}

// Good pages that look bad, each of its own kind.
const (
	// versePage is classical verse: short lines that all end in a mark.
	versePage = "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。\n春眠不觉晓，\n处处闻啼鸟。\n夜来风雨声，\n花落知多少。\n"
	// modernVerse has no marks at all, and a refrain.
	modernVerse = "轻轻的我走了\n正如我轻轻的来\n我轻轻的招手\n作别西天的云彩\n悄悄的我走了\n正如我悄悄的来\n我挥一挥衣袖\n不带走一片云彩\n"
	// pricePage is a price list with its explanation.
	pricePage = "以下是本店今年春季的茶叶价格，单位为元每斤，欢迎品尝比较。\n龙井\t明前\t1280\n龙井\t雨前\t680\n碧螺春\t明前\t980\n毛尖\t雨前\t360\n以上价格含包装，不含运费；满五百元的订单由本店承担运费。\n"
	// codePage is a tutorial with a listing.
	codePage = "下面的函数计算数组的和，时间复杂度是线性的，我们逐行解释它的作用。\nfunc sum(a []int) int {\n\ts := 0\n\tfor _, v := range a {\n\t\ts += v\n\t}\n\treturn s\n}\n第一行声明函数，循环把每个元素加到结果里，最后返回这个结果。\n"
	// menuPage is navigation.
	menuPage = "首页\n新闻中心\n公司简介\n产品展示\n联系方式\n人才招聘\n网站地图\n友情链接\n会员登录\n在线留言\n"
)

// allDefaults returns a config with all filters but one.
func allDefaults(except string) string {
	var b strings.Builder
	b.WriteString("filters:\n")
	for _, spec := range Table {
		if spec.Name != except {
			b.WriteString("  " + spec.Name + ": {}\n")
		}
	}
	return b.String()
}

// With their defaults all filters together keep the good pages and drop the menu.
func TestDefaults_keepGoodPages(t *testing.T) {
	set, err := buildYAML(allDefaults("length"))
	if err != nil {
		t.Fatal(err)
	}
	m := set.NewMeasurer()
	limits := set.Limits()
	seg := newSegmenter(t)
	for _, r := range []struct {
		name, text string
		wantDrop   []string // limits that may break
	}{
		{"news", newsText, nil},
		{"price list", pricePage, nil},
		{"tutorial", codePage, nil},
		{"verse", versePage, nil},
		{"menu", menuPage, []string{"mean_line_length.min_open_code_points", "line_density.max_open_lines_per_word", "stop_words.min_distinct", "stop_words.min_fraction",
			"prose_fraction.min_fraction", "code_lines.min_prose_fraction", "menu_lines.max_fraction", "menu_lines.max_lines", "line_end_punctuation.min_fraction", "symbol_fraction.min_special_fraction", "seo_spam_density.max_per_thousand"}},
	} {
		d := document(r.text)
		segment(seg, d)
		if r.name == "verse" {
			d.Variety = "lzh" // as the extract step labels it
		}
		m.Measure(d)
		bits := make([]uint64, LimitWords(len(limits)))
		first := Decide(limits, func(i int) float64 { return d.Signals[i] }, bits)
		if (first >= 0) != (r.wantDrop != nil) {
			t.Errorf("%s: first limit %d", r.name, first)
		}
		for i, l := range limits {
			if bits[i>>6]>>(i&63)&1 == 1 && !slices.Contains(r.wantDrop, l.Reason) {
				t.Errorf("%s: %s breaks %s %v with %v", r.name, Signals()[l.Signal].Name, l.Reason, l.Bound, d.Signals[l.Signal])
			}
		}
	}
}
