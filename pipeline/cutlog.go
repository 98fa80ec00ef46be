package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/filters"
)

// cutLog tells what measure cut out of a text, in place, for explain. The zero cutLog
// is ready; a nil one takes nothing.
type cutLog struct {
	begun bool
	lines []lineCut
}

// lineCut is a line or the end of one that was cut; without a rule, a line that stayed,
// whose text is that of the document in the end.
type lineCut struct {
	Line  string
	Rule  string
	Added string // rule that put the line break before a line that stayed
}

// begin notes n lines that stay so far.
func (l *cutLog) begin(n int) {
	if !l.begun {
		l.begun, l.lines = true, make([]lineCut, n)
	}
}

// siteLine notes the next line of the text as the site has it: cut or not.
func (l *cutLog) siteLine(line string, cut bool) {
	if l == nil {
		return
	}
	l.begun = true
	if cut {
		l.lines = append(l.lines, lineCut{Line: line, Rule: siteLineRule})
	} else {
		l.lines = append(l.lines, lineCut{})
	}
}

// rules notes what line rules cut out of a text, line by line. What was cut of a line
// comes after what stayed of it.
func (l *cutLog) rules(text string, cuts []filters.LineCut) {
	l.each(text, func(x lineCut, sp corpus.Span) {
		n := 0 // cuts of this line: tails, the last first, or sentences in text order
		for n < len(cuts) && cuts[n].Start < sp.End {
			n++
		}
		ofLine := slices.SortedFunc(slices.Values(cuts[:n]), func(a, b filters.LineCut) int { return cmp.Compare(a.Start, b.Start) })
		cuts = cuts[n:]
		stays, from := n == 0, sp.Start
		for _, c := range ofLine {
			stays = stays || strings.TrimSpace(text[from:c.Start]) != ""
			from = c.End
		}
		if stays || strings.TrimSpace(text[from:sp.End]) != "" {
			l.lines = append(l.lines, x)
		}
		for _, c := range ofLine {
			l.lines = append(l.lines, lineCut{Line: text[c.Start:c.End], Rule: c.Rule})
		}
	})
}

// breaks notes line breaks that were put into the lines of a text.
func (l *cutLog) breaks(text string, breaks []filters.LineCut) {
	l.each(text, func(x lineCut, sp corpus.Span) {
		l.lines = append(l.lines, x)
		for len(breaks) > 0 && breaks[0].Start < sp.End {
			l.lines = append(l.lines, lineCut{Added: breaks[0].Rule})
			breaks = breaks[1:]
		}
	})
}

// cleaned notes what clean makes of the lines of a text: those of which nothing is left
// were nothing that anybody saw, and are not told; one may become several.
func (l *cutLog) cleaned(text string, clean func(line string) (cleaned string, changed int)) {
	l.each(text, func(x lineCut, sp corpus.Span) {
		line, _ := clean(text[sp.Start:sp.End])
		if line = strings.TrimSpace(line); line == "" {
			return
		}
		l.lines = append(l.lines, x)
		for range strings.Count(line, "\n") {
			l.lines = append(l.lines, lineCut{}) // a carriage return ended a line
		}
	})
}

// each writes the lines anew: note adds what becomes of a line that is in the text.
func (l *cutLog) each(text string, note func(x lineCut, sp corpus.Span)) {
	if l == nil {
		return
	}
	spans := corpus.AppendLines(nil, text)
	l.begin(len(spans))
	old := l.lines
	l.lines = nil
	for _, x := range old {
		if x.Rule != "" || len(spans) == 0 {
			l.lines = append(l.lines, x)
			continue
		}
		sp := spans[0]
		spans = spans[1:]
		note(x, sp)
	}
}

// explained returns the lines in order, with the texts of those that stayed. redact
// replaces personal data in what was cut. Where the lines that stayed do not count as
// the log says, they come after those that were cut.
func (l *cutLog) explained(d *corpus.Document, redact func(string) string) []ExplainLine {
	kept := d.Lines()
	l.begin(len(kept))
	stayed := 0
	for _, x := range l.lines {
		if x.Rule == "" {
			stayed++
		}
	}
	lines := []ExplainLine{}
	next := func(added string) {
		lines = append(lines, ExplainLine{Text: d.Text()[kept[0].Start:kept[0].End], Added: added})
		kept = kept[1:]
	}
	inPlace := stayed == len(kept)
	for _, x := range l.lines {
		switch {
		case x.Rule != "":
			lines = append(lines, ExplainLine{Text: redact(x.Line), Cut: x.Rule})
		case inPlace:
			next(x.Added)
		}
	}
	for len(kept) > 0 {
		next("")
	}
	return lines
}
