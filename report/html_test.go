package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/qingliu/qingliu/shard"
)

func renderHTML(t *testing.T, r run) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r.s, r.m, r.l); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSampleRunAddsUp(t *testing.T) {
	r := sampleRun()
	for _, err := range r.l.Check() {
		t.Error(err)
	}
	if d := doubts(r.s, r.l); d != nil {
		t.Error(d)
	}
}

func TestHTMLIsDeterministic(t *testing.T) {
	want := renderHTML(t, sampleRun())
	for range 5 {
		if got := renderHTML(t, sampleRun()); got != want {
			t.Fatal("the same run gave another page")
		}
	}
}

// hostile are names as a crawl may have them.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</style><script>alert(1)</script>`,
	"</title><svg/onload=alert(1)>", "\u202egpj.exe", "a\u2066b\u200bc\ufeffd", "nul\x00 bell\x07 esc\x1b[31m del\x7f c1\u0085", "line\nbreak\u2028\r",
	"broken \xff\xfe utf-8", "javascript:alert(1)", "{{.Name}} {{template \"x\"}}", "`code` | cell | **bold** [link](javascript:alert(1))",
	"--- \n# heading", "<!-- comment -->", "&lt;b&gt; &amp; &#x202e;", "مثال.إختبار", strings.Repeat("長", 5000), "\U000e0041tag", "   ", "",
}

// hostileRun puts one hostile text into every place a foreign text can reach.
func hostileRun(h string) run {
	r := sampleRun()
	s, m, l := r.s, r.m, r.l
	s.Name, m.Name, m.Tool, m.ConfigFingerprint = h, h, h, h
	s.Funnel[3].Step = h
	s.Reasons[3].Reason, s.Reasons[3].Signal, s.Reasons[3].Action = h, h, h
	s.Joint[0].A, s.Joint[0].B, s.Skipped[0].Name, s.Histograms[0].Signal, s.PII[0].Name = h, h, h, h, h
	for i := range s.Labels {
		s.Labels[i].Values[0].Value = h
	}
	s.Labels[0].Label = h
	s.BucketOf = h
	s.Breakdown = []BreakdownCount{{Output: h, Dataset: h, Domain: h, Variety: h, Bucket: h, Tokens: map[string]int64{h: 5}}}
	s.Outputs[0].Name, m.Outputs[0].Name, m.Outputs[0].Where, m.Outputs[0].TextKey = h, h, h, h
	m.Outputs[0].Shards[0].Path, m.Outputs[0].Shards[0].SHA256 = h, h
	l.Files[0].Path, l.Files[0].SHA256, l.Files[0].Gaps[0].Cause = h, h, h
	l.Totals.Dropped["decide/"+h], l.Totals.Skipped[h] = 5, 1
	r.info.Licence, r.info.LicenceLink, r.info.Contact = h, h, h
	r.info.Datasets[0] = CardDataset{h, 1, h, h, h}
	r.info.PII[1] = CardPII{"phone", h, "mask", h}
	return r
}

// allowed are the elements and attributes of the page's own template.
var allowedElements = regexp.MustCompile(`^(html|head|meta|title|style|body|main|header|section|footer|nav|a|h1|h2|h3|p|div|span|b|small|bdi|table|thead|tbody|tfoot|tr|th|td|svg|g|rect|line|text|figure|figcaption|script)$`)

func TestHTMLEscapesForeignNames(t *testing.T) {
	for _, h := range hostile {
		page := renderHTML(t, hostileRun(h))
		for _, r := range page {
			if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0xfeff || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfffd || r >= 0xe0000 {
				t.Errorf("%.40q: %U stands in the page", h, r)
				break
			}
		}
		z := html.NewTokenizer(strings.NewReader(page))
		scripts := 0
		for {
			tt := z.Next()
			if tt == html.ErrorToken {
				if !errors.Is(z.Err(), io.EOF) {
					t.Fatal(z.Err())
				}
				break
			}
			tok := z.Token()
			if tt == html.CommentToken {
				t.Errorf("%.40q: comment %.60q", h, tok.Data)
			}
			if tt != html.StartTagToken && tt != html.SelfClosingTagToken {
				continue
			}
			if !allowedElements.MatchString(tok.Data) {
				t.Errorf("%.40q: element %s", h, tok.Data)
			}
			if tok.Data == "script" {
				scripts++
			}
			for _, a := range tok.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "style" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%.40q: attribute %s=%.60q of %s", h, a.Key, a.Val, tok.Data)
				}
			}
		}
		if scripts != 1 {
			t.Errorf("%.40q: %d scripts", h, scripts)
		}
	}
}

