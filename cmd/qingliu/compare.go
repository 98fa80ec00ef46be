package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html/template"
	"os"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func compareCommand() *cobra.Command {
	o := pipeline.CompareOptions{}
	var against []string
	var page string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare RUN --against FILE",
		Short: "Set what a run keeps against another tool's output on the same pages, by URL",
		Long: "FILE is JSONL (also .gz, .zst) or .parquet with a URL and a text, or a pattern of such files. Counted are pages that\n" +
			"both have, only we have, and only they have, these with our reason. --html writes pages of both sides in blind order to read; which side has a page stands behind a fold.",
		Args: exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(against) == 0 {
				return usage("--against is missing, e.g. --against 'other/*.parquet'")
			}
			if o.N < 0 {
				return usage("--number %d: want 0 or more", o.N)
			}
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			if page == "" {
				o.N = 0 // counts need no texts
			}
			c, err := r.Compare(against, o)
			if err != nil {
				return err
			}
			if page != "" {
				if err := writeComparePage(page, c); err != nil {
					return err
				}
			}
			c.Pages = nil
			w := cmd.OutOrStdout()
			if asJSON {
				enc := json.NewEncoder(w)
				enc.SetIndent("", " ")
				return enc.Encode(c)
			}
			fmt.Fprintf(w, "both %s, only ours %s, only theirs %s\n", group(int64(c.Both)), group(int64(c.OnlyOurs)), group(int64(c.OnlyTheirs)))
			for _, x := range c.Reasons {
				fmt.Fprintf(w, "  %8s  %s\n", group(int64(x.Pages)), safeText(x.Reason))
			}
			if c.NoURL+c.Double > 0 {
				fmt.Fprintf(w, "of their rows %s have no %s, %s a URL that stood before\n", group(int64(c.NoURL)), o.Key, group(int64(c.Double)))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&against, "against", nil, "JSONL or Parquet of the other tool, or a pattern; may be repeated")
	f.StringVar(&o.Key, "key", "url", "field with the URL; dots lead into objects, e.g. metadata.url")
	f.StringVar(&o.Text, "text", "text", "field with the text; dots lead into objects")
	f.StringVar(&page, "html", "", "write pages that only one side has to this file")
	f.IntVarP(&o.N, "number", "n", 100, "pages of each side in the HTML file")
	f.Uint64Var(&o.Seed, "seed", 1, "another seed draws other pages")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// comparePage is one file that needs nothing else. html/template escapes what
// pages say.
var comparePage = template.Must(template.New("compare").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>pages of one side</title>
<style>body{max-width:50em;margin:2em auto;font:16px/1.6 serif}article{border-top:1px solid #999;padding:1em 0}pre{white-space:pre-wrap;font:inherit}summary{color:#666}</style>
<h1>Pages that one side has and the other has not</h1>
<p>{{.Both}} pages are in both, {{.OnlyOurs}} only in ours, {{.OnlyTheirs}} only in theirs. Below are {{len .Pages}} in random order: judge first, then unfold.</p>
{{range $i, $p := .Pages}}<article><h2>{{$i}}</h2><pre>{{$p.Text}}</pre>
<details><summary>whose</summary>{{if $p.Ours}}only ours{{else}}only theirs; ours: {{$p.Reason}}{{end}}<br>{{$p.Title}}<br>{{$p.URL}}</details></article>
{{end}}</html>
`))

func writeComparePage(path string, c *pipeline.Comparison) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = comparePage.Execute(w, c)
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
