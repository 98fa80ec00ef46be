package filters

import (
	"strings"
	"testing"
)

// Words of few different bytes, of every length, have hashes of their own.
func TestHashWord_differ(t *testing.T) {
	seen := map[uint64]string{}
	add := func(w string) {
		h := hashWord(w)
		if x, ok := seen[h]; ok && x != w {
			t.Errorf("%q and %q have one hash", x, w)
		}
		seen[h] = w
	}
	for n := range 20 {
		for _, fill := range []string{"0", "1", "a"} {
			for _, end := range []string{"", "0", "1", "2", "3", "a", "b"} {
				add(strings.Repeat(fill, n) + end)
				add(end + strings.Repeat(fill, n))
			}
		}
	}
	for n := range 120000 {
		add(strings.TrimLeft(string([]byte{byte('0' + n/100000), byte('0' + n/10000%10), byte('0' + n/1000%10), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)}), "0"))
	}
}
