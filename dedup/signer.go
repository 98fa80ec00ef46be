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
	p        Params
	fold     *folding
	text     []byte   // normalised text
	hashes   []uint64 // its shingles, with repeats
	sig      []uint64
	lowMask  uint64 // letters of a shingle in its last four
	highMask uint64 // and in the four before
}

// NewSigner returns a Signer for p. It panics if p is not valid: Params come
// from a config that was validated with Params.Validate.
func NewSigner(p Params) *Signer {
	if err := p.Validate(); err != nil {
		panic(err)
	}
	s := &Signer{p: p, fold: normaliser(), sig: make([]uint64, p.K)}
	s.lowMask = 1<<(16*min(p.Shingle, 4)) - 1
	s.highMask = 1<<(16*max(p.Shingle-4, 0)) - 1
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
// points. Letters are taken as 16-bit numbers (see letter); the hash of a
// shingle is the folded 128-bit product of its last four letters and of those
// before them.
func (s *Signer) shingle(text string) int {
	f := s.fold
	// Normalising can lengthen two bytes (Ⱥ) to three.
	if need := len(text) + len(text)/2 + utf8.UTFMax; cap(s.text) < need {
		s.text = make([]byte, need)
	}
	if cap(s.hashes) < len(text)/3 { // three bytes a letter
		s.hashes = make([]uint64, len(text)/3)
	}
	out, hashes := s.text[:cap(s.text)], s.hashes[:cap(s.hashes)]
	end, letters := 0, 0 // of out and of hashes
	before := s.p.Shingle - 1
	var low, high uint64 // the last four letters, and the four before them
	for i := 0; i < len(text); {
		var c uint64
		switch b := text[i]; {
		case b < utf8.RuneSelf:
			i++
			if c = uint64(f.to[b]); c == 0 {
				continue
			}
			out[end] = byte(c)
			end++
		case b>>4 == 0xe && i+2 < len(text) && text[i+1]>>6 == 2 && text[i+2]>>6 == 2:
			r := uint32(b&15)<<12 | uint32(text[i+1]&63)<<6 | uint32(text[i+2]&63)
			i += 3
			c = uint64(f.to[r])
			if c == 0 || r < 0x800 { // an overlong form is no letter
				continue
			}
			if c < 0x800 {
				end += utf8.EncodeRune(out[end:], rune(c))
				break
			}
			o := out[end : end+3 : end+3]
			o[0], o[1], o[2] = 0xe0|byte(c>>12), 0x80|byte(c>>6&63), 0x80|byte(c&63)
			end += 3
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			if r = f.fold(r); r == 0 {
				continue
			}
			c = letter(r)
			end += utf8.EncodeRune(out[end:], r)
		}
		high = high<<16 | low>>48
		low = low<<16 | c
		if at := letters - before; at >= 0 {
			if at >= len(hashes) {
				hashes = append(hashes, 0)
				hashes = hashes[:cap(hashes)]
			}
			hi, lo := bits.Mul64(low&s.lowMask^wyXor, high&s.highMask^wyMul2)
			hashes[at] = hi ^ lo
		}
		letters++
	}
	s.text, s.hashes = out[:end], hashes[:max(0, letters-before)]
	return letters
}

// letter returns a normalised code point as a number of 16 bits: itself in the
// Basic Multilingual Plane, else a hash of it.
func letter(r rune) uint64 {
	if r < bmp {
		return uint64(r)
	}
	return mix(uint64(r)) >> 48
}
