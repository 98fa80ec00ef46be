package filters

import (
	_ "embed"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
)

// MenuLinesConfig configures menu_lines.
type MenuLinesConfig struct {
	MaxFraction float64 `yaml:"max_fraction" max:"menu_lines" range:"0..1" unit:"fraction of lines" doc:"drop when more of the lines are items of menus and footers"`
	MaxLines    float64 `yaml:"max_lines" max:"n_menu_lines" range:"1.." unit:"lines" doc:"drop when there are more such lines; .inf for no limit"`
}

// menuWordList has the items that menus and footers of Chinese sites are made of.
//
//go:embed words/menu.txt
var menuWordList string

var menuLines = define(Spec{
	Name: "menu_lines", Doc: "Drops pages that consist of the furniture of their site: menu items, login boxes, pagers, addresses, filing numbers.",
	From: "own list, from lines that stand on many of 220 sites of a development crawl, 2026-11",
	Signals: []Signal{
		{"menu_lines", 4, "lines that are, or begin or end with, an item of the list, of all non-blank lines; telephone and address lines count only up to the number of other items, because notices end in them, too; 0 below three such lines"},
		{"n_menu_lines", 0, "the same lines, counted"},
	},
	Needs:    NeedText,
	Version:  1, // contact lines beside others only
	wordList: menuWordList,
}, MenuLinesConfig{MaxFraction: 0.14, MaxLines: 8}, newMenuLines)

// menuItem is what a line is an item of.
type menuItem uint8

const (
	noItem      menuItem = iota
	menuEntry            // of a menu, pager, box or footer
	contactLine          // telephone, address: of a footer or of the end of a notice
)

// menuWords is the list as it is looked up: by hash, with the sizes that occur.
type menuWords struct {
	whole, begin, end map[uint64]menuItem
	beginSizes        []int
	endSizes          []int
	first, last       [1 << 6]uint64 // bit sets of hashes of the first and last three bytes
	short             [256]bool      // first bytes of items of fewer
}

// threeBytes hashes three bytes to a place in a bit set of 4,096.
func threeBytes(s string) (word int, bit uint64) {
	h := (uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])) * 0x9e3779b1 >> 20
	return int(h >> 6), 1 << (h & 63)
}

// mayBe reports whether a line can be an item, or begin with one, by its beginning,
// and whether it can end with one by its end.
func (m *menuWords) mayBe(line string) (begin, end bool) {
	if len(line) < 3 {
		return true, true
	}
	w, bit := threeBytes(line)
	begin = m.short[line[0]] || m.first[w]&bit != 0
	w, bit = threeBytes(line[len(line)-3:])
	return begin, m.last[w]&bit != 0
}

// A line of the list is an item; ^item also begins, and item$ also ends a line;
// ~item begins a line with the telephone, address or the like.
var sharedMenu = func() *menuWords {
	m := &menuWords{whole: map[uint64]menuItem{}, begin: map[uint64]menuItem{}, end: map[uint64]menuItem{}}
	sizes := func(list []int, n int) []int {
		for _, s := range list {
			if s == n {
				return list
			}
		}
		return append(list, n)
	}
	for line := range wordLines(menuWordList) {
		kind := menuEntry
		switch {
		case strings.HasPrefix(line, "^"), strings.HasPrefix(line, "~"):
			if line[0] == '~' {
				kind = contactLine
			}
			line = line[1:]
			m.begin[xxh3.HashString(line)] = kind
			m.beginSizes = sizes(m.beginSizes, len(line))
		case strings.HasSuffix(line, "$"):
			line = line[:len(line)-1]
			m.end[xxh3.HashString(line)] = kind
			w, bit := threeBytes(line[len(line)-3:])
			m.last[w] |= bit
			m.endSizes = sizes(m.endSizes, len(line))
		}
		m.whole[xxh3.HashString(line)] = kind
		if len(line) < 3 {
			m.short[line[0]] = true
			continue
		}
		w, bit := threeBytes(line)
		m.first[w] |= bit
	}
	return m
}()

// minMenuLines is how many items a menu or footer has at least.
const minMenuLines = 3

type menuLinesFilter struct{ at slot }

func newMenuLines(_ MenuLinesConfig, at slot, _ *scratch) Filter { return menuLinesFilter{at} }

// maxMenuBytes is the longest line that can be an item with its rest: an address.
const maxMenuBytes = 300

func (f menuLinesFilter) Measure(doc *corpus.Document) {
	text, n, contacts := doc.Text(), 0, 0
	for _, l := range doc.Lines() {
		switch sharedMenu.item(text[l.Start:l.End]) {
		case menuEntry:
			n++
		case contactLine:
			contacts++
		}
	}
	n += min(contacts, n) // notices end in an address, too
	f.at.set(doc, 1, float64(n))
	if n < minMenuLines {
		n = 0
	}
	f.at.setShare(doc, 0, n, len(doc.Lines()))
}

// item says what a line is an item of.
func (m *menuWords) item(line string) menuItem {
	if len(line) > maxMenuBytes {
		return noItem
	}
	if line = trimEnds(line); line == "" {
		return noItem
	}
	begin, end := m.mayBe(line)
	if !begin && !end {
		return noItem
	}
	if begin && len(line) <= 48 {
		if kind := m.whole[xxh3.HashString(line)]; kind != noItem {
			return kind
		}
	}
	for _, n := range m.beginSizes {
		if begin && n <= len(line) {
			if kind := m.begin[xxh3.HashString(line[:n])]; kind != noItem {
				return kind
			}
		}
	}
	for _, n := range m.endSizes {
		if end && n <= len(line) {
			if kind := m.end[xxh3.HashString(line[len(line)-n:])]; kind != noItem {
				return kind
			}
		}
	}
	return noItem
}
