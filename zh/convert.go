package zh

import (
	"fmt"
	"unicode/utf8"
)

// Converter turns text of one form of Chinese characters into another as
// OpenCC 1.4 does, with its dictionaries. It owns scratch memory: use one per
// goroutine. All converters of the same conversion share its tables.
type Converter struct {
	*conversion
	fold, from, to []byte
}

// NewConverter returns a converter by the name that OpenCC gives the
// conversion, one of [Conversions]: s2t, t2s, s2twp …. The first call for a
// conversion builds its tables, up to 8 MB in about 40 ms.
func NewConverter(name string) (*Converter, error) {
	load, ok := conversions[name]
	if !ok {
		return nil, fmt.Errorf("no conversion is named %q; there are %v", name, Conversions())
	}
	c, err := load()
	if err != nil {
		return nil, err
	}
	return &Converter{conversion: c}, nil
}

// Clone returns a converter for another goroutine.
func (c *Converter) Clone() *Converter { return &Converter{conversion: c.conversion} }

// conversion is what converters share. Compatibility ideographs become unified
// ones first. Then the text is cut where the longest keys of segments lie, if
// there are any, and each piece goes through the chain by itself.
type conversion struct {
	compat   *convTable
	segments *convTable // nil if the chain sees the whole text; only keys of rank 0 count
	chain    []*convTable
}

// Append appends the converted text to dst. Where several dictionaries have a
// key at a place, the first dictionary counts, and of its keys the longest;
// text that no key covers stays, damaged bytes and descriptions of characters
// (⿰木目) too. It does not allocate once dst and the scratch memory have grown.
func (c *Converter) Append(dst []byte, text string) []byte {
	out, ok := appendConversion(c, dst, text, false)
	if !ok {
		c.fold, _ = convert(c.compat, c.fold[:0], text, true)
		out, _ = appendConversion(c, dst, c.fold, true)
	}
	if cap(c.fold)+cap(c.from)+cap(c.to) > maxConvScratch {
		c.fold, c.from, c.to = nil, nil, nil
	}
	return out
}

// maxConvScratch is the scratch memory that is kept from text to text.
const maxConvScratch = 4 << 20

// appendConversion is Append after compatibility ideographs were replaced. If
// folded says that they were not and there is one, it gives up.
func appendConversion[T string | []byte](c *Converter, dst []byte, text T, folded bool) (out []byte, ok bool) {
	if c.segments == nil {
		return convert(c.chain[0], dst, text, folded)
	}
	out = dst
	from := 0 // of the text before i that no key covers
	for i := 0; i < len(text); {
		end, id, compat := lookUp(c.segments, text, i)
		switch {
		case compat && !folded:
			return dst, false
		case id == 0 || c.segments.values[id].rank > 0:
			i = end
			continue
		}
		if from < i {
			out = appendChain(c, out, text[from:i])
		}
		out = appendChain(c, out, text[i:end])
		i, from = end, end
	}
	if from < len(text) {
		out = appendChain(c, out, text[from:])
	}
	return out, true
}

// appendChain sends a piece of text through the chain.
func appendChain[T string | []byte](c *Converter, dst []byte, piece T) []byte {
	last := len(c.chain) - 1
	if last == 0 {
		dst, _ = convert(c.chain[0], dst, piece, true)
		return dst
	}
	c.from, _ = convert(c.chain[0], c.from[:0], piece, true)
	for _, t := range c.chain[1:last] {
		c.to, _ = convert(t, c.to[:0], c.from, true)
		c.from, c.to = c.to, c.from
	}
	dst, _ = convert(c.chain[last], dst, c.from, true)
	return dst
}

// convChunk is how much text is copied at once. Most replacements are as long
// as what they replace and are written over the copy; behind another one the
// rest of the chunk is copied again.
const convChunk = 1 << 10

