package eval

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Score says how well one text equals its gold text. Fail and Empty are 0 or 1,
// so that their mean over pages is a share.
type Score struct {
	P     float64 `json:"p"`     // precision over four-token shingles, 0–1
	R     float64 `json:"r"`     // recall over four-token shingles, 0–1
	F1    float64 `json:"f1"`    // of P and R
	RG5   float64 `json:"rg5"`   // F1 over five-token shingles (ROUGE-5)
	LCS   float64 `json:"lcs"`   // 2·longest common subsequence / (gold + output tokens)
	Fail  float64 `json:"fail"`  // 1 where F1 is below 0.5
	Empty float64 `json:"empty"` // 1 where the output has no token
	Boil  float64 `json:"boil"`  // lines of page furniture that the gold text does not have

	GoldTokens int `json:"gold_tokens"`
	Tokens     int `json:"pred_tokens"`
}

// failBelow is the F1 below which a page counts as failed.
const failBelow = 0.5

// Compare scores a text against the gold text of its page. Tokens are one per CJK
// character and one per run of other letters and digits, after NFKC and lower
// case; punctuation and white space never count. An empty output scores 1 where
// the gold text is empty too, else 0.
func Compare(gold, got string) Score {
	in := interner{}
	g, p := in.tokens(gold), in.tokens(got)
	s := Score{GoldTokens: len(g), Tokens: len(p), LCS: 1}
	s.P, s.R, s.F1 = overlap(shingles[[4]uint32](g, 4), shingles[[4]uint32](p, 4))
	_, _, s.RG5 = overlap(shingles[[5]uint32](g, 5), shingles[[5]uint32](p, 5))
	if n := len(g) + len(p); n > 0 {
		s.LCS = float64(2*commonLength(g, p)) / float64(n)
	}
	if s.F1 < failBelow {
		s.Fail = 1
	}
	if len(p) == 0 {
		s.Empty = 1
	}
	s.Boil = float64(len(Furniture(gold, got)))
	return s
}

// interner numbers tokens from 1; 0 fills shingles of short texts.
type interner map[string]uint32

func (in interner) id(tok string) uint32 {
	n, ok := in[tok]
	if !ok {
		n = uint32(len(in) + 1)
		in[strings.Clone(tok)] = n
	}
	return n
}

func (in interner) tokens(s string) []uint32 {
	var out []uint32
	start := -1
	s = strings.ToLower(norm.NFKC.String(s))
	for i, r := range s {
		cjk := isCJK(r)
		if !cjk && (unicode.IsLetter(r) || unicode.IsNumber(r)) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			out = append(out, in.id(s[start:i]))
			start = -1
		}
		if cjk {
			out = append(out, in.id(string(r)))
		}
	}
	if start >= 0 {
		out = append(out, in.id(s[start:]))
	}
	return out
}

// isCJK reports whether a code point is a token of its own: kana, Han, Hangul.
func isCJK(r rune) bool {
	return r >= 0x3040 && r <= 0x30ff || r >= 0x3400 && r <= 0x4dbf || r >= 0x4e00 && r <= 0x9fff ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xac00 && r <= 0xd7af || r >= 0x20000 && r <= 0x3ffff
}

// bag is a multiset of shingles.
type bag[K comparable] struct {
	counts map[K]int
	total  int
}

// shingles returns the runs of n tokens; a shorter text is one shingle of its
// whole length.
func shingles[K [4]uint32 | [5]uint32](tok []uint32, n int) bag[K] {
	b := bag[K]{counts: make(map[K]int, len(tok))}
	if len(tok) == 0 {
		return b
	}
	n = min(n, len(tok))
	for i := 0; i+n <= len(tok); i++ {
		var k K
		for j := range n {
			k[j] = tok[i+j]
		}
		b.counts[k]++
		b.total++
	}
	return b
}

func overlap[K comparable](gold, got bag[K]) (p, r, f1 float64) {
	switch {
	case gold.total == 0 && got.total == 0:
		return 1, 1, 1
	case gold.total == 0:
		return 0, 1, 0
	case got.total == 0:
		return 0, 0, 0
	}
	hit := 0
	for k, n := range gold.counts {
		hit += min(n, got.counts[k])
	}
	return float64(hit) / float64(got.total), float64(hit) / float64(gold.total), float64(2*hit) / float64(gold.total+got.total)
}
