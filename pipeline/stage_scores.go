package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
)

// scoresFile holds the joined scores of the documents whose ids lie in one range,
// by group (see writeSlices): u32 row, then a float64 for each score of the config,
// by ascending row.
const scoresFile = "scores"

func scoresStage() *stage {
	n := func(p *Plan) int { return p.Parts.Scores }
	return &stage{
		name:        "scores",
		version:     1,
		fingerprint: func(c *Config) []any { return c.scoreIdentity() },
		tasks:       n,
		identity:    byNumber(n),
		deps:        func(p *Plan, _ int) []dep { return fromAll("measure", len(p.Groups), columnsFile) },
		run:         runScores,
	}
}

// scoredDocument is a document that a score may name.
type scoredDocument struct {
	id         [16]byte
	group, row uint32
}

// runScores joins the scores of one range of ids. It holds 24 bytes a document and 9
// a document and score.
func runScores(ctx context.Context, t *task) error {
	docs, err := t.scoredDocuments(uint64(t.index), uint64(t.Plan.Parts.Scores))
	if err != nil {
		return err
	}
	names := t.Config.scoreNames()
	values := make([][]float64, len(names))
	var failed []error
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		s := t.Config.Scores[name]
		if values[i], err = joinScore(name, &s, docs, uint64(t.index), uint64(t.Plan.Parts.Scores)); err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	slicesOf := make([][]byte, len(t.Plan.Groups))
	order := make([]int, len(docs)) // by group and row
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(docs[a].group, docs[b].group), cmp.Compare(docs[a].row, docs[b].row))
	})
	for _, k := range order {
		s := binary.LittleEndian.AppendUint32(slicesOf[docs[k].group], docs[k].row)
		for i := range values {
			s = binary.LittleEndian.AppendUint64(s, math.Float64bits(values[i][k]))
		}
		slicesOf[docs[k].group] = s
	}
	t.count("documents", int64(len(docs)))
	return t.writeSlices(scoresFile, slicesOf)
}

// scoredDocuments returns the documents whose id lies in part p of n, by id.
func (r *RunFolder) scoredDocuments(p, n uint64) (docs []scoredDocument, err error) {
	for g := range r.Plan.Groups {
		err := func() error {
			c, f, err := r.columns("measure", g, columnsFile)
			if err != nil {
				return err
			}
			defer f.Close()
			defer c.close()
			ids, err := c.keys("id")
			if err != nil {
				return err
			}
			numbers, err := c.uint32s("doc")
			if err != nil {
				return err
			}
			for row, number := range numbers {
				if number != noDoc && idPart(ids[row], n) == p {
					docs = append(docs, scoredDocument{ids[row], uint32(g), uint32(row)})
				}
			}
			return nil
		}()
		if err != nil {
			return nil, err
		}
	}
	sortScored(docs)
	return docs, nil
}

// sortScored sorts by id, then group and row.
func sortScored(docs []scoredDocument) {
	slices.SortFunc(docs, func(a, b scoredDocument) int {
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.group, b.group), cmp.Compare(a.row, b.row))
	})
}

// idPart returns which of n equal ranges of ids an id lies in, n a power of two.
func idPart(id [16]byte, n uint64) uint64 { return hashPart(binary.BigEndian.Uint64(id[:8]), n) }

// scoreFaults collects what is wrong with the files of a score.
type scoreFaults struct {
	count    [4]int
	examples [4][]string
}

// Kinds of faults.
const (
	badRow = iota
	foreignID
	doubleID
	noScore
)

func (f *scoreFaults) add(kind int, example string) {
	if f.count[kind]++; len(f.examples[kind]) < maxScoreErrors {
		f.examples[kind] = append(f.examples[kind], example)
	}
}

func (f *scoreFaults) error(name, field string, documents int) error {
	var errs []error
	for kind, what := range [4]string{
		badRow:    "rows have no id of 32 hex digits in the field " + field + ", or a score that is not finite",
		foreignID: "rows name no document of this run that passed the gates",
		doubleID:  "rows name a document again",
		noScore:   fmt.Sprintf("of %d documents have no score (missing: allow takes them)", documents),
	} {
		if f.count[kind] == 0 {
			continue
		}
		list := strings.Join(f.examples[kind], ", ")
		if f.count[kind] > len(f.examples[kind]) {
			list += " …"
		}
		errs = append(errs, fmt.Errorf("scores.%s: %d %s: %s", name, f.count[kind], what, list))
	}
	return errors.Join(errs...)
}

