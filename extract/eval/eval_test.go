package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dataDir returns the folder of the development pages, or skips.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	dir = filepath.Join(dir, "extraction-dev")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("development pages not here:", err)
	}
	return dir
}

// TestEvaluate_agreesWithReference compares with the figures of the reference
// script, 2026-11:
//
//	zstd -d outputs/*.jsonl.zst
//	python3 eval_extract.py --gold A=gold --pred NAME=NAME.jsonl … --json rows.json
//
// and the means over the rows of rows.json.
func TestEvaluate_agreesWithReference(t *testing.T) {
	dir := dataDir(t)
	sets, err := ReadGold("A", filepath.Join(dir, "gold"))
	if err != nil {
		t.Fatal(err)
	}
	tokens := 0
	for _, want := range []Result{
		{System: "go-readability", P: 0.914091, R: 0.973674, F1: 0.921951, F1PR: 0.942942, RG5: 0.921599, LCS: 0.922972, Fail: 0.057971, Empty: 0, Boil: 0.463768},
		{System: "go-trafilatura", P: 0.892862, R: 0.945105, F1: 0.906648, F1PR: 0.918241, RG5: 0.906011, LCS: 0.909446, Fail: 0.043478, Empty: 0, Boil: 0.579710},
		{System: "justext-zh", P: 0.861999, R: 0.944218, F1: 0.878241, F1PR: 0.901237, RG5: 0.877671, LCS: 0.879327, Fail: 0.086957, Empty: 0.028986, Boil: 0.304348},
		{System: "legible", P: 0.911598, R: 0.983390, F1: 0.923500, F1PR: 0.946134, RG5: 0.923224, LCS: 0.924293, Fail: 0.043478, Empty: 0, Boil: 0.304348},
		{System: "magic-html", P: 0.893938, R: 0.945184, F1: 0.897021, F1PR: 0.918847, RG5: 0.896595, LCS: 0.898132, Fail: 0.072464, Empty: 0.028986, Boil: 0.304348},
		{System: "proto-auto", P: 0.945936, R: 0.976169, F1: 0.946476, F1PR: 0.960815, RG5: 0.945866, LCS: 0.948140, Fail: 0.028986, Empty: 0, Boil: 0.028986},
		{System: "resiliparse", P: 0.818081, R: 0.994005, F1: 0.874390, F1PR: 0.897503, RG5: 0.873822, LCS: 0.876115, Fail: 0.057971, Empty: 0, Boil: 2.144928},
		{System: "trafilatura", P: 0.832230, R: 0.943152, F1: 0.861389, F1PR: 0.884226, RG5: 0.860696, LCS: 0.862631, Fail: 0.086957, Empty: 0.028986, Boil: 1.173913},
	} {
		texts, err := ReadTexts(filepath.Join(dir, "outputs", want.System+".jsonl.zst"))
		if err != nil {
			t.Fatal(err)
		}
		got := Evaluate(sets[0], want.System, texts)
		tokens = 0
		for _, p := range got.Pages {
			tokens += p.GoldTokens
		}
		for _, f := range []struct {
			name      string
			got, want float64
		}{
			{"P", got.P, want.P}, {"R", got.R, want.R}, {"F1", got.F1, want.F1}, {"f1pr", got.F1PR, want.F1PR}, {"rg5", got.RG5, want.RG5},
			{"lcs", got.LCS, want.LCS}, {"fail", got.Fail, want.Fail}, {"empty", got.Empty, want.Empty}, {"boil", got.Boil, want.Boil},
		} {
			if math.Abs(f.got-f.want) > 0.0005 {
				t.Errorf("%s: %s %.6f, want %.6f", want.System, f.name, f.got, f.want)
			}
		}
		if got.CI.Low > got.F1 || got.CI.High < got.F1 || got.CI.High-got.CI.Low > 0.13 {
			t.Errorf("%s: interval %v around %.4f", want.System, got.CI, got.F1)
		}
	}
	if tokens != 246216 {
		t.Errorf("%d gold tokens, want 246216", tokens)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name, gold, got string
		p, r, f1        float64
		empty, boil     float64
	}{
		{"equal but for width, case and breaks", "第一段ＡＢＣ，完。", "第一段abc\n完", 1, 1, 1, 0, 0},
		{"both empty", "", " \n", 1, 1, 1, 1, 0},
		{"nothing found", "有正文", "", 0, 0, 0, 1, 0},
		{"nothing to find", "", "多余的字", 0, 1, 0, 0, 0},
		{"one of two shingles", "甲乙丙丁戊", "甲乙丙丁", 1, 0.5, 2.0 / 3, 0, 0},
		{"shorter than a shingle", "甲乙", "甲乙", 1, 1, 1, 0, 0},
		{"short against long", "甲乙", "甲乙丙丁", 0, 0, 0, 0, 0},
		{"repeats count", "甲乙丙丁", "甲乙丙丁\n甲乙丙丁", 1.0 / 5, 1, 1.0 / 3, 0, 0},
		{"furniture", "正文一二三", "正文一二三\n下一篇：无", 2.0 / 6, 1, 0.5, 0, 1},
		{"furniture of the gold text", "正文一二三\n责编：　某人", "正文一二三\n责编：某人", 1, 1, 1, 0, 0},
	} {
		s := Compare(c.gold, c.got)
		for _, f := range []struct {
			name      string
			got, want float64
		}{{"P", s.P, c.p}, {"R", s.R, c.r}, {"F1", s.F1, c.f1}, {"empty", s.Empty, c.empty}, {"boil", s.Boil, c.boil}} {
			if math.Abs(f.got-f.want) > 1e-12 {
				t.Errorf("%s: %s %v, want %v", c.name, f.name, f.got, f.want)
			}
		}
	}
}

