package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/qingliu/qingliu/internal/storage"
)

// Prepare makes or renews the run folder dir for a config: it plans, keeps the
// groups of an older plan whose files are unchanged, and writes config.yaml and
// plan.json. Work already done stays where its keys still match.
func Prepare(ctx context.Context, c *Config, dir string) (*RunFolder, error) {
	log := c.Network.log
	old, err := ReadPlan(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if old != nil && old.Name != c.Name {
		return nil, configError("%s holds the run %q, this config is %q; use another --out", dir, old.Name, c.Name)
	}
	if old == nil {
		if err := checkEmpty(dir); err != nil {
			return nil, err
		}
	}
	if c, err = c.withAbsolutePaths(); err != nil {
		return nil, err
	}
	if c, err = c.spoolStdin(ctx, dir, os.Stdin); err != nil {
		return nil, err
	}
	yaml, err := c.EffectiveYAML()
	if err != nil {
		return nil, err
	}
	// Plan from what config.yaml will say, so that both always agree.
	if c, err = ParseConfig("config.yaml", yaml); err != nil {
		return nil, err
	}
	c.LogNetwork(log)
	p, err := MakePlan(ctx, c, old)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	if err := writeFile(filepath.Join(dir, "config.yaml"), yaml); err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return nil, err
	}
	if err := writeFile(filepath.Join(dir, "plan.json"), append(data, '\n')); err != nil {
		return nil, err
	}
	return OpenRun(dir)
}

// checkEmpty refuses to use a folder that holds something else.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return configError("%v", err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		// what a start that was killed leaves
		return e.Name() == "config.yaml" || e.Name() == stdinDir || strings.HasPrefix(e.Name(), ".tmp-")
	})
	if len(entries) > 0 {
		return configError("%s is not empty and no run folder (it has no plan.json); use another --out", dir)
	}
	return nil
}

// RunOptions say how the scheduler of one machine works; they never change a
// byte of the release.
type RunOptions struct {
	Workers int    // goroutines for work, at least 1
	Events  Events // may be nil
	// Shuffle, for tests, runs the tasks of a stage in an order drawn from this
	// seed, and every task twice. 0 does neither.
	Shuffle uint64
}

// Run carries out all tasks that are not done, stage by stage.
func (r *RunFolder) Run(ctx context.Context, o RunOptions) error {
	for _, s := range stages {
		if err := r.runStage(ctx, s, o); err != nil {
			return err
		}
	}
	return nil
}

