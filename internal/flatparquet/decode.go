package flatparquet

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Encodings, by their numbers in the format.
const (
	plain           = 0
	plainDictionary = 2
	rle             = 3
	deltaBinary     = 5
	deltaLengths    = 6
	deltaBytes      = 7
	rleDictionary   = 8
	byteStreamSplit = 9
)

// decoder yields the values of a page that are not null.
type decoder interface{ next() (Value, error) }

// errFew says that a page has fewer values than its header promises.
var errFew = errors.New("fewer values than the page header says")

// decoder returns the decoder of the values in data.
func (c *Column) decoder(encoding int32, data []byte) (decoder, error) {
	kind := c.leaf.Kind
	switch encoding {
	case plain:
		c.plain = plainValues{leaf: c.leaf, data: data}
		return &c.plain, nil
	case plainDictionary, rleDictionary:
		if !c.dict.loaded {
			return nil, errors.New("indexes into a dictionary that is not there")
		}
		c.indexed.dict = &c.dict
		if len(data) == 0 { // all values are null
			c.indexed.indexes.reset(nil, 0)
			return &c.indexed, nil
		}
		if data[0] > 32 {
			return nil, fmt.Errorf("indexes of %d bits", data[0])
		}
		c.indexed.indexes.reset(data[1:], uint(data[0]))
		return &c.indexed, nil
	case rle:
		if kind != Boolean {
			break
		}
		bits, _, err := cutLength(data)
		d := &runValues{leaf: c.leaf}
		d.bits.reset(bits, 1)
		return d, err
	case deltaBinary:
		if kind != Int32 && kind != Int64 {
			break
		}
		d := &deltaValues{leaf: c.leaf}
		return d, d.numbers.reset(data)
	case deltaLengths:
		if kind != ByteArray {
			break
		}
		d := &lengthValues{leaf: c.leaf}
		return d, d.reset(data)
	case deltaBytes:
		if kind != ByteArray && kind != FixedLenByteArray {
			break
		}
		d := &prefixValues{suffixes: lengthValues{leaf: c.leaf}, max: c.limits.ValueBytes}
		return d, d.reset(data)
	case byteStreamSplit:
		if w := c.leaf.width(); w > 0 && kind != Int96 {
			return &splitValues{leaf: c.leaf, data: data, n: len(data) / w, value: make([]byte, w)}, nil
		}
	}
	return nil, fmt.Errorf("encoding %d, which is not read for a column of type %d", encoding, kind)
}

// width returns the bytes of a value in the plain encoding, 0 if they vary or are
// no whole byte.
func (l *Leaf) width() int {
	switch l.Kind {
	case Int32, Float:
		return 4
	case Int64, Double:
		return 8
	case Int96:
		return 12
	case FixedLenByteArray:
		return l.Length
	}
	return 0
}

// valueOf returns the value with the bytes b of the plain encoding.
func (l *Leaf) valueOf(b []byte) Value {
	switch l.Kind {
	case Int32, Float:
		return Value{leaf: l, n: uint64(binary.LittleEndian.Uint32(b))}
	case Int64, Double:
		return Value{leaf: l, n: binary.LittleEndian.Uint64(b)}
	}
	return Value{leaf: l, b: b}
}

// cutLength cuts what has its length, of four bytes, in front.
func cutLength(b []byte) (front, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errShort
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, fmt.Errorf("%d bytes, the page has %d", n, len(b)-4)
	}
	return b[4 : 4+n], b[4+n:], nil
}

// plainValues decodes PLAIN.
type plainValues struct {
	leaf *Leaf
	data []byte
	bit  uint // of a boolean in the first byte
}

func (p *plainValues) next() (Value, error) {
	switch p.leaf.Kind {
	case Boolean:
		if len(p.data) == 0 {
			return Value{}, errFew
		}
		v := Value{leaf: p.leaf, n: uint64(p.data[0] >> p.bit & 1)}
		if p.bit++; p.bit == 8 {
			p.data, p.bit = p.data[1:], 0
		}
		return v, nil
	case ByteArray:
		if len(p.data) == 0 {
			return Value{}, errFew
		}
		b, rest, err := cutLength(p.data)
		if err != nil {
			return Value{}, fmt.Errorf("a value of %w", err)
		}
		p.data = rest
		return Value{leaf: p.leaf, b: b}, nil
	}
	w := p.leaf.width()
	if len(p.data) < w {
		return Value{}, errFew
	}
	v := p.leaf.valueOf(p.data[:w])
	p.data = p.data[w:]
	return v, nil
}

// dictionary is the dictionary of a column.
type dictionary struct {
	leaf   *Leaf
	loaded bool
	data   []byte
	ends   []uint32 // of the values of a ByteArray in data, each behind its length
	n      int
}

