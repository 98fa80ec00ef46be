package warc

import (
	"bytes"
	"fmt"
	"io"
)

// piece is where the parts of a record lie in the window, counted from its
// first byte.
type piece struct {
	block, end int  // the block
	next       int  // where the next record or other bytes begin
	ended      bool // the line ends after the block were there
}

// cut takes the record at the start of the window into r.rec. The window then
// begins at what follows it. In a member that is the next record or nothing:
// other bytes are passed over with a warning.
//
// In a plain file cut reports false, and takes nothing, if no well-formed
// header is there.
func (r *Reader) cut() bool {
	rec, s := &r.rec, &r.s
	head, body, ok := r.header()
	if r.format == Plain && !ok {
		return false
	}
	if !ok {
		if s.err != nil && s.err != io.EOF {
			rec.fail(codeOf(s.err), causeOf(s.err, r.unit()))
		} else {
			rec.fail(ProblemRecordHeader, "header without an end")
		}
		r.passOver(piece{next: head})
		return true
	}
	if r.probe.arc {
		rec.parseARC(s.unread()[:head], &r.texts)
	} else {
		rec.parse(s.unread()[:head], &r.texts, r.opt.MaxHeaderLines)
	}
	switch {
	case r.format == Plain && (rec.Version == "" || rec.length < 0):
		return false
	case rec.Version == "":
		rec.fail(ProblemRecordVersion, "bad version line")
	case !r.probe.arc && !knownVersion(rec.Version):
		rec.fail(ProblemRecordVersion, "unknown WARC version "+rec.Version)
	}
	p := r.bounds(body)
	if r.format == Plain {
		r.take(p)
		return true
	}
	r.passOver(p)
	return true
}

// header finds the header of the record at the start of the window: its lines
// are the first head bytes, the block begins at body. If it has no end within
// the limit ok is false and head is how many bytes were looked at.
func (r *Reader) header() (head, body int, ok bool) {
	s := &r.s
	looked := 0
	for want := 1 << 10; ; want *= 2 {
		want = min(want, r.opt.MaxHeaderBytes)
		more := s.fill(want)
		b := s.unread()
		b = b[:min(len(b), r.opt.MaxHeaderBytes)]
		if head, body, ok = r.headEnd(b, looked); ok {
			return head, body, true
		}
		looked = max(0, len(b)-4)
		if !more && len(b) < r.opt.MaxHeaderBytes && r.span() {
			want /= 2 // once more
			continue
		}
		if !more || want == r.opt.MaxHeaderBytes {
			return len(b), len(b), false
		}
	}
}

// headEnd returns where the header at the start of b ends, and where the block
// begins; ok is false if b does not hold it whole. It looks at b from the byte
// at from on.
func (r *Reader) headEnd(b []byte, from int) (end, after int, ok bool) {
	if !r.probe.arc {
		return blankLine(b, from)
	}
	i := bytes.IndexByte(b[from:], '\n')
	return from + i, from + i + 1, i >= 0
}

// searchBytes is how far the next record is searched where something else than
// the record stands, or where its length is over the limit.
const searchBytes = 4 << 20

// bounds finds the end of the block that starts at body. It believes the
// Content-Length if the line ends that must follow the block are found there;
// otherwise the block ends where the next record starts.
func (r *Reader) bounds(body int) piece {
	rec, s := &r.rec, &r.s
	limit := body + int(r.opt.MaxRecordBytes)
	if rec.length > r.opt.MaxRecordBytes {
		limit = min(limit, body+searchBytes) // most likely the length is true
	}
	exact := rec.length >= 0 && rec.length <= r.opt.MaxRecordBytes
	if exact && r.format == Plain && rec.length > windowBytes {
		// Do not read a large block only to learn that its length is wrong.
		exact = r.plausible(s.off + int64(body) + rec.length)
	}
	if exact {
		for end := body + int(rec.length) + len(r.lineEnds); !s.fill(end) && r.span(); {
		}
		if p, ok := r.believe(body, body+int(rec.length)); ok {
			return p
		}
	} else if r.format == Plain && rec.length > r.opt.MaxRecordBytes && r.plausible(s.off+int64(body)+rec.length) {
		rec.fail(ProblemRecordLimit, fmt.Sprintf("block of %d bytes is over the limit", rec.length))
		return piece{block: body, end: body, next: body}
	}
	// The blank line of the header may be part of the line ends before the
	// next record.
	if at := r.innerStart(body-len(r.lineEnds), limit); at >= 0 {
		end := max(body, at-len(r.lineEnds))
		if end == body && rec.length != 0 {
			rec.fail(ProblemRecordCut, "block is missing")
		}
		r.warnLength(end - body)
		return piece{body, end, at, true}
	}
	have := len(s.unread())
	if s.err == nil {
		rec.fail(ProblemRecordLimit, "block is over the limit, or its end cannot be found")
		return piece{block: body, end: body, next: max(body, have-2*len(versionPrefix))}
	}
	return r.toTheEnd(body, have)
}

