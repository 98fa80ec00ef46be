package pipeline

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/dedup"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/internal/weburl"
	"github.com/qingliu/qingliu/pii"
	"github.com/qingliu/qingliu/shard"
	"github.com/qingliu/qingliu/zh"
)

// Files of a measure task. Rows of the columns are the pages of the group in
// input order; documents and signatures exist for those that passed the gates.
const (
	docsFile     = "docs.jsonl.zst"
	framesFile   = "docs.frames" // u32 number of the first document, by zstd frame
	columnsFile  = "columns"
	bandsFile    = "bands"
	sketchesFile = "sketches" // in the format of package dedup, by row
)

// Gates, by their code in the gate column; 0 passes.
var gateReasons = []string{"", "gates.min_code_points", "gates.language"}

const (
	gateLength   = 1 // first: the language of a few characters means nothing
	gateLanguage = 2
)

// noDoc stands in the doc column of pages that failed a gate.
const noDoc = math.MaxUint32

func measureStage() *stage {
	return &stage{
		name:    "measure",
		version: 1,
		fingerprint: func(c *Config) []any {
			set, err := filterSet(&c.Filters)
			if err != nil {
				return []any{err.Error()} // LoadConfig refused it before
			}
			words, err := readUserWords(c.Text.UserWords)
			if err != nil {
				return []any{err.Error()}
			}
			return []any{c.Gates, c.Text.LineRules, words, c.Measure, c.PII, pii.Version, filters.MeasureFingerprint(set), dedup.FormatVersion, zh.TableVersion}
		},
		tasks:    perGroup,
		identity: byDeps,
		deps: func(p *Plan, i int) []dep {
			d := []dep{{stage: "extract", index: i, suffix: pagesFile}}
			for s := range p.Parts.Sites {
				d = append(d, dep{stage: "sites", index: s, suffix: slicesFile, part: siteSlicePart(i)})
			}
			return d
		},
		run: runMeasure,
	}
}

// measuredRow is one page on its way through the measure stage.
type measuredRow struct {
	line []byte // work record of the page
	row  rowValues
	doc  []byte // work record of the document, empty if a gate failed
}

// rowValues is what the columns say of one page.
type rowValues struct {
	file, record uint32
	offset       int64
	gate         uint32
	gateValue    float64
	gateLimit    float64
	id, url      [16]byte
	crawled      uint64
	length       uint32
	words        [6]string // by textColumns
	signals      []float64
	pii          []int
	sig          dedup.Signature
}

// textColumns are the columns of strings; see labelsOf.
var textColumns = []string{"page_type", "language", "script", "variety", "site", "host"}

func labelsOf(d *corpus.Document) [6]string {
	return [6]string{d.PageType, d.Language, d.Script, d.Variety, d.Site, d.Host}
}

// measureChain turns a page into a measured document. One per worker.
type measureChain struct {
	cfg      *Config
	cutter   siteCutter
	measurer *filters.Measurer
	segment  *zh.Segmenter
	signer   *dedup.Signer
	finder   *pii.Finder
	rules    *filters.LineCutter
	reader   workReader
	doc      corpus.Document
	words    []corpus.Span
	zwords   []zh.Span
	text     strings.Builder
	sig      dedup.Signature
	length   int // code points before personal data was replaced
}

func newMeasureChain(c *Config, cutter siteCutter) (*measureChain, error) {
	set, err := filterSet(&c.Filters)
	if err != nil {
		return nil, err
	}
	finder, err := pii.New(c.PII)
	if err != nil {
		return nil, err
	}
	segment, err := segmenter(c.Text.UserWords)
	if err != nil {
		return nil, err
	}
	return &measureChain{
		cfg: c, cutter: cutter, measurer: set.NewMeasurer(), segment: segment,
		signer: dedup.NewSigner(dedup.DefaultParams()), finder: finder, rules: filters.NewLineCutter(),
	}, nil
}

// lineCut is a line that measure cut, for explain.
type lineCut struct {
	Line string
	Rule string
}

// measure cuts lines, applies the gates, measures, signs and replaces personal
// data. It returns the failed gate, 0 if the document was measured; m.sig holds
// its signature then. cuts, if not nil, collects the lines that were cut.
func (m *measureChain) measure(d *corpus.Document, cuts *[]lineCut) (gate uint32, value, limit float64) {
	m.cutLines(d, cuts)
	m.length = d.RuneCount()
	g := m.cfg.Gates
	if m.length < g.MinCodePoints {
		return gateLength, float64(m.length), float64(g.MinCodePoints)
	}
	if g.Language != "any" && d.Language != g.Language {
		return gateLanguage, 0, 1
	}
	if m.cfg.Measure.Signals {
		m.signals(d)
	} else {
		d.ResetSignals(len(filters.Signals()))
	}
	m.signer.Sign(d.Text(), &m.sig)
	m.redact(d)
	return 0, 0, 0
}

