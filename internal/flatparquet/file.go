package flatparquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Kind is the physical type of a column.
type Kind uint8

// The physical types, by their numbers in the format.
const (
	Boolean Kind = iota
	Int32
	Int64
	Int96
	Float
	Double
	ByteArray
	FixedLenByteArray
)

// Unit is what the numbers of a column of dates or times count.
type Unit uint8

// The units of dates and times, which count from the start of 1970.
const (
	NoUnit Unit = iota
	Days
	Millis
	Micros
	Nanos
)

// Leaf is a column of a file.
type Leaf struct {
	Path   []string
	Kind   Kind
	Unit   Unit
	Length int // of the values of a FixedLenByteArray
	List   bool
	maxDef int
}

// Group is a row group.
type Group struct {
	Rows  int64
	Start int64 // of its first page in the file
	at    int   // of its struct in the footer
}

// File is an open Parquet file. Columns of it can be read by several goroutines.
type File struct {
	Leaves []Leaf
	Groups []Group

	r      io.ReaderAt
	limits Limits
	footer []byte
	end    int64 // of the pages: where the footer begins
}

// Open reads the footer of a file of size bytes. The error is damage, a
// [LimitError], or what r returned.
func Open(r io.ReaderAt, size int64, l Limits) (*File, error) {
	if size < 12 {
		return nil, errors.New("too short for a Parquet file")
	}
	var magic [4]byte
	if err := readFull(r, magic[:], 0); err != nil {
		return nil, err
	}
	var tail [8]byte
	if err := readFull(r, tail[:], size-8); err != nil {
		return nil, err
	}
	switch {
	case string(magic[:]) == "PARE" || string(tail[4:]) == "PARE":
		return nil, errors.New("the file is encrypted")
	case string(magic[:]) != "PAR1":
		return nil, errors.New("no Parquet file: it does not begin with PAR1")
	case string(tail[4:]) != "PAR1":
		return nil, errors.New("the file is cut off: it does not end with PAR1")
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	switch {
	case n > size-12:
		return nil, fmt.Errorf("a footer of %d bytes in a file of %d", n, size)
	case n > l.FooterBytes:
		return nil, over(LimitFooter, "a footer of %d bytes", n)
	}
	f := &File{r: r, limits: l, footer: make([]byte, n), end: size - 8 - n}
	if err := readFull(r, f.footer, f.end); err != nil {
		return nil, err
	}
	if err := f.readFooter(); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	return f, nil
}

// readFull reads len(p) bytes at off.
func readFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	switch {
	case n == len(p):
		return nil
	case err == nil || err == io.EOF:
		return io.ErrUnexpectedEOF
	}
	return err
}

func (f *File) readFooter() error {
	t := &thrift{b: f.footer}
	var elements []element
	t.fields(0, func(id int16, typ byte) {
		switch {
		case id == 2 && typ == typeList:
			elements = f.readSchema(t)
		case id == 4 && typ == typeList:
			f.readGroups(t)
		case id == 8:
			t.fail(errors.New("the file is encrypted"))
		default:
			t.skip(1, typ)
		}
	})
	if t.err != nil {
		return t.err
	}
	if err := f.makeLeaves(elements); err != nil {
		return err
	}
	for i := range f.Groups {
		if err := f.locate(i); err != nil {
			return fmt.Errorf("row group %d: %w", i, err)
		}
	}
	return nil
}

// element is an element of the schema, which lists its tree from the root down.
type element struct {
	name       []byte
	kind       int32
	length     int32
	repetition int32
	children   int32
	unit       Unit
}

// Values of the repetition of an element.
const (
	required = 0
	optional = 1
	repeated = 2
)

