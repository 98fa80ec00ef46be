package pipeline

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/internal/storage"
	"github.com/qingliu/qingliu/pii"
	"github.com/qingliu/qingliu/shard"
)

// DedupResult counts what the dedup command did.
type DedupResult struct {
	Records, Kept, Exact, Near, Unreadable, Gaps int64
	First                                        string // place and cause of the first thing that could not be read
}

// dedupConfig is a run that does nothing but deduplicate JSON lines.
func dedupConfig(inputs []string, fields JSONFields, similarity float64) Config {
	c := DefaultConfig()
	c.Name = "dedup"
	for _, path := range inputs {
		in := defaultInput()
		in.Path, in.Format, in.Fields = path, "jsonl", fields
		c.Input = append(c.Input, in)
	}
	c.Sites.Cut = false
	c.Gates = GatesConfig{Language: "any"}
	c.Text.LineRules = false
	c.Measure.Signals = false
	c.PII = pii.Config{IDCard: pii.Off, Phone: pii.Off, Landline: pii.Off, Email: pii.Off, BankCard: pii.Off}
	c.Dedup.URL, c.Dedup.Similarity = "off", similarity
	c.Filters = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	out := defaultOutput()
	out.Name, out.Schema = "kept", "text"
	c.Outputs = []Output{out}
	return c
}

// DedupOptions configure Dedup.
type DedupOptions struct {
	Inputs     []string // JSONL files, packed or not
	Dir        string   // where results and the work folder go
	Text, ID   string   // names of the fields
	Similarity float64
	Workers    int
	Events     Events
}

// Dedup removes exact and near duplicates from JSON lines with the stages of a
// run, extract to cluster. It writes DIR/kept.jsonl.zst, the lines that stay as
// they came, and DIR/removed.jsonl.zst.
func Dedup(ctx context.Context, o DedupOptions) (*DedupResult, error) {
	fields := defaultInput().Fields
	fields.Text, fields.SourceID = o.Text, o.ID
	c := dedupConfig(o.Inputs, fields, o.Similarity)
	r, err := Prepare(ctx, &c, filepath.Join(o.Dir, "work"))
	if err != nil {
		return nil, err
	}
	for _, s := range stages {
		if s.name == "layout" {
			break
		}
		if err := r.runStage(ctx, s, RunOptions{Workers: o.Workers, Events: o.Events}); err != nil {
			return nil, err
		}
	}
	return r.splitLines(ctx, o.Dir)
}

// splitLines writes the kept and the removed lines.
func (r *RunFolder) splitLines(ctx context.Context, dir string) (*DedupResult, error) {
	kept, err := newShardFile(filepath.Join(dir, "kept.jsonl.zst"))
	if err != nil {
		return nil, err
	}
	defer kept.abort()
	removed, err := newShardFile(filepath.Join(dir, "removed.jsonl.zst"))
	if err != nil {
		return nil, err
	}
	defer removed.abort()
	k, err := r.openKeepers()
	if err != nil {
		return nil, err
	}
	defer k.close()
	s := &lineSplitter{r: r, kept: kept, removed: removed, keepers: k, ids: map[int][]string{}}
	for g := range r.Plan.Groups {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.group(g); err != nil {
			return nil, err
		}
	}
	return &s.result, errors.Join(kept.commit(), removed.commit())
}

// shardFile is a shard that appears when it is complete.
type shardFile struct {
	f *storage.Writer
	w *shard.Writer
}

func newShardFile(path string) (*shardFile, error) {
	f, err := storage.Create(path)
	if err != nil {
		return nil, err
	}
	w, err := shard.NewWriter(f, shard.Options{})
	return &shardFile{f, w}, err
}

func (s *shardFile) commit() error {
	if _, err := s.w.Close(); err != nil {
		return err
	}
	return s.f.Commit()
}

func (s *shardFile) abort() { s.f.Abort() }

// lineSplitter reads the input lines again and sends each to its file.
type lineSplitter struct {
	r             *RunFolder
	kept, removed *shardFile
	keepers       *keepers
	ids           map[int][]string // ids of the documents by group, as they came
	result        DedupResult
	line          []byte
}

