package filters

import (
	_ "embed"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
)

// ListMarksConfig configures list_marks.
type ListMarksConfig struct {
	MaxMarks float64 `yaml:"max_marks" max:"list_marks" range:"0.." unit:"marks" doc:"drop when there are more; .inf for no limit"`
}

// readOnList has the lines that invite to read on.
//
//go:embed words/read_on.txt
var readOnList string

// An extractor that takes pages as they stand leaves in a list what an article does
// not have: an invitation to read on below each entry, and numbers of pages at the
// end. One invitation may be left of a box beside an article; a pager is never.
var listMarks = define(Spec{
	Name: "list_marks", Doc: "Drops lists of posts, news or products by what stands only on them: invitations to read on as lines of their own, and pagers.",
	From:     "own measurement, 2026-11: two marks stand on a quarter of the list pages of 112 Chinese sites, on none of 4,000 articles and of 317 good pages that were read",
	Signals:  []Signal{{"list_marks", 0, "lines that are an invitation to read on (阅读全文, 详情, more), those too that line rules cut, and two each for a trail that ends at the tags or categories of a site (Home » Tags) and for a pager: a line of page numbers and words such as 下一页, or such a word beside three lines and more with numbers that rise by one"}},
	Needs:    NeedText,
	wordList: readOnList,
	Version:  1, // trails
}, ListMarksConfig{MaxMarks: 1}, newListMarks)

const (
	maxReadOnBytes = 60  // of a line that invites to read on
	maxPagerBytes  = 240 // of a pager
	minPagerRun    = 3   // lines with a number each
	pagerMarks     = 2
	maxCrumbLine   = 8  // lines at the head of a text where the trail of the page stands
	maxCrumbBytes  = 40 // of such a trail
)

// readOnLines has the hashes of the lines of readOnList, readOnFirst their first bytes
// in lower and upper case.
var readOnLines, readOnFirst = func() (lines map[uint64]bool, first [256]bool) {
	lines = map[uint64]bool{}
	for line := range wordLines(readOnList) {
		lines[xxh3.HashString(line)] = true
		first[line[0]], first[strings.ToUpper(line)[0]] = true, true
	}
	return lines, first
}()

type listMarksFilter struct {
	at slot
	s  *scratch
}

func newListMarks(_ ListMarksConfig, at slot, s *scratch) Filter { return &listMarksFilter{at, s} }

func (f *listMarksFilter) Measure(doc *corpus.Document) {
	lines := doc.Lines()
	if len(lines) == 0 {
		return
	}
	text, marks, pager := doc.Text(), doc.Invitations, false
	run, last := 0, -1             // lines with a number each, and the last of them
	opened, turned := false, false // the run, the line before, stands behind a word that turns the page
	for i, l := range lines {
		if l.End-l.Start > maxPagerBytes {
			run, turned = 0, false
			continue
		}
		line := trimSpace(text[l.Start:l.End])
		if i < maxCrumbLine && isListCrumb(line) {
			marks += pagerMarks
		}
		if f.readsOn(line) {
			marks++
		}
		if n, size := number(line, 0); n >= 0 && size == len(line) {
			if run > 0 && n == last+1 {
				run++
			} else {
				run, opened = 1, turned
			}
			last, turned = n, false
			continue
		}
		turns, numbers := pagerParts(line)
		turned = turns > 0
		if turns >= 2 || turns == 1 && numbers >= 2 || run >= minPagerRun && (opened || turned) {
			pager = true
		}
		run = 0
	}
	if pager || run >= minPagerRun && opened {
		marks += pagerMarks
	}
	f.at.set(doc, 0, float64(marks))
}

// readsOn reports whether a line is an invitation to read on.
func (f *listMarksFilter) readsOn(line string) bool {
	if len(line) > maxReadOnBytes {
		return false
	}
	line = trimEnds(line)
	if line == "" || !readOnFirst[line[0]] {
		return false
	}
	for len(line) > 0 {
		cut := line
		for _, end := range [...]string{"»", "›", "→", "…", "⋯", ".", "。", ">", "＞", "]", "】", ")", "）", "+", "↓", "："} {
			cut = strings.TrimSuffix(cut, end)
		}
		if cut = trimSpace(cut); cut == line {
			break
		}
		line = cut
	}
	if line == "" {
		return false
	}
	return readOnLines[f.s.lowerHash(line, "")]
}

// Kinds of words of pagers.
const (
	pagerTurn  = 1 + iota // to another page
	pagerOther            // beside numbers
)

