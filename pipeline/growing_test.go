package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// startedBy runs fn and returns the tasks it started in dir.
func startedBy(t *testing.T, dir string, fn func()) []string {
	t.Helper()
	before := 0
	if _, err := os.Stat(filepath.Join(dir, "tasks.log")); err == nil {
		before = len(started(t, dir))
	}
	fn()
	return started(t, dir)[before:]
}

// extractKeys returns the keys of the extract tasks that tasks.log names.
func extractKeys(t *testing.T, dir string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "tasks.log"))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); f[0] == "extract" {
			keys = append(keys, f[2])
		}
	}
	return keys
}

// TestGrowing changes the inputs of a finished run: what was extracted before is
// not extracted again, and the release equals that of a fresh run.
func TestGrowing(t *testing.T) {
	for _, tasks := range []string{"tasks: {group_bytes: 1}\n", "tasks: {split_bytes: 16KiB, group_bytes: 64KiB}\n"} {
		if testing.Short() && !strings.Contains(tasks, "split_bytes") {
			continue
		}
		in := t.TempDir()
		inputs := writeCrawl(t, in)
		dir := filepath.Join(t.TempDir(), "run")
		fresh := func(inputs []string) map[string]string {
			d := filepath.Join(t.TempDir(), "fresh")
			runConfig(t, testYAML(inputs...)+tasks, d, RunOptions{})
			return releaseOf(t, d)
		}
		step := func(what string, inputs []string) []string {
			again := startedBy(t, dir, func() { runConfig(t, testYAML(inputs...)+tasks, dir, RunOptions{}) })
			sameRelease(t, what, fresh(inputs), releaseOf(t, dir))
			if keys := extractKeys(t, dir); len(slices.Compact(slices.Sorted(slices.Values(keys)))) != len(keys) {
				t.Errorf("%s: an extract task ran twice: %q", what, keys)
			}
			return again
		}
		step("three archives", inputs[:3])
		old := len(extractKeys(t, dir))
		again := step("a fourth archive", inputs)
		if len(extractKeys(t, dir)) == old {
			t.Error("the new archive was not extracted")
		}
		if want := stagesWithoutScores(); !slices.Equal(stagesIn(again), want) {
			t.Errorf("a fourth archive: ran %q, want all stages", stagesIn(again))
		}

		old = len(extractKeys(t, dir))
		if again := step("the same again", inputs); len(again) != 0 {
			t.Errorf("the same again: ran %q", again)
		}
		// A group that packed ranges of several files stands only as long as all of
		// them do.
		alone := strings.Contains(tasks, "group_bytes: 1}")
		step("the first archive is gone", inputs[1:])
		if n := len(extractKeys(t, dir)); alone && n != old {
			t.Errorf("the first archive is gone: %d extract tasks ran", n-old)
		}

		step("it comes back, last", append(slices.Clone(inputs[1:]), inputs[0]))
		if n := len(extractKeys(t, dir)); alone && n != old {
			t.Errorf("it comes back: %d extract tasks ran", n-old)
		}

		later := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(inputs[2], later, later); err != nil {
			t.Fatal(err)
		}
		again = startedBy(t, dir, func() { runConfig(t, testYAML(inputs...)+tasks, dir, RunOptions{}) })
		sameRelease(t, "an archive was touched", fresh(inputs), releaseOf(t, dir))
		if got := stagesIn(again); !slices.Contains(got, "extract") || slices.Contains(got, "measure") {
			t.Errorf("an archive was touched and holds the same: ran %q, want extract and not measure", got)
		}
	}
}

// change is a change of one top-level key.
type change struct {
	key  string
	name string
	edit func(yaml string) string
	// runs are the stages that design lets run again. A stage whose input bytes
	// stay the same does not run.
	runs string
}

// lay appends a key to a config that does not have it.
func lay(text string) func(string) string {
	return func(yaml string) string { return yaml + text + "\n" }
}

func replace(old, with string) func(string) string {
	return func(yaml string) string {
		if !strings.Contains(yaml, old) {
			panic("no " + old + " in\n" + yaml)
		}
		return strings.ReplaceAll(yaml, old, with)
	}
}

// lengthLimit is a limit that takes some pages of the test crawl.
const lengthLimit = "filters: {length: {min_code_points: 100}}\n"

const fromRank = "rank group compare cluster layout write finish"

