package pipeline

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/qingliu/qingliu/internal/flatparquet"
	"github.com/qingliu/qingliu/internal/storage"
)

// IndexConfig says which rows of a columnar index of Common Crawl are wanted.
type IndexConfig struct {
	Languages []string `yaml:"languages" doc:"content_languages has one of these, ISO 639-3; empty: any"`
	Status    []int    `yaml:"status" doc:"fetch_status is one of these; empty: any"`
	MIME      []string `yaml:"mime" doc:"content_mime_detected is one of these; empty: any"`
}

// Columns of the index, as Common Crawl's table cc-index names them.
const (
	ccLanguages = iota
	ccStatus
	ccMIME
	ccFile
	ccOffset
	ccLength
)

var ccColumns = [6]string{"content_languages", "fetch_status", "content_mime_detected", "warc_filename", "warc_record_offset", "warc_record_length"}

// selection is what an index selects of one file.
type selection struct {
	name  string
	spans []storage.Span
}

// indexed returns the parts of archives that an index selects. What it does not
// select is no input: it is not fetched, and the ledger counts selected bytes.
func (l *lister) indexed(in *Input) ([]File, error) {
	infos, err := l.net.Glob(l.ctx, in.Path)
	if err != nil {
		return nil, err
	}
	found := map[string]*selection{}
	for _, info := range infos {
		if err := l.readIndex(info.Name, &in.Select, found); err != nil {
			return nil, fmt.Errorf("index %s: %w", info.Name, err)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no row of the index is selected; languages %q, status %v, mime %q", in.Select.Languages, in.Select.Status, in.Select.MIME)
	}
	var list []*selection
	for _, s := range found {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *selection) int { return cmp.Compare(a.name, b.name) })
	files := make([]File, len(list))
	g, ctx := errgroup.WithContext(l.ctx)
	g.SetLimit(listParallel)
	for i, s := range list {
		g.Go(func() (err error) {
			files[i], err = l.selected(ctx, in.Prefix, s)
			return err
		})
	}
	return files, g.Wait()
}

