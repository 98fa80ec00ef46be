package pipeline

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
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
	bandsFile    = "bands"    // stack of band files of package dedup
	sketchesFile = "sketches" // stack of sketch files of package dedup
)

// Gates, by their code in the gate column; 0 passes.
var gateReasons = []string{"", "gates.min_code_points", "gates.language", "gates.stage_panic"}

const (
	gateLength   = 1 // first: the language of a few characters means nothing
	gateLanguage = 2
	gatePanic    = 3 // the page made a step panic: a bug of ours, logged with its stack
)

// noDoc stands in the doc column of pages that failed a gate.
const noDoc = math.MaxUint32

func measureStage() *stage {
	return &stage{
		name:    "measure",
		version: 4,
		fingerprint: func(c *Config) []any {
			set, err := c.filterSet()
			if err != nil {
				return []any{err.Error()} // LoadConfig refused it before
			}
			words, err := readUserWords(c.Text.UserWords)
			if err != nil {
				return []any{err.Error()}
			}
			f := []any{c.Gates, c.Text.LineRules, c.Text.Script, zh.OpenCCVersion, zh.WordsVersion, words, c.Measure, c.PII, pii.Version, filters.MeasureFingerprint(set), dedup.FormatVersion, zh.TableVersion}
			if form := c.URLs.form(); form.MergeMobile || form.SortParams || len(form.DropParams) > 0 {
				f = append(f, form)
			}
			if c.Text.Lines != "all" {
				f = append(f, c.Text.Lines)
			}
			if c.Text.SimilarSentences {
				f = append(f, "similar sentences", filters.SimilarSentencesVersion)
			}
			if c.Text.CleanBlanks {
				f = append(f, "blanks", filters.BlanksVersion)
			}
			if c.Text.CutAddresses {
				f = append(f, "addresses", filters.AddressVersion)
			}
			if c.Text.CutOpenEnd {
				f = append(f, "open end", filters.OpenEndVersion)
			}
			if c.Text.RestoreLineBreaks {
				f = append(f, "line breaks", filters.LineBreaksVersion)
			}
			return append(f, c.modelIdentity()...)
		},
		tasks:    perGroup,
		identity: byDeps,
		deps: func(p *Plan, i int) []dep {
			d := []dep{{stage: "extract", index: i, suffix: pagesFile}}
			for s := range p.Parts.Sites {
				d = append(d, dep{stage: "sites", index: s, suffix: slicesFile, part: slicePart(i)})
			}
			return d
		},
		run: runMeasure,
	}
}

// measuredRow is one page on its way through the measure stage.
type measuredRow struct {
	line     []byte // work record of the page
	row      rowValues
	doc      []byte // work record of the document, empty if a gate failed
	panicked string // message and stack of a recovered panic, "" if there was none
	cuts     cutTally
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
	bytes        uint32    // of the document's work record, without what grouping changes
	words        [7]string // by textColumns
	address      string    // of the page, as policy lists look it up
	signals      []float64
	pii          []int
	sig          dedup.Signature
}

// textColumns are the columns of strings; see labelsOf.
var textColumns = []string{"page_type", "language", "script", "variety", "domain", "site", "host"}

func labelsOf(d *corpus.Document) [7]string {
	return [7]string{d.PageType, d.Language, d.Script, d.Variety, d.Domain, d.Site, d.Host}
}

// measureChain turns a page into a measured document. One per worker.
type measureChain struct {
	cfg      *Config
	form     *weburl.Form // under which captures of a page are found
	cutter   siteCutter
	measurer *filters.Measurer
	segment  *zh.Segmenter
	convert  *scriptConverter // nil if text keeps its script
	scorer   *scorer          // nil without models
	signer   *dedup.Signer
	finder   *pii.Finder
	rules    *filters.LineCutter
	breaks   *filters.LineBreaker
	blanks   *filters.BlankCleaner
	address  *filters.AddressCutter
	similar  *filters.SentenceCutter
	end      *filters.EndCutter
	tally    cutTally // of the page
	reader   workReader
	doc      corpus.Document
	words    []corpus.Span
	zwords   []zh.Span
	text     strings.Builder
	sig      dedup.Signature

	signalCount int
	length      int // code points before personal data was replaced
}

