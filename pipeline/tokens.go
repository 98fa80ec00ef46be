package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qingliu/qingliu/model"
)

// maxTokenizers bounds how many tokenizers a config may name; each costs as much
// time as writing the records.
const maxTokenizers = 8

// tokenizerNames returns the names of the tokenizers of a config in the order of
// the records.
func (c *Config) tokenizerNames() []string { return slices.Sorted(maps.Keys(c.Tokenizers)) }

// tokensIdentity returns what the fields of tokens depend on beside the text:
// names and SHA-256 of the tokenizers, nothing if there are none.
func tokensIdentity(c *Config) []any {
	var id []any
	for _, name := range c.tokenizerNames() {
		sum, err := fileSum(c.Tokenizers[name])
		if err != nil {
			return []any{err.Error()} // LoadConfig refused it before
		}
		id = append(id, "tokenizer", name, sum)
	}
	return id
}

// tokenizerProblems says what is wrong with the tokenizers of a config.
func (c *Config) tokenizerProblems(add func(key, format string, args ...any)) {
	if len(c.Tokenizers) > maxTokenizers {
		add("tokenizers", "%d tokenizers are more than %d", len(c.Tokenizers), maxTokenizers)
		return
	}
	for _, name := range c.tokenizerNames() {
		if !goodName(name) {
			add("tokenizers", "%q: a name has letters, digits, - and _, 32 at most", name)
		} else if _, err := tokenizer(c.Tokenizers[name]); err != nil {
			add("tokenizers."+name, "%v", err)
		}
	}
}

func goodName(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// tokenizers holds the tokenizers in use.
var tokenizers = fileCache[*model.Tokenizer]{most: maxTokenizers}

func tokenizer(path string) (*model.Tokenizer, error) {
	sum, err := fileSum(path)
	if err != nil {
		return nil, err
	}
	return tokenizers.get(sum, func() (*model.Tokenizer, error) { return model.OpenTokenizer(path) })
}

// tokenCounts counts the tokens of released documents. It belongs to one goroutine.
type tokenCounts struct {
	names    []string
	counters []*model.TokenCounter
	n        []int // of the last document, in the order of names
}

func newTokenCounts(c *Config) (*tokenCounts, error) {
	t := &tokenCounts{names: c.tokenizerNames()}
	t.n = make([]int, len(t.names))
	for _, name := range t.names {
		tok, err := tokenizer(c.Tokenizers[name])
		if err != nil {
			return nil, fmt.Errorf("tokenizers.%s: %w", name, err)
		}
		t.counters = append(t.counters, tok.NewCounter())
	}
	return t, nil
}

// count sets n for a text.
func (t *tokenCounts) count(text string) {
	for i, c := range t.counters {
		t.n[i] = c.Count(text)
	}
}
