//go:build ignore

// Gen_dict writes words.bin.zst and hmm.bin.zst from the gse module named in
// go.mod: its Chinese dictionaries through its public API, its HMM emission
// table from its source file, because that table is not exported. Run it with
// go generate. The same module version gives the same bytes.
//
// With -jieba it writes jieba.bin.zst instead, from the dict.txt of the PyPI
// package jieba: go run gen_dict.go -jieba path/to/jieba/dict.txt
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-ego/gse"
	"github.com/klauspost/compress/zstd"

	"github.com/qingliu/qingliu/zh"
)

func main() {
	log.SetFlags(0)
	jieba := flag.String("jieba", "", "dict.txt of jieba; writes jieba.bin.zst only")
	flag.Parse()
	if *jieba != "" {
		words, total, err := jiebaWords(*jieba)
		if err != nil {
			log.Fatal(err)
		}
		write("jieba.bin.zst", packWords(words, total))
		return
	}
	words, total, err := gseWords()
	if err != nil {
		log.Fatal(err)
	}
	hmm, err := packHMM()
	if err != nil {
		log.Fatal(err)
	}
	write("words.bin.zst", packWords(words, total))
	write("hmm.bin.zst", hmm)
}

// write writes data compressed.
func write(name string, data []byte) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		log.Fatal(err)
	}
	z := enc.EncodeAll(data, nil)
	if err := os.WriteFile(name, z, 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %d bytes, %d unpacked\n", name, len(z), len(data))
}

// gseWords returns the words of gse that are ideographs only, and the sum of
// all frequencies.
func gseWords() (map[string]uint64, float64, error) {
	var seg gse.Segmenter
	seg.SkipLog = true
	if err := seg.LoadDictEmbed("zh"); err != nil {
		return nil, 0, err
	}
	words := map[string]uint64{}
	for i := range seg.Dict.Tokens {
		t := &seg.Dict.Tokens[i]
		text := t.Text()
		if !allHan(text) {
			continue
		}
		f := uint64(t.Freq())
		if float64(f) != t.Freq() {
			return nil, 0, fmt.Errorf("word %q: frequency %v is not whole", text, t.Freq())
		}
		if _, ok := words[text]; ok {
			return nil, 0, fmt.Errorf("word %q is there twice", text)
		}
		words[text] = f
	}
	return words, seg.Dict.TotalFreq(), nil
}

// jiebaWords reads jieba's dictionary as jieba does: of a word that is there
// twice the last line counts, but both count for the sum. Words with characters
// that jieba never looks up are left out.
func jiebaWords(file string) (map[string]uint64, float64, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, 0, err
	}
	words, total := map[string]uint64{}, uint64(0)
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			return nil, 0, fmt.Errorf("line %q", line)
		}
		freq, err := strconv.ParseUint(f[1], 10, 40)
		if err != nil || freq == 0 {
			return nil, 0, fmt.Errorf("line %q: bad frequency", line)
		}
		total += freq
		if strings.IndexFunc(f[0], notInRun) < 0 {
			words[f[0]] = freq
		}
	}
	return words, float64(total), nil
}

// notInRun reports whether jieba never looks r up: see jieba.go.
func notInRun(r rune) bool {
	alnum := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !(alnum || r >= 0x4E00 && r <= 0x9FD5 || strings.ContainsRune("+#&._%-", r))
}

type word struct {
	codes []uint16 // rune codes: rank of the rune by number of words, from 1
	freq  uint64
}

