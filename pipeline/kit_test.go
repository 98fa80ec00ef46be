package pipeline

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/qingliu/qingliu/shard"
)

// full reports whether the tests that take minutes are asked for.
func full() bool { return os.Getenv("QINGLIU_FULL") == "1" }

// crawlDev returns the path of a file of the development crawl, or skips.
func crawlDev(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	path, err := filepath.Abs(filepath.Join(dir, "crawl-dev", name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Skipf("no development crawl: %v", err)
	}
	return path
}

// testYAML is a config with small shards, so that few documents make several of
// them, over the inputs given.
func testYAML(inputs ...string) string {
	var b strings.Builder
	b.WriteString("extends: cci@1\nname: test\ninput:\n")
	for _, in := range inputs {
		fmt.Fprintf(&b, "  - {path: %q}\n", in)
	}
	b.WriteString("outputs:\n" +
		"  - {name: all, schema: superset, shard_bytes: 24KiB, frame_bytes: 4KiB}\n" +
		"  - {name: long, schema: cci, where: n_code_points >= 450, shard_bytes: 64KiB}\n")
	return b.String()
}

func parseConfig(t testing.TB, yaml string) *Config {
	t.Helper()
	c, err := ParseConfig("test.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// runConfig prepares dir and runs everything that is missing.
func runConfig(t testing.TB, yaml, dir string, o RunOptions) *RunFolder {
	t.Helper()
	r, err := Prepare(context.Background(), parseConfig(t, yaml), dir)
	if err != nil {
		t.Fatal(err)
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if err := r.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	return r
}

// verifyRelease fails the test where the release of a run does not verify.
func verifyRelease(t testing.TB, dir string) {
	t.Helper()
	if err := shard.Verify(filepath.Join(dir, ReleaseDir), func(format string, args ...any) { t.Errorf(format, args...) }); err != nil {
		t.Error(err)
	}
}

// digests returns the SHA-256 of every file below dir by its path.
func digests(t testing.TB, dir string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		sum := sha256.Sum256(data)
		sums[filepath.ToSlash(rel)] = hex.EncodeToString(sum[:8])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// releaseOf returns the digests of a run's release folder.
func releaseOf(t testing.TB, dir string) map[string]string {
	t.Helper()
	return digests(t, filepath.Join(dir, ReleaseDir))
}

// sameRelease compares every file of a release with what it should be.
func sameRelease(t testing.TB, what string, want, got map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the release differs (-want +got):\n%s", what, diff)
	}
}

// started returns the tasks that a run folder started, in order, as STAGE/INDEX.
func started(t testing.TB, dir string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "tasks.log"))
	if err != nil {
		t.Fatal(err)
	}
	var tasks []string
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			t.Fatalf("tasks.log: bad line %q", line)
		}
		tasks = append(tasks, f[0]+"/"+f[1])
	}
	return tasks
}

// stagesIn returns the distinct stages of a list of started tasks, in the order
// of the walk.
func stagesIn(tasks []string) []string {
	names := []string{}
	for _, s := range stages {
		for _, task := range tasks {
			if strings.HasPrefix(task, s.name+"/") {
				names = append(names, s.name)
				break
			}
		}
	}
	return names
}

// stagesWithoutScores returns the stages that a config without scores runs.
func stagesWithoutScores() []string {
	return slices.DeleteFunc(StageNames(), func(s string) bool { return s == "scores" })
}

// taskCount returns how many tasks a plan has.
func taskCount(p *Plan) (n int) {
	for _, s := range p.Stages {
		n += s.Tasks
	}
	return n
}

// unzstd returns the content of a zstd file.
func unzstd(t testing.TB, path string) []byte {
	t.Helper()
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	data, err := d.DecodeAll(packed, nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return data
}

// fateLine is one line of the list of fates.
type fateLine struct {
	File   string `json:"file"`
	Record int    `json:"record"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Fate   string `json:"fate"`
	Detail string `json:"detail"`
}

// fateLines reads the list of fates of a finished run.
func fateLines(t testing.TB, r *RunFolder) []fateLine {
	t.Helper()
	path, err := r.path("finish", 0, fatesFile)
	if err != nil {
		t.Fatal(err)
	}
	var lines []fateLine
	sc := bufio.NewScanner(bytes.NewReader(unzstd(t, path)))
	for sc.Scan() {
		var l fateLine
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	return lines
}

// readLedger reads the ledger of a release.
func readLedger(t testing.TB, dir string) *shard.Ledger {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, ReleaseDir, shard.LedgerName))
	if err != nil {
		t.Fatal(err)
	}
	l, err := shard.ParseLedger(data)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// topLevelKeys returns the YAML keys of Config in order.
func topLevelKeys() []string {
	var keys []string
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get("yaml"))
	}
	return keys
}
