package pipeline

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/valyala/fastjson"
)

// Labelled is one line of labelled JSON lines. Its strings are valid until the
// function it was given to returns.
type Labelled struct{ Text, Label, Group string }

// maxLabelledLine bounds one line, in bytes.
const maxLabelledLine = 64 << 20

// EachLabelled calls f with every line of a JSONL file (.gz and .zst too). text and
// label name string fields; group names the field that keeps what belongs together on
// one side of a split, "" for none. The error names file and line.
func EachLabelled(name, text, label, group string, f func(l Labelled) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	var in io.Reader = file
	switch {
	case strings.HasSuffix(name, ".gz"):
		z, err := gzip.NewReader(file)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		in = z
	case strings.HasSuffix(name, ".zst"):
		z, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxLabelledLine))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer z.Close()
		in = z
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), maxLabelledLine)
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
		var l Labelled
		for _, x := range []struct {
			field string
			to    *string
		}{{text, &l.Text}, {label, &l.Label}, {group, &l.Group}} {
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
