package warc

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// nextGzip reads the next record of a gzip file.
func (r *Reader) nextGzip() bool {
	if r.shared {
		if r.nextShared() {
			return true
		}
		r.shared = false
		r.pos = r.next
	}
	for r.pos < r.opt.To && !r.failed() {
		cause := r.openMember()
		if cause == "" {
			r.readMember()
			return true
		}
		if r.failed() {
			return false
		}
		r.addGap(r.findStart(r.pos+1), cause)
	}
	return r.finish()
}

// openMember starts to inflate the member at r.pos. It returns why that is no
// member with a record, or "".
func (r *Reader) openMember() string {
	r.member = r.pos
	r.seek(r.pos)
	head, _ := r.br.Peek(512) // fewer at the end of the file
	n := gzipHeader(head)
	if n == 0 && len(head) >= len(gzipMagic) {
		head, _ = r.br.Peek(probeBytes)
		n = gzipHeader(head)
	}
	if n == 0 {
		return "bytes that are no gzip member"
	}
	_, _ = r.br.Discard(n) // buffered by Peek: cannot fail
	r.inflate()
	r.s.fill(16)
	if !opensRecord(r.s.unread()) {
		return "gzip member that holds no record"
	}
	r.lineEnds = lineEndsOf(r.s.unread())
	return ""
}

// readMember takes the first record of the open member, and ends the member
// if there is no other.
func (r *Reader) readMember() {
	r.rec.reset()
	r.rec.Offset = r.member
	r.skipBreaks()
	r.rec.Inner = 0
	r.cut()
	if !r.s.fill(1) && r.s.err != errLost {
		r.closeMember()
		r.rec.Length = r.pos - r.member
		return
	}
	end, cause := r.measure()
	if cause != "" {
		r.rec.warn(cause)
	}
	r.rec.Length = end - r.member
	r.shared, r.next = true, end
}

// nextShared takes the next record of a member that holds several.
func (r *Reader) nextShared() bool {
	r.skipBreaks()
	if !r.s.fill(1) {
		return false
	}
	r.rec.reset()
	r.rec.Offset, r.rec.Inner = r.member, r.s.off
	r.cut()
	return true
}

// skipBreaks drops line ends at the start of the window.
func (r *Reader) skipBreaks() {
	for r.s.fill(1) && (r.s.unread()[0] == '\r' || r.s.unread()[0] == '\n') {
		r.s.skip(1)
	}
}

// closeMember checks the end of a member with one record, which is in r.rec,
// and moves r.pos behind it.
func (r *Reader) closeMember() {
	rec := &r.rec
	if r.s.err != io.EOF {
		if known, same := rec.digest(rec.Block); known && same {
			rec.warn(causeOf(r.s.err))
		} else {
			rec.fail(causeOf(r.s.err))
		}
		r.pos = r.resume(r.filePos())
		return
	}
	end := r.filePos()
	trailer, _ := r.br.Peek(8)
	flaw := checkMember(trailer, r.s.crc, uint32(r.s.off))
	past := min(end+8, r.size)
	if flaw == "" {
		r.pos = past
		return
	}
	// Either the trailer is wrong or the data are, and then they may have led
	// past the start of the next member.
	next := r.resume(end)
	known, same := rec.digest(rec.Block)
	if known && same || !known && rec.ended && next >= past {
		rec.warn(flaw)
		r.pos = min(next, past)
		return
	}
	rec.fail(flaw)
	r.pos = next
}

// checkMember returns what is wrong with a member that unpacked to size bytes
// with that checksum, by its trailer, or "".
func checkMember(trailer []byte, crc, size uint32) string {
	switch {
	case len(trailer) < 8:
		return "gzip trailer is cut off"
	case binary.LittleEndian.Uint32(trailer) != crc || binary.LittleEndian.Uint32(trailer[4:]) != size:
		return "gzip checksum does not match"
	}
	return ""
}

// measure inflates the open member once more, to its end, and returns the
// offset behind it and what is wrong with it, if anything. Where a member is
// damaged the next record found is taken as its end.
func (r *Reader) measure() (end int64, cause string) {
	src := section{r: r.src.r, pos: r.member, size: r.size}
	br := bufio.NewReaderSize(&src, 64<<10)
	head, _ := br.Peek(probeBytes)
	_, _ = br.Discard(gzipHeader(head)) // buffered by Peek: cannot fail
	inf := flate.NewReader(br)
	buf := make([]byte, 64<<10)
	var crc, size uint32
	var err error
	for err == nil {
		var n int
		n, err = inf.Read(buf)
		crc = crc32.Update(crc, crc32.IEEETable, buf[:n])
		size += uint32(n)
	}
	at := src.pos - int64(br.Buffered())
	if src.err != nil {
		r.src.err = src.err
		return at, ""
	}
	if err != io.EOF {
		return r.resume(at), causeOf(err)
	}
	trailer, _ := br.Peek(8)
	r.src.err = src.err
	end = min(at+8, r.size)
	if cause = checkMember(trailer, crc, size); cause != "" {
		end = min(r.resume(at), end)
	}
	return end, cause
}

// resume returns where the next record starts after a damaged member, of
// which the file was read up to the offset read. The damage may have carried
// the inflater past the start of the next member, so the search begins in the
// member. A file built to make that happen over and over costs about one more
// pass over it and 64 MiB, or 64 times that in unpacked bytes: from then on the
// search begins at read.
func (r *Reader) resume(read int64) int64 {
	from := r.member + 1
	if r.reread > rereadFloor+r.size {
		from = max(from, read)
	}
	at := r.findStart(from)
	if read > at {
		r.reread += read - at + r.s.off/64
	}
	return at
}

// errLost ends a member of which no further record can be found.
var errLost = errors.New("no further record in the member")

// causeOf names the damage behind an error of the inflater.
func causeOf(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "gzip member is cut off"
	case err == errRatio || err == errLost:
		return err.Error()
	}
	return "corrupt deflate data"
}
