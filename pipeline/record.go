package pipeline

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/valyala/fastjson"

	"github.com/qingliu/qingliu/corpus"
)

// appendWorkRecord appends the JSON line that carries a document between
// stages: pages from extract to measure, documents from measure to write. Only
// this file reads and writes it. Signals and personal-data counts travel in
// columns, not here.
func appendWorkRecord(dst []byte, d *corpus.Document) []byte {
	str := func(key, s string) {
		if s == "" {
			return
		}
		dst = append(dst, ',', '"')
		dst = append(dst, key...)
		dst = append(dst, '"', ':')
		dst = corpus.AppendJSONString(dst, s)
	}
	num := func(key string, f float64, decimals int) {
		if f == 0 {
			return
		}
		dst = append(dst, ',', '"')
		dst = append(dst, key...)
		dst = append(dst, '"', ':')
		dst = corpus.AppendJSONFloat(dst, f, decimals)
	}
	dst = append(dst, `{"file":`...)
	dst = strconv.AppendInt(dst, int64(d.File), 10)
	dst = append(dst, `,"record":`...)
	dst = strconv.AppendInt(dst, int64(d.Record), 10)
	dst = append(dst, `,"offset":`...)
	dst = strconv.AppendInt(dst, d.Offset, 10)
	dst = append(dst, `,"sha1":"`...)
	dst = hex.AppendEncode(dst, d.PayloadSHA1[:])
	dst = append(dst, '"')
	str("id", d.ID)
	str("source_id", d.SourceID)
	str("url", d.URL)
	str("host", d.Host)
	str("site", d.Site)
	str("record_id", d.RecordID)
	str("date", d.DateCrawled)
	str("truncated", d.Truncated)
	str("title", d.Title)
	str("site_name", d.SiteName)
	str("author", d.Author)
	str("attribution", d.Attribution)
	str("published", d.DatePublished)
	str("robots", d.Rights.Robots)
	if d.Rights.NoAI {
		dst = append(dst, `,"noai":true`...)
	}
	str("tdm", d.Rights.TDM)
	str("licence_link", d.Rights.LicenceLink)
	str("notice", d.Rights.Notice)
	str("language", d.Language)
	num("language_score", d.LanguageScore, 4)
	str("script", d.Script)
	str("variety", d.Variety)
	str("domain", d.Domain)
	str("charset", d.Charset)
	str("charset_rule", d.CharsetRule)
	num("mojibake", d.MojibakeFraction, 4)
	num("replacements", d.ReplacementRatio, 6)
	str("page_type", d.PageType)
	str("page_rule", d.PageRule)
	num("page_confidence", d.PageConfidence, 4)
	str("extractor", d.Extractor)
	dst = append(dst, `,"text":`...)
	dst = corpus.AppendJSONString(dst, d.Text())
	return append(dst, '}')
}

// workReader decodes work records. It belongs to one goroutine.
type workReader struct{ p fastjson.Parser }

// read fills d, which it resets, from a work record.
func (w *workReader) read(line []byte, d *corpus.Document) error {
	v, err := w.p.ParseBytes(line)
	if err != nil {
		return fmt.Errorf("work record: %w", err)
	}
	d.Reset()
	str := func(key string) string { return string(v.GetStringBytes(key)) }
	d.File = v.GetInt("file")
	d.Record = v.GetInt("record")
	d.Offset = v.GetInt64("offset")
	if n, err := hex.Decode(d.PayloadSHA1[:], v.GetStringBytes("sha1")); err != nil || n != 20 {
		return fmt.Errorf("work record: bad sha1")
	}
	d.ID = str("id")
	d.SourceID = str("source_id")
	d.URL = str("url")
	d.Host = str("host")
	d.Site = str("site")
	d.RecordID = str("record_id")
	d.DateCrawled = str("date")
	d.Truncated = str("truncated")
	d.Title = str("title")
	d.SiteName = str("site_name")
	d.Author = str("author")
	d.Attribution = str("attribution")
	d.DatePublished = str("published")
	d.Rights = corpus.Rights{
		Robots: str("robots"), NoAI: v.GetBool("noai"), TDM: str("tdm"),
		LicenceLink: str("licence_link"), Notice: str("notice"),
	}
	d.Language = str("language")
	d.LanguageScore = v.GetFloat64("language_score")
	d.Script = str("script")
	d.Variety = str("variety")
	d.Domain = str("domain")
	d.Charset = str("charset")
	d.CharsetRule = str("charset_rule")
	d.MojibakeFraction = v.GetFloat64("mojibake")
	d.ReplacementRatio = v.GetFloat64("replacements")
	d.PageType = str("page_type")
	d.PageRule = str("page_rule")
	d.PageConfidence = v.GetFloat64("page_confidence")
	d.Extractor = str("extractor")
	d.SetText(str("text"))
	return nil
}
