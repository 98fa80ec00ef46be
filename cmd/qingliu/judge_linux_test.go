package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a terminal that a test types on.
type terminal struct {
	t              *testing.T
	keyboard, tty  *os.File
	mu             sync.Mutex
	screen         []byte // what was printed and not yet awaited
	before         *unix.Termios
	process        *exec.Cmd
	processStopped chan error
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close() })
	s := &terminal{t: t, keyboard: master, tty: tty}
	if s.before, err = unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS); err != nil {
		t.Fatal(err)
	}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			s.mu.Lock()
			s.screen = append(s.screen, buf[:n]...)
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return s
}

// start runs the program on the terminal.
func (s *terminal) start(c *command, args ...string) {
	s.t.Helper()
	s.process = exec.Command(c.bin, args...)
	s.process.Dir = c.dir
	s.process.Stdin, s.process.Stdout, s.process.Stderr = s.tty, s.tty, s.tty
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.processStopped = make(chan error, 1)
	go func() { s.processStopped <- s.process.Wait() }()
	s.t.Cleanup(func() { s.process.Process.Kill() })
}

// await returns what is printed up to and with a text.
func (s *terminal) await(text string) string {
	s.t.Helper()
	for range 2000 {
		s.mu.Lock()
		i := bytes.Index(s.screen, []byte(text))
		if i >= 0 {
			seen := string(s.screen[:i+len(text)])
			s.screen = s.screen[i+len(text):]
			s.mu.Unlock()
			return seen
		}
		s.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
	s.t.Fatalf("%q was not printed; the screen has %q", text, s.screen)
	return ""
}

func (s *terminal) press(keys string) {
	s.t.Helper()
	if _, err := s.keyboard.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// ended waits for the program and returns its exit code. The terminal must be as it
// was before.
func (s *terminal) ended() int {
	s.t.Helper()
	select {
	case <-s.processStopped:
	case <-time.After(10 * time.Second):
		s.t.Fatalf("the program does not end; the screen has %q", s.screen)
	}
	after, err := unix.IoctlGetTermios(int(s.tty.Fd()), unix.TCGETS)
	if err != nil {
		s.t.Fatal(err)
	}
	if *after != *s.before {
		s.t.Errorf("the terminal is left as %+v, was %+v", after, s.before)
	}
	return s.process.ProcessState.ExitCode()
}

// TestSample_keys labels documents by single keys, quits, and goes on.
func TestSample_keys(t *testing.T) {
	c := newCommand(t)
	c.pages(12)
	c.write("c.yaml", machineConfig)
	if code, stderr := c.run("run", "c.yaml", "--out", "out"); code != 0 {
		t.Fatalf("run: exit code %d: %s", code, stderr)
	}
	const prompt = "q quit: "
	s := newTerminal(t)
	s.start(c, "sample", "out", "-n", "5")
	first := s.await(prompt)
	if !strings.Contains(first, "1 of 5") || !strings.Contains(first, colourBold) {
		t.Errorf("the first document is %q", first)
	}
	s.press("g")
	s.await("good\r\n")
	s.await("2 of 5")
	s.await(prompt)
	s.press("x\x1b[B") // no key of ours, and an arrow that ends in B
	s.press("b")
	s.await("bad\r\n")
	s.await("3 of 5")
	s.press("p")
	s.await("previous\r\n")
	s.await("you said bad")
	s.await(prompt)
	s.press("G")
	s.await("good\r\n")
	s.await(prompt)
	s.press("\r")
	s.await("next\r\n")
	s.await("4 of 5")
	s.await(prompt)
	s.press("bq")
	s.await("saved 2 good, 1 bad in out/labels.jsonl")
	if code := s.ended(); code != 0 {
		t.Errorf("q: exit code %d", code)
	}

	data, err := os.ReadFile(filepath.Join(c.dir, "out", "labels.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{}
	said := ""
	for line := range strings.Lines(string(data)) {
		var row struct{ ID, Label string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		labels[row.ID] = row.Label
		said += row.Label + " "
	}
	if said != "good bad good bad " || len(labels) != 3 {
		t.Errorf("labels are %q of %d documents", said, len(labels))
	}

	// What has a label is not asked again: 9 of 12 are left. The limit is beside the
	// value, also one that does not drop.
	s.start(c, "sample", "out", "--near", "line_end_punctuation")
	s.await("kept; keeps line_end_punctuation.min_fraction: 1 against limit 0.106")
	s.await(prompt)
	s.press("b\x04")
	s.await("--set filters.line_end_punctuation.min_fraction=VALUE")
	if code := s.ended(); code != 0 {
		t.Errorf("Ctrl-D: exit code %d", code)
	}

	// 8 are left. Ctrl-C ends it.
	s.start(c, "sample", "out")
	s.await("1 of 8")
	s.await(prompt)
	s.press("\x03")
	s.await("no labels saved")
	if code := s.ended(); code != exitCancelled {
		t.Errorf("Ctrl-C: exit code %d", code)
	}
	s.start(c, "sample", "out", "--again", "-n", "50")
	s.await("1 of 12")
	s.await(prompt)
	if err := s.process.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.ended(); code != exitCancelled {
		t.Errorf("SIGTERM: exit code %d", code)
	}
	s.start(c, "sample", "out", "--where", "n_code_points > 1000000")
	s.await("no document without a label is left")
	if code := s.ended(); code != 0 {
		t.Errorf("empty sample: exit code %d", code)
	}
}
