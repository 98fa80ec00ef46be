package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func evalFiltersCommand() *cobra.Command {
	o := pipeline.LabelledOptions{}
	var set []string
	var asJSON, bySource bool
	var rows, labels string
	cmd := &cobra.Command{
		Use:   "filters CONFIG FILE",
		Short: "Score every rule of a config against labelled texts: precision, recall, what it takes alone",
		Long: "FILE is JSONL (also .gz, .zst) with text, label and, for the split, source. Texts whose label is named by --good should\n" +
			"be kept, all others dropped. --half a and --half b are two halves of the sources: fit limits on one, report the other.\n" +
			"Page types are unknown for text input, and so are lines that a site repeats.",
		Args: exactArgs(2, "a config and a file of labelled texts"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.Half != "" && o.Half != "a" && o.Half != "b" {
				return usage("--half %s: want a or b", o.Half)
			}
			c, err := pipeline.LoadConfig(args[0], set)
			if err != nil {
				return err
			}
			if labels != "" {
				if o.Read, err = readTextLabels(labels); err != nil {
					return err
				}
			}
			in, err := pipeline.OpenPacked(args[1])
			if err != nil {
				return err
			}
			defer in.Close()
			if rows != "" {
				f, err := os.Create(rows)
				if err != nil {
					return err
				}
				w := bufio.NewWriter(f)
				enc := json.NewEncoder(w)
				enc.SetEscapeHTML(false)
				o.Each = func(r pipeline.LabelledRow) error { return enc.Encode(r) }
				defer func() {
					if ferr := w.Flush(); err == nil {
						err = ferr
					}
					if cerr := f.Close(); err == nil {
						err = cerr
					}
				}()
			}
			s, err := pipeline.EvalFilters(c, in, o)
			if err != nil {
				return fmt.Errorf("%s: %w", args[1], err)
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", " ")
				return enc.Encode(s)
			}
			printFilterScores(cmd.OutOrStdout(), s, bySource)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.Good, "good", []string{"good", "article"}, "labels of texts that should be kept")
	f.StringSliceVar(&o.Skip, "skip", []string{"unsure"}, "labels that count for nothing")
	f.StringVar(&o.Source, "source", "source", "field that names the site or source")
	f.StringVar(&o.Half, "half", "", "only the sources of one half: a or b")
	f.StringArrayVar(&set, "set", nil, "a config key and its new value; may be repeated")
	f.StringVar(&labels, "labels", "", "labels that a reader gave, JSONL with id (of the text, as --rows prints it) and label")
	f.BoolVar(&bySource, "by-source", false, "also print every label by source")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.StringVar(&rows, "rows", "", "write a JSON line with reasons and signals for every text to this file")
	return cmd
}

// readTextLabels reads a file of labels of texts.
func readTextLabels(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	labels, err := pipeline.ReadTextLabels(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return labels, nil
}

func printFilterScores(w io.Writer, s *pipeline.FilterScores, bySource bool) {
	fmt.Fprintf(w, "%s texts: %s good, %s bad; %s skipped\n\n", group(int64(s.Rows)), group(int64(s.Good)), group(int64(s.Bad)), group(int64(s.Skipped)))
	fmt.Fprintf(w, "%-40s %8s %8s %8s\n", "label", "texts", "dropped", "share")
	for _, l := range s.Labels {
		if l.Source != "" && !bySource {
			continue
		}
		name := l.Label
		if l.Source != "" {
			name = "  " + l.Source
		}
		fmt.Fprintf(w, "%-40s %8s %8s %7.1f%%\n", safeText(name), group(int64(l.Rows)), group(int64(l.Dropped)), 100*float64(l.Dropped)/float64(l.Rows))
	}
	fmt.Fprintf(w, "\n%-48s %7s %7s %7s %9s %9s %9s %7s\n", "rule", "good", "bad", "first", "alone g.", "alone b.", "precision", "recall")
	for _, r := range s.Rules {
		precision := "      -"
		if r.Good+r.Bad > 0 {
			precision = fmt.Sprintf("%7.3f", r.Precision)
		}
		fmt.Fprintf(w, "%-48s %7d %7d %7d %9d %9d   %s %7.3f\n", safeText(r.Reason), r.Good, r.Bad, r.First, r.AloneGood, r.AloneBad, precision, r.Recall)
	}
}
