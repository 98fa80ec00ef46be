package warc

import (
	"bytes"
	"io"
)

// prober looks for record starts anywhere in a file. It has its own position
// and memory, so that it does not disturb the reader.
type prober struct {
	src       section
	maxHeader int // bytes
	maxLines  int
	texts     arena
	chunk     []byte // the part of the file being searched
	head      []byte // the bytes at a possible start
	rec       Record
	codec     codec // nil for a plain file
	arc       bool  // the file is no WARC but an ARC file
}

// scanBytes is how much of the file is searched at once. It starts small
// because most searches end soon.
const (
	scanBytesMin = 16 << 10
	scanBytesMax = 256 << 10
)

// at returns up to n bytes of the file from off on, in buf if that is large
// enough.
func (p *prober) at(buf []byte, off int64, n int) []byte {
	n = int(max(0, min(int64(n), p.src.size-off)))
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	p.src.pos = off
	k, _ := io.ReadFull(&p.src, buf) // a failure stays in p.src.err
	return buf[:k]
}

// find returns the first offset at or after from where pattern stands and
// accept agrees, or the size of the file.
func (p *prober) find(from int64, pattern []byte, accept func(off int64) bool) int64 {
	for n := scanBytesMin; from < p.src.size; n = min(2*n, scanBytesMax) {
		p.chunk = p.at(p.chunk, from, n)
		if p.src.err != nil || len(p.chunk) < len(pattern) {
			break
		}
		for i := 0; ; {
			j := bytes.Index(p.chunk[i:], pattern)
			if j < 0 {
				break
			}
			i += j
			if accept(from + int64(i)) {
				return from + int64(i)
			}
			i++
		}
		from += int64(len(p.chunk) - len(pattern) + 1)
	}
	return p.src.size
}

// findUnit returns the first unit at or after from that holds a record.
func (p *prober) findUnit(from int64) int64 {
	return p.find(from, p.codec.magic(), p.unitStart)
}

// unitStart reports whether a unit that opens a record starts at off. Most
// places that are none are told by a few bytes.
func (p *prober) unitStart(off int64) bool {
	p.head = p.at(p.head, off, 16)
	if !mayOpen(p.codec, p.head) {
		return false
	}
	p.head = p.at(p.head, off, p.codec.probeBytes())
	return p.opens(p.codec.text(p.head))
}

// opens reports whether b, the first unpacked bytes of a unit, begins with a
// record.
func (p *prober) opens(b []byte) bool {
	if p.arc {
		return arcLine(trimBreaks(b)) > 0
	}
	return opensRecord(b)
}

// starts reports whether b begins like a record.
func (p *prober) starts(b []byte) bool {
	if p.arc {
		return arcLine(b) > 0
	}
	return bytes.HasPrefix(b, versionPrefix)
}

// look is how many bytes starts wants to see.
func (p *prober) look() int {
	if p.arc {
		return probeText
	}
	return len(versionPrefix)
}

// pattern is what must be found before a closer look for a record that follows
// the line ends sep.
func (p *prober) pattern(sep string) []byte {
	if p.arc {
		return []byte(sep)
	}
	return append([]byte(sep), versionPrefix...)
}

// sniffARC learns from the start of the file whether it is an ARC file.
func (p *prober) sniffARC() {
	if p.codec == nil {
		p.head = p.at(p.head, 0, probeText)
		p.arc = opensARC(p.head)
		return
	}
	p.head = p.at(p.head, 0, p.codec.probeBytes())
	p.arc = opensARC(p.codec.text(p.head))
}

// mayOpen reports whether the first bytes of a unit do not rule it out.
func mayOpen(c codec, head []byte) bool {
	switch c.(type) {
	case *gzipCodec:
		return len(head) < 4 || head[3]&0xe0 == 0
	case *zstdCodec:
		return len(head) < 5 || head[4]&8 == 0
	}
	return true
}

// findPlain returns the first plain record start at or after from: the start
// of the file or the end of the line ends sep, and then a version line and
// headers with a Content-Length.
func (p *prober) findPlain(from int64, sep string) int64 {
	if from <= 0 && p.plainStart(0) {
		return 0
	}
	n := int64(len(sep))
	at := p.find(max(0, from-n), p.pattern(sep), func(off int64) bool { return p.plainStart(off + n) })
	return min(at+n, p.src.size)
}

// plainStart reports whether a well-formed record header starts at off.
func (p *prober) plainStart(off int64) bool {
	if p.arc { // line feeds are many, and few bytes decide
		if p.head = p.at(p.head, off, 16); !hasScheme(p.head) {
			return false
		}
	}
	p.head = p.at(p.head, off, p.maxHeader)
	return p.validHeader(p.head)
}

// validHeader reports whether b starts with a version line, headers with a
// Content-Length and a blank line, all within the header limit.
func (p *prober) validHeader(b []byte) bool {
	b = b[:min(len(b), p.maxHeader)]
	if p.arc {
		return arcLine(b) > 0
	}
	if versionLine(b) == 0 {
		return false
	}
	end, _, ok := blankLine(b, 0)
	if !ok {
		return false
	}
	p.rec.reset()
	p.rec.parse(b[:end], &p.texts, p.maxLines)
	return p.rec.length >= 0
}

// lineEnds returns what ends the records of a plain file, judged by its first
// line: "\n\n" if that has no CR, else "\r\n\r\n".
func (p *prober) lineEnds() string {
	if p.arc {
		return "\n"
	}
	p.head = p.at(p.head, 0, 64)
	return lineEndsOf(p.head)
}

// lineEndsOf returns what ends a record whose first bytes are b.
func lineEndsOf(b []byte) string {
	if i := bytes.IndexByte(b, '\n'); i > 0 && b[i-1] != '\r' && opensRecord(b) {
		return "\n\n"
	}
	return "\r\n\r\n"
}
