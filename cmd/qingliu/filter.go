package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/pipeline"
)

// maxLine bounds one line of standard input.
const maxLine = 64 << 20

func filterCommand() *cobra.Command {
	var set []string
	var all bool
	cmd := &cobra.Command{
		Use:   "filter CONFIG < IN.jsonl > OUT.jsonl",
		Short: "The per-document steps as a Unix filter, for text that others extracted",
		Long: "Reads JSON lines with text (or html), url, title, date and id as the config's first input names them, measures\n" +
			"and decides each, and writes the kept ones with verdict and signals; --all writes every line. Site lines,\n" +
			"joined scores and duplicates need a whole run.",
		Args: exactArgs(1, "one config file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := pipeline.LoadConfig(args[0], set)
			if err != nil {
				return err
			}
			m, err := pipeline.NewMeasureLine(c)
			if err != nil {
				return err
			}
			if names := m.Unjoined(); len(names) > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "qingliu: limits on the joined scores %s are not applied: lines are in no run\n", strings.Join(names, ", "))
			}
			return filterLines(m, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), all)
		},
	}
	cmd.Flags().StringArrayVar(&set, "set", nil, "set a key of the config: key=value")
	cmd.Flags().BoolVar(&all, "all", false, "write dropped lines, too")
	return cmd
}

func filterLines(m *pipeline.MeasureLine, in io.Reader, out, log io.Writer, all bool) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), maxLine)
	w := bufio.NewWriterSize(out, 1<<20)
	var buf []byte
	bad := 0
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		d, v, err := m.Process(lines.Bytes())
		if err != nil {
			bad++
			fmt.Fprintf(log, "qingliu: standard input, line %d: %s\n", n, safeText(err.Error()))
			continue
		}
		if !v.Kept() && !all {
			continue
		}
		buf = appendFiltered(buf[:0], d, v, m.Signals())
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	if err := errors.Join(lines.Err(), w.Flush()); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d lines of standard input could not be read", bad)
	}
	return nil
}

// appendFiltered appends the output line of the filter command.
func appendFiltered(dst []byte, d *corpus.Document, v corpus.Verdict, signals []filters.Signal) []byte {
	str := func(key, s string) {
		dst = append(dst, key...)
		dst = corpus.AppendJSONString(dst, s)
	}
	str(`{"id":`, d.ID)
	str(`,"source_id":`, d.SourceID)
	str(`,"url":`, d.URL)
	str(`,"title":`, d.Title)
	str(`,"text":`, d.Text())
	str(`,"language":`, d.Language)
	str(`,"script":`, d.Script)
	if v.Kept() {
		dst = append(dst, `,"keep":true`...)
	} else {
		dst = append(dst, `,"keep":false`...)
	}
	str(`,"reason":`, v.Reason)
	dst = append(dst, `,"value":`...)
	dst = corpus.AppendJSONFloat(dst, v.Value, 6)
	dst = append(dst, `,"limit":`...)
	dst = corpus.AppendJSONFloat(dst, v.Limit, 6)
	dst = append(dst, `,"signals":`...)
	dst = filters.AppendJSON(dst, signals, d.Signals)
	return append(dst, "}\n"...)
}
