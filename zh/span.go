package zh

// Span is the half-open byte range [Start, End) of a text. It has the shape of
// corpus.Span, so that one converts to the other.
type Span struct{ Start, End int32 }
