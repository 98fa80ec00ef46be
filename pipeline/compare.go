package pipeline

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/internal/weburl"
)

// CompareOptions say how the output of another tool is read. Dots in the name of a
// field lead into objects.
type CompareOptions struct {
	Key  string // field with the URL
	Text string // field with the text
	N    int    // pages of each side to read
	Seed uint64
}

// Comparison sets the documents a run releases against the output of another tool on
// the same pages, by canonical URL.
type Comparison struct {
	Both       int           `json:"both"`
	OnlyOurs   int           `json:"only_ours"`
	OnlyTheirs int           `json:"only_theirs"`
	NoURL      int           `json:"no_url"`  // their rows without the key
	Double     int           `json:"double"`  // their rows whose URL stood before
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

// maxCompareText bounds the text that is shown of a page, of both sides alike, in
// bytes.
const maxCompareText = 8 << 10

// theirPages are the pages of the other tool, by canonical URL.
type theirPages struct {
	index map[[16]byte]int32
	pages []theirPage
}

// theirPage is a page of the other tool.
type theirPage struct {
	key  [16]byte // of the URL
	row  int64    // of all files, from 0
	fate string   // of ours; "" while none was seen
	kept bool
}

func (p *theirPages) get(key [16]byte) *theirPage {
	if i, ok := p.index[key]; ok {
		return &p.pages[i]
	}
	return nil
}

// oneSided is a page that one side has, before it is read.
type oneSided struct {
	order uint64
	key   [16]byte // of the URL
	group int      // of ours
	doc   uint32   // of ours, in the group
	row   int64    // of theirs
	fate  string
}

// firstOf sorts by order and returns the first n.
func firstOf(pages []oneSided, n int) []oneSided {
	slices.SortFunc(pages, func(a, b oneSided) int {
		return cmp.Or(cmp.Compare(a.order, b.order), bytes.Compare(a.key[:], b.key[:]))
	})
	return pages[:min(n, len(pages))]
}

// Compare goes through the run and the files of the other tool: JSON lines (.gz,
// .zst) or .parquet, names or patterns. Of their pages it holds about 100 bytes each,
// 300 at the peak, and the texts of the N that it returns, for which it reads the files
// again.
func (r *RunFolder) Compare(patterns []string, o CompareOptions) (*Comparison, error) {
	var files []string
	for _, pattern := range patterns {
		names, err := tableFiles(pattern)
		if err != nil {
			return nil, configError("--against: %v", err)
		}
		files = append(files, names...)
	}
	c := &Comparison{Reasons: []ReasonCount{}, Pages: []ComparedPage{}}
	theirs, err := c.readURLs(files, o.Key)
	if err != nil {
		return nil, err
	}
	ours, err := r.compareRows(c, theirs, o)
	if err != nil {
		return nil, err
	}
	reasons := map[string]int{}
	var rest []oneSided
	for _, t := range theirs.pages {
		if t.kept {
			continue
		}
		c.OnlyTheirs++
		fate := cmp.Or(t.fate, "not a page of the run")
		reasons[fate]++
		rest = append(rest, oneSided{order: xxh3.HashSeed(t.key[:], o.Seed), key: t.key, row: t.row, fate: fate})
	}
	for reason, n := range reasons {
		c.Reasons = append(c.Reasons, ReasonCount{reason, n})
	}
	slices.SortFunc(c.Reasons, func(a, b ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Pages, a.Pages), cmp.Compare(a.Reason, b.Reason))
	})
	if err := c.readTexts(files, firstOf(rest, o.N), o); err != nil {
		return nil, err
	}
	if err := r.readOurs(c, firstOf(ours, o.N)); err != nil {
		return nil, err
	}
	slices.SortFunc(c.Pages, func(a, b ComparedPage) int { // blind: the sides take turns by hash
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.URL, b.URL))
	})
	return c, nil
}

func urlKey(url string) [16]byte { return xxh3.HashString128(weburl.Canonical(url)).Bytes() }

