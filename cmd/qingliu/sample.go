package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func sampleCommand() *cobra.Command {
	o := pipeline.SampleOptions{}
	var kept, dropped, again bool
	var runes int
	cmd := &cobra.Command{
		Use:   "sample RUN",
		Short: "Read documents of a run: at random, or nearest to a limit on both sides",
		Long: "On a terminal it shows one document after the other, with the lines that were cut in grey, and waits for a key: g good,\n" +
			"b bad, n next, p previous, q quit. Answers go to labels.jsonl in the run folder, which whatif --labels reads; documents\n" +
			"that have a label are not shown again. Elsewhere it prints plainly.",
		Args: exactArgs(1, "one run folder"),
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
			w := cmd.OutOrStdout()
			in, _ := cmd.InOrStdin().(*os.File)
			asks := isTerminal(w) && isTerminal(in)
			if asks && !again {
				if o.Without, err = readLabels(labelsPath(r)); err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
			}
			docs, err := r.Sample(o)
			if err != nil {
				return err
			}
			switch {
			case len(docs) == 0 && len(o.Without) > 0:
				fmt.Fprintln(cmd.ErrOrStderr(), "qingliu: no document without a label is left; --again shows those with one too")
			case len(docs) == 0:
				fmt.Fprintln(cmd.ErrOrStderr(), "qingliu: the run has no such document with a text")
			case asks:
				j := &judge{run: r, limit: docs[0].Near.Reason, runes: runes, keys: keyboard{in: in}, w: w, path: labelsPath(r)}
				return j.all(cmd.Context(), docs)
			}
			for i, d := range docs {
				fmt.Fprintf(w, "——— %d of %d  %s  %s\n%s\n%s  [%s]\n\n%s\n\n", i+1, len(docs), d.ID, safeText(sampleVerdict(d)), safeText(d.URL), safeText(d.Title), d.PageType, safeText(shorten(d.Text, runes)))
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
	cmd.Flags().BoolVar(&again, "again", false, "on a terminal, show documents that have a label too")
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
