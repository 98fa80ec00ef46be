package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"

	"github.com/qingliu/qingliu/dedup"
)

// Files of the rank task.
const (
	ranksFile        = "ranks"    // rank of every row, by group; see rankTable
	orderFile        = "order"    // by rank: group u32, row u32, exact copies u32, 0 u32
	collapsedFile    = "dropped"  // rows that lost to a copy, see collapsedRow
	rankedSketchFile = "sketches" // 64 bytes by rank
)

const (
	orderRowBytes     = 16
	collapsedRowBytes = 20
	noRank            = math.MaxUint32
)

// Reasons of rank and cluster, by the code in a collapsed row.
var copyReasons = []string{"", "duplicate_id", "duplicate_url", "duplicate_text"}

const (
	copyID = 1 + iota
	copyURL
	copyText
)

func rankStage() *stage {
	return &stage{
		name:    "rank",
		version: 1,
		fingerprint: func(c *Config) []any {
			return []any{c.Datasets, c.Dedup.URL, c.Dedup.Exact}
		},
		tasks:    one,
		identity: func(r *RunFolder, _ int) (string, error) { return r.Plan.layoutIdentity(), nil },
		deps: func(p *Plan, _ int) []dep {
			return slices.Concat(fromAll("decide", len(p.Groups), verdictsFile), fromAll("measure", len(p.Groups), columnsFile, sketchesFile))
		},
		run: runRank,
	}
}

