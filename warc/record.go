package warc

import (
	"errors"
	"strconv"
	"strings"
)

// ErrDamaged is wrapped by the Err of a record that cannot be read in full.
var ErrDamaged = errors.New("damaged record")

// Record is one record of an archive. The strings may be kept; Header and
// Block are valid until the next call of [Reader.Next].
type Record struct {
	// Offset and Length are the bytes of the file that hold the record: a
	// gzip member, or a plain record with the blank lines that end it. Of
	// the records that share a member the first has all of its bytes and the
	// others have Length 0. A record with Err may be charged with more: the
	// damaged bytes up to the next record.
	Offset, Length int64
	// Inner is where the record starts in its unpacked member, 0 for the
	// first and in plain files.
	Inner int64
	// Index counts the records of this reader from 0.
	Index int

	Version     string // of the WARC format: "1.0", "" if the version line is bad
	Type        string // WARC-Type: response, request, revisit, conversion, ...
	ID          string // WARC-Record-ID without angle brackets
	TargetURI   string // WARC-Target-URI without angle brackets
	RefersToURI string // WARC-Refers-To-Target-URI without angle brackets
	Date        string // WARC-Date as written
	ContentType string // of the block, not of the payload
	Truncated   string // WARC-Truncated: why the crawler cut the block, or ""

	// Header holds all header lines of the record.
	Header Header
	// Block is the content of the record.
	Block []byte

	// Warning names a flaw that does not touch the content, or is "".
	Warning string
	// Problems holds a code for each kind of flaw or damage, one of the
	// Problem constants, each once. It is valid until the next call.
	Problems []string
	// Err is nil for a readable record. Otherwise it wraps [ErrDamaged] and
	// Block holds what could be had.
	Err error

	length int64 // Content-Length, -1 if missing or bad
	ended  bool  // the block has that length and its line ends follow
}

// reset empties rec and keeps the memory of its header list.
func (rec *Record) reset() {
	fields := rec.Header.fields
	if cap(fields) > 128 {
		fields = nil
	}
	*rec = Record{Header: Header{fields[:0]}, Problems: rec.Problems[:0], length: -1}
}

// warn adds a flaw to the warning of rec.
func (rec *Record) warn(code, text string) {
	rec.Problems = addCode(rec.Problems, code)
	if rec.Warning != "" {
		text = rec.Warning + "; " + text
	}
	rec.Warning = text
}

// fail marks rec as damaged; the first cause stays.
func (rec *Record) fail(code, cause string) {
	rec.Problems = addCode(rec.Problems, code)
	if rec.Err == nil {
		rec.Err = &damage{cause}
	}
}

// damage is an error that wraps ErrDamaged.
type damage struct{ cause string }

func (d *damage) Error() string { return "damaged record: " + d.cause }
func (d *damage) Unwrap() error { return ErrDamaged }

// parse reads the version line and the header lines at the start of raw,
// which ends before the blank line. It keeps at most maxLines.
func (rec *Record) parse(raw []byte, texts *arena, maxLines int) {
	text := texts.text(raw)
	rest := ""
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		rest = text[i+1:]
	}
	if n := versionLine(raw); n > 0 {
		rec.Version = text[len(versionPrefix):n]
	}
	noColon, flood := rec.Header.parse(rest, maxLines)
	if noColon > 0 {
		rec.warn(ProblemRecordHeader, "header line without a colon")
	}
	if flood {
		rec.warn(ProblemHeaderFlood, "too many header lines")
	}
	for _, f := range rec.Header.fields {
		if dst := rec.field(f.Name); dst != nil && *dst == "" {
			*dst = f.Value
		} else if rec.length < 0 && strings.EqualFold(f.Name, "Content-Length") {
			rec.length = parseLength(f.Value)
		}
	}
	rec.ID = trimAngles(rec.ID)
	rec.TargetURI = trimAngles(rec.TargetURI)
	rec.RefersToURI = trimAngles(rec.RefersToURI)
}

// field returns where the value of the named header line is kept, or nil. The
// switch on the length saves most comparisons.
func (rec *Record) field(name string) *string {
	switch len(name) {
	case len("WARC-Type"):
		switch {
		case strings.EqualFold(name, "WARC-Type"):
			return &rec.Type
		case strings.EqualFold(name, "WARC-Date"):
			return &rec.Date
		}
	case len("Content-Type"):
		if strings.EqualFold(name, "Content-Type") {
			return &rec.ContentType
		}
	case len("WARC-Record-ID"):
		switch {
		case strings.EqualFold(name, "WARC-Record-ID"):
			return &rec.ID
		case strings.EqualFold(name, "WARC-Truncated"):
			return &rec.Truncated
		}
	case len("WARC-Target-URI"):
		if strings.EqualFold(name, "WARC-Target-URI") {
			return &rec.TargetURI
		}
	case len("WARC-Refers-To-Target-URI"):
		if strings.EqualFold(name, "WARC-Refers-To-Target-URI") {
			return &rec.RefersToURI
		}
	}
	return nil
}

// knownVersion reports whether records of that version can be read.
func knownVersion(v string) bool {
	return strings.HasPrefix(v, "0.") || strings.HasPrefix(v, "1.")
}

// parseLength returns a Content-Length, or -1.
func parseLength(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || s[0] == '+' {
		return -1
	}
	return n
}

// trimAngles returns s without the angle brackets around it.
func trimAngles(s string) string {
	if len(s) >= 2 && s[0] == '<' && s[len(s)-1] == '>' {
		return s[1 : len(s)-1]
	}
	return s
}
