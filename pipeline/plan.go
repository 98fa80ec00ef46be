package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// ToolVersion is the version of the program, part of manifest and card.
const ToolVersion = "0.1.0"

// planFormat rises when plan.json or the task contract changes.
const planFormat = 1

// Plan is a run as a list of tasks. It is made from inputs and config alone and
// never from the number of workers, so every engine carries out the same tasks.
type Plan struct {
	Format int    `json:"format"`
	Tool   string `json:"tool"`
	Name   string `json:"name"`
	// Files are the input files in canonical order: by input entry, then path.
	Files []File `json:"files"`
	// Groups are the tasks of extract, measure and decide. Groups are only ever
	// appended: a later plan keeps those whose files are unchanged.
	Groups []Group     `json:"groups"`
	Parts  Parts       `json:"parts"`
	Stages []StagePlan `json:"stages"`
}

// File is one input file as it was when the plan was made.
type File struct {
	Path      string     `json:"path"` // URL, or absolute path: tasks may run in another working directory
	Name      string     `json:"name"` // what the release calls it: the path below the fixed part of its pattern
	Dataset   string     `json:"dataset"`
	Input     int        `json:"input"` // number of its entry in the config's input list
	Format    string     `json:"format"`
	Fields    JSONFields `json:"fields"`
	Size      int64      `json:"size"`
	Tag       string     `json:"tag"`             // size and modification time or ETag
	Whole     bool       `json:"whole,omitempty"` // its server gives no ranges, so it is read in one piece
	URLPrefix string     `json:"url_prefix,omitempty"`
	// Select has the parts of the file that an index selected, see packSpans; Size
	// counts just these. "" is the whole file.
	Select string `json:"select,omitempty"`
	// OnDamage is "fail" where damage ends the run, else "".
	OnDamage string `json:"on_damage,omitempty"`
}

// Range is the part of a file that one task owns: the records that start in
// [From, To). To = 0 means the end of the file.
type Range struct {
	File int   `json:"file"`
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Group is one task of extract, measure and decide.
type Group struct {
	Ranges []Range `json:"ranges"`
}

// Parts are the task counts that depend on the amount of input.
type Parts struct {
	Sites   int `json:"sites"`   // ranges of site hashes
	Scores  int `json:"scores"`  // ranges of ids; 0 without scores
	Keys    int `json:"keys"`    // ranges of band keys
	Group   int `json:"group"`   // tasks of group, each some (band, key range) units
	Compare int `json:"compare"` // ranges of ranks
	Write   int `json:"write"`   // tasks of write, each some shards
}

// StagePlan is one stage with what its output depends on beside its input.
type StagePlan struct {
	Name        string `json:"name"`
	Version     int    `json:"version"`
	Fingerprint string `json:"fingerprint"`
	Tasks       int    `json:"tasks"`
}

// identity is what must be equal for earlier work on a file to stand.
func (f *File) identity() string {
	b, _ := json.Marshal(struct {
		Path, Name, Format, Tag string
		Size                    int64
		Fields                  JSONFields
		OnDamage                string `json:",omitempty"`
		URLPrefix, Select       string `json:",omitempty"`
	}{f.Path, f.Name, f.Format, f.Tag, f.Size, f.Fields, f.OnDamage, f.URLPrefix, f.Select})
	return string(b)
}

// MakePlan lists the inputs and cuts the work into tasks. old is the plan the
// run folder already has, or nil: its groups are kept where their files are
// unchanged, so that only new files are read again.
func MakePlan(ctx context.Context, c *Config, old *Plan) (*Plan, error) {
	p := &Plan{Format: planFormat, Tool: ToolVersion, Name: c.Name}
	if err := p.listFiles(ctx, c); err != nil {
		return nil, err
	}
	p.makeGroups(c, old)
	var total int64
	for _, f := range p.Files {
		total += f.Size
	}
	p.Parts = Parts{
		Sites:   powerOfTwo(total >> 32),
		Keys:    powerOfTwo(total >> 33),
		Compare: powerOfTwo(total >> 33),
		Write:   int(min(total>>26, 4095)) + 1,
	}
	if len(c.Scores) > 0 {
		p.Parts.Scores = powerOfTwo(total >> 33)
	}
	if old != nil {
		p.Parts.Sites = old.Parts.Sites // another cut of the sites would measure every group again
	}
	p.Parts.Group = min(16*p.Parts.Keys, 1+int(total>>28))
	for _, s := range stages {
		p.Stages = append(p.Stages, StagePlan{Name: s.name, Version: s.version, Fingerprint: s.fingerprintOf(c), Tasks: s.tasks(p)})
	}
	return p, nil
}

// powerOfTwo returns the largest power of two ≤ max(n, 1), at most 4096.
func powerOfTwo(n int64) int {
	p := 1
	for int64(p)*2 <= n && p < 4096 {
		p *= 2
	}
	return p
}

func (p *Plan) makeGroups(c *Config, old *Plan) {
	index := map[string]int{}
	for i := range p.Files {
		index[p.Files[i].identity()] = i
	}
	taken := make([]bool, len(p.Files))
	if old != nil {
		for _, g := range old.Groups {
			if kept, ok := remap(g, old, index); ok {
				p.Groups = append(p.Groups, kept)
			}
		}
		p.dropIncomplete(old, taken)
	}
	var cur Group
	var size int64
	flush := func() {
		if cur.Ranges != nil {
			p.Groups = append(p.Groups, cur)
		}
		cur, size = Group{}, 0
	}
	split, pack := int64(c.Tasks.SplitBytes), int64(c.Tasks.GroupBytes)
	for i, f := range p.Files {
		if taken[i] {
			continue
		}
		step := split
		if f.Whole {
			step = max(f.Size, 1)
		}
		for from := int64(0); from == 0 || from < f.Size; from += step {
			to := from + step
			if to >= f.Size {
				to = 0
			}
			n := min(step, f.Size-from)
			if size > 0 && size+n > pack {
				flush()
			}
			cur.Ranges = append(cur.Ranges, Range{File: i, From: from, To: to})
			size += n
		}
	}
	flush()
}

// remap moves a group of an older plan to this plan's file numbers; false if one
// of its files is gone or changed.
func remap(g Group, old *Plan, index map[string]int) (Group, bool) {
	var out Group
	for _, r := range g.Ranges {
		i, ok := index[old.Files[r.File].identity()]
		if !ok {
			return Group{}, false
		}
		r.File = i
		out.Ranges = append(out.Ranges, r)
	}
	// canonical order inside the group: it may have moved with the input list
	slices.SortFunc(out.Ranges, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.From, b.From))
	})
	return out, true
}

