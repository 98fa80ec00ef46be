package pipeline

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fastjson"
	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/charset"
	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/extract"
	"github.com/qingliu/qingliu/internal/weburl"
	"github.com/qingliu/qingliu/warc"
	"github.com/qingliu/qingliu/zh"
)

// Kinds of records that are skipped: they are no page. Every kind is a key of
// "skipped" in the ledger; the kinds of package warc (image, pdf, …) join them.
const (
	skipRedirect   = "http_redirect"
	skipHTTPError  = "http_error"
	skipHTTPOther  = "http_other_status"
	skipEmptyBody  = "empty_body"
	skipFewHan     = "few_han" // see ExtractConfig.HanPrefilter
	skipNotSampled = "not_sampled"
	skipPanic      = "stage_panic"
)

// warcTypes are the record types that are known and carry no page of their own.
var warcTypes = []string{"warcinfo", "request", "metadata", "continuation"}

// extracted is what the extract stage makes of one record.
type extracted struct {
	id, url string      // of a record that gave no page, as far as it says
	details PageDetails // of a page
	skip    string      // kind, "" for a page
	cause   string      // why the record is unreadable, "" if it is readable
	page    []byte      // work record
	lines   siteDocument
	// panicked carries the stack of a recovered panic to the log.
	panicked string
}

// pageChain turns raw records into pages. One per worker.
type pageChain struct {
	cfg     *ExtractConfig
	fields  []JSONFields // by file of the plan
	files   []int        // file of each range of the task
	payload warc.PayloadDecoder
	details PageDetails // of the page at hand
	decoder charset.Decoder
	ex      *extract.Extractor
	json    fastjson.Parser
	html    []byte
	repair  []byte // room for pages whose double encoding is undone
	doc     corpus.Document
	decided charset.Decision
	raw     []byte // undecoded body of the page at hand, for explain; nil for text input
}

func newPageChain(cfg *ExtractConfig, fields []JSONFields, files []int) *pageChain {
	p := &pageChain{cfg: cfg, fields: fields, files: files, ex: extract.New(cfg.extractor())}
	p.payload.Limits = cfg.payload()
	return p
}

// process fills rec.out. It never fails: what is wrong with a record is part of
// its fate.
func (p *pageChain) process(rec *rawRecord) (err error) {
	out := &rec.out
	*out = extracted{page: out.page[:0], lines: siteDocument{lines: out.lines.lines[:0]}}
	defer func() {
		if r := recover(); r != nil {
			*out = extracted{skip: skipPanic, panicked: fmt.Sprintf("%v\n%s", r, debug.Stack())}
		}
	}()
	if rec.err != "" {
		out.cause = rec.err
		return nil
	}
	if rec.skip != "" {
		out.skip = rec.skip
		return nil
	}
	p.doc.Reset()
	p.decided, p.raw = charset.Decision{}, nil
	p.details = PageDetails{}
	d := &p.doc
	d.File, d.Record, d.Offset = rec.rangeIndex, rec.record, rec.offset
	d.Truncated = cut(rec.truncated, 40)
	switch rec.kind {
	case kindWARC:
		out.skip = p.warcRecord(rec)
	case kindHTML, kindMember:
		d.URL, d.RecordID = rec.url, rec.recordID
		out.skip = p.body("", "", rec.data)
	case kindJSON, kindRow:
		out.skip, out.cause = p.jsonRecord(rec)
	}
	if out.skip != "" || out.cause != "" {
		out.id, out.url = d.SourceID, d.URL
		return nil
	}
	if d.Truncated == overMaxBytes {
		rec.warning = joinWarnings(rec.warning, "page cut at max_page_bytes")
		if !slices.Contains(rec.problems, warc.ProblemBodyLimit) {
			rec.problems = append(rec.problems, warc.ProblemBodyLimit)
		}
	}
	if x := p.details.Problem; x == extract.ProblemTooDeep || x == extract.ProblemTooManyNodes {
		rec.problems = append(rec.problems, x)
	}
	p.label()
	if p.cfg.Sample < 1 && !sampled(d.Site, p.cfg.Sample) {
		out.skip = skipNotSampled
		return nil
	}
	out.page = appendWorkRecord(out.page, d)
	out.details = p.details
	out.lines.fill(d)
	return nil
}

// sampled reports whether a site belongs to the sample. Whole sites are taken, so
// that site lines and duplicates behave as in the whole crawl.
func sampled(site string, share float64) bool {
	return float64(xxh3.HashString(site)>>11)/(1<<53) < share
}