// signals segments the text and measures the signals of all filters.
func (m *measureChain) signals(d *corpus.Document) {
	m.zwords = m.segment.AppendWords(m.zwords[:0], d.Text())
	m.words = m.words[:0]
	for _, w := range m.zwords {
		m.words = append(m.words, corpus.Span(w))
	}
	d.SetWords(m.words)
	m.zwords = zh.AppendSentences(m.zwords[:0], d.Text())
	m.words = m.words[:0]
	for _, s := range m.zwords {
		m.words = append(m.words, corpus.Span(s))
	}
	d.SetSentences(m.words)
	m.measurer.Measure(d)
}

// cutLines removes boilerplate lines of the site and furniture lines.
func (m *measureChain) cutLines(d *corpus.Document, cuts *[]lineCut) {
	if gone := m.cutter.cut(d); gone != nil {
		text := d.Text()
		m.text.Reset()
		for i, sp := range d.Lines() {
			line := text[sp.Start:sp.End]
			if gone[i] {
				if cuts != nil {
					*cuts = append(*cuts, lineCut{line, "site_line"})
				}
				continue
			}
			if m.text.Len() > 0 {
				m.text.WriteByte('\n')
			}
			m.text.WriteString(line)
		}
		d.SetText(m.text.String())
		labelText(d)
	}
	if m.cfg.Text.LineRules {
		m.furniture(d, cuts)
	}
}

// redact replaces personal data: the last step, after everything was measured.
func (m *measureChain) redact(d *corpus.Document) {
	if cap(d.PII) < len(pii.Classes) {
		d.PII = make([]int, len(pii.Classes))
	}
	d.PII = d.PII[:len(pii.Classes)]
	clear(d.PII)
	d.Title = m.finder.Redact(d.Title, d.PII)
	d.Author = m.finder.Redact(d.Author, d.PII)
	d.Attribution = m.finder.Redact(d.Attribution, d.PII)
	d.SiteName = m.finder.Redact(d.SiteName, d.PII)
	d.Rights.Notice = m.finder.Redact(d.Rights.Notice, d.PII)
	if t := m.finder.Redact(d.Text(), d.PII); t != d.Text() {
		d.SetText(t)
	}
}

// process measures the page of one row.
func (m *measureChain) process(r *measuredRow) error {
	d := &m.doc
	if err := m.reader.read(r.line, d); err != nil {
		return err
	}
	v := &r.row
	signals, counts := v.signals[:0], v.pii[:0]
	*v = rowValues{file: uint32(d.File), record: uint32(d.Record), offset: d.Offset, id: idKey(d.ID), crawled: unixSeconds(d.DateCrawled)}
	if d.URL != "" {
		v.url = xxh3.HashString128(weburl.Canonical(d.URL)).Bytes()
	}
	v.gate, v.gateValue, v.gateLimit = m.measure(d, nil)
	v.words = labelsOf(d)
	v.length = uint32(m.length)
	r.doc = r.doc[:0]
	if v.gate != 0 {
		v.signals, v.pii = signals, counts
		return nil
	}
	v.signals = append(signals, d.Signals...)
	v.pii = append(counts, d.PII...)
	v.sig = m.sig
	r.doc = appendWorkRecord(r.doc, d)
	return nil
}

func runMeasure(ctx context.Context, t *task) error {
	cutter, err := t.loadSiteCutter(t.index)
	if err != nil {
		return err
	}
	in, _, err := t.open("extract", t.index, pagesFile)
	if err != nil {
		return err
	}
	defer in.Close()
	pages, err := shard.NewReader(in)
	if err != nil {
		return err
	}
	out, err := t.create(docsFile)
	if err != nil {
		return err
	}
	docs, err := shard.NewWriter(out, shard.Options{Level: "fastest", FrameBytes: 1 << 20})
	if err != nil {
		return err
	}
	var table measureTable
	produce := func(r *measuredRow) (int, bool, error) {
		line, err := pages.Next()
		if err == io.EOF {
			return 0, false, nil
		}
		if err != nil {
			return 0, false, fmt.Errorf("%s: %w", in.Name(), err)
		}
		if cap(r.line) > 32<<20 {
			r.line, r.doc = nil, nil
		}
		r.line = append(r.line[:0], line...)
		return len(line), true, nil
	}
	newWorker := func() (func(*measuredRow) error, error) {
		m, err := newMeasureChain(t.Config, cutter)
		if err != nil {
			return nil, err
		}
		return m.process, nil
	}
	consume := func(r *measuredRow) error {
		doc := uint32(noDoc)
		if r.row.gate == 0 {
			doc = uint32(docs.Rows())
			if err := docs.Write(r.doc); err != nil {
				return err
			}
			t.count("documents", 1)
		}
		table.add(&r.row, doc, len(r.doc))
		t.count("pages", 1)
		t.events.Progress(t.stage.name, 1, int64(len(r.line)))
		return nil
	}
	if err := ordered(ctx, t.workers, produce, newWorker, consume); err != nil {
		return err
	}
	stats, err := docs.Close()
	if err != nil {
		return err
	}
	var first []byte
	for _, f := range stats.FrameIndex {
		first = binary.LittleEndian.AppendUint32(first, uint32(f.FirstRow))
	}
	if err := t.write(framesFile, first); err != nil {
		return err
	}
	return table.write(t)
}

