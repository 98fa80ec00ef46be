package warc

import "strings"

// arena turns bytes into strings that may be kept. Short ones share an
// allocation, so that a record costs a fraction of one. The zero value is
// ready.
type arena struct{ b strings.Builder }

// arenaBytes is what one kept string may keep in memory.
const arenaBytes = 16 << 10

// text returns b as a string.
func (a *arena) text(b []byte) string {
	if len(b) > arenaBytes/4 {
		return string(b)
	}
	if a.b.Cap()-a.b.Len() < len(b) {
		a.b = strings.Builder{}
		a.b.Grow(arenaBytes)
	}
	n := a.b.Len()
	a.b.Write(b)
	return a.b.String()[n:]
}
