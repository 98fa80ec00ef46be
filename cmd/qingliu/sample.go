package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func sampleCommand() *cobra.Command {
	o := pipeline.SampleOptions{}
	var kept, dropped bool
	var runes int
	cmd := &cobra.Command{
		Use:   "sample RUN",
		Short: "Read documents of a run: at random, or nearest to a limit on both sides",
		Args:  exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			switch {
			case kept && dropped:
				return usage("--kept and --dropped exclude each other")
			case kept:
				o.Fate = "kept"
			case dropped:
				o.Fate = "dropped"
			}
			if o.N < 1 || runes < 0 {
				return usage("want -n of at least 1 and --chars of at least 0")
			}
			docs, err := r.Sample(o)
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			for i, d := range docs {
				verdict := "kept"
				if !d.Verdict.Kept() {
					verdict = "dropped by " + verdictText(d.Verdict, d.PageType)
				}
				if o.Near != "" {
					verdict += fmt.Sprintf("; %s: %s", o.Near, number(d.Signal))
				}
				fmt.Fprintf(w, "——— %d of %d  %s  %s\n%s\n%s  [%s]\n\n%s\n\n", i+1, len(docs), d.ID, safeText(verdict), safeText(d.URL), safeText(d.Title), d.PageType, safeText(shorten(d.Text, runes)))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&o.Near, "near", "", "a filter or limit, e.g. line_repetition or line_repetition.max_fraction")
	cmd.Flags().StringVar(&o.Where, "where", "", "a condition, e.g. 'n_code_points >= 500 && page_type == article'")
	cmd.Flags().IntVarP(&o.N, "number", "n", 50, "documents")
	cmd.Flags().Uint64Var(&o.Seed, "seed", 1, "another seed draws other documents")
	cmd.Flags().BoolVar(&kept, "kept", false, "only documents that the limits keep")
	cmd.Flags().BoolVar(&dropped, "dropped", false, "only documents that the limits drop")
	cmd.Flags().IntVar(&runes, "chars", 600, "code points of text to show, 0 for all")
	return cmd
}

// shorten returns the first n code points of s, all of it for n = 0.
func shorten(s string, n int) string {
	if n <= 0 {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i] + " …"
		}
		n--
	}
	return s
}

func whatifCommand() *cobra.Command {
	var set []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "whatif RUN --set KEY=VALUE",
		Short: "Show what other limits would keep, before duplicates are removed",
		Args:  exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(set) == 0 {
				return usage("--set is missing, e.g. --set filters.length.min_code_points=200")
			}
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			x, err := r.WhatIf(set)
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			if asJSON {
				enc := json.NewEncoder(w)
				enc.SetIndent("", " ")
				return enc.Encode(x)
			}
			fmt.Fprintf(w, "%s pages: kept %s before, %s after (+%s, -%s)\n", group(x.Pages), group(x.Before), group(x.After), group(x.Gained), group(x.Lost))
			for _, rule := range x.Reason {
				fmt.Fprintf(w, "  %-48s drops %10s → %s\n", rule.Reason, group(rule.Before), group(rule.After))
			}
			const most = 20
			shown := map[string]int{}
			for _, row := range x.By {
				if shown[row.Label]++; shown[row.Label] > most {
					continue
				}
				fmt.Fprintf(w, "  %-10s %-37s keeps %10s → %s\n", row.Label, safeText(row.Value), group(row.Before), group(row.After))
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&set, "set", nil, "a limit or label key and its new value; may be repeated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