// idKey turns the hex id into its bytes.
func idKey(id string) (k [16]byte) {
	for i := range k {
		k[i] = hexNibble(id[2*i])<<4 | hexNibble(id[2*i+1])
	}
	return k
}

func hexNibble(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

func unixSeconds(date string) uint64 {
	t, err := parseDate(date)
	if err != nil {
		return 0
	}
	return uint64(t.Unix())
}

// measureTable collects the columns of a group.
type measureTable struct {
	file, record, gate, doc, bytes, length []uint32
	offset, crawled                        []uint64
	gateValue, gateLimit                   []float64
	id, url, text                          [][16]byte
	words                                  [6][]string
	signals                                [][]float64
	pii                                    [][]uint32
	bandRows                               []uint32
	sigs                                   []dedup.Signature
}

func (m *measureTable) add(v *rowValues, doc uint32, bytes int) {
	if m.signals == nil {
		m.signals = make([][]float64, len(filters.Signals()))
		m.pii = make([][]uint32, len(pii.Classes))
	}
	row := uint32(len(m.file))
	m.file = append(m.file, v.file)
	m.record = append(m.record, v.record)
	m.offset = append(m.offset, uint64(v.offset))
	m.gate = append(m.gate, v.gate)
	m.gateValue = append(m.gateValue, v.gateValue)
	m.gateLimit = append(m.gateLimit, v.gateLimit)
	m.doc = append(m.doc, doc)
	m.bytes = append(m.bytes, uint32(bytes))
	m.length = append(m.length, v.length)
	m.crawled = append(m.crawled, v.crawled)
	m.id = append(m.id, v.id)
	m.url = append(m.url, v.url)
	m.text = append(m.text, v.sig.Text)
	for i := range m.words {
		m.words[i] = append(m.words[i], v.words[i])
	}
	for i := range m.signals {
		x := math.NaN()
		if v.gate == 0 {
			x = v.signals[i]
		}
		m.signals[i] = append(m.signals[i], x)
	}
	for i := range m.pii {
		n := 0
		if v.gate == 0 {
			n = v.pii[i]
		}
		m.pii[i] = append(m.pii[i], uint32(n))
	}
	if v.gate == 0 && v.sig.Letters >= dedup.DefaultParams().MinLetters {
		m.bandRows = append(m.bandRows, row)
		m.sigs = append(m.sigs, v.sig)
	}
}

func (m *measureTable) write(t *task) error {
	w := newColumnWriter(len(m.file))
	w.uint32s("range", m.file)
	w.uint32s("record", m.record)
	w.uint64s("offset", m.offset)
	w.uint32s("gate", m.gate)
	w.float64s("gate_value", m.gateValue)
	w.float64s("gate_limit", m.gateLimit)
	w.uint32s("doc", m.doc)
	w.uint32s("bytes", m.bytes)
	w.uint32s("length", m.length)
	w.uint64s("crawled", m.crawled)
	w.keys("id", m.id)
	w.keys("url", m.url)
	w.keys("text", m.text)
	for i, name := range textColumns {
		w.words(name, m.words[i])
	}
	for i, s := range filters.Signals() {
		var col []float64
		if m.signals != nil {
			col = m.signals[i]
		}
		w.float64s(signalColumn(s.Name), col)
	}
	for i := range pii.Classes {
		var col []uint32
		if m.pii != nil {
			col = m.pii[i]
		}
		w.uint32s("pii:"+pii.Classes[i].Name, col)
	}
	out, err := t.create(columnsFile)
	if err != nil {
		return err
	}
	if err := w.writeTo(out); err != nil {
		return err
	}
	bands, err := t.create(bandsFile)
	if err != nil {
		return err
	}
	if err := dedup.WriteBands(bands, dedup.DefaultParams(), m.bandRows, m.sigs); err != nil {
		return err
	}
	sketches, err := t.create(sketchesFile)
	if err != nil {
		return err
	}
	return dedup.WriteSketches(sketches, dedup.DefaultParams(), m.bandRows, m.sigs)
}

func signalColumn(name string) string { return "signal:" + name }

// columns opens the columns of a measure or decide task; close both results.
func (r *RunFolder) columns(stage string, index int, suffix string) (*columnFile, *os.File, error) {
	f, size, err := r.open(stage, index, suffix)
	if err != nil {
		return nil, nil, err
	}
	c, err := openColumns(f, size)
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return c, f, nil
}

// furniture cuts lines and line ends that no text needs, such as 详情点击>>.
func (m *measureChain) furniture(d *corpus.Document, cuts *[]lineCut) {
	kept, gone := m.rules.Cut(d.Text())
	if len(gone) == 0 {
		return
	}
	if cuts != nil {
		for _, c := range gone {
			*cuts = append(*cuts, lineCut{d.Text()[c.Start:c.End], c.Rule})
		}
	}
	d.SetText(kept)
	labelText(d)
}
