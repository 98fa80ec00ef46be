package model

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// addedToken is a text that is one token wherever it stands, such as <|endoftext|>.
type addedToken struct {
	ID         uint32 `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
}

// addedTokens finds added tokens, by their first byte, the longest first.
type addedTokens struct {
	any  bool
	from [256][]addedToken
}

func (a *addedTokens) add(t addedToken) {
	a.any = true
	a.from[t.Content[0]] = append(a.from[t.Content[0]], t)
}

func (a *addedTokens) sort() {
	for _, list := range a.from {
		slices.SortStableFunc(list, func(x, y addedToken) int { return len(y.Content) - len(x.Content) })
	}
}

func (t *Tokenizer) setAdded(tokens []addedToken) error {
	if len(tokens) > maxAddedTokens {
		return fmt.Errorf("added_tokens: more than %d", maxAddedTokens)
	}
	for _, a := range tokens {
		if a.Content == "" {
			continue // matches nothing
		}
		if len(a.Content) > maxAddedBytes {
			return fmt.Errorf("added_tokens: one of %d bytes", len(a.Content))
		}
		if a.Normalized {
			if t.nfc {
				a.Content = norm.NFC.String(a.Content)
			}
			t.normalized.add(a)
		} else {
			t.raw.add(a)
		}
	}
	t.raw.sort()
	t.normalized.sort()
	return nil
}

// next returns the first added token at or after from: its bytes with the blanks
// that belong to it. found is false when there is none.
func (a *addedTokens) next(text string, from int) (start, end int, id uint32, found bool) {
	if !a.any {
		return 0, 0, 0, false
	}
	for i := from; i < len(text); i++ {
		for k := range a.from[text[i]] {
			t := &a.from[text[i]][k]
			if !strings.HasPrefix(text[i:], t.Content) {
				continue
			}
			start, end = i, i+len(t.Content)
			if t.SingleWord && !standsAlone(text, start, end) {
				break // the longest match counts, as in the library
			}
			if t.LStrip {
				start = from + len(strings.TrimRightFunc(text[from:start], unicode.IsSpace))
			}
			if t.RStrip {
				end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
			}
			return start, end, t.ID, true
		}
	}
	return 0, 0, 0, false
}

// standsAlone says whether no letter or digit touches text[start:end].
func standsAlone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !(start > 0 && isWordRune(before)) && !(end < len(text) && isWordRune(after))
}

func isWordRune(r rune) bool {
	return r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Pc)
}
