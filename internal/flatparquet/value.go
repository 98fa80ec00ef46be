package flatparquet

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"
)

// Value is a value of a column.
type Value struct {
	leaf *Leaf
	null bool
	n    uint64 // bits of a number
	b    []byte // of a ByteArray, FixedLenByteArray or Int96
}

// IsNull reports whether the row has no value.
func (v *Value) IsNull() bool { return v.null }

// Int returns a whole number of 32 or 64 bits, false if the value is none.
func (v *Value) Int() (int64, bool) {
	switch {
	case v.null:
	case v.leaf.Kind == Int32:
		return int64(int32(v.n)), true
	case v.leaf.Kind == Int64:
		return int64(v.n), true
	}
	return 0, false
}

// Number returns an Int32, Int64, Float or Double, false if the value is none.
func (v *Value) Number() (float64, bool) {
	switch {
	case v.null:
	case v.leaf.Kind == Float:
		return float64(math.Float32frombits(uint32(v.n))), true
	case v.leaf.Kind == Double:
		return math.Float64frombits(v.n), true
	}
	n, ok := v.Int()
	return float64(n), ok
}

// Bytes returns the bytes of a ByteArray or FixedLenByteArray, nil for other
// types. They are valid as long as the value.
func (v *Value) Bytes() []byte {
	if v.null || v.leaf.Kind != ByteArray && v.leaf.Kind != FixedLenByteArray {
		return nil
	}
	return v.b
}

// AppendText appends the value as text: bytes as they are, numbers in decimal,
// dates and times as RFC 3339 in UTC, nothing for null.
func (v *Value) AppendText(dst []byte) []byte {
	if v.null {
		return dst
	}
	switch v.leaf.Kind {
	case ByteArray, FixedLenByteArray:
		return append(dst, v.b...)
	case Boolean:
		return strconv.AppendBool(dst, v.n != 0)
	case Float:
		return strconv.AppendFloat(dst, float64(math.Float32frombits(uint32(v.n))), 'g', -1, 32)
	case Double:
		return strconv.AppendFloat(dst, math.Float64frombits(v.n), 'g', -1, 64)
	case Int96:
		// nanoseconds of the day and Julian day, as Hive and Spark wrote times
		const julian1970 = 2440588
		day := int64(binary.LittleEndian.Uint32(v.b[8:])) - julian1970
		return appendTime(dst, time.Unix(day*86400, int64(binary.LittleEndian.Uint64(v.b))))
	}
	n, _ := v.Int()
	switch v.leaf.Unit {
	case Days:
		if v.leaf.Kind == Int32 {
			return appendTime(dst, time.Unix(n*86400, 0))
		}
	case Millis:
		return appendTime(dst, time.UnixMilli(n))
	case Micros:
		return appendTime(dst, time.UnixMicro(n))
	case Nanos:
		return appendTime(dst, time.Unix(0, n))
	}
	return strconv.AppendInt(dst, n, 10)
}

func appendTime(dst []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(dst, time.RFC3339Nano)
}
