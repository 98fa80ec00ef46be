package warc

import (
	"bytes"

	"github.com/klauspost/compress/flate"
)

// Format is the container around the records of a file.
type Format int

const (
	// Plain is a WARC file that is not compressed.
	Plain Format = iota
	// GzipMembers is a gzip file, with one member per record (the usual
	// practice), several records per member, or one member for all.
	GzipMembers
)

// String returns "plain" or "gzip".
func (f Format) String() string {
	if f == GzipMembers {
		return "gzip"
	}
	return "plain"
}

// Sniff returns the container of the file that begins with head, which should
// hold its first 64 KiB or all of a shorter file. It reports false if that is
// not a WARC file: a gzip file counts only if it unpacks to a WARC record.
func Sniff(head []byte) (Format, bool) {
	if bytes.HasPrefix(head, gzipMagic) {
		var p gzipProbe
		return GzipMembers, p.isRecord(head[:min(len(head), probeBytes)])
	}
	return Plain, versionLine(head) > 0
}

// gzipMagic is the identification and the deflate method of RFC 1952.
var gzipMagic = []byte{0x1f, 0x8b, 0x08}

// versionPrefix opens every record.
var versionPrefix = []byte("WARC/")

// probeBytes is how much of a gzip member decides whether it holds a record:
// header and the deflate data up to the first bytes of output.
const probeBytes = 16 << 10

// gzipHeader returns the length of the gzip header at the start of b, or 0 if
// there is none that ends within b.
func gzipHeader(b []byte) int {
	if len(b) < 10 || !bytes.HasPrefix(b, gzipMagic) || b[3]&0xe0 != 0 {
		return 0
	}
	flags, n := b[3], 10
	if flags&4 != 0 { // FEXTRA
		if len(b) < n+2 {
			return 0
		}
		n += 2 + int(b[n]) + int(b[n+1])<<8
	}
	for _, text := range [2]byte{8, 16} { // FNAME, FCOMMENT
		if flags&text == 0 {
			continue
		}
		if n >= len(b) {
			return 0
		}
		end := bytes.IndexByte(b[n:], 0)
		if end < 0 {
			return 0
		}
		n += end + 1
	}
	if flags&2 != 0 { // FHCRC
		n += 2
	}
	if n > len(b) {
		return 0
	}
	return n
}

// gzipProbe tells whether a gzip member holds a record. The zero value is
// ready; it keeps its inflater between calls.
type gzipProbe struct {
	in  bytes.Reader
	inf flate.Resetter
	out [16]byte
}

// isRecord reports whether b, the first bytes of a possible gzip member,
// unpacks to the start of a record.
func (p *gzipProbe) isRecord(b []byte) bool {
	n := gzipHeader(b)
	if n == 0 {
		return false
	}
	p.in.Reset(b[n:])
	if p.inf == nil {
		p.inf = flate.NewReader(&p.in).(flate.Resetter)
	} else if p.inf.Reset(&p.in, nil) != nil {
		return false
	}
	have := 0
	for have < len(p.out) {
		k, err := p.inf.(interface{ Read([]byte) (int, error) }).Read(p.out[have:])
		have += k
		if err != nil {
			break
		}
	}
	return opensRecord(p.out[:have])
}

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
