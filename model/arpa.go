package model

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// lmWord returns how a token is written in an ARPA file.
func (m *LM) lmWord(id uint32) string {
	switch id {
	case lmUnknown:
		return "<unk>"
	case lmBegin:
		return "<s>"
	case lmEnd:
		return "</s>"
	}
	return string(m.runes[id-lmFirst])
}

// WriteARPA writes the model as an ARPA file. Reading it gives the same scores.
func (m *LM) WriteARPA(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<20)
	b.WriteString("\\data\\\n")
	for n := range m.order {
		fmt.Fprintf(b, "ngram %d=%d\n", n+1, len(m.grams[n]))
	}
	var line []byte
	for n := range m.order {
		fmt.Fprintf(b, "\n\\%d-grams:\n", n+1)
		for i := range m.grams[n] {
			g := &m.grams[n][i]
			line = append(strconv.AppendFloat(line[:0], float64(g.p), 'g', -1, 32), '\t')
			for k := range n + 1 {
				if k > 0 {
					line = append(line, ' ')
				}
				line = append(line, m.lmWord(g.tokens[k])...)
			}
			if g.back != 0 {
				line = append(line, '\t')
				line = strconv.AppendFloat(line, float64(g.back), 'g', -1, 32)
			}
			b.Write(append(line, '\n'))
		}
	}
	b.WriteString("\n\\end\\\n")
	return b.Flush() // reports the first error of all writes
}

// ReadARPA reads an ARPA file whose words are single code points, as WriteARPA, SRILM
// and KenLM write them. The error names the line.
func ReadARPA(r io.Reader) (*LM, error) {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), 64<<10)
	m := &LM{ids: map[rune]uint32{}}
	line, n, total := 0, 0, 0 // n: length of the n-grams of this section
	head := arpaHead{}
	fail := func(format string, args ...any) (*LM, error) {
		return nil, fmt.Errorf("line %d: %w", line, fmt.Errorf(format, args...))
	}
	ended := false
	for s.Scan() && !ended {
		line++
		text := strings.TrimRight(s.Text(), " \r")
		switch {
		case text == "" || text == "\\data\\":
			continue
		case n == 0 && strings.HasPrefix(text, "ngram "):
			if err := head.add(text); err != nil {
				return fail("%w", err)
			}
			continue
		case text == "\\end\\":
			ended = true
			continue
		case strings.HasPrefix(text, "\\") && strings.HasSuffix(text, "-grams:"):
			if k, err := strconv.Atoi(text[1 : len(text)-len("-grams:")]); err != nil || k != n+1 || k > MaxOrder {
				return fail("%.40q where the n-grams of length %d begin; the longest may have %d", text, n+1, MaxOrder)
			}
			n++
			continue
		case n == 0:
			return fail("%.40q is no part of an ARPA file", text)
		}
		if total++; total > maxLMGrams {
			return fail("more than %d n-grams", maxLMGrams)
		}
		g, err := m.parseGram(text, n)
		if err != nil {
			return fail("%w", err)
		}
		m.grams[n-1] = append(m.grams[n-1], g)
	}
	if err := s.Err(); err != nil {
		return fail("%w", err)
	}
	if !ended {
		return nil, errors.New("the file ends before \\end\\")
	}
	if n == 0 {
		return nil, errors.New("no n-grams")
	}
	m.order = n
	for k, count := range head {
		if k > n || len(m.grams[k-1]) != count {
			return nil, fmt.Errorf("%d n-grams of length %d; the head says %d: lines are missing", len(m.grams[k-1]), k, count)
		}
	}
	for _, g := range m.grams {
		slices.SortFunc(g, func(a, b lmGram) int { return slices.Compare(a.tokens[:], b.tokens[:]) })
	}
	m.complete()
	m.buildIndex()
	return m, nil
}

// arpaHead has the numbers of n-grams that the head of an ARPA file names, by length.
type arpaHead map[int]int

