package flatparquet

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Types of the compact protocol.
const (
	typeTrue   = 1
	typeFalse  = 2
	typeByte   = 3
	typeI16    = 4
	typeI32    = 5
	typeI64    = 6
	typeDouble = 7
	typeBinary = 8
	typeList   = 9
	typeSet    = 10
	typeMap    = 11
	typeStruct = 12
)

// maxThriftDepth bounds structs and lists within each other. The format nests
// seven deep.
const maxThriftDepth = 32

// errShort says that the bytes end within a value.
var errShort = errors.New("cut off")

// thrift walks over a struct in the compact protocol. After the first error,
// which it keeps, it returns zeros.
type thrift struct {
	b   []byte
	at  int
	err error
}

func (t *thrift) fail(err error) {
	if t.err == nil {
		t.err = err
	}
	t.at = len(t.b)
}

func (t *thrift) byte() byte {
	if t.at >= len(t.b) {
		t.fail(errShort)
		return 0
	}
	t.at++
	return t.b[t.at-1]
}

func (t *thrift) uvarint() uint64 {
	v, n := binary.Uvarint(t.b[t.at:])
	if n <= 0 {
		if n < 0 {
			t.fail(errors.New("a number of more than 64 bits"))
		}
		t.fail(errShort)
		return 0
	}
	t.at += n
	return v
}

func (t *thrift) int64() int64 {
	v := t.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (t *thrift) int32() int32 {
	v := t.int64()
	if v != int64(int32(v)) {
		t.fail(fmt.Errorf("the number %d in place of one of 32 bits", v))
		return 0
	}
	return int32(v)
}

// bytes returns a binary value: memory of the input.
func (t *thrift) bytes() []byte {
	n := t.uvarint()
	if n > uint64(len(t.b)-t.at) {
		t.fail(errShort)
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

// list begins a list. Each element has at least one byte, so a count that is
// larger than what is left is an error.
func (t *thrift) list() (typ byte, n int) {
	h := t.byte()
	size := uint64(h >> 4)
	if size == 15 {
		size = t.uvarint()
	}
	if size > uint64(len(t.b)-t.at) {
		if t.err == nil {
			t.fail(&countError{size, len(t.b) - t.at})
		}
		return 0, 0
	}
	return h & 15, int(size)
}

// countError is a list that is longer than its bytes.
type countError struct {
	n    uint64
	left int
}

func (e *countError) Error() string {
	return fmt.Sprintf("a list of %d elements in %d bytes", e.n, e.left)
}

// fields calls f for each field of a struct. f must read the value or skip it.
func (t *thrift) fields(depth int, f func(id int16, typ byte)) {
	if depth > maxThriftDepth {
		t.fail(fmt.Errorf("more than %d levels of structs and lists", maxThriftDepth))
	}
	id := int16(0)
	for t.err == nil {
		h := t.byte()
		if h == 0 || t.err != nil {
			return
		}
		if d := int16(h >> 4); d > 0 {
			id += d
		} else {
			id = int16(t.int64())
		}
		f(id, h&15)
	}
}

// skip passes over a value.
func (t *thrift) skip(depth int, typ byte) {
	if depth > maxThriftDepth {
		t.fail(fmt.Errorf("more than %d levels of structs and lists", maxThriftDepth))
		return
	}
	switch typ {
	case typeTrue, typeFalse: // in a field the type is the value
	case typeByte:
		t.byte()
	case typeI16, typeI32, typeI64:
		t.uvarint()
	case typeDouble:
		if len(t.b)-t.at < 8 {
			t.fail(errShort)
			return
		}
		t.at += 8
	case typeBinary:
		t.bytes()
	case typeList, typeSet:
		elem, n := t.list()
		for i := 0; i < n && t.err == nil; i++ {
			t.skipElement(depth+1, elem)
		}
	case typeMap:
		n := t.uvarint()
		if n > uint64(len(t.b)-t.at) {
			if t.err == nil {
				t.fail(&countError{n, len(t.b) - t.at})
			}
			return
		}
		if n > 0 {
			kv := t.byte()
			for i := uint64(0); i < n && t.err == nil; i++ {
				t.skipElement(depth+1, kv>>4)
				t.skipElement(depth+1, kv&15)
			}
		}
	case typeStruct:
		t.fields(depth+1, func(_ int16, typ byte) { t.skip(depth+1, typ) })
	default:
		t.fail(fmt.Errorf("a value of the unknown type %d", typ))
	}
}

// skipElement passes over an element of a list, where a bool has a byte.
func (t *thrift) skipElement(depth int, typ byte) {
	if typ == typeTrue || typ == typeFalse {
		t.byte()
		return
	}
	t.skip(depth, typ)
}

// integer reads a field that is a number; it skips one that is none.
func (t *thrift) integer(typ byte) int64 {
	switch typ {
	case typeI16, typeI32, typeI64:
		return t.int64()
	}
	t.skip(0, typ)
	return 0
}

// small reads a field that is a number of 32 bits.
func (t *thrift) small(typ byte) int32 {
	switch typ {
	case typeI16, typeI32, typeI64:
		return t.int32()
	}
	t.skip(0, typ)
	return 0
}