func (s *lineSplitter) group(g int) error {
	r := s.r
	d, err := newDecisions(r.Config)
	if err != nil {
		return err
	}
	names := newFateNames(d)
	fates, err := r.fates(g, names, s.keepers.clusters)
	if err != nil {
		return err
	}
	records, err := r.readAll("extract", g, recordsFile)
	if err != nil {
		return err
	}
	account, err := r.account(g)
	if err != nil {
		return err
	}
	for i, rep := range account.Ranges {
		if len(rep.Errors) > 0 {
			s.first("%s: offset %d: %s", r.Plan.Files[r.Plan.Groups[g].Ranges[i].File].Name, rep.Errors[0].Offset, rep.Errors[0].Cause)
		}
	}
	row := 0
	return s.eachLine(g, func(line []byte) error {
		if len(records) < recordRowBytes {
			return fmt.Errorf("the input has more lines than when it was read first; run again")
		}
		rec := decodeRecordRow(records)
		records = records[recordRowBytes:]
		s.result.Records++
		if rec.Fate != fatePage {
			s.result.Unreadable++
			return nil
		}
		row++
		switch code := int(fates.code[row-1]); {
		case code == 0:
			s.result.Kept++
			return s.kept.w.Write(bytes.TrimRight(line, "\r\n"))
		case code >= names.collapse:
			if code == names.near {
				s.result.Near++
			} else {
				s.result.Exact++
			}
			return s.remove(place{g, row - 1})
		default:
			return fmt.Errorf("group %d row %d: dropped by %s", g, row-1, names.names[code])
		}
	})
}

// first keeps the first thing that could not be read.
func (s *lineSplitter) first(format string, args ...any) {
	if s.result.First == "" {
		s.result.First = fmt.Sprintf(format, args...)
	}
}

// eachLine reads the input lines of a group again.
func (s *lineSplitter) eachLine(g int, visit func(line []byte) error) error {
	for _, rg := range s.r.Plan.Groups[g].Ranges {
		src, err := openSource(context.Background(), s.r.Config, &s.r.Plan.Files[rg.File], rg, nil)
		if err != nil {
			return err
		}
		rec := &rawRecord{}
		for {
			*rec = rawRecord{data: rec.data[:0]}
			if err = src.next(rec); err != nil {
				break
			}
			if err = visit(rec.data); err != nil {
				break
			}
		}
		account, cerr := src.close()
		for _, g := range account.Gaps {
			if !g.Empty {
				s.result.Gaps++
				s.first("%s: offset %d: %s", s.r.Plan.Files[rg.File].Name, g.Offset, g.Cause)
			}
		}
		if err != nil && err != io.EOF {
			return err
		}
		if cerr != nil {
			return cerr
		}
	}
	return nil
}

// remove writes the line of a removed document: its keeper, and the best
// document of its cluster.
func (s *lineSplitter) remove(p place) error {
	st, err := s.keepers.of(p)
	if err != nil {
		return err
	}
	b := s.line[:0]
	for _, x := range []struct {
		key string
		at  place
	}{{`{"id":`, p}, {`,"keeper":`, st.keeper}, {`,"cluster":`, st.root}} {
		id, err := s.id(x.at)
		if err != nil {
			return err
		}
		b = append(b, x.key...)
		b = corpus.AppendJSONString(b, id)
	}
	b = append(b, `,"similarity":`...)
	b = corpus.AppendJSONFloat(b, st.similarity, 4)
	b = append(b, `,"reason":"`...)
	_, reason, _ := strings.Cut(st.fate, "/")
	b = append(b, reason...)
	s.line = append(b, `"}`...)
	return s.removed.w.Write(s.line)
}

// id returns the id that a document came with, or ours where it had none. The
// ids of every group that is asked for stay in memory.
func (s *lineSplitter) id(at place) (string, error) {
	if s.ids[at.group] == nil {
		ids, err := s.r.sourceIDs(at.group)
		if err != nil {
			return "", err
		}
		s.ids[at.group] = ids
	}
	return s.ids[at.group][at.row], nil
}

// sourceIDs returns the ids that the documents of a group came with, by row.
func (r *RunFolder) sourceIDs(group int) ([]string, error) {
	own, err := r.groupIDs(group)
	if err != nil {
		return nil, err
	}
	c, f, err := r.columns("measure", group, columnsFile)
	if err != nil {
		return nil, err
	}
	doc, err := c.uint32s("doc")
	c.close()
	f.Close()
	if err != nil {
		return nil, err
	}
	docs, err := r.docs(group)
	if err != nil {
		return nil, err
	}
	defer docs.close()
	var w workReader
	var d corpus.Document
	ids := make([]string, len(own))
	for row := range own {
		ids[row] = hex.EncodeToString(own[row][:])
		if doc[row] == noDoc {
			continue
		}
		line, err := docs.read(doc[row])
		if err != nil {
			return nil, err
		}
		if err := w.read(line, &d); err != nil {
			return nil, err
		}
		if d.SourceID != "" {
			ids[row] = d.SourceID
		}
	}
	return ids, nil
}
