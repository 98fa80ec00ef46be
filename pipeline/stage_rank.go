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
	r.ranks[g] = make([]uint32, 0, len(reasons))
	return c.eachBlock(func(block *columnFile) error {
		cols, err := readRankColumns(block)
		if err != nil {
			return err
		}
		for i := range cols.file {
			row := len(r.ranks[g])
			r.ranks[g] = append(r.ranks[g], noRank)
			if reasons[row] != 0 {
				continue
			}
			rg := t.Plan.Groups[g].Ranges[cols.file[i]]
			e := makeEntry(cols, i, rg.File, t.Config.Datasets[t.Plan.Files[rg.File].Dataset].Trust)
			binary.BigEndian.PutUint32(e[sortKeyBytes:], uint32(g))
			binary.BigEndian.PutUint32(e[sortKeyBytes+4:], uint32(row))
			if err := byID.add(cols.id[i][:], &e); err != nil {
				return err
			}
		}
		return nil
	})
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
	err := byID.each(16, r.loser(copyID), func(best *rankEntry) error {
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
	err = byURL.each(16, r.loser(copyURL), toText)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = byText.each(16, r.loser(copyText), func(best *rankEntry) error { return final.add(nil, best) })
	return final, err
}

// loser returns what happens to an entry that collapses into a better one.
func (r *ranker) loser(reason byte) func(best, other *rankEntry) error {
	return func(best, other *rankEntry) error {
		var b [collapsedRowBytes]byte
		binary.BigEndian.PutUint32(b[0:], other.group())
		binary.BigEndian.PutUint32(b[4:], other.row())
		binary.BigEndian.PutUint32(b[8:], best.group())
		binary.BigEndian.PutUint32(b[12:], best.row())
		b[16] = reason
		if reason != copyURL { // another capture of a URL need not be a copy
			best.addCopies(other.copies() + 1)
		}
		r.t.count(copyReasons[reason], 1)
		return r.lost.Add(b[:])
	}
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
		pieces, err := readStack(f, size)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		for _, p := range pieces {
			s, err := dedup.OpenSketches(p, p.Size(), r.t.dedupParams())
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name(), err)
			}
			inputs = append(inputs, dedup.SketchInput{Sketches: s, Rank: func(row uint32) (uint32, bool) {
				return ranks[row], ranks[row] != noRank
			}})
		}
	}
	out, err := r.t.create(rankedSketchFile)
	if err != nil {
		return err
	}
	return dedup.RankSketches(out, r.n, inputs, dedup.Options{TmpDir: r.dir})
}
