package shard

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// maxJSONBytes bounds manifest.json, ledger.json and SHA256SUMS.
const maxJSONBytes = 1 << 30

// maxPerFile is how many problems of the same file or list are reported one by
// one; the rest is counted.
const maxPerFile = 20

// Verify hashes and counts every file of the release folder dir again and
// reports each problem with the file and the cause, one per call. It checks
//
//   - shards: checksums packed and unpacked, rows, frames, sizes, code points,
//     first and last id, that each row is a JSON object with the same keys in
//     the same order, that records do not span frames, that no id occurs twice
//     in an output, and sidecars against their shard;
//   - ledger.json: everything [Ledger.Check] does, its totals, its inputs and
//     the kept documents against the manifest;
//   - the other files of the manifest and SHA256SUMS, and that the folder holds
//     no file without an entry.
//
// The error tells the number of problems, nil if there is none. Memory is
// bounded by one frame and 8 bytes per row of the largest output.
func Verify(dir string, report func(format string, args ...any)) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return VerifyFS(root.FS(), dir, report)
}

// VerifyFS is [Verify] for a release in a file system that the error calls name.
// Its files must implement io.ReaderAt. Where folders cannot be listed, that is
// where ReadDir fails with errors.ErrUnsupported, nothing looks for files without
// an entry.
func VerifyFS(fsys fs.FS, name string, report func(format string, args ...any)) error {
	v := &verifier{root: fsys, report: report, seen: map[string]FileSum{}}
	v.run()
	switch v.problems {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s: 1 problem", name)
	}
	return fmt.Errorf("%s: %d problems", name, v.problems)
}

type verifier struct {
	root     fs.FS
	report   func(format string, args ...any)
	problems int
	seen     map[string]FileSum // what the files of the manifest really hold
}

func (v *verifier) problem(format string, args ...any) {
	v.problems++
	if v.report != nil {
		v.report(format, args...)
	}
}

func (v *verifier) run() {
	b, err := v.read(ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		v.problem("%s: there is none: no release, or one that was not finished or not published to its end", ManifestName)
		return
	}
	if err != nil {
		v.problem("%s: %v", ManifestName, err)
		return
	}
	m, err := ParseManifest(b)
	if err != nil {
		v.problem("%s: %v", ManifestName, err)
		return
	}
	for i := range m.Outputs {
		v.output(m, &m.Outputs[i])
	}
	for _, f := range m.Files {
		if !v.claim(f.Path) {
			continue
		}
		got, err := v.sum(f.Path)
		if err != nil {
			v.problem("%s: %v", f.Path, err)
			continue
		}
		v.compare(f, got)
	}
	v.ledger(m)
	v.sums()
	v.strays()
}

// claim notes that the manifest has an entry for name.
func (v *verifier) claim(name string) bool {
	if !fs.ValidPath(name) || name == "." || name == ManifestName || name == SumsName {
		v.problem("%s: bad path %q", ManifestName, name)
		return false
	}
	if _, ok := v.seen[name]; ok {
		v.problem("%s: %s has two entries", ManifestName, name)
		return false
	}
	v.seen[name] = FileSum{Path: name}
	return true
}

// compare reports what differs between an entry and its file.
func (v *verifier) compare(want, got FileSum) {
	v.seen[want.Path] = got
	if want.Bytes != got.Bytes {
		v.problem("%s: %d bytes, the manifest says %d", want.Path, got.Bytes, want.Bytes)
	}
	if want.SHA256 != got.SHA256 {
		v.problem("%s: SHA-256 is %s, the manifest says %s", want.Path, got.SHA256, want.SHA256)
	}
}

func (v *verifier) read(name string) ([]byte, error) {
	f, err := v.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxJSONBytes+1))
	if err == nil && len(b) > maxJSONBytes {
		err = fmt.Errorf("more than %d bytes", maxJSONBytes)
	}
	return b, err
}

func (v *verifier) sum(name string) (FileSum, error) {
	f, err := v.root.Open(name)
	if err != nil {
		return FileSum{}, err
	}
	defer f.Close()
	h := newSummer(f)
	return h.finish(name)
}