// layoutIdentity is what the stages that see all groups take from the plan
// itself: names, datasets and order of the files, and which group holds what.
func (p *Plan) layoutIdentity() string {
	type file struct{ Name, Dataset string }
	var files []file
	for _, f := range p.Files {
		files = append(files, file{f.Name, f.Dataset})
	}
	b, _ := json.Marshal([]any{files, p.Groups})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// The order of documents, best first, as bytes that compare like the documents:
// published 1, trust 1, score 4, length 4, date 8, text 16, id 16, file 4,
// offset 8. Larger is better is stored as the complement.
const (
	sortKeyBytes = 62
	locatorBytes = 12 // group u32, row u32, copies u32
	urlKeyBytes  = 16
	entryBytes   = sortKeyBytes + locatorBytes + urlKeyBytes
)

// rankMemory bounds the buffers of each external sort.
const rankMemory = 64 << 20

// rankEntry is a kept document while it is ranked: sort key, locator, URL key.
type rankEntry [entryBytes]byte

func (e *rankEntry) group() uint32  { return binary.BigEndian.Uint32(e[sortKeyBytes:]) }
func (e *rankEntry) row() uint32    { return binary.BigEndian.Uint32(e[sortKeyBytes+4:]) }
func (e *rankEntry) copies() uint32 { return binary.BigEndian.Uint32(e[sortKeyBytes+8:]) }
func (e *rankEntry) url() []byte    { return e[sortKeyBytes+locatorBytes:] }
func (e *rankEntry) date() uint64   { return ^binary.BigEndian.Uint64(e[10:]) }
func (e *rankEntry) length() uint32 { return ^binary.BigEndian.Uint32(e[6:]) }
func (e *rankEntry) addCopies(n uint32) {
	binary.BigEndian.PutUint32(e[sortKeyBytes+8:], e.copies()+n)
}

// keyedSorter sorts rank entries under a key of its own in front.
type keyedSorter struct {
	s   *dedup.Sorter
	key int
	rec []byte
}

func newKeyedSorter(dir string, key int) *keyedSorter {
	w := key + entryBytes
	return &keyedSorter{s: dedup.NewSorter(dir, w, w, rankMemory), key: key, rec: make([]byte, w)}
}

func (k *keyedSorter) add(key []byte, e *rankEntry) error {
	copy(k.rec, key)
	copy(k.rec[k.key:], e[:])
	return k.s.Add(k.rec)
}

// each calls fn with each run of entries whose first prefix bytes are equal; the
// first entry of a run is the best.
func (k *keyedSorter) each(prefix int, fn func(best *rankEntry, others []rankEntry) error) error {
	it, err := k.s.Sorted()
	if err != nil {
		return err
	}
	var (
		cur    []byte
		best   rankEntry
		others []rankEntry
		have   bool
	)
	flush := func() error {
		if !have {
			return nil
		}
		return fn(&best, others)
	}
	for {
		rec, err := it.Next()
		if err == io.EOF {
			return flush()
		}
		if err != nil {
			return err
		}
		if have && bytes.Equal(cur, rec[:prefix]) {
			others = append(others, rankEntry(rec[k.key:]))
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		cur, others, have = append(cur[:0], rec[:prefix]...), others[:0], true
		best = rankEntry(rec[k.key:])
	}
}

// ranker carries the state of the rank task.
type ranker struct {
	t     *task
	dir   string
	ranks [][]uint32 // by group, by row
	lost  *dedup.Sorter
	n     uint32
}

func runRank(ctx context.Context, t *task) error {
	dir, clean, err := t.tempDir()
	if err != nil {
		return err
	}
	defer clean()
	r := &ranker{t: t, dir: dir, ranks: make([][]uint32, len(t.Plan.Groups))}
	r.lost = dedup.NewSorter(dir, collapsedRowBytes, 8, rankMemory)
	defer r.lost.Close()
	byID := newKeyedSorter(dir, 16)
	defer byID.s.Close()
	for g := range t.Plan.Groups {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.collect(g, byID); err != nil {
			return err
		}
	}
	final, err := r.collapse(ctx, byID)
	if err != nil {
		return err
	}
	defer final.s.Close()
	if err := r.writeOrder(final); err != nil {
		return err
	}
	if err := r.writeRanks(); err != nil {
		return err
	}
	if err := r.writeLost(); err != nil {
		return err
	}
	return r.writeSketches()
}

// collect adds the kept documents of a group, with their text and URL keys.
func (r *ranker) collect(g int, byID *keyedSorter) error {
	t := r.t
	reasons, err := t.reasons(g)
	if err != nil {
		return err
	}
	c, f, err := t.columns("measure", g, columnsFile)
	if err != nil {
		return err
	}
	defer f.Close()
	defer c.close()
	cols, err := readRankColumns(c)
	if err != nil {
		return err
	}
	r.ranks[g] = make([]uint32, c.rows())
	for row := range r.ranks[g] {
		r.ranks[g][row] = noRank
		if reasons[row] != 0 {
			continue
		}
		rg := t.Plan.Groups[g].Ranges[cols.file[row]]
		e := makeEntry(cols, row, rg.File, t.Config.Datasets[t.Plan.Files[rg.File].Dataset].Trust)
		binary.BigEndian.PutUint32(e[sortKeyBytes:], uint32(g))
		binary.BigEndian.PutUint32(e[sortKeyBytes+4:], uint32(row))
		if err := byID.add(cols.id[row][:], &e); err != nil {
			return err
		}
	}
	return nil
}

type rankColumns struct {
	file, length  []uint32
	offset, dates []uint64
	id, text, url [][16]byte
}

func readRankColumns(c *columnFile) (r rankColumns, err error) {
	if r.file, err = c.uint32s("range"); err != nil {
		return r, err
	}
	if r.length, err = c.uint32s("length"); err != nil {
		return r, err
	}
	if r.offset, err = c.uint64s("offset"); err != nil {
		return r, err
	}
	if r.dates, err = c.uint64s("crawled"); err != nil {
		return r, err
	}
	if r.id, err = c.keys("id"); err != nil {
		return r, err
	}
	if r.text, err = c.keys("text"); err != nil {
		return r, err
	}
	r.url, err = c.keys("url")
	return r, err
}

func makeEntry(c rankColumns, row, file, trust int) (e rankEntry) {
	e[0] = 1 // 0 is for documents already published
	e[1] = ^byte(trust)
	// e[2:6], the score, is equal for all as long as no model gives one
	binary.BigEndian.PutUint32(e[6:], ^c.length[row])
	binary.BigEndian.PutUint64(e[10:], ^c.dates[row])
	copy(e[18:], c.text[row][:])
	copy(e[34:], c.id[row][:])
	binary.BigEndian.PutUint32(e[50:], uint32(file))
	binary.BigEndian.PutUint64(e[54:], c.offset[row])
	copy(e.url(), c.url[row][:])
	return e
}

// reasons reads the verdicts of a group: 0 for kept rows, else 1 + the number of
// the rule.
func (r *RunFolder) reasons(group int) ([]uint32, error) {
	c, f, err := r.columns("decide", group, verdictsFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	defer c.close()
	return c.uint32s("reason")
}

// collapse removes copies by id, URL and text, in this order, and returns the
// survivors in a sorter by rank.
func (r *ranker) collapse(ctx context.Context, byID *keyedSorter) (*keyedSorter, error) {
	var none [16]byte
	cfg := r.t.Config.Dedup
	byURL, byText, final := newKeyedSorter(r.dir, 24), newKeyedSorter(r.dir, 16), newKeyedSorter(r.dir, 0)
	defer byURL.s.Close()
	defer byText.s.Close()
	toText := func(e *rankEntry) error {
		if text := e[18:34]; cfg.Exact && !bytes.Equal(text, none[:]) {
			return byText.add(text, e)
		}
		return final.add(nil, e)
	}
	err := byID.each(16, func(best *rankEntry, others []rankEntry) error {
		if err := r.lose(best, others, copyID, true); err != nil {
			return err
		}
		if cfg.URL == "off" || bytes.Equal(best.url(), none[:]) {
			return toText(best)
		}
		var k [24]byte
		copy(k[:], best.url())
		binary.BigEndian.PutUint64(k[16:], captureOrder(cfg.URL, best))
		return byURL.add(k[:], best)
	})
	if err != nil {
		return nil, err
	}
	err = byURL.each(16, func(best *rankEntry, others []rankEntry) error {
		if err := r.lose(best, others, copyURL, false); err != nil {
			return err
		}
		return toText(best)
	})
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = byText.each(16, func(best *rankEntry, others []rankEntry) error {
		if err := r.lose(best, others, copyText, true); err != nil {
			return err
		}
		return final.add(nil, best)
	})
	return final, err
}

// captureOrder sorts the captures of one URL, the one to keep first.
func captureOrder(rule string, e *rankEntry) uint64 {
	switch rule {
	case "first":
		return e.date()
	case "longest":
		return ^uint64(e.length())
	}
	return ^e.date()
}

// lose records that others collapse into best.
func (r *ranker) lose(best *rankEntry, others []rankEntry, reason byte, exact bool) error {
	for i := range others {
		o := &others[i]
		var b [collapsedRowBytes]byte
		binary.BigEndian.PutUint32(b[0:], o.group())
		binary.BigEndian.PutUint32(b[4:], o.row())
		binary.BigEndian.PutUint32(b[8:], best.group())
		binary.BigEndian.PutUint32(b[12:], best.row())
		b[16] = reason
		if err := r.lost.Add(b[:]); err != nil {
			return err
		}
		r.t.count(copyReasons[reason], 1)
		if exact {
			best.addCopies(o.copies() + 1)
		}
	}
	return nil
}

// writeOrder numbers the survivors.
func (r *ranker) writeOrder(final *keyedSorter) error {
	out, err := r.t.create(orderFile)
	if err != nil {
		return err
	}
	w := newBuffered(out)
	it, err := final.s.Sorted()
	if err != nil {
		return err
	}
	for {
		rec, err := it.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if r.n == noRank {
			return fmt.Errorf("more than %d documents in one run", uint32(noRank)-1)
		}
		e := rankEntry(rec)
		r.ranks[e.group()][e.row()] = r.n
		r.n++
		var b [orderRowBytes]byte
		binary.LittleEndian.PutUint32(b[0:], e.group())
		binary.LittleEndian.PutUint32(b[4:], e.row())
		binary.LittleEndian.PutUint32(b[8:], e.copies())
		w.Write(b[:])
	}
	r.t.count("ranked", int64(r.n))
	r.t.events.Progress("rank", int64(r.n), 0)
	return w.Flush()
}

// A ranks file holds u32 number of groups, per group u64 offset and u32 rows,
// then u32 ranks, noRank for rows that take no part.
func (r *ranker) writeRanks() error {
	out, err := r.t.create(ranksFile)
	if err != nil {
		return err
	}
	w := newBuffered(out)
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(r.ranks)))
	offset := uint64(4 + 12*len(r.ranks))
	for _, g := range r.ranks {
		head = binary.LittleEndian.AppendUint64(head, offset)
		head = binary.LittleEndian.AppendUint32(head, uint32(len(g)))
		offset += uint64(4 * len(g))
	}
	w.Write(head)
	var b [4]byte
	for _, g := range r.ranks {
		for _, x := range g {
			binary.LittleEndian.PutUint32(b[:], x)
			w.Write(b[:])
		}
	}
	return w.Flush()
}

// loadRanks reads the ranks of one group.
func (r *RunFolder) loadRanks(group int) ([]uint32, error) {
	f, size, err := r.open("rank", 0, ranksFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var head [12]byte
	if _, err := f.ReadAt(head[:], int64(4+12*group)); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	off, n := int64(binary.LittleEndian.Uint64(head[:])), int64(binary.LittleEndian.Uint32(head[8:]))
	if off+4*n > size {
		return nil, fmt.Errorf("%s: ranks of group %d lie outside the file", f.Name(), group)
	}
	raw := make([]byte, 4*n)
	if _, err := f.ReadAt(raw, off); err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return decodeUint32s(raw), nil
}

// collapsedRow is a row that lost to a copy.
type collapsedRow struct {
	group, row             uint32
	keeperGroup, keeperRow uint32
	reason                 byte
}

func (r *ranker) writeLost() error {
	out, err := r.t.create(collapsedFile)
	if err != nil {
		return err
	}
	w := newBuffered(out)
	it, err := r.lost.Sorted()
	if err != nil {
		return err
	}
	for {
		rec, err := it.Next()
		if err == io.EOF {
			return w.Flush()
		}
		if err != nil {
			return err
		}
		w.Write(rec)
	}
}

// collapsed reads the rows of one group that lost to a copy, by ascending row.
func (r *RunFolder) collapsed(group int) ([]collapsedRow, error) {
	f, size, err := r.open("rank", 0, collapsedFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	n := int(size / collapsedRowBytes)
	var b [collapsedRowBytes]byte
	var rerr error
	find := func(g uint32) int {
		return sort.Search(n, func(i int) bool {
			if _, err := f.ReadAt(b[:], int64(i)*collapsedRowBytes); err != nil {
				rerr = err
			}
			return binary.BigEndian.Uint32(b[:]) >= g
		})
	}
	from, to := find(uint32(group)), find(uint32(group)+1)
	if rerr != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), rerr)
	}
	raw := make([]byte, (to-from)*collapsedRowBytes)
	if _, err := f.ReadAt(raw, int64(from)*collapsedRowBytes); err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	var rows []collapsedRow
	for ; len(raw) > 0; raw = raw[collapsedRowBytes:] {
		rows = append(rows, collapsedRow{
			group: binary.BigEndian.Uint32(raw), row: binary.BigEndian.Uint32(raw[4:]),
			keeperGroup: binary.BigEndian.Uint32(raw[8:]), keeperRow: binary.BigEndian.Uint32(raw[12:]), reason: raw[16],
		})
	}
	return rows, nil
}

