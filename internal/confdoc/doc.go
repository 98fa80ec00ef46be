// Package confdoc turns the tags of a config struct into its documentation and
// its range check, so that a key, its meaning, its unit and its bounds are
// written once, beside the field.
//
// Tags of a field:
//
//	yaml:"max_fraction"   key in the file; ",inline" merges a struct into its parent
//	doc:"drop when …"     one sentence, required
//	unit:"code points"    unit of the number
//	range:"0..1"          allowed values, both ends included; an end may be missing:
//	                      "1..", "..10"; for strings a list: "keep|drop"
//	max:"signal"          the field is an upper limit of the named signal
//	min:"signal"          the field is a lower limit of the named signal
//
// Start with [Fields], which describes a struct filled with its defaults, then
// [Check], which compares a decoded struct with the ranges, and [AppendTable],
// which renders the reference table. Reflection runs when a config is loaded and
// nowhere else. The package knows nothing of YAML files: line numbers come from
// the caller.
package confdoc
