package pipeline

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/qingliu/qingliu/internal/storage"
	"github.com/qingliu/qingliu/shard"
	"github.com/qingliu/qingliu/warc"
)

// rawRecord is one input record on its way through the extract stage. It is
// reused; data is its own memory.
type rawRecord struct {
	rangeIndex int
	record     int
	offset     int64
	length     int64
	kind       recordKind
	warcType   string // type of a WARC record, lower case
	url        string
	date       string
	recordID   string // WARC-Record-ID, or the path of an archive member
	truncated  string
	languages  string // WARC-Identified-Content-Language
	data       []byte // WARC block, HTML bytes or JSON line
	skip       string // kind, where the source knows that it is no page
	err        string // why the record is unreadable, "" if it is not
	warning    string
	problems   []string     // codes of what was met, each once
	capture    captureNames // names of a response, references of a revisit

	out extracted
}

type recordKind uint8

const (
	kindWARC recordKind = iota
	kindHTML
	kindJSON
	kindMember // of a zip or tar archive
	kindRow    // of a Parquet file, as a JSON line
)

// source yields the records of one range in file order.
type source interface {
	// next fills rec, whose data it overwrites. It returns io.EOF after the last
	// record; any other error ends the run, damage is in rec.err or in gaps.
	next(rec *rawRecord) error
	// close releases the file and completes the account of the range.
	close() (rangeAccount, error)
}

// rangeAccount says what became of the bytes of a range.
type rangeAccount struct {
	From, To int64 // bytes of the file this range accounts for
	Gaps     []shard.Gap
	// Sums are the SHA-256 of the parts of the file, see storage.SumBytes, whose last
	// byte this range accounts for, so that ranges that share a file hash it once.
	Sums  []partSum
	Bytes int64 // size of the file as read
}

// openSource opens the range of a file that a task owns. Reads of a remote file
// end with ctx; log, which may be nil, is told of its failed attempts.
func openSource(ctx context.Context, cfg *Config, f *File, rg Range, log func(string)) (source, error) {
	c := &cfg.Extract
	in, err := cfg.network(log).Open(ctx, f.Path)
	if err != nil {
		return nil, err
	}
	if f.Tag != in.Info().Identity() {
		in.Close()
		return nil, fmt.Errorf("%s: the file changed after the plan was made; make a new plan", f.Path)
	}
	var place func(int64) int64
	if f.Select != "" {
		spans, err := unpackSpans(f.Select)
		if err != nil {
			in.Close()
			return nil, fmt.Errorf("%s: damaged plan: %w", f.Path, err)
		}
		part, err := storage.Select(in, spans, int64(cfg.Network.Coalesce))
		if err != nil {
			in.Close()
			return nil, err
		}
		in, place = part, part.Place
	}
	// A remote file is asked for what the range needs, not for all behind it.
	whole := storage.Span{From: rg.From, To: rg.To}
	if rg.To == 0 {
		whole.To = f.Size
	}
	in.Expect(storage.Span{To: min(warc.SniffBytes, f.Size)}, whole)
	format := f.Format
	head := make([]byte, min(warc.SniffBytes, f.Size))
	if _, err := in.ReadAt(head, 0); err != nil && err != io.EOF {
		in.Close()
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	base := rangeReader{file: f, cfg: c, in: in, rg: rg, place: place}
	wf, isWARC := warc.Sniff(head)
	if format == "auto" {
		if format, err = c.Limits.sniffFormat(head, isWARC); err != nil {
			return base.gap("no known format: %w", err), nil
		}
	}
	switch {
	case format == "warc" && isWARC:
		to := rg.To
		if to == 0 {
			to = f.Size
		}
		r, err := warc.NewReader(in, f.Size, wf, c.archive(rg.From, to))
		if err != nil {
			in.Close()
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		return &warcSource{rangeReader: base, r: r, keep: 4*int(c.MaxPageBytes) + int(c.Limits.HTTPHeader)}, nil
	case format == "jsonl":
		return newJSONSource(base, head)
	case format == "zip":
		return newZipSource(base)
	case format == "tar":
		return newTarSource(base, head)
	case format == "parquet":
		return newParquetSource(base)
	case format == "html":
		return &htmlSource{rangeReader: base}, nil
	case format == "warc":
		return base.gap("not a WARC file"), nil
	default:
		return base.gap("no known format"), nil
	}
}

// sniffFormat names the format of a file from its first bytes, "" if unknown. The
// error is a limit that keeps it from being looked at.
func (l *LimitsConfig) sniffFormat(head []byte, isWARC bool) (string, error) {
	if isWARC {
		return "warc", nil
	}
	plain := head
	var limit error
	if r, err := l.unpacked(bytes.NewReader(head), head); err == nil {
		buf := make([]byte, 4096)
		n, err := io.ReadFull(r, buf)
		if limitReached(err) != "" {
			limit = err
		}
		plain = buf[:n]
	}
	switch {
	case hasPrefix(head, []byte("PK\x03\x04")), hasPrefix(head, []byte("PK\x05\x06")):
		return "zip", nil
	case hasPrefix(head, []byte("PAR1")):
		return "parquet", nil
	case isTarHeader(plain):
		return "tar", nil
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(plain, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("{")):
		return "jsonl", nil
	case warc.Kind("", plain) == "html" && bytes.Equal(plain, head[:len(plain)]):
		return "html", nil
	}
	return "", limit
}

// rangeReader is what all sources share.
type rangeReader struct {
	file *File
	cfg  *ExtractConfig
	in   storage.File
	rg   Range
	// place returns the offset in the file of a byte of what an index selected;
	// nil for whole files.
	place func(int64) int64
}

// end returns the first byte after the range.
func (s *rangeReader) end() int64 {
	if s.rg.To == 0 {
		return s.file.Size
	}
	return s.rg.To
}

// partSum is the SHA-256 of a part of a file.
type partSum struct {
	Part   int
	SHA256 string
}

// finish hashes the parts of the file that are this range's and closes it.
func (s *rangeReader) finish(from, to int64, gaps []shard.Gap) (rangeAccount, error) {
	size := s.file.Size
	a := rangeAccount{From: from, To: to, Gaps: gaps, Bytes: size}
	var err error
	for i := range storage.SumParts(size) {
		last := max(0, min(size, int64(i+1)*storage.SumBytes)-1)
		if last < from || last >= to && (size > 0 || s.rg.From > 0) {
			continue
		}
		sum, e := s.in.PartSHA256(i)
		if e != nil {
			err = fmt.Errorf("%s: %w", s.file.Path, e)
			break
		}
		a.Sums = append(a.Sums, partSum{i, hex.EncodeToString(sum[:])})
	}
	return a, errors.Join(err, s.in.Close())
}
