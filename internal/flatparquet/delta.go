package flatparquet

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// deltaNumbers decodes DELTA_BINARY_PACKED: blocks of miniblocks of differences.
type deltaNumbers struct {
	data   []byte // behind what was read
	left   uint64 // numbers to come
	each   uint64 // of a miniblock
	minis  int    // of a block
	last   int64
	begun  bool
	least  int64  // difference of the block
	widths []byte // of the miniblocks of the block that are to come
	pack   []byte // of the miniblock
	width  uint
	at     uint64 // bit in pack
	rest   uint64 // numbers of the miniblock to come
}

// maxDeltaBlock bounds the numbers of a block; writers use 128.
const maxDeltaBlock = 1 << 16

func (d *deltaNumbers) reset(data []byte) error {
	*d = deltaNumbers{}
	var head [3]uint64
	for i := range head {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			return errShort
		}
		head[i], data = v, data[n:]
	}
	first, n := binary.Varint(data)
	if n <= 0 {
		return errShort
	}
	if head[0] == 0 || head[0] > maxDeltaBlock || head[1] == 0 || head[0]%head[1] != 0 || head[0]/head[1]%8 != 0 {
		return fmt.Errorf("blocks of %d numbers in %d parts", head[0], head[1])
	}
	d.each, d.minis, d.left = head[0]/head[1], int(head[1]), head[2]
	d.last, d.data = first, data[n:]
	return nil
}

func (d *deltaNumbers) next() (int64, error) {
	if d.left == 0 {
		return 0, errFew
	}
	d.left--
	if !d.begun {
		d.begun = true
		return d.last, nil
	}
	if d.rest == 0 {
		if err := d.open(); err != nil {
			return 0, err
		}
	}
	d.rest--
	d.last += d.least + int64(bitsAt(d.pack, d.at, d.width))
	d.at += uint64(d.width)
	return d.last, nil
}

// open begins the next miniblock, and block.
func (d *deltaNumbers) open() error {
	if len(d.widths) == 0 {
		least, n := binary.Varint(d.data)
		if n <= 0 || len(d.data)-n < d.minis {
			return errFew
		}
		d.least = least
		d.widths, d.data = d.data[n:n+d.minis], d.data[n+d.minis:]
	}
	d.width = uint(d.widths[0])
	d.widths = d.widths[1:]
	if d.width > 64 {
		return fmt.Errorf("numbers of %d bits", d.width)
	}
	size := d.each / 8 * uint64(d.width)
	if size > uint64(len(d.data)) {
		return errFew
	}
	d.pack, d.data = d.data[:size], d.data[size:]
	d.at, d.rest = 0, d.each
	return nil
}

// pass reads to the end, so that data is what follows. It takes the time of its
// bytes and not of the count, which may lie: runs of equal numbers take none.
func (d *deltaNumbers) pass() error {
	if d.left > 0 {
		d.left-- // the first stands in the head
	}
	for d.left > 0 {
		if err := d.open(); err != nil {
			return err
		}
		d.left -= min(d.left, d.each)
	}
	return nil
}

// deltaValues decodes whole numbers in DELTA_BINARY_PACKED.
type deltaValues struct {
	leaf    *Leaf
	numbers deltaNumbers
}

func (d *deltaValues) next() (Value, error) {
	n, err := d.numbers.next()
	return Value{leaf: d.leaf, n: uint64(n)}, err
}

// lengthValues decodes DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.
type lengthValues struct {
	leaf    *Leaf
	lengths deltaNumbers
	data    []byte
}

func (l *lengthValues) reset(data []byte) error {
	var all deltaNumbers
	if err := all.reset(data); err != nil {
		return fmt.Errorf("lengths: %w", err)
	}
	l.lengths = all
	if err := all.pass(); err != nil {
		return fmt.Errorf("lengths: %w", err)
	}
	l.data = all.data
	return nil
}

func (l *lengthValues) next() (Value, error) {
	n, err := l.lengths.next()
	if err != nil {
		return Value{}, err
	}
	if n < 0 || n > int64(len(l.data)) {
		return Value{}, fmt.Errorf("a value of %d bytes, the page has %d", n, len(l.data))
	}
	v := Value{leaf: l.leaf, b: l.data[:n]}
	l.data = l.data[n:]
	return v, nil
}

// prefixValues decodes DELTA_BYTE_ARRAY: each value is the beginning of the one
// before and some bytes more.
type prefixValues struct {
	prefixes deltaNumbers
	suffixes lengthValues
	max      int64
	value    []byte
}

func (p *prefixValues) reset(data []byte) error {
	all := deltaNumbers{}
	if err := all.reset(data); err != nil {
		return fmt.Errorf("prefixes: %w", err)
	}
	p.prefixes = all
	if err := all.pass(); err != nil {
		return fmt.Errorf("prefixes: %w", err)
	}
	return p.suffixes.reset(all.data)
}

func (p *prefixValues) next() (Value, error) {
	n, err := p.prefixes.next()
	if err != nil {
		return Value{}, err
	}
	v, err := p.suffixes.next()
	switch {
	case err != nil:
		return v, err
	case n < 0 || n > int64(len(p.value)):
		return v, fmt.Errorf("a value with %d bytes of one of %d", n, len(p.value))
	case n+int64(len(v.b)) > p.max:
		return v, over(LimitValue, "a value of %d bytes", n+int64(len(v.b)))
	}
	p.value = append(p.value[:n], v.b...)
	v.b = p.value
	if v.leaf.Kind == FixedLenByteArray && len(v.b) != v.leaf.Length {
		return v, errors.New("a value of another length than the schema says")
	}
	return v, nil
}
