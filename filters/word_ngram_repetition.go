package filters

import (
	"math/bits"

	"github.com/qingliu/qingliu/corpus"
)

// WordNgramRepetitionConfig configures word_ngram_repetition.
type WordNgramRepetitionConfig struct {
	MaxTop2 float64 `yaml:"max_top_2" max:"word_2gram_top" range:"0..1" unit:"fraction of code points" doc:"drop when one pair of words takes more of the text"`
	MaxTop3 float64 `yaml:"max_top_3" max:"word_3gram_top" range:"0..1" unit:"fraction of code points" doc:"the same for three words"`
	MaxTop4 float64 `yaml:"max_top_4" max:"word_4gram_top" range:"0..1" unit:"fraction of code points" doc:"the same for four words"`
	MaxDup5 float64 `yaml:"max_dup_5" max:"word_5gram_dup" range:"0..1" unit:"fraction of code points" doc:"drop when more of the text is in repeated runs of five words"`
	MaxDup6 float64 `yaml:"max_dup_6" max:"word_6gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for six words"`
	MaxDup7 float64 `yaml:"max_dup_7" max:"word_7gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for seven words"`
	MaxDup8 float64 `yaml:"max_dup_8" max:"word_8gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for eight words"`
	MaxDup9 float64 `yaml:"max_dup_9" max:"word_9gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for nine words"`
	MaxDupA float64 `yaml:"max_dup_10" max:"word_10gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for ten words"`
	MaxAll5 float64 `yaml:"max_repetition_5" max:"word_5gram_repetition" range:"0..1" unit:"fraction of 5-grams" doc:"drop when more of the runs of five words occur again"`
}

// Words are those with a letter or digit. Two occurrences count as repetition only
// where they do not overlap, so that 哈哈哈 is not three times itself; but in
// word_5gram_repetition all count, as in ROOTS. It counts the first occurrence too: a
// text that stands twice has 1 there and 0.5 in word_5gram_dup.
var wordNgramRepetition = define(Spec{
	Name: "word_ngram_repetition", Doc: "Drops pages with too much text in repeated runs of words.",
	From: "Gopher, table A1 (arXiv:2112.11446), and FineWeb-2 cmn_Hani (.256 .201 .171 and .198 to .127); runs loosened by own measurement, 2026-11: manuals and statutes reach 0.6; ROOTS zh (5-grams .96; formula of word_repetition_ratio, whose words are pieces of a SentencePiece model)",
	Signals: []Signal{
		{"word_2gram_top", 4, "code points in the repeated pair of words that takes most, of those of all words; 0 when none repeats"},
		{"word_3gram_top", 4, "the same for three words"},
		{"word_4gram_top", 4, "the same for four words"},
		{"word_5gram_dup", 4, "code points in runs of five words that occurred before, each position once, of those of all words"},
		{"word_6gram_dup", 4, "the same for six words"},
		{"word_7gram_dup", 4, "the same for seven words"},
		{"word_8gram_dup", 4, "the same for eight words"},
		{"word_9gram_dup", 4, "the same for nine words"},
		{"word_10gram_dup", 4, "the same for ten words"},
		{"word_5gram_repetition", 4, "runs of five words that occur more than once, all occurrences, also those that overlap, of all runs of five words of the first 262,144 words; 0 for fewer than five words"},
	},
	Needs: NeedText | NeedWords,
}, WordNgramRepetitionConfig{.3, .32, .3, .6, .58, .56, .54, .52, .5, .96}, newWordNgramRepetition)

const (
	minGram    = 2
	minDupGram = 5
	maxGram    = 10
)

// overlaps is set in the count of a run that overlaps itself somewhere. The other
// bits count the occurrences that do not.
const overlaps = 1 << 30

type wordNgramRepetitionFilter struct {
	at slot
	s  *scratch
}

func newWordNgramRepetition(_ WordNgramRepetitionConfig, at slot, s *scratch) Filter {
	return &wordNgramRepetitionFilter{at, s}
}