// pagerWords are what a pager may consist of beside numbers and signs. Of words with
// the same beginning the longer one stands first.
var pagerWords = [...]struct {
	word string
	kind int
}{
	{"上一页", pagerTurn}, {"上一頁", pagerTurn}, {"上页", pagerTurn}, {"前一页", pagerTurn}, {"前页", pagerTurn}, {"上頁", pagerTurn},
	{"下一页", pagerTurn}, {"下一頁", pagerTurn}, {"下页", pagerTurn}, {"后一页", pagerTurn}, {"後頁", pagerTurn}, {"下頁", pagerTurn},
	{"尾页", pagerTurn}, {"尾頁", pagerTurn}, {"末页", pagerTurn}, {"末頁", pagerTurn}, {"最后一页", pagerTurn}, {"最後一頁", pagerTurn}, {"最末页", pagerTurn},
	{"newer posts", pagerTurn}, {"older posts", pagerTurn}, {"newer", pagerTurn}, {"older", pagerTurn}, {"previous", pagerTurn}, {"prev", pagerTurn}, {"next page", pagerTurn}, {"next", pagerTurn},
	{"«", pagerTurn}, {"»", pagerTurn}, {"‹", pagerTurn}, {"›", pagerTurn},
	{"首页", pagerOther}, {"首頁", pagerOther}, {"第一页", pagerOther}, {"第一頁", pagerOther}, {"共有", pagerOther}, {"共", pagerOther}, {"第", pagerOther}, {"页次", pagerOther}, {"页", pagerOther}, {"頁", pagerOther},
	{"条", pagerOther}, {"條", pagerOther}, {"记录", pagerOther}, {"紀錄", pagerOther}, {"记錄", pagerOther}, {"篇", pagerOther}, {"转到", pagerOther}, {"跳转到", pagerOther}, {"跳转", pagerOther}, {"到", pagerOther}, {"每", pagerOther}, {"当前", pagerOther},
	{"go", pagerOther}, {"of", pagerOther}, {"page", pagerOther}, {"…", pagerOther}, {"—", pagerOther}, {"：", pagerOther}, {"（", pagerOther}, {"）", pagerOther}, {"【", pagerOther}, {"】", pagerOther}, {"　", pagerOther}, {"，", pagerOther}, {"·", pagerOther},
}

// pagerFirst is the first bytes of pagerWords, in lower case; pagerBegin is a set of
// hashes of the first three bytes of those that have a first code point of three.
var pagerFirst, pagerBegin = func() (first [256]bool, begin [1 << 6]uint64) {
	for _, w := range pagerWords {
		first[w.word[0]] = true
		if w.word[0] >= 0xe0 {
			i, bit := threeBytes(w.word)
			begin[i] |= bit
		}
	}
	return first, begin
}()

// mayBePagerWord reports whether a word of a pager may begin a text; b is its first
// byte in lower case.
func mayBePagerWord(text string, b byte) bool {
	if b < 0xe0 || !pagerFirst[b] {
		return pagerFirst[b]
	}
	if len(text) < 3 {
		return false
	}
	i, bit := threeBytes(text)
	return pagerBegin[i]&bit != 0
}

// pagerParts counts the words that turn the page and the numbers of a line that
// consists of numbers, signs and words of a pager; 0 for other lines.
func pagerParts(line string) (turns, numbers int) {
	for i := 0; i < len(line); {
		b := line[i]
		switch {
		case isDigitByte(b):
			begin := i
			for i++; i < len(line) && isDigitByte(line[i]); i++ {
			}
			numbers++
			if gluedPages(line[begin:i]) {
				numbers++
			}
			continue
		case b < 0x80 && strings.IndexByte(" \t/|-_,.:<>[]()=", b) >= 0:
			i++
			continue
		}
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		if !mayBePagerWord(line[i:], b) {
			return 0, 0
		}
		size := 0
		for _, w := range pagerWords {
			if b == w.word[0] && hasPrefixFold(line[i:], w.word) {
				if size = len(w.word); w.kind == pagerTurn {
					turns++
				}
				break
			}
		}
		if size == 0 {
			return 0, 0
		}
		i += size
	}
	return turns, numbers
}

// gluedPages reports whether digits are numbers of pages whose links had nothing
// between them: 123, 3456.
func gluedPages(digits string) bool {
	for i := 1; i < len(digits); i++ {
		if digits[i] != digits[i-1]+1 {
			return false
		}
	}
	return len(digits) >= minPagerRun
}

// isListCrumb reports whether a line is a trail from the home page to all tags,
// categories or months: the page that prints it is one of these. On a post the trail
// goes on or ends elsewhere.
func isListCrumb(line string) bool {
	if len(line) > maxCrumbBytes {
		return false
	}
	rest := ""
	for _, home := range [...]string{"home", "首页", "首頁"} {
		if hasPrefixFold(line, home) {
			rest = strings.TrimSpace(line[len(home):])
		}
	}
	if rest == "" {
		return false
	}
	end := strings.TrimLeft(rest, "»›>/· ")
	if end == rest {
		return false
	}
	for _, all := range [...]string{"tags", "tag", "categories", "category", "archives", "archive", "标签", "標籤", "分类", "分類", "归档", "歸檔"} {
		if strings.EqualFold(end, all) {
			return true
		}
	}
	return false
}
