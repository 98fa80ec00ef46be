package filters

import "github.com/qingliu/qingliu/corpus"

// ShortCharRepetitionConfig configures short_char_repetition.
type ShortCharRepetitionConfig struct {
	MaxTop2   float64 `yaml:"max_top_2" max:"char_2gram_top" range:"0..1" unit:"fraction of code points" doc:"drop when one pair of characters takes more of the text"`
	MaxTop3   float64 `yaml:"max_top_3" max:"char_3gram_top" range:"0..1" unit:"fraction of code points" doc:"the same for three characters"`
	MaxTop4   float64 `yaml:"max_top_4" max:"char_4gram_top" range:"0..1" unit:"fraction of code points" doc:"the same for four characters"`
	MaxDup5   float64 `yaml:"max_dup_5" max:"char_5gram_dup" range:"0..1" unit:"fraction of code points" doc:"drop when more of the text is in repeated runs of five"`
	MaxDup6   float64 `yaml:"max_dup_6" max:"char_6gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for six"`
	MaxDup7   float64 `yaml:"max_dup_7" max:"char_7gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for seven"`
	MaxDup8   float64 `yaml:"max_dup_8" max:"char_8gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for eight"`
	MaxDup9   float64 `yaml:"max_dup_9" max:"char_9gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for nine"`
	MaxDupA   float64 `yaml:"max_dup_10" max:"char_10gram_dup" range:"0..1" unit:"fraction of code points" doc:"the same for ten"`
	MaxCommon float64 `yaml:"max_common_3" max:"char_3gram_common" range:"0..1" unit:"fraction of 3-grams" doc:"drop when the most frequent 3-grams are more of all"`
}

// MAP-CC applies Gopher's limits for words to characters and never drops by them:
// its program tests a tuple, which is always true. ROOTS sums the most frequent
// 3-grams, as many as the square root of how many different ones there are.
var shortCharRepetition = define(Spec{
	Name: "short_char_repetition", Doc: "Drops pages with too much text in repeated runs of two to ten characters, where words are not to be trusted.",
	From: "MAP-CC filter.py (.20 .18 .16 and .60), ROOTS zh (char 3-grams .20; formula of character_repetition_ratio); loosened by own measurement, 2026-11",
	Signals: []Signal{
		{"char_2gram_top", 4, "code points in the repeated pair that takes most, of the first 262,144 that are no white space; 0 when none repeats; all occurrences count, also those that overlap"},
		{"char_3gram_top", 4, "the same for three code points"},
		{"char_4gram_top", 4, "the same for four code points"},
		{"char_5gram_dup", 4, "code points in runs of five that occurred before, each once, of the first 262,144 that are no white space"},
		{"char_6gram_dup", 4, "the same for runs of six"},
		{"char_7gram_dup", 4, "the same for runs of seven"},
		{"char_8gram_dup", 4, "the same for runs of eight"},
		{"char_9gram_dup", 4, "the same for runs of nine"},
		{"char_10gram_dup", 4, "the same for runs of ten"},
		{"char_3gram_common", 4, "occurrences of the most frequent repeated 3-grams, at most the square root of the number of different ones, of all 3-grams"},
	},
	Needs: NeedText,
}, ShortCharRepetitionConfig{.3, .3, .3, .8, .8, .8, .8, .8, .8, .5}, newShortCharRepetition)

type shortCharRepetitionFilter struct {
	at slot
	s  *scratch
}

func newShortCharRepetition(_ ShortCharRepetitionConfig, at slot, s *scratch) Filter {
	return &shortCharRepetitionFilter{at, s}
}

func (f *shortCharRepetitionFilter) Measure(doc *corpus.Document) {
	all, runs := len(f.s.runes), f.s.scanChars()
	for n := minGram; n < minDupGram; n++ {
		f.at.setShare(doc, n-minGram, runs.top[n], all)
	}
	for n := minDupGram; n <= maxGram; n++ {
		f.at.setShare(doc, n-minGram, runs.dup[n], all)
	}
	if all >= 3 {
		f.at.setShare(doc, maxGram-minGram+1, runs.common, all-2)
	}
}