// changes has every top-level key. The expectations follow from who reads the
// key: datasets by rank, write and finish; filters and labels by decide; pii by
// measure, of which neither bands nor sketches depend on it; tasks by the plan
// of new inputs only. finish always runs: the manifest names the config.
var changes = []change{
	{"extends", "the preset written out", func(yaml string) string {
		preset, err := os.ReadFile(filepath.Join("..", "configs", "presets", "cci@1.yaml"))
		if err != nil {
			panic(err)
		}
		yaml = strings.Replace(yaml, lengthLimit, "", 1)
		full := strings.Replace(string(preset), "length: {min_code_points: 80}", "length: {min_code_points: 100}", 1)
		return strings.Replace(yaml, "extends: cci@1\n", full, 1)
	}, ""},
	{"input", "a dataset is named", replace("part-0.warc.gz\"", "part-0.warc.gz\", dataset: news"), "rank layout write finish"},
	{"datasets", "a licence", lay("datasets: {test: {licence: contract-1}}"), "rank write finish"},
	{"datasets", "trust that moves no copy", lay("datasets: {test: {trust: 7}}"), "rank write finish"},
	{"extract", "comments, and there are none", lay("extract: {comments: true}"), "extract finish"},
	{"extract", "half of the sites", lay("extract: {sample: 0.5}"), "extract sites measure decide " + fromRank},
	{"sites", "a count that no line is near", lay("sites: {min_count: 6}"), "sites finish"},
	{"sites", "no cutting", lay("sites: {cut: false}"), "sites measure decide " + fromRank},
	{"gates", "a minimum length that takes no near duplicate", lay("gates: {min_code_points: 200}"), "measure decide rank group layout write finish"},
	{"text", "no line rules, and no furniture", lay("text: {line_rules: false}"), "measure finish"},
	{"text", "addresses go, and there are none", lay("text: {cut_addresses: true}"), "measure finish"},
	{"text", "lost line breaks, and none is lost", lay("text: {restore_line_breaks: true}"), "measure finish"},
	{"text", "blanks that are clean", lay("text: {clean_blanks: true}"), "measure finish"},
	{"text", "open ends", lay("text: {cut_open_end: true}"), "measure finish"},
	{"measure", "no signals, and no condition on one", func(yaml string) string {
		return replace("where: n_code_points >= 450", "where: language == zh")(yaml) + "measure: {signals: false}\n"
	}, "measure decide " + fromRank},
	{"models", "a language model", lay("models: {lm: {file: testdata/tiny.arpa}}"), "measure decide rank layout write finish"},
	{"domain", "domains", lay("domain: {file: testdata/tiny.bin}"), "measure decide rank layout write finish"},
	{"scores", "scores of no document, and none is needed", lay("scores: {edu: {files: testdata/noscores.jsonl, missing: allow}}"), "scores decide layout write finish"},
	{"filters", "a tighter limit", replace("min_code_points: 100", "min_code_points: 300"), "decide " + fromRank},
	{"filters", "a looser limit", replace("min_code_points: 100", "min_code_points: 60"), "decide " + fromRank},
	{"filters", "a limit that no page is near", replace("min_code_points: 100", "min_code_points: 101"), "decide rank layout write finish"},
	{"labels", "one type less", lay("labels: {drop_page_types: [list, login]}"), "decide finish"},
	{"urls", "a parameter that no address has", lay("urls: {drop_params: [nonesuch]}"), "measure finish"},
	{"policy", "an owner opts out", lay("policy: [{list: testdata/optout.tsv, reason: opt_out}]"), "decide " + fromRank},
	{"policy", "a list that only tags", lay("policy: [{list: testdata/optout.tsv, reason: opt_out, action: tag}]"), "decide rank layout write finish"},
	{"pii", "e-mail addresses are only tagged", lay("pii: {email: tag}"), "measure decide rank layout write finish"},
	{"dedup", "similarity", lay("dedup: {similarity: 0.999}"), "compare cluster layout write finish"},
	{"dedup", "the first capture of a URL", lay("dedup: {url: first}"), fromRank},
	{"dedup", "no near duplicates", lay("dedup: {near: false}"), "group compare cluster layout write finish"},
	{"outputs", "another level", replace("frame_bytes: 4KiB", "frame_bytes: 4KiB, level: best"), "write finish"},
	{"outputs", "larger shards", replace("shard_bytes: 24KiB", "shard_bytes: 48KiB"), "layout write finish"},
	{"outputs", "another schema", replace("schema: superset", "schema: text"), "write finish"},
	{"statistics", "buckets of a signal", lay("statistics: {score: han_fraction}"), "write finish"},
	{"tokenizers", "a tokenizer", lay("tokenizers: {bytes: testdata/tokenizer.json}"), "write finish"},
	{"network", "more patience", lay("network: {attempts: 20, stall: 2m}"), ""},
	{"publish", "another place", lay("publish: s3://bucket/prefix"), ""},
	{"tasks", "other groups", lay("tasks: {split_bytes: 8KiB, group_bytes: 8KiB}"), ""},
}

