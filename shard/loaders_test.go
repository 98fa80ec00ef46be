package shard

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLoaders counts the rows of two shards of several frames with what people
// load releases with. QINGLIU_PYTHON names a Python with some of datasets,
// duckdb, pandas, polars, pyarrow and zstandard.
func TestLoaders(t *testing.T) {
	python := os.Getenv("QINGLIU_PYTHON")
	if python == "" {
		t.Skip("QINGLIU_PYTHON names no Python with datasets, duckdb, pandas, polars, pyarrow, zstandard")
	}
	dir := t.TempDir()
	args := []string{"testdata/loaders.py"}
	want := 0
	for s := range 2 {
		var records [][]byte
		for i := range 1000 + 500*s {
			records = append(records, fmt.Appendf(nil, `{"id":"%032x","text":"%s","score":%d.5,"nothing":null,"meta":{"a":"","b":null,"c":[]}}`,
				s<<32|i, strings.Repeat("清流“引号”\\n", 10+i%50), i%5))
		}
		b, stats := build(t, Options{Level: []string{"default", "best"}[s], FrameBytes: 64 << 10}, records...)
		if stats.Frames < 3 {
			t.Fatalf("only %d frames", stats.Frames)
		}
		want += stats.Records
		name := filepath.Join(dir, fmt.Sprintf("cci-%05d.jsonl.zst", s))
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	cmd := exec.Command(python, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "HF_HOME="+dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	n := 0
	for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); n++ {
		var l struct {
			Loader, Version, Error string
			Rows                   int
		}
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatalf("%v: %q", err, sc.Text())
		}
		t.Logf("%-20s %-10s %d rows %s", l.Loader, l.Version, l.Rows, l.Error)
		if l.Rows != want {
			t.Errorf("%s %s: %d rows, want %d %s", l.Loader, l.Version, l.Rows, want, l.Error)
		}
	}
	if n == 0 {
		t.Errorf("%s has none of the loaders", python)
	}
}
