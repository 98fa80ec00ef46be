package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/qingliu/qingliu/corpus"
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
	maxScores      = 64 // of a config
	maxScoreErrors = 5  // that a message names
)

func (c *Config) scoreNames() []string { return slices.Sorted(maps.Keys(c.Scores)) }

// scoreSignals are the signals that the scores stage joins.
func (c *Config) scoreSignals() []filters.Signal {
	var s []filters.Signal
	for _, name := range c.scoreNames() {
		s = append(s, filters.Signal{Name: name, Decimals: corpus.Exact, Doc: "score joined by id"})
	}
	return s
}

// paths returns the files of a score, sorted.
func (s *ScoreConfig) paths() ([]string, error) {
	if s.Files == "" {
		return nil, errors.New("is empty; name the files with the scores")
	}
	return tableFiles(s.Files)
}

// scoreProblems says what is wrong with the scores of a config.
func (c *Config) scoreProblems(add func(key, format string, args ...any)) {
	if len(c.Scores) > maxScores {
		add("scores", "%d scores are more than %d", len(c.Scores), maxScores)
	}
	for _, name := range c.scoreNames() {
		s := c.Scores[name]
		if !signalName(name) {
			add("scores."+name, "%q is no name for a score: %s", name, signalNameRule)
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

// each calls f with the rows of all files, in order.
func (s *ScoreConfig) each(name string, f func(id string, score float64, at *tableRow) error) error {
	names, err := s.paths()
	if err != nil {
		return err
	}
	field := s.scoreField(name)
	for _, file := range names {
		err := eachRow(file, []string{s.idField(), field}, func(r *tableRow) error {
			if !r.values[1].isNumber {
				if len(r.values[1].text) == 0 {
					return fmt.Errorf("%s: no number in the field %s: name the field with the score by field", r, field)
				}
				return fmt.Errorf("%s: field %s is no number", r, field)
			}
			return f(string(r.values[0].text), r.values[1].number, r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// finite reports whether a number can be a score.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
