package filters

import "slices"

// Table lists all filters in the order in which they measure and in which the
// first broken limit names the reason of a drop. The position of a signal in
// [Signals] follows from it.
var Table = []Spec{
	length,
	mojibake,
	meanLineLength,
	hanFraction,
	latinFraction,
	digitFraction,
	numberDensity,
	lineEndPunctuation,
	proseFraction,
	lineDensity,
	codeLines,
	entryLines,
	entryRhythm,
	listMarks,
	listTitle,
	entryBylines,
	menuLines,
	bulletLines,
	ellipsisLines,
	bracketFraction,
	symbolFraction,
	lineRepetition,
	paragraphRepetition,
	charNgramRepetition,
	shortCharRepetition,
	wordNgramRepetition,
	textRepetition,
	meanWordLength,
	letterWords,
	stopWords,
	charEntropy,
	uniqueCharacters,
	gamblingDensity,
	gamblingTitle,
	pornDensity,
	seoSpamDensity,
	downloadDensity,
	disclaimerDensity,
}

var allSignals, signalIndexes, firstSignal = indexSignals()

// indexSignals returns all signals of Table, their positions by name, and the
// position of the first signal of each filter.
func indexSignals() (all []Signal, byName map[string]int, first []int) {
	byName = make(map[string]int)
	for _, spec := range Table {
		first = append(first, len(all))
		for _, s := range spec.Signals {
			byName[s.Name] = len(all)
			all = append(all, s)
		}
	}
	return all, byName, first
}

// Signals returns all signals in the order of Table. The position of a signal is
// its index in corpus.Document.Signals. The caller must not change the slice.
func Signals() []Signal { return allSignals }

// SignalIndex returns the index of the named signal.
func SignalIndex(name string) (int, bool) {
	i, ok := signalIndexes[name]
	return i, ok
}

// Signals returns the signals of Table and, after them, those from outside, as they
// were given to [Build]. The caller must not change the slice.
func (s *Set) Signals() []Signal { return s.signals }

// SignalIndex returns the index of the named signal in Signals.
func (s *Set) SignalIndex(name string) (int, bool) {
	if i, ok := SignalIndex(name); ok {
		return i, true
	}
	for i := len(allSignals); i < len(s.signals); i++ {
		if s.signals[i].Name == name {
			return i, true
		}
	}
	return 0, false
}

// specIndex returns the position of the named filter among the specs of the set, -1
// if there is none.
func (s *Set) specIndex(name string) int {
	return slices.IndexFunc(s.specs, func(x Spec) bool { return x.Name == name })
}

// specIndex returns the position in Table of the named filter, -1 if there is none.
func specIndex(name string) int {
	for i := range Table {
		if Table[i].Name == name {
			return i
		}
	}
	return -1
}
