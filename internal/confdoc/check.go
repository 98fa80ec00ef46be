package confdoc

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Check compares every field of v, a struct or a pointer to one, with its range
// and returns one error per violation in the order of the fields:
//
//	line 12: dedup.similarity: 1.5 is out of range 0..1
//
// where, which may be nil, returns what stands before a key, such as "line 12";
// keys of list elements have their number from 0, "input.2.path". A number that is NaN
// is out of every range. Maps are walked in the order of their keys.
func Check(v any, where func(key string) string) []error {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	if rv.Kind() != reflect.Struct {
		return []error{fmt.Errorf("%T is no struct", v)}
	}
	c := checker{where: where}
	c.checkStruct(rv, "", 0)
	return c.errs
}

type checker struct {
	where func(key string) string
	errs  []error
}

func (c *checker) add(key string, err error) {
	if c.where != nil {
		if at := c.where(key); at != "" {
			c.errs = append(c.errs, fmt.Errorf("%s: %s: %w", at, key, err))
			return
		}
	}
	c.errs = append(c.errs, fmt.Errorf("%s: %w", key, err))
}

func (c *checker) checkStruct(v reflect.Value, prefix string, depth int) {
	if depth > maxDepth {
		return
	}
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		key, inline, ok, err := keyOf(sf)
		if err != nil || !ok {
			continue // Fields reports it
		}
		if inline {
			if fv := indirect(v.Field(i)); fv.Kind() == reflect.Struct {
				c.checkStruct(fv, prefix, depth+1)
			}
			continue
		}
		c.checkValue(v.Field(i), prefix+key, sf.Tag.Get("range"), depth)
	}
}

func indirect(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	return v
}

func (c *checker) checkValue(v reflect.Value, key, rng string, depth int) {
	v = indirect(v)
	t := v.Type()
	if isLeaf(t) || t.Kind() == reflect.Pointer {
		if rng != "" && t.Kind() != reflect.Pointer {
			if err := inRange(v, rng); err != nil {
				c.add(key, err)
			}
		}
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		c.checkStruct(v, key+".", depth+1)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			c.checkValue(v.Index(i), key+"."+strconv.Itoa(i), rng, depth+1)
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int {
			return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
		})
		for _, k := range keys {
			c.checkValue(v.MapIndex(k), key+"."+fmt.Sprint(k), rng, depth+1)
		}
	default:
		if rng == "" {
			return
		}
		if err := inRange(v, rng); err != nil {
			c.add(key, err)
		}
	}
}

// checkRange reports whether the range of a tag can be compared with values of
// type t; of lists and maps the elements are compared.
func checkRange(t reflect.Type, rng string) error {
	for !isLeaf(t) && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer) {
		t = t.Elem()
	}
	if t.Kind() == reflect.String && !isLeaf(t) {
		if !strings.Contains(rng, "|") {
			return fmt.Errorf("range %q of a text is a list a|b|c", rng)
		}
		return nil
	}
	err := inRange(reflect.Zero(t), rng)
	if errors.Is(err, errRangeTag) {
		return err
	}
	return nil
}

var errRangeTag = errors.New("range tag is neither a..b nor a|b|c")

// inRange returns an error when v is outside rng.
func inRange(v reflect.Value, rng string) error {
	if v.Kind() == reflect.String && strings.Contains(rng, "|") {
		if slices.Contains(strings.Split(rng, "|"), v.String()) {
			return nil
		}
		return fmt.Errorf("%q is none of %s", v.String(), rng)
	}
	lo, hi, ok := strings.Cut(rng, "..")
	if !ok {
		return fmt.Errorf("%w: %q", errRangeTag, rng)
	}
	x, err := number(v)
	if err != nil {
		return err
	}
	low, err := bound(v.Type(), lo, math.Inf(-1))
	if err != nil {
		return err
	}
	high, err := bound(v.Type(), hi, math.Inf(1))
	if err != nil {
		return err
	}
	if !(x >= low && x <= high) { // NaN fails
		return fmt.Errorf("%v is out of range %s", v.Interface(), rng)
	}
	return nil
}

func number(v reflect.Value) (float64, error) {
	switch {
	case v.CanInt():
		return float64(v.Int()), nil
	case v.CanUint():
		return float64(v.Uint()), nil
	case v.CanFloat():
		return v.Float(), nil
	}
	return 0, fmt.Errorf("%w: a %s has no range", errRangeTag, v.Type())
}

// bound parses one end of a range as a value of type t would be read: durations
// as 1s, types that read their own text through that.
func bound(t reflect.Type, s string, missing float64) (float64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return missing, nil
	}
	if t == durationType {
		d, err := time.ParseDuration(s)
		if err != nil {
			return 0, fmt.Errorf("%w: %q", errRangeTag, s)
		}
		return float64(d), nil
	}
	if p := reflect.New(t); p.Type().Implements(textUnmarshaler) {
		if err := p.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
			return 0, fmt.Errorf("%w: %q: %w", errRangeTag, s, err)
		}
		return number(p.Elem())
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %q", errRangeTag, s)
	}
	return f, nil
}