// warcRecord handles one WARC record; it returns the skip kind, "" for a page.
func (p *pageChain) warcRecord(rec *rawRecord) string {
	d := &p.doc
	d.URL, d.RecordID, d.DateCrawled = rec.url, rec.recordID, normalDate(rec.date)
	p.details.CrawlerLanguages = rec.languages
	switch rec.warcType {
	case "response":
	case "revisit":
		return skipRevisit
	case "resource":
		return p.body("", "", rec.data)
	case "conversion":
		if p.cfg.HanPrefilter && !charset.HasHan(rec.data) {
			return skipFewHan
		}
		body := p.limit(rec.data)
		d.PayloadSHA1 = sha1.Sum(body)
		d.Charset, d.CharsetRule = "utf-8", "conversion"
		if len(bytes.TrimSpace(body)) == 0 {
			return skipEmptyBody
		}
		d.SetText(strings.ToValidUTF8(strings.ReplaceAll(string(body), "\r\n", "\n"), "\ufffd"))
		d.PageType = "text"
		return ""
	default:
		if slices.Contains(warcTypes, rec.warcType) {
			return "warc_" + rec.warcType
		}
		return "warc_other"
	}
	if !strings.HasPrefix(rec.url, "http:") && !strings.HasPrefix(rec.url, "https:") {
		return "warc_not_http" // dns: and other schemes
	}
	resp, err := p.payload.Decode(rec.data)
	if err != nil {
		return "http_malformed"
	}
	rec.problems = append(rec.problems, resp.Problems...)
	if slices.Contains(resp.Problems, warc.ProblemCodingChecksum) {
		rec.warning = joinWarnings(rec.warning, "the checksum of the packed body differs")
	}
	if resp.BodyTruncated && d.Truncated == "" {
		d.Truncated = truncation(resp.Problems)
	}
	switch {
	case resp.Status >= 300 && resp.Status < 400:
		return skipRedirect
	case resp.Status >= 400 && resp.Status < 600:
		return skipHTTPError
	case resp.Status == 0: // a status line that cannot be read is no reason to lose a page
	case resp.Status < 200 || resp.Status >= 600:
		return skipHTTPOther
	}
	if skip := p.body(resp.Header.Get("Content-Type"), charset.ContentTypeCharset(resp.Header.Get("Content-Type")), resp.Body); skip != "" {
		return skip
	}
	if r := strings.ToLower(strings.TrimSpace(resp.Header.Get("X-Robots-Tag"))); r != "" {
		d.Rights.Robots = mergeRobots(d.Rights.Robots, r)
		d.Rights.NoAI = d.Rights.NoAI || strings.Contains(r, "noai")
	}
	if t := resp.Header.Get("TDM-Reservation"); t != "" && d.Rights.TDM == "" {
		d.Rights.TDM = cut(strings.TrimSpace(t), 16)
	}
	return ""
}

func mergeRobots(a, b string) string {
	if a == "" || a == b {
		return cut(b, 200)
	}
	return cut(a+","+b, 200)
}

// cut shortens s to at most n bytes on a code point border.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// truncation returns why a body is not whole, by the problems met.
func truncation(problems []string) string {
	for _, code := range problems {
		switch code {
		case warc.ProblemBodyLimit:
			return overMaxBytes
		case warc.ProblemShortBody, warc.ProblemCutChunking, warc.ProblemCutCoding, warc.ProblemRatio, warc.ProblemBadCoding:
			return code
		}
	}
	return "http"
}

// overMaxBytes marks pages that were cut at max_page_bytes.
const overMaxBytes = "max_page_bytes"

// limit cuts a body at max_page_bytes and marks the page.
func (p *pageChain) limit(body []byte) []byte {
	if n := int(p.cfg.MaxPageBytes); len(body) > n {
		p.doc.Truncated = overMaxBytes
		return body[:n]
	}
	return body
}

// body decodes and extracts an HTML body.
func (p *pageChain) body(contentType, label string, body []byte) string {
	d := &p.doc
	body = p.limit(body)
	kind := warc.Kind(contentType, body)
	if kind == "empty" {
		return skipEmptyBody
	}
	if kind != "html" {
		return kind
	}
	p.raw = body
	if p.cfg.HanPrefilter && !charset.HasHan(body) {
		return skipFewHan
	}
	d.PayloadSHA1 = sha1.Sum(body)
	dec := charset.Detect(body, label)
	p.html, dec.Invalid = p.decoder.AppendUTF8(p.html[:0], body, dec.Encoding)
	p.decided = dec
	d.Charset, d.CharsetRule = dec.Encoding, dec.Rule
	if n := utf8.RuneCount(p.html); n > 0 {
		d.ReplacementRatio = corpus.Round(float64(dec.Invalid)/float64(n), 6)
	}
	p.extractRepaired(p.html)
	if cap(p.html) > 32<<20 {
		p.html, p.repair = nil, nil
	}
	return ""
}