// TestChange changes the keys of a config one by one and checks which stages run
// again, and that the release equals that of a fresh run.
func TestChange(t *testing.T) {
	in := t.TempDir()
	inputs := writeCrawl(t, in, 0, 1, 2)
	yaml := testYAML(inputs...) + lengthLimit
	base := filepath.Join(t.TempDir(), "run")
	runConfig(t, yaml, base, RunOptions{})
	covered := []string{"name"} // a run folder belongs to one name: see TestPrepare_otherName
	for _, c := range changes {
		covered = append(covered, c.key)
		t.Run(c.key+", "+c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
				t.Fatal(err)
			}
			again := startedBy(t, dir, func() { runConfig(t, c.edit(yaml), dir, RunOptions{}) })
			if diff := cmp.Diff(strings.Fields(c.runs), append([]string{}, stagesIn(again)...)); diff != "" {
				t.Errorf("stages that ran again (-want +got):\n%s", diff)
			}
			other := filepath.Join(t.TempDir(), "fresh")
			runConfig(t, c.edit(yaml), other, RunOptions{})
			sameRelease(t, "against a fresh run", releaseOf(t, other), releaseOf(t, dir))
			verifyRelease(t, dir)
		})
	}
	slices.Sort(covered)
	keys := topLevelKeys()
	slices.Sort(keys)
	if diff := cmp.Diff(keys, slices.Compact(covered)); diff != "" {
		t.Errorf("keys of a config and keys that the test changes (-want +got):\n%s", diff)
	}
}

// TestPrepare_otherName gives the run folder to a config of another name.
func TestPrepare_otherName(t *testing.T) {
	in := t.TempDir()
	inputs := writeCrawl(t, in, 0)
	dir := filepath.Join(t.TempDir(), "run")
	runConfig(t, testYAML(inputs...), dir, RunOptions{})
	before := digests(t, dir)
	_, err := Prepare(t.Context(), parseConfig(t, strings.Replace(testYAML(inputs...), "name: test\n", "name: other\n", 1)), dir)
	if err == nil || !strings.Contains(err.Error(), `"test"`) || !strings.Contains(err.Error(), `"other"`) {
		t.Errorf("Prepare: %v, want an error that names both configs", err)
	}
	sameRelease(t, "the run folder", before, digests(t, dir))
}

// TestChange_trustMovesKeepers changes which copy stays.
func TestChange_trustMovesKeepers(t *testing.T) {
	in := t.TempDir()
	inputs := writeCrawl(t, in, 0, 1)
	yaml := replace("part-1.warc\"", "part-1.warc\", dataset: second")(testYAML(inputs...))
	dir, other := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "fresh")
	runConfig(t, yaml, dir, RunOptions{})
	yaml += "datasets: {second: {trust: 9}}\n"
	again := startedBy(t, dir, func() { runConfig(t, yaml, dir, RunOptions{}) })
	if diff := cmp.Diff(strings.Fields(fromRank), stagesIn(again)); diff != "" {
		t.Errorf("stages that ran again (-want +got):\n%s", diff)
	}
	runConfig(t, yaml, other, RunOptions{})
	sameRelease(t, "against a fresh run", releaseOf(t, other), releaseOf(t, dir))
}

// TestChange_limitOnLargeCrawl loosens one limit on three large archives and
// reports how long the stages from decide on take; the time is not asserted.
func TestChange_limitOnLargeCrawl(t *testing.T) {
	if !full() {
		t.Skip("a minute of work; QINGLIU_FULL=1 runs it")
	}
	yaml := fmt.Sprintf("extends: cci@1\nname: test\ninput: [%q, %q, %q]\noutputs: [{name: all, schema: cci}]\n",
		crawlDev(t, "crawl-large-01.warc.gz"), crawlDev(t, "crawl-large-02.warc.gz"), crawlDev(t, "crawl-large-03.warc.gz"))
	dir, other := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "fresh")
	runConfig(t, yaml, dir, RunOptions{})
	yaml += "filters: {length: {min_code_points: 60}}\n"
	start := time.Now()
	again := startedBy(t, dir, func() { runConfig(t, yaml, dir, RunOptions{}) })
	t.Logf("a loosened limit took %v", time.Since(start))
	if diff := cmp.Diff(strings.Fields("decide "+fromRank), stagesIn(again)); diff != "" {
		t.Errorf("stages that ran again (-want +got):\n%s", diff)
	}
	runConfig(t, yaml, other, RunOptions{})
	sameRelease(t, "against a fresh run", releaseOf(t, other), releaseOf(t, dir))
}
