//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExitCode_damagedCopies runs the damaged copies of the development crawl as
// users do: done, but with exit code 3 and a line that says so.
func TestExitCode_damagedCopies(t *testing.T) {
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir, err := filepath.Abs(filepath.Join(dir, "crawl-dev"))
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		t.Skipf("no development crawl: %v", err)
	}
	c := newCommand(t)
	c.write("c.yaml", "extends: cci@1\nname: my\noutputs: [{name: all}]\n")
	for file, want := range map[string]int{
		"crawl-small-truncated.warc.gz":      3,
		"crawl-small-corrupt-member.warc.gz": 3,
		"crawl-small-mixed-damage.warc.gz":   3,
		"crawl-small-one-member.warc.gz":     0,
		"crawl-tiny.warc":                    0,
	} {
		code, stderr := c.run("run", "c.yaml", "--set", "input="+filepath.Join(dir, file), "--out", file)
		if code != want {
			t.Errorf("%s: exit code %d, want %d: %s", file, code, want, stderr)
		}
		if code, stderr := c.run("verify", filepath.Join(file, "release")); code != 0 {
			t.Errorf("%s: verify: exit code %d: %s", file, code, stderr)
		}
		ledger, err := os.ReadFile(filepath.Join(c.dir, file, "release", "ledger.json"))
		if err != nil {
			t.Fatal(err)
		}
		if want == 3 && !strings.Contains(string(ledger), `"readable": false`) {
			t.Errorf("%s: the ledger names no unreadable record", file)
		}
	}
}