// add takes a line as ngram 2=345.
func (h arpaHead) add(line string) error {
	length, count, ok := strings.Cut(strings.TrimPrefix(line, "ngram "), "=")
	k, err := strconv.Atoi(strings.TrimSpace(length))
	n, err2 := strconv.Atoi(strings.TrimSpace(count))
	if !ok || err != nil || err2 != nil || k < 1 || k > MaxOrder || n < 0 {
		return fmt.Errorf("%.40q does not say how many n-grams of a length from 1 to %d there are", line, MaxOrder)
	}
	h[k] = n
	return nil
}

// parseGram reads a line: probability, words, and maybe a backoff weight.
func (m *LM) parseGram(text string, n int) (g lmGram, err error) {
	f := strings.Fields(text)
	if len(f) != n+1 && len(f) != n+2 {
		return g, fmt.Errorf("%d fields, want a probability, %d words and maybe a weight", len(f), n)
	}
	number := func(s string) float32 {
		v, e := strconv.ParseFloat(s, 32)
		if e != nil || v != v || v < -1e6 || v > 1e6 {
			err = cmp.Or(err, fmt.Errorf("%.40q is no logarithm", s))
		}
		return float32(v)
	}
	g.p = number(f[0])
	if len(f) == n+2 {
		g.back = number(f[n+1])
	}
	for k, w := range f[1 : n+1] {
		switch w {
		case "<unk>", "<UNK>":
			continue
		case "<s>":
			g.tokens[k] = lmBegin
			continue
		case "</s>":
			g.tokens[k] = lmEnd
			continue
		}
		r, size := utf8.DecodeRuneInString(w)
		if size != len(w) || r == utf8.RuneError && size == 1 {
			return g, fmt.Errorf("the word %.40q is not one code point", w)
		}
		id, ok := m.ids[r]
		if !ok {
			if n > 1 {
				return g, fmt.Errorf("the word %q is no 1-gram", w)
			}
			id = uint32(lmFirst + len(m.runes))
			m.ids[r] = id
			m.runes = append(m.runes, r)
		}
		g.tokens[k] = id
	}
	return g, err
}

// complete adds the n-grams that longer ones begin or end with and that the file does
// not have (SRILM leaves some out when it prunes): with the probability that shorter
// n-grams give them, so that nothing changes but that they are found on the way.
func (m *LM) complete() {
	find := func(t [MaxOrder]uint32, n int) (lmGram, bool) { // of n+1 tokens
		at, ok := slices.BinarySearchFunc(m.grams[n], t, func(g lmGram, t [MaxOrder]uint32) int { return slices.Compare(g.tokens[:], t[:]) })
		if !ok {
			return lmGram{}, false
		}
		return m.grams[n][at], true
	}
	var backedOff func(t [MaxOrder]uint32, n int) float32
	backedOff = func(t [MaxOrder]uint32, n int) float32 {
		if g, ok := find(t, n); ok || n == 0 {
			if !ok {
				return -99
			}
			return g.p
		}
		var context, suffix [MaxOrder]uint32
		copy(context[:], t[:n])
		copy(suffix[:], t[1:n+1])
		c, _ := find(context, n-1)
		return float32(c.back + backedOff(suffix, n-1))
	}
	for n := m.order - 1; n > 1; n-- {
		missing := map[[MaxOrder]uint32]bool{}
		for _, g := range m.grams[n] {
			var prefix, suffix [MaxOrder]uint32
			copy(prefix[:], g.tokens[:n])
			copy(suffix[:], g.tokens[1:n+1])
			for _, t := range [2][MaxOrder]uint32{prefix, suffix} {
				if _, ok := find(t, n-1); !ok {
					missing[t] = true
				}
			}
		}
		var more []lmGram
		for t := range missing {
			more = append(more, lmGram{tokens: t, p: backedOff(t, n-1)})
		}
		if len(more) > 0 {
			m.grams[n-1] = append(m.grams[n-1], more...)
			slices.SortFunc(m.grams[n-1], func(a, b lmGram) int { return slices.Compare(a.tokens[:], b.tokens[:]) })
		}
	}
}
