package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

// runFlags are the flags of commands that prepare a run.
type runFlags struct {
	out    string
	set    []string
	jobs   int
	sample string
}

func (f *runFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.out, "out", "", "run folder (default out/NAME, NAME from the config)")
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "set a key of the config: key=value, dotted keys, value in YAML; may be repeated")
	cmd.Flags().StringVar(&f.sample, "sample", "", "read only this share of the sites, e.g. 1%")
}

// prepare loads the config, applies the flags and makes or renews the run folder.
func (f *runFlags) prepare(ctx context.Context, path string) (*pipeline.RunFolder, error) {
	set := f.set
	if f.sample != "" {
		s, err := parseShare(f.sample)
		if err != nil {
			return nil, err
		}
		set = append(set, "extract.sample="+strconv.FormatFloat(s, 'g', -1, 64))
	}
	c, err := pipeline.LoadConfig(path, set)
	if err != nil {
		return nil, err
	}
	c.LogNetwork(func(text string) { fmt.Fprintln(os.Stderr, "qingliu: "+safeText(text)) })
	dir := f.out
	if dir == "" {
		dir = filepath.Join("out", c.Name)
	}
	return pipeline.Prepare(ctx, c, dir)
}

// parseShare reads 1% or 0.01.
func parseShare(s string) (float64, error) {
	n, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	v, err := strconv.ParseFloat(n, 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v > 0 && v <= 1) {
		return 0, usage("--sample %s: want a share of the sites such as 1%% or 0.01", s)
	}
	return v, nil
}

func runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run CONFIG",
		Short: "Carry out a whole run on this machine; the same command resumes it",
		Args:  exactArgs(1, "one config file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.jobs < 1 {
				return usage("-j %d: want at least 1", f.jobs)
			}
			r, err := f.prepare(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			p := newProgress(os.Stderr, r)
			err = r.Run(cmd.Context(), pipeline.RunOptions{Workers: f.jobs, Events: p})
			p.close()
			if err != nil {
				return err
			}
			return finishRun(cmd.Context(), cmd.OutOrStdout(), r)
		},
	}
	f.register(cmd)
	cmd.Flags().IntVarP(&f.jobs, "jobs", "j", runtime.NumCPU(), "workers")
	return cmd
}

// finishRun prints the summary and uploads the release where the config says so.
func finishRun(ctx context.Context, w io.Writer, r *pipeline.RunFolder) error {
	summary := printSummary(w, r)
	var code exitError
	if r.Config.Publish == "" || summary != nil && !errors.As(summary, &code) {
		return summary
	}
	if err := publish(ctx, w, r, r.Config.Publish); err != nil {
		return err
	}
	return summary
}

// printSummary prints the funnel, the reasons that took most and the path of the
// release. It returns exit code 3 if some input could not be read.
func printSummary(w io.Writer, r *pipeline.RunFolder) error {
	s, err := r.Summary()
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	top := int64(1)
	if len(s.Funnel) > 0 {
		top = max(s.Funnel[0].Left, 1)
	}
	last := int64(0)
	for i, f := range s.Funnel {
		lost := ""
		if i > 0 {
			lost = "-" + group(last-f.Left)
		}
		bar := strings.Repeat("█", int(f.Left*30/top))
		fmt.Fprintf(w, "  %-10s %12s %12s  %s\n", f.Step, group(f.Left), lost, bar)
		last = f.Left
	}
	if len(s.Top) > 0 {
		fmt.Fprintln(w, "\n  took most:")
		for _, c := range s.Top {
			fmt.Fprintf(w, "  %12s  %s\n", group(c.N), c.Name)
		}
	}
	for _, o := range s.Outputs {
		fmt.Fprintf(w, "\n  %s (%s): %s documents, %s code points, %d shards, %s packed\n", o.Name, o.Schema, group(o.Docs), group(o.CodePoints), o.Shards, size(o.Packed))
	}
	if d := s.Damage; d.Unreadable+d.Gaps > 0 {
		var lost []string
		if d.Unreadable > 0 {
			lost = append(lost, group(d.Unreadable)+plural(d.Unreadable, " record", " records"))
		}
		if d.Gaps > 0 {
			lost = append(lost, fmt.Sprintf("%s in %s%s", size(d.GapBytes), group(d.Gaps), plural(d.Gaps, " gap", " gaps")))
		}
		fmt.Fprintf(w, "\n  could not be read: %s; ledger.json names all\n", strings.Join(lost, ", and "))
		for _, u := range s.Unread {
			fmt.Fprintf(w, "    %s\n", safeText(u))
		}
	}
	fmt.Fprintf(w, "\n  release: %s\n", filepath.Join(r.Dir, pipeline.ReleaseDir))
	if s.Damage.Unreadable+s.Damage.Gaps > 0 {
		return exitError(exitUnreadable)
	}
	return nil
}

// group prints a number with thousands separators.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		return "-" + s
	}
	return s
}

// size prints bytes for people.
func size(n int64) string {
	f := float64(n)
	for _, u := range []string{"B", "KiB", "MiB", "GiB"} {
		if f < 1024 {
			return strconv.FormatFloat(f, 'f', map[bool]int{true: 0, false: 1}[u == "B"], 64) + " " + u
		}
		f /= 1024
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " TiB"
}

// plural returns the form of a word that n wants.
func plural(n int64, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
