package zh

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// OpenCCVersion is the edition of the conversion dictionaries. Another one
// converts differently.
const OpenCCVersion = "1.4.2"

// openccFile is written by gen_opencc.go: the dictionaries of OpenCC, those it
// derives too, as lines "key tab value" under a line "= name count".
//
//go:embed opencc.bin.zst
var openccFile []byte

// Conversions returns the names of all conversions, sorted. s is simplified, t
// traditional as OpenCC writes it, tw and hk are the standards of Taiwan and
// Hong Kong, twp and hkp with their words (軟體 for 软件), jp is Japanese.
func Conversions() []string { return slices.Sorted(maps.Keys(conversions)) }

// Groups of dictionaries: the first that has a key counts, those joined by +
// are one.
const (
	stPhrases = "STPhrases+STPhrases_GeneratedFromRegionalPhrases"
	st        = stPhrases + " STCharacters"
	ts        = "TSPhrases TSCharactersExt TSCharacters"
	toTW      = "TWVariantsPhrases TWVariants"
	toHK      = "HKVariantsPhrases HKVariants"
	fromTW    = "TWVariantsRevPhrases TWVariantsRev"
	fromHK    = "HKVariantsRevPhrases HKVariantsRev"
)

// conversions are the configurations of OpenCC 1.4.2 (data/config): the
// dictionaries that cut the text, and the chain.
var conversions = map[string]func() (*conversion, error){
	"s2t":   newConversion("", st),
	"t2s":   newConversion("", ts),
	"s2tw":  newConversion(stPhrases, st, toTW),
	"s2twp": newConversion(stPhrases, st, "TWPhrases "+toTW),
	"s2hk":  newConversion(stPhrases, st, toHK),
	"s2hkp": newConversion(stPhrases, st, "HKPhrases "+toHK),
	"tw2s":  newConversion("TSPhrases", fromTW, ts),
	"tw2sp": newConversion("TSPhrases", "TWPhrasesRev "+fromTW, ts),
	"hk2s":  newConversion("TSPhrases", fromHK, ts),
	"hk2sp": newConversion("TSPhrases", "HKPhrasesRev "+fromHK, ts),
	"t2tw":  newConversion("", toTW),
	"tw2t":  newConversion("", fromTW),
	"t2hk":  newConversion("", toHK),
	"hk2t":  newConversion("", fromHK),
	"t2jp":  newConversion("", "JPShinjitaiCharactersRev"),
	"jp2t":  newConversion("", "JPShinjitaiPhrases JPShinjitaiCharacters"),
}

func newConversion(segments string, chain ...string) func() (*conversion, error) {
	return sync.OnceValues(func() (*conversion, error) {
		dicts, err := readOpenCC()
		if err != nil {
			return nil, err
		}
		compat := dicts["CJK_Compatibility_Ideographs"]
		c := new(conversion)
		if c.compat, err = newConvTable(dicts, "CJK_Compatibility_Ideographs", nil); err != nil {
			return nil, err
		}
		for _, group := range chain {
			t, err := newConvTable(dicts, group, compat)
			if err != nil {
				return nil, err
			}
			c.chain = append(c.chain, t)
		}
		// A table of phrases, then of single code points, finds the phrases too.
		if segments != "" && chain[0] == segments+" STCharacters" {
			c.segments = c.chain[0]
		} else if segments != "" {
			c.segments, err = newConvTable(dicts, segments, compat)
		}
		return c, err
	})
}

type convEntry struct{ key, value string }

// readOpenCC unpacks the dictionaries by name.
var readOpenCC = sync.OnceValues(func() (map[string][]convEntry, error) { return unpackOpenCC(openccFile) })

func unpackOpenCC(file []byte) (map[string][]convEntry, error) {
	rd, err := unpackTable(file, "zhopencc1\n")
	if err != nil {
		return nil, fmt.Errorf("conversion dictionaries: %w", err)
	}
	dicts := map[string][]convEntry{}
	name, want := "", 0
	for line := range strings.Lines(string(rd.data)) {
		line = strings.TrimSuffix(line, "\n")
		if head, ok := strings.CutPrefix(line, "= "); ok {
			if len(dicts[name]) != want {
				break
			}
			var n string
			name, n, _ = strings.Cut(head, " ")
			want, _ = strconv.Atoi(n)
			dicts[name] = make([]convEntry, 0, min(want, 1<<17))
			continue
		}
		key, value, ok := strings.Cut(line, "\t")
		if !ok || key == "" || len(value) > 255 {
			want = -1
			break
		}
		dicts[name] = append(dicts[name], convEntry{key, value})
	}
	if name == "" || len(dicts[name]) != want || len(rd.data) == 0 || rd.data[len(rd.data)-1] != '\n' {
		return nil, fmt.Errorf("conversion dictionaries: %w", errTable)
	}
	return dicts, nil
}

