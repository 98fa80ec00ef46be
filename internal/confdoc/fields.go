package confdoc

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Field describes one key of a config.
type Field struct {
	Key     string // dotted path: "dedup.similarity"; elements of lists "input[].path", of maps "datasets.*.trust"
	Doc     string // one sentence
	Unit    string // "" where the value has none
	Range   string // as in the tag, "" where every value of the type is allowed
	Type    string // as a reader of YAML thinks of it: number, integer, text, yes/no, list of text, …
	Default any    // the value in the struct given to Fields; nil for keys inside lists and maps
	Max     string // signal that the field bounds from above, "" if none
	Min     string // signal that the field bounds from below, "" if none

	index []int
}

// Bounds reports whether the field is a limit of a signal.
func (f Field) Bounds() bool { return f.Max != "" || f.Min != "" }

// Of returns the value of the field in v, a struct of the type that was given to
// Fields or a pointer to one. It is nil for keys inside lists and maps, and for
// keys behind a nil pointer.
func (f Field) Of(v any) any {
	rv := reflect.Indirect(reflect.ValueOf(v))
	if f.index == nil || rv.Kind() != reflect.Struct {
		return nil
	}
	fv, err := rv.FieldByIndexErr(f.index)
	if err != nil {
		return nil
	}
	return fv.Interface()
}

// maxDepth bounds the nesting of config types; a type that contains itself is a
// mistake of the programmer.
const maxDepth = 16

// Fields describes the keys of a struct, or of a pointer to one, in the order of
// its fields. Nested structs are flattened with dotted keys. It is an error when
// an exported field lacks its yaml or doc tag, when a range does not parse, or
// when two fields have one key. A field tagged yaml:"-" is no part of the config.
func Fields(defaults any) ([]Field, error) {
	rv := reflect.ValueOf(defaults)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	if rv.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%T is no struct", defaults)
	}
	fields, err := appendFields(nil, rv.Type(), rv, "", []int{}, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", rv.Type(), err)
	}
	seen := make(map[string]bool, len(fields))
	for _, f := range fields {
		if seen[f.Key] {
			return nil, fmt.Errorf("%s: two fields have the key %s", rv.Type(), f.Key)
		}
		seen[f.Key] = true
	}
	return fields, nil
}

// appendFields walks one struct type. v is its value, invalid inside lists and
// maps, where index is nil, too.
func appendFields(dst []Field, t reflect.Type, v reflect.Value, prefix string, index []int, depth int) ([]Field, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%snested deeper than %d", prefix, maxDepth)
	}
	for i := range t.NumField() {
		sf := t.Field(i)
		key, inline, ok, err := keyOf(sf)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		at := fieldIndex(index, i)
		var fv reflect.Value
		if v.IsValid() {
			fv = v.Field(i)
		}
		ft := sf.Type
		for ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
			if fv.IsValid() {
				fv = fv.Elem() // invalid when nil
			}
		}
		if inline {
			if dst, err = appendFields(dst, ft, fv, prefix, at, depth+1); err != nil {
				return nil, err
			}
			continue
		}
		f := Field{
			Key: prefix + key, Doc: sf.Tag.Get("doc"), Unit: sf.Tag.Get("unit"), Range: sf.Tag.Get("range"),
			Max: sf.Tag.Get("max"), Min: sf.Tag.Get("min"), Type: typeName(ft), index: at,
		}
		if f.Doc == "" {
			return nil, fmt.Errorf("field %s has no doc tag", sf.Name)
		}
		if f.Max != "" && f.Min != "" {
			return nil, fmt.Errorf("field %s has both max and min", sf.Name)
		}
		if f.Bounds() && !isNumber(ft) {
			return nil, fmt.Errorf("field %s bounds a signal and is no number", sf.Name)
		}
		if f.Range != "" {
			if err := checkRange(ft, f.Range); err != nil {
				return nil, fmt.Errorf("field %s: %w", sf.Name, err)
			}
		}
		if fv.IsValid() {
			f.Default = fv.Interface()
		}
		inner, suffix := elemStruct(ft)
		if inner == nil {
			dst = append(dst, f)
			continue
		}
		if suffix != "" { // the list or map has a row of its own
			dst = append(dst, f)
			fv, at = reflect.Value{}, nil
		}
		if dst, err = appendFields(dst, inner, fv, f.Key+suffix+".", at, depth+1); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// fieldIndex returns index with i appended, in memory of its own; nil stays nil.
func fieldIndex(index []int, i int) []int {
	if index == nil {
		return nil
	}
	return append(append(make([]int, 0, len(index)+1), index...), i)
}

// keyOf reads the yaml tag: ok is false for fields that are no part of the config.
func keyOf(sf reflect.StructField) (key string, inline, ok bool, err error) {
	tag, has := sf.Tag.Lookup("yaml")
	if tag == "-" || !sf.IsExported() && !sf.Anonymous {
		return "", false, false, nil
	}
	key, options, _ := strings.Cut(tag, ",")
	if strings.Contains(options, "inline") {
		return "", true, true, nil
	}
	if !has || key == "" {
		return "", false, false, fmt.Errorf("field %s has no yaml tag", sf.Name)
	}
	return key, false, true, nil
}

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	durationType    = reflect.TypeFor[time.Duration]()
)

// isLeaf reports whether values of the type are read as one scalar, or by code of
// their own, so that their fields are no keys.
func isLeaf(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	if p.Implements(textUnmarshaler) {
		return true
	}
	if _, ok := p.MethodByName("UnmarshalYAML"); ok {
		return true
	}
	// A node of a YAML library is a part of the file that is kept for later.
	return t.Kind() == reflect.Struct && t.Name() == "Node" && strings.Contains(t.PkgPath(), "yaml")
}

// elemStruct returns the struct whose fields are keys below a field of type t,
// and what its key needs in between: "" for a struct, "[]" for a list, ".*" for
// a map. It returns nil where there is none.
func elemStruct(t reflect.Type) (reflect.Type, string) {
	if isLeaf(t) {
		return nil, ""
	}
	suffix := ""
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		t, suffix = t.Elem(), "[]"
	case reflect.Map:
		t, suffix = t.Elem(), ".*"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || isLeaf(t) {
		return nil, ""
	}
	return t, suffix
}

func isNumber(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64:
		return true
	}
	return false
}

func typeName(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == durationType:
		return "duration"
	case isLeaf(t) && isNumber(t):
		return "number with unit"
	case isLeaf(t) && t.Kind() == reflect.Struct:
		return "block"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "yes/no"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.String:
		return "text"
	case reflect.Slice, reflect.Array:
		return "list of " + typeName(t.Elem())
	case reflect.Map:
		return "map of " + typeName(t.Elem())
	case reflect.Struct:
		return "block"
	case reflect.Interface:
		return "any"
	}
	if isNumber(t) {
		return "integer"
	}
	return t.Kind().String()
}
