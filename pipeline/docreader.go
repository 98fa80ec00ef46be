package pipeline

import (
	"bytes"
	"fmt"
	"os"
	"sort"

	"github.com/qingliu/qingliu/shard"
)

// docReader reads documents of one group by their number, fastest in ascending
// order: it keeps one frame unpacked. It belongs to one goroutine.
type docReader struct {
	f      *os.File
	frames *shard.Frames
	first  []uint32 // number of the first document, by frame
	frame  int      // the unpacked frame, -1 at first
	next   uint32   // number of the document at rest
	buf    []byte
	rest   []byte
}

// docs opens the documents of a group.
func (r *RunFolder) docs(group int) (*docReader, error) {
	first, err := r.readAll("measure", group, framesFile)
	if err != nil {
		return nil, err
	}
	f, size, err := r.open("measure", group, docsFile)
	if err != nil {
		return nil, err
	}
	frames, err := shard.OpenFrames(f, size)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	d := &docReader{f: f, frames: frames, first: decodeUint32s(first), frame: -1}
	if len(d.first) > frames.Len() {
		d.close()
		return nil, fmt.Errorf("%s: %d frames, the index says %d", f.Name(), frames.Len(), len(d.first))
	}
	return d, nil
}

func (d *docReader) close() error {
	d.frames.Close()
	return d.f.Close()
}

// read returns the work record of a document, valid until the next call.
func (d *docReader) read(doc uint32) ([]byte, error) {
	frame := sort.Search(len(d.first), func(i int) bool { return d.first[i] > doc }) - 1
	if frame < 0 {
		return nil, fmt.Errorf("%s: no document %d", d.f.Name(), doc)
	}
	if frame != d.frame || doc < d.next {
		var err error
		if d.buf, err = d.frames.ReadFrame(d.buf[:0], frame); err != nil {
			return nil, fmt.Errorf("%s: %w", d.f.Name(), err)
		}
		d.frame, d.next, d.rest = frame, d.first[frame], d.buf
	}
	for {
		line, rest, ok := bytes.Cut(d.rest, []byte{'\n'})
		if !ok {
			return nil, fmt.Errorf("%s: no document %d", d.f.Name(), doc)
		}
		d.rest = rest
		d.next++
		if d.next-1 == doc {
			return line, nil
		}
	}
}
