package report

import (
	"bytes"
	_ "embed" // the text of the card
	"fmt"
	"strings"
	"text/template"

	"github.com/qingliu/qingliu/shard"
)

// CardInfo is what the card says beyond the numbers of the run. The zero
// CardInfo makes a card that leaves the unknown out.
type CardInfo struct {
	Licence     string // licence of the release as a whole, "" if the config gives none
	LicenceLink string // where it is written, "" if unknown
	Contact     string // where to ask for a take-down, "" if unknown
	Datasets    []CardDataset
	Signals     []CardSignal // short list that every record carries, in its order
	Quality     string       // what the field quality holds, "" if there is no such model
	Scores      []CardSignal // of other models, in the order of the object scores
	PII         []CardPII    // classes in the order of the records
	Tokenizers  []string     // that records count tokens of, in their order
	Similarity  float64      // from which two texts are near duplicates, 0 if they were not looked for
}

// CardDataset describes a dataset of the config.
type CardDataset struct {
	Name    string
	Trust   int
	Licence string // licence or contract, as given
	Record  string // document that describes the collection: path or web address
	Dump    string // crawl dump
}

// CardSignal is a signal of the short list.
type CardSignal struct{ Name, Doc string }

// CardPII is a class of personal data and what happened to it.
type CardPII struct {
	Name        string
	Doc         string // what counts as one
	Action      string // mask, drop, tag or off
	Placeholder string // what stands for it in the text when masked
}

// Rows of the card's lists; all rows are in the report.
const (
	maxCardReasons = 20
	maxCardKinds   = 12
	maxCardValues  = 8
)

//go:embed card.md.tmpl
var cardText string

var cardTemplate = template.Must(template.New("card").Funcs(template.FuncMap{
	"n": number, "size": byteSize, "pct": percent, "share": hundredths, "dec": decimal,
	"code": codeCell, "codeText": codeSpan, "file": visible, "text": plain, "link": linkTo, "gloss": gloss, "join": strings.Join,
}).Parse(cardText))

// card is what the template sees.
type card struct {
	*Statistics
	Info        *CardInfo
	Manifest    *shard.Manifest
	Ledger      *shard.Ledger
	Totals      shard.Totals
	Pages       int64
	Steps       []funnelRow
	Last        funnelRow
	Drops       []Reason
	DropsMore   int
	Kinds       []Count
	KindsMore   int
	Parts       []cardLabel
	PIIRows     []cardPII
	CardOutputs []cardOutput
	Schemas     []cardSchema
	MostDocs    int64
	Copies      int64
	HasIndex    bool // shards have sidecars
}

type cardOutput struct {
	OutputCount
	Where, IDKey, TextKey string
	Fields                []field
}

// cardSchema is the field table that one or more outputs share.
type cardSchema struct {
	Schema string
	Names  []string
	Rows   []fieldRow
}

type cardLabel struct {
	Label  string
	Values []LabelValue
	More   int
}

type cardPII struct {
	CardPII
	N int64
}

// Card returns README.md of a release: a dataset card with the front matter
// that Hugging Face reads and text made from the run's own numbers. The front
// matter declares the type of every field of every output, so that loading does
// not depend on what the first rows hold.
//
// It panics only if a schema writes a record that cannot be described, which is
// a mistake in the program.
func Card(s *Statistics, m *shard.Manifest, l *shard.Ledger, info CardInfo) []byte {
	c := &card{
		Statistics: s, Info: &info, Manifest: m, Ledger: l, Totals: l.Totals.Totals(), Pages: s.pages(),
		Steps: funnelRows(s, l, 4), Copies: s.Dedup.SameID + s.Dedup.SameURL + s.Dedup.SameText + s.Dedup.Near,
	}
	if n := len(c.Steps); n > 0 {
		c.Last = c.Steps[n-1]
	}
	c.addDrops()
	c.Kinds, c.KindsMore = head(s.Skipped, maxCardKinds)
	c.addParts()
	c.addPII()
	if err := c.addOutputs(); err != nil {
		panic("report: " + err.Error())
	}
	b, err := appendFrontMatter(nil, c)
	if err != nil {
		panic("report: " + err.Error())
	}
	text := bytes.NewBuffer(b)
	if err := cardTemplate.Execute(text, c); err != nil {
		panic("report: " + err.Error())
	}
	return text.Bytes()
}

// addDrops lists the reasons that took pages, most first.
func (c *card) addDrops() {
	var list []Reason
	for _, r := range dropRows(c.Statistics, c.Ledger) {
		if r.First > 0 {
			list = append(list, r)
		}
	}
	sortReasons(list)
	c.Drops, c.DropsMore = head(list, maxCardReasons)
}

// addParts breaks the released documents down by label.
func (c *card) addParts() {
	for _, l := range c.Labels {
		if l.Label == "site" {
			continue
		}
		p := cardLabel{Label: l.Label}
		for _, v := range l.Values {
			if v.Released > 0 {
				p.Values = append(p.Values, v)
			}
		}
		sortReleased(p.Values)
		p.Values, p.More = head(p.Values, maxCardValues)
		if len(p.Values) > 0 {
			c.Parts = append(c.Parts, p)
		}
	}
}

// addPII joins counts and actions. Without actions the counts stand alone.
func (c *card) addPII() {
	for _, n := range c.PII {
		row := cardPII{CardPII: CardPII{Name: n.Name}, N: n.N}
		for _, p := range c.Info.PII {
			if p.Name == n.Name {
				row.CardPII = p
			}
		}
		c.PIIRows = append(c.PIIRows, row)
	}
}

func (c *card) addOutputs() error {
	for _, o := range c.Manifest.Outputs {
		for _, x := range o.Shards {
			c.HasIndex = c.HasIndex || x.Sidecar.Path != ""
		}
	}
	for _, o := range c.Outputs {
		out := cardOutput{OutputCount: o}
		for _, x := range c.Manifest.Outputs {
			if x.Name == o.Name {
				out.Where, out.IDKey, out.TextKey = x.Where, x.IDKey, x.TextKey
			}
		}
		var err error
		if out.Fields, err = schemaFields(o.Schema, o.Words, c.Info); err != nil {
			return fmt.Errorf("schema %s: %w", o.Schema, err)
		}
		c.CardOutputs = append(c.CardOutputs, out)
		c.MostDocs = max(c.MostDocs, o.Docs)
		c.addSchema(&out)
	}
	return nil
}

func (c *card) addSchema(o *cardOutput) {
	if o.Fields == nil {
		return
	}
	name := o.Schema
	if o.Words {
		name += " with words"
	}
	for i := range c.Schemas {
		if c.Schemas[i].Schema == name {
			c.Schemas[i].Names = append(c.Schemas[i].Names, codeSpan(o.Name))
			return
		}
	}
	c.Schemas = append(c.Schemas, cardSchema{name, []string{codeSpan(o.Name)}, fieldRows(o.Fields, "", c.Info)})
}
