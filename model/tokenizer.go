package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"
)

// Limits of a tokenizer.json. The largest published ones have about 260,000 entries
// and 30 MB.
const (
	maxTokenizerBytes = 256 << 20
	maxTokenizerVocab = 4 << 20
	maxAddedTokens    = 8192
	maxAddedBytes     = 1024 // of one added token
)

// A Tokenizer holds a byte-level BPE tokenizer in the format of Hugging Face
// (tokenizer.json): the family of GPT-2, Llama 3 and Qwen. It is read-only and may
// be shared; [Tokenizer.NewCounter] gives what one goroutine works with.
//
// It gives the tokens of the text alone: the special tokens that a post-processor
// puts around a text are not counted.
type Tokenizer struct {
	nfc          bool
	prefixSpace  bool
	pattern      pattern
	ignoreMerges bool

	bytes  [256]uint32       // token of each byte
	words  map[string]uint32 // vocabulary by raw bytes, only with ignoreMerges
	merges mergeTable

	raw, normalized addedTokens // found before and after normalization
}

// OpenTokenizer reads the tokenizer.json of that name.
func OpenTokenizer(name string) (*Tokenizer, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read
	t, err := ReadTokenizer(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

// tokenizerFile is what is read of a tokenizer.json.
type tokenizerFile struct {
	AddedTokens  []addedToken     `json:"added_tokens"`
	Normalizer   *tokenizerPart   `json:"normalizer"`
	PreTokenizer *tokenizerPart   `json:"pre_tokenizer"`
	Model        *tokenizerBPE    `json:"model"`
	Truncation   *json.RawMessage `json:"truncation"`
}

// tokenizerPart is a normalizer or a pre-tokenizer.
type tokenizerPart struct {
	Type           string          `json:"type"`
	Normalizers    []tokenizerPart `json:"normalizers"`
	PreTokenizers  []tokenizerPart `json:"pretokenizers"`
	AddPrefixSpace bool            `json:"add_prefix_space"`
	UseRegex       *bool           `json:"use_regex"` // absent means true
	Behavior       string          `json:"behavior"`
	Invert         bool            `json:"invert"`
	Pattern        struct {
		Regex string `json:"Regex"`
	} `json:"pattern"`
}

type tokenizerBPE struct {
	Type         string            `json:"type"`
	Dropout      *float64          `json:"dropout"`
	Prefix       string            `json:"continuing_subword_prefix"`
	Suffix       string            `json:"end_of_word_suffix"`
	ByteFallback bool              `json:"byte_fallback"`
	IgnoreMerges bool              `json:"ignore_merges"`
	Vocab        map[string]uint32 `json:"vocab"`
	Merges       []mergeRule       `json:"merges"`
}

// mergeRule is a merge in either of its two notations, "a b" and ["a","b"].
type mergeRule struct{ left, right string }

func (m *mergeRule) UnmarshalJSON(b []byte) error {
	var pair []string
	if len(b) > 0 && b[0] == '[' {
		if err := json.Unmarshal(b, &pair); err != nil {
			return err
		}
	} else {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		for i := range len(s) {
			if s[i] == ' ' {
				pair = []string{s[:i], s[i+1:]}
				break
			}
		}
	}
	if len(pair) != 2 {
		return fmt.Errorf("merge %s is no pair of tokens", b)
	}
	m.left, m.right = pair[0], pair[1]
	return nil
}

// ReadTokenizer reads a tokenizer.json. It refuses, with the reason, whatever it
// would not count exactly as the tokenizers library does: other models than
// byte-level BPE, normalizers other than NFC, and split patterns other than those
// of GPT-2, Llama 3 and Qwen 2.
func ReadTokenizer(r io.Reader) (*Tokenizer, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxTokenizerBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxTokenizerBytes {
		return nil, fmt.Errorf("a tokenizer.json of more than %d MiB", maxTokenizerBytes>>20)
	}
	var f tokenizerFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, err
	}
	t := new(Tokenizer)
	if f.Normalizer != nil {
		if err := t.setNormalizer(f.Normalizer); err != nil {
			return nil, err
		}
	}
	if f.PreTokenizer == nil {
		return nil, errors.New("pre_tokenizer is missing: no byte-level tokenizer")
	}
	if err := t.setPreTokenizer(f.PreTokenizer); err != nil {
		return nil, err
	}
	if f.Model == nil {
		return nil, errors.New("model is missing")
	}
	if err := t.setModel(f.Model); err != nil {
		return nil, err
	}
	return t, t.setAdded(f.AddedTokens)
}

func (t *Tokenizer) setNormalizer(p *tokenizerPart) error {
	switch p.Type {
	case "NFC":
		t.nfc = true
		return nil
	case "Sequence":
		for i := range p.Normalizers {
			if p.Normalizers[i].Type == "Sequence" {
				return errors.New("normalizer: a sequence in a sequence")
			}
			if err := t.setNormalizer(&p.Normalizers[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("normalizer %q: only NFC is known", p.Type)
}

func (t *Tokenizer) setPreTokenizer(p *tokenizerPart) error {
	if p.Type == "ByteLevel" {
		if p.UseRegex != nil && !*p.UseRegex {
			return errors.New("pre_tokenizer: ByteLevel without a pattern leaves texts in one piece")
		}
		t.pattern, t.prefixSpace = patternGPT2, p.AddPrefixSpace
		return nil
	}
	if p.Type != "Sequence" || len(p.PreTokenizers) != 2 {
		return fmt.Errorf("pre_tokenizer %q: only ByteLevel, or Split and then ByteLevel, are known", p.Type)
	}
	split, level := &p.PreTokenizers[0], &p.PreTokenizers[1]
	if split.Type != "Split" || level.Type != "ByteLevel" || level.UseRegex == nil || *level.UseRegex || level.AddPrefixSpace {
		return fmt.Errorf("pre_tokenizer: %s and %s in sequence: only Split and then ByteLevel without a pattern or added space are known", split.Type, level.Type)
	}
	if split.Behavior != "Isolated" || split.Invert {
		return fmt.Errorf("pre_tokenizer: Split with behavior %q, invert %v: only Isolated is known", split.Behavior, split.Invert)
	}
	var ok bool
	if t.pattern, ok = patterns[split.Pattern.Regex]; !ok {
		return fmt.Errorf("pre_tokenizer: split pattern %q is none of GPT-2, Llama 3 and Qwen 2", split.Pattern.Regex)
	}
	return nil
}

func (t *Tokenizer) setModel(m *tokenizerBPE) error {
	switch {
	case m.Type != "BPE" && m.Type != "":
		return fmt.Errorf("model %q: only BPE is known", m.Type)
	case m.Dropout != nil && *m.Dropout != 0:
		return errors.New("model: dropout gives other tokens every time")
	case m.Prefix != "" || m.Suffix != "" || m.ByteFallback:
		return errors.New("model: BPE of characters, not of bytes")
	case len(m.Vocab) > maxTokenizerVocab || len(m.Merges) > maxTokenizerVocab:
		return fmt.Errorf("model: more than %d tokens", maxTokenizerVocab)
	}
	toByte := byteAlphabet()
	words := make(map[string]uint32, len(m.Vocab))
	for token, id := range m.Vocab {
		if raw, ok := rawBytes(token, toByte); ok {
			words[raw] = id
		}
	}
	for b := range 256 {
		id, ok := words[string([]byte{byte(b)})]
		if !ok {
			return fmt.Errorf("model: no token for the byte %#02x", b)
		}
		t.bytes[b] = id
	}
	t.merges = newMergeTable(len(m.Merges))
	for rank, rule := range m.Merges {
		left, okLeft := m.Vocab[rule.left]
		right, okRight := m.Vocab[rule.right]
		joined, okJoined := m.Vocab[rule.left+rule.right]
		if !okLeft || !okRight || !okJoined {
			return fmt.Errorf("model: merge %d of %q and %q: one of them or their sum is no token", rank, rule.left, rule.right)
		}
		t.merges.put(left, right, uint32(rank), joined)
	}
	if m.IgnoreMerges {
		t.ignoreMerges, t.words = true, words
	}
	return nil
}

// byteAlphabet maps the characters that stand for bytes in a byte-level vocabulary:
// printable Latin-1 stands for itself, the rest for U+0100 and up, in order (GPT-2,
// bytes_to_unicode).
func byteAlphabet() map[rune]byte {
	m := make(map[rune]byte, 256)
	next := rune(256)
	for b := range rune(256) {
		if b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE {
			m[b] = byte(b)
		} else {
			m[next] = byte(b)
			next++
		}
	}
	return m
}

// rawBytes undoes the byte alphabet; ok is false for a token that is not written in it.
func rawBytes(token string, toByte map[rune]byte) (raw string, ok bool) {
	b := make([]byte, 0, utf8.RuneCountInString(token))
	for _, r := range token {
		c, known := toByte[r]
		if !known {
			return "", false
		}
		b = append(b, c)
	}
	return string(b), true
}
