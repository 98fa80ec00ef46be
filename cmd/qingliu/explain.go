package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/pipeline"
)

func explainCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain RUN|CONFIG TARGET",
		Short: "Show what the steps make of one page and why: charset, lines kept and cut, signals beside limits, verdict, duplicates",
		Long: "TARGET is an id or URL of the run, or FILE:OFFSET of a record. With a config in place of a run\n" +
			"folder TARGET is a file: an HTML page, an archive with :OFFSET, or - for HTML on standard input.",
		Args: exactArgs(2, "a run folder or config, and a target"),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := explainTarget(args[0], args[1])
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", " ")
				return enc.Encode(e)
			}
			printExplanation(cmd.OutOrStdout(), e)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func explainTarget(where, target string) (*pipeline.Explanation, error) {
	if st, err := os.Stat(where); err == nil && st.IsDir() {
		r, err := pipeline.OpenRun(where)
		if err != nil {
			return nil, err
		}
		return r.Explain(target)
	}
	c, err := pipeline.LoadConfig(where, nil)
	if err != nil {
		return nil, err
	}
	if target == "-" {
		dir, err := os.MkdirTemp("", "qingliu-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		target = filepath.Join(dir, "stdin")
		if err := spool(target, os.Stdin); err != nil {
			return nil, err
		}
	}
	return pipeline.ExplainFile(c, target)
}

// spool copies a stream to a file, for readers that need offsets.
func spool(path string, r io.Reader) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func printExplanation(w io.Writer, e *pipeline.Explanation) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-10s %s\n", name, safeText(fmt.Sprintf(format, args...)))
	}
	row("record", "%s, offset %d", e.File, e.Offset)
	row("url", "%s", e.URL)
	if e.Readable != "" && e.Readable != e.URL {
		row("  reads", "%s", e.Readable)
	}
	if e.Canonical != "" {
		row("  one with", "%s, site %s", e.Canonical, e.Site)
	}
	if e.ID != "" {
		row("id", "%s", e.ID)
		row("title", "%s", e.Title)
	}
	if c := e.Charset; c.Encoding != "" {
		evidence := ""
		if c.Evidence != "" {
			evidence = "; " + c.Evidence
		}
		row("charset", "%s by rule %s; HTTP says %q, meta says %q; %d bad sequences%s", c.Encoding, c.Rule, c.HTTPLabel, c.MetaLabel, c.Invalid, evidence)
	}
	printEvidence(row, &e.Charset)
	if e.PageType != "" {
		labels := fmt.Sprintf("language %s, script %s", e.Language, e.Script)
		if e.Variety != "" {
			labels += ", variety " + e.Variety
		}
		if e.Domain != "" {
			labels += ", domain " + safeText(e.Domain)
		}
		row("page", "%s (%s), %s", e.PageType, e.PageRule, labels)
	}
	if e.HTMLLanguage+e.CrawlerLanguages != "" {
		row("  said to", "be %q by the page, %q by the crawler", e.HTMLLanguage, e.CrawlerLanguages)
	}
	row("fate", "%s", strings.TrimSpace(e.Fate+" "+e.Detail))
	if !e.Verdict.Kept() {
		row("verdict", "%s", verdictText(e.Verdict, e.PageType))
	}
	for _, a := range e.All {
		row("  breaks", "%s", a)
	}
	for _, p := range e.Policy {
		where := "on no list"
		if p.List != "" {
			where = fmt.Sprintf("%s:%d", p.List, p.Line)
		}
		mark := ""
		if p.Broken {
			mark = "  BROKEN"
		}
		row("policy", "%s (%s): %s%s", p.Reason, p.Action, where, mark)
	}
	if d := e.Duplicate; d != nil {
		row("duplicates", "keeper %s, similarity %s, cluster of %d, %d exact copies", d.Keeper, number(d.Similarity), d.ClusterSize, d.ExactCopies)
	}
	if len(e.Signals) > 0 {
		fmt.Fprintln(w, "\nsignals")
	}
	for _, s := range e.Signals {
		v := "not measured"
		if s.Value != nil {
			v = number(*s.Value)
		}
		limits := ""
		for _, l := range s.Limits {
			op, mark := "≥", ""
			if l.Max {
				op = "≤"
			}
			if l.Broken {
				mark = "  BROKEN"
			}
			limits += fmt.Sprintf("  %s %s%s", op, number(l.Bound), mark)
		}
		fmt.Fprintf(w, "  %-28s %12s%s\n", s.Name, v, limits)
	}
	if len(e.Lines) > 0 {
		fmt.Fprintf(w, "\nlines (%s)\n", safeText(e.SiteLines))
	}
	for _, l := range e.Lines {
		if l.Cut != "" {
			fmt.Fprintf(w, "- [%s] %s\n", l.Cut, safeText(l.Text))
		} else if l.Added != "" {
			fmt.Fprintf(w, "+ [%s] %s\n", l.Added, safeText(l.Text))
		} else {
			fmt.Fprintf(w, "+ %s\n", safeText(l.Text))
		}
	}
}

// printEvidence prints what speaks for or against a charset decision, as far as
// there is something to say: labels beyond the first, readings of pages that are
// no plain UTF-8, double encoding.
func printEvidence(row func(name, format string, args ...any), c *pipeline.CharsetNote) {
	in := c.Inspection
	if in != nil {
		for _, l := range in.Labels {
			where := "meta tag"
			if l.XML {
				where = "XML declaration"
			}
			row("  label", "%q at %d (%s): %s", l.Label, l.Offset, where, cmp.Or(l.Encoding, "no encoding"))
		}
		if in.Mark != "" {
			row("  mark", "%s", in.Mark)
		}
		if !in.UTF8Valid {
			for _, r := range in.Readings {
				row("  reading", "%-9s score %5d, %d letters, %d bad sequences", r.Encoding, r.Score, r.Letters, r.Bad)
			}
		}
		if in.Double.Triples+in.Double.Letters > 0 {
			row("  double", "%d triples of Latin letters that were Han, %d accented letters in runs", in.Double.Triples, in.Double.Letters)
		}
	}
	if c.Repair != "" {
		row("  repaired", "%s was undone", c.Repair)
	}
	if c.Mojibake > 0 {
		row("  mojibake", "%s of the text", number(c.Mojibake))
	}
}

// verdictText words a verdict: rules over labels have no number.
func verdictText(v corpus.Verdict, pageType string) string {
	if v.Reason == pipeline.PageTypeReason {
		return fmt.Sprintf("%s: %s is in labels.drop_page_types", v.Reason, pageType)
	}
	if strings.HasPrefix(v.Reason, pipeline.PolicyPrefix) {
		return v.Reason + ": by the address of the page"
	}
	return fmt.Sprintf("%s: %s against limit %s", v.Reason, number(v.Value), number(v.Limit))
}

// number prints a measured value without needless zeros.
func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
