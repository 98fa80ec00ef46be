package pipeline

import (
	"fmt"

	"github.com/qingliu/qingliu/extract"
	"github.com/qingliu/qingliu/warc"
)

// LimitsConfig bounds what hostile input may cost. What is over a limit is cut
// or left packed, and counted in the ledger by the name of its problem. The
// defaults are those of package warc.
type LimitsConfig struct {
	RecordHeader  Bytes `yaml:"record_header" doc:"header bytes of an archive record; a longer header is damage"`
	HTTPHeader    Bytes `yaml:"http_header" doc:"header bytes of a response; a longer header has no body"`
	HeaderLines   int   `yaml:"header_lines" range:"1..100000" unit:"lines" doc:"lines kept of a header; the others are ignored"`
	ArchiveRatio  int   `yaml:"archive_ratio" range:"1..1000000" unit:"unpacked to packed bytes" doc:"of a gzip member or frame of an archive, beyond its first 16 MiB"`
	ArchiveWindow Bytes `yaml:"archive_window" doc:"memory that a zstd frame of an archive may ask for"`
	BodyRatio     int   `yaml:"body_ratio" range:"1..1000000" unit:"unpacked to packed bytes" doc:"of a packed body, beyond its first 16 MiB"`
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
		PageNodes: e.MaxNodes, PageDepth: e.MaxDepth,
	}
}

// problem says what is wrong with the sizes, "" if nothing is.
func (l *LimitsConfig) problem() string {
	for _, x := range []struct {
		key  string
		size Bytes
	}{{"record_header", l.RecordHeader}, {"http_header", l.HTTPHeader}, {"archive_window", l.ArchiveWindow}, {"body_window", l.BodyWindow}} {
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
		MaxRatio: c.Limits.ArchiveRatio, MaxWindowBytes: int64(c.Limits.ArchiveWindow),
	}
}

// payload returns the limits of a response. One byte more than a page may have
// tells that it is too long.
func (c *ExtractConfig) payload() warc.Limits {
	return warc.Limits{
		BodyBytes: int64(c.MaxPageBytes) + 1, HeaderBytes: int(c.Limits.HTTPHeader), HeaderLines: c.Limits.HeaderLines,
		Codings: c.Limits.Codings, Ratio: c.Limits.BodyRatio, WindowBytes: int64(c.Limits.BodyWindow),
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
