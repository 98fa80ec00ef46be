package warc

// nextPlain reads the next record of a file that is not compressed.
func (r *Reader) nextPlain() bool {
	for r.pos < r.opt.To {
		from := r.pos
		if r.aligned {
			r.rec.reset()
			r.rec.Offset = r.pos
			r.window()
			if r.cut() {
				r.endPlain()
				return true
			}
			from++
		}
		if r.failed() {
			return false
		}
		r.addGap(r.findStart(from), causeNoRecord, false)
		r.aligned = true
	}
	return r.finish()
}

// window makes the window begin at r.pos.
func (r *Reader) window() {
	s := &r.s
	if skip := r.pos - s.off; s.in != nil && skip >= 0 && skip <= int64(s.hi-s.lo) {
		s.skip(int(skip))
		return
	}
	r.src.pos = r.pos
	s.reset(&r.src, r.pos)
}

// endPlain sets the length of the record just cut.
func (r *Reader) endPlain() {
	end := r.s.off
	if r.rec.Err != nil && r.rec.length > r.opt.MaxRecordBytes {
		r.aligned = false
		if past := end + r.rec.length; r.plausible(past) {
			end = r.findStart(past)
		} else {
			end = r.findStart(end)
		}
	} else if r.rec.Err != nil && len(r.rec.Block) == 0 && r.s.err == nil {
		r.aligned = false
		end = r.findStart(end)
	}
	r.rec.Length = end - r.pos
	r.pos = end
}

// causeNoRecord is the cause of gaps in plain files.
const causeNoRecord = "bytes that are no record"

// finish accounts for the bytes up to the first record behind the range.
func (r *Reader) finish() bool {
	if r.format != Plain {
		r.skipUnits(r.findStart(r.pos))
	} else if r.pos < r.size && !r.failed() {
		r.addGap(r.findStart(r.pos), causeNoRecord, false)
	}
	r.end = r.pos
	return false
}

// failed reports whether the file could not be read.
func (r *Reader) failed() bool { return r.src.err != nil || r.probe.src.err != nil }
