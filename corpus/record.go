package corpus

import (
	"encoding/hex"
	"strconv"
)

// Labels are what a released record says beside the document itself: names from
// the config and results of deduplication.
type Labels struct {
	Dataset, Dump, Licence string
	File                   string // name of the input file
	Cluster                string // first 16 hex digits of the id of the cluster's best document
	ClusterSize            int    // documents in the cluster of near duplicates, itself included
	ExactCopies            int    // further records with the same id or text
	NWords                 int
	Tokenizers             []string        // names for Tokens
	Tokens                 []int           // of the main text, by tokenizer
	WithWords              bool            // write Words behind the text
	Words                  string          // the text cut into words, with spaces between
	PIIClasses             []string        // names for Document.PII, in its order
	Quality                *ReleaseSignal  // score of the model named quality, nil without one
	Scores                 []ReleaseSignal // of other models and programs; one that is not known is null
	Signals                []ReleaseSignal // the short list that goes into every record
}

// ReleaseSignal is a signal of the short list.
type ReleaseSignal struct {
	Name     string
	Index    int // in Document.Signals
	Decimals int
}

// Schemas are the record layouts that AppendSchema knows.
var Schemas = []string{"superset", "cci", "text"}

// AppendSchema appends the record in the named layout:
//
//	superset  every field, see AppendRecord
//	cci       id, content, meta_info (the layout of CCI3-Data, with a typed object)
//	text      id, text
//
// With l.WithWords a string field words stands behind the text.
//
// It panics on any other name: configs are checked before.
func AppendSchema(dst []byte, schema string, d *Document, l *Labels) []byte {
	switch schema {
	case "superset":
		return AppendRecord(dst, d, l)
	case "cci":
		w := recordWriter{b: dst}
		w.open()
		w.str("id", d.ID)
		w.str("content", d.Text())
		w.words(l)
		w.object("meta_info")
		w.meta(d, l)
		w.close()
		w.close()
		return w.b
	case "text":
		w := recordWriter{b: dst}
		w.open()
		w.str("id", d.ID)
		w.str("text", d.Text())
		w.words(l)
		w.close()
		return w.b
	}
	panic("corpus: no schema " + schema)
}

// AppendRecord appends the superset record as one JSON object. Keys are always
// present, always in this order and keep their types: loaders take the type of a
// column from the first rows. A text that is not known is empty; what no stage
// measures yet is null in every record.
func AppendRecord(dst []byte, d *Document, l *Labels) []byte {
	w := recordWriter{b: dst}
	w.open()
	w.str("id", d.ID)
	w.str("text", d.Text())
	w.words(l)
	w.meta(d, l)
	w.close()
	return w.b
}

// recordWriter appends one JSON object.
type recordWriter struct {
	b     []byte
	comma bool
}

func (w *recordWriter) words(l *Labels) {
	if l.WithWords {
		w.str("words", l.Words)
	}
}

// tokens writes the number of tokens by tokenizer, null if none is configured.
func (w *recordWriter) tokens(l *Labels) {
	if len(l.Tokenizers) == 0 {
		w.null("tokens")
		return
	}
	w.object("tokens")
	for i, name := range l.Tokenizers {
		n := 0
		if i < len(l.Tokens) {
			n = l.Tokens[i]
		}
		w.int(name, int64(n))
	}
	w.close()
}

// meta writes everything but id and text.
func (w *recordWriter) meta(d *Document, l *Labels) {
	w.str("title", d.Title)
	w.str("url", d.URL)
	w.str("host", d.Host)
	w.str("source_id", d.SourceID)
	w.str("dataset", l.Dataset)
	w.str("dump", l.Dump)
	w.str("date_crawled", d.DateCrawled)
	w.str("date_published", d.DatePublished)
	w.str("author", d.Author)
	w.str("attribution", d.Attribution)
	w.str("language", d.Language)
	w.float("language_score", d.LanguageScore, 4)
	w.str("script", d.Script)
	w.str("variety", d.Variety)
	w.str("charset", d.Charset)
	w.str("page_type", d.PageType)
	w.str("domain", d.Domain)
	w.int("n_code_points", int64(d.RuneCount()))
	w.int("n_words", int64(l.NWords))
	w.tokens(l)
	if q := l.Quality; q != nil {
		w.float("quality", d.Signals[q.Index], q.Decimals)
	} else {
		w.null("quality")
	}
	if len(l.Scores) > 0 {
		w.object("scores")
		for _, s := range l.Scores {
			if v := d.Signals[s.Index]; v != v {
				w.null(s.Name)
			} else {
				w.float(s.Name, v, s.Decimals)
			}
		}
		w.close()
	} else {
		w.null("scores")
	}
	w.object("signals")
	for _, s := range l.Signals {
		w.float(s.Name, d.Signals[s.Index], s.Decimals)
	}
	w.close()
	w.null("safety")
	w.object("pii")
	for i, name := range l.PIIClasses {
		n := 0
		if i < len(d.PII) {
			n = d.PII[i]
		}
		w.int(name, int64(n))
	}
	w.close()
	w.object("rights")
	w.str("robots", d.Rights.Robots)
	w.bool("noai", d.Rights.NoAI)
	w.str("tdm", d.Rights.TDM)
	w.str("licence_link", d.Rights.LicenceLink)
	w.str("notice", d.Rights.Notice)
	w.close()
	w.str("licence", l.Licence)
	w.object("dedup")
	w.str("cluster", l.Cluster)
	w.int("size", int64(l.ClusterSize))
	w.int("exact_copies", int64(l.ExactCopies))
	w.close()
	w.object("provenance")
	w.str("file", l.File)
	w.int("offset", d.Offset)
	w.str("record_id", d.RecordID)
	w.str("truncated", d.Truncated)
	w.str("payload_sha1", hex.EncodeToString(d.PayloadSHA1[:]))
	w.str("charset_rule", d.CharsetRule)
	w.str("extractor", d.Extractor)
	w.close()
}

func (w *recordWriter) open()  { w.b, w.comma = append(w.b, '{'), false }
func (w *recordWriter) close() { w.b, w.comma = append(w.b, '}'), true }

func (w *recordWriter) key(k string) {
	if w.comma {
		w.b = append(w.b, ',')
	}
	w.comma = true
	w.b = append(w.b, '"')
	w.b = append(w.b, k...)
	w.b = append(w.b, '"', ':')
}

func (w *recordWriter) object(k string)       { w.key(k); w.open() }
func (w *recordWriter) str(k, v string)       { w.key(k); w.b = AppendJSONString(w.b, v) }
func (w *recordWriter) int(k string, v int64) { w.key(k); w.b = strconv.AppendInt(w.b, v, 10) }
func (w *recordWriter) bool(k string, v bool) { w.key(k); w.b = strconv.AppendBool(w.b, v) }
func (w *recordWriter) null(k string)         { w.key(k); w.b = append(w.b, "null"...) }
func (w *recordWriter) float(k string, v float64, decimals int) {
	w.key(k)
	if v != v {
		v = 0 // a number column stays a number column: not measured is 0 here, null in the sidecar
	}
	n := len(w.b)
	w.b = AppendJSONFloat(w.b, v, decimals)
	for _, c := range w.b[n:] {
		if c == '.' {
			return
		}
	}
	w.b = append(w.b, '.', '0') // a fraction keeps its point, or loaders take it for an integer
}