// Measure goes from pairs to runs of ten. A run can only repeat where its beginning
// and its end repeat, so each length looks just at the positions that are left of the one
// before; on ordinary text few are.
func (f *wordNgramRepetitionFilter) Measure(doc *corpus.Document) {
	s := f.s
	if len(s.words) == 0 {
		return
	}
	all := s.runesOf(0, len(s.words))
	s.grams = append(s.grams[:0], s.words...)
	pos := s.findPairs()
	for n := minGram; n <= maxGram; n++ {
		part := 0
		pos, part = f.pass(pos, n)
		f.at.setShare(doc, n-minGram, part, all)
		switch n {
		case minGram:
			s.repeated[repeatedTop2] = share(part, all)
		case maxGram:
			s.repeated[repeatedDup10] = share(part, all)
		case minDupGram:
			s.repeated[repeatedDup5] = share(part, all)
			f.at.setShare(doc, maxGram-minGram+1, len(pos), max(len(s.words)-n+1, 1))
		}
	}
	s.pos = pos
}

// findPairs returns where pairs of words begin that may repeat, by two sets of hash
// bits, as findRuns does for code points.
func (s *scratch) findPairs() []int32 {
	n := len(s.words)
	if n < 3 {
		return s.pos[:0]
	}
	s.pairs = cleared(s.pairs, 1<<bits.Len(uint(n/4))) // 16 to 32 bits a word
	pairs, mask := s.pairs, uint64(len(s.pairs)-1)
	before := s.words[0]
	for _, w := range s.words[1:] {
		h := pairBits(before, w)
		p, bit := &pairs[h>>6&mask], uint64(1)<<(h&63)
		p.twice |= p.seen & bit
		p.seen |= bit
		before = w
	}
	if cap(s.pos) < n {
		s.pos = make([]int32, n)
	}
	before = s.words[0]
	pos, m := s.pos[:n], 0
	for i, w := range s.words[1:] {
		h := pairBits(before, w)
		pos[m] = int32(i)
		m += int(pairs[h>>6&mask].twice >> (h & 63) & 1)
		before = w
	}
	return pos[:m]
}

// pairBits hashes two words, whose hashes are good, cheaply.
func pairBits(a, b uint64) uint64 {
	h := a*0x9e3779b97f4a7c15 + b
	return h ^ h>>32
}

// followed returns those of pos, which rise, whose next position is in pos, too: where
// runs of k+1 may repeat, if those of k repeat at pos.
func followed(pos []int32) []int32 {
	m := 0
	for j := 1; j < len(pos); j++ {
		p, next := pos[j-1], pos[j]
		pos[m] = p
		m += int(1 - min(uint32(next-p-1), 1))
	}
	return pos[:m]
}

// pass looks at the n-grams that begin at pos, where s.grams holds the hashes of
// the (n-1)-grams. It returns the positions of those that repeat, also where they
// overlap, and the code points that the signal of this length counts.
func (f *wordNgramRepetitionFilter) pass(pos []int32, n int) (repeating []int32, counted int) {
	s := f.s
	if n > minGram {
		pos = followed(pos)
	}
	if len(pos) < 2 {
		return pos[:0], 0
	}
	s.table.reset(len(pos))
	s.slots = sized(s.slots, len(pos))
	slots, grams := s.slots, s.grams
	next := s.words[n-1:]
	covered := int32(0) // words up to here are counted
	for k, p := range pos {
		h := join(grams[p], next[p])
		grams[p] = h
		slot := s.table.slot(h)
		slots[k] = slot
		e := &s.table.entries[slot]
		if p < e.at {
			e.count |= overlaps // the occurrence before
			continue
		}
		e.at = p + int32(n)
		e.count++
		if e.count&^overlaps < 2 || n < minDupGram {
			continue
		}
		from := max(p, covered)
		covered = p + int32(n)
		counted += int(s.wordRunes[covered] - s.wordRunes[from])
	}
	m := 0
	for k, p := range pos {
		count := s.table.entries[slots[k]].count
		pos[m] = p
		m += int(min(count>>1, 1)) // not of those counted once
		if n < minDupGram {
			apart := int(count &^ overlaps)
			if apart < 2 {
				apart = 0
			}
			counted = max(counted, apart*s.runesOf(int(p), n))
		}
	}
	return pos[:m], counted
}
