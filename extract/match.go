package extract

import "slices"

// word is one entry of a matcher: the bits it sets, and whether it must begin or
// end at a word boundary (ASCII letters, digits and underscore are word bytes).
type word struct {
	text       string
	bits       uint64
	begin, end bool
}

// matcher finds all words of a list in one pass over the bytes (Aho and Corasick
// 1975, all failure links resolved into one transition table). ASCII letters
// match in both cases. It is read-only after newMatcher.
type matcher struct {
	class  [256]uint8 // byte to column; 0 = in no word
	ncol   int
	next   []uint16 // state*ncol + column
	direct []uint64 // bits of words ending here that need no boundary
	check  [][]word // words ending here that need one
	all    uint64
}

func newMatcher(words []word) *matcher {
	m := &matcher{}
	col := uint8(0)
	for _, w := range words {
		for i := range len(w.text) {
			c := lowerByte(w.text[i])
			if m.class[c] == 0 {
				col++
				m.class[c] = col
				if c >= 'a' && c <= 'z' {
					m.class[c-'a'+'A'] = col
				}
			}
		}
		m.all |= w.bits
	}
	m.ncol = int(col) + 1
	add := func() uint16 {
		m.next = append(m.next, make([]uint16, m.ncol)...)
		m.direct = append(m.direct, 0)
		m.check = append(m.check, nil)
		return uint16(len(m.direct) - 1)
	}
	add()
	for _, w := range words {
		s := uint16(0)
		for i := range len(w.text) {
			at := int(s)*m.ncol + int(m.class[lowerByte(w.text[i])])
			if m.next[at] == 0 {
				t := add() // may move m.next
				m.next[at] = t
			}
			s = m.next[at]
		}
		if w.begin || w.end {
			m.check[s] = append(m.check[s], w)
		} else {
			m.direct[s] |= w.bits
		}
	}
	m.link()
	return m
}

// link resolves the failure links breadth first.
func (m *matcher) link() {
	fail := make([]uint16, len(m.direct))
	var queue []uint16
	for c := 1; c < m.ncol; c++ {
		if s := m.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		f := fail[s]
		m.direct[s] |= m.direct[f]
		m.check[s] = slices.Concat(m.check[s], m.check[f])
		for c := 1; c < m.ncol; c++ {
			at := int(s)*m.ncol + c
			if t := m.next[at]; t != 0 {
				fail[t] = m.next[int(f)*m.ncol+c]
				queue = append(queue, t)
			} else {
				m.next[at] = m.next[int(f)*m.ncol+c]
			}
		}
	}
}

// find returns the bits of all words that occur in s.
func (m *matcher) find(s []byte) uint64 {
	var bits uint64
	state := 0
	for i, c := range s {
		k := m.class[c]
		if k == 0 {
			state = 0
			continue
		}
		state = int(m.next[state*m.ncol+int(k)])
		bits |= m.direct[state]
		for _, w := range m.check[state] {
			if w.begin && !atBoundary(s, i+1-len(w.text)) || w.end && !atBoundary(s, i+1) {
				continue
			}
			bits |= w.bits
		}
	}
	return bits
}

// atBoundary reports whether a word begins or ends at s[i:].
func atBoundary(s []byte, i int) bool {
	before := i > 0 && isWordByte(s[i-1])
	after := i < len(s) && isWordByte(s[i])
	return before != after
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