// readURLs reads the URLs of their pages.
func (c *Comparison) readURLs(files []string, key string) (*theirPages, error) {
	p := &theirPages{index: map[[16]byte]int32{}}
	row := int64(-1)
	for _, name := range files {
		err := eachRow(name, []string{key}, func(r *tableRow) error {
			row++
			url := r.values[0].text
			if len(url) == 0 {
				c.NoURL++
				return nil
			}
			k := urlKey(string(url))
			if _, ok := p.index[k]; ok {
				c.Double++
				return nil
			}
			if len(p.pages) == math.MaxInt32 {
				return fmt.Errorf("%s: more than %d pages", r, math.MaxInt32)
			}
			p.index[k] = int32(len(p.pages))
			p.pages = append(p.pages, theirPage{key: k, row: row})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if c.NoURL > 0 && len(p.pages) == 0 {
		return nil, configError("none of the %d rows has a URL in the field %q: name it by --key; dots lead into objects, as in metadata.url", c.NoURL, key)
	}
	return p, nil
}

// readTexts reads the files again for the pages that only they have.
func (c *Comparison) readTexts(files []string, pages []oneSided, o CompareOptions) error {
	if len(pages) == 0 {
		return nil
	}
	want := map[int64]oneSided{}
	for _, p := range pages {
		want[p.row] = p
	}
	row, texts := int64(-1), 0
	for _, name := range files {
		err := eachRow(name, []string{o.Key, o.Text}, func(r *tableRow) error {
			row++
			p, ok := want[row]
			if !ok {
				return nil
			}
			if len(r.values[1].text) > 0 {
				texts++
			}
			c.Pages = append(c.Pages, ComparedPage{Reason: p.fate, URL: string(r.values[0].text), Text: headOf(r.values[1].text), order: p.order})
			return nil
		})
		if err != nil {
			return err
		}
	}
	if texts == 0 {
		return configError("none of the %d rows to be read has a text in the field %q: name it by --text", len(pages), o.Text)
	}
	return nil
}

// headOf returns the beginning of a text as valid UTF-8.
func headOf(text []byte) string {
	if len(text) <= maxCompareText {
		return strings.ToValidUTF8(string(text), "\uFFFD")
	}
	return strings.ToValidUTF8(string(text[:maxCompareText]), "") + " …"
}

// compareRows marks their pages and returns the pages that only we have.
func (r *RunFolder) compareRows(c *Comparison, theirs *theirPages, o CompareOptions) (ours []oneSided, err error) {
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
	layout, err := r.loadLayout()
	if err != nil {
		return nil, err
	}
	conds, err := r.Config.conditions(layout)
	if err != nil {
		return nil, err
	}
	seen := map[[16]byte]bool{}
	for g := range r.Plan.Groups {
		fates, err := r.fates(g, names, clusters)
		if err != nil {
			return nil, err
		}
		urls, docs, released, err := r.releasedOf(g, conds)
		if err != nil {
			return nil, err
		}
		for row, url := range urls {
			t := theirs.get(url)
			if fates.code[row] != 0 || !released[row] {
				if t != nil && t.fate == "" {
					t.fate = noOutput
					if fates.code[row] != 0 {
						t.fate = names.names[fates.code[row]]
					}
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
				ours = append(ours, oneSided{order: xxh3.HashSeed(url[:], o.Seed), key: url, group: g, doc: docs[row]})
			}
		}
	}
	return ours, nil
}

// releasedOf returns the keys of the URLs of a group, the numbers of its documents, and
// whether an output takes them, by row.
func (r *RunFolder) releasedOf(group int, conds []condition) (urls [][16]byte, docs []uint32, released []bool, err error) {
	c, f, err := r.columns("measure", group, columnsFile)
	if err != nil {
		return nil, nil, nil, err
	}
	defer f.Close()
	defer c.close()
	ranges, err := c.uint32s("range")
	if err != nil {
		return nil, nil, nil, err
	}
	released = make([]bool, c.rows())
	for _, cond := range conds {
		sel, err := cond.selector(c, func(row int) string { return r.Plan.Files[r.Plan.Groups[group].Ranges[ranges[row]].File].Dataset })
		if err != nil {
			return nil, nil, nil, err
		}
		for row := range released {
			released[row] = released[row] || sel.holds(row)
		}
	}
	if urls, err = c.keys("url"); err != nil {
		return nil, nil, nil, err
	}
	docs, err = c.uint32s("doc")
	return urls, docs, released, err
}

// readOurs reads the pages that only we have.
func (r *RunFolder) readOurs(c *Comparison, pages []oneSided) error {
	for _, p := range pages {
		doc, err := r.document(p.group, p.doc)
		if err != nil {
			return err
		}
		c.Pages = append(c.Pages, ComparedPage{Ours: true, URL: doc.URL, Title: doc.Title, Text: headOf([]byte(doc.Text())), order: p.order})
	}
	return nil
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
