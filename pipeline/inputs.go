package pipeline

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/qingliu/qingliu/internal/storage"
)

// listFiles finds the files of all inputs.
func (p *Plan) listFiles(ctx context.Context, c *Config) error {
	if len(c.Input) == 0 {
		return configError("no input: add one to the config or give --set input=FILE")
	}
	l := lister{ctx: ctx, net: c.network(c.Network.log), limits: &c.Extract.Limits}
	for i, in := range c.Input {
		if in.Path == "-" {
			return configError("input -: standard input can only be read by run and plan")
		}
		found, err := l.list(&in)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var bad *ConfigError
			if errors.As(err, &bad) {
				return err
			}
			why := strings.TrimPrefix(err.Error(), in.Path+": ")
			if errors.Is(err, storage.ErrGivenUp) {
				return fmt.Errorf("input %s: %s", in.Path, why) // the network is at fault, not the config
			}
			return configError("input %s: %s", in.Path, why)
		}
		for _, f := range found {
			f.Dataset, f.Input, f.Format, f.Fields, f.URLPrefix = cmp.Or(in.Dataset, c.Name), i, in.Format, in.Fields, in.URLPrefix
			if f.Select != "" {
				f.Format = "warc"
			}
			if in.OnDamage == damageFail {
				f.OnDamage = damageFail
			}
			p.Files = append(p.Files, f)
		}
	}
	seen := map[string]int{}
	for i, f := range p.Files {
		if j, ok := seen[f.Path]; ok {
			return configError("input %s is named twice, by entries %d and %d of the input list", f.Path, p.Files[j].Input+1, f.Input+1)
		}
		seen[f.Path] = i
	}
	uniqueNames(p.Files)
	return nil
}

// lister finds the files that an entry of the input list stands for.
type lister struct {
	ctx    context.Context
	net    *storage.Network
	limits *LimitsConfig
}

func (l *lister) list(in *Input) ([]File, error) {
	switch {
	case in.List && in.Format == "cc-index":
		return nil, errors.New("an index is a file, folder or pattern, and no list")
	case in.List:
		return l.listed(in)
	case in.Format == "cc-index":
		return l.indexed(in)
	}
	infos, err := l.net.Glob(l.ctx, in.Path)
	switch {
	case err != nil && storage.IsRemote(in.Path):
		return nil, err // says what is missing, object or bucket
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(infos) == 0:
		return nil, configError("input %s: there is no file of this name, none that matches, or the folder is empty", in.Path)
	case err != nil:
		return nil, err
	}
	base := fixedPart(in.Path, len(infos) == 1 && infos[0].Name == in.Path)
	var files []File
	for _, info := range infos {
		f, err := newFile(info)
		if err != nil {
			return nil, err
		}
		f.Name = nameBelow(base, info.Name)
		files = append(files, f)
	}
	return files, nil
}

// newFile returns the entry of the plan for a file, without a name.
func newFile(info storage.Info) (f File, err error) {
	f = File{Path: info.Name, Size: info.Size, Tag: info.Identity(), Whole: info.Whole}
	if !storage.IsRemote(f.Path) {
		f.Path, err = filepath.Abs(f.Path)
	}
	return f, err
}

// nameBelow returns what the release calls a file that a pattern with the fixed
// part base led to.
func nameBelow(base, name string) string {
	if storage.IsRemote(name) {
		name, _, _ = strings.Cut(name, "?")
		if rel, ok := strings.CutPrefix(name, strings.TrimSuffix(base, "/")+"/"); ok {
			return rel
		}
		return name
	}
	if rel, err := filepath.Rel(base, name); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return name
}

// fixedPart returns the folder that a pattern starts from: names in the release
// are relative to it, so they do not depend on where the crawl lies.
func fixedPart(pattern string, plainFile bool) string {
	if scheme, rest, ok := strings.Cut(pattern, "://"); ok {
		rest, _, _ = strings.Cut(rest, "?")
		if scheme != "s3" {
			return scheme + "://" + path.Dir(rest) // the query was cut: nothing is a pattern here
		}
		return scheme + "://" + fixedFolder(strings.TrimSuffix(rest, "/"), plainFile, path.Dir)
	}
	return fixedFolder(filepath.Clean(pattern), plainFile, filepath.Dir)
}

func fixedFolder(dir string, plainFile bool, parent func(string) string) string {
	if plainFile {
		return parent(dir)
	}
	for strings.ContainsAny(dir, "*?[") {
		dir = parent(dir)
	}
	return dir
}

