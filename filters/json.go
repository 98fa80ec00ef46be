package filters

import "github.com/qingliu/qingliu/corpus"

// AppendJSON appends the signals of a document, by their index in Signals, as a
// JSON object in that order; what was not measured is null.
func AppendJSON(dst []byte, signals []float64) []byte {
	for i, s := range allSignals {
		if i == 0 {
			dst = append(dst, '{', '"')
		} else {
			dst = append(dst, ',', '"')
		}
		dst = append(dst, s.Name...)
		dst = append(dst, '"', ':')
		dst = corpus.AppendJSONFloat(dst, signals[i], s.Decimals)
	}
	return append(dst, '}')
}
