package confdoc

import (
	"fmt"
	"math"
	"reflect"
	"strings"
)

// AppendTable appends a Markdown table with one row per field: key, type,
// default, unit, allowed range, the signal it bounds, and the sentence about it.
// Without fields it appends nothing.
func AppendTable(dst []byte, fields []Field) []byte {
	if len(fields) == 0 {
		return dst
	}
	dst = append(dst, "| key | type | default | unit | range | bounds | meaning |\n|---|---|---|---|---|---|---|\n"...)
	for _, f := range fields {
		bounds := ""
		switch {
		case f.Max != "":
			bounds = "`" + f.Max + "` from above"
		case f.Min != "":
			bounds = "`" + f.Min + "` from below"
		}
		for i, cell := range []string{"`" + f.Key + "`", f.Type, defaultText(f.Default), f.Unit, f.Range, bounds, f.Doc} {
			if i == 0 {
				dst = append(dst, '|')
			}
			dst = append(dst, ' ')
			dst = append(dst, cellText.Replace(cell)...)
			dst = append(dst, " |"...)
		}
		dst = append(dst, '\n')
	}
	return dst
}

var cellText = strings.NewReplacer("|", `\|`, "\r", " ", "\n", " ")

// defaultText prints a default as it would stand in the file; empty lists, maps,
// blocks and texts print as nothing.
func defaultText(v any) string {
	if v == nil {
		return ""
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Float32, reflect.Float64:
		switch {
		case math.IsInf(rv.Float(), 1):
			return ".inf"
		case math.IsInf(rv.Float(), -1):
			return "-.inf"
		}
	case reflect.String:
		return rv.String()
	case reflect.Bool:
		if rv.Bool() {
			return "true"
		}
		return "false"
	case reflect.Slice, reflect.Map:
		if rv.Len() == 0 {
			return ""
		}
		if rv.Kind() == reflect.Slice {
			items := make([]string, rv.Len())
			for i := range items {
				items[i] = defaultText(rv.Index(i).Interface())
			}
			return "[" + strings.Join(items, ", ") + "]"
		}
	case reflect.Struct:
		if _, ok := v.(fmt.Stringer); !ok {
			return ""
		}
	}
	return fmt.Sprint(v) // fmt prints maps in key order
}
