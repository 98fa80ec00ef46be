package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

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
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			var to io.Writer = cmd.OutOrStdout()
			if output != "" {
				f, ferr := os.Create(output)
				if ferr != nil {
					return ferr
				}
				defer func() {
					if cerr := f.Close(); err == nil {
						err = cerr
					}
				}()
				to = f
			}
			w := bufio.NewWriterSize(to, 1<<16)
			n, err := r.Export(w, o)
			if ferr := w.Flush(); err == nil {
				err = ferr
			}
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
