package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func exportCommand() *cobra.Command {
	o := pipeline.ExportOptions{}
	var output string
	cmd := &cobra.Command{
		Use:   "export RUN --fields id,text",
		Short: "Write fields of a run's documents as JSON lines, e.g. for a scorer on another machine",
		Long: "Documents are those that passed the gates, each id once; --kept leaves out those that a limit drops. Fields are id, text,\n" +
			"title, url, dates, labels, dataset, reason (why it is dropped) and every signal. Text is as released: personal data replaced.",
		Args: exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			noteUnjoined(cmd, r)
			n, err := writeList(cmd, output, func(w io.Writer) (int64, error) { return r.Export(w, o) })
			if err == nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s documents\n", group(n))
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.Fields, "fields", []string{"id", "text"}, "fields, in this order")
	f.StringVar(&o.Where, "where", "", "a condition, e.g. 'n_code_points >= 500 && page_type == article'")
	f.BoolVar(&o.Kept, "kept", false, "only documents that the limits keep")
	f.StringVarP(&output, "output", "o", "", "write to this file")
	return cmd
}

// noteUnjoined says that the scores of a run are not there.
func noteUnjoined(cmd *cobra.Command, r *pipeline.RunFolder) {
	if names := r.Unjoined(); names != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "qingliu: %s not joined in this run: no document has them, limits on them are left out\n", strings.Join(names, ", "))
	}
}

func siteLinesCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "site-lines RUN",
		Short: "Write the lines that sites repeat, as a list to review",
		Long: "Writes every line that the run takes for boilerplate of its site: site, place, the number of documents with it, of how\n" +
			"many, and the line. Strike the rows whose lines are to stay and name the file as sites.frozen: later runs then cut what is\n" +
			"in the list, and nothing else.",
		Args: exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			n, err := writeList(cmd, output, r.SiteLines)
			if err == nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s lines\n", group(n))
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this file")
	return cmd
}

// writeList gives write the file of that name, or standard output for none.
func writeList(cmd *cobra.Command, name string, write func(w io.Writer) (int64, error)) (n int64, err error) {
	if name == "" {
		w := bufio.NewWriterSize(cmd.OutOrStdout(), 1<<16)
		n, err = write(w)
		return n, errors.Join(err, w.Flush())
	}
	err = writeWhole(name, func(w io.Writer) error {
		n, err = write(w)
		return err
	})
	return n, err
}