// dropIncomplete removes kept groups of files that lost another of their ranges
// and marks the files that are wholly covered.
func (p *Plan) dropIncomplete(old *Plan, taken []bool) {
	want := map[string]int{}
	for _, g := range old.Groups {
		for _, r := range g.Ranges {
			want[old.Files[r.File].identity()]++
		}
	}
	for again := true; again; {
		again = false
		have := make([]int, len(p.Files))
		for _, g := range p.Groups {
			for _, r := range g.Ranges {
				have[r.File]++
			}
		}
		keep := p.Groups[:0]
		for _, g := range p.Groups {
			whole := true
			for _, r := range g.Ranges {
				whole = whole && have[r.File] == want[p.Files[r.File].identity()]
			}
			if whole {
				keep = append(keep, g)
			} else {
				again = true
			}
		}
		p.Groups = keep
	}
	for _, g := range p.Groups {
		for _, r := range g.Ranges {
			taken[r.File] = true
		}
	}
}

// Stage returns the plan of one stage.
func (p *Plan) Stage(name string) (StagePlan, bool) {
	for _, s := range p.Stages {
		if s.Name == name {
			return s, true
		}
	}
	return StagePlan{}, false
}

// ReadPlan reads the plan of a run folder. The error wraps fs.ErrNotExist where
// there is none.
func ReadPlan(dir string) (*Plan, error) {
	path := filepath.Join(dir, "plan.json")
	data, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is no run folder: it has no plan.json: %w", dir, err)
		}
		return nil, err
	}
	var p Plan
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("%s: damaged plan: %w", path, err)
	}
	if p.Format != planFormat {
		return nil, fmt.Errorf("%s: the plan has format %d, made by qingliu %s; this is qingliu %s with format %d; use another --out", path, p.Format, p.Tool, ToolVersion, planFormat)
	}
	for _, g := range p.Groups {
		for _, r := range g.Ranges {
			if r.File < 0 || r.File >= len(p.Files) {
				return nil, fmt.Errorf("%s: damaged plan: a range names file %d of %d", path, r.File, len(p.Files))
			}
		}
	}
	return &p, nil
}
