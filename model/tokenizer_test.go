package model

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// tinyTokenizer returns a tokenizer.json with a token for each byte, of its own
// number, and tokens 256 and up that merge the pairs given, such as "a b".
func tinyTokenizer(t testing.TB, pretokenizer string, merges ...string) string {
	t.Helper()
	vocab := map[string]int{}
	for r, b := range byteAlphabet() {
		vocab[string(r)] = int(b)
	}
	for i, m := range merges {
		vocab[strings.ReplaceAll(m, " ", "")] = 256 + i
	}
	v, err := json.Marshal(vocab)
	if err != nil {
		t.Fatal(err)
	}
	m, err := json.Marshal(merges)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"added_tokens":[{"id":900,"content":"<eos>","normalized":false},{"id":901,"content":"<e","normalized":false}],
	"pre_tokenizer":%s,"model":{"type":"BPE","vocab":%s,"merges":%s}}`, pretokenizer, v, m)
}

const gpt2Part = `{"type":"ByteLevel","add_prefix_space":false}`

func TestTokenizer_mergesByRankThenPlace(t *testing.T) {
	tok, err := ReadTokenizer(strings.NewReader(tinyTokenizer(t, gpt2Part, "a b", "b c", "ab c", "a a", "Ġ a")))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		want []uint32
	}{
		{"", nil},
		{"a", []uint32{'a'}},
		{"abc", []uint32{258}},            // ab before bc, then abc
		{"bbc", []uint32{'b', 257}},       // b, bc
		{"aaa", []uint32{259, 'a'}},       // leftmost of equal ranks
		{"a ab", []uint32{'a', ' ', 256}}, // ab (rank 0) before " a" (rank 4)
		{"a a", []uint32{'a', 260}},
		{"中", []uint32{0xE4, 0xB8, 0xAD}},
		{"a<eos>b", []uint32{'a', 900, 'b'}}, // the longest added token
		{"<e<eos", []uint32{901, 901, 'o', 's'}},
		{strings.Repeat("abc", 100), slices.Repeat([]uint32{258}, 100)}, // the heap
	} {
		if got := tok.NewCounter().AppendTokens(nil, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %v want %v", c.text, got, c.want)
		}
	}
}

func TestTokenizer_refusesWhatItCannotCount(t *testing.T) {
	good := tinyTokenizer(t, gpt2Part, "a b")
	for _, c := range []struct{ from, to, want string }{
		{`"type":"BPE"`, `"type":"Unigram"`, `model "Unigram"`},
		{`"pre_tokenizer"`, `"normalizer":{"type":"NFKC"},"pre_tokenizer"`, `normalizer "NFKC"`},
		{`"type":"ByteLevel"`, `"type":"Metaspace"`, `"Metaspace"`},
		{`"add_prefix_space":false`, `"use_regex":false`, "without a pattern"},
		{`"type":"BPE"`, `"byte_fallback":true`, "not of bytes"},
		{`"type":"BPE"`, `"dropout":0.1`, "dropout"},
		{`["a b"]`, `["a c"]`, "no token"},
		{`["a b"]`, `["ab"]`, "no pair"},
		{`"a":97`, `"aa":97`, "no token for the byte 0x61"},
		{`"merges"`, `"merge`, "invalid character"},
	} {
		if !strings.Contains(good, c.from) {
			t.Fatalf("no %s in the file", c.from)
		}
		_, err := ReadTokenizer(strings.NewReader(strings.Replace(good, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", c.to, err, c.want)
		}
	}
}

func TestSplitNext_patterns(t *testing.T) {
	split := func(p pattern, s string) string {
		var pieces []string
		for len(s) > 0 {
			n := p.splitNext(s)
			pieces = append(pieces, s[:n])
			s = s[n:]
		}
		return strings.Join(pieces, "|")
	}
	for _, c := range []struct{ text, gpt2, qwen2, llama3 string }{
		{"it's 2024年。\n\n  好", "it|'s| 2024|年|。|\n\n | 好", "it|'s| |2|0|2|4|年|。\n\n| | 好", "it|'s| |202|4|年|。\n\n| | 好"},
		{"《书》", "《|书|》", "《书|》", "《书|》"},
		{"x  ", "x|  ", "x|  ", "x|  "},
		{"I'LL", "I|'|LL", "I|'LL", "I|'LL"},
		{" ,x", " ,|x", " ,|x", " ,|x"},
	} {
		for p, want := range map[pattern]string{patternGPT2: c.gpt2, patternQwen2: c.qwen2, patternLlama3: c.llama3} {
			if got := split(p, c.text); got != want {
				t.Errorf("%q with %d: got %q want %q", c.text, p, got, want)
			}
		}
	}
}

func TestTokenCounter_allocatesNothing(t *testing.T) {
	tok, err := ReadTokenizer(strings.NewReader(tinyTokenizer(t, gpt2Part, "a b", "ä ¸")))
	if err != nil {
		t.Fatal(err)
	}
	c := tok.NewCounter()
	text := strings.Repeat("清流把网页变成语料。ab abc\n", 50)
	c.Count(text)
	if n := testing.AllocsPerRun(20, func() { c.Count(text) }); n != 0 {
		t.Errorf("%v allocations a text", n)
	}
}

// FuzzTokenCounter: every text is cut at the end of pieces without a panic, and the
// bytes of its tokens are those of the text.
func FuzzTokenCounter(f *testing.F) {
	tok, err := ReadTokenizer(strings.NewReader(tinyTokenizer(f, gpt2Part)))
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range oddTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range []pattern{patternGPT2, patternQwen2, patternLlama3} {
			one := *tok
			one.pattern, one.raw, one.normalized = p, addedTokens{}, addedTokens{}
			got := one.NewCounter().AppendTokens(nil, s)
			if len(got) != len(s) {
				t.Fatalf("pattern %d: %d tokens of one byte for %d bytes (valid %v)", p, len(got), len(s), utf8.ValidString(s))
			}
			for i, id := range got {
				if id != uint32(s[i]) {
					t.Fatalf("pattern %d: token %d is %d, the byte %d", p, i, id, s[i])
				}
			}
		}
	})
}

// FuzzReadTokenizer: no file makes the reader or the counter panic.
func FuzzReadTokenizer(f *testing.F) {
	f.Add(tinyTokenizer(f, gpt2Part, "a b"), "a ab<eos>")
	f.Add(`{"model":{"vocab":{"a":1}}}`, "")
	f.Fuzz(func(t *testing.T, file, text string) {
		if tok, err := ReadTokenizer(strings.NewReader(file)); err == nil {
			tok.NewCounter().Count(text)
		}
	})
}

// BenchmarkTokenCounter counts the texts of dedup-dev with the tokenizer of
// tinyTokenizer: nearly no merges, so it shows splitting and look-ups alone. The
// oracle test logs the time with real vocabularies.
func BenchmarkTokenCounter(b *testing.B) {
	tok, err := ReadTokenizer(strings.NewReader(tinyTokenizer(b, gpt2Part, "a b")))
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Join(dedupTexts(b, 200), "\n")
	c := tok.NewCounter()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		c.Count(text)
	}
}
