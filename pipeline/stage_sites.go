package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"
)

// slicesFile holds, for each extract group, the boilerplate lines that occur in
// it (see writeSlices): site u64, line u64, place u8.
const (
	slicesFile    = "slices"
	sliceRowBytes = 17
)

// How a boilerplate line is cut.
const (
	cutAnywhere = 1
	cutAtEdge   = 2 // only among the first or last lines of a text
)

// maxSiteLines bounds the lines of one site that are in memory at once (16 B
// each on disk, 24 B in memory); larger sites are counted in several passes.
const maxSiteLines = 4 << 20

func sitesStage() *stage {
	n := func(p *Plan) int { return p.Parts.Sites }
	return &stage{
		name:    "sites",
		version: 1,
		fingerprint: func(c *Config) []any {
			s := c.Sites
			s.Frozen = ""
			if c.Sites.Frozen == "" {
				return []any{s}
			}
			sum, err := fileSum(c.Sites.Frozen)
			if err != nil {
				return []any{err.Error()} // LoadConfig refused it before
			}
			return []any{s, "frozen", sum} // the content counts, not where it lies
		},
		tasks:    n,
		identity: byNumber(n),
		deps:     func(p *Plan, _ int) []dep { return fromAll("extract", len(p.Groups), linesFile) },
		run:      runSites,
	}
}

// slicePart names the piece of a file of slices that belongs to a group.
func slicePart(group int) string { return fmt.Sprintf("g%d", group) }

func runSites(ctx context.Context, t *task) error {
	groups := len(t.Plan.Groups)
	c := t.Config.Sites
	slicesOf := make([][]byte, groups)
	if c.Cut {
		frozen, err := c.frozenLines()
		if err != nil {
			return err
		}
		tables, closeTables, err := t.lineTables()
		if err != nil {
			return err
		}
		defer closeTables()
		err = eachSite(tables, uint64(t.index), uint64(t.Plan.Parts.Sites), func(rows []siteRow) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			t.count("sites", 1)
			return findSiteLines(c, frozen, rows, func(l siteLineFound, same []countedLine) {
				t.count("boilerplate_lines", 1)
				last := -1
				for _, o := range same {
					if o.group == last {
						continue
					}
					last = o.group
					s := slicesOf[o.group]
					s = binary.LittleEndian.AppendUint64(s, l.site)
					s = binary.LittleEndian.AppendUint64(s, l.hash)
					slicesOf[o.group] = append(s, l.place)
				}
			})
		})
		if err != nil {
			return err
		}
	}
	return t.writeSlices(slicesFile, slicesOf)
}

// writeSlices writes a piece for each group: u32 number of groups, per group u64
// offset and u64 length, then the pieces. Each is a part of the output.
func (t *task) writeSlices(suffix string, slicesOf [][]byte) error {
	out, err := t.create(suffix)
	if err != nil {
		return err
	}
	out.parts = map[string]string{}
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(slicesOf)))
	offset := uint64(4 + 16*len(slicesOf))
	for g, s := range slicesOf {
		head = binary.LittleEndian.AppendUint64(head, offset)
		head = binary.LittleEndian.AppendUint64(head, uint64(len(s)))
		offset += uint64(len(s))
		sum := sha256.Sum256(s)
		out.parts[slicePart(g)] = hex.EncodeToString(sum[:])
	}
	if _, err := out.Write(head); err != nil {
		return err
	}
	for _, s := range slicesOf {
		if _, err := out.Write(s); err != nil {
			return err
		}
	}
	return nil
}

// siteDoc is a document of a site while its lines are counted.
type siteDoc struct {
	text, url uint64
	counted   bool
}

// groupTable is one line table of a group.
type groupTable struct {
	group int
	name  string // of the file, for messages
	table io.ReaderAt
}

// eachSite calls f with the directory entries of each site whose hash lies in part p
// of n, by ascending hash.
func eachSite(tables []groupTable, p, n uint64, f func(rows []siteRow) error) error {
	var rows []siteRow
	for _, t := range tables {
		r, err := readSites(t.table, t.group, p, n)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		rows = append(rows, r...)
	}
	slices.SortStableFunc(rows, func(a, b siteRow) int {
		return cmp.Or(cmp.Compare(a.site, b.site), cmp.Compare(a.group, b.group))
	})
	for i := 0; i < len(rows); {
		j := i + 1
		for j < len(rows) && rows[j].site == rows[i].site {
			j++
		}
		if err := f(rows[i:j]); err != nil {
			return err
		}
		i = j
	}
	return nil
}

// siteLineFound is a boilerplate line of a site.
type siteLineFound struct {
	site, hash    uint64
	place         byte // cutAnywhere or cutAtEdge
	documents, of int  // witnesses of the line, and of the site
}