// uniqueNames gives files whose short names collide their paths as names.
func uniqueNames(files []File) {
	count := map[string]int{}
	for _, f := range files {
		count[f.Name]++
	}
	for i := range files {
		if count[files[i].Name] > 1 {
			files[i].Name = files[i].Path
			if !storage.IsRemote(files[i].Path) {
				files[i].Name = filepath.ToSlash(filepath.Clean(files[i].Path))
			}
		}
	}
}

const (
	maxListBytes = 1 << 30 // unpacked bytes of a list of names
	maxListName  = 4096    // bytes of a name in it
	listParallel = 16      // files of a list that are looked up at once
)

// listed returns the files that a list of names stands for, sorted by name.
func (l *lister) listed(in *Input) ([]File, error) {
	f, err := l.net.Open(l.ctx, in.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, configError("input %s: there is no such list", in.Path)
	}
	if err != nil {
		return nil, err
	}
	names, err := readList(io.NewSectionReader(f, 0, f.Size()), l.limits)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("the list names no file")
	}
	files := make([]File, len(names))
	g, ctx := errgroup.WithContext(l.ctx)
	g.SetLimit(listParallel)
	for i, n := range names {
		g.Go(func() error {
			path, name, err := joinPrefix(in.Prefix, n.name)
			if err == nil {
				files[i], err = l.lookUp(ctx, path)
			}
			if err != nil {
				return fmt.Errorf("line %d: %w", n.line, err)
			}
			files[i].Name = name
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return files, nil
}

// lookUp returns the plan's entry for the file or object of just this name.
func (l *lister) lookUp(ctx context.Context, path string) (File, error) {
	f, err := l.net.Open(ctx, path)
	if err != nil {
		return File{}, err
	}
	info := f.Info()
	if err := f.Close(); err != nil {
		return File{}, err
	}
	return newFile(info)
}

// listName is a name in a list.
type listName struct {
	line int // from 1
	name string
}

// readList reads names, one a line, from a plain or packed list. Blank lines do
// not count.
func readList(r *io.SectionReader, limits *LimitsConfig) ([]listName, error) {
	head := make([]byte, 16)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	u, err := limits.unpacked(r, head[:n])
	if err != nil {
		return nil, fmt.Errorf("damaged list: %w", err)
	}
	if c, ok := u.(io.Closer); ok {
		defer c.Close()
	}
	limited := &io.LimitedReader{R: u, N: maxListBytes + 1}
	sc := bufio.NewScanner(limited)
	sc.Buffer(make([]byte, 0, 2*maxListName), 2*maxListName)
	var names []listName
	for line := 1; sc.Scan(); line++ {
		b := bytes.TrimSpace(sc.Bytes())
		switch {
		case len(b) == 0:
			continue
		case len(b) > maxListName:
			return nil, fmt.Errorf("line %d: a name of %d bytes; at most %d are read", line, len(b), maxListName)
		case bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }):
			return nil, fmt.Errorf("line %d: no name of a file: control characters or bytes that are no UTF-8", line)
		}
		names = append(names, listName{line, string(b)})
	}
	switch err := sc.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("a line is longer than %d bytes: no list of names", 2*maxListName)
	case err != nil:
		return nil, fmt.Errorf("damaged list: %w", err)
	case limited.N <= 0:
		return nil, fmt.Errorf("the list is longer than %d bytes unpacked", maxListBytes)
	}
	return names, nil
}

// joinPrefix returns where a listed file lies and what the release calls it. With
// a prefix a name cannot lead out of it.
func joinPrefix(prefix, name string) (file, short string, err error) {
	if prefix == "" {
		_, rest, remote := strings.Cut(name, "://")
		if !remote {
			return name, filepath.ToSlash(filepath.Clean(name)), nil
		}
		rest, _, _ = strings.Cut(rest, "?")
		return name, rest, storage.CheckName(name)
	}
	if storage.IsRemote(name) || !filepath.IsLocal(name) || slices.Contains(strings.Split(name, "/"), "..") {
		return "", "", fmt.Errorf("%.200q leads out of the prefix", name)
	}
	if storage.IsRemote(prefix) {
		return strings.TrimSuffix(prefix, "/") + "/" + name, name, nil
	}
	return filepath.Join(prefix, filepath.FromSlash(name)), path.Clean(name), nil
}
