package warc

import (
	"bufio"
	"errors"
	"io"
)

// codec unpacks one kind of container: a run of units (gzip members, zstd or
// lz4 frames), each of which unpacks by itself. It reads one unit at a time.
type codec interface {
	// unit is what messages call one, such as "gzip member".
	unit() string
	// magic is what every unit begins with.
	magic() []byte
	// probeBytes is how much of a unit text wants to see.
	probeBytes() int
	// text returns the first bytes, at most probeText, that b unpacks to, the
	// start of a unit; fewer or none if it cannot be unpacked. They are valid
	// until the next call.
	text(b []byte) []byte
	// open gets ready to unpack the unit at the front of br and reports false
	// if there is none. br is then read by Read only.
	open(br *bufio.Reader) bool
	// Read yields the unpacked bytes of the open unit, then io.EOF.
	io.Reader
	// finish is called once after io.EOF, before anything else is read from
	// br. It returns what is wrong with the unit by its checksum, or "", and
	// the bytes of its trailer that are still in br.
	finish(br *bufio.Reader) (flaw string, trailer int)
	// measure returns the end of the unit that begins at src.pos, and what is
	// wrong with it, or "". ok is false if its end cannot be told; end is then
	// how far it was read.
	measure(src *section) (end int64, flaw string, ok bool)
}

// newCodec returns the codec of a packed format.
func newCodec(f Format, o *Options, dict []byte) (codec, error) {
	switch f {
	case GzipMembers:
		return &gzipCodec{}, nil
	case ZstdFrames:
		return newZstdCodec(o.MaxWindowBytes, dict)
	case LZ4Frames:
		return newLZ4Codec(), nil
	}
	return nil, errors.New("not a packed format")
}

// Gap causes that mean nothing is lost.
const (
	causeEmptyUnit  = " that holds nothing" // after the name of the unit
	causeDictionary = "zstd dictionary"
	causeSkippable  = "skippable frame"
)

// errLost ends a unit of which no further record can be found.
var errLost = errors.New("no further record in the packed data")

// codeOf returns the problem code of an error of a codec.
func codeOf(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return ProblemRecordCut
	case err == errRatio:
		return ProblemRecordRatio
	case errors.Is(err, errWindow):
		return ProblemRecordWindow
	case err == errLost:
		return ProblemRecordBytes
	}
	return ProblemRecordData
}

// causeOf names the damage behind an error of a codec. unit is its kind.
func causeOf(err error, unit string) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return unit + " is cut off"
	case err == errRatio || err == errLost || errors.Is(err, errWindow):
		return err.Error()
	}
	return "corrupt data in a " + unit
}