// joinScore returns the score of each document, NaN where there is none. Documents of
// one id share it.
func joinScore(name string, s *ScoreConfig, docs []scoredDocument, part, parts uint64) ([]float64, error) {
	values := make([]float64, len(docs))
	have := make([]bool, len(docs))
	var faults scoreFaults
	err := s.each(name, func(id string, score float64, at *tableRow) error {
		if !idPattern.MatchString(id) || !finite(score) {
			if part == 0 { // one part reports what belongs to none
				faults.add(badRow, at.String())
			}
			return nil
		}
		key := idKey(id)
		if idPart(key, parts) != part {
			return nil
		}
		i, ok := slices.BinarySearchFunc(docs, key, func(d scoredDocument, key [16]byte) int { return bytes.Compare(d.id[:], key[:]) })
		switch {
		case !ok:
			faults.add(foreignID, at.String()+" "+id)
			return nil
		case have[i]:
			faults.add(doubleID, at.String()+" "+id)
			return nil
		}
		for ; i < len(docs) && docs[i].id == key; i++ {
			values[i], have[i] = score, true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("scores.%s: %w", name, err)
	}
	for i, ok := range have {
		if ok {
			continue
		}
		values[i] = math.NaN()
		if s.Missing != "allow" && (i == 0 || docs[i-1].id != docs[i].id) {
			faults.add(noScore, hex.EncodeToString(docs[i].id[:]))
		}
	}
	return values, faults.error(name, s.idField(), len(docs))
}

// joinedScores are the scores of a group, read when first asked for.
type joinedScores struct {
	r     *RunFolder
	group int
	rows  int         // of the group
	read  [][]float64 // by score and row
}

// column returns the column of a score, nil for a name that is none.
func (j *joinedScores) column(name string) ([]float64, error) {
	names := j.r.Config.scoreNames()
	k := slices.IndexFunc(names, func(n string) bool { return signalColumn(n) == name })
	if k < 0 {
		return nil, nil
	}
	if j.read != nil {
		return j.read[k], nil
	}
	read := make([][]float64, len(names))
	for i := range read {
		read[i] = make([]float64, j.rows)
		for r := range read[i] {
			read[i][r] = math.NaN()
		}
	}
	width := 4 + 8*len(names)
	for p := range j.r.Plan.Parts.Scores {
		b, err := j.r.readSlice("scores", scoresFile, p, j.group)
		if errors.Is(err, fs.ErrNotExist) && j.r.Unjoined() != nil {
			break // the run ended before: see there
		}
		if err != nil {
			return nil, err
		}
		for ; len(b) >= width; b = b[width:] {
			row := binary.LittleEndian.Uint32(b)
			if int(row) >= j.rows {
				return nil, fmt.Errorf("scores of group %d: row %d of %d", j.group, row, j.rows)
			}
			for i := range read {
				read[i][row] = math.Float64frombits(binary.LittleEndian.Uint64(b[4+8*i:]))
			}
		}
	}
	j.read = read
	return read[k], nil
}

// Unjoined returns the scores of the config whose join is not done, because it failed
// or the run did not come to it: no document has them, and no limit on them holds
// or breaks. So documents can still be exported to be scored.
func (r *RunFolder) Unjoined() []string {
	for p := range r.Plan.Parts.Scores {
		if m, err := r.marker(stageByName("scores"), p); err != nil || m == nil {
			return r.Config.scoreNames()
		}
	}
	return nil
}

// scoreParts lists the pieces of the scores of a group.
func scoreParts(p *Plan, group int) []dep {
	var d []dep
	for i := range p.Parts.Scores {
		d = append(d, dep{stage: "scores", index: i, suffix: scoresFile, part: slicePart(group)})
	}
	return d
}

// scoresOf returns the joined scores of one page, nil without scores.
func (r *RunFolder) scoresOf(p place) ([]float64, error) {
	if len(r.Config.Scores) == 0 {
		return nil, nil
	}
	c, f, err := r.columns("measure", p.group, columnsFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	defer c.close()
	var v []float64
	for _, name := range r.Config.scoreNames() {
		col, err := c.float64s(signalColumn(name))
		if err != nil {
			return nil, err
		}
		v = append(v, col[p.row])
	}
	return v, nil
}
