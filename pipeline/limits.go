package pipeline

import (
	"errors"
	"fmt"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/qingliu/qingliu/extract"
	"github.com/qingliu/qingliu/internal/flatparquet"
	"github.com/qingliu/qingliu/warc"
)

// LimitsConfig bounds what hostile input may cost, in every container. What is over
// a limit is cut, left packed or unreadable, and counted in the ledger by the name
// of its problem (in brackets where it is not that of package warc). Archives inside
// archives are not followed, so nothing nests deeper than one container.
type LimitsConfig struct {
	RecordHeader  Bytes `yaml:"record_header" doc:"header bytes of an archive record; a longer header is damage"`
	HTTPHeader    Bytes `yaml:"http_header" doc:"header bytes of a response; a longer header has no body"`
	HeaderLines   int   `yaml:"header_lines" range:"1..100000" unit:"lines" doc:"lines kept of a header; the others are ignored"`
	ArchiveRatio  int   `yaml:"archive_ratio" range:"1..1000000" unit:"unpacked to packed bytes" doc:"of a unit of an archive, packed stream, zip member, Parquet page or row group"`
	ArchiveWindow Bytes `yaml:"archive_window" doc:"memory that a zstd frame may ask for, save in Parquet pages (record_window)"`
	BodyRatio     int   `yaml:"body_ratio" range:"1..1000000" unit:"unpacked to packed bytes" doc:"of a packed body"`
	RatioFree     Bytes `yaml:"ratio_free" doc:"unpacked bytes for which no ratio is checked, save in zip members"`
	MemberFree    Bytes `yaml:"member_free" doc:"unpacked bytes of a zip member for which no ratio is checked"`
	Members       int   `yaml:"members" range:"1..1000000000" unit:"members" doc:"of a zip or tar; what is behind them is one gap (archive_members)"`
	Directory     Bytes `yaml:"directory" doc:"directory of a zip or footer of a Parquet file (archive_directory)"`
	Line          Bytes `yaml:"line" doc:"line of JSON or row of Parquet; a longer one is unreadable (record_limit)"`
	ParquetPage   Bytes `yaml:"parquet_page" doc:"page or dictionary of a Parquet column, packed or unpacked (parquet_page)"`
	ParquetSchema int   `yaml:"parquet_schema" range:"1..1000000" unit:"elements" doc:"of the schema of a Parquet file (parquet_schema)"`
	ParquetDepth  int   `yaml:"parquet_depth" range:"1..1000" unit:"levels" doc:"nesting of the schema of a Parquet file (parquet_schema)"`
	BodyWindow    Bytes `yaml:"body_window" doc:"memory that a zstd body may ask for"`
	Codings       int   `yaml:"codings" range:"1..16" unit:"layers" doc:"how often a body may be packed; a body with more is left as it is"`
	PageNodes     int   `yaml:"page_nodes" range:"1000..100000000" unit:"nodes" doc:"of the tree of a page; a larger one is read from its tokens (too_many_nodes)"`
	PageDepth     int   `yaml:"page_depth" range:"16..512" unit:"open elements" doc:"of the tree of a page; a deeper one is read from its tokens (too_deep)"`
}

func defaultLimits() LimitsConfig {
	e := extract.DefaultConfig()
	return LimitsConfig{
		RecordHeader: 64 << 10, HTTPHeader: 256 << 10, HeaderLines: 1000,
		ArchiveRatio: 2000, ArchiveWindow: 128 << 20,
		BodyRatio: 200, BodyWindow: 8 << 20, Codings: 4,
		RatioFree: 16 << 20, MemberFree: 64 << 10, Members: 10_000_000, Directory: 256 << 20, Line: 64 << 20,
		ParquetPage: 256 << 20, ParquetSchema: 10_000, ParquetDepth: 64,
		PageNodes: e.MaxNodes, PageDepth: e.MaxDepth,
	}
}

