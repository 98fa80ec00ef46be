package pipeline

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// variants are ways to carry out the same run that must not change a byte of the
// release.
var variants = []struct {
	name  string
	tasks string // the config's tasks key
	o     RunOptions
}{
	{"one worker", "", RunOptions{Workers: 1}},
	{"four workers", "", RunOptions{Workers: 4}},
	{"shuffled, every task twice", "", RunOptions{Workers: 3, Shuffle: 7}},
	{"many ranges, one per group", "tasks: {split_bytes: 4KiB, group_bytes: 1}\n", RunOptions{Workers: 2}},
	{"many ranges in few groups", "tasks: {split_bytes: 7000, group_bytes: 64KiB}\n", RunOptions{Workers: 2}},
	{"one group", "tasks: {split_bytes: 1TiB, group_bytes: 1TiB}\n", RunOptions{Workers: 2}},
	{"many ranges, shuffled, twice", "tasks: {split_bytes: 16KiB, group_bytes: 20000}\n", RunOptions{Workers: 4, Shuffle: 99}},
}

// TestRelease_sameBytes runs the made-up crawl in every format in many ways.
func TestRelease_sameBytes(t *testing.T) {
	in := t.TempDir()
	inputs := writeCrawl(t, in)
	jsonl, html := writeTexts(t, in)
	noise := writeInput(t, filepath.Join(in, "noise.bin"), bytes.Repeat([]byte{0, 1, 2, 3, 0xfe}, 4000))
	blank := writeInput(t, filepath.Join(in, "blank.jsonl"), []byte("{\"text\":\"一\"}"+strings.Repeat("\n", 9000)+"{\"text\":\"二\"}"))
	checkVariants(t, testYAML(append(inputs, jsonl, html, noise, blank)...))
}

// TestRelease_sameBytesOfCrawl does the same with real pages.
func TestRelease_sameBytesOfCrawl(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds of work for each variant")
	}
	inputs := []string{crawlDev(t, "crawl-small.warc.gz"), crawlDev(t, "crawl-tiny.warc")}
	if full() {
		inputs = append(inputs, crawlDev(t, "crawl-medium.warc.gz"))
	}
	checkVariants(t, testYAML(inputs...))
}

// TestRelease_sameBytesOfDamage does the same with damaged archives: what is
// reported of the damage must not depend on how the file was cut.
func TestRelease_sameBytesOfDamage(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds of work for each variant")
	}
	var inputs []string
	for _, d := range damagedCopies {
		inputs = append(inputs, crawlDev(t, d.file))
	}
	checkVariants(t, testYAML(inputs...))
}

func checkVariants(t *testing.T, yaml string) {
	var want map[string]string
	groups := map[int]bool{}
	for _, v := range variants {
		dir := filepath.Join(t.TempDir(), "run")
		r := runConfig(t, yaml+v.tasks, dir, v.o)
		groups[len(r.Plan.Groups)] = true
		got := releaseOf(t, dir)
		if want == nil {
			want = got
			verifyRelease(t, dir)
			if len(got) < 10 {
				t.Errorf("the release has %d files only: %v", len(got), got)
			}
			continue
		}
		sameRelease(t, fmt.Sprintf("%s (%d groups)", v.name, len(r.Plan.Groups)), want, got)
		if v.o.Shuffle != 0 && len(started(t, dir)) != 2*taskCount(r.Plan) {
			t.Errorf("%s: %d tasks started, want every one of %d twice", v.name, len(started(t, dir)), taskCount(r.Plan))
		}
	}
	if len(groups) < 3 {
		t.Errorf("the variants have only %d different numbers of groups", len(groups))
	}
}

// TestRelease_inputOrderIsCanonical names the files of one folder as a folder, a
// pattern and one by one.
func TestRelease_inputOrderIsCanonical(t *testing.T) {
	in := t.TempDir()
	inputs := writeCrawl(t, in)
	slices.Sort(inputs)
	var want map[string]string
	for _, list := range [][]string{inputs, {in}, {filepath.Join(in, "*")}} {
		dir := filepath.Join(t.TempDir(), "run")
		runConfig(t, testYAML(list...), dir, RunOptions{})
		got := digests(t, filepath.Join(dir, ReleaseDir, "all"))
		if want == nil {
			want = got
		}
		sameRelease(t, fmt.Sprint(list), want, got)
	}
}
