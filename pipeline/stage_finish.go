package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/pii"
	"github.com/qingliu/qingliu/report"
	"github.com/qingliu/qingliu/shard"
)

// Files of the finish task, beside the release folder.
const (
	fatesFile    = "fates.jsonl.zst" // every input record with its fate
	manifestFile = "manifest.json"   // copy of the release's manifest
)

// ReleaseDir is the folder of the release inside a run folder.
const ReleaseDir = "release"

// tempRelease begins the names of release folders that are being made, and of
// the old one while a new one takes its place.
const tempRelease = ".tmp-release-"

func finishStage() *stage {
	return &stage{
		name:    "finish",
		version: 3,
		fingerprint: func(c *Config) []any {
			return []any{c.fingerprint(), ToolVersion, report.StatisticsFormat, shard.ManifestFormat}
		},
		tasks: one,
		identity: func(r *RunFolder, _ int) (string, error) {
			b, err := json.Marshal(r.Plan.Stages) // the manifest names all fingerprints
			return r.Plan.layoutIdentity() + string(b), err
		},
		deps: func(p *Plan, _ int) []dep {
			return slices.Concat(
				fromAll("extract", len(p.Groups), recordsFile, accountFile, capturesFile),
				fromAll("measure", len(p.Groups), columnsFile), fromAll("decide", len(p.Groups), verdictsFile), fromAll("scores", p.Parts.Scores, scoresFile),
				[]dep{{stage: "rank", suffix: ranksFile}, {stage: "rank", suffix: collapsedFile}, {stage: "cluster", suffix: clustersFile}, {stage: "layout", suffix: layoutFile}},
				fromAll("write", p.Parts.Write, shardsFile))
		},
		run:   runFinish,
		valid: releaseIsThere,
	}
}

