//go:build unix

package pipeline

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// buildCommand builds the program as users get it.
func buildCommand(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "qingliu")
	if out, err := exec.Command("go", "build", "-o", bin, "../cmd/qingliu").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// killer runs the command on a run folder again and again and kills it inside a
// stage. It learns of every task start at once because tasks.log is a pipe.
type killer struct {
	t      *testing.T
	args   []string // of the command
	dir    string
	slots  int
	starts chan taskStart
	log    []string // STAGE/INDEX of every task started
	kills  int
}

type taskStart struct{ stage, index, key string }

func newKiller(t *testing.T, dir string, slots int, args ...string) *killer {
	t.Helper()
	fifo := filepath.Join(dir, "tasks.log")
	if err := syscall.Mkfifo(fifo, 0o666); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	f, err := os.OpenFile(fifo, os.O_RDWR, 0) // the pipe never ends: we hold a writing end, too
	if err != nil {
		t.Fatal(err)
	}
	k := &killer{t: t, args: args, dir: dir, slots: slots, starts: make(chan taskStart, 1024)}
	var done sync.WaitGroup
	done.Go(func() {
		sc := bufio.NewScanner(f)
		for sc.Scan() {
			if p := strings.Split(sc.Text(), "\t"); len(p) == 3 {
				k.starts <- taskStart{p[0], p[1], p[2]}
			}
		}
	})
	t.Cleanup(func() { f.Close(); done.Wait() })
	return k
}

// temps returns the temporary files and folders of a stage.
func (k *killer) temps(stage string) []string {
	found, _ := filepath.Glob(filepath.Join(k.dir, stage, ".tmp-*"))
	if stage == "finish" {
		top, _ := filepath.Glob(filepath.Join(k.dir, ".tmp-*"))
		found = append(found, top...)
	}
	return found
}

// run runs the command; stage is where it is killed, "" lets it end. With wait,
// the kill comes when the first temporary file shows up, without it at once. It
// returns the task of the stage that was started, and what the command printed.
func (k *killer) run(stage string, wait time.Duration) (taskStart, string) {
	k.t.Helper()
	cmd := exec.Command(k.args[0], k.args[1:]...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	before := map[string]bool{}
	for _, f := range k.temps(stage) {
		before[f] = true
	}
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var hit taskStart
	for {
		select {
		case s := <-k.starts:
			k.log = append(k.log, s.stage+"/"+s.index)
			if s.stage != stage || hit.key != "" {
				continue
			}
			hit = s
			for end := time.Now().Add(wait); time.Now().Before(end); runtime.Gosched() {
				if fresh(k.temps(stage), before) {
					break
				}
			}
			if err := cmd.Process.Kill(); err != nil {
				k.t.Fatal(err)
			}
			k.kills++
		case err := <-ended:
			for more := true; more; {
				select {
				case s := <-k.starts:
					k.log = append(k.log, s.stage+"/"+s.index)
				case <-time.After(20 * time.Millisecond): // what the pipe still holds
					more = false
				}
			}
			// 3: done, and one line of the input is no JSON.
			if code := cmd.ProcessState.ExitCode(); stage == "" && code != 3 {
				k.t.Fatalf("the command ended with %v, want exit code 3\n%s", err, out.String())
			}
			return hit, out.String()
		}
	}
}

func fresh(files []string, before map[string]bool) bool {
	for _, f := range files {
		if !before[f] {
			return true
		}
	}
	return false
}

// TestKill kills a run with SIGKILL inside every stage, by a missing marker or a
// temporary file, resumes it after each kill, and compares the release with that
// of a run that nobody disturbed.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command and starts it some thirty times")
	}
	bin := buildCommand(t)
	in := t.TempDir()
	inputs := writeCrawl(t, in)
	jsonl, html := writeTexts(t, in)
	scores := writeInput(t, filepath.Join(in, "scores.jsonl"), nil) // so that the stage has a task
	yaml := testYAML(append(inputs, jsonl, html)...) + "tasks: {split_bytes: 16KiB, group_bytes: 32KiB}\n" +
		fmt.Sprintf("scores: {edu: {files: %q, missing: allow}}\n", scores)
	config := filepath.Join(in, "test.yaml")
	if err := os.WriteFile(config, []byte(yaml), 0o666); err != nil {
		t.Fatal(err)
	}
	calm := filepath.Join(t.TempDir(), "calm")
	runConfig(t, yaml, calm, RunOptions{})
	want := releaseOf(t, calm)

	dir := filepath.Join(t.TempDir(), "run")
	r, err := Prepare(t.Context(), parseConfig(t, yaml), dir)
	if err != nil {
		t.Fatal(err)
	}
	k := newKiller(t, dir, 2, bin, "run", config, "--out", dir, "-j", "2")
	withTemp := 0
	for _, s := range stages {
		temps, killed := k.inside(s.name)
		if !killed {
			t.Errorf("%s: no kill hit the stage", s.name)
		}
		if len(temps) > 0 {
			withTemp++
		}
		if _, err := os.Stat(filepath.Join(dir, ReleaseDir, "manifest.json")); err == nil && s.name != "finish" {
			t.Errorf("a release appeared before finish, in %s", s.name)
		}
	}
	k.run("", 0)
	sameRelease(t, "after kills in every stage", want, releaseOf(t, dir))
	verifyRelease(t, dir)
	tasks := taskCount(r.Plan)
	t.Logf("%d tasks, %d kills, %d stages left temporary files, %d tasks started", tasks, k.kills, withTemp, len(k.log))
	if most := tasks + k.kills*k.slots; len(k.log) > most {
		t.Errorf("%d tasks started, want at most %d + %d kills × %d slots = %d", len(k.log), tasks, k.kills, k.slots, most)
	}
	if withTemp < len(stages)/2 {
		t.Errorf("only %d kills left a temporary file", withTemp)
	}

	left := allTemps(t, dir)
	if len(left) == 0 {
		t.Error("the kills left no temporary file to sweep")
	}
	if out, err := exec.Command(bin, "clean", dir).CombinedOutput(); err != nil {
		t.Errorf("clean: %v\n%s", err, out)
	}
	if left := allTemps(t, dir); len(left) > 0 {
		t.Errorf("clean left %q", left)
	}
	sameRelease(t, "after clean", want, releaseOf(t, dir))
	n := len(k.log)
	k.run("", 0)
	if len(k.log) != n {
		t.Errorf("after clean, tasks ran again: %q", k.log[n:])
	}
}

// inside kills the command in a stage. A kill that came too late does not count:
// the stage's files are removed and it is tried again.
func (k *killer) inside(stage string) (temps []string, killed bool) {
	k.t.Helper()
	for attempt := range 40 {
		wait := 50 * time.Millisecond
		if attempt%3 == 2 {
			wait = 0
		}
		hit, out := k.run(stage, wait)
		if hit.key == "" {
			k.t.Fatalf("%s was not started again:\n%s", stage, out)
		}
		if _, err := os.Stat(filepath.Join(k.dir, stage, hit.key+".done")); err == nil {
			if err := os.RemoveAll(filepath.Join(k.dir, stage)); err != nil {
				k.t.Fatal(err)
			}
			continue
		}
		return k.temps(stage), true
	}
	return nil, false
}

// allTemps returns the temporary files and folders in a run folder.
func allTemps(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{".tmp-*", "*/.tmp-*"} {
		m, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, m...)
	}
	return found
}
