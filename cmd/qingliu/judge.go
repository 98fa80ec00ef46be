package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/qingliu/qingliu/pipeline"
)

// Colours of a terminal.
const (
	colourOff  = "\x1b[0m"
	colourGrey = "\x1b[90m"
	colourBold = "\x1b[1m"
)

// judge shows documents to a reader and saves what the reader says of them.
type judge struct {
	run    *pipeline.RunFolder
	limit  string // that the sample is about, "" for none
	runes  int    // of a text that are shown, 0 for all
	keys   keyboard
	w      io.Writer
	path   string            // of the labels
	labels *os.File          // at its end
	said   map[string]string // label by id
}

// labelsPath is where sample saves labels.
func labelsPath(r *pipeline.RunFolder) string { return filepath.Join(r.Dir, pipeline.LabelsFile) }

// openLabels opens a file of labels at its end, on a new line: an editor may have left
// none.
func openLabels(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil && st.Size() > 0 {
		var last [1]byte
		if _, err = f.ReadAt(last[:], st.Size()-1); err == nil && last[0] != '\n' {
			_, err = f.Write([]byte{'\n'})
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// all shows the documents until the reader has seen all or quits.
func (j *judge) all(ctx context.Context, docs []pipeline.SampledDocument) (err error) {
	j.said = map[string]string{}
	if j.labels, err = openLabels(j.path); err != nil {
		return err
	}
	defer func() {
		if cerr := j.labels.Close(); err == nil {
			err = cerr
		}
		j.summary()
	}()
	for i := 0; i < len(docs); {
		j.show(i, len(docs), docs[i])
		key, err := j.ask(ctx)
		if err != nil {
			return err
		}
		switch key {
		case 'q':
			return nil
		case 'p':
			i = max(0, i-1)
			continue
		case 'g':
			err = j.save(docs[i].ID, "good")
		case 'b':
			err = j.save(docs[i].ID, "bad")
		}
		if err != nil {
			return err
		}
		i++
	}
	return nil
}

func (j *judge) show(i, n int, d pipeline.SampledDocument) {
	verdict := sampleVerdict(d)
	if label := j.said[d.ID]; label != "" {
		verdict += "; you said " + label
	}
	fmt.Fprintf(j.w, "\n%s%d of %d  %s%s\n%s  [%s]\n%s%s%s\n\n", colourBold, i+1, n, safeText(oneLine(d.Title)), colourOff, safeText(verdict), d.PageType, colourGrey, safeText(d.ReadableURL), colourOff)
	io.WriteString(j.w, colouredLines(j.run, d, j.runes))
}

// ask waits for one of the keys: g, b, n, p or q.
func (j *judge) ask(ctx context.Context) (rune, error) {
	fmt.Fprintln(j.w)
	key, word, err := j.answer(ctx)
	fmt.Fprintln(j.w, word)
	return key, err
}

// answer is ask while the terminal sends single keys: what is typed from the prompt on
// is a key.
func (j *judge) answer(ctx context.Context) (key rune, word string, err error) {
	restore, err := j.keys.raw()
	if err != nil {
		return 0, "", err
	}
	defer restore()
	fmt.Fprint(j.w, "g good, b bad, n next, p previous, q quit: ")
	for {
		key, err := j.keys.next(ctx)
		if err == io.EOF {
			key, err = 'q', nil
		}
		if err != nil {
			return 0, "", err
		}
		switch key {
		case 'g':
			return key, "good", nil
		case 'b':
			return key, "bad", nil
		case 'n', ' ', keyEnter:
			return 'n', "next", nil
		case 'p':
			return key, "previous", nil
		case 'q', keyCtrlD:
			return 'q', "quit", nil
		case keyCtrlC:
			return 0, "", context.Canceled
		}
	}
}

func (j *judge) save(id, label string) error {
	line, err := json.Marshal(struct {
		ID    string `json:"id"`
		Label string `json:"label"`
	}{id, label})
	if err != nil {
		return err
	}
	j.said[id] = label
	_, err = j.labels.Write(append(line, '\n'))
	return err
}

// summary says what was saved and what it is for.
func (j *judge) summary() {
	count := map[string]int{}
	for _, label := range j.said {
		count[label]++
	}
	if len(j.said) == 0 {
		fmt.Fprintln(j.w, "\nno labels saved")
		return
	}
	key := "KEY"
	if j.limit != "" {
		key = "filters." + j.limit
	}
	fmt.Fprintf(j.w, "\nsaved %d good, %d bad in %s\nwhat another limit does to them: qingliu whatif %s --labels %s --set %s=VALUE\n", count["good"], count["bad"], j.path, j.run.Dir, j.path, key)
}

// sampleVerdict words what became of a document, and where it stands to the limit that
// the sample is about.
func sampleVerdict(d pipeline.SampledDocument) string {
	verdict := "kept"
	if !d.Verdict.Kept() {
		verdict = "dropped by " + verdictText(d.Verdict, d.PageType)
	}
	switch {
	case d.Near.Reason == "" || d.Near.Reason == d.Verdict.Reason:
	case d.Broken: // a limit that only tags
		verdict += fmt.Sprintf("; breaks %s: %s against limit %s", d.Near.Reason, number(d.Near.Value), number(d.Near.Limit))
	default:
		verdict += fmt.Sprintf("; keeps %s: %s against limit %s", d.Near.Reason, number(d.Near.Value), number(d.Near.Limit))
	}
	return verdict
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// colouredLines returns the text with the lines that were cut in grey; where the
// page cannot be read again, the text alone. It ends after so many code points of
// kept and cut lines together, and says how many lines follow.
func colouredLines(r *pipeline.RunFolder, d pipeline.SampledDocument, runes int) string {
	e, err := r.Explain(d.ID)
	if err != nil || len(e.Lines) == 0 {
		return safeText(shorten(d.Text, runes)) + "\n"
	}
	var b strings.Builder
	left := runes
	for i, l := range e.Lines {
		if runes > 0 && left <= 0 {
			fmt.Fprintf(&b, "%s… %d more lines%s\n", colourGrey, len(e.Lines)-i, colourOff)
			break
		}
		text := l.Text
		if runes > 0 {
			text = shorten(text, left)
		}
		left -= utf8.RuneCountInString(text)
		if l.Cut != "" {
			fmt.Fprintf(&b, "%s%s  [%s]%s\n", colourGrey, safeText(text), safeText(l.Cut), colourOff)
			continue
		}
		b.WriteString(safeText(text) + "\n")
	}
	return b.String()
}
