package flatparquet

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// readAhead is how much of a column is read from the file at once.
const readAhead = 256 << 10

// maxHeaderBytes bounds the header of a page. Statistics in it may hold two values.
const maxHeaderBytes = 16 << 20

// Column yields the values of one column in one row group. It is used by one
// goroutine.
type Column struct {
	leaf   *Leaf
	limits *Limits
	chunk  chunk

	r    io.ReaderAt
	pos  int64 // in the file, behind window
	end  int64 // of the pages
	left int64 // rows to come
	// window holds bytes of the file; those before at are done with.
	window []byte
	at     int

	page     int64 // offset of the page at hand, for errors
	unpack   unpacker
	room     []byte // what the page at hand unpacks to
	rows     int64  // of the page that are to come
	levels   hybrid
	nullable bool
	values   decoder
	plain    plainValues
	dict     dictionary
	indexed  indexedValues
	err      error
}

// Column returns a reader of the column leaf of a row group.
func (f *File) Column(group, leaf int) (*Column, error) {
	l := &f.Leaves[leaf]
	if l.List {
		return nil, fmt.Errorf("column %q is a list: it has no single value in a row", strings.Join(l.Path, "."))
	}
	c := &Column{leaf: l, limits: &f.limits, r: f.r, left: f.Groups[group].Rows, nullable: l.maxDef > 0}
	err := f.chunks(group, func(i int, x *chunk) {
		if i == leaf {
			c.chunk = *x
		}
	})
	x := &c.chunk
	switch {
	case err != nil:
	case x.encrypted:
		err = errors.New("the column is encrypted")
	case x.elsewhere:
		err = errors.New("the column is in another file")
	case x.kind != int32(l.Kind):
		err = fmt.Errorf("type %d, the schema says %d", x.kind, l.Kind)
	case x.values != c.left:
		err = fmt.Errorf("%d values for %d rows", x.values, c.left)
	case x.packed < 0 || x.start() < 4 || x.start() > f.end || x.packed > f.end-x.start():
		err = fmt.Errorf("%d bytes of pages at offset %d do not lie before the footer at %d", x.packed, x.start(), f.end)
	}
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", strings.Join(l.Path, "."), err)
	}
	c.pos, c.end = x.start(), x.start()+x.packed
	c.unpack = unpacker{codec: x.codec}
	c.dict.leaf = l
	return c, nil
}

// Next returns the value of the next row, valid until the next call; io.EOF after
// the last row. Any other error stays.
func (c *Column) Next() (Value, error) {
	if c.err != nil {
		return Value{}, c.err
	}
	v, err := c.next()
	if err != nil {
		if err == io.EOF && c.left > 0 {
			err = fmt.Errorf("the pages end %d rows early", c.left)
		}
		if err != io.EOF {
			err = fmt.Errorf("column %q, page at offset %d: %w", strings.Join(c.leaf.Path, "."), c.page, err)
		}
		c.err = err
		return Value{}, err
	}
	c.left--
	return v, nil
}

func (c *Column) next() (Value, error) {
	if c.left == 0 {
		return Value{}, io.EOF
	}
	for c.rows == 0 {
		if err := c.readPage(); err != nil {
			return Value{}, err
		}
	}
	c.rows--
	if c.nullable {
		level, err := c.levels.next()
		if err != nil {
			return Value{}, fmt.Errorf("definition levels: %w", err)
		}
		if int(level) > c.leaf.maxDef {
			return Value{}, fmt.Errorf("definition level %d, the schema allows %d", level, c.leaf.maxDef)
		}
		if int(level) < c.leaf.maxDef {
			return Value{leaf: c.leaf, null: true}, nil
		}
	}
	return c.values.next()
}

// Close releases memory. The column yields nothing after it.
func (c *Column) Close() {
	c.unpack.close()
	c.window, c.room, c.left, c.rows, c.err = nil, nil, 0, 0, io.EOF
}

