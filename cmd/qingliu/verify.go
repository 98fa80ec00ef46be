package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/shard"
)

func verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify RELEASE",
		Short: "Hash and count every file of a release again and check that the ledger adds up",
		Args:  exactArgs(1, "one release folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			problems := 0
			err := shard.Verify(args[0], func(format string, a ...any) {
				problems++
				fmt.Fprintln(cmd.ErrOrStderr(), "qingliu: "+safeText(fmt.Sprintf(format, a...)))
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: every file, row and count is as the manifest says\n", args[0])
			return nil
		},
	}
}