// believe returns the record whose block ends at end, if what follows the
// block does not speak against it.
func (r *Reader) believe(body, end int) (piece, bool) {
	s := &r.s
	s.fill(end + 2*len(r.lineEnds) + r.probe.look())
	if len(s.unread()) < end {
		return piece{}, false
	}
	if r.rec.Warning != "" && r.probe.validHeader(s.unread()[body:]) {
		return piece{}, false // the block was taken for header lines
	}
	rest := s.unread()[end:]
	if after, ok := bytes.CutPrefix(rest, []byte(r.lineEnds)); ok {
		if len(after) > 0 && !r.probe.starts(after) {
			// Other bytes follow, or these are the line ends of a header.
			if at := r.innerStart(body-len(r.lineEnds), end); at >= 0 && at < end {
				return piece{}, false
			}
		}
		return piece{body, end, end + len(r.lineEnds), true}, true
	}
	breaks := 0
	for breaks < len(rest) && (rest[breaks] == '\r' || rest[breaks] == '\n') {
		breaks++
	}
	if bytes.HasSuffix(s.unread()[:end+breaks], []byte(r.lineEnds)) {
		return piece{}, false // the block ends before its length
	}
	if rest = rest[breaks:]; len(rest) == 0 && s.err == io.EOF || r.probe.starts(rest) {
		r.rec.warn(ProblemRecordBytes, "line ends missing after the block")
		return piece{body, end, end + breaks, false}, true
	}
	return piece{}, false
}

// toTheEnd returns the record whose block is not followed by another record
// in the have bytes that are left.
func (r *Reader) toTheEnd(body, have int) piece {
	rec, b := &r.rec, r.s.unread()
	claimed := have + 1
	if rec.length >= 0 && rec.length <= int64(have-body) {
		claimed = body + int(rec.length)
	}
	end, ended := have, false
	if bytes.HasSuffix(b[body:], []byte(r.lineEnds)) {
		end, ended = have-len(r.lineEnds), true
	}
	switch {
	case r.s.err != io.EOF:
		if claimed <= have {
			end = claimed
		} else {
			end = have
		}
		rec.fail(codeOf(r.s.err), causeOf(r.s.err, r.unit()))
		return piece{body, end, have, false}
	case r.format == Plain && claimed <= have:
		rec.warn(ProblemRecordBytes, "line ends missing after the block")
		return piece{body, claimed, claimed, false}
	case r.format == Plain:
		if known, same := rec.digest(b[body:end]); !known || !same {
			rec.fail(ProblemRecordCut, "block is cut off")
			return piece{body, have, have, false}
		}
	}
	r.warnLength(end - body)
	return piece{body, end, have, ended}
}

// warnLength notes that the block has other than the promised bytes.
func (r *Reader) warnLength(have int) {
	if r.rec.length < 0 {
		r.rec.warn(ProblemRecordLength, "no valid Content-Length")
	} else if r.rec.length != int64(have) {
		r.rec.warn(ProblemRecordLength, fmt.Sprintf("Content-Length is %d, the block has %d bytes", r.rec.length, have))
	}
}

// plausible reports whether at the offset end of a plain file a block can end.
func (r *Reader) plausible(end int64) bool {
	if end < 0 || end > r.size {
		return false
	}
	p := &r.probe
	p.head = p.at(p.head, end, len(r.lineEnds)+p.look())
	if rest, ok := bytes.CutPrefix(p.head, []byte(r.lineEnds)); ok {
		return len(rest) == 0 || p.starts(rest)
	}
	return len(p.head) == 0
}

// innerStart returns where in the window the next record starts whose line
// ends are at or after the byte from. It reads on until the window holds limit
// bytes, and returns -1 if there is none up to there or up to the end. from may be
// before the window: a header can be shorter than the line ends.
func (r *Reader) innerStart(from, limit int) int {
	s := &r.s
	from = max(from, 0)
	pattern := r.probe.pattern(r.lineEnds)
	for {
		b := s.unread()
		if i := bytes.Index(b[min(from, len(b)):], pattern); i >= 0 {
			at := from + i + len(r.lineEnds)
			s.fill(at + r.opt.MaxHeaderBytes)
			if r.probe.validHeader(s.unread()[at:]) {
				return at
			}
			from += i + 1
			continue
		}
		from = max(from, len(b)-len(pattern)+1)
		if len(b) >= limit || !s.fill(len(b)+1) {
			return -1
		}
	}
}

// passOver takes the record p of a member and drops what follows it up to the
// next record of the member.
func (r *Reader) passOver(p piece) {
	s := &r.s
	for s.fill(p.next+1) && (s.unread()[p.next] == '\r' || s.unread()[p.next] == '\n') {
		p.next++
	}
	if s.fill(p.next + 1) {
		for !s.fill(p.next+r.probe.look()) && !r.probe.starts(s.unread()[p.next:]) && r.span() {
		}
		if !r.probe.starts(s.unread()[p.next:]) {
			r.rec.warn(ProblemRecordBytes, "other bytes between the records of a "+r.unit())
			at := r.innerStart(max(p.block, p.next-len(r.lineEnds)), p.next+searchBytes)
			for at < 0 && p.block == p.end && (s.err == nil || r.span()) { // no block to keep
				s.skip(len(s.unread()) - 2*len(versionPrefix))
				p = piece{}
				at = r.innerStart(0, windowBytes)
			}
			if at < 0 {
				at = len(s.unread())
				if s.err == nil {
					s.err = errLost
				}
			}
			p.next, p.ended = at, false
		}
	}
	r.take(p)
}

// take sets the block of the record and moves the window behind it.
func (r *Reader) take(p piece) {
	b := r.s.unread()
	r.rec.Block = b[p.block:p.end:p.end]
	r.rec.ended = p.ended && r.rec.length == int64(p.end-p.block)
	r.aligned = p.ended
	r.s.skip(p.next)
}