func (f *File) readSchema(t *thrift) []element {
	elem, n := t.list()
	if n > f.limits.Elements {
		t.fail(over(LimitSchema, "a schema of %d elements", n))
		return nil
	}
	if elem != typeStruct {
		t.fail(errors.New("a schema that is no list of structs"))
		return nil
	}
	list := make([]element, n)
	for i := range list {
		e := &list[i]
		e.kind = -1
		t.fields(2, func(id int16, typ byte) {
			switch id {
			case 1:
				e.kind = t.small(typ)
			case 2:
				e.length = t.small(typ)
			case 3:
				e.repetition = t.small(typ)
			case 4:
				if typ == typeBinary {
					e.name = t.bytes()
					return
				}
				t.skip(2, typ)
			case 5:
				e.children = t.small(typ)
			case 6:
				switch t.small(typ) {
				case 6:
					e.unit = Days
				case 9:
					e.unit = Millis
				case 10:
					e.unit = Micros
				}
			case 10:
				if typ == typeStruct {
					e.readLogical(t)
					return
				}
				t.skip(2, typ)
			default:
				t.skip(2, typ)
			}
		})
	}
	return list
}

// readLogical reads the logical type, of which only dates and times matter.
func (e *element) readLogical(t *thrift) {
	t.fields(3, func(id int16, typ byte) {
		switch {
		case id == 6:
			e.unit = Days
			t.skip(3, typ)
		case id == 8 && typ == typeStruct:
			t.fields(4, func(id int16, typ byte) {
				if id != 2 || typ != typeStruct {
					t.skip(4, typ)
					return
				}
				t.fields(5, func(id int16, typ byte) {
					if id >= 1 && id <= 3 {
						e.unit = Millis + Unit(id-1)
					}
					t.skip(5, typ)
				})
			})
		default:
			t.skip(3, typ)
		}
	})
}

// makeLeaves walks the tree of the schema.
func (f *File) makeLeaves(list []element) error {
	if len(list) == 0 {
		return errors.New("no schema")
	}
	if list[0].children < 0 {
		return fmt.Errorf("schema: the root has %d children", list[0].children)
	}
	type level struct {
		left   int32 // children to come
		maxDef int
		list   bool
	}
	open := []level{{left: list[0].children}}
	var path []string
	for i := 1; i < len(list); i++ {
		e := &list[i]
		for len(open) > 0 && open[len(open)-1].left == 0 {
			open = open[:len(open)-1]
			path = path[:max(len(path)-1, 0)]
		}
		if len(open) == 0 {
			return fmt.Errorf("schema: element %d belongs to no group", i)
		}
		up := &open[len(open)-1]
		up.left--
		l := level{e.children, up.maxDef, up.list || e.repetition == repeated}
		switch e.repetition {
		case required:
		case optional, repeated:
			l.maxDef++
		default:
			return fmt.Errorf("schema: element %d has the unknown repetition %d", i, e.repetition)
		}
		switch {
		case e.children < 0:
			return fmt.Errorf("schema: element %d has %d children", i, e.children)
		case e.children > 0:
			if len(open) >= f.limits.Depth {
				return over(LimitSchema, "a schema with more than %d levels", f.limits.Depth)
			}
			open = append(open, l)
			path = append(path, string(e.name))
			continue
		case e.kind < 0: // a group without children
			continue
		case e.kind > int32(FixedLenByteArray):
			return fmt.Errorf("schema: element %d has the unknown type %d", i, e.kind)
		}
		leaf := Leaf{Path: append(append([]string{}, path...), string(e.name)), Kind: Kind(e.kind), Unit: e.unit, List: l.list, maxDef: l.maxDef}
		if leaf.Kind == FixedLenByteArray {
			if leaf.Length = int(e.length); leaf.Length < 0 || int64(leaf.Length) > f.limits.ValueBytes {
				return fmt.Errorf("schema: element %d has values of %d bytes", i, e.length)
			}
		}
		f.Leaves = append(f.Leaves, leaf)
	}
	for _, l := range open {
		if l.left != 0 {
			return fmt.Errorf("schema: %d elements are missing", l.left)
		}
	}
	return nil
}

// Lookup returns the index of the column of a name, with dots between its levels;
// -1 if there is none.
func (f *File) Lookup(name string) int {
	for i := range f.Leaves {
		if isPath(f.Leaves[i].Path, name) {
			return i
		}
	}
	return -1
}

