package pipeline

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/qingliu/qingliu/shard"
	"github.com/qingliu/qingliu/warc"
)

// warcSource yields the records of a WARC or ARC file.
type warcSource struct {
	rangeReader
	r *warc.Reader
	// keep is how much of a block is handed on: what is cut off would be cut off
	// from the page, unless it is packed to more than four times its size.
	keep int
	lost error // why nothing of the file can be read
}

func (s *warcSource) next(rec *rawRecord) error {
	w, err := s.r.Next()
	if err != nil {
		if err == io.EOF {
			return err
		}
		if errors.Is(err, warc.ErrDictionary) {
			s.lost = err
			return io.EOF
		}
		return fmt.Errorf("%s: %w", s.file.Path, err)
	}
	rec.kind = kindWARC
	rec.record, rec.offset, rec.length = w.Index, w.Offset, w.Length
	if w.Inner > 0 {
		rec.offset = w.Inner
	}
	if s.place != nil {
		rec.offset = s.place(rec.offset)
	}
	rec.warcType = strings.ToLower(w.Type)
	rec.url, rec.date, rec.recordID, rec.truncated = w.TargetURI, w.Date, w.ID, w.Truncated
	switch rec.warcType {
	case "response", "resource", "conversion":
		rec.data = append(rec.data[:0], w.Block[:min(len(w.Block), s.keep)]...)
		rec.capture = captureOf(w)
		rec.languages = strings.Clone(cut(w.Header.Get("WARC-Identified-Content-Language"), 100))
	case "revisit":
		rec.capture = captureOf(w)
	}
	rec.warning = w.Warning
	rec.problems = append(rec.problems, w.Problems...)
	if rec.truncated != "" {
		rec.warning = joinWarnings(rec.warning, "WARC-Truncated: "+cut(rec.truncated, 40))
		rec.problems = append(rec.problems, problemTruncated)
	}
	if w.Err != nil {
		rec.err = w.Err.Error()
	}
	return nil
}

func (s *warcSource) close() (rangeAccount, error) {
	if s.lost != nil {
		lost := gapSource{rangeReader: s.rangeReader, cause: s.lost.Error()}
		return lost.close()
	}
	from, to := s.r.Span()
	var gaps []shard.Gap
	for _, g := range s.r.Gaps() {
		if s.place != nil {
			g.Cause = fmt.Sprintf("%s, at byte %d of the whole file", g.Cause, s.place(g.Offset))
		}
		gaps = append(gaps, shard.Gap{Offset: g.Offset, Length: g.Length, Cause: g.Cause, Empty: g.Empty, Problem: g.Problem()})
	}
	return s.finish(from, to, gaps)
}

// problemTruncated counts records that the crawler cut, beside the problems that
// package warc names.
const problemTruncated = "warc_truncated"

// joinWarnings joins what was noticed about one record.
func joinWarnings(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}