// packWords returns a dictionary as a trie in breadth-first order; the format
// is described at packedWords in words.go.
func packWords(all map[string]uint64, total float64) []byte {
	count := map[rune]int{}
	for text := range all {
		for _, r := range text {
			count[r]++
		}
	}
	runes := make([]rune, 0, len(count))
	for r := range count {
		runes = append(runes, r)
	}
	slices.SortFunc(runes, func(a, b rune) int {
		if d := count[b] - count[a]; d != 0 {
			return d
		}
		return int(a - b)
	})
	code := map[rune]uint16{}
	for i, r := range runes {
		code[r] = uint16(i + 1)
	}
	words := make([]word, 0, len(all))
	perFreq := map[uint64]int{}
	for text, f := range all {
		w := word{freq: f}
		for _, r := range text {
			w.codes = append(w.codes, code[r])
		}
		words = append(words, w)
		perFreq[f]++
	}
	slices.SortFunc(words, func(a, b word) int { return slices.Compare(a.codes, b.codes) })
	freqs := make([]uint64, 0, len(perFreq))
	for f := range perFreq {
		freqs = append(freqs, f)
	}
	slices.SortFunc(freqs, func(a, b uint64) int {
		if d := perFreq[b] - perFreq[a]; d != 0 {
			return d
		}
		return int(int64(a) - int64(b))
	})
	freqID := map[uint64]int{}
	for i, f := range freqs {
		freqID[f] = i + 1
	}
	logT := math.Log(total)
	score := func(f float64) uint64 { // −log probability, scaled; always positive
		return uint64(math.Round((logT - math.Log(f)) * (1 << 26)))
	}

	var degree, firstLo, firstHi, nextLo, nextHi, idLo, idHi []byte
	type node struct{ lo, hi, depth int } // words[lo:hi] share the first depth codes
	queue := []node{{0, len(words), 0}}
	for at := 0; at < len(queue); at++ {
		n := queue[at]
		lo, id := n.lo, 0
		if lo < n.hi && len(words[lo].codes) == n.depth {
			id = freqID[words[lo].freq]
			lo++
		}
		idLo, idHi = append(idLo, byte(id)), append(idHi, byte(id>>8))
		children, prev := 0, uint16(0)
		for i := lo; i < n.hi; {
			c, j := words[i].codes[n.depth], i+1
			for j < n.hi && words[j].codes[n.depth] == c {
				j++
			}
			queue = append(queue, node{i, j, n.depth + 1})
			if children == 0 {
				firstLo, firstHi = append(firstLo, byte(c)), append(firstHi, byte(c>>8))
			} else {
				d := c - prev
				nextLo, nextHi = append(nextLo, byte(d)), append(nextHi, byte(d>>8))
			}
			prev, i = c, j
			children++
		}
		degree = binary.AppendUvarint(degree, uint64(children))
	}
	fmt.Printf("%d words, %d runes, %d frequencies, %d nodes\n", len(words), len(runes), len(freqs), len(queue))

	out := []byte("zhwords1")
	out = binary.AppendUvarint(out, score(1))
	out = binary.AppendUvarint(out, uint64(len(runes)))
	for _, r := range runes {
		out = binary.AppendUvarint(out, uint64(r))
	}
	out = binary.AppendUvarint(out, uint64(len(freqs)))
	for _, f := range freqs {
		out = binary.AppendUvarint(out, f)
		out = binary.AppendUvarint(out, score(float64(f)))
	}
	out = binary.AppendUvarint(out, uint64(len(queue)))
	for _, stream := range [][]byte{degree, firstLo, firstHi, nextLo, nextHi, idLo, idHi} {
		out = binary.AppendUvarint(out, uint64(len(stream)))
		out = append(out, stream...)
	}
	return out
}

// packHMM returns the emission table: runes, then per state B, M, E, S the
// distinct values and one index per rune (0 = the state never emits it).
func packHMM() ([]byte, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/go-ego/gse").Output()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(strings.TrimSpace(string(dir)), "hmm", "prob_emit.go")
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return nil, err
	}
	emit := map[string]map[rune]float64{} // −log probability
	ast.Inspect(tree, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != 1 {
			return true
		}
		ix, ok := as.Lhs[0].(*ast.IndexExpr)
		if !ok {
			return true
		}
		lit := as.Rhs[0].(*ast.CompositeLit)
		state := map[rune]float64{}
		for _, e := range lit.Elts {
			kv := e.(*ast.KeyValueExpr)
			key, err := strconv.Unquote(kv.Key.(*ast.BasicLit).Value)
			if err != nil {
				log.Fatal(err)
			}
			v, err := strconv.ParseFloat(kv.Value.(*ast.UnaryExpr).X.(*ast.BasicLit).Value, 64)
			if err != nil {
				log.Fatal(err)
			}
			if r := []rune(key)[0]; zh.IsHan(r) {
				state[r] = v
			}
		}
		emit[ix.Index.(*ast.BasicLit).Value] = state
		return false
	})
	all := map[rune]bool{}
	for _, m := range emit {
		for r := range m {
			all[r] = true
		}
	}
	runes := make([]rune, 0, len(all))
	for r := range all {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	out := []byte("zhhmm001")
	out = binary.AppendUvarint(out, uint64(len(runes)))
	prev := rune(0)
	for _, r := range runes {
		out = binary.AppendUvarint(out, uint64(r-prev))
		prev = r
	}
	for _, name := range []string{"'B'", "'M'", "'E'", "'S'"} {
		m := emit[name]
		if len(m) == 0 {
			return nil, fmt.Errorf("%s has no state %s", file, name)
		}
		values := make([]float64, 0, len(m))
		for _, v := range m {
			values = append(values, v)
		}
		slices.Sort(values)
		values = slices.Compact(values)
		out = binary.AppendUvarint(out, uint64(len(values)))
		for _, v := range values {
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
		}
		for _, r := range runes {
			id := 0
			if v, ok := m[r]; ok {
				id, _ = slices.BinarySearch(values, v)
				id++
			}
			out = append(out, byte(id), byte(id>>8))
		}
		fmt.Printf("state %s: %d runes, %d values\n", name, len(m), len(values))
	}
	return out, nil
}

func allHan(s string) bool {
	for _, r := range s {
		if !zh.IsHan(r) {
			return false
		}
	}
	return s != ""
}