// convTable finds the key of a group of dictionaries that counts at a place.
type convTable struct {
	start  *[0x10000]uint16 // code point of plane 0 → index into heads, 0 = begins no key
	astral []uint16         // the same from U+20000 on
	direct *[0x10000]uint32 // what becomes of a code point of three bytes, see setDirect
	heads  []convHead
	code   []uint16 // as in trie
	nodes  []trieNode
	values []convValue // by id
	text   []byte      // all values
}

// convHead is what begins with a code point.
type convHead struct {
	base uint32 // of its node, as in trie
	id   uint16 // of the key that it is alone, 0 if it is none
	rank uint8  // of that key
	kind uint8
}

// Kinds of heads.
const (
	headKey         = iota // begins keys
	headDescription        // may begin a description of a character
	headCompat             // compatibility ideograph, to be replaced first
)

type convValue struct {
	at   uint32
	size uint8
	rank uint8 // of the dictionary in its group
	same bool  // the value is the key
}

// noRank is behind every rank.
const noRank = 255

const astralFirst, astralLast = 0x20000, 0x323AF

// startAt returns the index into heads for a code point of some size, and the
// size.
func (t *convTable) startAt(r rune, size int) (uint16, int) {
	if r < 0x10000 {
		if r == utf8.RuneError && size == 1 {
			return 0, size
		}
		return t.start[r], size
	}
	if i := uint32(r) - astralFirst; i < uint32(len(t.astral)) {
		return t.astral[i], size
	}
	return 0, size
}

func (t *convTable) setStart(r rune, v uint16) error {
	switch {
	case r < 0x10000:
		t.start[r] = v
	case r < astralFirst || r > astralLast:
		return errTable
	default:
		if t.astral == nil {
			t.astral = make([]uint16, astralLast-astralFirst+1)
		}
		t.astral[r-astralFirst] = v
	}
	return nil
}

// newConvTable builds the table of a group. compat has the code points that are
// replaced before; no key may begin with one.
func newConvTable(dicts map[string][]convEntry, group string, compat []convEntry) (*convTable, error) {
	t := &convTable{start: new([0x10000]uint16), values: make([]convValue, 1), heads: make([]convHead, 1)}
	t.heads[0].rank = noRank
	var keys []string
	for rank, union := range strings.Fields(group) {
		for name := range strings.SplitSeq(union, "+") {
			if dicts[name] == nil {
				return nil, fmt.Errorf("conversion dictionary %s: %w", name, errTable)
			}
			for _, e := range dicts[name] {
				keys = append(keys, e.key)
				t.values = append(t.values, convValue{at: uint32(len(t.text)), size: uint8(len(e.value)), rank: uint8(rank), same: e.key == e.value})
				t.text = append(t.text, e.value...)
			}
		}
	}
	if len(t.values) > noLabel {
		return nil, errTable
	}
	words := newSortedWords(keys)
	tr, err := newTrie(words.source())
	if err != nil {
		return nil, err
	}
	t.nodes, t.code = tr.nodes, tr.code
	root := t.nodes[0].base
	for _, r := range words.first() {
		node := t.nodes[root+uint32(t.code[r])]
		h := convHead{base: node.base, id: node.word, rank: noRank}
		if v := t.values[node.word]; node.word != 0 {
			h.rank = v.rank
		}
		t.heads = append(t.heads, h)
		if err := t.setStart(r, uint16(len(t.heads)-1)); err != nil {
			return nil, err
		}
	}
	if err := t.addSpecial(compat); err != nil {
		return nil, err
	}
	t.setDirect()
	return t, nil
}

// directHead marks code points that direct does not decide.
const directHead = 1 << 24

// setDirect fills direct with the three bytes, the first in the lowest, that a
// code point of three bytes becomes whatever follows: itself if it begins no
// key, or the value of a key that begins no other.
func (t *convTable) setDirect() {
	t.direct = new([0x10000]uint32)
	for i := range t.direct {
		h := &t.heads[t.start[i]]
		v := &t.values[h.id]
		short := h.kind == headKey && h.base == 0 && v.size == 3
		switch {
		case i < 0x800 || i >= 0xD800 && i < 0xE000 || t.start[i] != 0 && !short:
			t.direct[i] = directHead // shorter, no code point, or not decided
		case short:
			b := t.text[v.at:]
			t.direct[i] = uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
		default:
			t.direct[i] = 0xE0 | uint32(i)>>12 | (0x80|uint32(i)>>6&0x3F)<<8 | (0x80|uint32(i)&0x3F)<<16
		}
	}
}

