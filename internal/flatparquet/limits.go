package flatparquet

import "fmt"

// Limits bounds what a file may cost.
type Limits struct {
	FooterBytes int64 // of the footer, which is held in memory
	Elements    int   // of the schema
	Depth       int   // of the schema
	PageBytes   int64 // of a page or dictionary with its header, packed and unpacked
	ValueBytes  int64 // of a value that is put together from others
	Ratio       int64 // of unpacked to packed bytes of a page, beyond RatioFree
	RatioFree   int64 // unpacked bytes for which no ratio is checked
}

// DefaultLimits returns limits that files of common writers keep.
func DefaultLimits() Limits {
	return Limits{
		FooterBytes: 256 << 20, Elements: 10_000, Depth: 64, PageBytes: 256 << 20, ValueBytes: 64 << 20,
		Ratio: 2000, RatioFree: 16 << 20,
	}
}

// Limit names a limit.
type Limit int

// The limits that a [LimitError] names.
const (
	LimitFooter Limit = iota
	LimitSchema       // its elements or its depth
	LimitPage
	LimitValue
	LimitRatio
)

// LimitError says that a file is over a limit. All other errors are damage, or a
// failure to read.
type LimitError struct {
	Limit Limit
	text  string
}

// Error says what is over the limit.
func (e *LimitError) Error() string { return e.text }

func over(l Limit, format string, args ...any) error {
	return &LimitError{l, fmt.Sprintf(format, args...)}
}