// extractRepaired extracts a page and undoes double encoding. That of GB is seen
// in the text only.
func (p *pageChain) extractRepaired(html []byte) {
	undone := func(gb bool) bool {
		var kind string
		p.repair, kind = charset.Repair(p.repair[:0], html, gb)
		p.decided.Repair = kind
		if kind != "" {
			p.doc.CharsetRule += "+" + kind
			p.extractHTML(p.repair)
		}
		return kind != ""
	}
	if undone(false) {
		return
	}
	p.extractHTML(html)
	if charset.SuspectGB(p.doc.Text()) {
		undone(true)
	}
}

func (p *pageChain) extractHTML(html []byte) {
	d := &p.doc
	page := p.ex.Extract(html, d.URL)
	d.Title, d.SiteName = page.Title, page.SiteName
	d.Author, d.Attribution, d.DatePublished = page.Author, page.Attribution, page.Published
	d.PageType, d.PageRule, d.PageConfidence = page.Type, page.Rule, corpus.Round(page.Confidence, 4)
	d.Rights = corpus.Rights{Robots: page.Robots, NoAI: page.NoAI, TDM: page.TDM, LicenceLink: page.LicenceLink, Notice: page.Notice}
	d.Extractor = extract.Version
	d.SetText(page.Text())
	p.details = PageDetails{
		TypeConfidence: page.TypeConfidence, CanonicalURL: page.CanonicalURL, Keywords: page.Keywords,
		HTMLLanguage: page.Language, CrawlerLanguages: p.details.CrawlerLanguages, Problem: page.Problem,
	}
}

func (p *pageChain) jsonRecord(rec *rawRecord) (skip, cause string) {
	v, err := p.json.ParseBytes(rec.data)
	if err != nil {
		return "", "line is no JSON" // the parser's message quotes the line
	}
	if v.Type() != fastjson.TypeObject {
		return "", "line is no JSON object"
	}
	f := p.fields[p.files[rec.rangeIndex]]
	d := &p.doc
	str := func(key string) string {
		if key == "" {
			return ""
		}
		return strings.ToValidUTF8(string(v.GetStringBytes(key)), "\ufffd")
	}
	d.URL, d.DateCrawled = str(f.URL), normalDate(str(f.Date))
	d.SourceID = str(f.SourceID)
	if d.SourceID == "" && f.SourceID != "" && v.Get(f.SourceID) != nil && v.Get(f.SourceID).Type() == fastjson.TypeNumber {
		d.SourceID = v.Get(f.SourceID).String()
	}
	d.Charset, d.CharsetRule = "utf-8", "json"
	if t := v.Get(f.Text); f.Text != "" && t != nil && t.Type() == fastjson.TypeString {
		d.SetText(strings.ReplaceAll(str(f.Text), "\r\n", "\n"))
		d.PayloadSHA1 = sha1.Sum([]byte(d.Text()))
		d.Title, d.PageType = str(f.Title), "text"
		return "", ""
	}
	if b := v.Get("html_b64"); b != nil && b.Type() == fastjson.TypeString {
		raw, err := base64.StdEncoding.DecodeString(str("html_b64"))
		if err != nil {
			return "", "html_b64 is no base64: " + err.Error()
		}
		return p.body("text/html", "", raw), ""
	}
	if h := v.Get(f.HTML); f.HTML != "" && h != nil && h.Type() == fastjson.TypeString {
		html := p.limit([]byte(str(f.HTML)))
		switch kind := warc.Kind("text/html", html); kind {
		case warc.KindHTML, warc.KindText: // a fragment needs no tags
		case warc.KindEmpty:
			return skipEmptyBody, ""
		default:
			return kind, ""
		}
		if p.cfg.HanPrefilter && !charset.HasHan(html) {
			return skipFewHan, ""
		}
		d.PayloadSHA1 = sha1.Sum(html)
		p.extractRepaired(html)
		if t := str(f.Title); t != "" {
			d.Title = t
		}
		return "", ""
	}
	return "", fmt.Sprintf("no string field %q, %q or \"html_b64\"", f.Text, f.HTML)
}

// label sets what follows from URL and text.
func (p *pageChain) label() {
	d := &p.doc
	d.Host = weburl.Host(d.URL)
	d.Site = weburl.Site(d.Host)
	d.ID = corpus.NewID(weburl.CanonicalV1(d.URL), d.PayloadSHA1)
	d.MojibakeFraction = corpus.Round(charset.MojibakeFraction(d.Text()), 4)
	labelText(d)
}

// labelText sets language, script and variety from the text.
func labelText(d *corpus.Document) {
	c := zh.Count(d.Text())
	lang, score := zh.Language(c)
	d.Language, d.LanguageScore = lang, corpus.Round(score, 4)
	d.Script = zh.Script(c)
	d.Variety = zh.Variety(d.Text(), c)
}

// normalDate returns a WARC or ISO date as RFC 3339 in UTC with milliseconds, ""
// if it is none. The fraction keeps readers built on Arrow from taking the column
// for timestamps and writing it back in another form.
func normalDate(s string) string {
	t, err := parseDate(s)
	if err != nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

var errNoDate = errors.New("no date")
