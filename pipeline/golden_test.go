package pipeline

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var (
	update      = flag.Bool("update", false, "write testdata/golden.json anew; refused where a stage's bytes changed without its version or those of its packages")
	updateForce = flag.Bool("update-force", false, "like -update, without that check: only for stages that were never released")
)

const goldenPath = "testdata/golden.json"

// goldenStage is what one stage made of the golden input.
type goldenStage struct {
	Version     int               `json:"version"`
	Fingerprint string            `json:"fingerprint"` // of config and versions of packages
	Outputs     map[string]string `json:"outputs"`     // digests by task key and suffix
}

// TestGolden fails when the bytes that a stage leaves change although its task
// keys do not: old work in a run folder would then pass for new work. The remedy
// is to raise the stage's version, or the version of the package that changed,
// and to run `go test ./pipeline -run TestGolden -update`.
func TestGolden(t *testing.T) {
	t.Chdir(t.TempDir())
	inputs := goldenInputs(t)
	r := runConfig(t, testYAML(inputs...)+"tasks: {split_bytes: 32KiB, group_bytes: 64KiB}\n", "run", RunOptions{})
	got := map[string]goldenStage{}
	for _, s := range stages {
		sp, _ := r.Plan.Stage(s.name)
		g := goldenStage{Version: s.version, Fingerprint: sp.Fingerprint, Outputs: map[string]string{}}
		for i := range sp.Tasks {
			m, err := r.marker(s, i)
			if err != nil || m == nil {
				t.Fatalf("%s task %d: no marker: %v", s.name, i, err)
			}
			key := m.Key
			if s.name == "extract" { // its keys have the path of the input, which is new every time
				key = fmt.Sprintf("%s-%d-%d", sp.Fingerprint, s.version, i)
			}
			for _, o := range m.Outputs {
				g.Outputs[key+"."+o.Suffix] = o.SHA256[:16]
			}
		}
		got[s.name] = g
	}
	compareGolden(t, got)
}

// goldenInputs writes the golden input: plain text formats only, because the
// bytes of a gzip file depend on the packer.
func goldenInputs(t *testing.T) []string {
	t.Helper()
	warc := writeCrawl(t, "in", 1)
	jsonl, html := writeTexts(t, "in")
	return append(warc, jsonl, html)
}

func compareGolden(t *testing.T, got map[string]goldenStage) {
	t.Helper()
	var want map[string]goldenStage
	path := filepath.Join(packageDir, goldenPath)
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &want)
	}
	if err != nil && !*update && !*updateForce {
		t.Fatalf("%v; -update writes it", err)
	}
	stale := []string{}
	for _, name := range StageNames() {
		w, g := want[name], got[name]
		if w.Version == g.Version && w.Fingerprint == g.Fingerprint && maps.Equal(w.Outputs, g.Outputs) {
			continue
		}
		stale = append(stale, name)
		for _, file := range slices.Sorted(maps.Keys(g.Outputs)) {
			if sum, ok := w.Outputs[file]; ok && sum != g.Outputs[file] && !*updateForce {
				t.Errorf("%s: %s has other bytes under the same task key: raise the version of the stage, or of the package that changed", name, file)
			}
		}
		if g.Version < w.Version {
			t.Errorf("%s: version %d, it was %d: versions only rise", name, g.Version, w.Version)
		}
	}
	if t.Failed() || len(stale) == 0 {
		return
	}
	if !*update && !*updateForce {
		t.Errorf("the outputs of %q changed with their versions, configs or inputs: run go test ./pipeline -run TestGolden -update", stale)
		return
	}
	out, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(out, '\n'), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Logf("wrote %s: %q changed", path, stale)
}

// packageDir is the folder of this package: tests change the working directory.
var packageDir = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}()
