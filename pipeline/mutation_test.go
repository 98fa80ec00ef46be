package pipeline

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReaderMutation builds the command with a reader that loses one record and
// runs it: neither the run nor verify may be content.
func TestReaderMutation(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	source, err := os.ReadFile("source_warc.go")
	if err != nil {
		t.Fatal(err)
	}
	const healthy = "	rec.kind = kindWARC\n"
	if strings.Count(string(source), healthy) != 1 {
		t.Fatalf("source_warc.go does not have %q once: the mutation needs another place", healthy)
	}
	dir := t.TempDir()
	mutant := filepath.Join(dir, "source_warc.go")
	lossy := strings.Replace(string(source), healthy, "	if w.Index == 3 {\n		return s.next(rec)\n	}\n"+healthy, 1)
	if err := os.WriteFile(mutant, []byte(lossy), 0o666); err != nil {
		t.Fatal(err)
	}
	original, err := filepath.Abs("source_warc.go")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: mutant}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o666); err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(dir, "in")
	if err := os.Mkdir(in, 0o777); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "c.yaml")
	if err := os.WriteFile(config, []byte(testYAML(writeCrawl(t, in)...)), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		flags []string
		fails bool
	}{
		{"healthy", nil, false},
		{"lossy", []string{"-overlay", filepath.Join(dir, "overlay.json")}, true},
	} {
		bin := filepath.Join(dir, c.name)
		build := exec.Command("go", append(append([]string{"build"}, c.flags...), "-o", bin, "../cmd/qingliu")...)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
		run := filepath.Join(dir, "run-"+c.name)
		out, err := exec.Command(bin, "run", config, "--out", run).CombinedOutput()
		if err != nil && !c.fails {
			t.Fatalf("%s: %v\n%s", c.name, err, out)
		}
		if c.fails && !strings.Contains(string(out), "the ledger does not add up") {
			t.Errorf("%s: the run does not complain about the ledger:\n%s", c.name, out)
		}
		if _, err := exec.Command(bin, "verify", filepath.Join(run, ReleaseDir)).CombinedOutput(); (err != nil) != c.fails {
			t.Errorf("%s: verify: %v", c.name, err)
		}
	}
}