// fingerprint hashes the config without what never changes the release: where
// the inputs lie and how the work is cut.
func (c *Config) fingerprint() string {
	e := *c
	e.Tasks, e.Network, e.Publish = TasksConfig{}, NetworkConfig{}, ""
	e.Text.UserWords = ""     // its content is part of measure's fingerprint
	e.Extract.SiteRules = nil // their content is part of extract's fingerprint
	e.Tokenizers = maps.Clone(c.Tokenizers)
	for name := range e.Tokenizers {
		e.Tokenizers[name] = "" // the content is part of write's fingerprint
	}
	e.Policy = slices.Clone(c.Policy)
	for i := range e.Policy {
		e.Policy[i].List = filepath.Base(e.Policy[i].List) // the content is part of decide's fingerprint
	}
	e.Input = slices.Clone(c.Input)
	for i := range e.Input {
		e.Input[i].Path, e.Input[i].List, e.Input[i].Prefix = "", false, ""
	}
	b, err := e.EffectiveYAML()
	if err != nil {
		b = []byte(err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// releaseIsThere compares the manifest of the release folder with the copy that
// the task kept, and the sizes of all files with it.
func releaseIsThere(r *RunFolder, key string) bool {
	want, err := os.ReadFile(r.stageFile("finish", key, manifestFile))
	if err != nil {
		return false
	}
	have, err := os.ReadFile(filepath.Join(r.Dir, ReleaseDir, shard.ManifestName))
	if err != nil || !bytes.Equal(want, have) {
		return false
	}
	m, err := shard.ParseManifest(have)
	if err != nil {
		return false
	}
	is := func(path string, size int64) bool {
		st, err := os.Stat(filepath.Join(r.Dir, ReleaseDir, filepath.FromSlash(path)))
		return err == nil && st.Size() == size
	}
	for _, o := range m.Outputs {
		for _, s := range o.Shards {
			if !is(s.Path, s.PackedBytes) || !is(s.Sidecar.Path, s.Sidecar.Bytes) {
				return false
			}
		}
	}
	for _, f := range m.Files {
		if !is(f.Path, f.Bytes) {
			return false
		}
	}
	return true
}

func runFinish(ctx context.Context, t *task) error {
	st, ledger, err := t.summarize(ctx)
	if err != nil {
		return err
	}
	for _, err := range ledger.Check() {
		return fmt.Errorf("the ledger does not add up, no release is written: %w", err)
	}
	tmp, err := os.MkdirTemp(t.Dir, tempRelease)
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	rel := &releaseFolder{t: t, dir: tmp, stats: st, ledger: ledger}
	manifest, err := rel.build(ctx)
	if err != nil {
		return err
	}
	if err := t.write(manifestFile, manifest); err != nil {
		return err
	}
	t.count("kept", ledger.Totals.Kept)
	t.count("unreadable", ledger.Totals.Unreadable)
	var gaps int64
	for i := range ledger.Files {
		n, _ := ledger.Files[i].Lost()
		gaps += n
	}
	t.count("gaps", gaps)
	return replaceDir(tmp, filepath.Join(t.Dir, ReleaseDir))
}

// replaceDir puts a finished folder in place of an older one. Another attempt may
// do the same at the same time; both folders are equal then.
func replaceDir(tmp, final string) error {
	err := filepath.WalkDir(tmp, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(path)
	})
	if err != nil {
		return err
	}
	old := tmp + "-old"
	for range 10 {
		if err := os.Rename(final, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err = os.Rename(tmp, final); err == nil {
			break
		}
		if err := os.RemoveAll(old); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(final)); err != nil {
		return err
	}
	return os.RemoveAll(old)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// releaseFolder writes the files of a release.
type releaseFolder struct {
	t      *task
	dir    string
	stats  *report.Statistics
	ledger *shard.Ledger
	sums   []shard.FileSum
}

func (f *releaseFolder) build(ctx context.Context) (manifest []byte, err error) {
	t := f.t
	m := &shard.Manifest{Name: t.Config.Name, Tool: "qingliu " + ToolVersion, ConfigFingerprint: t.Config.fingerprint()}
	m.Policy = t.Config.policyLists()
	for _, s := range t.Plan.Stages {
		m.Stages = append(m.Stages, shard.Stage{Name: s.Name, Fingerprint: fmt.Sprintf("%d-%s", s.Version, s.Fingerprint)})
	}
	for _, lf := range f.ledger.Files {
		m.Inputs = append(m.Inputs, shard.Input{Path: lf.Path, SHA256: lf.SHA256, Bytes: lf.Bytes})
	}
	for _, o := range t.Config.Outputs {
		out := shard.Output{Name: o.Name, Schema: o.Schema, IDKey: "id", TextKey: "text", Where: o.Where, Shards: []shard.Shard{}}
		if o.Schema == "cci" {
			out.TextKey = "content"
		}
		m.Outputs = append(m.Outputs, out)
	}
	if err := f.addShards(ctx, m); err != nil {
		return nil, err
	}
	tot := f.ledger.Totals
	m.Ledger = shard.Totals{Records: tot.Records, Kept: tot.Kept, Dropped: total(tot.Dropped), Skipped: total(tot.Skipped), Unreadable: tot.Unreadable}
	for i, o := range m.Outputs {
		c := report.OutputCount{Name: o.Name, Schema: o.Schema, Words: t.Config.Outputs[i].Words, Shards: len(o.Shards)}
		for _, s := range o.Shards {
			c.Docs += int64(s.Rows)
			c.CodePoints += s.CodePoints
			c.Packed += s.PackedBytes
			c.Unpacked += s.UnpackedBytes
		}
		f.stats.Outputs = append(f.stats.Outputs, c)
	}
	ledger, err := f.ledger.Encode()
	if err != nil {
		return nil, err
	}
	stats, err := f.stats.Encode()
	if err != nil {
		return nil, err
	}
	var html bytes.Buffer
	if err := report.HTML(&html, f.stats, m, f.ledger); err != nil {
		return nil, err
	}
	for _, file := range []struct {
		name string
		data []byte
	}{
		{shard.LedgerName, ledger}, {"statistics.json", stats}, {"report.html", html.Bytes()},
		{"README.md", report.Card(f.stats, m, f.ledger, t.cardInfo())},
	} {
		sum, err := f.write(file.name, file.data)
		if err != nil {
			return nil, err
		}
		m.Files = append(m.Files, sum)
	}
	if manifest, err = m.Encode(); err != nil {
		return nil, err
	}
	if _, err := f.write(shard.ManifestName, manifest); err != nil {
		return nil, err
	}
	sums := shard.AppendSums(nil, f.sums)
	if err := writeFile(filepath.Join(f.dir, shard.SumsName), sums); err != nil {
		return nil, err
	}
	return manifest, nil
}

func total(m map[string]int64) (n int64) {
	for _, v := range m {
		n += v
	}
	return n
}

func (f *releaseFolder) write(name string, data []byte) (shard.FileSum, error) {
	sum := sha256.Sum256(data)
	s := shard.FileSum{Path: name, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
	f.sums = append(f.sums, s)
	return s, writeFile(filepath.Join(f.dir, name), data)
}

// addShards links the shards that write left into the release and lists them.
func (f *releaseFolder) addShards(ctx context.Context, m *shard.Manifest) error {
	t := f.t
	for i := range t.Plan.Parts.Write {
		data, err := t.readAll("write", i, shardsFile)
		if err != nil {
			return err
		}
		var list []writtenShard
		if err := json.Unmarshal(data, &list); err != nil {
			return fmt.Errorf("write task %d: %w", i, err)
		}
		for _, s := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			o := slices.IndexFunc(m.Outputs, func(o shard.Output) bool { return o.Name == s.Output })
			if o < 0 {
				return fmt.Errorf("write task %d: no output %s", i, s.Output)
			}
			name := shardName(s.Output, s.Number)
			for _, file := range [][2]string{
				{name + ".jsonl.zst", s.Shard.Path}, {name + ".index.jsonl.zst", s.Shard.Sidecar.Path}, {name + ".signals.parquet", s.Signals.Path},
			} {
				from, err := t.path("write", i, file[0])
				if err != nil {
					return err
				}
				if err := linkOrCopy(from, filepath.Join(f.dir, filepath.FromSlash(file[1]))); err != nil {
					return err
				}
			}
			f.stats.Breakdown = addBreakdown(f.stats.Breakdown, s.Break)
			m.Files = append(m.Files, s.Signals)
			m.Outputs[o].Shards = append(m.Outputs[o].Shards, s.Shard)
			f.sums = append(f.sums,
				shard.FileSum{Path: s.Shard.Path, Bytes: s.Shard.PackedBytes, SHA256: s.Shard.SHA256},
				shard.FileSum{Path: s.Shard.Sidecar.Path, Bytes: s.Shard.Sidecar.Bytes, SHA256: s.Shard.Sidecar.SHA256}, s.Signals)
		}
	}
	f.stats.Tokens = tokenTotals(f.stats.Breakdown)
	f.stats.BucketOf = t.Config.bucketSignal()
	return nil
}

// linkOrCopy makes path the same file as from, or a copy where the file system
// has no hard links.
func linkOrCopy(from, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	if os.Link(from, path) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return errors.Join(out.Sync(), out.Close())
}

// cardInfo is what the card takes from the config.
func (r *RunFolder) cardInfo() report.CardInfo {
	c := r.Config
	info := report.CardInfo{Tokenizers: c.tokenizerNames()}
	if c.Dedup.Near {
		info.Similarity = c.Dedup.Similarity
	}
	seen := map[string]bool{}
	for _, f := range r.Plan.Files {
		if seen[f.Dataset] {
			continue
		}
		seen[f.Dataset] = true
		d := c.Datasets[f.Dataset]
		info.Datasets = append(info.Datasets, report.CardDataset{Name: f.Dataset, Trust: d.Trust, Licence: d.Licence, Record: d.Record, Dump: d.Dump})
	}
	for _, name := range releaseSignals {
		if i, ok := filters.SignalIndex(name); ok {
			info.Signals = append(info.Signals, report.CardSignal{Name: name, Doc: filters.Signals()[i].Doc})
		}
	}
	for _, s := range c.outsideSignals() {
		if s.Name == qualitySignal {
			info.Quality = s.Doc
		} else {
			info.Scores = append(info.Scores, report.CardSignal{Name: s.Name, Doc: s.Doc})
		}
	}
	actions := c.PII.Actions()
	for i, class := range pii.Classes {
		info.PII = append(info.PII, report.CardPII{Name: class.Name, Doc: class.Doc, Action: string(actions[i]), Placeholder: class.Placeholder})
	}
	return info
}
