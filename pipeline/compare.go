package pipeline

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/internal/weburl"
)

// CompareOptions say how the output of another tool is read.
type CompareOptions struct {
	Key  string // field with the URL; dots lead into objects
	Text string // field with the text
	N    int    // pages of each side to read
	Seed uint64
}

// Comparison sets the documents a run keeps against the output of another tool on
// the same pages, by canonical URL.
type Comparison struct {
	Both       int           `json:"both"`
	OnlyOurs   int           `json:"only_ours"`
	OnlyTheirs int           `json:"only_theirs"`
	NoURL      int           `json:"no_url"`  // their lines without the key
	Double     int           `json:"double"`  // their lines whose URL stood before
	Reasons    []ReasonCount `json:"reasons"` // why we have not what only they have
	Pages      []ComparedPage
}

// ReasonCount counts pages by what became of them.
type ReasonCount struct {
	Reason string `json:"reason"`
	Pages  int    `json:"pages"`
}

// ComparedPage is a page that one side has and the other has not.
type ComparedPage struct {
	Ours   bool   // our side has it
	Reason string // why we have not, "" if we have
	URL    string
	Title  string
	Text   string
	order  uint64
}

// theirPage is a page of the other tool.
type theirPage struct {
	url, text string
	order     uint64
	fate      string // of ours; "" while none was seen
	kept      bool
}

// maxCompareText bounds the text that is held of each of their pages.
const maxCompareText = 8 << 10

// Compare reads their documents from files, JSON lines, and goes through the run.
// It holds the URLs and the beginnings of their texts in memory.
func (r *RunFolder) Compare(files []io.Reader, o CompareOptions) (*Comparison, error) {
	c := &Comparison{}
	theirs := map[[16]byte]*theirPage{}
	for _, f := range files {
		if err := c.readTheirs(theirs, f, o); err != nil {
			return nil, err
		}
	}
	ours, err := r.compareRows(c, theirs, o)
	if err != nil {
		return nil, err
	}
	reasons := map[string]int{}
	var side []ComparedPage
	for _, t := range theirs {
		if t.kept {
			continue
		}
		c.OnlyTheirs++
		reason := cmp.Or(t.fate, "not a page of the run")
		reasons[reason]++
		side = append(side, ComparedPage{Reason: reason, URL: t.url, Text: t.text, order: t.order})
	}
	for reason, n := range reasons {
		c.Reasons = append(c.Reasons, ReasonCount{reason, n})
	}
	slices.SortFunc(c.Reasons, func(a, b ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Pages, a.Pages), cmp.Compare(a.Reason, b.Reason))
	})
	slices.SortFunc(side, byOrder)
	slices.SortFunc(ours, byOrder)
	c.Pages = append(side[:min(o.N, len(side))], ours[:min(o.N, len(ours))]...)
	slices.SortFunc(c.Pages, byOrder) // blind: the sides take turns by hash
	return c, nil
}

func byOrder(a, b ComparedPage) int {
	return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.URL, b.URL))
}

func urlKey(url string) [16]byte { return xxh3.HashString128(weburl.Canonical(url)).Bytes() }

func (c *Comparison) readTheirs(theirs map[[16]byte]*theirPage, f io.Reader, o CompareOptions) error {
	s := bufio.NewScanner(f)
	s.Buffer(make([]byte, 0, 1<<16), 64<<20)
	for n := 1; s.Scan(); n++ {
		var row map[string]json.RawMessage
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		url := jsonField(row, o.Key)
		if url == "" {
			c.NoURL++
			continue
		}
		key := urlKey(url)
		if theirs[key] != nil {
			c.Double++
			continue
		}
		text := jsonField(row, o.Text)
		if len(text) > maxCompareText {
			text = strings.ToValidUTF8(text[:maxCompareText], "") + " …"
		}
		theirs[key] = &theirPage{url: url, text: text, order: xxh3.HashSeed(key[:], o.Seed)}
	}
	return s.Err()
}

// jsonField returns the text of a field; dots lead into objects.
func jsonField(row map[string]json.RawMessage, path string) string {
	name, rest, more := strings.Cut(path, ".")
	if !more {
		return jsonText(row[name])
	}
	var inner map[string]json.RawMessage
	if json.Unmarshal(row[name], &inner) != nil {
		return ""
	}
	return jsonField(inner, rest)
}

// compareRows marks their pages and returns the pages that only we have, with
// their texts for the N that come first.
func (r *RunFolder) compareRows(c *Comparison, theirs map[[16]byte]*theirPage, o CompareOptions) ([]ComparedPage, error) {
	d, err := newDecisions(r.Config)
	if err != nil {
		return nil, err
	}
	names := newFateNames(d)
	clusters, err := r.openClusters()
	if err != nil {
		return nil, err
	}
	defer clusters.close()
	type candidate struct {
		group int
		doc   uint32
		order uint64
	}
	var ours []candidate
	seen := map[[16]byte]bool{}
	for g := range r.Plan.Groups {
		fates, err := r.fates(g, names, clusters)
		if err != nil {
			return nil, err
		}
		cols, f, err := r.columns("measure", g, columnsFile)
		if err != nil {
			return nil, err
		}
		urls, err := cols.keys("url")
		var docs []uint32
		if err == nil {
			docs, err = cols.uint32s("doc")
		}
		cols.close()
		f.Close()
		if err != nil {
			return nil, err
		}
		for row, url := range urls {
			t := theirs[url]
			if fates.code[row] != 0 {
				if t != nil && t.fate == "" {
					t.fate = names.names[fates.code[row]]
				}
				continue
			}
			switch {
			case t != nil && !t.kept:
				t.kept = true
				c.Both++
			case t == nil && !seen[url]:
				seen[url] = true
				c.OnlyOurs++
				ours = append(ours, candidate{g, docs[row], xxh3.HashSeed(url[:], o.Seed)})
			}
		}
	}
	slices.SortFunc(ours, func(a, b candidate) int { return cmp.Compare(a.order, b.order) })
	var pages []ComparedPage
	for _, x := range ours[:min(o.N, len(ours))] {
		doc, err := r.document(x.group, x.doc)
		if err != nil {
			return nil, err
		}
		pages = append(pages, ComparedPage{Ours: true, URL: doc.URL, Title: doc.Title, Text: doc.Text(), order: x.order})
	}
	return pages, nil
}

// document reads one measured document.
func (r *RunFolder) document(group int, number uint32) (*corpus.Document, error) {
	docs, err := r.docs(group)
	if err != nil {
		return nil, err
	}
	defer docs.close()
	line, err := docs.read(number)
	if err != nil {
		return nil, err
	}
	var w workReader
	doc := &corpus.Document{}
	if err := w.read(line, doc); err != nil {
		return nil, err
	}
	return doc, nil
}