// writeSketches brings the sketches into the order of ranks.
func (r *ranker) writeSketches() error {
	var inputs []dedup.SketchInput
	for g, ranks := range r.ranks {
		f, size, err := r.t.open("measure", g, sketchesFile)
		if err != nil {
			return err
		}
		defer f.Close()
		s, err := dedup.OpenSketches(f, size, r.t.dedupParams())
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		inputs = append(inputs, dedup.SketchInput{Sketches: s, Rank: func(row uint32) (uint32, bool) {
			return ranks[row], ranks[row] != noRank
		}})
	}
	out, err := r.t.create(rankedSketchFile)
	if err != nil {
		return err
	}
	return dedup.RankSketches(out, r.n, inputs, dedup.Options{TmpDir: r.dir})
}

// placeOfRank returns the group and row of the document with a rank.
func (r *RunFolder) placeOfRank(rank uint32) (place, error) {
	f, _, err := r.open("rank", 0, orderFile)
	if err != nil {
		return place{}, err
	}
	defer f.Close()
	var b [orderRowBytes]byte
	if _, err := f.ReadAt(b[:], int64(rank)*orderRowBytes); err != nil {
		return place{}, fmt.Errorf("%s: rank %d: %w", f.Name(), rank, err)
	}
	return place{int(binary.LittleEndian.Uint32(b[0:])), int(binary.LittleEndian.Uint32(b[4:]))}, nil
}