func TestHTMLLoadsNothing(t *testing.T) {
	page := renderHTML(t, sampleRun())
	for _, bad := range []string{"http://", "https://", "//cdn", "@import", "url(", "<link", "<iframe", "fetch(", "XMLHttpRequest"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	if want := "<style>" + pageStyle + "</style>"; !strings.Contains(page, want) {
		t.Error("the style is not the text that its hash allows")
	}
	if want := "<script>" + pageScript + "</script>"; !strings.Contains(page, want) {
		t.Error("the script is not the text that its hash allows")
	}
	for _, text := range []string{pageStyle, pageScript} {
		if !strings.Contains(page, strings.ReplaceAll(strings.ReplaceAll(hashSource(text), "'", "&#39;"), "+", "&#43;")) {
			t.Errorf("the policy does not name %s", hashSource(text))
		}
	}
}

// textOf returns the text of each row of the page as cells joined by " | ".
func textOf(t *testing.T, page string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	var text func(n *html.Node) string
	text = func(n *html.Node) string {
		if n.Type == html.TextNode {
			return n.Data
		}
		var b strings.Builder
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			b.WriteString(text(c))
		}
		return b.String()
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.ElementNode && n.Data == "tr":
			var cells []string
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				if c.Type == html.ElementNode {
					cells = append(cells, strings.Join(strings.Fields(text(c)), " "))
				}
			}
			rows = append(rows, strings.Join(cells, " | "))
			return
		case n.Type == html.ElementNode && n.Data == "title" && n.Parent.Data == "g", n.Type == html.ElementNode && n.Data == "p":
			rows = append(rows, strings.Join(strings.Fields(text(n)), " "))
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return rows
}