func (r *RunFolder) runStage(ctx context.Context, s *stage, o RunOptions) error {
	sp, _ := r.Plan.Stage(s.name)
	if sp.Tasks == 0 {
		return nil // scores without any
	}
	var missing []int
	for i := range sp.Tasks {
		m, err := r.marker(s, i)
		if err != nil {
			return err
		}
		if m == nil {
			missing = append(missing, i)
		}
	}
	if o.Events != nil {
		o.Events.StageStart(s.name, sp.Tasks, len(missing))
	}
	times := 1
	if o.Shuffle != 0 {
		rng := rand.New(rand.NewPCG(o.Shuffle, uint64(len(s.name))))
		rng.Shuffle(len(missing), func(i, j int) { missing[i], missing[j] = missing[j], missing[i] })
		times = 2
	}
	workers := max(o.Workers, 1)
	parallel := max(1, min(workers, len(missing)))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for _, i := range missing {
		g.Go(func() error {
			for range times {
				if err := gctx.Err(); err != nil {
					return err
				}
				if err := r.runTask(gctx, s, i, max(1, workers/parallel), o.Events); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if o.Events != nil {
		o.Events.StageEnd(s.name)
	}
	return nil
}

// TaskState is what status says of a task.
type TaskState string

// States of a task.
const (
	TaskDone    TaskState = "done"
	TaskMissing TaskState = "missing" // not run yet, or waiting for earlier tasks
	TaskFailed  TaskState = "failed"  // the last attempt failed
	TaskDamaged TaskState = "damaged" // done once, but a file is gone or cut: it will run again
)

// StageState says how far a stage is.
type StageState struct {
	Name    string   `json:"name"`
	Tasks   int      `json:"tasks"`
	Missing []int    `json:"missing"` // tasks to run, failed and damaged ones included
	Failed  []int    `json:"failed,omitempty"`
	Damaged []int    `json:"damaged,omitempty"`
	Errors  []string `json:"errors,omitempty"` // what the failed tasks said
}

// Stages returns the state of every stage in order.
func (r *RunFolder) Stages() ([]StageState, error) {
	var out []StageState
	for _, s := range stages {
		sp, _ := r.Plan.Stage(s.name)
		st := StageState{Name: s.name, Tasks: sp.Tasks, Missing: []int{}}
		for i := range sp.Tasks {
			state, msg, err := r.state(s, i)
			if err != nil {
				return nil, err
			}
			if state != TaskDone {
				st.Missing = append(st.Missing, i)
			}
			switch state {
			case TaskFailed:
				st.Failed = append(st.Failed, i)
				st.Errors = append(st.Errors, msg)
			case TaskDamaged:
				st.Damaged = append(st.Damaged, i)
			}
		}
		out = append(out, st)
	}
	return out, nil
}

func (r *RunFolder) state(s *stage, i int) (TaskState, string, error) {
	m, err := r.marker(s, i)
	if errors.Is(err, errNotReady) {
		return TaskMissing, "", nil
	}
	if err != nil {
		return "", "", err
	}
	if m != nil {
		return TaskDone, "", nil
	}
	k, err := r.key(s, i)
	if err != nil {
		return "", "", err
	}
	if msg, err := os.ReadFile(r.stageFile(s.name, k, "failed")); err == nil {
		return TaskFailed, string(msg), nil
	}
	if _, err := os.Stat(r.stageFile(s.name, k, "done")); err == nil {
		return TaskDamaged, "", nil
	}
	return TaskMissing, "", nil
}

// Finished reports whether the release is complete.
func (r *RunFolder) Finished() (bool, error) {
	m, err := r.marker(stageByName("finish"), 0)
	if errors.Is(err, errNotReady) {
		return false, nil
	}
	return m != nil, err
}

// FinishCounts returns the counts of the finish task: kept, unreadable, gaps.
func (r *RunFolder) FinishCounts() (map[string]int64, error) {
	m, err := r.marker(stageByName("finish"), 0)
	if err != nil || m == nil {
		return nil, err
	}
	return m.Counts, nil
}

// knownKeys returns the keys of a stage's tasks, and whether all of them are
// known: those of a task that waits for an earlier one are not.
func (r *RunFolder) knownKeys(s *stage) (keys map[string]bool, all bool, err error) {
	keys, all = map[string]bool{}, true
	sp, _ := r.Plan.Stage(s.name)
	for i := range sp.Tasks {
		k, err := r.key(s, i)
		if errors.Is(err, errNotReady) {
			all = false
			continue
		}
		if err != nil {
			return nil, false, err
		}
		keys[k] = true
	}
	return keys, all, nil
}

// Clean removes what no task of the present plan needs: temporary files of
// attempts that died and outputs of tasks whose keys changed. Where a key is not
// known yet, because an earlier task is missing, the stage's outputs stay. No
// attempt may be running. It returns how many files went and how many bytes.
func (r *RunFolder) Clean() (files int, size int64, err error) {
	for _, s := range stages {
		keep, known, err := r.knownKeys(s)
		if err != nil {
			return files, size, err
		}
		dir := filepath.Join(r.Dir, s.name)
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return files, size, err
		}
		for _, e := range entries {
			temp := strings.HasPrefix(e.Name(), ".tmp-")
			if !temp && (!known || len(e.Name()) > keyLength && keep[e.Name()[:keyLength]]) {
				continue
			}
			if info, err := e.Info(); err == nil {
				size += info.Size()
			}
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return files, size, err
			}
			files++
		}
	}
	n, err := storage.SweepTemp(r.Dir)
	if err != nil {
		return files + n, size, err
	}
	releases, err := sweepReleases(r.Dir)
	return files + n + releases, size, err
}

// sweepReleases removes the release folders that dead attempts left unfinished.
func sweepReleases(dir string) (n int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), tempRelease) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
