package extract

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// metricTokens cuts text for scoring: NFKC and lower case, one token per CJK
// character, one per run of other letters and digits; the rest does not count.
func metricTokens(s string) []string {
	var out []string
	start := -1
	s = strings.ToLower(norm.NFKC.String(s))
	for i, r := range s {
		cjk := r >= 0x3040 && r <= 0x30ff || r >= 0x3400 && r <= 0x4dbf || r >= 0x4e00 && r <= 0x9fff ||
			r >= 0xf900 && r <= 0xfaff || r >= 0xac00 && r <= 0xd7af || r >= 0x20000 && r <= 0x3ffff
		if !cjk && (unicode.IsLetter(r) || unicode.IsNumber(r)) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			out = append(out, s[start:i])
			start = -1
		}
		if cjk {
			out = append(out, string(r))
		}
	}
	if start >= 0 {
		out = append(out, s[start:])
	}
	return out
}

// shingles counts the runs of n tokens; a shorter text is one shingle per its
// whole length.
func shingles(tok []string, n int) (counts map[string]int, total int) {
	n = min(n, len(tok))
	counts = map[string]int{}
	if n == 0 {
		return counts, 0
	}
	for i := 0; i+n <= len(tok); i++ {
		counts[strings.Join(tok[i:i+n], "\x00")]++
		total++
	}
	return counts, total
}

// shingleF1 returns the F1 of the multisets of 4-token shingles.
func shingleF1(gold, got string) float64 {
	g, ng := shingles(metricTokens(gold), 4)
	p, np := shingles(metricTokens(got), 4)
	if ng == 0 || np == 0 {
		if ng == np {
			return 1
		}
		return 0
	}
	hit := 0
	for k, n := range g {
		hit += min(n, p[k])
	}
	return 2 * float64(hit) / float64(ng+np)
}
