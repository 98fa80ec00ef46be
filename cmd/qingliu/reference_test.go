package main

import (
	"bytes"
	"os"
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
