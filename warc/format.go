package warc

import "bytes"

// Format is the container around the records of a file.
type Format int

const (
	// Plain is a WARC file that is not compressed.
	Plain Format = iota
	// GzipMembers is a gzip file, with one member per record (the usual
	// practice), several records per member, or one member for all.
	GzipMembers
	// ZstdFrames is a zstd file, with frames in place of the members of a gzip
	// file. A skippable frame at the start may hold the dictionary of all.
	ZstdFrames
	// LZ4Frames is a file of LZ4 frames.
	LZ4Frames
)

// String returns "plain", "gzip", "zstd" or "lz4".
func (f Format) String() string {
	switch f {
	case GzipMembers:
		return "gzip"
	case ZstdFrames:
		return "zstd"
	case LZ4Frames:
		return "lz4"
	}
	return "plain"
}

// SniffBytes is how much of a file [Sniff] should see.
const SniffBytes = 160 << 10

// Sniff returns the container of the file that begins with head, which should
// hold its first [SniffBytes] or all of a shorter file. It reports false if
// that is not a WARC or ARC file: a packed file counts only if it unpacks to a
// record, or begins with a dictionary for one.
func Sniff(head []byte) (Format, bool) {
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		var p gzipProbe
		return GzipMembers, opensArchive(p.text(head[:min(len(head), gzipProbeBytes)]))
	case bytes.HasPrefix(head, lz4Magic):
		return LZ4Frames, opensRecord(lz4Literals(head))
	case bytes.HasPrefix(head, dictMagic):
		n, _ := skippable(head)
		rest := head[min(len(head), skippableHeader):]
		return ZstdFrames, n > 0 && (bytes.HasPrefix(rest, zstdMagic) || bytes.HasPrefix(rest, []byte(formattedDict)))
	case bytes.HasPrefix(head, zstdMagic):
		c, err := newZstdCodec(0, nil)
		return ZstdFrames, err == nil && opensArchive(c.text(head))
	}
	return Plain, versionLine(head) > 0 || opensARC(head)
}

// opensArchive reports whether b is the start of a WARC or ARC file.
func opensArchive(b []byte) bool { return opensRecord(b) || opensARC(b) }

// opensARC reports whether b is the start of an ARC file.
func opensARC(b []byte) bool {
	return bytes.HasPrefix(b, []byte(arcPrefix)) && arcLine(b) > 0
}

// probeText is how many unpacked bytes decide whether a unit holds a record.
const probeText = 2 << 10

// versionPrefix opens every record.
var versionPrefix = []byte("WARC/")

// opensRecord reports whether b, after at most a few line ends, starts with
// the prefix of a version line.
func opensRecord(b []byte) bool {
	for i := 0; i < 4 && len(b) > 0 && (b[0] == '\r' || b[0] == '\n'); i++ {
		b = b[1:]
	}
	return bytes.HasPrefix(b, versionPrefix)
}

// versionLine returns the length of the well-formed version line (WARC/1.0,
// digits on both sides of the dot) at the start of b without its line end, or
// 0 if there is none.
func versionLine(b []byte) int {
	if !bytes.HasPrefix(b, versionPrefix) {
		return 0
	}
	n := len(versionPrefix)
	major := digits(b[n:])
	n += major
	if major == 0 || major > 2 || n >= len(b) || b[n] != '.' {
		return 0
	}
	n++
	minor := digits(b[n:])
	n += minor
	if minor == 0 || minor > 2 {
		return 0
	}
	for i := n; i < len(b); i++ {
		switch b[i] {
		case ' ', '\t', '\r':
		case '\n':
			return n
		default:
			return 0
		}
	}
	return 0
}

// digits returns how many ASCII digits b starts with.
func digits(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}
