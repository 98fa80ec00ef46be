package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/qingliu/qingliu/internal/storage"
)

// Marker says that a task is done: it is written last, after its files are in
// place, and carries their digests and the task's counts.
type Marker struct {
	Stage   string           `json:"stage"`
	Version int              `json:"version"`
	Key     string           `json:"key"`
	Outputs []OutputFile     `json:"outputs"`
	Counts  map[string]int64 `json:"counts,omitempty"`
}

// OutputFile is one file of a finished task: KEY.suffix in the stage's folder.
type OutputFile struct {
	Suffix string `json:"suffix"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Parts are digests of pieces that later tasks read alone.
	Parts map[string]string `json:"parts,omitempty"`
}

// dep is a file (or a part of one) that a task reads from an earlier task.
type dep struct {
	stage  string
	index  int
	suffix string
	part   string // "" = the whole file
}

// RunFolder is an opened run folder: its plan, its config and what is done.
type RunFolder struct {
	Dir    string
	Plan   *Plan
	Config *Config

	mu      sync.Mutex
	keys    map[taskID]string
	markers map[taskID]*Marker
	ids     map[int][][16]byte // cache of groupIDs
}

type taskID struct {
	stage string
	index int
}

// OpenRun opens a run folder. It fails where the plan was made by stages of
// another version.
func OpenRun(dir string) (*RunFolder, error) {
	p, err := ReadPlan(dir)
	if err != nil {
		return nil, err
	}
	c, err := LoadConfig(filepath.Join(dir, "config.yaml"), nil)
	if err != nil {
		return nil, err
	}
	r := newRunFolder(dir, p, c)
	return r, r.checkVersions()
}

func newRunFolder(dir string, p *Plan, c *Config) *RunFolder {
	return &RunFolder{Dir: dir, Plan: p, Config: c, keys: map[taskID]string{}, markers: map[taskID]*Marker{}, ids: map[int][][16]byte{}}
}

// checkVersions refuses a plan whose stages are not those of this program.
func (r *RunFolder) checkVersions() error {
	if len(r.Plan.Stages) != len(stages) {
		return fmt.Errorf("%s: the plan has %d stages, this program %d; make a new plan", r.Dir, len(r.Plan.Stages), len(stages))
	}
	for i, s := range stages {
		sp := r.Plan.Stages[i]
		if sp.Name != s.name || sp.Version != s.version {
			return fmt.Errorf("%s: the plan was made for stage %s version %d, this program has %s version %d; run `qingliu plan` again", r.Dir, sp.Name, sp.Version, s.name, s.version)
		}
		if fp := s.fingerprintOf(r.Config); fp != sp.Fingerprint {
			return fmt.Errorf("%s: the plan was made for another config or by another program: stage %s has fingerprint %s, the plan says %s; run `qingliu plan` again", r.Dir, s.name, fp, sp.Fingerprint)
		}
	}
	return nil
}

// keyLength is the number of hex digits of a task key.
const keyLength = 24

// errNotReady means that a task reads files of a task that is not done.
var errNotReady = errors.New("an earlier task is not done")

// key returns the key of a task: a hash over the stage's fingerprint and the
// digests of the files the task reads. It wraps errNotReady while those are
// missing.
func (r *RunFolder) key(s *stage, i int) (string, error) {
	id := taskID{s.name, i}
	r.mu.Lock()
	k, ok := r.keys[id]
	r.mu.Unlock()
	if ok {
		return k, nil
	}
	h := sha256.New()
	sp, _ := r.Plan.Stage(s.name)
	fmt.Fprintf(h, "%s %d %s\n", s.name, s.version, sp.Fingerprint)
	own, err := s.identity(r, i)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "%s\n", own)
	for _, d := range s.deps(r.Plan, i) {
		digest, err := r.digest(d)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %s\n", d.suffix, digest)
	}
	k = hex.EncodeToString(h.Sum(nil)[:keyLength/2])
	r.mu.Lock()
	r.keys[id] = k
	r.mu.Unlock()
	return k, nil
}

func (r *RunFolder) digest(d dep) (string, error) {
	m, err := r.marker(stageByName(d.stage), d.index)
	if err != nil {
		return "", err
	}
	if m == nil {
		return "", fmt.Errorf("%s task %d: %w", d.stage, d.index, errNotReady)
	}
	for _, o := range m.Outputs {
		if o.Suffix != d.suffix {
			continue
		}
		if d.part == "" {
			return o.SHA256, nil
		}
		return o.Parts[d.part], nil
	}
	return "", fmt.Errorf("%s task %d has no output %s", d.stage, d.index, d.suffix)
}

// marker returns the marker of a finished task, nil if the task is not done.
func (r *RunFolder) marker(s *stage, i int) (*Marker, error) {
	id := taskID{s.name, i}
	r.mu.Lock()
	m := r.markers[id]
	r.mu.Unlock()
	if m != nil {
		return m, nil
	}
	k, err := r.key(s, i)
	if err != nil {
		return nil, err
	}
	m, err = readMarker(r.stageFile(s.name, k, "done"))
	if err != nil || m == nil {
		return nil, err
	}
	for _, o := range m.Outputs {
		st, err := os.Stat(r.stageFile(s.name, k, o.Suffix))
		if err != nil || st.Size() != o.Bytes {
			return nil, nil // a file is gone or cut: the task runs again
		}
	}
	if s.valid != nil && !s.valid(r, k) {
		return nil, nil
	}
	r.mu.Lock()
	r.markers[id] = m
	r.mu.Unlock()
	return m, nil
}

func readMarker(path string) (*Marker, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var m Marker
	if json.Unmarshal(data, &m) != nil {
		return nil, nil // markers appear by rename, so this is damage: run again
	}
	return &m, nil
}

// stageFile returns the path of a file of a task.
func (r *RunFolder) stageFile(stage, key, suffix string) string {
	return filepath.Join(r.Dir, stage, key+"."+suffix)
}

// path returns the path of an output of a finished task.
func (r *RunFolder) path(stage string, index int, suffix string) (string, error) {
	k, err := r.key(stageByName(stage), index)
	if err != nil {
		return "", err
	}
	return r.stageFile(stage, k, suffix), nil
}

// open opens an output of a finished task.
func (r *RunFolder) open(stage string, index int, suffix string) (*os.File, int64, error) {
	p, err := r.path(stage, index, suffix)
	if err != nil {
		return nil, 0, err
	}
	f, err := os.Open(p)
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, st.Size(), nil
}

// task is one task while it runs: where it writes and what it counts.
type task struct {
	*RunFolder
	stage   *stage
	index   int
	key     string
	workers int
	events  Events

	mu      sync.Mutex
	outputs []*output
	counts  map[string]int64
}

// output is a file of a running task. It appears under its final name when the
// task commits.
type output struct {
	suffix string
	w      *storage.Writer
	hash   hash.Hash
	n      int64
	parts  map[string]string
}

// Write writes to the temporary file and hashes.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	o.hash.Write(p[:n])
	o.n += int64(n)
	return n, err
}

// sum returns the digest of what was written so far.
func (o *output) sum() string { return hex.EncodeToString(o.hash.Sum(nil)) }

// create starts an output file of the task.
func (t *task) create(suffix string) (*output, error) {
	w, err := storage.Create(t.stageFile(t.stage.name, t.key, suffix))
	if err != nil {
		return nil, err
	}
	o := &output{suffix: suffix, w: w, hash: sha256.New()}
	t.mu.Lock()
	t.outputs = append(t.outputs, o)
	t.mu.Unlock()
	return o, nil
}

// write makes a whole output file from memory.
func (t *task) write(suffix string, data []byte) error {
	o, err := t.create(suffix)
	if err != nil {
		return err
	}
	_, err = o.Write(data)
	return err
}

// count adds to a count of the marker. Counts must be a function of the input.
func (t *task) count(name string, n int64) {
	t.mu.Lock()
	t.counts[name] += n
	t.mu.Unlock()
}

// tempDir returns a new folder for scratch files; it goes when the task ends.
func (t *task) tempDir() (string, func(), error) {
	dir, err := os.MkdirTemp(filepath.Join(t.Dir, t.stage.name), ".tmp-"+t.key+"-")
	if err != nil {
		return "", nil, err
	}
	return dir, func() { os.RemoveAll(dir) }, nil
}

func (t *task) commit() (*Marker, error) {
	m := &Marker{Stage: t.stage.name, Version: t.stage.version, Key: t.key, Counts: t.counts}
	for _, o := range t.outputs {
		if err := o.w.Commit(); err != nil {
			return nil, err
		}
		m.Outputs = append(m.Outputs, OutputFile{Suffix: o.suffix, Bytes: o.n, SHA256: o.sum(), Parts: o.parts})
	}
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, err
	}
	return m, writeFile(t.stageFile(t.stage.name, t.key, "done"), append(data, '\n'))
}

func (t *task) abort() {
	for _, o := range t.outputs {
		o.w.Abort()
	}
}

// writeFile writes a whole file by temporary name, fsync and rename.
func writeFile(path string, data []byte) error {
	w, err := storage.Create(path)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		w.Abort()
		return err
	}
	return w.Commit()
}

// RunTask carries out one task, unless it is done already. It is the only entry
// to the work of a run. workers bounds the goroutines of the per-document
// stages; it never changes a byte of the output.
func RunTask(ctx context.Context, r *RunFolder, stageName string, index, workers int, ev Events) error {
	s := stageByName(stageName)
	if s == nil {
		return fmt.Errorf("no stage %q", stageName)
	}
	if sp, _ := r.Plan.Stage(s.name); index < 0 || index >= sp.Tasks {
		return fmt.Errorf("stage %s has tasks 0 to %d, not %d", s.name, sp.Tasks-1, index)
	}
	if m, err := r.marker(s, index); err != nil || m != nil {
		return err
	}
	return r.runTask(ctx, s, index, workers, ev)
}

// runTask carries out a task whether or not it is done already.
func (r *RunFolder) runTask(ctx context.Context, s *stage, index, workers int, ev Events) (err error) {
	k, err := r.key(s, index)
	if err != nil {
		return err
	}
	if ev == nil {
		ev = noEvents{}
	}
	t := &task{RunFolder: r, stage: s, index: index, key: k, workers: max(workers, 1), events: ev, counts: map[string]int64{}}
	if err := os.MkdirAll(filepath.Join(r.Dir, s.name), 0o777); err != nil {
		return err
	}
	if err := r.logStart(s.name, index, k); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			t.abort()
			err = fmt.Errorf("%s task %d: %w", s.name, index, err)
			if ctx.Err() == nil {
				// best effort: status shows it, the next success removes it
				_ = os.WriteFile(r.stageFile(s.name, k, "failed"), []byte(err.Error()+"\n"), 0o666)
			}
		}
	}()
	if err := s.run(ctx, t); err != nil {
		if ctx.Err() == nil {
			err = r.blameInput(s, index, err)
		}
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m, err := t.commit()
	if err != nil {
		return err
	}
	if err := os.Remove(r.stageFile(s.name, k, "failed")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r.mu.Lock()
	r.markers[taskID{s.name, index}] = m
	r.mu.Unlock()
	return nil
}

// blameInput looks whether a task failed because a work file that it reads was
// damaged after it was written. If so, the file's task counts as not done, and
// the error says so.
func (r *RunFolder) blameInput(s *stage, index int, cause error) error {
	for _, d := range s.deps(r.Plan, index) {
		from := stageByName(d.stage)
		m, err := r.marker(from, d.index)
		if err != nil || m == nil {
			continue
		}
		path := r.stageFile(from.name, m.Key, d.suffix)
		i := slices.IndexFunc(m.Outputs, func(o OutputFile) bool { return o.Suffix == d.suffix })
		if i < 0 || fileHas(path, m.Outputs[i].SHA256) {
			continue
		}
		if err := os.Remove(r.stageFile(from.name, m.Key, "done")); err != nil {
			return errors.Join(cause, err)
		}
		r.mu.Lock()
		clear(r.markers)
		clear(r.keys)
		r.mu.Unlock()
		return fmt.Errorf("%s is damaged; repeat the command, it makes the file again: %w", path, cause)
	}
	return cause
}

// fileHas reports whether the file has the digest.
func fileHas(path, sha string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return err == nil && hex.EncodeToString(h.Sum(nil)) == sha
}

// logStart appends one line to tasks.log: a task was started. The log is for
// people and tests; nothing reads it back.
func (r *RunFolder) logStart(stage string, index int, key string) error {
	f, err := os.OpenFile(filepath.Join(r.Dir, "tasks.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s\t%d\t%s\n", stage, index, key)
	return errors.Join(err, f.Close())
}

// readAll reads a whole output of a finished task.
func (r *RunFolder) readAll(stage string, index int, suffix string) ([]byte, error) {
	f, _, err := r.open(stage, index, suffix)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
