package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

func planCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "plan CONFIG",
		Short: "Make the run folder: inputs, groups and tasks, without doing any",
		Args:  exactArgs(1, "one config file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := f.prepare(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			var total int64
			for _, file := range r.Plan.Files {
				total += file.Size
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d files, %s, %d groups\n", r.Dir, len(r.Plan.Files), size(total), len(r.Plan.Groups))
			return printStages(cmd.OutOrStdout(), r, false)
		},
	}
	f.register(cmd)
	return cmd
}

func stagesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "stages DIR",
		Short: "List the stages of a run with their missing tasks, one per line: name, tasks, missing",
		Args:  exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			return printStages(cmd.OutOrStdout(), r, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printStages(w io.Writer, r *pipeline.RunFolder, asJSON bool) error {
	st, err := r.Stages()
	if err != nil {
		return err
	}
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(st)
	}
	for _, s := range st {
		missing := make([]string, len(s.Missing))
		for i, m := range s.Missing {
			missing[i] = strconv.Itoa(m)
		}
		list := strings.Join(missing, ",")
		if list == "" {
			list = "-"
		}
		fmt.Fprintf(w, "%s %d %s\n", s.Name, s.Tasks, list)
	}
	return nil
}

func taskCommand() *cobra.Command {
	var stage, span string
	var index, jobs int
	var withParent bool
	cmd := &cobra.Command{
		Use:   "task DIR --stage S --index I",
		Short: "Carry out one task, or a range of tasks of one stage; silent when it succeeds",
		Args:  exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if stage == "" {
				return usage("--stage is missing")
			}
			from, to := index, index
			if span != "" {
				if _, err := fmt.Sscanf(span, "%d-%d", &from, &to); err != nil || from > to || span != fmt.Sprintf("%d-%d", from, to) {
					return usage("--range %s: want A-B", span)
				}
			}
			if from < 0 {
				return usage("--index is missing")
			}
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			sp, ok := r.Plan.Stage(stage)
			if !ok {
				return usage("--stage %s: want one of %s", stage, strings.Join(pipeline.StageNames(), ", "))
			}
			if to >= sp.Tasks {
				return usage("%s has tasks 0 to %d, not %d", stage, sp.Tasks-1, to)
			}
			ctx, cancel := withParentDeath(cmd.Context(), withParent)
			defer cancel()
			for i := from; i <= to; i++ {
				if err := pipeline.RunTask(ctx, r, stage, i, jobs, nil); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&stage, "stage", "", "stage: "+strings.Join(pipeline.StageNames(), ", "))
	cmd.Flags().IntVar(&index, "index", -1, "number of the task")
	cmd.Flags().StringVar(&span, "range", "", "tasks A-B, both included, in place of --index")
	cmd.Flags().IntVarP(&jobs, "jobs", "j", 1, "workers")
	cmd.Flags().BoolVar(&withParent, "die-with-parent", false, "stop when standard input ends")
	return cmd
}

func finishCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "finish DIR",
		Short: "Carry out the last task: manifest, ledger, report and card of the release",
		Args:  exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			if err := pipeline.RunTask(cmd.Context(), r, "finish", 0, 1, nil); err != nil {
				return err
			}
			return finishRun(cmd.Context(), cmd.OutOrStdout(), r)
		},
	}
}

func statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status DIR",
		Short: "Show what is done, missing, failed and damaged",
		Args:  exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return printStages(cmd.OutOrStdout(), r, true)
			}
			st, err := r.Stages()
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "%-8s %6s %6s %8s %7s %8s\n", "stage", "tasks", "done", "missing", "failed", "damaged")
			for _, s := range st {
				other := len(s.Failed) + len(s.Damaged)
				fmt.Fprintf(w, "%-8s %6d %6d %8d %7d %8d\n", s.Name, s.Tasks, s.Tasks-len(s.Missing), len(s.Missing)-other, len(s.Failed), len(s.Damaged))
				for _, e := range s.Errors {
					fmt.Fprintf(w, "         %s\n", safeText(strings.TrimSpace(e)))
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func cleanCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "clean DIR",
		Short: "Remove temporary files of dead attempts and work that the present plan does not use",
		Args:  exactArgs(1, "one run folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := pipeline.OpenRun(args[0])
			if err != nil {
				return err
			}
			files, bytes, err := r.Clean()
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "removed %d files, %s\n", files, size(bytes))
			return nil
		},
	}
}
