package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func verifyCommand() *cobra.Command {
	var o pipeline.VerifyOptions
	cmd := &cobra.Command{
		Use:   "verify RELEASE",
		Short: "Hash and count every file of a release again and check that the ledger adds up",
		Long: `Hash and count every file of a release again and check that the ledger adds up.

RELEASE is a folder, s3://BUCKET/PREFIX where publish has put it, or the http(s) URL
below which its files lie. A remote release is read as it is checked; nothing is kept
on disk. Keys of a bucket come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or an
access file, its server from the section network of --config, or from --set:

  qingliu verify s3://bucket/corpus --config corpus.yaml
  qingliu verify s3://bucket/corpus --set network.s3.endpoint=storage.example:9000

HTTP cannot list, so files without an entry in the manifest are found on disk and in
buckets only. Every problem is one line; exit code 1 if there is any.`,
		Args: exactArgs(1, "one release: a folder, s3://BUCKET/PREFIX or a URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			say := func(text string) { fmt.Fprintln(cmd.ErrOrStderr(), "qingliu: "+safeText(text)) }
			o.Report = func(format string, a ...any) { say(fmt.Sprintf(format, a...)) }
			o.Log = say
			listed, err := pipeline.Verify(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			if !listed {
				say(args[0] + ": HTTP does not list: files that the manifest does not name were not looked for")
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: every file, row and count is as the manifest says\n", args[0])
			return nil
		},
	}
	cmd.Flags().StringVar(&o.Config, "config", "", "config whose section network says how a remote release is reached")
	cmd.Flags().StringArrayVar(&o.Settings, "set", nil, "set a key of the config: key=value, dotted keys, value in YAML; may be repeated")
	return cmd
}
