package pipeline

import (
	"context"
	"fmt"
	"io"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/shard"
)

// ExtractedPage is one record as the stand-alone extractor gives it. It is
// valid during the call it is given to.
type ExtractedPage struct {
	File   string
	Number int   // of the record in its file
	Offset int64 // in its file
	// Skip is why there is no page: a kind such as image, "" for a page.
	Skip string
	// Err is why the record is unreadable, "" if it is readable.
	Err     string
	ID, URL string           // of a record without a page, as far as it says
	Details PageDetails      // of a page
	Doc     *corpus.Document // nil where Skip or Err is set
}

// PageDetails is what the extractor says of a page beyond what a document keeps.
type PageDetails struct {
	TypeConfidence float64 // 0–1, of the page type
	CanonicalURL   string  // as written
	Keywords       string  // meta keywords, as written
	HTMLLanguage   string  // lang attribute, as written
	// CrawlerLanguages is what the crawler found (WARC-Identified-Content-Language, as
	// in WET files: ISO 639-3 with commas). It is evidence only: the language of the
	// text decides.
	CrawlerLanguages string
	Problem          string // too_deep, too_many_nodes or frames, "" if none
}

// ExtractFiles extracts the pages of files (HTML, WARC, JSONL) in order and
// calls visit for every record, pages or not. Gaps are given to gap. It reads as
// a run with this config does.
func ExtractFiles(ctx context.Context, c *Config, paths []string, workers int, visit func(p *ExtractedPage) error, gap func(file string, g shard.Gap)) error {
	p := &Plan{}
	c2 := *c
	c2.Input = nil
	for _, path := range paths {
		in := defaultInput()
		in.Path = path
		c2.Input = append(c2.Input, in)
	}
	if err := p.listFiles(ctx, &c2); err != nil {
		return err
	}
	for i := range p.Files {
		if err := extractFile(ctx, &c2, &p.Files[i], workers, visit, gap); err != nil {
			return err
		}
	}
	return nil
}

func extractFile(ctx context.Context, c *Config, f *File, workers int, visit func(p *ExtractedPage) error, gap func(file string, g shard.Gap)) error {
	src, err := openSource(ctx, c, f, Range{}, nil)
	if err != nil {
		return err
	}
	produce := func(rec *rawRecord) (int, bool, error) {
		*rec = rawRecord{data: rec.data[:0], out: rec.out}
		err := src.next(rec)
		if err == io.EOF {
			return 0, false, nil
		}
		return len(rec.data) + 512, err == nil, err
	}
	newWorker := func() (func(*rawRecord) error, error) {
		return newPageChain(&c.Extract, []JSONFields{f.Fields}, []int{0}).process, nil
	}
	var reader workReader
	var doc corpus.Document
	number := 0
	consume := func(rec *rawRecord) error {
		p := ExtractedPage{File: f.Name, Number: number, Offset: rec.offset, Skip: rec.out.skip, Err: rec.out.cause, ID: rec.out.id, URL: rec.out.url, Details: rec.out.details}
		number++
		if p.Skip == skipPanic {
			p.Err = "the extractor panicked: " + rec.out.panicked
		}
		if p.Skip == "" && p.Err == "" {
			if err := reader.read(rec.out.page, &doc); err != nil {
				return fmt.Errorf("%s: %w", f.Path, err)
			}
			p.Doc = &doc
		}
		return visit(&p)
	}
	err = ordered(ctx, workers, produce, newWorker, consume)
	account, cerr := src.close()
	if err == nil {
		err = cerr
	}
	for _, g := range account.Gaps {
		gap(f.Name, g)
	}
	return err
}
