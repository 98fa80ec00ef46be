package warc

import (
	"bytes"
	"crypto/sha1" // what WARC-Block-Digest names; no security rests on it
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// digest compares block with the WARC-Block-Digest of the record. known is
// false if there is none of a kind it can compute (SHA-1 in base32 or hex).
func (rec *Record) digest(block []byte) (known, same bool) {
	algorithm, text, ok := strings.Cut(rec.Header.Get("WARC-Block-Digest"), ":")
	if !ok || !strings.EqualFold(algorithm, "sha1") {
		return false, false
	}
	var want []byte
	var err error
	if len(text) == 2*sha1.Size {
		want, err = hex.DecodeString(text)
	} else {
		want, err = base32.StdEncoding.DecodeString(strings.ToUpper(text))
	}
	if err != nil || len(want) != sha1.Size {
		return false, false
	}
	sum := sha1.Sum(block)
	return true, bytes.Equal(sum[:], want)
}
