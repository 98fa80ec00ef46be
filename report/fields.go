package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qingliu/qingliu/corpus"
)

// field is a key of a record with the type a loader must give it. The types are
// read off a record that the schema itself writes, so they cannot drift from it.
type field struct {
	Name   string
	Type   string  // string, int64, float64, bool, null; "" for an object
	Fields []field // of an object
}

// schemaFields returns the fields of a schema in their order; nil for a schema
// this package cannot render.
func schemaFields(schema string, words bool, info *CardInfo) ([]field, error) {
	if !slices.Contains(corpus.Schemas, schema) {
		return nil, nil
	}
	doc := &corpus.Document{}
	labels := &corpus.Labels{WithWords: words}
	for i, s := range info.Signals {
		labels.Signals = append(labels.Signals, corpus.ReleaseSignal{Name: s.Name, Index: i, Decimals: 4})
	}
	for i, s := range info.Scores {
		labels.Scores = append(labels.Scores, corpus.ReleaseSignal{Name: s.Name, Index: len(info.Signals) + i, Decimals: 4})
	}
	if info.Quality != "" {
		labels.Quality = &corpus.ReleaseSignal{Index: len(info.Signals) + len(info.Scores), Decimals: 4}
	}
	doc.ResetSignals(len(info.Signals) + len(info.Scores) + 1)
	clear(doc.Signals) // a score that is not known would have no type
	labels.Tokenizers = info.Tokenizers
	for _, c := range info.PII {
		labels.PIIClasses = append(labels.PIIClasses, c.Name)
	}
	d := json.NewDecoder(bytes.NewReader(corpus.AppendSchema(nil, schema, doc, labels)))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	return readFields(d, "")
}

// readFields reads the members of an object behind its opening brace.
func readFields(d *json.Decoder, path string) ([]field, error) {
	fields := []field{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		f := field{Name: key.(string)}
		v, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch v := v.(type) {
		case string:
			f.Type = "string"
		case bool:
			f.Type = "bool"
		case json.Number:
			f.Type = "int64"
			if strings.ContainsRune(v.String(), '.') {
				f.Type = "float64"
			}
		case nil:
			f.Type = nullTypes[f.Name]
			if f.Type == "" {
				f.Type = "null"
			}
		case json.Delim:
			if v != '{' {
				return nil, fmt.Errorf("field %s%s: no type for a list", path, f.Name)
			}
			if f.Fields, err = readFields(d, path+f.Name+"."); err != nil {
				return nil, err
			}
		}
		fields = append(fields, f)
	}
	_, err := d.Token()
	return fields, err
}

// nullTypes are the types of keys that no stage fills yet and that are simple
// once one does, so that code written against a release works with the next.
var nullTypes = map[string]string{"quality": "float64"}

// fieldDocs says what each field means, by its path without meta_info.
var fieldDocs = map[string]string{
	"id":                      "32 hex digits from the address and the bytes of the page; the same page has the same id in every release",
	"text":                    "main text, LF line ends",
	"content":                 "main text, LF line ends",
	"words":                   "the main text cut into words and marks, one space between, line ends kept",
	"meta_info":               "everything known about the document",
	"title":                   "title without the name of the site",
	"url":                     "address as crawled",
	"host":                    "host of the address",
	"source_id":               "id that the input record brought along",
	"dataset":                 "dataset of the config the input belongs to",
	"dump":                    "crawl dump, as the config names it",
	"date_crawled":            "when the page was fetched, UTC",
	"date_published":          "date on the page, YYYY-MM-DD",
	"author":                  "author named on the page",
	"attribution":             "source the page names (来源), mostly the owner of the text",
	"language":                "zh, ja, ko, en, other or und",
	"language_score":          "0–1",
	"script":                  "Hans, Hant, … (ISO 15924)",
	"variety":                 "zh-Hans, zh-Hant, zh-mixed (both forms), yue (Cantonese), lzh (Classical Chinese)",
	"charset":                 "encoding of the page",
	"page_type":               "article, forum, list, wiki, doc, product, …",
	"domain":                  "label of the domain model; empty without one, or where it is not sure",
	"n_code_points":           "length of the main text in code points",
	"n_words":                 "words of the main text",
	"tokens":                  "not measured in this release",
	"quality":                 "not measured in this release",
	"scores":                  "not measured in this release",
	"signals":                 "short list of measured signals; all of them are in the signals files",
	"safety":                  "not measured in this release",
	"pii":                     "personal data found in this document, by class",
	"rights":                  "what the page itself says about its use",
	"rights.robots":           "robots directives of header and meta",
	"rights.noai":             "the page opts out of machine learning",
	"rights.tdm":              "text and data mining reservation: 1 reserved, 0 not",
	"rights.licence_link":     "licence the page links",
	"rights.notice":           "the page's own no-reprint notice",
	"licence":                 "licence or contract of the dataset, as the config gives it",
	"dedup":                   "what deduplication knows",
	"dedup.cluster":           "cluster of near duplicates: first 16 digits of the id of its best document",
	"dedup.size":              "documents in the cluster, this one included",
	"dedup.exact_copies":      "further records with the same id or text",
	"provenance":              "where the document comes from",
	"provenance.file":         "input file",
	"provenance.offset":       "where the record starts in the file, bytes",
	"provenance.record_id":    "WARC-Record-ID",
	"provenance.truncated":    "why the body is incomplete: reason of WARC-Truncated or max_page_bytes, empty if it is whole",
	"provenance.payload_sha1": "SHA-1 of the decoded body",
	"provenance.charset_rule": "rule that decided the encoding",
	"provenance.extractor":    "extractor and version",
}

// fieldRow is a line of the field table.
type fieldRow struct{ Path, Type, Doc string }

// fieldRows flattens fields, objects before their members.
func fieldRows(fields []field, prefix string, info *CardInfo) []fieldRow {
	var rows []fieldRow
	for _, f := range fields {
		path := prefix + f.Name
		r := fieldRow{Path: path, Type: f.Type, Doc: fieldDoc(path, info)}
		if f.Type == "" {
			r.Type = "object"
		}
		rows = append(append(rows, r), fieldRows(f.Fields, path+".", info)...)
	}
	return rows
}

func fieldDoc(path string, info *CardInfo) string {
	path = strings.TrimPrefix(path, "meta_info.")
	if name, ok := strings.CutPrefix(path, "signals."); ok {
		for _, s := range info.Signals {
			if s.Name == name {
				return s.Doc
			}
		}
	}
	if name, ok := strings.CutPrefix(path, "pii."); ok {
		for _, c := range info.PII {
			if c.Name == name {
				return c.Doc
			}
		}
	}
	switch {
	case path == "quality" && info.Quality != "":
		return info.Quality
	case path == "scores" && len(info.Scores) > 0:
		return "scores of models"
	}
	if name, ok := strings.CutPrefix(path, "scores."); ok {
		for _, s := range info.Scores {
			if s.Name == name {
				return s.Doc
			}
		}
	}
	if path == "tokens" && len(info.Tokenizers) > 0 {
		return "tokens of the main text, by tokenizer"
	}
	if name, ok := strings.CutPrefix(path, "tokens."); ok && slices.Contains(info.Tokenizers, name) {
		return "tokens of the main text that the tokenizer " + name + " makes, without special tokens"
	}
	return fieldDocs[path]
}
