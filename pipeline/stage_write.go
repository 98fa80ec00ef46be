package pipeline

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/internal/weburl"
	"github.com/qingliu/qingliu/pii"
	"github.com/qingliu/qingliu/report"
	"github.com/qingliu/qingliu/shard"
)

// shardsFile lists what a write task wrote; see writtenShard. The shards
// themselves are named by output and number.
const shardsFile = "shards.json"

// writtenShard is one shard with its sidecar, as the manifest will list them.
type writtenShard struct {
	Output  string                  `json:"output"`
	Number  int                     `json:"number"`
	Shard   shard.Shard             `json:"shard"`
	Signals shard.FileSum           `json:"signals"`
	Break   []report.BreakdownCount `json:"breakdown"`
}

// releaseSignals is the short list of signals that every record carries; all of
// them are in a Parquet file beside the shard.
var releaseSignals = []string{"mean_line_length", "han_fraction", "line_end_punctuation", "line_repetition_fraction", "char_ngram_repetition", "stop_words_fraction"}

func writeStage() *stage {
	n := func(p *Plan) int { return p.Parts.Write }
	return &stage{
		name:    "write",
		version: 2,
		fingerprint: func(c *Config) []any {
			return slices.Concat([]any{c.Outputs, c.Datasets, ToolVersion, c.bucketSignal(), c.Statistics.Edges}, wordsIdentity(c), tokensIdentity(c))
		},
		tasks: n,
		identity: func(r *RunFolder, i int) (string, error) {
			return fmt.Sprintf("%d/%d %s", i, r.Plan.Parts.Write, r.Plan.layoutIdentity()), nil
		},
		deps: func(p *Plan, _ int) []dep {
			return slices.Concat(
				[]dep{{stage: "layout", suffix: layoutFile}, {stage: "rank", suffix: orderFile}, {stage: "cluster", suffix: clustersFile}},
				fromAll("decide", len(p.Groups), verdictsFile), fromAll("measure", len(p.Groups), docsFile, columnsFile),
				fromAll("scores", p.Parts.Scores, scoresFile))
		},
		run: runWrite,
	}
}

// shardName names a shard in the release.
func shardName(output string, n int) string { return fmt.Sprintf("%s-%05d", output, n) }

// shardJob is one shard that a write task makes.
type shardJob struct {
	output   int
	number   int
	from, to shardLayout // to.Segment = -1 for the last shard of an output
}

// jobs lists the shards of one write task.
func (l *layoutTable) jobs(task, tasks int) []shardJob {
	var all []shardJob
	for o, out := range l.Outputs {
		for i, s := range out.Shards {
			j := shardJob{output: o, number: i, from: s, to: shardLayout{Segment: -1}}
			if i+1 < len(out.Shards) {
				j.to = out.Shards[i+1]
			}
			all = append(all, j)
		}
	}
	return all[task*len(all)/tasks : (task+1)*len(all)/tasks]
}

func runWrite(ctx context.Context, t *task) error {
	l, err := t.loadLayout()
	if err != nil {
		return err
	}
	w, err := newReleaseWriter(t)
	if err != nil {
		return err
	}
	defer w.close()
	var list []writtenShard
	for _, j := range l.jobs(t.index, t.Plan.Parts.Write) {
		s, err := w.write(ctx, l, j)
		if err != nil {
			return err
		}
		list = append(list, s)
		t.count("shards", 1)
		t.count("docs", int64(s.Shard.Rows))
	}
	data, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return err
	}
	return t.write(shardsFile, data)
}

// releaseWriter renders kept documents.
type releaseWriter struct {
	t        *task
	names    *fateNames
	conds    []condition
	clusters *clusterTable
	order    *os.File
	reader   workReader
	doc      corpus.Document
	labels   corpus.Labels
	spacer   *spacer // nil if no output has words
	tokens   *tokenCounts
	counts   *breakdown
	record   []byte
	side     []byte
	group    *writeGroup
	groups   groupCache[*writeGroup]
}

// writeGroup is what write holds of the group it reads from.
type writeGroup struct {
	index   int
	fates   *groupFates
	docs    *docReader
	doc     []uint32
	ranges  []uint32
	signals [][]float64
	pii     [][]uint32
	sel     []*rowSelector
}