// isPath reports whether the names of a path, with dots between, are name.
func isPath(path []string, name string) bool {
	for i, p := range path {
		rest, ok := strings.CutPrefix(name, p)
		if ok && i < len(path)-1 {
			rest, ok = strings.CutPrefix(rest, ".")
		}
		if !ok {
			return false
		}
		name = rest
	}
	return name == ""
}

// minGroupBytes is what the smallest row group takes in the footer, and what one
// takes in memory: the list costs no more than the footer.
const minGroupBytes = 24

func (f *File) readGroups(t *thrift) {
	elem, n := t.list()
	if n > 0 && elem != typeStruct {
		t.fail(errors.New("row groups that are no list of structs"))
		return
	}
	for i := 0; i < n && t.err == nil; i++ {
		g := Group{at: t.at, Rows: -1}
		columns := 0
		t.fields(2, func(id int16, typ byte) {
			switch {
			case id == 1 && typ == typeList:
				elem, n := t.list()
				columns += n
				for ; n > 0 && t.err == nil; n-- {
					t.skipElement(3, elem)
				}
			case id == 3:
				g.Rows = t.integer(typ)
			default:
				t.skip(2, typ)
			}
		})
		switch {
		case t.err != nil:
		case g.Rows < 0:
			t.fail(fmt.Errorf("row group %d has %d rows", i, g.Rows))
		case columns == 0:
			t.fail(fmt.Errorf("row group %d has no columns", i))
		case t.at-g.at < minGroupBytes:
			t.fail(fmt.Errorf("row group %d is described in %d bytes", i, t.at-g.at))
		}
		f.Groups = append(f.Groups, g)
	}
}

// chunk is what the footer says of a column in a row group.
type chunk struct {
	kind, codec      int32
	values           int64
	packed           int64 // bytes of all pages
	data, dictionary int64 // offsets of the first page of each kind
	elsewhere        bool  // in another file
	encrypted        bool
}

// start returns the offset of the first page.
func (c *chunk) start() int64 {
	if c.dictionary > 0 && c.dictionary < c.data {
		return c.dictionary
	}
	return c.data
}

// chunks calls f for the columns of a row group, in their order.
func (f *File) chunks(group int, do func(i int, c *chunk)) error {
	t := &thrift{b: f.footer, at: f.Groups[group].at}
	t.fields(2, func(id int16, typ byte) {
		if id != 1 || typ != typeList {
			t.skip(2, typ)
			return
		}
		elem, n := t.list()
		if n != len(f.Leaves) || elem != typeStruct {
			t.fail(fmt.Errorf("%d columns, the schema has %d", n, len(f.Leaves)))
			return
		}
		for i := 0; i < n && t.err == nil; i++ {
			var c chunk
			t.fields(4, func(id int16, typ byte) {
				switch {
				case id == 1 && typ == typeBinary:
					c.elsewhere = len(t.bytes()) > 0
				case id == 3 && typ == typeStruct:
					c.read(t)
				case id == 8:
					c.encrypted = true
					t.skip(4, typ)
				default:
					t.skip(4, typ)
				}
			})
			if t.err == nil {
				do(i, &c)
			}
		}
	})
	return t.err
}

// read reads the metadata of a column in a row group.
func (c *chunk) read(t *thrift) {
	t.fields(5, func(id int16, typ byte) {
		switch id {
		case 1:
			c.kind = t.small(typ)
		case 4:
			c.codec = t.small(typ)
		case 5:
			c.values = t.integer(typ)
		case 7:
			c.packed = t.integer(typ)
		case 9:
			c.data = t.integer(typ)
		case 11:
			c.dictionary = t.integer(typ)
		default:
			t.skip(5, typ)
		}
	})
}

// locate sets the start of a row group, within the file and not before that of
// the row group in front of it.
func (f *File) locate(group int) error {
	g := &f.Groups[group]
	g.Start = f.end
	err := f.chunks(group, func(_ int, c *chunk) { g.Start = min(g.Start, max(c.start(), 0)) })
	if group > 0 {
		g.Start = max(g.Start, f.Groups[group-1].Start)
	}
	return err
}
