package shard

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deep objects and arrays of a record may nest.
const maxDepth = 64

// rowChecker checks that every line is a JSON object with the keys of the first
// one, in the same order and with the same kinds of value, in nested objects
// too. A null goes with every kind but object. Loaders take their columns from
// the first rows and fail on, or drop, what does not fit.
type rowChecker struct {
	idKey, textKey string // "" for none

	shape []shapeField // of the first row, in document order
	known bool

	// Of the last line.
	id         string
	hasID      bool
	codePoints int64 // of the text

	b   []byte
	i   int // place in b
	pos int // place in shape
}

type shapeField struct {
	depth int
	name  string
	kind  byte
}

// Kinds of JSON value: the first byte, digits and minus as one.
const (
	kindObject = '{'
	kindArray  = '['
	kindString = '"'
	kindNumber = '0'
	kindBool   = 't'
	kindNull   = 'n'
)

var kindNames = map[byte]string{
	kindObject: "an object", kindArray: "an array", kindString: "a string",
	kindNumber: "a number", kindBool: "a boolean", kindNull: "null",
}

// check returns the first thing that is wrong with line.
func (c *rowChecker) check(line []byte) error {
	c.b, c.i, c.pos = line, 0, 0
	c.id, c.hasID, c.codePoints = "", false, 0
	c.space()
	if c.i == len(line) || line[c.i] != '{' {
		return errors.New("no JSON object")
	}
	if err := c.object(0, true); err != nil {
		return err
	}
	c.space()
	if c.i < len(line) {
		return c.bad("data behind the object")
	}
	if c.known && c.pos < len(c.shape) {
		return fmt.Errorf("key %q of the first row is missing", c.shape[c.pos].name)
	}
	c.known = true
	if c.idKey != "" && !c.hasID {
		return fmt.Errorf("no id: key %q is missing or no string", c.idKey)
	}
	return nil
}

func (c *rowChecker) bad(what string) error { return fmt.Errorf("byte %d: %s", c.i, what) }

func (c *rowChecker) space() {
	for c.i < len(c.b) && (c.b[c.i] == ' ' || c.b[c.i] == '\t' || c.b[c.i] == '\r') {
		c.i++
	}
}

// object reads the object at c.i. Its keys belong to the shape if shaped.
func (c *rowChecker) object(depth int, shaped bool) error {
	if depth == maxDepth {
		return c.bad("nested too deep")
	}
	c.i++
	for n := 0; ; n++ {
		if done, err := c.next('}', n); done || err != nil {
			return err
		}
		if c.i == len(c.b) || c.b[c.i] != '"' {
			return c.bad("key expected")
		}
		start := c.i
		if _, err := c.str(); err != nil {
			return err
		}
		name := c.b[start+1 : c.i-1]
		c.space()
		if c.i == len(c.b) || c.b[c.i] != ':' {
			return c.bad("':' expected")
		}
		c.i++
		if err := c.value(depth, shaped, name); err != nil {
			return err
		}
	}
}

func (c *rowChecker) array(depth int) error {
	if depth == maxDepth {
		return c.bad("nested too deep")
	}
	c.i++
	for n := 0; ; n++ {
		if done, err := c.next(']', n); done || err != nil {
			return err
		}
		if err := c.value(depth, false, nil); err != nil {
			return err
		}
	}
}

// next moves to element n of an object or array, or behind its end.
func (c *rowChecker) next(end byte, n int) (done bool, err error) {
	c.space()
	if c.i == len(c.b) {
		return false, c.bad("object or array is cut off")
	}
	if c.b[c.i] == end {
		c.i++
		return true, nil
	}
	if n > 0 {
		if c.b[c.i] != ',' {
			return false, c.bad("',' expected")
		}
		c.i++
		c.space()
	}
	return false, nil
}

// value reads the value at c.i inside an object or array at depth.
func (c *rowChecker) value(depth int, shaped bool, name []byte) error {
	c.space()
	if c.i == len(c.b) {
		return c.bad("value is missing")
	}
	kind := c.b[c.i]
	switch {
	case kind == '-' || kind >= '0' && kind <= '9':
		kind = kindNumber
	case kind == 'f':
		kind = kindBool
	}
	if shaped {
		if err := c.field(depth, name, kind); err != nil {
			return err
		}
	}
	switch kind {
	case kindObject:
		return c.object(depth+1, shaped)
	case kindArray:
		return c.array(depth + 1)
	case kindString:
		start := c.i
		runes, err := c.str()
		if err != nil || !shaped || depth > 0 {
			return err
		}
		return c.keep(name, c.b[start:c.i], runes)
	case kindNumber:
		return c.number()
	case kindBool:
		if c.b[c.i] == 'f' {
			return c.word("false")
		}
		return c.word("true")
	case kindNull:
		return c.word("null")
	}
	return c.bad("no JSON value")
}

