package filters

import "github.com/qingliu/qingliu/corpus"

// UniqueCharactersConfig configures unique_characters.
type UniqueCharactersConfig struct {
	MinFraction float64 `yaml:"min_fraction" min:"unique_characters" range:"0..1" unit:"fraction of code points" doc:"drop when fewer code points are different; long texts fall first"`
}

// A language has only so many characters, so that the share falls with length
// whatever the text: 10,000 characters of good prose have about 1,200 different
// ones. char_entropy does not have this fault. The rule is here so that MAP-CC
// can be repeated.
var uniqueCharacters = define(Spec{
	Name: "unique_characters", Doc: "Drops texts of few different characters. It drops long good texts by construction; char_entropy is the better rule.",
	From:    "MAP-CC (more than 0.10)",
	Signals: []Signal{{"unique_characters", 4, "different code points, of the first 262,144 that are no white space"}},
	Needs:   NeedText,
}, UniqueCharactersConfig{}, newUniqueCharacters)

type uniqueCharactersFilter struct {
	at slot
	s  *scratch
}

func newUniqueCharacters(_ UniqueCharactersConfig, at slot, s *scratch) Filter {
	return &uniqueCharactersFilter{at, s}
}

func (f *uniqueCharactersFilter) Measure(doc *corpus.Document) {
	n, _ := f.s.distinctRunes()
	f.at.setShare(doc, 0, n, len(f.s.runes))
}
