package corpus

// Verdict is the decision about one document; the zero Verdict keeps it.
type Verdict struct {
	Reason string  // filter and limit, e.g. line_repetition.max_fraction
	Value  float64 // what was measured
	Limit  float64 // what it was compared with
}

// Kept reports whether the verdict keeps the document.
func (v Verdict) Kept() bool { return v.Reason == "" }