// ledger checks ledger.json by itself and against the manifest.
func (v *verifier) ledger(m *Manifest) {
	if _, ok := v.seen[LedgerName]; !ok {
		v.problem("%s: no entry for %s", ManifestName, LedgerName)
	}
	b, err := v.read(LedgerName)
	var l *Ledger
	if err == nil {
		l, err = ParseLedger(b)
	}
	if err != nil {
		v.problem("%s: %v", LedgerName, err)
		return
	}
	for _, err := range l.Check() {
		v.problem("%s: %v", LedgerName, err)
	}
	if t := l.Totals.Totals(); t != m.Ledger {
		v.problem("%s: totals %+v, the manifest says %+v", LedgerName, t, m.Ledger)
	}
	inputs := map[string]string{}
	for _, in := range m.Inputs {
		inputs[in.Path] = in.SHA256
	}
	for _, f := range l.Files {
		if sum, ok := inputs[f.Path]; !ok {
			v.problem("%s: %s is no input of the manifest", LedgerName, f.Path)
		} else if sum != f.SHA256 {
			v.problem("%s: %s: SHA-256 %s, the manifest says %s", LedgerName, f.Path, f.SHA256, sum)
		}
		delete(inputs, f.Path)
	}
	for _, in := range m.Inputs {
		if _, ok := inputs[in.Path]; ok {
			v.problem("%s: no account of input %s", LedgerName, in.Path)
			delete(inputs, in.Path)
		}
	}
}

// sums checks SHA256SUMS, which lists every file but itself.
func (v *verifier) sums() {
	b, err := v.read(SumsName)
	if err != nil {
		v.problem("%s: %v", SumsName, err)
		return
	}
	listed := map[string]bool{}
	for n, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		sum, name, ok := strings.Cut(line, "  ")
		if !ok || !fs.ValidPath(name) {
			v.problem("%s: line %d: no checksum and path", SumsName, n+1)
			continue
		}
		listed[name] = true
		got, ok := v.seen[name]
		if !ok || got.SHA256 == "" {
			if got, err = v.sum(name); err != nil {
				v.problem("%s: line %d: %v", SumsName, n+1, err)
				continue
			}
		}
		if got.SHA256 != sum {
			v.problem("%s: line %d: SHA-256 of %s is %s", SumsName, n+1, name, got.SHA256)
		}
	}
	want := []string{ManifestName}
	for name := range v.seen {
		want = append(want, name)
	}
	slices.Sort(want)
	for _, name := range want {
		if !listed[name] {
			v.problem("%s: %s is missing", SumsName, name)
		}
	}
}

// strays reports files without an entry and entries that are no regular file.
func (v *verifier) strays() {
	err := fs.WalkDir(v.root, ".", func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, errors.ErrUnsupported) {
			return fs.SkipAll
		}
		if err != nil {
			v.problem("%s: %v", name, err)
			return nil
		}
		_, known := v.seen[name]
		known = known || name == ManifestName || name == SumsName
		switch {
		case d.IsDir():
		case !known:
			v.problem("%s: no entry in %s", name, ManifestName)
		case !d.Type().IsRegular():
			v.problem("%s: no regular file", name)
		}
		return nil
	})
	if err != nil {
		v.problem("%v", err)
	}
}

// summer hashes a file while something else reads it.
type summer struct {
	r io.Reader
	h interface {
		io.Writer
		Sum([]byte) []byte
	}
	n int64
}

func newSummer(r io.Reader) *summer { return &summer{r: r, h: sha256.New()} }

func (s *summer) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.h.Write(p[:n])
	s.n += int64(n)
	return n, err
}

// finish reads the rest and returns size and checksum of the whole file.
func (s *summer) finish(name string) (FileSum, error) {
	_, err := io.Copy(io.Discard, s)
	return FileSum{Path: name, Bytes: s.n, SHA256: hex.EncodeToString(s.h.Sum(nil))}, err
}
