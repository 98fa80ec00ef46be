package zh

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/go-ego/gse"
)

// gse keeps the model of unknown words in a package variable: load it once.
var loadGSEModel = sync.OnceFunc(func() {
	var g gse.Segmenter
	g.LoadModel()
})

// WithUserDict returns a segmenter that knows further words; s stays as it is.
// A line is "word" or "word frequency", the frequency in the scale of gse's
// dictionary; without one the word gets what keeps it in one piece. Ideographs
// are then cut by gse itself, which takes about a second and 145 MB to set up,
// allocates per word and is many times slower than s. Words with anything but
// ideographs are an error, because only runs of ideographs are cut.
func (s *Segmenter) WithUserDict(lines []string) (*Segmenter, error) {
	words, err := parseUserDict(lines)
	if err != nil {
		return nil, err
	}
	packed, err := readWords()
	if err != nil {
		return nil, err
	}
	loadGSEModel()
	g := &gse.Segmenter{SkipLog: true, NotLoadHMM: true, Dict: gse.NewDict()}
	g.Init()
	err = packed.eachWord(func(word string, freq uint64) error {
		return g.AddToken(word, float64(freq))
	})
	if err != nil {
		return nil, fmt.Errorf("gse: %w", err)
	}
	for _, w := range words {
		if w.freq == 0 {
			w.freq = g.SuggestFreq(w.text)
		}
		if err := addWord(g, w.text, w.freq); err != nil {
			return nil, fmt.Errorf("user dictionary, %q: %w", w.text, err)
		}
	}
	return &Segmenter{tables: s.tables, class: s.class, user: g}, nil
}

type userWord struct {
	text string
	freq float64 // 0 = what keeps it in one piece
}

func parseUserDict(lines []string) ([]userWord, error) {
	var words []userWord
	for i, line := range lines {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		w := userWord{text: fields[0]}
		for _, r := range w.text {
			if !IsHan(r) {
				return nil, fmt.Errorf("user dictionary line %d: %q has %q, which is no ideograph", i+1, w.text, r)
			}
		}
		if len(fields) > 1 {
			var err error
			w.freq, err = strconv.ParseFloat(fields[1], 64)
			if err != nil || !(w.freq >= 1 && w.freq <= 1e12) {
				return nil, fmt.Errorf("user dictionary line %d: frequency %q is not a number from 1 to 1e12", i+1, fields[1])
			}
		}
		words = append(words, w)
	}
	return words, nil
}

// addWord sets the frequency of a word, known or not.
func addWord(g *gse.Segmenter, word string, freq float64) error {
	if v, _, ok := g.Find(word); ok && v > 0 {
		return g.ReAddToken(word, freq)
	}
	return g.AddToken(word, freq)
}

// cutByUser appends the words of the run that was read last, as gse cuts it.
// It gets ideographs only: with other characters in the text gse v0.80.3
// weighs the path wrongly.
func (s *Segmenter) cutByUser(dst []Span, text string) []Span {
	at := s.offsets[0]
	for _, w := range s.user.Cut(text[at:], true) {
		dst = append(dst, Span{at, at + int32(len(w))})
		at += int32(len(w))
	}
	return dst
}

// eachWord calls visit with every word, in breadth-first order of the trie.
func (p *packedWords) eachWord(visit func(word string, freq uint64) error) error {
	prefixes := make([]string, 1, p.nodes)
	at := 0
	var failed error
	err := p.walk(func(word uint16, children []uint16) {
		if failed != nil {
			return
		}
		if at >= len(prefixes) || int(word) > len(p.freqs) {
			failed = errTable
			return
		}
		prefix := prefixes[at]
		prefixes[at] = ""
		at++
		for _, c := range children {
			prefixes = append(prefixes, prefix+string(p.runes[c-1]))
		}
		if word != 0 {
			failed = visit(prefix, p.freqs[word-1])
		}
	})
	if err != nil {
		return err
	}
	return failed
}
