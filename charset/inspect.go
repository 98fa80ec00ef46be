package charset

import (
	"bytes"
	"unicode/utf8"
)

// Inspection is everything that speaks for or against a reading of a page. It
// reads the whole page in every encoding the statistics know, for people who want
// to know why; Detect stops as soon as it is sure.
type Inspection struct {
	Mark      string     `json:"mark"`       // encoding of the byte order mark, "" without one
	UTF8Valid bool       `json:"utf8_valid"` // the whole body
	Labels    []Label    `json:"labels"`     // that the page gives itself, in order
	Readings  []Reading  `json:"readings"`   // in the order in which they are tried
	Double    DoubleSign `json:"double"`     // signs of double encoding in UTF-8
}

// Label is a charset label of a page.
type Label struct {
	Label    string `json:"label"`
	Encoding string `json:"encoding"` // encoding it asks for, "" if none is known
	Offset   int    `json:"offset"`   // of its tag in the body
	XML      bool   `json:"xml"`      // from an XML declaration, not from a meta tag
}

// Reading is what a page is in one encoding.
type Reading struct {
	Encoding string `json:"encoding"`
	Score    int    `json:"score"`   // thousandths of common characters, less a fine for bad sequences
	Letters  int    `json:"letters"` // characters beyond ASCII, punctuation not counted
	Bad      int    `json:"bad"`     // sequences that stand for no character
}

// DoubleSign counts what double encoding leaves behind.
type DoubleSign struct {
	Triples int `json:"triples"` // Latin triples that were a Han character: ä¸­
	Letters int `json:"letters"` // accented letters in runs that belong to no language: ÖÐÎÄ
}

// Inspect gathers the evidence about a body. UTF-16 is read by its marks and NUL
// bytes only, so it has no reading.
func Inspect(body []byte) Inspection {
	in := Inspection{UTF8Valid: utf8.Valid(body), Labels: []Label{}}
	for _, m := range []struct{ mark, name string }{{"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"}, {"\x84\x31\x95\x33", "gb18030"}} {
		if bytes.HasPrefix(body, []byte(m.mark)) {
			in.Mark = m.name
			break
		}
	}
	for _, l := range metaLabels(make([]pageLabel, 0, maxLabels), body, metaWindow) {
		in.Labels = append(in.Labels, Label{l.label, resolve(l.label), l.offset, l.xml})
	}
	body = body[:min(len(body), maxWeighed)]
	add := func(name string, c tally) {
		in.Readings = append(in.Readings, Reading{name, c.score(), c.chars, c.bad})
	}
	add("utf-8", walkUTF8(body))
	for f := range families {
		add(familyName[f], getTables().walk(body, f))
	}
	in.Double.Triples, in.Double.Letters = latinSigns(body)
	return in
}
