package main

import (
	"bufio"
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/qingliu/qingliu/pipeline"
)

// labelledText is one line of labelled JSON lines. Its strings are valid until the
// function it was given to returns.
type labelledText struct{ text, label, group string }

// eachLabelled calls f with every line of a JSONL file (.gz and .zst too). text and
// label name string fields; group names the field that keeps what belongs together on
// one side of a split, "" for none. The error names file and line.
func eachLabelled(name, text, label, group string, f func(l labelledText) error) error {
	in, err := pipeline.OpenPacked(name)
	if err != nil {
		return err
	}
	defer in.Close() // only read
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), maxLine)
	var p fastjson.Parser
	n := 0
	for lines.Scan() {
		n++
		if len(lines.Bytes()) == 0 {
			continue
		}
		v, err := p.ParseBytes(lines.Bytes())
		if err != nil {
			return fmt.Errorf("%s, line %d: no JSON", name, n)
		}
		var l labelledText
		for _, x := range []struct {
			field string
			to    *string
		}{{text, &l.text}, {label, &l.label}, {group, &l.group}} {
			if x.field == "" {
				continue
			}
			s := v.Get(x.field)
			if s == nil || s.Type() != fastjson.TypeString {
				return fmt.Errorf("%s, line %d: no string field %q", name, n, x.field)
			}
			*x.to = string(s.GetStringBytes())
		}
		if err := f(l); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s, line %d: %w", name, n+1, err)
	}
	return nil
}
