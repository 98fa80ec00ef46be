package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/qingliu/qingliu/internal/storage"
)

// stdinDir holds the copy of standard input in a run folder: input/DIGEST/stdin.
const stdinDir = "input"

// spoolStdin replaces the input "-" by a copy of standard input in the run folder,
// so that every task, engine and resumed run can read it again. The same bytes
// give the same copy. Where standard input is empty, the copy of an earlier start
// stands.
func (c *Config) spoolStdin(ctx context.Context, dir string, stdin io.Reader) (*Config, error) {
	at := slices.IndexFunc(c.Input, func(in Input) bool { return in.Path == "-" })
	if at < 0 {
		return c, nil
	}
	if slices.ContainsFunc(c.Input[at+1:], func(in Input) bool { return in.Path == "-" }) {
		return nil, configError("input -: standard input can be read once only")
	}
	path, err := copyStdin(ctx, filepath.Join(dir, stdinDir), stdin)
	if err != nil {
		return nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	d := *c
	d.Input = slices.Clone(c.Input)
	d.Input[at].Path = path
	return &d, nil
}

// copyStdin returns the path of the copy.
func copyStdin(ctx context.Context, dir string, stdin io.Reader) (string, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	w, err := storage.Create(filepath.Join(dir, "new"))
	if err != nil {
		return "", err
	}
	defer w.Abort()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, h), contextReader{ctx, stdin})
	if err != nil {
		return "", fmt.Errorf("standard input: %w", err)
	}
	if n == 0 {
		old, err := filepath.Glob(filepath.Join(dir, "*", "stdin"))
		switch {
		case err != nil:
			return "", err
		case len(old) == 0:
			return "", configError("input -: standard input is empty")
		case len(old) > 1:
			return "", configError("input -: standard input is empty, and %s has several copies of earlier starts; give the input again", dir)
		}
		return old[0], nil
	}
	path := filepath.Join(dir, hex.EncodeToString(h.Sum(nil)[:16]), "stdin")
	if _, err := os.Stat(path); err == nil {
		return path, nil // keeps its date, so that work over it stands
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := w.Commit(); err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Dir(path), 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return path, os.Rename(w.Name(), path)
}

// contextReader stops a copy that is cancelled.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
