package dedup

import (
	"math/bits"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// Signature is what deduplication keeps of one text.
type Signature struct {
	// Bands are the band keys; only the first Params.Bands are used.
	Bands [maxBands]uint64
	// Sketch holds one bit per position for the comparison of two texts.
	Sketch [SketchBytes]byte
	// Letters is the number of normalised letters and digits. Below
	// Params.MinLetters Bands and Sketch are zero and mean nothing; at 0 Text is
	// zero as well and the document has no duplicates.
	Letters int
	// Text is the XXH3-128 of the normalised text in UTF-8, big-endian: texts
	// with equal keys count as exact duplicates.
	Text [16]byte
}

// Signer signs texts. It keeps scratch memory, so each worker has its own.
type Signer struct {
	p       Params
	fold    *folding
	text    []byte   // normalised text
	hashes  []uint64 // its shingles, with repeats
	sig     []uint64
	leaving uint64 // factor that removes the oldest code point from the rolling hash
}

// NewSigner returns a Signer for p. It panics if p is not valid: Params come
// from a config that was validated with Params.Validate.
func NewSigner(p Params) *Signer {
	if err := p.Validate(); err != nil {
		panic(err)
	}
	s := &Signer{p: p, fold: normaliser(), sig: make([]uint64, p.K), leaving: 1}
	for range p.Shingle {
		s.leaving *= golden
	}
	return s
}

// Sign replaces sig by the signature of text. It does not allocate once its
// scratch memory has grown to the texts at hand; what a giant text grew is given
// back.
func (s *Signer) Sign(text string, sig *Signature) {
	*sig = Signature{}
	sig.Letters = s.shingle(text)
	if sig.Letters > 0 {
		sig.Text = xxh3.Hash128(s.text).Bytes()
	}
	if sig.Letters >= s.p.MinLetters {
		fastSketch(s.sig, s.hashes)
		for b := range s.p.Bands {
			sig.Bands[b] = bandKey(b, s.sig[b*s.p.Rows:(b+1)*s.p.Rows])
		}
		sketchBits(&sig.Sketch, s.sig)
	}
	const maxScratch = 1 << 20 // bytes of text, and of shingles, kept for the next one
	if cap(s.text) > maxScratch || cap(s.hashes) > maxScratch/8 {
		s.hashes, s.text = nil, nil
	}
}

// shingle sets s.text and s.hashes and returns the number of normalised code
// points. The hash of a shingle is the polynomial Σ mixRune(cᵢ)·golden^(n-1-i)
// mod 2^64, rolled along the text, and a last multiplication that spreads it.
func (s *Signer) shingle(text string) int {
	f := s.fold
	out, hashes := s.text[:0], s.hashes[:0]
	if cap(out) < len(text)+4 {
		out = make([]byte, 0, len(text)+len(text)/4+64)
	}
	var ring [maxShingle]uint64
	n := s.p.Shingle
	letters := 0
	var h uint64
	for i := 0; i < len(text); {
		var m uint64
		switch c := text[i]; {
		case c < utf8.RuneSelf:
			i++
			if m = f.mix[c]; m == 0 {
				continue
			}
			out = append(out, byte(f.to[c]))
		case c>>4 == 0xe && i+2 < len(text) && text[i+1]>>6 == 2 && text[i+2]>>6 == 2:
			r := uint32(c&15)<<12 | uint32(text[i+1]&63)<<6 | uint32(text[i+2]&63)
			i += 3
			if m = f.mix[r]; m == 0 || r < 0x800 { // an overlong form is no letter
				continue
			}
			if t := uint32(f.to[r]); t >= 0x800 {
				out = append(out, 0xe0|byte(t>>12), 0x80|byte(t>>6&63), 0x80|byte(t&63))
			} else {
				out = utf8.AppendRune(out, rune(t))
			}
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			if r < bmp {
				r = rune(f.to[r])
			} else {
				r = f.supplementary(r)
			}
			if r == 0 {
				continue
			}
			m = mixRune(r)
			out = utf8.AppendRune(out, r)
		}
		at := letters & (maxShingle - 1)
		old := ring[(letters-n)&(maxShingle-1)]
		h = h*golden + m - old*s.leaving
		ring[at] = m
		letters++
		if letters >= n {
			hi, lo := bits.Mul64(h^wyXor, wyMul2)
			hashes = append(hashes, hi^lo)
		}
	}
	s.text, s.hashes = out, hashes
	return letters
}
