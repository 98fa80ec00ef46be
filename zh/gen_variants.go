//go:build ignore

// Gen_variants writes variants.txt and japanese.txt from the dictionary folder
// of the npm package opencc: go run gen_variants.go path/to/opencc/data/dictionary
// The first is frozen: formats that store normalised text depend on it, so a
// new edition needs a new TableVersion.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// kokuji are ideographs made in Japan and common there, but not in Chinese.
const kokuji = "働込峠枠匂塀畑辻搾栃笹"

// alsoChinese are Japanese standard forms that Chinese text uses too.
const alsoChinese = "予研瓶郎萌晃缶欠弁皐塡鬪呪糸遅茘荘浜値倶戸毎歳晩黒繋艶概翻慎褒痺粧汚焔"

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: go run gen_variants.go path/to/opencc/data/dictionary")
	}
	dir := os.Args[1]
	ts := read(filepath.Join(dir, "TSCharacters.txt"))
	st := read(filepath.Join(dir, "STCharacters.txt"))
	jp := read(filepath.Join(dir, "JPShinjitaiCharacters.txt"))
	isSimplified, isTraditional := map[rune]bool{}, map[rune]bool{} // stands in some text of the form
	for t, vs := range ts {
		isTraditional[t] = true
		for _, v := range vs {
			isSimplified[v] = true
		}
	}
	for s, vs := range st {
		isSimplified[s] = true
		for _, v := range vs {
			isTraditional[v] = true
		}
	}
	for _, standard := range []string{"TWVariants.txt", "HKVariants.txt"} {
		for _, vs := range read(filepath.Join(dir, standard)) {
			for _, v := range vs {
				isTraditional[v] = true // 群 and 秘, which OpenCC's own standard writes 羣 and 祕
			}
		}
	}
	var hans, hant, japan []rune
	var pairs []string
	for t, vs := range ts {
		if vs[0] != t {
			pairs = append(pairs, string(t)+" "+string(vs[0]))
		}
		if !isSimplified[t] {
			hant = append(hant, t)
		}
	}
	for s := range st {
		if !isTraditional[s] {
			hans = append(hans, s)
		}
	}
	for j := range jp {
		if !isSimplified[j] && !isTraditional[j] && !strings.ContainsRune(alsoChinese, j) {
			japan = append(japan, j)
		}
	}
	for _, j := range kokuji {
		if !isSimplified[j] && !isTraditional[j] && !slices.Contains(japan, j) {
			japan = append(japan, j)
		}
	}
	// What Japanese has of the characters that one form of Chinese has alone.
	var shared, old []rune
	for j, vs := range jp {
		if slices.Contains(hans, j) {
			shared = append(shared, j)
		}
		for _, v := range vs {
			if v != j && slices.Contains(hant, v) && !slices.Contains(old, v) {
				old = append(old, v)
			}
		}
	}
	slices.Sort(shared)
	slices.Sort(old)
	lists := "# Forms of Chinese characters in Japanese. Facts taken from OpenCC 1.4.2 (npm package opencc, Apache-2.0,\n" +
		"# JPShinjitaiCharacters); see DICT-LICENCE.md. Written by gen_variants.go.\n" +
		"# shared: of variants.txt's hans, standard in Japanese too. old: of its hant, replaced in Japanese.\n" +
		"shared " + string(shared) + "\nold " + string(old) + "\n"
	if err := os.WriteFile("japanese.txt", []byte(lists), 0o644); err != nil {
		log.Fatal(err)
	}
	slices.Sort(pairs)
	var out bytes.Buffer
	out.WriteString("# Forms of Chinese characters. Facts taken from OpenCC 1.4.2 (npm package opencc, Apache-2.0,\n" +
		"# TSCharacters, STCharacters and JPShinjitaiCharacters); see DICT-LICENCE.md. Written by gen_variants.go.\n" +
		"# hans, hant, japan: characters that exist in that form only. Then pairs: traditional, simplified.\n")
	for _, l := range []struct {
		name  string
		runes []rune
	}{{"hans", hans}, {"hant", hant}, {"japan", japan}} {
		slices.Sort(l.runes)
		fmt.Fprintf(&out, "%s %s\n", l.name, string(l.runes))
		fmt.Println(l.name, len(l.runes))
	}
	for _, p := range pairs {
		out.WriteString(p + "\n")
	}
	fmt.Println("pairs", len(pairs))
	if err := os.WriteFile("variants.txt", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

func read(name string) map[rune][]rune {
	data, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	m := map[rune][]rune{}
	for line := range strings.Lines(string(data)) {
		key, values, ok := strings.Cut(strings.TrimSpace(line), "\t")
		k := []rune(key)
		if !ok || strings.HasPrefix(key, "#") || len(k) != 1 {
			continue
		}
		for v := range strings.FieldsSeq(values) {
			if r := []rune(v); len(r) == 1 {
				m[k[0]] = append(m[k[0]], r[0])
			}
		}
	}
	return m
}