// TestCommonLength compares with the textbook table.
func TestCommonLength(t *testing.T) {
	slow := func(a, b []uint32) int {
		row := make([]int, len(b)+1)
		for _, x := range a {
			diagonal := 0
			for j, y := range b {
				up := row[j+1]
				if x == y {
					row[j+1] = diagonal + 1
				} else {
					row[j+1] = max(up, row[j])
				}
				diagonal = up
			}
		}
		return row[len(b)]
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		a, b := make([]uint32, rng.IntN(300)), make([]uint32, rng.IntN(300))
		kinds := 1 + rng.IntN(20)
		for _, s := range [][]uint32{a, b} {
			for i := range s {
				s[i] = uint32(rng.IntN(kinds))
			}
		}
		if got, want := commonLength(a, b), slow(a, b); got != want {
			t.Fatalf("%v, %v: %d, want %d", a, b, got, want)
		}
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	put("folder/a.txt", "\ufeff甲\n")
	put("folder/b.txt", "乙")
	put("folder/notes.md", "x")
	file := put("f.jsonl", `{"id":"a","text":"甲\n"}`+"\n\n"+`{"id":"b","text":null,"content":"乙"}`+"\n")
	x, err := ReadTexts(filepath.Join(dir, "folder"))
	if err != nil {
		t.Fatal(err)
	}
	y, err := ReadTexts(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(x, y); diff != "" || x.SHA256() != y.SHA256() {
		t.Errorf("folder and file differ: %s", diff)
	}
	sets, err := ReadGold("rest", put("g.jsonl", `{"id":1,"text":"x","set":"A"}`+"\n"+`{"id":2,"main_text":"y"}`))
	if diff := cmp.Diff([]Set{{"A", Texts{"1": "x"}}, {"rest", Texts{"2": "y"}}}, sets); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	put("out/A/1.txt", "of A")
	put("out/B.jsonl", `{"id":"1","text":"of B"}`)
	for set, want := range map[string]string{"A": "of A", "B": "of B"} {
		if s, err := ReadSystem(filepath.Join(dir, "out"), set); err != nil || s["1"] != want {
			t.Errorf("%s: %v %v", set, s, err)
		}
	}
	for name, want := range map[string]string{
		`{"id":"a","text":"x"}` + "\n" + `{"id":"a","text":"y"}`: `bad.jsonl:2: id "a" occurs twice`,
		`{"text":"x"}`:          `bad.jsonl:1: no "id" with a string or number`,
		"{\"id\":\"a\"}\n\n[1]": "bad.jsonl:3: json:",
	} {
		if _, err := ReadTexts(put("bad.jsonl", name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", name, err, want)
		}
	}
}

func TestDiff(t *testing.T) {
	set := Set{"S", Texts{}}
	base, better := Texts{}, Texts{}
	for i := range 40 {
		id := fmt.Sprint(i)
		set.Gold[id] = "这一页的正文在这里。"
		base[id] = "这一页的正文"
		better[id] = base[id]
		if i < 30 {
			better[id] = set.Gold[id]
		}
	}
	d := Diff(Evaluate(set, "base", base), Evaluate(set, "new", better))
	if d.Better != 30 || d.Worse != 0 || d.Same != 10 || d.CI.Low <= 0 || d.CI.Low > d.F1 || d.CI.High < d.F1 {
		t.Errorf("%+v", d)
	}
	if again := Diff(Evaluate(set, "base", base), Evaluate(set, "new", better)); again != d {
		t.Errorf("%+v then %+v", d, again)
	}
}

func TestGate(t *testing.T) {
	set := Set{"S", Texts{"1": "第一页的正文，比较长。", "2": "第二页的正文，也比较长。"}}
	good := Evaluate(set, "s", set.Gold)
	bad := Evaluate(set, "s", Texts{"1": "第一页的正文", "2": ""})
	path := filepath.Join(t.TempDir(), "gate.json")
	g := &Gate{About: "test"}
	if err := g.Check(set, good); err == nil {
		t.Error("a set without bounds passes")
	}
	if err := g.Update(set, bad, ""); err != nil {
		t.Fatal(err)
	}
	if err := g.Check(set, bad); err != nil {
		t.Errorf("what was measured does not pass: %v", err)
	}
	if err := g.Update(set, good, ""); err != nil {
		t.Fatal(err)
	}
	if err := g.Write(path); err != nil {
		t.Fatal(err)
	}
	g, err := ReadGate(path)
	if err != nil {
		t.Fatal(err)
	}
	before := g.Sets[0]
	err = g.Update(set, bad, "")
	if err == nil || !strings.Contains(err.Error(), "without a reason") || g.Sets[0] != before {
		t.Errorf("floors lowered: %v %+v", err, g.Sets[0])
	}
	if err := g.Check(set, bad); err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("error %v, want f1, p, r and empty", err)
	}
	if err := g.Update(set, bad, "another kind of page counts"); err != nil || g.Sets[0].Lowered == "" || g.Check(set, bad) != nil {
		t.Errorf("%v %+v", err, g.Sets[0])
	}
	other := Set{"S", Texts{"1": "第一页的正文，比较长。", "2": "改过的正文。"}}
	if err := g.Check(other, Evaluate(other, "s", other.Gold)); err == nil || !strings.Contains(err.Error(), "gold texts") {
		t.Errorf("other gold texts: %v", err)
	}
}

func TestWriteHTML_escapes(t *testing.T) {
	set := Set{"S", Texts{"<i>1</i>": "正文<script>alert(1)</script>\n只在这里的一行"}}
	out := Texts{"<i>1</i>": "正文<script>alert(1)</script>\n版权所有\u202e反转\x07"}
	var b strings.Builder
	if err := WriteHTML(&b, "t & t", []Shown{{Evaluate(set, "<b>", out), set.Gold, out}}, 0); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, bad := range []string{"<script", "<i>", "<b>", "\u202e", "\x07", "http:", "src=", "https:"} {
		if strings.Contains(got, bad) {
			t.Errorf("page contains %q", bad)
		}
	}
	for _, want := range []string{`<p class="miss">只在这里的一行</p>`, `<p class="extra boil">版权所有⟦U&#43;202E⟧反转⟦U&#43;0007⟧</p>`, "&lt;script&gt;alert(1)&lt;/script&gt;</p>", "t &amp; t"} {
		if !strings.Contains(got, want) {
			t.Errorf("page lacks %q", want)
		}
	}
}

func ExampleCompare() {
	s := Compare("第一段。\n第二段。", "第一段。\n第二段。\n下一篇：无")
	fmt.Printf("F1 %.2f, %.0f line of furniture\n", s.F1, s.Boil)
	// Output: F1 0.60, 1 line of furniture
}
