package filters

import (
	_ "embed"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
)

// ListTitleConfig configures list_title.
type ListTitleConfig struct {
	MaxParts int `yaml:"max_parts" max:"list_title_parts" range:"0..100" unit:"parts" doc:"drop when more parts of the title name an index"`
}

// listTitleList has the parts.
//
//go:embed words/list_title.txt
var listTitleList string

// The entries of an index may read like an article, one of a tag with a single post
// most of all. Its title says what it is.
var listTitle = define(Spec{
	Name: "list_title", Doc: "Drops indexes and home pages by their titles: 分类：软件 - 某站, 首页_某网, Category: Linux | A blog.",
	From:     "own measurement, 2026-11: on 61 of 397 list pages of 112 Chinese sites, 5 of which no other rule takes, on none of 4,000 articles and of 483 good pages that were read",
	Signals:  []Signal{{"list_title_parts", 0, "parts of the title between |, _, » or a dash that are called home page, or begin with a word such as category, tag or archive and a colon; of a text without a title the first line if it has the name of a site, too; a home page needs just one more part there"}},
	Needs:    NeedText,
	wordList: listTitleList,
}, ListTitleConfig{}, newListTitle)

// listTitleParts has the hashes of the entries of listTitleList.
var listTitleParts = func() map[uint64]bool {
	parts := map[uint64]bool{}
	for line := range wordLines(listTitleList) {
		parts[xxh3.HashString(line)] = true
	}
	return parts
}()

const (
	maxListTitleBytes = 300 // of a first line that can be a title
	maxListPartBytes  = 32  // of an entry
)

type listTitleFilter struct {
	at slot
	s  *scratch
}

func newListTitle(_ ListTitleConfig, at slot, s *scratch) Filter { return listTitleFilter{at, s} }

func (f listTitleFilter) Measure(doc *corpus.Document) {
	title, known := doc.Title, doc.Title != ""
	if len(title) > maxTitleBytes {
		title = title[:maxTitleBytes]
	}
	if lines := doc.Lines(); !known && len(lines) > 0 && lines[0].End-lines[0].Start <= maxListTitleBytes {
		title = doc.Text()[lines[0].Start:lines[0].End]
	}
	parts, homes, named := 0, 0, 0
	for title != "" {
		var part string
		if part, title = cutTitle(title); part == "" {
			continue
		}
		parts++
		switch {
		case f.listed(beforeColon(part), ":"):
			named++
		case f.listed(part, ""):
			homes++
		}
	}
	if !known && parts < 2 {
		named = 0 // a post may begin with its category
	}
	if known || parts == 2 {
		named += homes // a line of a menu begins with the home page, too
	}
	f.at.set(doc, 0, float64(named))
}

// listed reports whether the list has part and end as an entry.
func (f listTitleFilter) listed(part, end string) bool {
	if len(part) > maxListPartBytes {
		return false
	}
	return listTitleParts[f.s.lowerHash(part, end)]
}

// cutTitle returns the first part of a title and what is behind its sign. A hyphen
// inside a Latin word or between numbers is none.
func cutTitle(title string) (part, rest string) {
	for i, r := range title {
		switch r {
		case '-':
			if i > 0 && i+1 < len(title) && isAlnum(title[i-1]) && isAlnum(title[i+1]) {
				continue
			}
		case '|', '｜', '_', '»', '›', '«', '·', '•', '–', '—':
		default:
			continue
		}
		return strings.TrimSpace(title[:i]), title[i+len(string(r)):]
	}
	return strings.TrimSpace(title), ""
}

// beforeColon returns what stands before the first colon of a part, "" if nothing is
// behind it.
func beforeColon(part string) string {
	before, after, _ := strings.Cut(part, ":")
	if b, a, ok := strings.Cut(before, "："); ok {
		before, after = b, a+after
	}
	if strings.TrimSpace(after) == "" {
		return ""
	}
	return strings.TrimSpace(before)
}
