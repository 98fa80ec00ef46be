package main

import (
	"bytes"
	"os"
	"path/filepath"
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
		t.Errorf("configs/REFERENCE.md is out of date; run `go generate ./configs` (- file, + program)\n%s", cmp.Diff(strings.Split(string(got), "\n"), strings.Split(string(want), "\n")))
	}
}

// readmes are the pages that show output of the demo and an example of a config.
var readmes = []string{"README.md", "README.zh-CN.md"}

// TestReadme_output carries out the commands that the READMEs show with their
// output and compares. An output that ends with … is the beginning of the whole,
// one behind "| tail" its end.
func TestReadme_output(t *testing.T) {
	t.Chdir("../..")
	dir := filepath.Join(t.TempDir(), "run")
	for _, name := range readmes {
		shown := 0
		for i, b := range strings.Split(readFile(t, name), "```") {
			for _, c := range strings.Split(b, "$ ./qingliu ")[1:] {
				line, want, _ := strings.Cut(c, "\n")
				if i%2 == 0 || want == "" {
					continue
				}
				shown++
				command, tail, _ := strings.Cut(line, " | ")
				got := strings.ReplaceAll(printed(t, strings.ReplaceAll(command, "out/demo", dir), dir), dir, "out/demo")
				if begin, ok := strings.CutSuffix(want, "…\n"); ok && strings.HasPrefix(got, begin) {
					continue
				}
				if tail != "" && strings.HasSuffix(got, want) {
					continue
				}
				if got != want {
					t.Errorf("%s: %s (- page, + program)\n%s", name, line, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
				}
			}
		}
		if shown < 5 {
			t.Errorf("%s shows the output of %d commands, want at least 5", name, shown)
		}
	}
}

// printed returns what a command line prints on standard output. run gets dir as
// its run folder.
func printed(t *testing.T, command, dir string) string {
	t.Helper()
	args := strings.Fields(command)
	if args[0] == "run" {
		args = append(args, "--out", dir)
	}
	root := newRoot()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetArgs(args)
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return out.String()
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
