package zh

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/zstd"
)

// The embedded files are written by gen_dict.go. words.bin.zst holds the
// all-Han words of gse v0.80.3's dictionaries s_1 and t_1 with their
// frequencies, jieba.bin.zst those of jieba 0.42.1 that it can find,
// hmm.bin.zst the emission table of the hidden Markov model, the same in both.
// Licence and origin: DICT-LICENCE.md.
var (
	//go:embed words.bin.zst
	wordsFile []byte
	//go:embed jieba.bin.zst
	jiebaFile []byte
	//go:embed hmm.bin.zst
	hmmFile []byte
)

var errTable = errors.New("embedded table is damaged")

// packedWords is the dictionary as stored: a trie in breadth-first order. Node
// 0 is the root; the children of a node follow in one row, in ascending order
// of their rune codes, and the rows stand in the order of the parents.
type packedWords struct {
	runes   []rune   // code−1 → rune; frequent runes have small codes
	freqs   []uint64 // id−1 → frequency as gse counts it
	costs   []int64  // id → −log probability, 26 bits after the point
	unknown int64    // cost of a code point that is no word
	nodes   int
	streams [7][]byte
}

// Indexes of packedWords.streams. Codes and ids are split in a low and a high
// byte, which zstd packs better.
const (
	streamDegree = iota // number of children, uvarint
	streamFirstLo
	streamFirstHi // code of the first child
	streamNextLo
	streamNextHi // difference to the code of the previous sibling
	streamWordLo
	streamWordHi // frequency id of the word that ends here, 0 = none
)

func unpackWords(file []byte) (*packedWords, error) {
	rd, err := unpackTable(file, "zhwords1")
	if err != nil {
		return nil, fmt.Errorf("dictionary: %w", err)
	}
	p := &packedWords{unknown: int64(rd.uvarint())}
	p.runes = make([]rune, rd.length(1<<16-1))
	for i := range p.runes {
		p.runes[i] = rune(rd.uvarint())
	}
	n := rd.length(1<<16 - 1)
	p.freqs, p.costs = make([]uint64, n), make([]int64, n+1)
	for i := range p.freqs {
		p.freqs[i] = rd.uvarint()
		p.costs[i+1] = int64(rd.uvarint())
	}
	p.nodes = int(rd.uvarint())
	for i := range p.streams {
		p.streams[i] = rd.take(rd.length(len(rd.data)))
	}
	if rd.failed || len(p.streams[streamWordLo]) != p.nodes {
		return nil, fmt.Errorf("dictionary: %w", errTable)
	}
	return p, nil
}

func (p *packedWords) source() wordSource {
	return wordSource{runes: p.runes, costs: p.costs, unknown: p.unknown, nodes: p.nodes, walk: p.walk}
}

// walk calls visit for every node in breadth-first order with the frequency id
// of its word and the codes of its children, which are valid during the call.
func (p *packedWords) walk(visit func(word uint16, children []uint16)) error {
	degree, firstLo, firstHi := p.streams[streamDegree], p.streams[streamFirstLo], p.streams[streamFirstHi]
	nextLo, nextHi := p.streams[streamNextLo], p.streams[streamNextHi]
	wordLo, wordHi := p.streams[streamWordLo], p.streams[streamWordHi]
	if len(firstLo) != len(firstHi) || len(nextLo) != len(nextHi) || len(wordLo) != len(wordHi) {
		return errTable
	}
	children := make([]uint16, 0, len(p.runes))
	first, next := 0, 0
	for i := range wordLo {
		n, size := binary.Uvarint(degree)
		if size <= 0 || n > uint64(len(p.runes)) {
			return errTable
		}
		degree = degree[size:]
		children = children[:0]
		if n > 0 {
			if first >= len(firstLo) || next+int(n)-1 > len(nextLo) {
				return errTable
			}
			c := uint16(firstLo[first]) | uint16(firstHi[first])<<8
			first++
			children = append(children, c)
			for range n - 1 {
				c += uint16(nextLo[next]) | uint16(nextHi[next])<<8
				next++
				children = append(children, c)
			}
		}
		visit(uint16(wordLo[i])|uint16(wordHi[i])<<8, children)
	}
	return nil
}

// emissions is the table of the hidden Markov model: for a rune the log
// probability that each state emits it.
type emissions struct {
	id   []uint16     // rune → index into prob, 0 = never seen
	prob [][4]float64 // states B, M, E, S
}

func unpackEmissions(file []byte) (*emissions, error) {
	rd, err := unpackTable(file, "zhhmm001")
	if err != nil {
		return nil, fmt.Errorf("emission table: %w", err)
	}
	n := rd.length(1<<16 - 1)
	runes := make([]rune, n)
	prev := rune(0)
	for i := range runes {
		prev += rune(rd.uvarint())
		runes[i] = prev
	}
	if prev > 0x3FFFF {
		return nil, fmt.Errorf("emission table: %w", errTable)
	}
	e := &emissions{id: make([]uint16, prev+1), prob: make([][4]float64, n+1)}
	for i, r := range runes {
		e.id[r] = uint16(i + 1)
	}
	for state := range 4 {
		values := make([]float64, rd.length(1<<16-1)+1)
		values[0] = neverEmits
		for i := range values[1:] {
			if b := rd.take(8); b != nil {
				values[i+1] = -math.Float64frombits(binary.LittleEndian.Uint64(b))
			}
		}
		e.prob[0][state] = neverEmits
		for i := range n {
			b := rd.take(2)
			if b == nil || int(binary.LittleEndian.Uint16(b)) >= len(values) {
				return nil, fmt.Errorf("emission table: %w", errTable)
			}
			e.prob[i+1][state] = values[binary.LittleEndian.Uint16(b)]
		}
	}
	if rd.failed {
		return nil, fmt.Errorf("emission table: %w", errTable)
	}
	return e, nil
}

// tableReader reads an unpacked table; after the first missing byte it returns
// zeros and failed is set.
type tableReader struct {
	data   []byte
	failed bool
}

func unpackTable(file []byte, magic string) (*tableReader, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	data, err := dec.DecodeAll(file, nil)
	if err != nil {
		return nil, err
	}
	if len(data) < len(magic) || string(data[:len(magic)]) != magic {
		return nil, errTable
	}
	return &tableReader{data: data[len(magic):]}, nil
}

func (r *tableReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.data)
	if n <= 0 {
		r.data, r.failed = nil, true
		return 0
	}
	r.data = r.data[n:]
	return v
}

// length reads a count; one above limit is a fault.
func (r *tableReader) length(limit int) int {
	v := r.uvarint()
	if v > uint64(limit) {
		r.data, r.failed = nil, true
		return 0
	}
	return int(v)
}

// take returns the next n bytes, nil if there are fewer.
func (r *tableReader) take(n int) []byte {
	if n > len(r.data) {
		r.data, r.failed = nil, true
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}