// findSiteLines calls found with each boilerplate line of one site, given by its
// directory entries, and the places where it stands, by ascending hash. The lines are
// those of a reviewed list, if there is one, or else those that many documents have.
//
// A line counts by the smaller of the numbers of distinct texts and distinct
// URLs it stands in: captures of one page, mirrors and print views of one
// article are one witness, not several. List pages are no witnesses.
func findSiteLines(c SitesConfig, frozen frozenLines, rows []siteRow, found func(l siteLineFound, same []countedLine)) error {
	reviewed := frozen.ofSite(rows[0].site)
	if frozen != nil && len(reviewed) == 0 {
		return nil
	}
	var docs []siteDoc
	var total int
	for _, r := range rows {
		b := make([]byte, int(r.docs)*lineDocBytes)
		if _, err := r.table.ReadAt(b, r.offset); err != nil && err != io.EOF {
			return fmt.Errorf("line table of group %d: %w", r.group, err)
		}
		for ; len(b) > 0; b = b[lineDocBytes:] {
			docs = append(docs, siteDoc{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), b[16] == 1})
		}
		total += int(r.lines)
	}
	n := witnesses(docs, nil, nil)
	if frozen == nil && n < c.MinDocuments {
		return nil
	}
	need := max(c.MinCount, int(math.Ceil(float64(c.MinFraction*float64(n)))))
	passes := uint64(total/maxSiteLines + 1)
	for pass := range passes {
		lines, err := readSiteLines(rows, pass, passes)
		if err != nil {
			return err
		}
		var texts, urls []uint64
		for i := 0; i < len(lines); {
			j := i + 1
			for j < len(lines) && lines[j].hash == lines[i].hash {
				j++
			}
			same := lines[i:j]
			i = j
			place := byte(cutAnywhere)
			switch {
			case frozen != nil:
				if place = reviewed.place(same[0].hash); place == 0 {
					continue
				}
			case len(same) < need:
				continue
			case int(same[0].letters) > c.MaxLetters:
				place = cutAtEdge
			}
			texts, urls = texts[:0], urls[:0]
			for _, l := range same {
				if d := docs[l.doc]; d.counted && (place == cutAnywhere || l.edge) {
					texts, urls = append(texts, d.text), append(urls, d.url)
				}
			}
			count := min(distinct(texts), distinct(urls))
			if frozen == nil && count < need {
				continue
			}
			found(siteLineFound{site: rows[0].site, hash: same[0].hash, place: place, documents: count, of: n}, same)
		}
	}
	return nil
}

// witnesses counts the documents of a site that may speak for a line.
func witnesses(docs []siteDoc, texts, urls []uint64) int {
	for _, d := range docs {
		if d.counted {
			texts, urls = append(texts, d.text), append(urls, d.url)
		}
	}
	return min(distinct(texts), distinct(urls))
}

// distinct sorts v and counts its distinct values.
func distinct(v []uint64) int {
	slices.Sort(v)
	return len(slices.Compact(v))
}

type countedLine struct {
	hash    uint64
	doc     uint32 // number in the site
	group   int
	letters uint16
	edge    bool
}

// readSiteLines returns the lines of a site whose hash falls into the pass,
// sorted by hash, then group.
func readSiteLines(rows []siteRow, pass, passes uint64) ([]countedLine, error) {
	var lines []countedLine
	base := uint32(0)
	width := math.MaxUint64/passes + 1
	for _, r := range rows {
		b := make([]byte, int(r.lines)*lineRowBytes)
		if _, err := r.table.ReadAt(b, r.offset+int64(r.docs)*lineDocBytes); err != nil && err != io.EOF {
			return nil, fmt.Errorf("line table of group %d: %w", r.group, err)
		}
		for ; len(b) > 0; b = b[lineRowBytes:] {
			h := binary.LittleEndian.Uint64(b)
			if passes > 1 && h/width != pass {
				continue
			}
			lines = append(lines, countedLine{h, base + binary.LittleEndian.Uint32(b[8:]), r.group, binary.LittleEndian.Uint16(b[12:]), b[14] == 1})
		}
		base += r.docs
	}
	slices.SortFunc(lines, func(a, b countedLine) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.group, b.group), cmp.Compare(a.doc, b.doc))
	})
	return lines, nil
}

// loadSiteCutter reads the slices of a group from all sites tasks.
func (r *RunFolder) loadSiteCutter(group int) (siteCutter, error) {
	cutter := siteCutter{}
	for p := range r.Plan.Parts.Sites {
		b, err := r.readSlice("sites", slicesFile, p, group)
		if err != nil {
			return nil, err
		}
		for ; len(b) >= sliceRowBytes; b = b[sliceRowBytes:] {
			cutter[[2]uint64{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}] = b[16]
		}
	}
	return cutter, nil
}

// readSlice reads the piece of a group that writeSlices wrote.
func (r *RunFolder) readSlice(stage, suffix string, part, group int) ([]byte, error) {
	f, size, err := r.open(stage, part, suffix)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var head [16]byte
	if _, err := f.ReadAt(head[:], int64(4+16*group)); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	off, n := int64(binary.LittleEndian.Uint64(head[:])), int64(binary.LittleEndian.Uint64(head[8:]))
	if off+n > size {
		return nil, fmt.Errorf("%s: slice of group %d lies outside the file", f.Name(), group)
	}
	b := make([]byte, n)
	if _, err := f.ReadAt(b, off); err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return b, nil
}