// addSpecial adds the heads that are no keys.
func (t *convTable) addSpecial(compat []convEntry) error {
	at := uint16(len(t.heads))
	t.heads = append(t.heads, convHead{kind: headDescription}, convHead{kind: headCompat})
	for r := rune(0x2FF0); r <= 0x2FFF; r++ {
		if err := t.setStart(r, at); err != nil {
			return err
		}
	}
	for _, e := range compat {
		r, size := utf8.DecodeRuneInString(e.key)
		if s, _ := t.startAt(r, size); s != 0 {
			return errTable
		}
		if err := t.setStart(r, at+1); err != nil {
			return err
		}
	}
	return nil
}

// sortedWords is a wordSource over a list of keys: the id of a key is its index
// plus one. Of equal keys the first counts.
type sortedWords struct {
	runes []rune
	words [][]uint16 // rune codes, sorted
	ids   []uint16
	keys  int // of the list
}

func newSortedWords(keys []string) *sortedWords {
	count := map[rune]int{}
	total := 0
	for _, k := range keys {
		for _, r := range k {
			count[r]++
			total++
		}
	}
	w := &sortedWords{runes: make([]rune, 0, len(count)), keys: len(keys)}
	for r := range count {
		w.runes = append(w.runes, r)
	}
	slices.SortFunc(w.runes, func(a, b rune) int {
		if d := count[b] - count[a]; d != 0 {
			return d
		}
		return int(a - b)
	})
	code := make(map[rune]uint16, len(w.runes))
	for i, r := range w.runes {
		code[r] = uint16(i + 1)
	}
	type word struct {
		head  uint64 // the first four codes, for sorting
		codes []uint16
		id    uint16
	}
	list := make([]word, len(keys))
	all := make([]uint16, 0, total)
	for i, k := range keys {
		from := len(all)
		for _, r := range k {
			all = append(all, code[r])
		}
		w := word{codes: all[from:], id: uint16(i + 1)}
		for j := range 4 {
			w.head <<= 16
			if j < len(w.codes) {
				w.head |= uint64(w.codes[j])
			}
		}
		list[i] = w
	}
	slices.SortFunc(list, func(a, b word) int {
		if c := cmp.Compare(a.head, b.head); c != 0 {
			return c
		}
		if c := slices.Compare(a.codes, b.codes); c != 0 {
			return c
		}
		return cmp.Compare(a.id, b.id)
	})
	for i, l := range list {
		if i == 0 || !slices.Equal(l.codes, list[i-1].codes) {
			w.words, w.ids = append(w.words, l.codes), append(w.ids, l.id)
		}
	}
	return w
}

// first returns the code points that begin a key, sorted by code.
func (w *sortedWords) first() []rune {
	var rs []rune
	for i, k := range w.words {
		if i == 0 || k[0] != w.words[i-1][0] {
			rs = append(rs, w.runes[k[0]-1])
		}
	}
	return rs
}

func (w *sortedWords) source() wordSource {
	nodes := 1
	for i, k := range w.words {
		common := 0
		if i > 0 {
			for common < min(len(k), len(w.words[i-1])) && k[common] == w.words[i-1][common] {
				common++
			}
		}
		nodes += len(k) - common
	}
	return wordSource{runes: w.runes, costs: make([]int64, w.keys+1), nodes: nodes, walk: w.walk}
}

func (w *sortedWords) walk(visit func(word uint16, children []uint16)) error {
	type node struct{ lo, hi, depth int32 } // words[lo:hi] share depth codes
	queue := []node{{0, int32(len(w.words)), 0}}
	var children []uint16
	for at := 0; at < len(queue); at++ {
		n := queue[at]
		i, id := n.lo, uint16(0)
		if i < n.hi && len(w.words[i]) == int(n.depth) {
			id = w.ids[i]
			i++
		}
		children = children[:0]
		for i < n.hi {
			c, j := w.words[i][n.depth], i+1
			for j < n.hi && w.words[j][n.depth] == c {
				j++
			}
			children = append(children, c)
			queue = append(queue, node{i, j, n.depth + 1})
			i = j
		}
		visit(id, children)
	}
	return nil
}
