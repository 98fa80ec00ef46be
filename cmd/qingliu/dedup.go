package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func dedupCommand() *cobra.Command {
	o := pipeline.DedupOptions{}
	cmd := &cobra.Command{
		Use:   "dedup IN... --out DIR",
		Short: "Remove exact and near duplicates from JSON lines (.jsonl, .gz, .zst), resumable like a run",
		Long: "Writes DIR/kept.jsonl.zst, the lines that stay as they came, in input order, and DIR/removed.jsonl.zst with\n" +
			"id, keeper, similarity and reason. DIR/work holds the stages' files; delete it when done.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("want at least one input")
			}
			if o.Dir == "" {
				return usage("--out is missing")
			}
			if !(o.Similarity >= 0.5 && o.Similarity <= 1) {
				return usage("--similarity %v: want 0.5 to 1", o.Similarity)
			}
			if o.Workers < 1 {
				return usage("-j %d: want at least 1", o.Workers)
			}
			o.Inputs = args
			if err := os.MkdirAll(o.Dir, 0o777); err != nil {
				return err
			}
			res, err := pipeline.Dedup(cmd.Context(), o)
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "%s lines: %s kept, %s exact copies, %s near duplicates, %s unreadable\n%s\n%s\n", group(res.Records), group(res.Kept), group(res.Exact), group(res.Near), group(res.Unreadable),
				filepath.Join(o.Dir, "kept.jsonl.zst"), filepath.Join(o.Dir, "removed.jsonl.zst"))
			if res.Unreadable+res.Gaps > 0 {
				return fmt.Errorf("%s lines and %s other places of the input could not be read (is the text field %q?); the first: %s", group(res.Unreadable), group(res.Gaps), o.Text, safeText(res.First))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&o.Dir, "out", "", "folder for the results")
	cmd.Flags().StringVar(&o.Text, "text", "text", "name of the text field")
	cmd.Flags().StringVar(&o.ID, "id", "id", "name of the id field")
	cmd.Flags().Float64Var(&o.Similarity, "similarity", 0.77, "two texts at least this similar are near duplicates")
	cmd.Flags().IntVarP(&o.Workers, "jobs", "j", runtime.NumCPU(), "workers")
	return cmd
}
