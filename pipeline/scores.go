package pipeline

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/valyala/fastjson"

	"github.com/qingliu/qingliu/filters"
)

// ScoreConfig joins scores that another program gave to the documents, by id: the run
// is exported (`qingliu export`), scored elsewhere, and run again with the files
// named here; it goes on from the scores stage.
type ScoreConfig struct {
	Files string `yaml:"files" doc:"file or pattern: JSON lines (.gz, .zst) or .parquet, an id and a score a row"`
	ID    string `yaml:"id" json:",omitempty" doc:"field with the id of the document; empty: id"`
	Field string `yaml:"field" json:",omitempty" doc:"field with the score, a number; empty: the name of the score"`
	// Every document that passed the gates needs one score, unless this is allow:
	// no limit and no condition holds for a document without.
	Missing string `yaml:"missing" json:",omitempty" range:"|error|allow" doc:"documents without a score: error (the default) ends the run, or allow"`
}

const (
	scoreDecimals  = 6
	maxScores      = 64       // of a config
	maxScoreLine   = 64 << 20 // bytes of a JSON line
	maxScoreErrors = 5        // that a message names
)

func (c *Config) scoreNames() []string { return slices.Sorted(maps.Keys(c.Scores)) }

// scoreSignals are the signals that the scores stage joins.
func (c *Config) scoreSignals() []filters.Signal {
	var s []filters.Signal
	for _, name := range c.scoreNames() {
		s = append(s, filters.Signal{Name: name, Decimals: scoreDecimals, Doc: "score joined by id"})
	}
	return s
}

// paths returns the files of a score, sorted.
func (s *ScoreConfig) paths() ([]string, error) {
	if s.Files == "" {
		return nil, errors.New("is empty; name the files with the scores")
	}
	names, err := filepath.Glob(s.Files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Files, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no file is %s", s.Files)
	}
	slices.Sort(names)
	return names, nil
}

// scoreProblems says what is wrong with the scores of a config.
func (c *Config) scoreProblems(add func(key, format string, args ...any)) {
	if len(c.Scores) > maxScores {
		add("scores", "%d scores are more than %d", len(c.Scores), maxScores)
	}
	for _, name := range c.scoreNames() {
		s := c.Scores[name]
		if !signalName(name) {
			add("scores."+name, "%q: a name has small letters, digits and _, begins with a letter, and is 32 long at most", name)
		}
		names, err := s.paths()
		if err != nil {
			add("scores."+name+".files", "%v", err)
		}
		for _, file := range names {
			if _, err := fileSum(file); err != nil {
				add("scores."+name+".files", "%v", err)
			}
		}
	}
}

// scoreIdentity is what the joined scores depend on beside the documents: the content
// of the files, not their names.
func (c *Config) scoreIdentity() []any {
	var id []any
	for _, name := range c.scoreNames() {
		s := c.Scores[name]
		names, err := s.paths()
		if err != nil {
			return []any{err.Error()} // LoadConfig refused it before
		}
		var sums []string
		for _, file := range names {
			sum, err := fileSum(file)
			if err != nil {
				return []any{err.Error()}
			}
			sums = append(sums, sum)
		}
		id = append(id, name, s.idField(), s.scoreField(name), s.Missing == "allow", sums)
	}
	return id
}

func (s *ScoreConfig) idField() string { return cmp.Or(s.ID, "id") }

func (s *ScoreConfig) scoreField(name string) string { return cmp.Or(s.Field, name) }

// scoreRow is a row of a file of scores.
type scoreRow struct {
	id    string
	score float64
	file  string
	row   int // from 1
}

func (r *scoreRow) String() string { return fmt.Sprintf("%s:%d", r.file, r.row) }

// each calls f with the rows of all files, in order.
func (s *ScoreConfig) each(name string, f func(r *scoreRow) error) error {
	names, err := s.paths()
	if err != nil {
		return err
	}
	for _, file := range names {
		read := s.eachJSON
		if strings.HasSuffix(file, ".parquet") {
			read = s.eachParquet
		}
		if err := read(file, s.scoreField(name), f); err != nil {
			return err
		}
	}
	return nil
}

func (s *ScoreConfig) eachJSON(name, field string, f func(r *scoreRow) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close() // only read
	var in io.Reader = file
	switch {
	case strings.HasSuffix(name, ".gz"):
		if in, err = gzip.NewReader(file); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	case strings.HasSuffix(name, ".zst"):
		z, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer z.Close()
		in = z
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<16), maxScoreLine)
	var p fastjson.Parser
	r := &scoreRow{file: name}
	for lines.Scan() {
		r.row++
		if len(lines.Bytes()) == 0 {
			continue
		}
		v, err := p.ParseBytes(lines.Bytes())
		if err != nil {
			return fmt.Errorf("%s: no JSON", r)
		}
		x := v.Get(field)
		if x == nil || x.Type() != fastjson.TypeNumber {
			return fmt.Errorf("%s: field %s is no number", r, field)
		}
		if r.score, err = x.Float64(); err != nil {
			return fmt.Errorf("%s: field %s: %w", r, field, err)
		}
		r.id = string(v.GetStringBytes(s.idField()))
		if err := f(r); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, r.row+1, err)
	}
	return nil
}

func (s *ScoreConfig) eachParquet(name, field string, f func(r *scoreRow) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close() // only read
	st, err := file.Stat()
	if err != nil {
		return err
	}
	table, err := parquet.OpenFile(file, st.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	column := func(field string) (int, error) {
		c, ok := table.Schema().Lookup(field)
		if !ok {
			return 0, fmt.Errorf("%s has no column %s", name, field)
		}
		return c.ColumnIndex, nil
	}
	id, err := column(s.idField())
	if err != nil {
		return err
	}
	score, err := column(field)
	if err != nil {
		return err
	}
	r := &scoreRow{file: name}
	buf := make([]parquet.Row, 256)
	for _, g := range table.RowGroups() {
		err := func() error {
			rows := g.Rows()
			defer rows.Close()
			for {
				n, err := rows.ReadRows(buf)
				for _, row := range buf[:n] {
					r.row++
					r.id = ""
					number := false
					for _, v := range row {
						switch v.Column() {
						case id:
							if !v.IsNull() && v.Kind() == parquet.ByteArray {
								r.id = string(v.ByteArray())
							}
						case score:
							r.score, number = parquetNumber(v)
						}
					}
					if !number {
						return fmt.Errorf("%s: column %s is no number", r, field)
					}
					if err := f(r); err != nil {
						return err
					}
				}
				if err == io.EOF {
					return nil
				}
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}()
		if err != nil {
			return err
		}
	}
	return nil
}

func parquetNumber(v parquet.Value) (float64, bool) {
	if v.IsNull() {
		return 0, false
	}
	switch v.Kind() {
	case parquet.Double:
		return v.Double(), true
	case parquet.Float:
		return float64(v.Float()), true
	case parquet.Int32:
		return float64(v.Int32()), true
	case parquet.Int64:
		return float64(v.Int64()), true
	}
	return 0, false
}

// finite reports whether a number can be a score.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
