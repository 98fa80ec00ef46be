package pipeline

import (
	"bufio"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/qingliu/qingliu/warc"
)

// A revisit record says that a capture gave the bytes of an earlier one. It
// brings no text: the same URL again adds a date, another URL with the same
// bytes would be removed as a copy. What a maintainer must know is whether the
// bytes it stands for are in this run. So extract notes the references of
// revisits and the names of what they can refer to, and finish, which sees all
// files, books each revisit as resolved or not. That depends on the set of
// inputs only.
const (
	skipRevisit           = "revisit" // what extract calls it
	skipRevisitResolved   = "revisit_resolved"
	skipRevisitUnresolved = "revisit_unresolved"
)

// captureNames holds the hashes of the names by which a revisit can refer to a
// response: record id, URL with date, and digest of the payload; 0 for a name
// that is missing.
type captureNames [3]uint64

// captureOf returns the names of a response, or what a revisit refers to.
func captureOf(w *warc.Record) (c captureNames) {
	h := &w.Header
	id, uri, date := w.ID, w.TargetURI, w.Date
	if strings.EqualFold(w.Type, "revisit") {
		id, date = h.Get("WARC-Refers-To"), h.Get("WARC-Refers-To-Date")
		if w.RefersToURI != "" {
			uri = w.RefersToURI
		}
	}
	if id != "" {
		c[0] = hashNames("id", strings.Trim(id, "<> "), "")
	}
	if uri != "" && date != "" {
		c[1] = hashNames("uri", uri, date)
	}
	if digest := h.Get("WARC-Payload-Digest"); digest != "" {
		c[2] = hashNames("digest", digest, "")
	}
	return c
}

func hashNames(kind, a, b string) uint64 {
	var x xxh3.Hasher
	for _, s := range [...]string{kind, a, b} {
		_, _ = x.WriteString(s) // never fails
		_, _ = x.Write([]byte{0})
	}
	return max(x.Sum64(), 1)
}

// captureRowBytes is a row of the captures file: whether it is a revisit, and
// the names.
const captureRowBytes = 1 + 3*8

// captureTable writes the captures file: responses and revisits in input order.
type captureTable struct{ w *bufio.Writer }

func (t *captureTable) add(c captureNames, revisit bool) {
	var b [captureRowBytes]byte
	b[0] = boolByte(revisit)
	for i, h := range c {
		binary.LittleEndian.PutUint64(b[1+8*i:], h)
	}
	t.w.Write(b[:]) // errors stay with w until Flush
}

// eachCapture visits the rows of a captures file.
func eachCapture(rows []byte, visit func(c captureNames, revisit bool)) {
	for ; len(rows) >= captureRowBytes; rows = rows[captureRowBytes:] {
		var c captureNames
		for i := range c {
			c[i] = binary.LittleEndian.Uint64(rows[1+8*i:])
		}
		visit(c, rows[0] != 0)
	}
}

// revisitResolver knows which names that revisits refer to are in the run: 9
// bytes for each such name.
type revisitResolver struct {
	wanted []uint64 // sorted
	found  []bool
}

// newRevisitResolver reads the captures of all groups, twice if there are
// revisits.
func newRevisitResolver(r *RunFolder) (*revisitResolver, error) {
	v := &revisitResolver{}
	each := func(visit func(c captureNames, revisit bool)) error {
		for g := range r.Plan.Groups {
			rows, err := r.readAll("extract", g, capturesFile)
			if err != nil {
				return err
			}
			eachCapture(rows, visit)
		}
		return nil
	}
	err := each(func(c captureNames, revisit bool) {
		for _, h := range c {
			if revisit && h != 0 {
				v.wanted = append(v.wanted, h)
			}
		}
	})
	if err != nil || v.wanted == nil {
		return v, err
	}
	slices.Sort(v.wanted)
	v.wanted = slices.Compact(v.wanted)
	v.found = make([]bool, len(v.wanted))
	return v, each(func(c captureNames, revisit bool) {
		for _, h := range c {
			if i, ok := slices.BinarySearch(v.wanted, h); ok && !revisit {
				v.found[i] = true
			}
		}
	})
}

// group returns what becomes of the revisits of a group, in order.
func (v *revisitResolver) group(r *RunFolder, g int) ([]string, error) {
	if v.wanted == nil {
		return nil, nil
	}
	rows, err := r.readAll("extract", g, capturesFile)
	if err != nil {
		return nil, err
	}
	var kinds []string
	eachCapture(rows, func(c captureNames, revisit bool) {
		if !revisit {
			return
		}
		kinds = append(kinds, v.kind(c))
	})
	return kinds, nil
}

// kind returns what becomes of a revisit of the run with those references.
func (v *revisitResolver) kind(c captureNames) string {
	for _, h := range c {
		if i, ok := slices.BinarySearch(v.wanted, h); ok && v.found[i] {
			return skipRevisitResolved
		}
	}
	return skipRevisitUnresolved
}
