package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func publishCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "publish RUN [s3://BUCKET/PREFIX]",
		Short: "Upload the finished release to S3-compatible storage; the same command completes it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usage("want a run folder, and a place unless the config names one")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			to := r.Config.Publish
			if len(args) == 2 {
				to = args[1]
			}
			if to == "" {
				return usage("the config names no place (publish); give s3://BUCKET/PREFIX")
			}
			return publish(cmd.Context(), cmd.OutOrStdout(), r, to)
		},
	}
}

// publish uploads the release and says what was done.
func publish(ctx context.Context, w io.Writer, r *pipeline.RunFolder, to string) error {
	res, err := r.Publish(ctx, to, func(text string) { fmt.Fprintln(os.Stderr, "qingliu: "+safeText(text)) })
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "  published: %s: %d files, %d of them sent (%s)", res.To, res.Files, res.Sent, size(res.Bytes))
	if res.Removed > 0 {
		fmt.Fprintf(w, ", %d of an earlier release removed", res.Removed)
	}
	fmt.Fprintln(w)
	return nil
}
