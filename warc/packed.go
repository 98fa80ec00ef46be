package warc

import "io"

// unit names one piece of a packed file.
func (r *Reader) unit() string {
	if r.codec == nil {
		return "file"
	}
	return r.codec.unit()
}

// nextPacked reads the next record of a packed file.
func (r *Reader) nextPacked() bool {
	if r.shared {
		if r.nextShared() {
			return true
		}
		r.shared = false
		r.pos = r.next
	}
	for r.pos < r.opt.To && !r.failed() {
		cause, end, empty := r.openUnit()
		if cause == "" {
			r.readUnit()
			return true
		}
		if r.failed() {
			return false
		}
		if end <= r.pos {
			end = r.findStart(r.pos + 1)
		}
		r.addGap(end, cause, empty)
	}
	return r.finish()
}

// skipUnits accounts for the bytes from r.pos to the record start at to, which
// hold no record.
func (r *Reader) skipUnits(to int64) {
	for r.pos < to && !r.failed() {
		cause, end, empty := r.openUnit()
		if cause == "" {
			return // cannot be: to is the first start
		}
		if end <= r.pos || end > to {
			end = to
		}
		r.addGap(end, cause, empty)
	}
}

// openUnit starts to unpack the unit at r.pos. It returns why that is no unit
// with a record, or "". Then end is where that bytes end, if it can be told,
// and empty whether they hold nothing.
func (r *Reader) openUnit() (cause string, end int64, empty bool) {
	r.member = r.pos
	r.seek(r.pos)
	if !r.codec.open(r.br) {
		if r.format == ZstdFrames || r.format == LZ4Frames {
			head, _ := r.br.Peek(skippableHeader) // fewer at the end of the file
			if n, dict := skippable(head); n > 0 && r.pos+n <= r.size {
				if dict && r.pos == 0 {
					return causeDictionary, r.pos + n, true
				}
				return causeSkippable, r.pos + n, true
			}
		}
		return "bytes that are no " + r.unit(), 0, false
	}
	r.s.reset(r.codec, 0)
	r.s.fill(probeText)
	b := r.s.unread()
	switch {
	case r.probe.opens(b):
		if !r.probe.arc {
			r.lineEnds = lineEndsOf(b)
		}
		return "", 0, false
	case r.s.err == io.EOF && len(b) == 0:
		// Only one after the other, so that a range that begins between them
		// gives the same gaps.
		_, trailer := r.codec.finish(r.br)
		return r.unit() + causeEmptyUnit, min(r.filePos()+int64(trailer), r.size), true
	case r.s.err != nil && r.s.err != io.EOF:
		return causeOf(r.s.err, r.unit()), 0, false
	}
	return r.unit() + " that holds no record", 0, false
}

// readUnit takes the first record of the open unit, and ends the unit if there
// is no other.
func (r *Reader) readUnit() {
	r.rec.reset()
	r.rec.Offset = r.member
	r.skipBreaks()
	r.rec.Inner = 0
	r.cut()
	if !r.s.fill(1) && r.s.err != errLost {
		r.closeUnit()
		r.rec.Length = r.pos - r.member
		return
	}
	end, cause := r.measure()
	if cause != "" {
		r.rec.warn(ProblemRecordData, cause)
	}
	r.rec.Length = end - r.member
	r.shared, r.next = true, end
}

// nextShared takes the next record of a unit that holds several.
func (r *Reader) nextShared() bool {
	r.skipBreaks()
	for !r.s.fill(1) {
		if !r.span() {
			return false
		}
		r.skipBreaks()
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

// closeUnit checks the end of a unit, or the last of several, with one record, which is in r.rec, and
// moves r.pos behind it.
func (r *Reader) closeUnit() {
	rec := &r.rec
	if r.s.err != io.EOF {
		if known, same := rec.digest(rec.Block); known && same {
			rec.warn(codeOf(r.s.err), causeOf(r.s.err, r.unit()))
		} else {
			rec.fail(codeOf(r.s.err), causeOf(r.s.err, r.unit()))
		}
		r.pos = r.resume(r.filePos())
		return
	}
	end := r.filePos()
	flaw, trailer := r.codec.finish(r.br)
	past := end + int64(trailer)
	if flaw == "" {
		r.pos = past
		return
	}
	// Either the trailer is wrong or the data are, and then they may have led
	// past the start of the next unit.
	next := r.resume(end)
	known, same := rec.digest(rec.Block)
	if known && same || !known && rec.ended && next >= past {
		rec.warn(ProblemRecordChecksum, flaw)
		r.pos = min(next, past)
		return
	}
	rec.fail(ProblemRecordChecksum, flaw)
	r.pos = next
}

// span goes on with the next unit where one ends in the middle of a record, as
// in files packed in blocks of one size (bgzip, pzstd). It reports false if what
// follows is no unit, is empty, or begins with a record.
func (r *Reader) span() bool {
	if r.codec == nil || r.s.err != io.EOF {
		return false
	}
	flaw, trailer := r.codec.finish(r.br)
	if !r.continues(r.filePos() + int64(trailer)) {
		return false
	}
	_, _ = r.br.Discard(trailer) // buffered by finish: cannot fail
	if !r.codec.open(r.br) {
		return false
	}
	if flaw != "" {
		r.rec.warn(ProblemRecordChecksum, flaw)
	}
	r.s.err = nil
	return true
}

// continues reports whether the unit at off goes on with what the unit before
// it held.
func (r *Reader) continues(off int64) bool {
	p := &r.probe
	p.head = p.at(p.head, off, p.codec.probeBytes())
	text := p.codec.text(p.head)
	return len(text) > 0 && !p.opens(text)
}

// measure returns the offset behind the open unit, and those that go on with its
// records, and what is wrong with it, if anything. Where a unit is damaged the
// next record found is taken as its end.
func (r *Reader) measure() (end int64, cause string) {
	for end = r.member; ; {
		src := section{r: r.src.r, pos: end, size: r.size}
		next, flaw, ok := r.codec.measure(&src)
		if src.err != nil {
			r.src.err = src.err
			return next, ""
		}
		if !ok {
			return r.resume(next), flaw
		}
		if flaw != "" {
			return min(r.resume(next), next), flaw
		}
		end = next
		if !r.continues(end) {
			return end, ""
		}
	}
}

// resume returns where the next record starts after a damaged unit, of which
// the file was read up to the offset read. The damage may have carried the codec
// past the start of the next unit, so the search begins in the unit. A file built
// to make that happen over and over costs about one more pass over it and 64 MiB,
// or 64 times that in unpacked bytes: from then on the search begins at read.
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
