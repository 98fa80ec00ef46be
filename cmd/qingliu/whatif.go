package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func whatifCommand() *cobra.Command {
	var set []string
	var labelsFile string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "whatif RUN --set KEY=VALUE",
		Short: "Show what other limits would keep, before duplicates are removed",
		Args:  exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(set) == 0 && labelsFile == "" {
				return usage("--set is missing, e.g. --set filters.length.min_code_points=200")
			}
			labels, err := readLabels(labelsFile)
			if err != nil {
				return err
			}
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			noteUnjoined(cmd, r)
			x, err := r.WhatIf(set, labels)
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
			if l := x.Labels; l != nil {
				fmt.Fprintf(w, "labels: recovers %d of %d good (kept %d before, %d after; loses %d), admits %d of %d bad (kept %d before, %d after)\n",
					l.GoodGained, l.Good-l.GoodBefore, l.GoodBefore, l.GoodAfter, l.GoodBefore+l.GoodGained-l.GoodAfter,
					l.BadGained, l.Bad-l.BadBefore, l.BadBefore, l.BadAfter)
				if l.Missing > 0 {
					fmt.Fprintf(w, "labels: %d labelled documents are not in the run\n", l.Missing)
				}
			}
			for _, rule := range x.Reason {
				fmt.Fprintf(w, "  %-48s drops %10s → %s\n", rule.Reason, group(rule.Before), group(rule.After))
			}
			for _, reason := range x.Tags {
				fmt.Fprintf(w, "  %s only tags: nothing is dropped by it (action: drop would)\n", reason)
			}
			const most = 20
			shown := map[string]int{}
			for i, row := range x.By {
				if shown[row.Label]++; shown[row.Label] > most {
					if i+1 == len(x.By) || x.By[i+1].Label != row.Label {
						fmt.Fprintf(w, "  %-10s and %d more\n", row.Label, shown[row.Label]-most)
					}
					continue
				}
				fmt.Fprintf(w, "  %-10s %-37s keeps %10s → %s\n", row.Label, safeText(row.Value), group(row.Before), group(row.After))
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&set, "set", nil, "a limit or label key and its new value; may be repeated")
	cmd.Flags().StringVar(&labelsFile, "labels", "", "judgements of documents, JSONL with id and label (good or bad), as sample saves them")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// readLabels reads a file of labels, none for the empty name.
func readLabels(name string) (pipeline.Labels, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	labels, err := pipeline.ReadLabels(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return labels, nil
}
