package storage

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestOpen_readsAtOffsets(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a.warc")
	put(t, name, "清流 crawl")
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Size() != 12 || f.Info().Name != name {
		t.Errorf("Size = %d, Name = %q", f.Size(), f.Info().Name)
	}
	b := make([]byte, 5)
	if _, err := f.ReadAt(b, 7); err != nil || string(b) != "crawl" {
		t.Errorf("ReadAt = %q, %v", b, err)
	}
	if _, err := f.ReadAt(b, 9); err != io.EOF {
		t.Errorf("ReadAt over the end: %v, want EOF", err)
	}
}

func TestOpen_identityChangesWithTheFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a")
	put(t, name, "one")
	identity := func() string {
		f, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		return f.Info().Identity()
	}
	first := identity()
	if again := identity(); again != first {
		t.Errorf("identity of an unchanged file: %q, then %q", first, again)
	}
	put(t, name, "three")
	if other := identity(); other == first {
		t.Errorf("identity of another file is %q too", other)
	}
}

func TestOpen_errorNamesTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	if _, err := Open(missing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("folder: %v", err)
	}
}

func TestGlob(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	for _, n := range []string{"b.warc.gz", "a.warc.gz", "sub/c.html", "sub/deep/d.html", "sub/.hidden", "sub/.git/x", ".tmp-1-AAAA", "weird[1].html"} {
		put(t, filepath.Join(dir, n), n)
	}
	put(t, filepath.Join(other, "secret"), "secret")
	for link, target := range map[string]string{
		"sub/inside":    filepath.Join(dir, "a.warc.gz"), // outside of sub, inside of dir
		"sub/outside":   filepath.Join(other, "secret"),
		"sub/dangling":  "nowhere",
		"sub/folder":    filepath.Join(dir, "sub", "deep"),
		"sub/loop":      "loop",
		"link-to-sub":   "sub",
		"link-to-other": filepath.Join(other, "secret"),
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	for _, c := range []struct {
		name, pattern string
		want          []string
	}{
		{"a file", "a.warc.gz", []string{"a.warc.gz"}},
		{"a file that looks like a pattern", "weird[1].html", []string{"weird[1].html"}},
		{"a pattern", "*.warc.gz", []string{"a.warc.gz", "b.warc.gz"}},
		{"a folder", "sub", []string{"sub/.git/x", "sub/.hidden", "sub/c.html", "sub/deep/d.html"}},
		{"a folder with links inside", "", []string{"a.warc.gz", "b.warc.gz", "sub/.git/x", "sub/.hidden", "sub/c.html", "sub/deep/d.html", "sub/inside", "weird[1].html"}},
		{"a pattern that matches a folder", "su*", []string{"sub/.git/x", "sub/.hidden", "sub/c.html", "sub/deep/d.html"}},
		{"a named link to a folder", "link-to-sub", []string{"link-to-sub/.git/x", "link-to-sub/.hidden", "link-to-sub/c.html", "link-to-sub/deep/d.html"}},
		{"a named link to a file", "link-to-other", []string{"link-to-other"}},
		{"a folder under two names", "*sub", []string{"link-to-sub/.git/x", "link-to-sub/.hidden", "link-to-sub/c.html", "link-to-sub/deep/d.html", "sub/.git/x", "sub/.hidden", "sub/c.html", "sub/deep/d.html"}},
	} {
		got, err := Glob(filepath.Join(dir, c.pattern))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var names []string
		for _, i := range got {
			rel, _ := filepath.Rel(dir, i.Name)
			names = append(names, filepath.ToSlash(rel))
		}
		if diff := cmp.Diff(c.want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	for _, pattern := range []string{"nothing", "*.zip", ".tmp-1-AAAA"} {
		if got, err := Glob(filepath.Join(dir, pattern)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Glob(%q) = %v, %v; want an error that wraps fs.ErrNotExist", pattern, got, err)
		}
	}
	if _, err := Glob(filepath.Join(dir, "[")); !errors.Is(err, filepath.ErrBadPattern) {
		t.Errorf("bad pattern: %v", err)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestWriter_commit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	final := filepath.Join(dir, "part")
	put(t, final, "old")
	w, err := Create(final)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "new"); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(final); string(b) != "old" {
		t.Errorf("before Commit the file holds %q", b)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Abort(), w.Commit()); err != nil {
		t.Errorf("after Commit: %v", err)
	}
	if b, _ := os.ReadFile(final); string(b) != "new" {
		t.Errorf("after Commit the file holds %q", b)
	}
	if diff := cmp.Diff([]string{"part"}, names(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestWriter_abortLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Create(filepath.Join(dir, "part"))
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 1 || !strings.HasPrefix(got[0], ".tmp-") {
		t.Errorf("while writing: %q", got)
	}
	if err := errors.Join(w.Abort(), w.Abort(), w.Commit()); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); got != nil {
		t.Errorf("after Abort: %q", got)
	}
}

func TestWriter_failedCommitCleansUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	final := filepath.Join(dir, "part")
	w, err := Create(final)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(final, "x"), "a folder in the way")
	if err := w.Commit(); err == nil || !strings.Contains(err.Error(), final) {
		t.Errorf("Commit onto a folder: %v", err)
	}
	if diff := cmp.Diff([]string{"part"}, names(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestCreate_errors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing := filepath.Join(dir, "no", "part")
	if _, err := Create(missing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("missing folder: %v", err)
	}
	for _, name := range []string{"", dir + "/", filepath.Join(dir, ".tmp-x")} {
		if _, err := Create(name); err == nil {
			t.Errorf("Create(%q) did not fail", name)
		}
	}
}

func TestWriter_concurrentAttempts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	final := filepath.Join(dir, "part")
	text := strings.Repeat("the same bytes from every attempt\n", 1000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			w, err := Create(final)
			if err != nil {
				t.Error(err)
				return
			}
			defer w.Abort()
			if _, err := io.WriteString(w, text); err != nil {
				t.Error(err)
				return
			}
			if err := w.Commit(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if b, _ := os.ReadFile(final); string(b) != text {
		t.Errorf("the file holds %d bytes, want %d", len(b), len(text))
	}
	if diff := cmp.Diff([]string{"part"}, names(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestSweepTemp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, n := range []string{".tmp-12-AAAA", ".tmp-13-BBBB", "part", ".other", "sub/.tmp-1-C", ".tmp-folder/x"} {
		put(t, filepath.Join(dir, n), n)
	}
	n, err := SweepTemp(dir)
	if n != 2 || err != nil {
		t.Errorf("SweepTemp = %d, %v", n, err)
	}
	if diff := cmp.Diff([]string{".other", ".tmp-folder", "part", "sub"}, names(t, dir)); diff != "" {
		t.Error(diff)
	}
	if n, err := SweepTemp(filepath.Join(dir, "missing")); n != 0 || err != nil {
		t.Errorf("missing folder: %d, %v", n, err)
	}
}
