// Command qingliu turns crawl dumps into a Chinese corpus release.
//
// Way in: run.go carries out a whole run; every other subcommand has a file of
// its own name. Work is in package pipeline; this package has flags, signals,
// exit codes and what is printed.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/pipeline"
)

// Exit codes, part of the interface: scripts and engines branch on them.
const (
	exitOK         = 0
	exitFailed     = 1
	exitUsage      = 2   // usage or config
	exitUnreadable = 3   // done, some input could not be read
	exitTryAgain   = 75  // task: an earlier task is not done
	exitCancelled  = 130 // interrupted
)

// exitError carries an exit code without a message of its own.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// execute runs one command line and returns the exit code.
func execute(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	return exitCode(ctx, err)
}

func exitCode(ctx context.Context, err error) int {
	var code exitError
	var conf *pipeline.ConfigError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "qingliu: cancelled; the same command continues where it stopped")
		return exitCancelled
	case errors.As(err, &conf):
		for _, p := range conf.Problems {
			fmt.Fprintln(os.Stderr, "qingliu: "+safeText(p))
		}
		return exitUsage
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, "qingliu: "+safeText(err.Error()))
		return exitUsage
	case pipeline.IsNotReady(err):
		fmt.Fprintln(os.Stderr, "qingliu: "+safeText(err.Error()))
		return exitTryAgain
	}
	fmt.Fprintln(os.Stderr, "qingliu: "+safeText(err.Error()))
	return exitFailed
}

// errUsage marks mistakes on the command line.
var errUsage = errors.New("see --help")

func usage(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), errUsage)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "qingliu",
		Short:         "Turn crawl dumps into a Chinese corpus release",
		Version:       pipeline.ToolVersion,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("no command %q", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%v", err) })
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		runCommand(), planCommand(), stagesCommand(), taskCommand(), finishCommand(), statusCommand(), cleanCommand(),
		verifyCommand(), publishCommand(), explainCommand(), sampleCommand(), whatifCommand(), compareCommand(), exportCommand(), siteLinesCommand(), filterCommand(), convertCommand(), extractCommand(), evalCommand(),
		trainCommand(), dedupCommand(), configCommand(),
	)
	return root
}

// exactArgs is cobra.ExactArgs with our exit code.
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("want %s", what)
		}
		return nil
	}
}

// safeText makes text that may quote crawled pages safe for a terminal: control
// characters, escapes and bidirectional marks become visible.
func safeText(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			out = append(out, r)
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x061c || r == 0x200e || r == 0x200f || r == 0xfeff:
			out = append(out, []rune(fmt.Sprintf("\\u%04x", r))...)
		default:
			out = append(out, r)
		}
	}
	return string(out)
}
