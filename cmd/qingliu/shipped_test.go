package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/model"
)

// TestShippedModels trains every model that comes with the program by the command
// that its source names: the same bytes, at most 3 MB, with a card.
func TestShippedModels(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "..", "model", "shipped.go"))
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string][]string{}
	for line := range strings.Lines(string(source)) {
		if args, ok := strings.CutPrefix(line, "//go:generate go run ../cmd/qingliu "); ok {
			f := strings.Fields(args)
			for i, a := range f {
				if a == "--out" {
					commands[strings.TrimSuffix(filepath.Base(f[i+1]), ".ftz")] = f
				}
			}
		}
	}
	if len(commands) == 0 || len(commands) != len(model.ShippedNames()) {
		t.Fatalf("%d commands for the models %v", len(commands), model.ShippedNames())
	}
	for name, args := range commands {
		want, err := model.Shipped(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) > 3<<20 {
			t.Errorf("%s: %d bytes", name, len(want))
		}
		if card, err := os.ReadFile(filepath.Join("..", "..", "model", "shipped", name+".md")); err != nil || !strings.Contains(string(card), "**Data.**") {
			t.Errorf("%s has no card: %v", name, err)
		}
		out := filepath.Join(t.TempDir(), name+".ftz")
		for i, a := range args {
			switch {
			case strings.HasSuffix(a, ".jsonl"):
				args[i] = filepath.Join("..", "..", "model", a)
			case i > 0 && args[i-1] == "--out":
				args[i] = out
			}
		}
		cmd := newRoot()
		cmd.SetArgs(args)
		cmd.SetOut(&bytes.Buffer{})
		if err := cmd.Execute(); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(out)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: training gives %d bytes, and other ones than the model that is shipped (%v)", name, len(got), err)
		}
	}
}
