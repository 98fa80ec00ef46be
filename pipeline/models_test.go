package pipeline

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/model"
	"github.com/qingliu/qingliu/zh"
)

const modelsYAML = `models:
  quality: {file: testdata/tiny.bin, label: story}
  lm: {file: testdata/tiny.arpa}
domain: {file: testdata/tiny.bin, min: 0.92}
`

// TestModels_run follows scores from the models into records, limits and conditions.
func TestModels_run(t *testing.T) {
	yaml := testYAML(writeCrawl(t, t.TempDir(), 0, 1)...) + modelsYAML
	yaml = strings.Replace(yaml, "where: n_code_points >= 450", "where: lm >= percentile(50) && domain == story", 1)
	dir := filepath.Join(t.TempDir(), "run")
	r := runConfig(t, yaml, dir, RunOptions{})
	verifyRelease(t, dir)

	c, err := model.Open("testdata/tiny.bin")
	if err != nil {
		t.Fatal(err)
	}
	lm, err := openModel("testdata/tiny.arpa")
	if err != nil {
		t.Fatal(err)
	}
	liner, err := NewTokenLiner("words")
	if err != nil {
		t.Fatal(err)
	}
	p, s := c.NewPredictor(), lm.lm.NewScorer()
	type record struct {
		Text, Domain string
		Quality      float64
		Scores       map[string]float64
		PII          map[string]int
	}
	read := func(output string) (all []record) {
		shards, err := filepath.Glob(filepath.Join(dir, ReleaseDir, output, "data", "*.jsonl.zst"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range shards {
			if strings.Contains(name, ".index.") {
				continue
			}
			for line := range strings.Lines(string(unzstd(t, name))) {
				var x struct {
					record
					Content string
					Meta    record `json:"meta_info"`
				}
				if err := json.Unmarshal([]byte(line), &x); err != nil {
					t.Fatal(err)
				}
				if x.Content != "" {
					x.record = x.Meta
					x.Text = x.Content
				}
				all = append(all, x.record)
			}
		}
		return all
	}
	all := read("all")
	if len(all) < 5 {
		t.Fatalf("%d records", len(all))
	}
	labels := map[string]int{}
	for _, d := range all {
		replaced := 0 // after scoring
		for _, n := range d.PII {
			replaced += n
		}
		if replaced > 0 {
			continue
		}
		line := liner.Append(nil, d.Text)
		if want := corpus.Round(float64(p.Probability(line, c.LabelIndex("story"))), 4); d.Quality != want {
			t.Errorf("quality %v, want %v", d.Quality, want)
		}
		if want := corpus.Round(s.Perplexity(d.Text), 2); d.Scores["lm"] != want {
			t.Errorf("lm %v, want %v", d.Scores["lm"], want)
		}
		if best := p.Predict(line, 1); (corpus.Round(float64(best[0].P), 4) >= 0.92) != (d.Domain == c.Label(best[0].Label)) {
			t.Errorf("domain %q at %v", d.Domain, best[0].P)
		}
		labels[d.Domain]++
	}
	if len(labels) < 2 {
		t.Fatalf("all documents have one domain: %v", labels)
	}
	for _, d := range read("long") {
		if d.Domain != "story" {
			t.Errorf("domain %s in an output of story", d.Domain)
		}
	}

	// A limit over a model decides again and measures nothing.
	again := startedBy(t, dir, func() { r = runConfig(t, yaml+"filters: {quality: {min: 0.92}}\n", dir, RunOptions{}) })
	if stages := stagesIn(again); stages[0] != "decide" {
		t.Errorf("stages that ran again: %v, want decide to be the first", stages)
	}
	for _, d := range read("all") {
		if d.Quality < 0.92 {
			t.Errorf("quality %v was kept", d.Quality)
		}
	}
	found := false
	for _, l := range fateLines(t, r) {
		found = found || l.Detail == "decide/quality.min"
	}
	if !found {
		t.Error("no page has the fate decide/quality.min")
	}
}

// TestModels_bad checks what a config says of models that cannot be used.
func TestModels_bad(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.bin")
	if err := os.WriteFile(bad, []byte("no model at all\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ yaml, want string }{
		{"models: {x: {file: nowhere.bin, label: a}}", "nowhere.bin"},
		{"models: {x: {file: testdata/tiny.bin}}", "label is missing; the model has "},
		{"models: {x: {file: testdata/tiny.bin, label: c}}", `no label "c"; it has `},
		{"models: {x: {file: testdata/tiny.bin, label: story, tokens: bytes}}", "words, chars and raw"},
		{"models: {x: {file: testdata/tiny.arpa, label: story}}", "a language model has no labels"},
		{"models: {x: {file: shipped:nonesuch, label: story}}", `no model "nonesuch" comes with the program`},
		{"models: {x: {file: " + bad + "}}", "neither a model of fastText nor a language model"},
		{"models: {X-1: {file: testdata/tiny.arpa}}", "small letters"},
		{"models: {id: {file: testdata/tiny.arpa}}", "not the name of a field"},
		{"models: {x: {file: testdata/tiny.arpa}}\nfilters: {x: {min: .nan}}", "filters.x.min"},
		{"models: {x: {file: testdata/tiny.arpa}}\nfilters: {x: {min: 3, max: 2}}", "no page would be kept"},
		{"models: {han_fraction: {file: testdata/tiny.arpa}}", "has this name already"},
		{"models: {x: {file: testdata/tiny.arpa}}\nfilters: {x: {least: 1}}", "filters.x.least: no such key"},
		{"models: {x: {file: testdata/tiny.arpa}}\nfilters: {y: {min: 1}}", "filters.y: no such filter"},
		{"domain: {file: testdata/tiny.arpa}", "domains are labels of a classifier"},
	} {
		_, err := ParseConfig("test.yaml", []byte(testYAML("a.warc")+c.yaml+"\n"))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "test.yaml") {
			t.Errorf("%s:\n%v, want %s", c.yaml, err, c.want)
		}
	}
}

// TestTokenLiner_appendCut compares the line made of known words with one that is
// segmented anew, as classifiers see them: tokens between blanks.
func TestTokenLiner_appendCut(t *testing.T) {
	l, err := NewTokenLiner("words")
	if err != nil {
		t.Fatal(err)
	}
	seg, err := zh.NewSegmenter()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "你好，世界！ hello  world 3.14%\n\n第二行\t（完）", "a\xff中\xe4文", "__label__x 中文", "，，\u3000。\u0085x\u200b"} {
		var words []corpus.Span
		for _, w := range seg.AppendWords(nil, text) {
			words = append(words, corpus.Span(w))
		}
		got := strings.Fields(string(l.appendCut(nil, text, words)))
		want := strings.Fields(string(l.Append(nil, text)))
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestScorer_allocatesNothing scores documents after warm-up.
func TestScorer_allocatesNothing(t *testing.T) {
	c := parseConfig(t, testYAML("a.warc")+modelsYAML)
	s, err := newScorer(c)
	if err != nil {
		t.Fatal(err)
	}
	seg, err := zh.NewSegmenter()
	if err != nil {
		t.Fatal(err)
	}
	var d corpus.Document
	d.SetText(strings.Repeat("春天的雨下了三天，田里的水满了。", 50))
	var words []corpus.Span
	for _, w := range seg.AppendWords(nil, d.Text()) {
		words = append(words, corpus.Span(w))
	}
	d.SetWords(words)
	d.ResetSignals(len(c.signals()))
	if n := testing.AllocsPerRun(20, func() { s.score(&d) }); n > 1 { // the label is a string of the model
		t.Errorf("%v allocations a document", n)
	}
	for i := len(filters.Signals()); i < len(d.Signals); i++ {
		if math.IsNaN(d.Signals[i]) {
			t.Errorf("signal %d was not set", i)
		}
	}
}

// TestDomain_shipped: the preset names domains by the model that comes with the
// program; conditions know its labels, and a file of the user's takes its place whole.
func TestDomain_shipped(t *testing.T) {
	yaml := testYAML("a.warc")
	c := parseConfig(t, yaml)
	if c.Domain.File != "shipped:domain" || c.Domain.Tokens != "chars" {
		t.Fatalf("domain: %+v", c.Domain)
	}
	if _, err := c.parseWhere("domain == law"); err != nil {
		t.Error(err)
	}
	if _, err := c.parseWhere("domain == laws"); err == nil || !strings.Contains(err.Error(), "it has ") {
		t.Errorf("an unknown domain: %v", err)
	}
	if c := parseConfig(t, yaml+"domain: {file: testdata/tiny.bin}\n"); c.Domain.Tokens != "words" || c.Domain.Min != DefaultConfig().Domain.Min {
		t.Errorf("another model: %+v", c.Domain)
	}
	if c := parseConfig(t, yaml+"domain: {min: 0.7}\n"); c.Domain.File != "shipped:domain" || c.Domain.Min != 0.7 {
		t.Errorf("another bound: %+v", c.Domain)
	}
	s, err := newScorer(c)
	if err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string]string{
		"medicine":   "患者因发热、咳嗽三天到医院就诊，医生诊断为肺炎，给予抗生素静脉注射治疗，一周后症状消失，复查血常规正常，准予出院。",
		"law":        "原告请求判令被告支付违约金并承担诉讼费用。本院认为，双方签订的合同合法有效，被告逾期付款构成违约，依照合同法的规定，判决如下。",
		"technology": "先安装编译器和依赖包，设置环境变量，再运行脚本。如果提示内存不足，就减少线程数，或者把缓存目录移到另一块硬盘，然后重新编译。",
		"finance":    "央行下调存款准备金率，债券收益率下行，银行股上涨。分析师认为，货币政策保持宽松，投资者可以关注高股息的上市公司。",
	} {
		d := &corpus.Document{Signals: make([]float64, len(c.signals()))}
		d.SetText(text)
		s.score(d)
		if d.Domain != want {
			t.Errorf("%.30s…: %q, want %q", text, d.Domain, want)
		}
	}
}