func newReleaseWriter(t *task) (*releaseWriter, error) {
	d, err := newDecisions(t.Config)
	if err != nil {
		return nil, err
	}
	layout, err := t.loadLayout()
	if err != nil {
		return nil, err
	}
	conds, err := t.Config.conditions(layout)
	if err != nil {
		return nil, err
	}
	w := &releaseWriter{t: t, names: newFateNames(d), conds: conds}
	if w.spacer, err = newSpacer(t.Config); err != nil {
		return nil, err
	}
	if w.tokens, err = newTokenCounts(t.Config); err != nil {
		return nil, err
	}
	w.counts = newBreakdown(t.Config)
	w.labels.Tokenizers, w.labels.Tokens = w.tokens.names, w.tokens.n
	if w.clusters, err = t.openClusters(); err != nil {
		return nil, err
	}
	if w.order, _, err = t.open("rank", 0, orderFile); err != nil {
		w.clusters.close()
		return nil, err
	}
	for _, c := range pii.Classes {
		w.labels.PIIClasses = append(w.labels.PIIClasses, c.Name)
	}
	for _, name := range releaseSignals {
		i, ok := filters.SignalIndex(name)
		if !ok {
			w.close()
			return nil, fmt.Errorf("no signal %s", name)
		}
		w.labels.Signals = append(w.labels.Signals, corpus.ReleaseSignal{Name: name, Index: i, Decimals: filters.Signals()[i].Decimals})
	}
	for i, s := range t.Config.outsideSignals() {
		signal := corpus.ReleaseSignal{Name: s.Name, Index: len(filters.Signals()) + i, Decimals: s.Decimals}
		if s.Name == qualitySignal {
			w.labels.Quality = &signal
		} else {
			w.labels.Scores = append(w.labels.Scores, signal)
		}
	}
	return w, nil
}

func (w *releaseWriter) close() {
	w.groups.each(func(g *writeGroup) { g.docs.close() })
	w.order.Close()
	w.clusters.close()
}

// load makes a group the present one.
func (w *releaseWriter) load(g int) (err error) {
	w.group, err = w.groups.get(g, func() (*writeGroup, error) { return w.open(g) }, func(old *writeGroup) { old.docs.close() })
	return err
}

