package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/valyala/fastjson"

	"github.com/qingliu/qingliu/zh"
)

func convertCommand() *cobra.Command {
	var fields []string
	cmd := &cobra.Command{
		Use:   "convert CONVERSION < IN > OUT",
		Short: "Convert between simplified and traditional characters, as OpenCC does",
		Long: "Converts standard input: plain text, or with --field those string fields of JSON lines.\n" +
			"CONVERSION is one of " + strings.Join(zh.Conversions(), ", ") + ":\n" +
			"s is simplified, t traditional, tw and hk the standards of Taiwan and Hong Kong, with p also their words.",
		Args: exactArgs(1, "the name of a conversion, e.g. t2s"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(zh.Conversions(), args[0]) {
				return usage("no conversion %q; there are %s", args[0], strings.Join(zh.Conversions(), ", "))
			}
			c, err := zh.NewConverter(args[0])
			if err != nil {
				return err
			}
			return convertLines(c, fields, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringArrayVar(&fields, "field", nil, "convert this string field of JSON lines; may be repeated")
	return cmd
}

// convertLines converts line by line; no key of a conversion has a line end.
func convertLines(c *zh.Converter, fields []string, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), maxLine)
	lines.Split(keepLineEnds)
	w := bufio.NewWriterSize(out, 1<<20)
	var parser fastjson.Parser
	var arena fastjson.Arena
	var buf []byte
	for n := 1; lines.Scan(); n++ {
		line := lines.Bytes()
		if len(fields) == 0 || len(bytes.TrimSpace(line)) == 0 {
			buf = c.Append(buf[:0], string(line))
		} else {
			v, err := parser.ParseBytes(line)
			if err != nil || v.Type() != fastjson.TypeObject {
				return fmt.Errorf("standard input, line %d is no JSON object", n)
			}
			arena.Reset()
			for _, f := range fields {
				if old := v.Get(f); old != nil && old.Type() == fastjson.TypeString {
					buf = c.Append(buf[:0], string(old.GetStringBytes()))
					v.Set(f, arena.NewStringBytes(buf))
				}
			}
			buf = append(v.MarshalTo(buf[:0]), '\n')
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	return w.Flush()
}

// keepLineEnds is bufio.ScanLines with the line end in the line.
func keepLineEnds(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}
