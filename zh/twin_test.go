package zh

import (
	"math"
	"testing"

	"github.com/go-ego/gse"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// hanText draws runs of ideographs: words of the dictionary, frequent and rare
// characters, and some that no word has.
func hanText(words []string) *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom(words),
		rapid.StringOfN(rapid.RuneFrom([]rune("的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二")), 1, 6, -1),
		rapid.StringOfN(rapid.Int32Range(0x4E00, 0x9FFF), 1, 4, -1),
		rapid.StringOfN(rapid.OneOf(rapid.Int32Range(0x3400, 0x34FF), rapid.Int32Range(0x20000, 0x200FF)), 1, 3, -1),
	)
	return rapid.Custom(func(t *rapid.T) string {
		s := ""
		for range rapid.IntRange(1, 8).Draw(t, "pieces") {
			s += piece.Draw(t, "piece")
		}
		return s
	})
}

func someWords(t *testing.T) []string {
	t.Helper()
	packed, err := unpackWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	n := 0
	err = packed.eachWord(func(word string, _ uint64) error {
		if n++; n%97 == 0 {
			words = append(words, word)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// TestFindPath_equalsPlainTwin compares the way through the dictionary with a
// dynamic programme over single look-ups.
func TestFindPath_equalsPlainTwin(t *testing.T) {
	s := newSegmenter(t)
	tr := s.tables.words
	gen := hanText(someWords(t))
	rapid.Check(t, func(t *rapid.T) {
		text := gen.Draw(t, "text")
		s.readRun(text, 0)
		s.findPath()
		runes := []rune(text)
		cost, next := make([]int64, len(runes)+1), make([]int32, len(runes)+1)
		for i := len(runes) - 1; i >= 0; i-- {
			cost[i] = math.MaxInt64
			for j := i + 1; j <= len(runes) && j-i <= 32; j++ {
				if word := tr.find(string(runes[i:j])); word != 0 && tr.costs[word]+cost[j] <= cost[i] {
					cost[i], next[i] = tr.costs[word]+cost[j], int32(j)
				}
			}
			if next[i] == 0 {
				cost[i], next[i] = tr.unknown+cost[i+1], int32(i+1)
			}
		}
		if d := cmp.Diff(next[:len(runes)], s.run.next[:len(runes)]); d != "" || cost[0] != s.run.cost[0] {
			t.Fatalf("%q: cost %d, twin has %d (-twin +got):\n%s", text, s.run.cost[0], cost[0], d)
		}
	})
}

// TestAppendUnknown_equalsGSE compares the hidden Markov model with gse's.
func TestAppendUnknown_equalsGSE(t *testing.T) {
	s := newSegmenter(t)
	var g gse.Segmenter
	g.LoadModel()
	gen := hanText(someWords(t))
	rapid.Check(t, func(t *rapid.T) {
		text := gen.Draw(t, "text")
		s.readRun(text, 0)
		var got []string
		for _, w := range s.appendUnknown(nil, 0, int32(s.run.n)) {
			got = append(got, text[w.Start:w.End])
		}
		if want := g.HMMCut(text); !cmp.Equal(got, want) {
			t.Fatalf("%q: got %q, gse has %q", text, got, want)
		}
	})
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
