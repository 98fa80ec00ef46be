package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/qingliu/qingliu/shard"
)

var (
	//go:embed report.html.tmpl
	pageText string
	//go:embed report.css
	pageStyle string
	//go:embed report.js
	pageScript string
)

// How many rows of a list that grows with the input are drawn. All rows are in
// the files beside the page.
const (
	maxCauses        = 6   // per step of the funnel
	maxDamaged       = 50  // files
	maxGaps          = 10  // per file
	maxShardRows     = 200 // per output
	maxInputRows     = 200
	maxBreakdownRows = 500
	maxSkipKinds     = 40
	maxDoubts        = 10
)

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"n": number, "size": byteSize, "pct": percent, "share": hundredths, "dec": decimal, "v": visible,
	"short": func(sum string) string { return visible(sum[:min(len(sum), 12)]) },
	"gloss": gloss, "valueGloss": valueGloss,
	"count": func(i int) string { return number(int64(i)) },
	"cell":  cell,
	"sub1":  func(i int) int { return i - 1 },
	"tear":  func(b bar) [2]int { return [2]int{b.X - 2, b.X + b.Width + 2} },
	"px":    func(share int64) int64 { return share / 10 },
	"bar":   barWidth,
	"empty": func(s string) bool { return strings.TrimSpace(s) == "" },
}).Parse(pageText))

// page is what the template sees.
type page struct {
	*Statistics
	Manifest    *shard.Manifest
	Ledger      *shard.Ledger
	CSP         string
	Style       template.CSS
	Script      template.JS
	Totals      shard.Totals
	Pages       int64
	Packed      int64
	Steps       []funnelRow
	Doubts      []string
	Drops       []Reason
	FirstSum    int64
	Charts      []chart
	SkipRows    []Count
	SkipMore    int
	Damaged     []damagedFile
	DamagedMore int
	Inputs      []shard.LedgerAccount
	InputsMore  int
	Breakdowns  []BreakdownCount
	BreakMore   int
	Tokenizers  []string // that the breakdown counts by
	Shards      []shardRow
	ShardsMore  int
	PIISum      int64
}

// damagedFile is an input file that could not be read in full.
type damagedFile struct {
	Path       string
	Unreadable int64
	GapBytes   int64
	Gaps       []shard.Gap
	More       int // gaps that are not listed
}

type shardRow struct {
	Output string
	shard.Shard
}

// HTML writes report.html: one file that needs no network and no script to be
// read. The statistics must come from the same run as manifest and ledger;
// where numbers disagree the page says so.
func HTML(w io.Writer, s *Statistics, m *shard.Manifest, l *shard.Ledger) error {
	p := &page{
		Statistics: s, Manifest: m, Ledger: l,
		CSP:   "default-src 'none'; style-src " + hashSource(pageStyle) + "; script-src " + hashSource(pageScript) + "; base-uri 'none'; form-action 'none'",
		Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Totals: l.Totals.Totals(), Pages: s.pages(),
		Steps: funnelRows(s, l, maxCauses), Doubts: doubts(s, l), Drops: dropRows(s, l),
	}
	for _, o := range s.Outputs {
		p.Packed += o.Packed
	}
	for i := range p.Drops {
		p.FirstSum += p.Drops[i].First
	}
	for i := range s.Histograms {
		p.Charts = append(p.Charts, newChart(&s.Histograms[i]))
	}
	for _, c := range s.PII {
		p.PIISum += c.N
	}
	p.SkipRows, p.SkipMore = head(s.Skipped, maxSkipKinds)
	p.Inputs, p.InputsMore = head(l.Files, maxInputRows)
	p.Breakdowns, p.BreakMore = head(s.Breakdown, maxBreakdownRows)
	for _, b := range s.Breakdown {
		for name := range b.Tokens {
			if !slices.Contains(p.Tokenizers, name) {
				p.Tokenizers = append(p.Tokenizers, name)
			}
		}
	}
	slices.Sort(p.Tokenizers)
	p.addDamage(l)
	for _, o := range m.Outputs {
		rows, more := head(o.Shards, maxShardRows)
		for _, r := range rows {
			p.Shards = append(p.Shards, shardRow{o.Name, r})
		}
		p.ShardsMore += more
	}
	// A template that fails half way must not leave half a page.
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (p *page) addDamage(l *shard.Ledger) {
	for i := range l.Files {
		f := &l.Files[i]
		lost, bytes := f.Lost()
		if f.Unreadable == 0 && lost == 0 {
			continue
		}
		if len(p.Damaged) == maxDamaged {
			p.DamagedMore++
			continue
		}
		d := damagedFile{Path: f.Path, Unreadable: f.Unreadable, GapBytes: bytes}
		d.Gaps, d.More = head(slices.DeleteFunc(slices.Clone(f.Gaps), func(g shard.Gap) bool { return g.Empty }), maxGaps)
		p.Damaged = append(p.Damaged, d)
	}
}

// cell is a table cell with a number; narrow screens show the label before it.
func cell(label string, n any) template.HTML {
	i, ok := n.(int64)
	if !ok {
		i = int64(n.(int))
	}
	return template.HTML(`<td class="n" data-l="` + label + `" data-v="` + strconv.FormatInt(i, 10) + `">` + number(i) + `</td>`)
}

// barWidth is the length of a bar that is 1000 long for total; what is not zero
// can be seen.
func barWidth(n, total int64) int64 {
	if n <= 0 {
		return 0
	}
	return max(parts(n, total, 1000), 4)
}

// head returns the first n of list and how many more there are.
func head[T any](list []T, n int) ([]T, int) {
	if len(list) <= n {
		return list, 0
	}
	return list[:n], len(list) - n
}

// hashSource is the source expression that allows exactly this inline text.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