// load takes over data, which has n values.
func (d *dictionary) load(data []byte, n int, encoding int32) error {
	if encoding != plain && encoding != plainDictionary {
		return fmt.Errorf("a dictionary in the encoding %d", encoding)
	}
	d.data, d.n, d.loaded = data, n, true
	switch w := d.leaf.width(); {
	case d.leaf.Kind == Boolean:
		return errors.New("a dictionary of booleans")
	case d.leaf.Kind != ByteArray:
		if w > 0 && n > len(data)/w {
			return fmt.Errorf("a dictionary of %d values in %d bytes", n, len(data))
		}
		return nil
	case n > len(data)/4:
		return fmt.Errorf("a dictionary of %d values in %d bytes", n, len(data))
	}
	d.ends = make([]uint32, 0, n)
	at := uint32(0)
	for range n {
		b, _, err := cutLength(data[at:])
		if err != nil {
			return fmt.Errorf("dictionary: %w", err)
		}
		at += 4 + uint32(len(b))
		d.ends = append(d.ends, at)
	}
	return nil
}

func (d *dictionary) value(i uint32) (Value, error) {
	if uint64(i) >= uint64(d.n) {
		return Value{}, fmt.Errorf("index %d, the dictionary has %d values", i, d.n)
	}
	if d.leaf.Kind != ByteArray {
		w := d.leaf.width()
		return d.leaf.valueOf(d.data[int(i)*w : (int(i)+1)*w]), nil
	}
	from := uint32(4)
	if i > 0 {
		from += d.ends[i-1]
	}
	return Value{leaf: d.leaf, b: d.data[from:d.ends[i]]}, nil
}

// indexedValues decodes RLE_DICTIONARY.
type indexedValues struct {
	dict    *dictionary
	indexes hybrid
}

func (x *indexedValues) next() (Value, error) {
	i, err := x.indexes.next()
	if err != nil {
		return Value{}, err
	}
	return x.dict.value(i)
}

// runValues decodes booleans in RLE.
type runValues struct {
	leaf *Leaf
	bits hybrid
}

func (r *runValues) next() (Value, error) {
	n, err := r.bits.next()
	return Value{leaf: r.leaf, n: uint64(n)}, err
}

// splitValues decodes BYTE_STREAM_SPLIT.
type splitValues struct {
	leaf  *Leaf
	data  []byte
	i, n  int
	value []byte
}

func (s *splitValues) next() (Value, error) {
	if s.i == s.n {
		return Value{}, errFew
	}
	for k := range s.value {
		s.value[k] = s.data[k*s.n+s.i]
	}
	s.i++
	return s.leaf.valueOf(s.value), nil
}

// hybrid decodes runs of equal numbers and of numbers packed in bits.
type hybrid struct {
	data  []byte
	width uint
	run   uint64 // numbers to come that are value
	value uint32
	bits  uint64 // numbers to come that are packed
	at    uint64 // bit in packed
	pack  []byte
}

func (h *hybrid) reset(data []byte, width uint) { *h = hybrid{data: data, width: width} }

func (h *hybrid) next() (uint32, error) {
	for h.run == 0 && h.bits == 0 {
		if err := h.open(); err != nil {
			return 0, err
		}
	}
	if h.run > 0 {
		h.run--
		return h.value, nil
	}
	h.bits--
	v := bitsAt(h.pack, h.at, h.width)
	h.at += uint64(h.width)
	return uint32(v), nil
}

// open begins the next run.
func (h *hybrid) open() error {
	head, n := binary.Uvarint(h.data)
	if n <= 0 {
		return errFew
	}
	h.data = h.data[n:]
	if head&1 == 0 {
		w := int(h.width+7) / 8
		if len(h.data) < w {
			return errFew
		}
		h.run, h.value = head>>1, 0
		for i, b := range h.data[:w] {
			h.value |= uint32(b) << (8 * i)
		}
		h.data = h.data[w:]
		return nil
	}
	groups := head >> 1 // of eight numbers
	if h.width == 0 {
		h.bits, h.at, h.pack = min(groups, 1<<32)*8, 0, nil
		return nil
	}
	// Some writers leave out the padding of the last group.
	have := uint64(len(h.data))
	size := min(groups, have+1) * uint64(h.width)
	h.bits, h.at = min(groups, have+1)*8, 0
	if size > have {
		size, h.bits = have, have*8/uint64(h.width)
		if h.bits == 0 {
			return errFew
		}
	}
	h.pack, h.data = h.data[:size], h.data[size:]
	return nil
}

// bitsAt returns the number of width bits at the bit at of b, lowest bit first.
func bitsAt(b []byte, at uint64, width uint) uint64 {
	if width == 0 {
		return 0
	}
	i, shift := at>>3, uint(at&7)
	var v uint64
	if uint64(len(b)) >= i+8 {
		v = binary.LittleEndian.Uint64(b[i:]) >> shift
		if shift+width > 64 {
			v |= uint64(b[i+8]) << (64 - shift)
		}
	} else {
		for k := i; k < uint64(len(b)); k++ {
			if s := 8 * uint(k-i); s >= shift {
				v |= uint64(b[k]) << (s - shift)
			} else {
				v |= uint64(b[k]) >> (shift - s)
			}
		}
	}
	if width == 64 {
		return v
	}
	return v & (1<<width - 1)
}
