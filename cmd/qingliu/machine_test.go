//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// These tests run the command as a process of its own, in surroundings that a
// machine may have: no permission, no space, an impatient user.

// command is the built program in a folder that any user may enter.
type command struct {
	t   *testing.T
	bin string
	dir string
	uid uint32 // 0: as the test runs
}

func newCommand(t *testing.T) *command {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the command")
	}
	dir := t.TempDir()
	for d := dir; strings.HasPrefix(d, os.TempDir()+string(filepath.Separator)); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(t.TempDir(), "qingliu")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return &command{t: t, bin: bin, dir: dir}
}

func (c *command) write(name, text string) string {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		c.t.Fatal(err)
	}
	return path
}

// run runs the program in its folder and returns exit code and standard error.
func (c *command) run(args ...string) (code int, stderr string) {
	c.t.Helper()
	cmd := exec.Command(c.bin, args...)
	cmd.Dir = c.dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if c.uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: c.uid, Gid: c.uid}}
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), errs.String()
}

// oneError checks the last line of standard error, the only one that is no
// report of a finished stage.
func oneError(t *testing.T, stderr, want string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "qingliu: ") {
			n++
		}
	}
	if n != 1 || !strings.Contains(stderr, want) {
		t.Errorf("standard error is %q, want one error that says %q", stderr, want)
	}
}

const machineConfig = "extends: cci@1\nname: my\ninput: in\noutputs: [{name: all}]\ntasks: {group_bytes: 8KiB}\n"

func (c *command) pages(n int) {
	c.t.Helper()
	text := strings.Split("县文化馆整理了一百多年前的县志，并且把结果贴在门口。|种茶的农户在春天种下了北坡的梯田，这让很多人感到意外。|考古队重新发现了老城墙下的石刻，直到现在还有人提起。|"+
		"气象站逐年测量了夏天的暴雨记录，但是没有人知道原因。|摄影师用镜头留住了一座木结构的廊桥，后来成了全县的一件大事。|山里的孩子向游客介绍了失传已久的皮影戏，不过这只是开始。|"+
		"博物馆从仓库里找到了手抄的药方，也算是给后代留下一点东西。", "|")
	for i := range n {
		body := ""
		for k := range 6 {
			body += "<p>" + text[(i+k*k)%7] + text[(i*3+k)%7] + "编号" + strings.Repeat("甲", i%5+1) + string(rune('一'+i*7+k)) + "。</p>\n"
		}
		c.write(filepath.Join("in", "page"+string(rune('a'+i/26))+string(rune('a'+i%26))+".html"),
			"<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>旧事</title></head><body><div class=\"article\">"+body+"</div></body></html>")
	}
}

// TestNoPermission runs the command as a user who may not read or write.
func TestNoPermission(t *testing.T) {
	c := newCommand(t)
	if os.Getuid() == 0 {
		c.uid = 65534
	}
	c.pages(3)
	c.write("c.yaml", machineConfig)
	for _, path := range []string{"in", "c.yaml", "in/pageab.html"} {
		t.Run("cannot read "+path, func(t *testing.T) {
			full := filepath.Join(c.dir, path)
			st, err := os.Stat(full)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(full, 0); err != nil {
				t.Fatal(err)
			}
			defer os.Chmod(full, st.Mode())
			c.t = t
			code, stderr := c.run("run", "c.yaml", "--out", "out")
			oneError(t, stderr, "permission denied")
			if !strings.Contains(stderr, path) {
				t.Errorf("standard error is %q, it does not name %s", stderr, path)
			}
			want := 2 // seen when the plan is made
			if path == "in/pageab.html" {
				want = 1 // seen by a task
			}
			if code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
			noTrace(t, filepath.Join(c.dir, "out"))
			if _, err := os.Stat(filepath.Join(c.dir, "out")); err == nil && want == 2 {
				t.Error("the run folder was made")
			}
		})
	}
	c.t = t
	if err := os.Mkdir(filepath.Join(c.dir, "sealed"), 0o555); err != nil {
		t.Fatal(err)
	}
	code, stderr := c.run("run", "c.yaml", "--out", "sealed/out")
	if code != 1 && code != 2 {
		t.Errorf("a folder that cannot be written: exit code %d", code)
	}
	oneError(t, stderr, "sealed/out: permission denied")

	if code, stderr := c.run("run", "c.yaml", "--out", "out"); code != 0 {
		t.Errorf("with permission again: exit code %d, %s", code, stderr)
	}
	if code, stderr := c.run("verify", "out/release"); code != 0 {
		t.Errorf("verify: exit code %d, %s", code, stderr)
	}
}

