package pipeline

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// TestIngestConfig loads the example of all that can be read: it has every format
// of an input, and says every limit, with its default.
func TestIngestConfig(t *testing.T) {
	const path = "../configs/ingest.yaml"
	c, err := LoadConfig(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var formats []string
	for _, in := range c.Input {
		formats = append(formats, in.Format)
	}
	for _, want := range []string{"auto", "jsonl", "zip", "tar", "parquet", "cc-index"} {
		if !slices.Contains(formats, want) {
			t.Errorf("no input of format %s", want)
		}
	}
	if diff := cmp.Diff(DefaultConfig().Extract.Limits, c.Extract.Limits); diff != "" {
		t.Errorf("limits that are no defaults (-default +example):\n%s", diff)
	}
	all, err := yaml.Dump(c.Extract.Limits)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(all)) {
		key, _, _ := strings.Cut(line, ":")
		if !strings.Contains(string(text), "    "+key+": ") {
			t.Errorf("the example does not say %s", key)
		}
	}
}