// keep takes the id and the length of the text from a string of the record.
func (c *rowChecker) keep(name, quoted []byte, runes int) error {
	switch {
	case c.idKey != "" && string(name) == c.idKey:
		c.hasID = true
		if bytes.IndexByte(quoted, '\\') < 0 {
			c.id = string(quoted[1 : len(quoted)-1])
			return nil
		}
		return json.Unmarshal(quoted, &c.id)
	case c.textKey != "" && string(name) == c.textKey:
		c.codePoints = int64(runes)
	}
	return nil
}

// field compares the next key with the first row's.
func (c *rowChecker) field(depth int, name []byte, kind byte) error {
	if kindNames[kind] == "" {
		return c.bad("no JSON value")
	}
	if !c.known {
		for k := len(c.shape) - 1; k >= 0 && c.shape[k].depth >= depth; k-- {
			if f := &c.shape[k]; f.depth == depth && f.name == string(name) {
				return fmt.Errorf("key %q occurs twice", name)
			}
		}
		c.shape = append(c.shape, shapeField{depth, string(name), kind})
		return nil
	}
	if c.pos == len(c.shape) {
		return fmt.Errorf("key %q is not in the first row", name)
	}
	f := &c.shape[c.pos]
	c.pos++
	if f.name == string(name) && f.depth != depth {
		return fmt.Errorf("key %q at depth %d, in the first row at %d", name, depth, f.depth)
	}
	if f.name != string(name) {
		return fmt.Errorf("key %q where the first row has %q", name, f.name)
	}
	if f.kind == kind || kind == kindNull && f.kind != kindObject {
		return nil
	}
	if f.kind == kindNull && kind != kindObject {
		f.kind = kind
		return nil
	}
	return fmt.Errorf("key %q is %s, in earlier rows %s", name, kindNames[kind], kindNames[f.kind])
}

func (c *rowChecker) word(w string) error {
	if len(c.b)-c.i < len(w) || string(c.b[c.i:c.i+len(w)]) != w {
		return c.bad("no JSON value")
	}
	c.i += len(w)
	return nil
}

// number reads a number in JSON's grammar.
func (c *rowChecker) number() error {
	if c.b[c.i] == '-' {
		c.i++
	}
	zero := c.i < len(c.b) && c.b[c.i] == '0'
	if n := c.digits(); n == 0 || zero && n > 1 {
		return c.bad("bad number")
	}
	if c.i < len(c.b) && c.b[c.i] == '.' {
		c.i++
		if c.digits() == 0 {
			return c.bad("bad number")
		}
	}
	if c.i < len(c.b) && c.b[c.i]|0x20 == 'e' {
		c.i++
		if c.i < len(c.b) && (c.b[c.i] == '+' || c.b[c.i] == '-') {
			c.i++
		}
		if c.digits() == 0 {
			return c.bad("bad number")
		}
	}
	return nil
}

func (c *rowChecker) digits() int {
	start := c.i
	for c.i < len(c.b) && c.b[c.i] >= '0' && c.b[c.i] <= '9' {
		c.i++
	}
	return c.i - start
}

// str reads the string at c.i and returns its number of code points. Invalid
// UTF-8, raw control characters and escapes of half a surrogate pair are errors.
func (c *rowChecker) str() (runes int, err error) {
	start := c.i + 1
	for c.i = start; c.i < len(c.b); c.i++ {
		switch ch := c.b[c.i]; {
		case ch == '"':
			s := c.b[start:c.i]
			if !utf8.Valid(s) {
				return 0, c.bad("string is no valid UTF-8")
			}
			c.i++
			return runes, nil
		case ch == '\\':
			n, err := c.escape()
			if err != nil {
				return 0, err
			}
			runes++
			c.i += n - 1
		case ch < 0x20:
			return 0, c.bad("control character in a string")
		case ch < 0x80 || ch >= 0xC0: // no continuation byte
			runes++
		}
	}
	return 0, c.bad("string is cut off")
}

// escape returns the length of the escape at c.i.
func (c *rowChecker) escape() (int, error) {
	if c.i+1 < len(c.b) {
		switch c.b[c.i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			return 2, nil
		case 'u':
			r, ok := c.hex4(c.i + 2)
			if ok && r&0xF800 != 0xD800 {
				return 6, nil
			}
			low, okLow := c.hex4(c.i + 8)
			if ok && okLow && r < 0xDC00 && low&0xFC00 == 0xDC00 && c.b[c.i+6] == '\\' && c.b[c.i+7] == 'u' {
				return 12, nil
			}
		}
	}
	return 0, c.bad("bad escape")
}

func (c *rowChecker) hex4(i int) (v int, ok bool) {
	if i+4 > len(c.b) {
		return 0, false
	}
	for _, ch := range c.b[i : i+4] {
		switch {
		case ch >= '0' && ch <= '9':
			v = v<<4 | int(ch-'0')
		case ch|0x20 >= 'a' && ch|0x20 <= 'f':
			v = v<<4 | int(ch|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}
