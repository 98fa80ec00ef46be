package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/qingliu/qingliu/configs"
)

// TestLoadConfig_bad loads testdata/config/*.bad.yml. Each begins with comments
// that state what must be said about it.
func TestLoadConfig_bad(t *testing.T) {
	files, err := filepath.Glob("testdata/config/*.bad.yml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d bad configs, %v", len(files), err)
	}
	covered := []string{}
	for _, path := range files {
		name := filepath.Base(path)
		key, _, _ := strings.Cut(strings.TrimSuffix(name, ".bad.yml"), "-")
		covered = append(covered, key)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = LoadConfig(path, nil)
			var bad *ConfigError
			if !errors.As(err, &bad) {
				t.Fatalf("LoadConfig: %v, want a ConfigError", err)
			}
			wants := 0
			for line := range strings.Lines(string(data)) {
				want, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "# want: ")
				if !ok {
					break
				}
				wants++
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error is\n%v\nit does not say %q", err, want)
				}
			}
			if wants == 0 {
				t.Error("the file does not say what is wrong with it")
			}
			for _, p := range bad.Problems {
				if !strings.Contains(p, name) || strings.ContainsRune(p, '\n') {
					t.Errorf("%q does not name the file, or has more than one line", p)
				}
			}
		})
	}
	for _, key := range topLevelKeys() {
		if !slices.Contains(covered, key) {
			t.Errorf("no bad config for the key %s", key)
		}
	}
}

func TestLoadConfig_missingFile(t *testing.T) {
	_, err := LoadConfig("testdata/config/absent.yml", nil)
	var bad *ConfigError
	if !errors.As(err, &bad) || !strings.Contains(err.Error(), "absent.yml") {
		t.Errorf("LoadConfig: %v, want a ConfigError that names the file", err)
	}
}

