package charset

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const replacement = "\ufffd"

// Decoder decodes pages. The zero Decoder is ready to use; it keeps the codecs
// it has made, so it belongs to one goroutine at a time.
type Decoder struct {
	codecs map[string]*encoding.Decoder
	four   [8]byte // output of one four-byte GB18030 sequence
}

// Decode detects the encoding of body, appends the decoded text to dst and
// returns both, with Invalid filled in. It keeps neither slice.
func (d *Decoder) Decode(dst, body []byte, httpLabel string) ([]byte, Decision) {
	dec := Detect(body, httpLabel)
	if dec.Rule == RuleUTF8 || dec.Rule == RuleASCII { // known to be valid
		return dropNUL(append(dst, body...), len(dst)), dec
	}
	dst, dec.Invalid = d.AppendUTF8(dst, body, dec.Encoding)
	return dst, dec
}

// AppendUTF8 appends body, decoded from the encoding enc as Decision names it, to
// dst and returns the number of byte sequences replaced by U+FFFD. What is
// appended is valid UTF-8 without byte order mark; NUL characters are dropped,
// because pages hold them as padding inside words. An unknown name is read as
// UTF-8. A U+FFFD that UTF-8 or GB18030 text itself holds is not counted.
func (d *Decoder) AppendUTF8(dst, body []byte, enc string) ([]byte, int) {
	start := len(dst)
	bad := 0
	if enc == "gb18030" {
		dst, bad = d.appendGB(dst, body)
	} else if c := d.codec(enc); c != nil {
		dst, bad = appendCodec(dst, body, c)
	} else {
		dst, bad = appendValid(dst, body)
	}
	if bytes.HasPrefix(dst[start:], []byte("\ufeff")) {
		dst = append(dst[:start], dst[start+3:]...)
	}
	return dropNUL(dst, start), bad
}

// codec returns the reset x/text decoder of a name, nil for UTF-8 and for names
// that are unknown.
func (d *Decoder) codec(enc string) *encoding.Decoder {
	if c, ok := d.codecs[enc]; ok {
		c.Reset()
		return c
	}
	var e encoding.Encoding
	switch enc {
	case "utf-8", "replacement", "x-user-defined":
		return nil
	case "utf-16le":
		e = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		e = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case "hz-gb-2312":
		e = simplifiedchinese.HZGB2312
	default:
		var err error
		if e, err = htmlindex.Get(enc); err != nil {
			return nil
		}
		if n, err := htmlindex.Name(e); err != nil || n == "utf-8" || n == "replacement" || n == "x-user-defined" {
			return nil
		}
	}
	c := e.NewDecoder()
	if d.codecs == nil {
		d.codecs = make(map[string]*encoding.Decoder)
	}
	d.codecs[enc] = c // at most as many as htmlindex has labels
	return c
}

// appendCodec runs an x/text decoder over body. Every U+FFFD of the result is
// counted as a replaced sequence.
func appendCodec(dst, body []byte, c *encoding.Decoder) ([]byte, int) {
	start := len(dst)
	for {
		if cap(dst)-len(dst) < 64+len(body)+len(body)/2 {
			grown := make([]byte, len(dst), len(dst)+64+2*len(body))
			copy(grown, dst)
			dst = grown
		}
		n, m, err := c.Transform(dst[len(dst):cap(dst)], body, true)
		dst = dst[:len(dst)+n]
		body = body[m:]
		if errors.Is(err, transform.ErrShortDst) && (n > 0 || m > 0) {
			continue
		}
		if err != nil {
			// Decoders replace what they cannot read; what is left is a cut end.
			dst = append(dst, replacement...)
		}
		return dst, bytes.Count(dst[start:], []byte(replacement))
	}
}

// appendValid appends UTF-8 with every broken sequence replaced.
func appendValid(dst, body []byte) ([]byte, int) {
	if utf8.Valid(body) {
		return append(dst, body...), 0
	}
	bad := 0
	for len(body) > 0 {
		n := asciiPrefix(body)
		if n == 0 {
			r, size := utf8.DecodeRune(body)
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, replacement...)
				bad++
				body = body[subpart(body):]
				continue
			}
			n = size
		}
		dst = append(dst, body[:n]...)
		body = body[n:]
	}
	return dst, bad
}

// dropNUL removes the NUL bytes of b[start:].
func dropNUL(b []byte, start int) []byte {
	i := bytes.IndexByte(b[start:], 0)
	if i < 0 {
		return b
	}
	out := b[:start+i]
	for _, c := range b[start+i:] {
		if c != 0 {
			out = append(out, c)
		}
	}
	return out
}
