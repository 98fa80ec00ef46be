// Package storage is the one door to files: inputs are opened for reads at any
// offset, outputs appear under their final name only when they are complete.
//
// Start with [Glob], which turns a pattern, a file or a folder into a sorted
// list, then [Open] and [Create]:
//
//	w, err := storage.Create("out/part-0000.jsonl.zst")
//	…
//	defer w.Abort() // does nothing after Commit
//	…
//	err = w.Commit()
//
// Names are paths, or URLs that a [Network] opens: https://, http:// and objects
// of S3-compatible storage, s3://bucket/key. Remote objects are read in ranges,
// with retries, and as one version: an object that changes is an error.
package storage

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Info describes an input without opening it.
type Info struct {
	Name    string    // the name to give to Open
	Size    int64     // bytes
	ModTime time.Time // UTC; zero where a server does not tell
	ETag    string    // version of a remote object, "" where a server does not tell
	Whole   bool      // the server gives no ranges: a read in the middle costs all before it
}

// Identity returns a short text that changes when the object does: size and
// modification time in nanoseconds, for remote objects size and ETag or
// modification time.
func (i Info) Identity() string {
	switch {
	case i.ETag != "":
		return strconv.FormatInt(i.Size, 10) + "-" + i.ETag
	case i.ModTime.IsZero():
		return strconv.FormatInt(i.Size, 10)
	}
	return strconv.FormatInt(i.Size, 10) + "-" + strconv.FormatInt(i.ModTime.UnixNano(), 10)
}

// File is an input opened for reading. ReadAt may be called from many goroutines
// at once. Info describes the object as it was when it was opened, so a changed
// Identity shows that it was replaced since.
type File interface {
	io.ReaderAt
	io.Closer
	Info() Info
	Size() int64 // bytes, as in Info
	// Expect tells which bytes will be read, in this order: a remote file asks for
	// just these, and for little where it is read elsewhere. Without it a remote
	// file asks for everything behind a read.
	Expect(spans ...Span)
	// PartSHA256 returns the digest of part i of SumParts(Size()). A remote file
	// reads only what was not yet read in file order from the start of the part.
	PartSHA256(i int) ([sha256.Size]byte, error)
}

type localFile struct {
	*os.File
	info Info
}

func (f *localFile) Info() Info  { return f.info }
func (f *localFile) Size() int64 { return f.info.Size }

func (f *localFile) Expect(...Span) {}

func (f *localFile) PartSHA256(i int) ([sha256.Size]byte, error) {
	h := sha256.New()
	part := sumSpan(f.info.Size, i)
	if _, err := io.Copy(h, io.NewSectionReader(f, part.From, part.To-part.From)); err != nil {
		return [sha256.Size]byte{}, err
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// Open opens the regular file called name. The error names it and wraps
// fs.ErrNotExist where that is the reason.
func Open(name string) (File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fmt.Errorf("%s: not a regular file", name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &localFile{File: f, info: newInfo(name, st)}, nil
}

func newInfo(name string, st fs.FileInfo) Info {
	return Info{Name: name, Size: st.Size(), ModTime: st.ModTime().UTC()}
}

// Glob lists the regular files that pattern stands for, sorted by name in byte
// order: the file of that name, all files below the folder of that name, or the
// matches of a pattern in the syntax of path/filepath.Match, where a matching
// folder stands for all files below it. Unfinished files of a Writer are left
// out. A link that is named or
// matched is followed; below a folder links to files are followed as long as they
// stay inside it, and links to folders are not. A file that several matches lead
// to by one name is listed once. Finding nothing is an error that wraps
// fs.ErrNotExist.
func Glob(pattern string) ([]Info, error) {
	names := []string{pattern}
	if _, err := os.Stat(pattern); err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if names, err = filepath.Glob(pattern); err != nil {
			return nil, fmt.Errorf("%s: %w", pattern, err)
		}
	}
	var found []Info
	for _, name := range names {
		st, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		switch {
		case st.Mode().IsRegular():
			if !isTemp(name) {
				found = append(found, newInfo(name, st))
			}
		case st.IsDir():
			if found, err = appendFolder(found, name); err != nil {
				return nil, err
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no such file: %w", pattern, fs.ErrNotExist)
	}
	slices.SortFunc(found, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(found, func(a, b Info) bool { return a.Name == b.Name }), nil
}

// appendFolder appends the regular files below dir.
func appendFolder(dst []Info, dir string) ([]Info, error) {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return dst, err
	}
	// WalkDir does not enter a root that is a link.
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == root {
			return nil
		}
		if e.IsDir() || isTemp(path) {
			return nil
		}
		if e.Type()&fs.ModeSymlink != 0 {
			target, err := filepath.EvalSymlinks(path)
			if err != nil || !inside(root, target) {
				return nil // dangling, or outside of the folder
			}
		}
		st, err := os.Stat(path)
		if err != nil {
			return err
		}
		if st.Mode().IsRegular() {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			dst = append(dst, newInfo(filepath.Join(dir, rel), st))
		}
		return nil
	})
	return dst, err
}

func inside(root, path string) bool {
	rel, err := filepath.Rel(root, path)
	return err == nil && filepath.IsLocal(rel)
}