// convert appends text converted by one table. If folded is false and there is
// a compatibility ideograph, it gives up with dst as it was.
func convert[T string | []byte](t *convTable, dst []byte, text T, folded bool) (out []byte, ok bool) {
	out = dst
	i, copied := 0, 0 // text before copied is in out
	for i < len(text) {
		if copied < i+3 && copied < len(text) {
			n := min(i+convChunk, len(text))
			out = append(out, text[copied:n]...)
			copied = n
		}
		shift := len(out) - copied // from a place in text to that in out
		for i < copied {
			b := text[i]
			if b&0xF0 == 0xE0 && i+2 < copied {
				// Nearly all code points: written whether they change or not,
				// because a branch on that is often predicted wrongly.
				c, d := text[i+1], text[i+2]
				v := t.direct[uint16(b)<<12|uint16(c&0x3F)<<6|uint16(d&0x3F)]
				if v < directHead && ((c^0x80)|(d^0x80))&0xC0 == 0 {
					o := out[i+shift : i+shift+3 : i+shift+3]
					o[0], o[1], o[2] = byte(v), byte(v>>8), byte(v>>16)
					i += 3
					continue
				}
			} else if b < utf8.RuneSelf && t.start[b] == 0 {
				i++
				continue
			}
			break
		}
		if i >= copied {
			continue
		}
		start, size := t.startAt(runeAt(text, i))
		if start == 0 {
			i += size
			continue
		}
		h := &t.heads[start]
		if h.kind > headKey {
			if h.kind == headCompat && !folded {
				return dst, false
			}
			i += max(size, descriptionSize(text[i:]))
			continue
		}
		end, id := longestKey(t, h, text, i+size)
		v := &t.values[id]
		if id == 0 || v.same {
			i = end
			continue
		}
		if end > copied {
			out = append(out, text[copied:end]...)
			copied = end
		}
		if n := end - i; n == int(v.size) {
			copy(out[i+shift:], t.text[v.at:v.at+uint32(v.size)])
		} else {
			out = append(out[:i+shift], t.text[v.at:v.at+uint32(v.size)]...)
			out = append(out, text[end:copied]...)
		}
		i = end
	}
	return append(out, text[copied:]...), true // what the last key had beyond the chunk
}

// longestKey returns where the key ends that counts among those that begin with
// the code point of h, which ends at end, and its id, 0 if there is none.
func longestKey[T string | []byte](t *convTable, h *convHead, text T, end int) (int, uint16) {
	id, rank := h.id, h.rank
	for k, base := end, h.base; base != 0 && k < len(text); {
		r, size := runeAt(text, k)
		if int(r) >= len(t.code) {
			break
		}
		c := t.code[r]
		node := t.nodes[base+uint32(c)]
		if node.label != c || c == 0 {
			break
		}
		k += size
		if node.word != 0 {
			if n := t.values[node.word].rank; n <= rank {
				id, rank, end = node.word, n, k
			}
		}
		base = node.base
	}
	return end, id
}

// lookUp looks up the keys that begin at i. It returns where the one that counts
// ends and its id, or where the code point that begins no key ends and 0; a
// description of a character counts as one code point.
func lookUp[T string | []byte](t *convTable, text T, i int) (end int, id uint16, compat bool) {
	start, size := t.startAt(runeAt(text, i))
	switch h := &t.heads[start]; h.kind {
	case headDescription:
		return i + max(size, descriptionSize(text[i:])), 0, false
	case headCompat:
		return i + size, 0, true
	default:
		end, id = longestKey(t, h, text, i+size)
		return end, id, false
	}
}

// runeAt is utf8.DecodeRune at i.
func runeAt[T string | []byte](text T, i int) (r rune, size int) {
	b := text[i]
	if b < utf8.RuneSelf {
		return rune(b), 1
	}
	if b&0xF0 == 0xE0 && i+2 < len(text) && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80 {
		r = rune(b&0x0F)<<12 | rune(text[i+1]&0x3F)<<6 | rune(text[i+2]&0x3F)
		if r >= 0x800 && (r < 0xD800 || r > 0xDFFF) {
			return r, 3
		}
	}
	return utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
}

// Limits of a description of a character, as in OpenCC.
const (
	maxDescriptionDepth = 16
	maxDescriptionRunes = 64
)

// descriptionSize returns the size of the ideographic description sequence that
// text begins with, 0 if it is not whole. OpenCC leaves its parts alone.
func descriptionSize[T string | []byte](text T) int {
	n := 0
	size, _ := describe(text, maxDescriptionDepth, &n)
	return size
}

func describe[T string | []byte](text T, depth int, runes *int) (size int, ok bool) {
	if len(text) == 0 || depth == 0 || *runes >= maxDescriptionRunes {
		return 0, false
	}
	r, size := runeAt(text, 0)
	if r == utf8.RuneError && size == 1 {
		return 0, false
	}
	*runes++
	for range descriptionParts(r) {
		n, ok := describe(text[size:], depth-1, runes)
		if !ok {
			return 0, false
		}
		size += n
	}
	return size, true
}

// descriptionParts returns how many parts a description character joins.
func descriptionParts(r rune) int {
	switch {
	case r < 0x2FF0 || r > 0x2FFF:
		return 0
	case r == 0x2FF2 || r == 0x2FF3:
		return 3
	case r >= 0x2FFE:
		return 1
	}
	return 2
}
