package corpus

import (
	"crypto/sha256"
	"encoding/hex"
)

// idTag is hashed in front of every id. A change of NormalURL or of the layout
// hashed here needs a new tag: published ids serve take-downs and never change.
const idTag = "qingliu-id-v1\x00"

// NewID returns the stable id of a document: the first 32 hex digits of the
// SHA-256 over a version tag, the URL in its frozen v1 normal form and the SHA-1
// of the decoded body (for text input: of the text). It depends on neither
// config, run nor extractor. url must already be in normal form (package
// weburl, CanonicalV1).
func NewID(url string, sha1 [20]byte) string {
	var a [256]byte
	b := append(a[:0], idTag...)
	b = append(b, url...)
	b = append(b, 0)
	b = append(b, sha1[:]...)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
