package storage

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
)

// SumBytes is the size of the parts that files are hashed in. Each part can be
// hashed by whoever reads it, so that tasks that share a large file transfer and
// hash each byte once. A file of one part has the SHA-256 that everybody knows.
const SumBytes = 256 << 20

// SumParts returns how many parts a file of size bytes has, at least 1.
func SumParts(size int64) int { return int(max(1, (size+SumBytes-1)/SumBytes)) }

// JoinSums returns the digest of a file in hex from the SHA-256 of its parts: that
// of its only part, else the SHA-256 of the digests in a row, with the number of
// parts behind a hyphen, as S3 writes the composite checksum of an object.
func JoinSums(parts [][sha256.Size]byte) string {
	if len(parts) == 1 {
		return hex.EncodeToString(parts[0][:])
	}
	h := sha256.New()
	for i := range parts {
		h.Write(parts[i][:])
	}
	return fmt.Sprintf("%x-%d", h.Sum(nil), len(parts))
}

// sumSpan returns where part i of a file lies.
func sumSpan(size int64, i int) Span { return (&partSums{size: size}).span(i) }

// partSums hashes parts of a file while they are read, from their first byte on and
// in file order.
type partSums struct {
	size int64
	unit int64 // bytes of a part; 0 is SumBytes, tests have less
	done map[int][sha256.Size]byte

	// the part that is being hashed
	h    hash.Hash // nil: none
	part int
	at   int64 // its next byte
}

// bytes returns the size of a part.
func (s *partSums) bytes() int64 { return cmp.Or(s.unit, SumBytes) }

// span returns where part i lies.
func (s *partSums) span(i int) Span {
	return Span{int64(i) * s.bytes(), min(s.size, int64(i+1)*s.bytes())}
}

// add takes bytes that were read at offset off.
func (s *partSums) add(off int64, data []byte) {
	for end := off + int64(len(data)); off < end; {
		if s.h == nil || s.at < off || s.at >= end {
			// Not what comes next: go over to a part that starts here.
			i := int((off + s.bytes() - 1) / s.bytes())
			if _, ok := s.done[i]; ok || int64(i)*s.bytes() >= end || s.h != nil && s.part == i {
				return
			}
			s.begin(i)
		}
		to := min(end, s.span(s.part).To)
		s.h.Write(data[s.at-off : to-off])
		data, off, s.at = data[to-off:], to, to
		s.finish()
	}
}

// begin starts with part i.
func (s *partSums) begin(i int) {
	s.h, s.part, s.at = sha256.New(), i, s.span(i).From
	s.finish() // of an empty file
}

// finish ends the part if it is complete.
func (s *partSums) finish() {
	if s.at < s.span(s.part).To {
		return
	}
	if s.done == nil {
		s.done = map[int][sha256.Size]byte{}
	}
	s.done[s.part] = [sha256.Size]byte(s.h.Sum(nil))
	s.h = nil
}

// of returns the digest of part i. read, which must add what it reads, is called
// for what was not read yet; it is told the next byte and the end of the part.
func (s *partSums) of(i int, read func(at, to int64) error) ([sha256.Size]byte, error) {
	for {
		if sum, ok := s.done[i]; ok {
			return sum, nil
		}
		if s.h == nil || s.part != i {
			s.begin(i)
			continue
		}
		if err := read(s.at, s.span(i).To); err != nil {
			return [sha256.Size]byte{}, err
		}
	}
}
