package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/shard"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// split cuts a card into front matter and text.
func split(t *testing.T, card []byte) (front, text string) {
	t.Helper()
	s, ok := strings.CutPrefix(string(card), "---\n")
	if !ok {
		t.Fatalf("the card begins with %.20q", card)
	}
	front, text, ok = strings.Cut(s, "\n---\n")
	if !ok {
		t.Fatal("the front matter has no end")
	}
	return front + "\n", text
}

func sampleCard(r run) []byte { return Card(r.s, r.m, r.l, r.info) }

func TestCardGolden(t *testing.T) {
	got := sampleCard(sampleRun())
	name := filepath.Join("testdata", "card.md")
	if *update {
		if err := os.WriteFile(name, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("the card changed (-want +got; -update rewrites):\n%s", d)
	}
}

// jsonShape describes a decoded record as the features should: nested lists of
// name and type.
func jsonShape(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	shape := map[string]string{}
	var walk func(path string, raw json.RawMessage)
	walk = func(path string, raw json.RawMessage) {
		var m map[string]json.RawMessage
		if raw[0] != '{' {
			shape[path] = string(raw)
			return
		}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		shape[path] = "{"
		for k, v := range m {
			walk(strings.TrimPrefix(path+"."+k, "."), v)
		}
	}
	walk("", raw)
	delete(shape, "")
	return shape
}

func flatFeatures(path string, list []hubFeature, into map[string]string) {
	for _, f := range list {
		p := strings.TrimPrefix(path+"."+f.Name, ".")
		if f.Struct != nil {
			into[p] = "struct"
			flatFeatures(p, *f.Struct, into)
			continue
		}
		into[p] = f.Type
	}
}

func TestFrontMatterDeclaresEveryKey(t *testing.T) {
	for _, schema := range corpus.Schemas {
		r := sampleRun()
		r.s.Outputs[0].Schema, r.m.Outputs[0].Schema = schema, schema
		front, _ := split(t, sampleCard(r))
		var f frontMatter
		if err := yaml.Load([]byte(front), &f, yaml.WithKnownFields()); err != nil {
			t.Fatalf("%s: %v\n%s", schema, err, front)
		}
		got := map[string]string{}
		flatFeatures("", f.DatasetInfo[0].Features, got)

		doc := &corpus.Document{}
		doc.ResetSignals(2)
		labels := &corpus.Labels{Signals: []corpus.ReleaseSignal{{Name: "han_fraction", Decimals: 4}, {Name: "line_repetition_fraction", Index: 1, Decimals: 4}}}
		for _, c := range r.info.PII {
			labels.PIIClasses = append(labels.PIIClasses, c.Name)
		}
		want := jsonShape(t, corpus.AppendSchema(nil, schema, doc, labels))
		for path, value := range want {
			var types []string
			switch {
			case value == "{":
				types = []string{"struct"}
			case value == "null":
				types = []string{"null", "string", "float64"}
			case value[0] == '"':
				types = []string{"string"}
			case value == "true" || value == "false":
				types = []string{"bool"}
			case strings.Contains(value, "."):
				types = []string{"float64"}
			default:
				types = []string{"int64"}
			}
			if !slices.Contains(types, got[path]) {
				t.Errorf("%s: %s is %s in the record, %q in the features", schema, path, value, got[path])
			}
			delete(got, path)
		}
		if len(got) > 0 {
			t.Errorf("%s: features that no record has: %v", schema, got)
		}
	}
}

func TestFrontMatterOfTheSample(t *testing.T) {
	r := sampleRun()
	front, _ := split(t, sampleCard(r))
	var m map[string]any
	if err := yaml.Load([]byte(front), &m); err != nil {
		t.Fatal(err)
	}
	if _, ok := m["license"]; ok {
		t.Error("a licence is named that the config does not give")
	}
	if d := cmp.Diff([]any{"ja", "zh"}, m["language"]); d == "" {
		t.Error("a language below a hundredth is listed")
	}
	if d := cmp.Diff([]any{"10K<n<100K"}, m["size_categories"]); d != "" {
		t.Error(d)
	}
	want := []any{
		map[string]any{"config_name": "cci", "default": true, "data_files": []any{map[string]any{"split": "train", "path": "cci/data/*.jsonl.zst"}}},
		map[string]any{"config_name": "full", "data_files": []any{map[string]any{"split": "train", "path": "full/data/*.jsonl.zst"}}},
	}
	if d := cmp.Diff(want, m["configs"]); d != "" {
		t.Error(d)
	}
}

func TestLicenceNames(t *testing.T) {
	f := func(licence, id, name string) {
		t.Helper()
		if i, n := hubLicence(licence); i != id || n != name {
			t.Errorf("%q is %q, %q; want %q, %q", licence, i, n, id, name)
		}
	}
	f("", "", "")
	f("CC-BY-4.0", "cc-by-4.0", "")
	f("contract 7", "other", "contract 7")
	f("a\nb", "other", `a\u000ab`)
}

func TestSizeCategories(t *testing.T) {
	for n, want := range map[int64]string{
		0: "n<1K", 999: "n<1K", 1000: "1K<n<10K", 9999: "1K<n<10K", 10_000: "10K<n<100K", 1_000_000: "1M<n<10M",
		999_999_999: "100M<n<1B", 1_000_000_000: "1B<n<10B", 1e12 - 1: "100B<n<1T", 1e12: "n>1T", 1 << 62: "n>1T",
	} {
		if got := sizeCategory(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

// TestEveryFieldIsDescribed fails when a schema gets a key without a
// description, and when a description has no key any more.
func TestEveryFieldIsDescribed(t *testing.T) {
	r := sampleRun()
	used := map[string]bool{}
	for _, schema := range corpus.Schemas {
		fields, err := schemaFields(schema, true, &r.info)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range fieldRows(fields, "", &r.info) {
			if row.Doc == "" {
				t.Errorf("%s: %s has no description", schema, row.Path)
			}
			used[strings.TrimPrefix(row.Path, "meta_info.")] = true
		}
	}
	for path := range fieldDocs {
		if !used[path] {
			t.Errorf("%s is described, but no schema has it", path)
		}
	}
}

var (
	fencedCode = regexp.MustCompile("(?s)\n```.*?\n```")
	tableRow   = regexp.MustCompile(`(?m)^\|.*$`)
)

// withoutCode removes code spans as CommonMark reads them: a run of backticks up
// to the next run of the same length.
func withoutCode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '\\' && i+1 < len(s) {
			i += 2 // an escaped mark is text
			continue
		}
		if s[i] != '`' {
			b.WriteByte(s[i])
			i++
			continue
		}
		n := 0
		for i+n < len(s) && s[i+n] == '`' {
			n++
		}
		end := -1
		for j := i + n; j < len(s); {
			k := 0
			for j+k < len(s) && s[j+k] == '`' {
				k++
			}
			if k == n {
				end = j
				break
			}
			j += max(k, 1)
		}
		if end < 0 {
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		i = end + n
	}
	return b.String()
}

func TestCardEscapesForeignNames(t *testing.T) {
	_, plainText := split(t, sampleCard(hostileRun("harmless")))
	for _, h := range hostile {
		front, text := split(t, sampleCard(hostileRun(h)))
		var m map[string]any
		if err := yaml.Load([]byte(front), &m); err != nil {
			t.Errorf("%.40q: %v", h, err)
		}
		for _, r := range text {
			if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0xfeff || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfffd || r >= 0xe0000 {
				t.Errorf("%.40q: %U stands in the card", h, r)
				break
			}
		}
		if strings.TrimSpace(h) != "" {
			if got, want := strings.Count(text, "\n"), strings.Count(plainText, "\n"); got < want-3 || got > want+3 {
				t.Errorf("%.40q: %d lines, want about %d", h, got, want)
			}
		}
		for _, line := range strings.Split(fencedCode.ReplaceAllString(text, ""), "\n") {
			bare := withoutCode(line)
			if strings.ContainsAny(bare, "<`") || strings.Contains(strings.ToLower(bare), "javascript:") && strings.Contains(bare, "](") {
				t.Errorf("%.40q: markup in %.200q", h, line)
			}
		}
		checkTables(t, h, fencedCode.ReplaceAllString(text, ""))
	}
}

// checkTables counts the bars of each row as GFM does, which splits cells before
// it looks for code.
func checkTables(t *testing.T, h, text string) {
	t.Helper()
	bars := 0
	for _, line := range strings.Split(text, "\n") {
		if !tableRow.MatchString(line) {
			bars = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if bars != 0 && n != bars {
			t.Errorf("%.40q: %d bars in %.200q, want %d", h, n, line, bars)
		}
		bars = n
	}
}

func TestLinks(t *testing.T) {
	f := func(target, want string) {
		t.Helper()
		if got := linkTo(target); got != want {
			t.Errorf("%q is %q, want %q", target, got, want)
		}
	}
	f("docs/a_b.md", "`docs/a_b.md`")
	f("https://example.org/x(1)", `[https\://example.org/x(1)](https://example.org/x%281%29)`)
	f("javascript:alert(1)", "`javascript:alert(1)`")
	f("data:text/html,x", "`data:text/html,x`")
	f("//evil.example/x", "`//evil.example/x`")
	f("/etc/passwd", "`/etc/passwd`")
	f("http://h/a b|c", `[http\://h/a b\|c](http://h/a%20b%7Cc)`)
	f("a|b", "`a\\|b`")
	f("a\u202eb", "`a\\u202eb`")
	f("http://h/x?a=1&#x202e;", `[http\://h/x?a=1\&\#x202e;](http://h/x?a=1&amp;#x202e;)`)
	f("http:relative", "`http:relative`")
	f("  ", "–")
	f("", "–")
}

func TestCardIsDeterministic(t *testing.T) {
	want := sampleCard(sampleRun())
	for range 5 {
		if !bytes.Equal(sampleCard(sampleRun()), want) {
			t.Fatal("the same run gave another card")
		}
	}
}

func TestCardOfNothing(t *testing.T) {
	l := &shard.Ledger{Totals: shard.NewAccount()}
	_, text := split(t, Card(&Statistics{}, &shard.Manifest{}, l, CardInfo{}))
	for _, want := range []string{"No licence is given", "No personal data was looked for"} {
		if !strings.Contains(text, want) {
			t.Errorf("the card does not say %q", want)
		}
	}
}

func TestCard_words(t *testing.T) {
	r := sampleRun()
	last := len(r.s.Outputs) - 1
	r.s.Outputs[last].Words = true
	card := string(Card(r.s, r.m, r.l, r.info))
	if n := strings.Count(card, "| `words` | string | the main text cut into words"); n != 1 {
		t.Errorf("words are described %d times", n)
	}
	if !strings.Contains(card, r.s.Outputs[last].Schema+" with words") {
		t.Error("no schema with words is named")
	}
}