// selected returns the plan's entry for what an index selects of a file.
func (l *lister) selected(ctx context.Context, prefix string, s *selection) (File, error) {
	path, name, err := joinPrefix(prefix, s.name)
	if err != nil {
		return File{}, err
	}
	f, err := l.lookUp(ctx, path)
	if err != nil {
		return File{}, err
	}
	slices.SortFunc(s.spans, func(a, b storage.Span) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	s.spans = slices.Compact(s.spans) // captures listed twice
	size := int64(0)
	for i, span := range s.spans {
		if span.To > f.Size {
			return File{}, fmt.Errorf("%s: the index names bytes %d to %d, the file has %d", path, span.From, span.To, f.Size)
		}
		if i > 0 && span.From < s.spans[i-1].To {
			return File{}, fmt.Errorf("%s: the index names records at %d and %d that overlap", path, s.spans[i-1].From, span.From)
		}
		size += span.To - span.From
	}
	f.Name, f.Size, f.Select = name, size, packSpans(s.spans)
	return f, nil
}

// readIndex adds the selected rows of one index file to found.
func (l *lister) readIndex(name string, want *IndexConfig, found map[string]*selection) (err error) {
	f, err := l.net.Open(l.ctx, name)
	if err != nil {
		return err
	}
	defer f.Close()
	f.Expect(storage.Span{}) // nothing certain: little is read of a file of many columns
	t, err := flatparquet.Open(f, f.Size(), l.limits.parquet())
	if err != nil {
		return err
	}
	var columns [6]int
	for i, name := range ccColumns {
		columns[i] = t.Lookup(name)
		if columns[i] < 0 && (i >= ccFile || i == ccLanguages && want.Languages != nil || i == ccStatus && want.Status != nil || i == ccMIME && want.MIME != nil) {
			return fmt.Errorf("no column %q: no columnar index of Common Crawl", name)
		}
	}
	for g := range t.Groups {
		if err := l.readIndexGroup(t, f.Size(), g, columns, want, found); err != nil {
			return fmt.Errorf("row group %d: %w", g, err)
		}
	}
	return nil
}

func (l *lister) readIndexGroup(t *flatparquet.File, size int64, g int, columns [6]int, want *IndexConfig, found map[string]*selection) (err error) {
	var readers [6]*flatparquet.Column
	for i, c := range columns {
		if c >= 0 {
			if readers[i], err = t.Column(g, c); err != nil {
				return err
			}
			defer readers[i].Close()
		}
	}
	end := size
	if g+1 < len(t.Groups) {
		end = t.Groups[g+1].Start
	}
	if rows := t.Groups[g].Rows; l.limits.overRatio(minRowBytes*min(rows, 1<<50), end-t.Groups[g].Start, l.limits.RatioFree) {
		return fmt.Errorf("%d rows in %d bytes", rows, end-t.Groups[g].Start)
	}
	var last *selection
	var text []byte
	for row := range t.Groups[g].Rows {
		if row%4096 == 0 && l.ctx.Err() != nil {
			return l.ctx.Err()
		}
		var off, length int64
		ok := true
		for i, r := range readers {
			if r == nil {
				continue
			}
			v, err := r.Next()
			if err != nil {
				return fmt.Errorf("row %d: %w", row, err)
			}
			if i == ccLanguages || i == ccMIME || i == ccFile {
				text = v.AppendText(text[:0])
			}
			switch i {
			case ccLanguages:
				ok = ok && (len(want.Languages) == 0 || hasLanguage(string(text), want.Languages))
			case ccStatus:
				n, isNumber := v.Int()
				ok = ok && (len(want.Status) == 0 || isNumber && slices.Contains(want.Status, int(n)))
			case ccMIME:
				ok = ok && (len(want.MIME) == 0 || slices.Contains(want.MIME, string(text)))
			case ccFile:
				if name := text; ok && (last == nil || last.name != string(name)) {
					if last = found[string(name)]; last == nil {
						last = &selection{name: string(name)}
						found[last.name] = last
					}
				}
			case ccOffset:
				off, _ = v.Int()
			case ccLength:
				length, _ = v.Int()
			}
		}
		if !ok {
			continue
		}
		if last.name == "" || off < 0 || length <= 0 || off > 1<<60 || length > 1<<40 {
			return fmt.Errorf("row %d: file %.200q, offset %d, length %d name no record", row, last.name, off, length)
		}
		last.spans = append(last.spans, storage.Span{From: off, To: off + length})
	}
	return nil
}

// hasLanguage reports whether a list such as "zho,eng" has one of the languages.
func hasLanguage(list string, want []string) bool {
	for lang := range strings.SplitSeq(list, ",") {
		if slices.Contains(want, lang) {
			return true
		}
	}
	return false
}

// packSpans writes ascending spans as text: base64 of distances and lengths.
func packSpans(spans []storage.Span) string {
	var b []byte
	at := int64(0)
	for _, s := range spans {
		b = binary.AppendUvarint(b, uint64(s.From-at))
		b = binary.AppendUvarint(b, uint64(s.To-s.From))
		at = s.To
	}
	return base64.StdEncoding.EncodeToString(b)
}

// unpackSpans reads what packSpans wrote.
func unpackSpans(text string) ([]storage.Span, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	var spans []storage.Span
	at := int64(0)
	for len(b) > 0 {
		skip, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errors.New("cut selection")
		}
		length, m := binary.Uvarint(b[n:])
		if m <= 0 || skip > 1<<61 || length > 1<<61 || at > 1<<61 {
			return nil, errors.New("cut selection")
		}
		b = b[n+m:]
		spans = append(spans, storage.Span{From: at + int64(skip), To: at + int64(skip) + int64(length)})
		at = spans[len(spans)-1].To
	}
	return spans, nil
}