func (w *releaseWriter) open(g int) (*writeGroup, error) {
	t := w.t
	x := &writeGroup{index: g}
	var err error
	if x.fates, err = t.fates(g, w.names, w.clusters); err != nil {
		return nil, err
	}
	c, f, err := t.columns("measure", g, columnsFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	defer c.close()
	if x.doc, err = c.uint32s("doc"); err != nil {
		return nil, err
	}
	if x.ranges, err = c.uint32s("range"); err != nil {
		return nil, err
	}
	for _, s := range t.Config.signals() {
		col, err := c.float64s(signalColumn(s.Name))
		if err != nil {
			return nil, err
		}
		x.signals = append(x.signals, col)
	}
	for _, class := range pii.Classes {
		col, err := c.uint32s(piiColumn(class.Name))
		if err != nil {
			return nil, err
		}
		x.pii = append(x.pii, col)
	}
	dataset := func(row int) string { return t.Plan.Files[t.Plan.Groups[g].Ranges[x.ranges[row]].File].Dataset }
	for _, cond := range w.conds {
		s, err := cond.selector(c, dataset)
		if err != nil {
			return nil, err
		}
		x.sel = append(x.sel, s)
	}
	if x.docs, err = t.docs(g); err != nil {
		return nil, err
	}
	return x, nil
}

// write renders one shard and its sidecar.
func (w *releaseWriter) write(ctx context.Context, l *layoutTable, j shardJob) (writtenShard, error) {
	cfg := w.t.Config.Outputs[j.output]
	name := shardName(cfg.Name, j.number)
	opt := shard.Options{Level: cfg.Level, FrameBytes: int(cfg.FrameBytes)}
	var none writtenShard
	open := func(suffix string, o shard.Options) (*shard.Writer, error) {
		out, err := w.t.create(suffix)
		if err != nil {
			return nil, err
		}
		return shard.NewWriter(out, o)
	}
	data, err := open(name+".jsonl.zst", opt)
	if err != nil {
		return none, err
	}
	side, err := open(name+".index.jsonl.zst", shard.Options{Level: "default"})
	if err != nil {
		return none, err
	}
	signalsOut, err := w.t.create(name + ".signals.parquet")
	if err != nil {
		return none, err
	}
	signals := newSignalFile(signalsOut, w.t.Config.signals())
	var codePoints int64
	var firstID, lastID string
	for i := j.from.Segment; i < len(l.Segments) && (j.to.Segment < 0 || i <= j.to.Segment); i++ {
		if err := ctx.Err(); err != nil {
			return none, err
		}
		seg := l.Segments[i]
		from, to := seg.From, seg.To
		if i == j.from.Segment {
			from = j.from.Row
		}
		if i == j.to.Segment {
			to = j.to.Row
		}
		if from >= to {
			continue
		}
		if err := w.load(seg.Group); err != nil {
			return none, err
		}
		for row := from; row < to; row++ {
			if w.group.fates.code[row] != 0 || !w.group.sel[j.output].holds(row) {
				continue
			}
			if err := w.prepare(row); err != nil {
				return none, err
			}
			if w.labels.WithWords = cfg.Words; cfg.Words {
				w.labels.Words = w.spacer.space(w.doc.Text())
			}
			w.tokens.count(w.doc.Text())
			w.counts.add(&w.doc, w.labels.Dataset, w.tokens.n)
			w.record = corpus.AppendSchema(w.record[:0], cfg.Schema, &w.doc, &w.labels)
			w.side = w.appendSidecar(w.side[:0], data.Frame())
			if err := data.Write(w.record); err != nil {
				return none, err
			}
			if err := side.Write(w.side); err != nil {
				return none, err
			}
			if err := signals.add(w.doc.ID, w.doc.Signals); err != nil {
				return none, err
			}
			codePoints += int64(w.doc.RuneCount())
			if firstID == "" {
				firstID = w.doc.ID
			}
			lastID = w.doc.ID
			w.t.events.Progress("write", 1, int64(len(w.record)))
		}
	}
	stats, err := data.Close()
	if err != nil {
		return none, err
	}
	sideStats, err := side.Close()
	if err != nil {
		return none, err
	}
	if err := signals.close(); err != nil {
		return none, err
	}
	s := shard.NewShard(cfg.Name+"/data/"+name+".jsonl.zst", stats)
	s.CodePoints, s.FirstID, s.LastID = codePoints, firstID, lastID
	s.Sidecar = shard.Sidecar{
		Path: cfg.Name + "/index/" + name + ".jsonl.zst", Rows: sideStats.Records, Bytes: sideStats.Packed, SHA256: sideStats.SHA256Packed,
	}
	sum := shard.FileSum{Path: cfg.Name + "/signals/" + name + ".parquet", Bytes: signalsOut.n, SHA256: signalsOut.sum()}
	return writtenShard{Output: cfg.Name, Number: j.number, Shard: s, Signals: sum, Break: w.counts.take(cfg.Name)}, nil
}

// prepare loads the document of a row of the present group, and its labels.
func (w *releaseWriter) prepare(row int) error {
	g := w.group
	line, err := g.docs.read(g.doc[row])
	if err != nil {
		return err
	}
	d := &w.doc
	if err := w.reader.read(line, d); err != nil {
		return err
	}
	d.ResetSignals(len(g.signals))
	for i := range g.signals {
		d.Signals[i] = g.signals[i][row]
	}
	d.PII = d.PII[:0]
	for i := range g.pii {
		d.PII = append(d.PII, int(g.pii[i][row]))
	}
	t := w.t
	file := t.Plan.Files[t.Plan.Groups[g.index].Ranges[g.ranges[row]].File]
	ds := t.Config.Datasets[file.Dataset]
	l := &w.labels
	l.Dataset, l.Dump, l.Licence, l.File = file.Dataset, ds.Dump, ds.Licence, file.Name
	if i, ok := filters.SignalIndex("n_words"); ok {
		l.NWords = 0
		if n := d.Signals[i]; !math.IsNaN(n) {
			l.NWords = int(n)
		}
	}
	rank := g.fates.ranks[row]
	cl, err := w.clusters.get(rank)
	if err != nil {
		return err
	}
	var entry [orderRowBytes]byte
	if _, err := w.order.ReadAt(entry[:], int64(rank)*orderRowBytes); err != nil {
		return err
	}
	l.ExactCopies = int(binary.LittleEndian.Uint32(entry[8:]))
	l.ClusterSize = int(cl.Size)
	l.Cluster = d.ID[:16]
	if cl.Root != rank {
		if l.Cluster, err = w.t.idOfRank(w.order, cl.Root); err != nil {
			return err
		}
		l.Cluster = l.Cluster[:16]
	}
	return nil
}

// idOfRank returns the id of the document with a rank.
func (r *RunFolder) idOfRank(order *os.File, rank uint32) (string, error) {
	var b [orderRowBytes]byte
	if _, err := order.ReadAt(b[:], int64(rank)*orderRowBytes); err != nil {
		return "", err
	}
	ids, err := r.groupIDs(int(binary.LittleEndian.Uint32(b[0:])))
	if err != nil {
		return "", err
	}
	id := ids[binary.LittleEndian.Uint32(b[4:])]
	return hex.EncodeToString(id[:]), nil
}

// appendSidecar appends the sidecar line of the prepared document: where it
// comes from and where it lies.
func (w *releaseWriter) appendSidecar(dst []byte, frame int) []byte {
	d := &w.doc
	str := func(key, v string) {
		dst = append(dst, key...)
		dst = corpus.AppendJSONString(dst, v)
	}
	str(`{"id":`, d.ID)
	str(`,"url_hash":`, strconv.FormatUint(xxh3.HashString(weburl.Canonical(d.URL)), 16))
	str(`,"host":`, d.Host)
	str(`,"site":`, d.Site)
	str(`,"cluster":`, w.labels.Cluster)
	dst = append(dst, `,"frame":`...)
	dst = strconv.AppendInt(dst, int64(frame), 10)
	return append(dst, '}')
}

// groupIDs returns the ids of the rows of a group. The last few groups asked for
// stay in memory: 16 bytes per page.
func (r *RunFolder) groupIDs(group int) ([][16]byte, error) {
	r.mu.Lock()
	ids, ok := r.ids[group]
	r.mu.Unlock()
	if ok {
		return ids, nil
	}
	c, f, err := r.columns("measure", group, columnsFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	defer c.close()
	if ids, err = c.keys("id"); err != nil {
		return nil, err
	}
	r.mu.Lock()
	if len(r.ids) >= 16 {
		clear(r.ids)
	}
	r.ids[group] = ids
	r.mu.Unlock()
	return ids, nil
}
