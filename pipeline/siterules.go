package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/qingliu/qingliu/extract"
	"github.com/qingliu/qingliu/internal/storage"
)

// siteRules are the rules of a config as they were when it was loaded.
type siteRules struct {
	rules *extract.SiteRules // nil without rules
	// files names the content of the rule files; it belongs to the fingerprint of
	// extract, unlike their paths. The last part of a path is in the rule path of
	// pages and so counts as content.
	files []string
}

// ReadSiteRules reads the files that SiteRules names, so that what is made from
// the config applies them, and returns them (nil if there are none). Loading a
// config does so as well. The error is a *ConfigError that names every fault with
// file, line and selector, or begins with where.
func (c *ExtractConfig) ReadSiteRules(where string) (*extract.SiteRules, error) {
	if p := c.siteRuleProblems(where); p != nil {
		return nil, &ConfigError{Problems: p}
	}
	return c.read.rules, nil
}

func (c *ExtractConfig) readSiteRules() error {
	c.read = siteRules{}
	var files []extract.RuleFile
	for _, pattern := range c.SiteRules {
		found, err := storage.Glob(pattern)
		if err != nil {
			return err
		}
		for _, info := range found {
			if slices.ContainsFunc(files, func(f extract.RuleFile) bool { return f.Name == info.Name }) {
				continue
			}
			data, err := os.ReadFile(info.Name)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(data)
			files = append(files, extract.RuleFile{Name: info.Name, Data: data})
			c.read.files = append(c.read.files, filepath.Base(info.Name)+" "+hex.EncodeToString(sum[:]))
		}
	}
	if files == nil {
		return nil
	}
	rules, err := extract.ParseSiteRules(files)
	if err != nil {
		return err
	}
	if len(rules.Labels()) == 0 {
		return errors.New("the files hold no rule")
	}
	c.read.rules = rules
	return nil
}

// withAbsolutePaths returns the config with absolute paths of the files that every
// command reads again that opens the run, so that it may be called in any folder.
func (c *Config) withAbsolutePaths() (*Config, error) {
	a := *c
	a.Extract.SiteRules = slices.Clone(c.Extract.SiteRules)
	paths := []*string{&a.Text.UserWords}
	a.Policy = slices.Clone(c.Policy)
	for i := range a.Policy {
		paths = append(paths, &a.Policy[i].List)
	}
	for i := range a.Extract.SiteRules {
		paths = append(paths, &a.Extract.SiteRules[i])
	}
	for _, p := range paths {
		if *p == "" {
			continue
		}
		var err error
		if *p, err = filepath.Abs(*p); err != nil {
			return nil, err
		}
	}
	a.Tokenizers = maps.Clone(c.Tokenizers)
	for name, path := range a.Tokenizers {
		var err error
		if a.Tokenizers[name], err = filepath.Abs(path); err != nil {
			return nil, err
		}
	}
	return &a, nil
}

// fingerprint returns what of the config changes the output of extract.
func (c *ExtractConfig) fingerprint() []any {
	e := *c
	e.SiteRules = nil
	if c.read.files == nil {
		return []any{e, extract.Version}
	}
	return []any{e, extract.Version, c.read.files}
}

// siteRuleProblems reads the site rules and words what is wrong with them. where
// names who asked for the files.
func (c *ExtractConfig) siteRuleProblems(where string) []string {
	err := c.readSiteRules()
	var list interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &list):
		var problems []string
		for _, e := range list.Unwrap() {
			problems = append(problems, e.Error())
		}
		return problems
	}
	return []string{fmt.Sprintf("%s: %v", where, err)}
}