func newMeasureChain(c *Config, cutter siteCutter) (*measureChain, error) {
	set, err := c.filterSet()
	if err != nil {
		return nil, err
	}
	finder, err := pii.New(c.PII)
	if err != nil {
		return nil, err
	}
	segment, err := segmenter(c.Measure.Segmenter, c.Text.UserWords)
	if err != nil {
		return nil, err
	}
	convert, err := newScriptConverter(c.Text.Script)
	if err != nil {
		return nil, err
	}
	scorer, err := newScorer(c)
	if err != nil {
		return nil, err
	}
	return &measureChain{
		scorer: scorer, signalCount: len(c.signals()),
		cfg: c, form: c.URLs.form(), cutter: cutter, measurer: set.NewMeasurer(), segment: segment, convert: convert,
		signer: dedup.NewSigner(dedup.DefaultParams()), finder: finder, rules: filters.NewLineCutter(),
		breaks: filters.NewLineBreaker(), blanks: filters.NewBlankCleaner(), address: filters.NewAddressCutter(), similar: filters.NewSentenceCutter(), end: filters.NewEndCutter(),
	}, nil
}

// measure cuts lines, applies the gates, measures, signs and replaces personal
// data. It returns the failed gate, 0 if the document was measured; m.sig holds
// its signature then. cuts, if not nil, tells what was cut.
func (m *measureChain) measure(d *corpus.Document, cuts *cutLog) (gate uint32, value, limit float64) {
	m.editText(d, cuts)
	if m.convert != nil {
		m.convert.apply(d)
	}
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
		d.ResetSignals(m.signalCount)
	}
	if m.scorer != nil {
		m.scorer.score(d)
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

// process measures the page of one row. A panic spoils this page only: it fails
// the gate stage_panic.
func (m *measureChain) process(r *measuredRow) error {
	d := &m.doc
	r.panicked, r.cuts = "", r.cuts[:0]
	if err := m.reader.read(r.line, d); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			r.panicked = fmt.Sprintf("%v\n%s", p, debug.Stack())
			r.doc = r.doc[:0]
			r.row.gate, r.row.gateValue, r.row.gateLimit = gatePanic, 1, 0
			r.row.words = labelsOf(d)
		}
	}()
	v := &r.row
	signals, counts := v.signals[:0], v.pii[:0]
	*v = rowValues{file: uint32(d.File), record: uint32(d.Record), offset: d.Offset, id: idKey(d.ID), crawled: unixSeconds(d.DateCrawled)}
	if d.URL != "" {
		v.address = weburl.Address(d.URL)
		v.url = xxh3.HashString128(m.form.Canonical(d.URL)).Bytes()
	}
	v.gate, v.gateValue, v.gateLimit = m.measure(d, nil)
	r.cuts = append(r.cuts, m.tally...)
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
	v.bytes = uint32(len(r.doc) - digits(d.File) - digits(d.Record))
	return nil
}

// digits returns how many decimal digits n has.
func digits(n int) int {
	d := 1
	for ; n >= 10; n /= 10 {
		d++
	}
	return d
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
	table, err := newMeasureTable(t)
	if err != nil {
		return err
	}
	panics := 0
	edits := cutSums{}
	produce := func(r *measuredRow) (int, bool, error) {
		line, err := pages.Next()
		if err == io.EOF {
			return 0, false, nil
		}
		if err != nil {
			return 0, false, fmt.Errorf("%s: %w", in.Name(), err)
		}
		if cap(r.line) > maxKeptBytes || cap(r.doc) > maxKeptBytes {
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
		if r.panicked != "" {
			t.events.Log(fmt.Sprintf("page %d of group %d: panic, the page is dropped by gates.stage_panic: %s", table.total(), t.index, r.panicked))
			if panics++; panics > maxPanics {
				return fmt.Errorf("more than %d pages panicked; the first are in the log", maxPanics)
			}
		}
		r.cuts.addTo(edits)
		if err := table.add(&r.row, doc); err != nil {
			return err
		}
		t.count("pages", 1)
		t.events.Progress(t.stage.name, 1, int64(len(r.line)))
		return nil
	}
	if err := ordered(ctx, t.workers, produce, newWorker, consume); err != nil {
		return err
	}
	countEdits(t, edits)
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
	return table.close()
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

func signalColumn(name string) string { return "signal:" + name }

func piiColumn(class string) string { return "pii:" + class }

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
	if stage == "measure" && len(r.Config.Scores) > 0 {
		c.scores = &joinedScores{r: r, group: index, rows: c.rows()}
	}
	return c, f, nil
}