// writeConfig writes a config file and returns its path.
func writeConfig(t *testing.T, yaml string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

const smallYAML = "name: t\noutputs: [{name: a}]\n"

// TestLoadConfig_extends lays a config over a preset: mappings merge, lists and
// values replace, and what neither names is the default.
func TestLoadConfig_extends(t *testing.T) {
	preset, err := LoadConfig(writeConfig(t, "extends: cci@1\n"+smallYAML), nil)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := LoadConfig(writeConfig(t, smallYAML), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(preset.Labels.DropPageTypes) == 0 || len(plain.Labels.DropPageTypes) != 0 {
		t.Errorf("dropped page types: %q with the preset, %q without", preset.Labels.DropPageTypes, plain.Labels.DropPageTypes)
	}
	c, err := LoadConfig(writeConfig(t, "extends: cci@1\ndedup: {similarity: 0.9}\nlabels: {drop_page_types: [error]}\nfilters: {length: {max_code_points: 5000}}\n"+smallYAML), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Dedup.Similarity != 0.9 || c.Dedup.URL != preset.Dedup.URL || c.Dedup.Near != preset.Dedup.Near {
		t.Errorf("dedup is %+v, want the preset's with similarity 0.9", c.Dedup)
	}
	if !slices.Equal(c.Labels.DropPageTypes, []string{"error"}) {
		t.Errorf("drop_page_types is %q: a list must replace the preset's", c.Labels.DropPageTypes)
	}
	limits := map[string]float64{}
	for _, x := range mustDecisions(t, c).limits {
		limits[x.Reason] = x.Bound
	}
	of := map[string]float64{}
	for _, x := range mustDecisions(t, preset).limits {
		of[x.Reason] = x.Bound
	}
	of["length.max_code_points"] = 5000
	if diff := cmp.Diff(of, limits); diff != "" {
		t.Errorf("limits (-preset with the change +got):\n%s", diff)
	}
}

func mustDecisions(t *testing.T, c *Config) *decisions {
	t.Helper()
	d, err := newDecisions(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLoadConfig_effective writes out a config and loads that: nothing changes,
// so a run folder holds all that its run depends on.
func TestLoadConfig_effective(t *testing.T) {
	c, err := LoadConfig(writeConfig(t, "extends: cci@1\ninput: [a.warc.gz, {path: b, dataset: news, fields: {text: body}}]\ndatasets: {news: {trust: 3}}\nfilters: {length: {min_code_points: 77}, stop_words: {action: tag}}\nextract: {max_page_bytes: 3MiB}\n"+smallYAML), nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.EffectiveYAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadConfig(writeConfig(t, string(out)), nil)
	if err != nil {
		t.Fatalf("the effective config does not load: %v\n%s", err, out)
	}
	out2, err := again.EffectiveYAML()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(out), string(out2)); diff != "" {
		t.Errorf("written out again it differs:\n%s", diff)
	}
	for _, s := range stages {
		if a, b := s.fingerprintOf(c), s.fingerprintOf(again); a != b {
			t.Errorf("stage %s: fingerprint %s, of the effective config %s", s.name, a, b)
		}
	}
	for _, key := range topLevelKeys() {
		if !strings.Contains("\n"+string(out), "\n"+key+":") {
			t.Errorf("the effective config does not say %s", key)
		}
	}
}

// TestLoadConfig_inputForms gives the input as a scalar, a mapping and lists.
func TestLoadConfig_inputForms(t *testing.T) {
	a, b := defaultInput(), defaultInput()
	a.Path, b.Path = "a.warc.gz", "b"
	named := b
	named.Dataset, named.Fields.Text = "news", "body"
	for _, c := range []struct {
		yaml string
		want []Input
	}{
		{"input: a.warc.gz", []Input{a}},
		{"input: [a.warc.gz, b]", []Input{a, b}},
		{"input: {path: a.warc.gz}", []Input{a}},
		{"input:\n- a.warc.gz\n- {path: b, dataset: news, fields: {text: body}}", []Input{a, named}},
		{"gates: {language: any}", nil},
	} {
		got, err := LoadConfig(writeConfig(t, smallYAML+c.yaml+"\n"), nil)
		if err != nil {
			t.Errorf("%s: %v", c.yaml, err)
			continue
		}
		if diff := cmp.Diff(c.want, got.Input); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.yaml, diff)
		}
	}
}

// TestLoadConfig_emptyBlocks leaves the keys of blocks empty: the preset says all.
func TestLoadConfig_emptyBlocks(t *testing.T) {
	effective := func(extra string) string {
		c, err := LoadConfig(writeConfig(t, "extends: map-cc@1\n"+extra+smallYAML), nil)
		if err != nil {
			t.Fatalf("%q: %v", extra, err)
		}
		out, err := c.EffectiveYAML()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	preset := effective("")
	for _, extra := range []string{"filters:\n", "filters: {}\n", "text:\n  # cut_addresses: false\n", "pii: ~\ndedup: null\n"} {
		if diff := cmp.Diff(preset, effective(extra)); diff != "" {
			t.Errorf("%q (-preset +config):\n%s", extra, diff)
		}
	}
}

// TestLoadConfig_settings sets keys from the command line.
func TestLoadConfig_settings(t *testing.T) {
	path := writeConfig(t, "extends: cci@1\ninput: [old]\n"+smallYAML)
	set := func(settings ...string) *Config {
		t.Helper()
		c, err := LoadConfig(path, settings)
		if err != nil {
			t.Errorf("%q: %v", settings, err)
			return &Config{}
		}
		return c
	}
	if c := set("dedup.similarity=0.9", "gates.min_code_points=10"); c.Dedup.Similarity != 0.9 || c.Gates.MinCodePoints != 10 || c.Gates.Language != "zh" {
		t.Errorf("dotted keys: %+v %+v", c.Dedup, c.Gates)
	}
	if c := set("input=new.warc.gz"); len(c.Input) != 1 || c.Input[0].Path != "new.warc.gz" || c.Input[0].Format != "auto" {
		t.Errorf("input: %+v", c.Input)
	}
	if c := set("input=[a, b]"); len(c.Input) != 2 {
		t.Errorf("input list: %+v", c.Input)
	}
	if c := set("outputs=[{name: x, schema: cci}]"); len(c.Outputs) != 1 || c.Outputs[0].Schema != "cci" || c.Outputs[0].ShardBytes == 0 {
		t.Errorf("outputs: %+v", c.Outputs)
	}
	if c := set("filters.length.min_code_points=333"); !slices.ContainsFunc(limitsOf(t, c), func(x string) bool { return x == "length.min_code_points 333" }) {
		t.Errorf("limits: %q", limitsOf(t, c))
	}
	for _, c := range []struct{ setting, want string }{
		{"dedup.similarity", "write key=value"},
		{"=3", "write key=value"},
		{"dedup.similarity=7", "dedup.similarity: 7 is out of range 0.5..1"},
		{"dedup.similarty=0.7", "unknown key similarty"},
		{"nonsense=1", "unknown key nonsense"},
		{"gates.language=any", "extract.han_prefilter: it skips pages without Chinese"},
		{"filters.lenght.min=1", "filters.lenght: no such filter"},
		{"dedup={", "--set dedup={"},
		{"filters=", `--set filters=: no value behind =; write "" for an empty text`},
		{"filters=null", "--set filters=null: null is no value"},
		{"filters.length.min_code_points=x", `points=x: filters.length.min_code_points: "x" is no integer`},
		{"text.cut_addresses=3", `--set text.cut_addresses=3: "3" is neither true nor false`},
	} {
		_, err := LoadConfig(path, []string{c.setting})
		var bad *ConfigError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("--set %s: %v, want a ConfigError that says %q", c.setting, err, c.want)
		}
	}
}

func limitsOf(t *testing.T, c *Config) []string {
	t.Helper()
	var out []string
	for _, l := range mustDecisions(t, c).limits {
		out = append(out, l.Reason+" "+Bytes(l.Bound).String())
	}
	return out
}

func TestParseBytes(t *testing.T) {
	for s, want := range map[string]Bytes{"0": 0, "4096": 4096, "4096B": 4096, "1KiB": 1024, "1.5MiB": 3 << 19, "2GB": 2e9, " 7 MB ": 7e6, "1TiB": 1 << 40} {
		if got, err := ParseBytes(s); err != nil || got != want {
			t.Errorf("ParseBytes(%q) = %d, %v; want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", "-1", "MiB", "1 XB", "NaN", "1e30", "inf", "8 MiB B"} {
		if got, err := ParseBytes(s); err == nil {
			t.Errorf("ParseBytes(%q) = %d, want an error", s, got)
		}
	}
	for _, n := range []Bytes{0, 1, 1023, 1 << 10, 24 << 10, 5 << 20, 256 << 30, 3 << 40, 1000} {
		if got, err := ParseBytes(n.String()); err != nil || got != n {
			t.Errorf("%d is written as %s and read as %d, %v", n, n, got, err)
		}
	}
}

// TestPresets loads every shipped config, and every preset by itself.
func TestPresets(t *testing.T) {
	names := PresetNames()
	if !slices.Contains(names, "cci@1") {
		t.Errorf("presets: %q", names)
	}
	for _, name := range names {
		if _, err := LoadConfig(writeConfig(t, "extends: "+name+"\n"+smallYAML), nil); err != nil {
			t.Errorf("preset %s: %v", name, err)
		}
	}
	files, err := filepath.Glob("../configs/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no shipped configs: ", err)
	}
	for _, f := range files {
		if _, err := LoadConfig(f, nil); err != nil {
			t.Error(err)
		}
	}
}

// A preset of published rules writes every limit that it has: a default of ours, also of
// a limit that a filter gets later, is none of these rules.
func TestPresets_publishedRules(t *testing.T) {
	for _, name := range []string{"c4-zh@1", "cwt@1", "fineweb2-zh@1", "map-cc@1"} {
		data, err := configs.Presets.ReadFile("presets/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var preset struct {
			Filters map[string]map[string]any
		}
		if err := yaml.Load(data, &preset); err != nil {
			t.Fatal(err)
		}
		c, err := LoadConfig(writeConfig(t, "extends: "+name+"\n"+smallYAML), nil)
		if err != nil {
			t.Fatal(err)
		}
		limits := mustDecisions(t, c).limits
		for _, l := range limits {
			filter, key, _ := strings.Cut(l.Reason, ".")
			if _, ok := preset.Filters[filter][key]; !ok {
				t.Errorf("%s has %s %v by default", name, l.Reason, l.Bound)
			}
		}
		if len(limits) == 0 {
			t.Errorf("%s has no limits", name)
		}
	}
}

// TestConfig_everyFieldIsDocumented guards the generated reference.
func TestConfig_everyFieldIsDocumented(t *testing.T) {
	var walk func(t *testing.T, typ reflect.Type, path string)
	walk = func(t *testing.T, typ reflect.Type, path string) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			if !f.IsExported() {
				continue
			}
			key := path + f.Tag.Get("yaml")
			if f.Tag.Get("yaml") == "" || f.Tag.Get("doc") == "" {
				t.Errorf("%s: field %s has no yaml or doc tag", path, f.Name)
			}
			ft := f.Type
			for ft.Kind() == reflect.Slice || ft.Kind() == reflect.Map {
				ft = ft.Elem()
			}
			if ft.Kind() == reflect.Struct && ft.PkgPath() == typ.PkgPath() {
				walk(t, ft, key+".")
			}
		}
	}
	walk(t, reflect.TypeFor[Config](), "")
}
