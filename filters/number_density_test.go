package filters

import (
	"math"
	"testing"
)

func TestNumberDensity(t *testing.T) {
	checkRows(t, "number_density", "{}", "numbers_per_unit", []row{
		{"at the limit", "天地12", 0.5, true},
		{"just above", "天 1 地 2 人 3 山水", 0.6, false},
		{"a run of letters is one unit", "abc 12 天", 0.5, true},
		{"full width", "天地１２", 0.5, true},
		{"numbers alone", "12 34", math.NaN(), true},
		{"verse stays", versePage, 0, true},
		{"source code stays", codePage, 0.0141, true},
	})
	checkRows(t, "number_density", "{max_numbers: .inf}", "newlines_per_unit", []row{
		{"at the limit", "天地\n人山", 0.25, true},
		{"just above", "天地\n人", 0.3333, false},
		{"blank lines do not count", "天地\n\n\n人山", 0.25, true},
	})
}