// noTrace checks that a failed run left no release, no temporary file and no
// file of a task without its marker.
func noTrace(t *testing.T, dir string) {
	t.Helper()
	for _, pattern := range []string{"release", ".tmp-*", "*/.tmp-*"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			t.Errorf("the failed run left %q", found)
		}
	}
}

// TestDiskFull runs out of space on a small file system, at several points of
// the walk, then gets more space and goes on.
func TestDiskFull(t *testing.T) {
	c := newCommand(t)
	c.pages(40)
	c.write("c.yaml", machineConfig)
	if code, stderr := c.run("run", "c.yaml", "--out", "calm"); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	want, err := os.ReadFile(filepath.Join(c.dir, "calm", "release", "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	mount := filepath.Join(c.dir, "disk")
	if err := os.Mkdir(mount, 0o777); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, size := range []string{"16k", "64k", "160k", "320k", "480k", "600k", "700k"} {
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", mount).CombinedOutput(); err != nil {
			t.Skipf("no small file system here: %v: %s", err, out)
		}
		func() {
			defer exec.Command("umount", mount).Run()
			code, stderr := c.run("run", "c.yaml", "--out", "disk/out")
			if code != 0 {
				failed++
				if code != 1 {
					t.Errorf("%s: exit code %d, want 1", size, code)
				}
				oneError(t, stderr, "no space left on device")
				noTrace(t, filepath.Join(mount, "out"))
				t.Logf("%s: %s", size, strings.TrimSpace(stderr[strings.LastIndex(stderr, "qingliu: "):]))
			}
			if out, err := exec.Command("mount", "-o", "remount,size=64m", mount).CombinedOutput(); err != nil {
				t.Fatalf("remount: %v: %s", err, out)
			}
			if code, stderr := c.run("run", "c.yaml", "--out", "disk/out"); code != 0 {
				t.Errorf("%s: with more space: exit code %d: %s", size, code, stderr)
				return
			}
			got, err := os.ReadFile(filepath.Join(mount, "out", "release", "SHA256SUMS"))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: with more space the release differs: %v", size, err)
			}
		}()
	}
	if failed < 3 {
		t.Errorf("only %d sizes ran out of space", failed)
	}
}

// TestInterrupt sends SIGINT to a run: it ends with 130 and leaves nothing that
// is not whole; the same command finishes it.
func TestInterrupt(t *testing.T) {
	c := newCommand(t)
	c.pages(60)
	c.write("c.yaml", machineConfig)
	hit := false
	for wait := 2 * time.Millisecond; wait < 2*time.Second && !hit; wait = wait * 3 / 2 {
		if err := os.RemoveAll(filepath.Join(c.dir, "out")); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(c.bin, "run", "c.yaml", "--out", "out")
		cmd.Dir = c.dir
		var errs bytes.Buffer
		cmd.Stderr = &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			if _, err := os.Stat(filepath.Join(c.dir, "out", "tasks.log")); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(wait)
		if err := cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		cmd.Wait()
		switch code := cmd.ProcessState.ExitCode(); code {
		case 0: // too late
			wait /= 4
		case 130:
			hit = true
			oneError(t, errs.String(), "cancelled; the same command continues where it stopped")
			noTrace(t, filepath.Join(c.dir, "out"))
		default:
			t.Fatalf("exit code %d: %s", code, errs.String())
		}
	}
	if !hit {
		t.Fatal("no interrupt hit the run")
	}
	if code, stderr := c.run("run", "c.yaml", "--out", "out"); code != 0 {
		t.Errorf("the same command again: exit code %d: %s", code, stderr)
	}
	if code, stderr := c.run("verify", "out/release"); code != 0 {
		t.Errorf("verify: exit code %d, %s", code, stderr)
	}
}
