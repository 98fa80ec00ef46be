package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qingliu/qingliu/pipeline"
)

// TestReference_isUpToDate compares configs/REFERENCE.md with what the program
// says of itself.
func TestReference_isUpToDate(t *testing.T) {
	want, err := pipeline.Reference()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../configs/REFERENCE.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("configs/REFERENCE.md is out of date; run `go generate ./configs` (- file, + program)\n%s", cmp.Diff(string(got), string(want)))
	}
}

// readmes are the pages that show output of the demo and an example of a config.
var readmes = []string{"README.md", "README.zh-CN.md"}

// TestReadme_demoOutput carries out the demo and looks for what it prints in the
// READMEs. The last line, the path of the release, is left out.
func TestReadme_demoOutput(t *testing.T) {
	t.Chdir("../..")
	root := newRoot()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetArgs([]string{"run", "configs/demo.yaml", "--out", t.TempDir()})
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	want, _, ok := strings.Cut(out.String(), "\n  release: ")
	if !ok {
		t.Fatalf("no release in %q", out.String())
	}
	for _, name := range readmes {
		shown := block(t, name, "$ go build ./cmd/qingliu")
		_, got, _ := strings.Cut(shown, "run configs/demo.yaml\n")
		got, _, _ = strings.Cut(got, "\n  release: ")
		if got != want {
			t.Errorf("%s: the demo prints something else (- page, + program)\n%s", name, cmp.Diff(got, want))
		}
	}
}

// TestReadme_commands compares the tables of commands with the program.
func TestReadme_commands(t *testing.T) {
	t.Chdir("../..")
	for _, name := range readmes {
		page := readFile(t, name)
		for _, c := range newRoot().Commands() {
			if c.IsAvailableCommand() && c.Name() != "help" && !strings.Contains(page, "| `"+c.Name()) && !strings.Contains(page, "· `"+c.Name()) {
				t.Errorf("%s: command %s is missing", name, c.Name())
			}
		}
	}
}

// TestReadme_config loads the example of a config.
func TestReadme_config(t *testing.T) {
	t.Chdir("../..")
	for _, name := range readmes {
		if _, err := pipeline.ParseConfig(name, []byte(block(t, name, "extends: cci@1"))); err != nil {
			t.Error(err)
		}
	}
}

// block returns the fenced block of a page that starts with the given line.
func block(t *testing.T, name, first string) string {
	t.Helper()
	for i, b := range strings.Split(readFile(t, name), "```") {
		_, b, _ = strings.Cut(b, "\n") // the language
		if i%2 == 1 && strings.HasPrefix(b, first) {
			return b
		}
	}
	t.Fatalf("%s has no block that starts with %q", name, first)
	return ""
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
