package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/extract/eval"
)

func evalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Score a part against labelled data",
		Args:  exactArgs(1, "a part: extract, filters or classifier"),
		RunE: func(_ *cobra.Command, args []string) error {
			return usage("no part %q; there are extract, filters and classifier", args[0])
		},
	}
	cmd.AddCommand(evalExtractCommand(), evalFiltersCommand(), evalClassifierCommand(), evalLMCommand())
	return cmd
}

// evalExtract holds the flags of eval extract.
type evalExtract struct {
	gold, pred     []string // NAME=PATH
	pages, index   string
	compare        []string
	worst          int
	json           bool
	html           string
	gate           string
	update         bool
	lower          string
	results        []eval.Shown
	differences    []eval.Difference
	sets           []eval.Set
	inProcessTexts eval.Texts
}

// ourSystem is the name of this program's output among the systems.
const ourSystem = "qingliu"

func evalExtractCommand() *cobra.Command {
	e := &evalExtract{}
	cmd := &cobra.Command{
		Use:   "extract --gold SET=PATH [--pred NAME=PATH | --pages PATH]...",
		Short: "Score main text against text copied by hand: precision, recall, F1, furniture lines",
		Long: "A path is a folder of ID.txt or a JSONL file (also .gz, .zst) with id and text. --pages scores this program's own\n" +
			"extractor, as system " + ourSystem + ", on raw pages: a folder of ID.html, or JSONL with id, url and html or html_b64.\n" +
			"Tokens are CJK characters and words; F1 is the macro mean over multisets of four-token shingles; boil counts lines\n" +
			"of page furniture per page. Intervals are 95 % of a bootstrap over pages. Exit code 1: a bound of the gate is broken.",
		Args: exactArgs(0, "no arguments; sets and systems are flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := bufio.NewWriter(cmd.OutOrStdout())
			err := e.run(w, cmd.ErrOrStderr())
			if ferr := w.Flush(); err == nil {
				err = ferr
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&e.gold, "gold", nil, "gold texts, SET=PATH; may be repeated")
	f.StringArrayVar(&e.pred, "pred", nil, "output of a system, NAME=PATH (PATH/SET or PATH/SET.jsonl where there is one); may be repeated")
	f.StringVar(&e.pages, "pages", "", "raw pages to extract with this program")
	f.StringVar(&e.index, "index", "", "JSONL with id and url (or source_url) of the pages in a folder")
	f.StringArrayVar(&e.compare, "compare", nil, "BASE,NEW: how much better NEW is, page by page; may be repeated")
	f.IntVar(&e.worst, "worst", 0, "list the N worst pages of every system")
	f.BoolVar(&e.json, "json", false, "print JSON with the scores of every page")
	f.StringVar(&e.html, "html", "", "write a page with gold text and output side by side (the worst pages with --worst, else all)")
	f.StringVar(&e.gate, "gate", "", "JSON file with bounds for the one system, or for "+ourSystem)
	f.BoolVar(&e.update, "update", false, "raise the bounds of the gate to what was measured, less a little; none is made weaker")
	f.StringVar(&e.lower, "lower", "", "with --update: a reason to make bounds weaker, kept in the gate")
	return cmd
}

func (e *evalExtract) run(w io.Writer, log io.Writer) error {
	if err := e.check(); err != nil {
		return err
	}
	if err := e.evaluate(log); err != nil {
		return err
	}
	if e.json {
		if err := e.printJSON(w); err != nil {
			return err
		}
	} else {
		e.print(w)
	}
	if e.html != "" {
		if err := e.writeHTML(); err != nil {
			return err
		}
	}
	if e.gate != "" {
		return e.passGate()
	}
	return nil
}

func (e *evalExtract) check() error {
	switch {
	case len(e.gold) == 0:
		return usage("--gold is missing, e.g. --gold A=gold/A")
	case len(e.pred) == 0 && e.pages == "":
		return usage("nothing to score: give --pred NAME=PATH or --pages PATH")
	case e.index != "" && e.pages == "":
		return usage("--index belongs to --pages")
	case e.update && e.gate == "":
		return usage("--update belongs to --gate")
	case e.lower != "" && !e.update:
		return usage("--lower belongs to --update")
	case e.worst < 0:
		return usage("--worst %d: want 0 or more", e.worst)
	}
	names := map[string]bool{ourSystem: e.pages != ""}
	for _, p := range e.pred {
		name, path, ok := strings.Cut(p, "=")
		if !ok || name == "" || path == "" {
			return usage("--pred %s: write NAME=PATH", p)
		}
		if names[name] {
			return usage("--pred %s: system %s is named twice", p, name)
		}
		names[name] = true
	}
	for _, g := range e.gold {
		if name, path, ok := strings.Cut(g, "="); !ok || name == "" || path == "" {
			return usage("--gold %s: write SET=PATH", g)
		}
	}
	for _, c := range e.compare {
		base, with, ok := strings.Cut(c, ",")
		if !ok || !names[base] || !names[with] {
			return usage("--compare %s: write BASE,NEW with the names of two systems", c)
		}
	}
	if e.gate != "" && e.pages == "" && len(e.pred) > 1 {
		return usage("--gate wants one system, or --pages")
	}
	return nil
}

// evaluate reads everything and fills the results, set by set.
func (e *evalExtract) evaluate(log io.Writer) error {
	for _, g := range e.gold {
		name, path, _ := strings.Cut(g, "=")
		sets, err := eval.ReadGold(name, path)
		if err != nil {
			return err
		}
		for _, s := range sets {
			if slices.ContainsFunc(e.sets, func(o eval.Set) bool { return o.Name == s.Name }) {
				return usage("set %s occurs twice", s.Name)
			}
		}
		e.sets = append(e.sets, sets...)
	}
	if e.pages != "" {
		var err error
		if e.inProcessTexts, err = extractPages(e.pages, e.index); err != nil {
			return err
		}
	}
	for _, set := range e.sets {
		bySystem := map[string]*eval.Result{}
		add := func(name string, texts eval.Texts) {
			if missing := countMissing(set.Gold, texts); missing > 0 {
				fmt.Fprintf(log, "qingliu: set %s: %s has no output for %d of %d pages; they count as empty\n", safeText(set.Name), safeText(name), missing, len(set.Gold))
			}
			r := eval.Evaluate(set, name, texts)
			bySystem[name] = r
			e.results = append(e.results, eval.Shown{Result: r, Gold: set.Gold, Output: texts})
		}
		if e.pages != "" {
			add(ourSystem, e.inProcessTexts)
		}
		for _, p := range e.pred {
			name, path, _ := strings.Cut(p, "=")
			texts, err := eval.ReadSystem(path, set.Name)
			if err != nil {
				return err
			}
			add(name, texts)
		}
		for _, c := range e.compare {
			base, with, _ := strings.Cut(c, ",")
			e.differences = append(e.differences, eval.Diff(bySystem[base], bySystem[with]))
		}
	}
	return nil
}

func countMissing(gold, texts eval.Texts) int {
	n := 0
	for id := range gold {
		if _, ok := texts[id]; !ok {
			n++
		}
	}
	return n
}

func (e *evalExtract) print(w io.Writer) {
	for _, set := range e.sets {
		tokens := 0
		for _, s := range e.results {
			if s.Result.Set == set.Name {
				tokens = 0
				for _, p := range s.Result.Pages {
					tokens += p.GoldTokens
				}
			}
		}
		fmt.Fprintf(w, "== %s: %s pages, %s gold tokens, SHA-256 %s\n", safeText(set.Name), group(int64(len(set.Gold))), group(int64(tokens)), set.Gold.SHA256())
		fmt.Fprintf(w, "%-26s %6s %6s %6s  %-15s %6s %6s %6s %6s %6s %6s\n", "system", "P", "R", "F1", "95 %", "f1pr", "rg5", "lcs", "fail", "empty", "boil")
		for _, s := range e.results {
			if r := s.Result; r.Set == set.Name {
				fmt.Fprintf(w, "%-26s %6.3f %6.3f %6.3f  [%.3f, %.3f]  %6.3f %6.3f %6.3f %5.1f%% %5.1f%% %6.2f\n", safeText(r.System), r.P, r.R, r.F1, r.CI.Low, r.CI.High,
					r.F1PR, r.RG5, r.LCS, 100*r.Fail, 100*r.Empty, r.Boil)
			}
		}
		for _, d := range e.differences {
			if d.Set == set.Name {
				fmt.Fprintf(w, "  %s - %s: %+.4f [%+.4f, %+.4f]  better %d, worse %d, same %d\n", safeText(d.New), safeText(d.Base), d.F1, d.CI.Low, d.CI.High, d.Better, d.Worse, d.Same)
			}
		}
		for _, s := range e.results {
			if s.Result.Set != set.Name || e.worst == 0 {
				continue
			}
			fmt.Fprintf(w, "  worst of %s:\n", safeText(s.Result.System))
			for _, p := range s.Result.Worst(e.worst) {
				fmt.Fprintf(w, "    %-40s F1 %.3f  P %.3f  R %.3f  boil %.0f  gold %d  out %d\n", safeText(p.ID), p.F1, p.P, p.R, p.Boil, p.GoldTokens, p.Tokens)
			}
		}
	}
}

func (e *evalExtract) printJSON(w io.Writer) error {
	type jsonSet struct {
		Name   string         `json:"name"`
		Pages  int            `json:"pages"`
		SHA256 string         `json:"gold_sha256"`
		System []*eval.Result `json:"systems"`
	}
	out := struct {
		Sets    []jsonSet         `json:"sets"`
		Compare []eval.Difference `json:"compare"`
	}{[]jsonSet{}, append([]eval.Difference{}, e.differences...)}
	for _, set := range e.sets {
		s := jsonSet{Name: set.Name, Pages: len(set.Gold), SHA256: set.Gold.SHA256()}
		for _, r := range e.results {
			if r.Result.Set == set.Name {
				s.System = append(s.System, r.Result)
			}
		}
		out.Sets = append(out.Sets, s)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
}

func (e *evalExtract) writeHTML() error {
	f, err := os.Create(e.html)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = eval.WriteHTML(w, "main text against gold text", e.results, e.worst)
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// passGate checks or updates the gate with the system it is about.
func (e *evalExtract) passGate() error {
	g, err := eval.ReadGate(e.gate)
	if e.update && errors.Is(err, fs.ErrNotExist) {
		g, err = &eval.Gate{About: "Bounds for main text; qingliu eval extract --gate checks and updates them."}, nil
	}
	if err != nil {
		return err
	}
	var errs []error
	for _, set := range e.sets {
		for _, s := range e.results {
			if r := s.Result; r.Set != set.Name || e.pages != "" && r.System != ourSystem {
				continue
			} else if e.update {
				errs = append(errs, g.Update(set, r, e.lower))
			} else {
				errs = append(errs, g.Check(set, r))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s: %w", e.gate, err)
	}
	if e.update {
		return g.Write(e.gate)
	}
	return nil
}
