//go:build ignore

// Gen_opencc writes opencc.bin.zst from the dictionary folder of the npm
// package opencc: go run gen_opencc.go path/to/opencc/data/dictionary
// It also makes the dictionaries that OpenCC derives when it is built. The same
// package version gives the same bytes.
package main

import (
	"bytes"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
)

// preference starts a note of OpenCC on which key a reversed value gets.
const preference = "# @reverse-prefer:"

// dict has the first value of each key, in text order of the keys.
type dict struct {
	keys   []string
	values map[string][]string
	lines  []string
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: go run gen_opencc.go path/to/opencc/data/dictionary")
	}
	all := map[string]*dict{}
	for _, name := range []string{
		"CJK_Compatibility_Ideographs", "HKPhrases", "HKPhrasesRev", "HKVariants", "HKVariantsPhrases", "HKVariantsRevPhrases",
		"JPShinjitaiCharacters", "JPShinjitaiPhrases", "STCharacters", "STPhrases", "TSCharacters", "TSPhrases",
		"TWPhrases", "TWPhrasesRev", "TWVariants", "TWVariantsPhrases", "TWVariantsRevPhrases",
	} {
		all[name] = read(filepath.Join(os.Args[1], name+".txt"))
	}
	for _, name := range []string{"TWVariants", "HKVariants", "JPShinjitaiCharacters"} {
		all[name+"Rev"] = all[name].reverse()
	}
	all["TSCharactersExt"] = all["TSCharacters"].tofuRisk()
	all["STPhrases_GeneratedFromRegionalPhrases"] = regional(all)

	var out bytes.Buffer
	out.WriteString("zhopencc1\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		d := all[name]
		fmt.Fprintf(&out, "= %s %d\n", name, len(d.keys))
		for _, k := range slices.Sorted(slices.Values(d.keys)) {
			fmt.Fprintf(&out, "%s\t%s\n", k, d.values[k][0])
		}
		fmt.Println(name, len(d.keys))
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		log.Fatal(err)
	}
	z := enc.EncodeAll(out.Bytes(), nil)
	fmt.Printf("opencc.bin.zst: %d bytes, %d unpacked\n", len(z), out.Len())
	if err := os.WriteFile("opencc.bin.zst", z, 0o644); err != nil {
		log.Fatal(err)
	}
}

func read(name string) *dict {
	data, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	d := &dict{values: map[string][]string{}, lines: strings.Split(string(data), "\n")}
	for _, line := range d.lines {
		line = strings.TrimSuffix(line, "\r")
		key, values, ok := strings.Cut(line, "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		d.add(key, strings.Split(values, " ")...)
	}
	return d
}

func (d *dict) add(key string, values ...string) {
	if _, ok := d.values[key]; !ok {
		d.keys = append(d.keys, key)
	}
	d.values[key] = append(d.values[key], values...)
}

// reverse swaps keys and values, as reverse.py of OpenCC: of several keys the
// first counts, unless the file names a preference.
func (d *dict) reverse() *dict {
	r := &dict{values: map[string][]string{}}
	for _, k := range d.keys {
		for _, v := range d.values[k] {
			r.add(v, k)
		}
	}
	for _, line := range d.lines {
		rest, ok := strings.CutPrefix(line, preference)
		if !ok {
			continue
		}
		f := strings.Fields(rest)
		if len(f) == 0 || len(r.values[f[0]]) == 0 {
			log.Fatalf("reverse preference %q", line)
		}
		r.values[f[0]] = []string{f[len(f)-1]}
	}
	return r
}

// tofuRisk returns the entries behind a note of that name, whose first value is
// the key itself: as extract_tofu_risk.py.
func (d *dict) tofuRisk() *dict {
	r := &dict{values: map[string][]string{}}
	for i, line := range d.lines {
		if !strings.HasPrefix(line, "# @tofu-risk:") {
			continue
		}
		key, values, _ := strings.Cut(strings.TrimSuffix(d.lines[i+1], "\r"), "\t")
		v := strings.Fields(values)
		if len(v) > 0 && v[0] == key {
			v = v[1:]
		}
		if len(v) == 0 {
			log.Fatalf("no value behind %q", line)
		}
		r.add(key, v...)
	}
	return r
}

// regional returns the simplified forms of the regional phrases of three and
// more code points: as generate_st_phrases_from_regional_phrases.py.
func regional(all map[string]*dict) *dict {
	r := &dict{values: map[string][]string{}}
	for _, name := range []string{"HKPhrases", "TWPhrases"} {
		for _, k := range all[name].keys {
			s := simplify(k, all["TSPhrases"], all["TSCharactersExt"], all["TSCharacters"])
			if utf8.RuneCountInString(s) >= 3 {
				r.add(s, k)
			}
		}
	}
	return r
}

// simplify converts by the longest key of the first dictionary that has one.
func simplify(text string, dicts ...*dict) string {
	out := ""
next:
	for text != "" {
		for _, d := range dicts {
			for n := len(text); n > 0; n-- {
				if v, ok := d.values[text[:n]]; ok {
					out, text = out+v[0], text[n:]
					continue next
				}
			}
		}
		_, n := utf8.DecodeRuneInString(text)
		out, text = out+text[:n], text[n:]
	}
	return out
}