// fill reads until the window has n bytes that are not done with, or reports
// errShort where the pages end before.
func (c *Column) fill(n int) error {
	have := len(c.window) - c.at
	if have >= n {
		return nil
	}
	if int64(n-have) > c.end-c.pos {
		return errShort
	}
	want := min(max(int64(n-have), readAhead), c.end-c.pos)
	if c.at > 0 || int64(cap(c.window)) < int64(have)+want {
		w := c.window[:0]
		if int64(cap(c.window)) < int64(have)+want {
			w = make([]byte, 0, int64(have)+want)
		}
		c.window, c.at = append(w, c.window[c.at:]...), 0
	}
	c.window = c.window[:int64(have)+want]
	if err := readFull(c.r, c.window[have:], c.pos); err != nil {
		c.window = c.window[:have]
		return err
	}
	c.pos += want
	return nil
}

// Types of pages.
const (
	dataPage       = 0
	indexPage      = 1
	dictionaryPage = 2
	dataPageV2     = 3
)

// pageHeader is the header of a page of any type.
type pageHeader struct {
	kind             int32
	unpacked, packed int32
	sum              int32
	hasSum           bool
	values, nulls    int32
	encoding         int32
	defEncoding      int32
	defBytes         int32
	repBytes         int32
	stored           bool // version 2: the values are not packed
	described        int16
}

// readHeader reads the header of the next page, io.EOF if there is none.
func (c *Column) readHeader() (h pageHeader, err error) {
	c.page = c.pos - int64(len(c.window)-c.at)
	if c.page == c.end {
		return h, io.EOF
	}
	most := min(maxHeaderBytes, c.limits.PageBytes, c.end-c.page)
	for n := min(256, most); ; n = min(4*n, most) {
		if err := c.fill(int(n)); err != nil {
			return h, err
		}
		t := &thrift{b: c.window[c.at:min(len(c.window), c.at+int(most))]}
		whole := int64(len(t.b)) == most
		h = pageHeader{described: -1}
		h.read(t)
		var count *countError
		if t.err == errShort || errors.As(t.err, &count) {
			if !whole {
				n = int64(len(t.b))
				continue
			}
			if most < c.end-c.page {
				return h, over(LimitPage, "a page header of more than %d bytes", most)
			}
		}
		if t.err != nil {
			return h, fmt.Errorf("page header: %w", t.err)
		}
		c.at += t.at
		return h, h.check(c.limits, c.end-c.page-int64(t.at))
	}
}

func (h *pageHeader) read(t *thrift) {
	t.fields(0, func(id int16, typ byte) {
		switch {
		case id == 1:
			h.kind = t.small(typ)
		case id == 2:
			h.unpacked = t.small(typ)
		case id == 3:
			h.packed = t.small(typ)
		case id == 4:
			h.sum, h.hasSum = t.small(typ), true
		case id >= 5 && id <= 8 && typ == typeStruct:
			h.described = id
			h.readDetails(t, id)
		default:
			t.skip(1, typ)
		}
	})
}

// readDetails reads the part of the header that belongs to a type of page, which
// is told by id.
func (h *pageHeader) readDetails(t *thrift, id int16) {
	const v1, dict, v2 = 5 << 8, 7 << 8, 8 << 8
	t.fields(2, func(field int16, typ byte) {
		switch int(id)<<8 | int(uint8(field)) {
		case v1 | 1, dict | 1, v2 | 1:
			h.values = t.small(typ)
		case v1 | 2, dict | 2, v2 | 4:
			h.encoding = t.small(typ)
		case v1 | 3:
			h.defEncoding = t.small(typ)
		case v2 | 2:
			h.nulls = t.small(typ)
		case v2 | 5:
			h.defBytes = t.small(typ)
		case v2 | 6:
			h.repBytes = t.small(typ)
		case v2 | 7:
			h.stored = typ == typeFalse
		default:
			t.skip(3, typ)
		}
	})
}

