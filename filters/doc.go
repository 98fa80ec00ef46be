// Package filters measures documents, and decides by limits over what was
// measured.
//
// Every rule is one file: a config struct, a [Spec] and a [Filter] that sets the
// signals its spec declares. [Table] lists all of them. A filter never decides:
// its config has fields that name the signal they bound (tags max and min of
// package confdoc), and [Decide] compares stored numbers with those [Limit]s, so
// that a limit can be changed without reading any text again.
//
//	set, err := filters.Build(blocks)     // the filters: section of a config
//	m := set.NewMeasurer()                // one per worker
//	m.Measure(doc)                        // sets doc.Signals
//	first := filters.Decide(set.Limits(), func(i int) float64 { return doc.Signals[i] }, nil)
//
// The other extension point is [LineRule]: it cuts furniture out of lines before
// anything is measured, see [LineCutter].
//
// To add a filter write filters/NAME.go in the shape of line_repetition.go, add
// its line to table.go, and test it just below, at and above its limit, on empty
// text, on invalid UTF-8 and on a good page that looks bad. Signals that need
// words expect them from package zh (doc.SetWords); without words they are NaN,
// which means not measured and breaks no limit.
package filters
