package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Folder shows what lies below a remote name, s3://bucket/prefix or a URL, as a
// file system; files can also be read at an offset. A bucket is listed once, here;
// finding nothing there is an error that wraps fs.ErrNotExist. HTTP cannot list:
// ReadDir then fails with errors.ErrUnsupported. Reads end with ctx.
func (n *Network) Folder(ctx context.Context, name string) (fs.FS, error) {
	name = strings.TrimRight(name, "/")
	if err := CheckName(name); err != nil {
		return nil, err
	}
	f := &folder{ctx: ctx, net: n, name: name}
	if !strings.HasPrefix(name, "s3://") {
		return f, nil
	}
	if strings.ContainsAny(name, "*?[") {
		return nil, fmt.Errorf("%s: name a prefix, no pattern", name)
	}
	infos, err := n.globS3(ctx, name)
	if err != nil {
		return nil, err
	}
	f.dirs = map[string][]fs.DirEntry{}
	for _, info := range infos {
		if rel, ok := strings.CutPrefix(info.Name, name+"/"); ok && fs.ValidPath(rel) {
			f.add(rel, info)
		}
	}
	if len(f.dirs) == 0 {
		return nil, fmt.Errorf("%s: %w", name, notFound("no object below it"))
	}
	return f, nil
}

// folder implements fs.FS, fs.StatFS and fs.ReadDirFS.
type folder struct {
	ctx  context.Context // of the reads: fs.FS has no place for it
	net  *Network
	name string                   // without a slash at the end
	dirs map[string][]fs.DirEntry // by path, sorted; nil where nothing can be listed
}

// add enters a listed object and the folders above it.
func (f *folder) add(rel string, info Info) {
	entry := entryInfo{path.Base(rel), info, false}
	for {
		dir := path.Dir(rel)
		entries, known := f.dirs[dir]
		f.dirs[dir] = append(entries, fs.FileInfoToDirEntry(entry))
		if known || dir == "." {
			return
		}
		rel, entry = dir, entryInfo{path.Base(dir), Info{}, true}
	}
}

// Open implements fs.FS. A folder cannot be opened.
func (f *folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, err := f.net.Open(f.ctx, f.name+"/"+name)
	if err != nil {
		return nil, err
	}
	return &folderFile{File: file, sequence: io.NewSectionReader(file, 0, file.Size())}, nil
}

// Stat implements fs.StatFS.
func (f *folder) Stat(name string) (fs.FileInfo, error) {
	if _, ok := f.dirs[name]; ok || name == "." {
		return entryInfo{path.Base(name), Info{}, true}, nil
	}
	file, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return file.Stat()
}

// ReadDir implements fs.ReadDirFS.
func (f *folder) ReadDir(name string) ([]fs.DirEntry, error) {
	if f.dirs == nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.ErrUnsupported}
	}
	entries, ok := f.dirs[name]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return slices.Clone(entries), nil
}

// folderFile is a file of a folder. It has ReadAt beside what fs.File asks for.
type folderFile struct {
	File
	sequence *io.SectionReader
}

func (f *folderFile) Read(p []byte) (int, error) {
	n, err := f.sequence.Read(p)
	return n, changedMeanwhile(err)
}

func (f *folderFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(p, off)
	return n, changedMeanwhile(err)
}

func (f *folderFile) Stat() (fs.FileInfo, error) {
	info := f.Info()
	return entryInfo{path.Base(info.Name), info, false}, nil
}

// changedMeanwhile words ErrChanged for a reader that has no plan.
func changedMeanwhile(err error) error {
	if errors.Is(err, ErrChanged) {
		return errors.New("the object was replaced while it was read")
	}
	return err
}

// entryInfo implements fs.FileInfo.
type entryInfo struct {
	name string
	info Info
	dir  bool
}

func (e entryInfo) Name() string       { return e.name }
func (e entryInfo) Size() int64        { return e.info.Size }
func (e entryInfo) ModTime() time.Time { return e.info.ModTime }
func (e entryInfo) IsDir() bool        { return e.dir }
func (e entryInfo) Sys() any           { return nil }
func (e entryInfo) Mode() fs.FileMode {
	if e.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
