package filters

import "github.com/qingliu/qingliu/corpus"

// AppendJSON appends the values of signals as a JSON object in their order; what was
// not measured is null.
func AppendJSON(dst []byte, signals []Signal, values []float64) []byte {
	for i, s := range signals {
		if i == 0 {
			dst = append(dst, '{', '"')
		} else {
			dst = append(dst, ',', '"')
		}
		dst = append(dst, s.Name...)
		dst = append(dst, '"', ':')
		dst = corpus.AppendJSONFloat(dst, values[i], s.Decimals)
	}
	return append(dst, '}')
}
