package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func configCommand() *cobra.Command {
	var set []string
	cmd := &cobra.Command{Use: "config", Short: "Check, show and document configs", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("no command config %q", args[0])
		}
		return cmd.Help()
	}, Args: cobra.ArbitraryArgs}
	check := &cobra.Command{
		Use:   "check CONFIG",
		Short: "Validate a config",
		Args:  exactArgs(1, "one config file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := pipeline.LoadConfig(args[0], set); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: ok\n", args[0])
			return nil
		},
	}
	show := &cobra.Command{
		Use:   "show CONFIG",
		Short: "Print the effective config: presets applied, defaults written out (those of filters are in the reference)",
		Args:  exactArgs(1, "one config file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := pipeline.LoadConfig(args[0], set)
			if err != nil {
				return err
			}
			out, err := c.EffectiveYAML()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(out)
			return err
		},
	}
	for _, c := range []*cobra.Command{check, show} {
		c.Flags().StringArrayVar(&set, "set", nil, "set a key of the config: key=value")
	}
	var file string
	reference := &cobra.Command{
		Use:   "reference",
		Short: "Print the reference of all keys, filters and signals (configs/REFERENCE.md)",
		Args:  exactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := pipeline.Reference()
			if err != nil {
				return err
			}
			if file != "" {
				return os.WriteFile(file, out, 0o644)
			}
			_, err = cmd.OutOrStdout().Write(out)
			return err
		},
	}
	reference.Flags().StringVarP(&file, "output", "o", "", "write to this file")
	cmd.AddCommand(check, show, reference)
	return cmd
}