// problem says what is wrong with the sizes, "" if nothing is.
func (l *LimitsConfig) problem() string {
	for _, x := range []struct {
		key  string
		size Bytes
	}{{"record_header", l.RecordHeader}, {"http_header", l.HTTPHeader}, {"archive_window", l.ArchiveWindow}, {"body_window", l.BodyWindow},
		{"ratio_free", l.RatioFree}, {"member_free", l.MemberFree}, {"directory", l.Directory}, {"line", l.Line}, {"parquet_page", l.ParquetPage}} {
		if x.size < 1<<10 || x.size > 1<<30 {
			return fmt.Sprintf("%s must be from 1KiB to 1GiB", x.key)
		}
	}
	return ""
}

// archive returns the options of a reader of the range from, to.
func (c *ExtractConfig) archive(from, to int64) warc.Options {
	return warc.Options{
		From: from, To: to, MaxRecordBytes: int64(c.MaxRecordBytes),
		MaxHeaderBytes: int(c.Limits.RecordHeader), MaxHeaderLines: c.Limits.HeaderLines,
		MaxRatio: c.Limits.ArchiveRatio, RatioFreeBytes: int64(c.Limits.RatioFree), MaxWindowBytes: int64(c.Limits.ArchiveWindow),
	}
}

// payload returns the limits of a response. One byte more than a page may have
// tells that it is too long.
func (c *ExtractConfig) payload() warc.Limits {
	return warc.Limits{
		BodyBytes: int64(c.MaxPageBytes) + 1, HeaderBytes: int(c.Limits.HTTPHeader), HeaderLines: c.Limits.HeaderLines,
		Codings: c.Limits.Codings, Ratio: c.Limits.BodyRatio, RatioFreeBytes: int64(c.Limits.RatioFree), WindowBytes: int64(c.Limits.BodyWindow),
	}
}

// Problems of containers, beside those of package warc.
const (
	problemMembers   = "archive_members"
	problemDirectory = "archive_directory"
	problemPage      = "parquet_page"
	problemSchema    = "parquet_schema"
)

// limitError says that a limit was reached; problem counts it in the ledger.
type limitError struct{ problem, text string }

func (e *limitError) Error() string { return e.text }

// ratioError is what unpacks to more than the limit.
func (l *LimitsConfig) ratioError() error {
	return &limitError{warc.ProblemRecordRatio, fmt.Sprintf("unpacks to more than %d times its size (extract.limits.archive_ratio)", l.ArchiveRatio)}
}

// overRatio reports whether the unpacked bytes are too many for the packed ones,
// beyond a number that is free.
func (l *LimitsConfig) overRatio(unpacked, packed int64, free Bytes) bool {
	return unpacked > int64(free) && unpacked/int64(l.ArchiveRatio) > packed
}

// limitKey returns the key of the limit that counts as problem.
func limitKey(problem string) string {
	switch problem {
	case warc.ProblemRecordRatio:
		return "archive_ratio"
	case warc.ProblemRecordWindow:
		return "archive_window"
	case warc.ProblemRecordLimit:
		return "line"
	case problemSchema:
		return "parquet_schema or parquet_depth"
	}
	return strings.TrimPrefix(problem, "archive_")
}

// limitReached returns the problem by which an error counts, "" if no limit was
// reached.
func limitReached(err error) string {
	var limit *limitError
	var parquet *flatparquet.LimitError
	switch {
	case errors.As(err, &limit):
		return limit.problem
	case errors.As(err, &parquet):
		return parquetProblem(parquet.Limit)
	}
	return ""
}

// unpackError returns an error of a decoder, or the limit that it means.
func unpackError(err error) error {
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return &limitError{warc.ProblemRecordWindow, "zstd asks for more memory than extract.limits.archive_window"}
	}
	return err
}

// fail makes rec unreadable.
func (rec *rawRecord) fail(err error, text string) {
	rec.err, rec.data = text, rec.data[:0]
	if p := limitReached(err); p != "" {
		rec.problems = append(rec.problems, p)
	}
}

// What an input does about damage.
const (
	damageReport = "report"
	damageFail   = "fail"
)

// damageError ends a run whose input must not be damaged.
func damageError(f *File, what string, offset, length int64, cause string) error {
	return fmt.Errorf("%s: %s at offset %d, %d bytes: %s; the run ends because the input has on_damage: fail", f.Path, what, offset, length, cause)
}
