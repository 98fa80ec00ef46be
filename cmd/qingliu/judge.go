package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/qingliu/qingliu/pipeline"
)

// Colours of a terminal.
const (
	colourOff  = "\x1b[0m"
	colourGrey = "\x1b[90m"
	colourBold = "\x1b[1m"
)

// isTerminal reports whether a stream of a command is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}

// judge shows documents one by one and saves what the reader says of them.
func judge(r *pipeline.RunFolder, docs []pipeline.SampledDocument, near string, runes int, in io.Reader, w io.Writer) error {
	f, err := os.OpenFile(filepath.Join(r.Dir, pipeline.LabelsFile), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	keys := bufio.NewScanner(in)
	for i, d := range docs {
		verdict := "kept"
		if !d.Verdict.Kept() {
			verdict = "dropped by " + verdictText(d.Verdict, d.PageType)
		}
		if near != "" {
			verdict += fmt.Sprintf("; %s: %s", near, number(d.Signal))
		}
		fmt.Fprintf(w, "\n%s%d of %d  %s%s\n%s  [%s]\n%s%s%s\n\n", colourBold, i+1, len(docs), safeText(d.Title), colourOff, safeText(verdict), d.PageType, colourGrey, safeText(d.URL), colourOff)
		io.WriteString(w, colouredLines(r, d, runes))
		label, more := askLabel(keys, w)
		if !more {
			break
		}
		if label == "" {
			continue
		}
		line, err := json.Marshal(struct {
			ID    string `json:"id"`
			Label string `json:"label"`
		}{d.ID, label})
		if err != nil {
			return err
		}
		if _, err := f.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return f.Close()
}

// askLabel reads an answer; more is false at q and at the end of the input.
func askLabel(keys *bufio.Scanner, w io.Writer) (label string, more bool) {
	for {
		fmt.Fprint(w, "\ng good, b bad, n next, q quit: ")
		if !keys.Scan() {
			return "", false
		}
		switch strings.ToLower(strings.TrimSpace(keys.Text())) {
		case "g", "good":
			return "good", true
		case "b", "bad":
			return "bad", true
		case "n", "next", "":
			return "", true
		case "q", "quit":
			return "", false
		}
	}
}

// colouredLines returns the text with the lines that were cut in grey; where the
// page cannot be read again, the text alone.
func colouredLines(r *pipeline.RunFolder, d pipeline.SampledDocument, runes int) string {
	e, err := r.Explain(d.ID)
	if err != nil || len(e.Lines) == 0 {
		return safeText(shorten(d.Text, runes)) + "\n"
	}
	var b strings.Builder
	left := runes
	for _, l := range e.Lines {
		if l.Cut != "" {
			fmt.Fprintf(&b, "%s%s  [%s]%s\n", colourGrey, safeText(shorten(l.Text, 200)), safeText(l.Cut), colourOff)
			continue
		}
		if runes > 0 && left <= 0 {
			continue
		}
		text := l.Text
		if runes > 0 {
			text = shorten(text, left)
		}
		left -= len([]rune(text))
		b.WriteString(safeText(text) + "\n")
	}
	return b.String()
}
