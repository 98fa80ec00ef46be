package storage

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// tempPrefix begins the name of every unfinished file; readers pass over it.
const tempPrefix = ".tmp-"

func isTemp(name string) bool { return strings.HasPrefix(filepath.Base(name), tempPrefix) }

// Writer writes one output file under a temporary name in the folder of the
// final one. Exactly one of Commit and Abort ends it; what is called after that
// does nothing. It belongs to one goroutine at a time.
type Writer struct {
	file  *os.File
	final string
	done  bool
}

// Create starts the file that Commit will call final. Its folder must exist.
// Attempts of several goroutines, processes or machines at the same file do not
// meet before Commit; the last one to commit wins.
func Create(final string) (*Writer, error) {
	dir, base := filepath.Split(final)
	if base == "" || isTemp(base) {
		return nil, fmt.Errorf("%s: not the name of an output file", final)
	}
	// rand.Text is 26 letters: 128 bits, so a second try is never needed.
	name := dir + tempPrefix + strconv.Itoa(os.Getpid()) + "-" + rand.Text()
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", final, err)
	}
	return &Writer{file: f, final: final}, nil
}

// Name returns the final name.
func (w *Writer) Name() string { return w.final }

// Write appends p. The error names the file.
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	if err != nil {
		err = fmt.Errorf("%s: %w", w.final, err)
	}
	return n, err
}

// Commit makes the file appear, complete and durable: fsync, rename, fsync of
// the folder. When it fails before the rename the temporary file is removed and
// an older file of the final name is as it was.
func (w *Writer) Commit() error {
	if w.done {
		return nil
	}
	w.done = true
	temp := w.file.Name()
	err := errors.Join(w.file.Sync(), w.file.Close())
	if err == nil {
		err = os.Rename(temp, w.final)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", w.final, errors.Join(err, os.Remove(temp)))
	}
	if err := syncDir(filepath.Dir(w.final)); err != nil {
		return fmt.Errorf("%s: %w", w.final, err)
	}
	return nil
}

// Abort removes what was written. After Commit it does nothing, so it can be
// deferred.
func (w *Writer) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	if err := errors.Join(w.file.Close(), os.Remove(w.file.Name())); err != nil {
		return fmt.Errorf("%s: %w", w.final, err)
	}
	return nil
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// SweepTemp removes the unfinished files that dead attempts left directly in dir
// and returns how many it removed. The caller makes sure that no attempt is under
// way in dir. A folder that does not exist holds none.
func SweepTemp(dir string) (n int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return 0, nil
		}
		return 0, err
	}
	for _, e := range entries {
		if !isTemp(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		switch err := os.Remove(filepath.Join(dir, e.Name())); {
		case err == nil:
			n++
		case !errors.Is(err, fs.ErrNotExist):
			return n, err
		}
	}
	return n, nil
}