func TestHTMLShowsTheStatistics(t *testing.T) {
	r := sampleRun()
	rows := textOf(t, renderHTML(t, r))
	has := func(parts ...string) {
		t.Helper()
		for _, row := range rows {
			rest, ok := row, true
			for _, p := range parts {
				i := strings.Index(rest, p)
				if i < 0 {
					ok = false
					break
				}
				rest = rest[i+len(p):]
			}
			if ok {
				return
			}
		}
		t.Errorf("no row with %q", parts)
	}
	for _, f := range r.s.Funnel {
		has(" | "+number(f.Left)+" | ", " %")
	}
	for _, x := range r.s.Reasons {
		limit := ""
		if x.Signal != "" {
			limit = x.Signal + map[bool]string{true: " ≤ ", false: " ≥ "}[x.Max] + decimal(x.Limit)
		}
		has(x.Reason+" | "+limit+" | "+x.Action+" | "+number(x.First)+" | ", " | "+number(x.Any)+" | "+number(x.Alone))
	}
	for _, j := range r.s.Joint {
		has(j.A + " | " + j.B + " | " + number(j.Pages))
	}
	for _, c := range r.s.Skipped {
		has(c.Name + " | " + number(c.N))
	}
	for _, h := range r.s.Histograms {
		for i := range h.Kept {
			if h.Kept[i]+h.Dropped[i] > 0 {
				has(edge(h.Edges[i]) + " … " + edge(h.Edges[i+1]) + ": " + number(h.Kept[i]) + " kept, " + number(h.Dropped[i]) + " dropped")
			}
		}
	}
	for _, l := range r.s.Labels {
		for _, v := range l.Values {
			has(v.Value, " | "+number(v.Pages)+" | "+number(v.Kept)+" | "+number(v.Released))
		}
	}
	for _, c := range r.s.PII {
		has(c.Name, " | "+number(c.N))
	}
	for _, c := range r.s.Cuts {
		has(c.Rule, " | "+number(c.Pages)+" | "+number(c.Cuts)+" | "+number(c.CodePoints))
	}
	for _, n := range []int64{r.s.Dedup.SameID, r.s.Dedup.SameURL, r.s.Dedup.SameText, r.s.Dedup.Near, r.s.Dedup.Ranked, r.s.Dedup.Candidate, r.s.Dedup.Verified, r.s.Dedup.Clusters, r.s.Dedup.Largest} {
		has(" | " + number(n))
	}
	for _, o := range r.s.Outputs {
		has(o.Name+" | "+o.Schema+" | "+number(o.Docs)+" | "+number(o.CodePoints)+" | "+fmt.Sprint(o.Shards)+" | ", byteSize(o.Packed))
	}
	for _, f := range r.l.Files {
		has(f.Path + " | " + number(f.Bytes) + " | " + number(f.Records) + " | " + number(f.Kept) + " | " + f.SHA256[:12])
		for _, g := range f.Gaps {
			has(fmt.Sprintf("%d + %d %s", g.Offset, g.Length, g.Cause))
		}
	}
	for _, o := range r.m.Outputs {
		for _, s := range o.Shards {
			has(s.Path + " | " + number(int64(s.Rows)) + " | " + number(s.CodePoints))
		}
	}
	has("104,218 records = 37,388 kept + 23,102 dropped + 43,725 skipped + 3 unreadable")
	has("all dropped", "23,102")
	has("104,218 records (100.00 %)", "37,388 released (35.87 %)")
}

func TestHTMLOfNothing(t *testing.T) {
	l := &shard.Ledger{Totals: shard.NewAccount()}
	page := renderHTML(t, run{s: &Statistics{}, m: &shard.Manifest{}, l: l})
	if strings.Contains(page, "NaN") || strings.Contains(page, "do not agree") {
		t.Error(page)
	}
}

func TestHTMLSaysWhatDoesNotAgree(t *testing.T) {
	r := sampleRun()
	r.s.Funnel[len(r.s.Funnel)-1].Left--
	r.l.Totals.Unreadable++
	page := renderHTML(t, r)
	for _, want := range []string{"do not agree", "The funnel ends with 37,387 documents, the ledger keeps 37,388.", "Ledger: totals: 104218 records"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestHTMLCapsLongLists(t *testing.T) {
	r := sampleRun()
	f := r.l.Files[0]
	for i := range int64(30) {
		f.Gaps = append(f.Gaps, shard.Gap{Offset: 950_000_000 + 2*i, Length: 1, Cause: "x"})
	}
	for range 500 {
		r.l.Files = append(r.l.Files, f)
		r.m.Outputs[0].Shards = append(r.m.Outputs[0].Shards, r.m.Outputs[0].Shards[0])
	}
	page := renderHTML(t, r)
	for row, most := range map[string]int{"crawl/CC": maxInputRows + maxDamaged + maxDoubts, "cci/data/": maxShardRows, "<div><span class=\"mono\">9": maxGaps * maxDamaged} {
		if n := strings.Count(page, row); n > most {
			t.Errorf("%d times %s", n, row)
		}
	}
	for _, want := range []string{"And 303 more, see ledger.json", "And 451 more files", "22 more in ledger.json", "And 303 more, see manifest.json"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestHTMLReturnsWriteErrors(t *testing.T) {
	r := sampleRun()
	want := errors.New("disk full")
	if err := HTML(failingWriter{want}, r.s, r.m, r.l); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func BenchmarkHTML(b *testing.B) {
	r := sampleRun()
	b.ReportAllocs()
	for b.Loop() {
		if err := HTML(io.Discard, r.s, r.m, r.l); err != nil {
			b.Fatal(err)
		}
	}
}
