package corpus

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Span is a half-open range of bytes [Start, End) of a text.
type Span struct{ Start, End int32 }

// Rights are the signals about permitted use that the page itself sends. Empty
// strings mean that the page says nothing.
type Rights struct {
	Robots      string // robots directives of header and meta, lower case, comma separated
	NoAI        bool   // noai, noimageai or an equivalent opt-out was seen
	TDM         string // TDM reservation: "1" reserved, "0" not reserved
	LicenceLink string // target of rel=license or of a known licence link
	Notice      string // the page's own no-reprint notice, at most 200 bytes
}

// Document is one page on its way from a crawl dump to a release.
//
// It belongs to one goroutine at a time. Steps change it in place; the runner
// resets and reuses it, so nothing may keep it, or a slice obtained from it.
// The zero Document is empty and ready to use.
type Document struct {
	ID       string // first 32 hex digits of a SHA-256, see NewID
	SourceID string // id that the input record brought along, "" if none
	URL      string // as crawled
	Host     string // lower case, without port
	Site     string // registrable domain, or Host where there is none

	File        int    // number of the input range inside its task
	Record      int    // record number inside that range, from 0
	Offset      int64  // where the record starts in its input file, bytes
	RecordID    string // WARC-Record-ID without brackets, "" if none
	PayloadSHA1 [20]byte
	Truncated   string // why the body is incomplete: reason of WARC-Truncated, max_page_bytes, "" if it is whole
	DateCrawled string // RFC 3339 in UTC with milliseconds, "" if unknown

	Title         string
	SiteName      string // the site suffix cut from the title
	Author        string
	Attribution   string // 来源: who the page says owns the text
	DatePublished string // YYYY-MM-DD, "" if unknown
	Rights        Rights

	Language      string  // zh, ja, ko, en, other, und
	LanguageScore float64 // 0–1
	Script        string  // Hans, Hant, Jpan, Kore, Latn, Zyyy
	Variety       string  // zh-Hans, zh-Hant, zh-mixed, yue, lzh, "", see zh.Variety

	Domain string // label of the domain model, "" if there is none or it is not sure

	Charset          string  // IANA name of the encoding the bytes were decoded with
	CharsetRule      string  // the rule that decided, see package charset
	MojibakeFraction float64 // share of the extracted text that was decoded wrongly before it was stored
	ReplacementRatio float64 // U+FFFD per code point of the decoded page

	PageType       string  // article, forum, list, … see package extract
	PageRule       string  // rule path of the extractor
	PageConfidence float64 // 0–1
	Extractor      string  // name and version of the extractor, "" for text input

	// Signals holds every measured number by the index that filters.Table gives
	// it; NaN means not measured.
	Signals []float64
	// PII counts the replaced personal data by the index of pii.Classes.
	PII []int

	// Invitations counts the lines that were nothing but a link to more of a text
	// (阅读全文, 更多>>) until line rules cut them: indexes have one to every entry.
	Invitations int

	text      string
	runeCount int
	lines     []Span
	words     []Span
	sentences []Span
	have      derived
}

type derived uint8

const (
	haveRunes derived = 1 << iota
	haveLines
	haveWords
	haveSentences
)

// Text returns the main text: valid UTF-8 with LF line ends.
func (d *Document) Text() string { return d.text }

// SetText replaces the main text and drops everything derived from the old one.
func (d *Document) SetText(s string) {
	d.text = s
	d.have = 0
}

// RuneCount returns the number of code points of the text. It is derived once.
func (d *Document) RuneCount() int {
	if d.have&haveRunes == 0 {
		d.runeCount = utf8.RuneCountInString(d.text)
		d.have |= haveRunes
	}
	return d.runeCount
}

// Lines returns the non-blank lines of the text without their line ends. The
// result is derived once and is valid until the text changes.
func (d *Document) Lines() []Span {
	if d.have&haveLines == 0 {
		d.lines = AppendLines(d.lines[:0], d.text)
		d.have |= haveLines
	}
	return d.lines
}

// AppendLines appends the non-blank lines of s to dst, without line ends.
func AppendLines(dst []Span, s string) []Span {
	for i := 0; i < len(s); {
		j := strings.IndexByte(s[i:], '\n')
		if j < 0 {
			j = len(s)
		} else {
			j += i
		}
		if strings.TrimSpace(s[i:j]) != "" {
			dst = append(dst, Span{int32(i), int32(j)})
		}
		i = j + 1
	}
	return dst
}

// Words returns the words set by SetWords for the present text, nil if none.
func (d *Document) Words() []Span {
	if d.have&haveWords == 0 {
		return nil
	}
	return d.words
}

// SetWords keeps the words of the present text, in text order. The document
// copies them.
func (d *Document) SetWords(w []Span) {
	d.words = append(d.words[:0], w...)
	d.have |= haveWords
}

// Sentences returns the sentences set by SetSentences for the present text.
func (d *Document) Sentences() []Span {
	if d.have&haveSentences == 0 {
		return nil
	}
	return d.sentences
}

// SetSentences keeps the sentences of the present text. The document copies them.
func (d *Document) SetSentences(s []Span) {
	d.sentences = append(d.sentences[:0], s...)
	d.have |= haveSentences
}

// ResetSignals makes room for n signals, all of them not measured.
func (d *Document) ResetSignals(n int) {
	if cap(d.Signals) < n {
		d.Signals = make([]float64, n)
	}
	d.Signals = d.Signals[:n]
	for i := range d.Signals {
		d.Signals[i] = math.NaN()
	}
}

// Reset empties the document and keeps its memory, unless a very large page
// made that memory grow beyond what the next pages need.
func (d *Document) Reset() {
	const maxSpans = 1 << 18
	lines, words, sentences := d.lines[:0], d.words[:0], d.sentences[:0]
	signals, counts := d.Signals[:0], d.PII[:0]
	if cap(words) > maxSpans || cap(lines) > maxSpans {
		lines, words, sentences = nil, nil, nil
	}
	*d = Document{lines: lines, words: words, sentences: sentences, Signals: signals, PII: counts}
}