// check compares the numbers with each other, with the limits and with the bytes
// that are left of the column.
func (h *pageHeader) check(l *Limits, left int64) error {
	levels := int64(h.defBytes) + int64(h.repBytes)
	switch {
	case h.packed < 0 || h.unpacked < 0:
		return fmt.Errorf("page header: %d bytes that unpack to %d", h.packed, h.unpacked)
	case int64(h.packed) > left:
		return fmt.Errorf("page header: %d bytes, the column has %d more", h.packed, left)
	case h.values < 0 || h.nulls < 0 || h.nulls > h.values:
		return fmt.Errorf("page header: %d values, %d of them null", h.values, h.nulls)
	case h.defBytes < 0 || h.repBytes < 0 || levels > int64(h.packed) || levels > int64(h.unpacked):
		return fmt.Errorf("page header: levels of %d and %d bytes in %d", h.repBytes, h.defBytes, h.packed)
	case int64(h.packed) > l.PageBytes || int64(h.unpacked) > l.PageBytes:
		return over(LimitPage, "page header: %d bytes that unpack to %d, more than a page may have", h.packed, h.unpacked)
	case int64(h.unpacked) > l.RatioFree && int64(h.unpacked)/l.Ratio > int64(h.packed):
		return over(LimitRatio, "page header: %d bytes that unpack to %d, more than %d times as many", h.packed, h.unpacked, l.Ratio)
	}
	want := int16(-1)
	switch h.kind {
	case dataPage:
		want = 5
	case indexPage:
		return nil
	case dictionaryPage:
		want = 7
	case dataPageV2:
		want = 8
	default:
		return fmt.Errorf("page header: a page of the unknown type %d", h.kind)
	}
	if h.described != want {
		return fmt.Errorf("page header: a page of type %d without the header of its type", h.kind)
	}
	return nil
}

// readPage makes the next page ready. Dictionaries are kept, other pages that hold
// no values are passed over.
func (c *Column) readPage() error {
	h, err := c.readHeader()
	if err != nil {
		return err
	}
	if err := c.fill(int(h.packed)); err != nil {
		return err
	}
	packed := c.window[c.at : c.at+int(h.packed)]
	c.at += int(h.packed)
	if h.hasSum && crc32.ChecksumIEEE(packed) != uint32(h.sum) {
		return fmt.Errorf("the checksum of the page differs")
	}
	switch h.kind {
	case indexPage:
		return nil
	case dictionaryPage:
		if c.dict.loaded {
			return errors.New("a second dictionary")
		}
		data, err := c.unpack.append(nil, packed, int(h.unpacked))
		if err != nil {
			return err
		}
		return c.dict.load(data, int(h.values), h.encoding)
	}
	if int64(h.values) > c.left {
		return fmt.Errorf("page header: %d values, the row group has %d more rows", h.values, c.left)
	}
	c.rows = int64(h.values)
	if h.kind == dataPageV2 {
		err = c.openV2(&h, packed)
	} else {
		err = c.openV1(&h, packed)
	}
	return err
}

// unpackPage unpacks a data page. One that is not packed stays in the window.
func (c *Column) unpackPage(packed []byte, n int) ([]byte, error) {
	if c.chunk.codec == uncompressed {
		return packed, nil
	}
	var err error
	c.room, err = c.unpack.append(c.room[:0], packed, n)
	return c.room, err
}

func (c *Column) openV1(h *pageHeader, packed []byte) error {
	data, err := c.unpackPage(packed, int(h.unpacked))
	if err != nil {
		return err
	}
	if c.nullable {
		if h.defEncoding != rle {
			return fmt.Errorf("definition levels in the encoding %d, which is not read", h.defEncoding)
		}
		levels, rest, err := cutLength(data)
		if err != nil {
			return fmt.Errorf("definition levels: %w", err)
		}
		c.levels.reset(levels, bitsFor(c.leaf.maxDef))
		data = rest
	}
	return c.openValues(h, data)
}

func (c *Column) openV2(h *pageHeader, packed []byte) error {
	levels := int(h.repBytes) + int(h.defBytes)
	if c.nullable {
		c.levels.reset(packed[h.repBytes:levels], bitsFor(c.leaf.maxDef))
	}
	data := packed[levels:]
	if !h.stored {
		var err error
		if data, err = c.unpackPage(data, int(h.unpacked)-levels); err != nil {
			return err
		}
	}
	return c.openValues(h, data)
}

// openValues makes the decoder of the values of a data page ready.
func (c *Column) openValues(h *pageHeader, data []byte) (err error) {
	c.values, err = c.decoder(h.encoding, data)
	if err != nil {
		return fmt.Errorf("values: %w", err)
	}
	return nil
}

// bitsFor returns the width of numbers up to n.
func bitsFor(n int) (w uint) {
	for ; n > 0; n >>= 1 {
		w++
	}
	return w
}
