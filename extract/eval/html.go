package eval

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"unicode"
)

//go:embed page.html
var pageTemplate string

var parsed = sync.OnceValues(func() (*template.Template, error) { return template.New("page").Parse(pageTemplate) })

// Shown is one result with the texts that WriteHTML puts side by side.
type Shown struct {
	Result *Result
	Gold   Texts
	Output Texts
}

// WriteHTML writes a page with the figures of all results and, for each, its
// worst pages (all where worst is 0) with gold text and output side by side. The
// page stands alone: no script, nothing from the network; all text is escaped and
// control characters are spelled out.
func WriteHTML(w io.Writer, title string, results []Shown, worst int) error {
	t, err := parsed()
	if err != nil {
		return err
	}
	type shownPage struct {
		Name         string
		Score        Score
		Gold, Output []shownLine
	}
	var data struct {
		Title   string
		Results []*Result
		Pages   []shownPage
	}
	data.Title = title
	for _, s := range results {
		data.Results = append(data.Results, s.Result)
		n := worst
		if n <= 0 {
			n = len(s.Result.Pages)
		}
		for _, p := range s.Result.Worst(n) {
			gold, out := s.Gold[p.ID], s.Output[p.ID]
			in := interner{}
			data.Pages = append(data.Pages, shownPage{
				Name:   Visible(fmt.Sprintf("%s · %s · %s", s.Result.Set, s.Result.System, p.ID)),
				Score:  p.Score,
				Gold:   shownLines(in, gold, out, "miss"),
				Output: shownLines(in, out, gold, "extra"),
			})
			markFurniture(data.Pages[len(data.Pages)-1].Output, Furniture(gold, out))
		}
	}
	return t.Execute(w, data)
}

// shownLine is one line of a text with the class it is shown in.
type shownLine struct{ Text, Class string }

// shownLines returns the lines of a text; those whose shingles are mostly absent
// from the other text get the class. Where lines break does not matter.
func shownLines(in interner, text, other, class string) []shownLine {
	const size = 4
	tok := in.tokens(other)
	there := shingles[[4]uint32](tok, size)
	single := shingles[[4]uint32](tok, 1)
	var out []shownLine
	for line := range strings.SplitSeq(text, "\n") {
		l := shownLine{Text: Visible(line)}
		if line == "" {
			continue
		}
		words := in.tokens(line)
		mine, known := shingles[[4]uint32](words, size), there
		if len(words) < size {
			mine, known = shingles[[4]uint32](words, 1), single
		}
		hit := 0
		for k, n := range mine.counts {
			if known.counts[k] > 0 {
				hit += n
			}
		}
		if hit*2 < mine.total {
			l.Class = class
		}
		out = append(out, l)
	}
	return out
}

func markFurniture(lines []shownLine, furniture []string) {
	for i := range lines {
		for _, f := range furniture {
			if lines[i].Text == Visible(f) {
				lines[i].Class += " boil"
				break
			}
		}
	}
}

// Visible returns s with control, format and private use characters written as
// ⟦U+202E⟧, so that a page cannot hide or reorder what it says.
func Visible(s string) string {
	plain := func(r rune) bool {
		return r == '\t' || r == '\n' || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
	}
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if plain(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "⟦U+%04X⟧", r)
		}
	}
	return b.String()
}
