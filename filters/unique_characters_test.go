package filters

import (
	"strings"
	"testing"
)

func TestUniqueCharacters(t *testing.T) {
	checkRows(t, "unique_characters", "{min_fraction: 0.5}", "unique_characters", []row{
		{"just above", "一二三三", 0.75, true},
		{"at the limit", "一一 二二", 0.5, true},
		{"just below", "一一一二\n二", 0.4, false},
		{"after a page of others", "甲乙丙", 1, true},
		{"chant", strings.Repeat("哈", 100), 0.01, false},
	})
}
