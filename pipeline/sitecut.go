package pipeline

import (
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/zh"
)

// Guards for what a site repeats inside its texts: headings of reference pages
// (语法, 注意), code and table cells repeat, too, and are no furniture. Numbers:
// own reading of what was cut from three crawls, 2026-11.
const (
	minBodyHan = 12 // Han of a repeated line that goes wherever it stands
	minBodyRun = 5  // consecutive repeated lines that go as a menu
)

// siteCutter knows the boilerplate lines of one group by site and line hash.
type siteCutter map[[2]uint64]byte

// lineClass is what a site says of one line of a text.
type lineClass uint8

const (
	lineUnique     lineClass = iota
	lineBlank                // no letters: goes with its neighbours
	lineData                 // repeated, but code, a table row or mostly digits: always stays
	lineForeign              // repeated, no Han: goes at head and tail
	lineShort                // repeated, few Han: goes at head and tail, and in menus
	lineSentence             // repeated, many Han: goes everywhere
	lineEdgeLetter           // too long to count but at head and tail: goes there
)

// cut marks the boilerplate lines of a text. It returns nil if none is to go.
//
// The repeated lines that begin or end a text go as a block. Inside it go only
// long Chinese lines and runs of repeated ones: a heading or a line of code that
// many pages of a site share is part of their text.
func (c siteCutter) cut(d *corpus.Document) []bool {
	if len(c) == 0 || d.Site == "" {
		return nil
	}
	site := xxh3.HashString(d.Site)
	lines := d.Lines()
	classes := make([]lineClass, len(lines))
	found := false
	for i, sp := range lines {
		line := d.Text()[sp.Start:sp.End]
		hash, letters := hashLine(line)
		mode := byte(0)
		if letters > 0 {
			mode = c[[2]uint64{site, hash}]
		}
		classes[i] = classify(line, letters, mode)
		found = found || classes[i] > lineData
	}
	if !found {
		return nil
	}
	return markCuts(classes)
}

func classify(line string, letters int, mode byte) lineClass {
	switch {
	case letters == 0:
		return lineBlank
	case mode == 0:
		return lineUnique
	case looksLikeData(line, letters):
		return lineData
	case mode == cutAtEdge:
		return lineEdgeLetter
	}
	switch han := zh.CountHan(line); {
	case han == 0:
		return lineForeign
	case han < minBodyHan:
		return lineShort
	}
	return lineSentence
}

// looksLikeData reports whether a line is indented, has the marks of a program,
// of markup or of a table row, or is mostly digits: dates, numbers and cells differ
// where the hash of the line, in which every digit is 0, does not.
func looksLikeData(line string, letters int) bool {
	if line[0] == ' ' || strings.ContainsAny(line, "\t;{}()=<>[]#@$\\") {
		return true
	}
	digits := 0
	for i := range len(line) {
		if c := line[i]; c >= '0' && c <= '9' {
			digits++
		}
	}
	return 2*digits >= letters
}

// markCuts decides which lines go, by their classes.
func markCuts(classes []lineClass) []bool {
	gone := make([]bool, len(classes))
	n := len(classes)
	for i := 0; i < n && (classes[i] > lineData || classes[i] == lineBlank); i++ {
		gone[i] = true
	}
	for i := n - 1; i >= 0 && (classes[i] > lineData || classes[i] == lineBlank); i-- {
		gone[i] = true
	}
	for i := 0; i < n; {
		j, han := i, 0
		for j < n && (classes[j] == lineShort || classes[j] == lineSentence || classes[j] == lineForeign) {
			if classes[j] != lineForeign {
				han++
			}
			j++
		}
		menu := j-i >= minBodyRun && 2*han >= j-i
		for k := i; k < j; k++ {
			gone[k] = gone[k] || menu || classes[k] == lineSentence
		}
		i = max(j, i+1)
	}
	// A mark without letters at head or tail goes only with repeated lines.
	trimBlank(gone, classes)
	return gone
}

// trimBlank brings back lines without letters where nothing repeated was cut
// beside them.
func trimBlank(gone []bool, classes []lineClass) {
	for i := 0; i < len(gone); {
		j := i
		repeated := false
		for j < len(gone) && gone[j] {
			repeated = repeated || classes[j] != lineBlank
			j++
		}
		if !repeated {
			for k := i; k < j; k++ {
				gone[k] = false
			}
		}
		i = max(j, i+1)
	}
}
