package filters

import (
	"strings"
	"unicode/utf8"

	"github.com/qingliu/qingliu/corpus"
)

// BulletLinesConfig configures bullet_lines.
type BulletLinesConfig struct {
	MaxFraction float64 `yaml:"max_fraction" max:"bullet_lines" range:"0..1" unit:"fraction of lines" doc:"drop when more lines begin with a bullet"`
}

var bulletLines = define(Spec{
	Name: "bullet_lines", Doc: "Drops pages nearly all of whose lines begin with a bullet.",
	From:    "Gopher, table A1 (arXiv:2112.11446) and MAP-CC: at most 0.90 of lines",
	Signals: []Signal{{"bullet_lines", 4, "lines that begin with a bullet, or with * or - and a space, of all non-blank lines"}},
	Needs:   NeedText,
}, BulletLinesConfig{MaxFraction: 0.9}, newBulletLines)

type bulletLinesFilter struct{ at slot }

func newBulletLines(_ BulletLinesConfig, at slot, _ *scratch) Filter { return bulletLinesFilter{at} }

func (f bulletLinesFilter) Measure(doc *corpus.Document) {
	text, n := doc.Text(), 0
	for _, l := range doc.Lines() {
		if beginsWithBullet(text[l.Start:l.End]) {
			n++
		}
	}
	f.at.setShare(doc, 0, n, len(doc.Lines()))
}

func beginsWithBullet(line string) bool {
	if beginsHan(line) {
		return false
	}
	line = strings.TrimLeft(line, " \t\u3000\u00a0")
	r, size := utf8.DecodeRuneInString(line)
	switch r {
	case '•', '‣', '⁃', '◦', '·', '・', '●', '○', '■', '□', '◆', '◇', '★', '☆', '※', '▲', '△', '▪', '▫', '►', '▶', '▸', '»', '☞', '➤', '✦', '✓', '✔':
		return true
	case '*', '-', '+', '–', '—':
		return len(line) > size && (line[size] == ' ' || line[size] == '\t')
	}
	return false
}
