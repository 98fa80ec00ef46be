package filters

import (
	_ "embed"
	"strings"

	"github.com/qingliu/qingliu/corpus"
)

// StopWordsConfig configures stop_words.
type StopWordsConfig struct {
	MinDistinct int     `yaml:"min_distinct" min:"stop_words_distinct" range:"0..100" unit:"stop words" doc:"drop when fewer different stop words occur"`
	MinFraction float64 `yaml:"min_fraction" min:"stop_words_fraction" range:"0..1" unit:"fraction of words" doc:"drop when fewer words are stop words"`
}

// stopWordList has one word per line, with its variants (simplified, traditional,
// Cantonese, classical) behind it; all of a line are one word.
//
//go:embed words/stop_words.txt
var stopWordList string

var stopWords = define(Spec{
	Name: "stop_words", Doc: "Drops pages without the small words of running text: lists of names, keywords and titles.",
	From: "FineWeb-2 cmn_Hani (two different ones) and ROOTS zh (0.1691 of words, their list), with a list of our own",
	Signals: []Signal{
		{"stop_words_distinct", 0, "different stop words, variants counted once; not measured in classical Chinese, which has others"},
		{"stop_words_fraction", 4, "stop words, of the words with a letter or digit; not measured in classical Chinese"},
	},
	Needs:    NeedText | NeedWords,
	wordList: stopWordList,
}, StopWordsConfig{MinDistinct: 2, MinFraction: 0.005}, newStopWords)

type stopWordsFilter struct {
	at    slot
	s     *scratch
	group table          // count of an entry is the number of its line, from 1
	may   [1 << 7]uint64 // bit set of the upper bits of the hashes in group
	seen  []bool
}

func newStopWords(_ StopWordsConfig, at slot, s *scratch) Filter {
	f := &stopWordsFilter{at: at, s: s}
	f.group.reset(1024)
	n := 0
	for line := range wordLines(stopWordList) {
		n++
		for _, w := range strings.Fields(line) {
			h := hashWord(w)
			f.group.find(h).count = int32(n)
			f.may[h>>57] |= 1 << (h >> 51 & 63)
		}
	}
	f.seen = make([]bool, n+1)
	return f
}

func (f *stopWordsFilter) Measure(doc *corpus.Document) {
	if len(f.s.words) == 0 || doc.Variety == "lzh" {
		return
	}
	clear(f.seen)
	distinct, hits := 0, 0
	for _, h := range f.s.words {
		if f.may[h>>57]>>(h>>51&63)&1 == 0 {
			continue
		}
		g := f.group.get(h)
		if g == 0 {
			continue
		}
		hits++
		f.seen[g] = true
	}
	for _, yes := range f.seen {
		if yes {
			distinct++
		}
	}
	f.at.set(doc, 0, float64(distinct))
	f.at.setShare(doc, 1, hits, len(f.s.words))
}

// wordLines yields the lines of a word list without comments and blank lines.
func wordLines(list string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(list) {
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimSpace(line); line != "" && !yield(line) {
				return
			}
		}
	}
}
