package pipeline

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// A line table holds the line hashes of some pages of a group by site:
//
//	magic, u32 number of sites
//	per site, by ascending hash: site u64, documents u32, lines u32, offset u64
//	per site at its offset: documents (text u64, url u64, counted u8), then lines
//	(hash u64, document u32, letters u16, edge u8, 0 u8) by ascending hash
const (
	lineMagic     = "QLLINES1"
	lineHeadBytes = len(lineMagic) + 4
	siteRowBytes  = 24
	lineDocBytes  = 17
	lineRowBytes  = 16
)

// maxTableLines is how many lines go into one table: 24 B each in memory.
const maxTableLines = 1 << 20

// lineTable collects the pages of a group for the lines file.
type lineTable struct {
	out   *stackWriter
	sites map[uint64]*siteBlock
	lines int
}

type siteBlock struct {
	docs  []byte
	n     uint32
	lines []lineRow
}

type lineRow struct {
	hash    uint64
	doc     uint32
	letters uint16
	edge    bool
}

func (t *lineTable) add(d *siteDocument) error {
	if t.sites == nil {
		t.sites = map[uint64]*siteBlock{}
	}
	b := t.sites[d.site]
	if b == nil {
		b = &siteBlock{}
		t.sites[d.site] = b
	}
	b.docs = binary.LittleEndian.AppendUint64(b.docs, d.text)
	b.docs = binary.LittleEndian.AppendUint64(b.docs, d.url)
	b.docs = append(b.docs, boolByte(d.counted))
	for _, l := range d.lines {
		b.lines = append(b.lines, lineRow{l.hash, b.n, l.letters, l.edge})
	}
	b.n++
	if t.lines += len(d.lines); t.lines < maxTableLines {
		return nil
	}
	return t.flush()
}

// flush writes the lines at hand as one table.
func (t *lineTable) flush() error {
	err := t.out.add(func(w io.Writer) error {
		_, err := w.Write(t.encode())
		return err
	})
	t.sites, t.lines = nil, 0
	return err
}

func (t *lineTable) close() error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.out.close()
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (t *lineTable) encode() []byte {
	hashes := make([]uint64, 0, len(t.sites))
	for h := range t.sites {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	out := append([]byte(lineMagic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(out[len(lineMagic):], uint32(len(hashes)))
	offset := uint64(lineHeadBytes + len(hashes)*siteRowBytes)
	for _, h := range hashes {
		b := t.sites[h]
		slices.SortFunc(b.lines, func(x, y lineRow) int {
			return cmp.Or(cmp.Compare(x.hash, y.hash), cmp.Compare(x.doc, y.doc))
		})
		out = binary.LittleEndian.AppendUint64(out, h)
		out = binary.LittleEndian.AppendUint32(out, b.n)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(b.lines)))
		out = binary.LittleEndian.AppendUint64(out, offset)
		offset += uint64(len(b.docs) + len(b.lines)*lineRowBytes)
	}
	for _, h := range hashes {
		b := t.sites[h]
		out = append(out, b.docs...)
		for _, l := range b.lines {
			out = binary.LittleEndian.AppendUint64(out, l.hash)
			out = binary.LittleEndian.AppendUint32(out, l.doc)
			out = binary.LittleEndian.AppendUint16(out, l.letters)
			out = append(out, boolByte(l.edge), 0)
		}
	}
	return out
}

// siteRow is one entry of the directory of a line table.
type siteRow struct {
	site   uint64
	group  int
	table  io.ReaderAt
	docs   uint32
	lines  uint32
	offset int64
}

// readSites returns the directory entries of the sites whose hash lies in part p
// of n equal ranges of hashes (n a power of two).
func readSites(r io.ReaderAt, group int, p, n uint64) ([]siteRow, error) {
	head := make([]byte, lineHeadBytes)
	if _, err := r.ReadAt(head, 0); err != nil || string(head[:len(lineMagic)]) != lineMagic {
		return nil, fmt.Errorf("no line table")
	}
	count := int(binary.LittleEndian.Uint32(head[len(lineMagic):]))
	dir := make([]byte, count*siteRowBytes)
	if _, err := r.ReadAt(dir, int64(lineHeadBytes)); err != nil && err != io.EOF {
		return nil, fmt.Errorf("line table: %w", err)
	}
	var rows []siteRow
	for i := range count {
		b := dir[i*siteRowBytes:]
		h := binary.LittleEndian.Uint64(b)
		if hashPart(h, n) != p {
			continue
		}
		rows = append(rows, siteRow{
			site: h, group: group, table: r, docs: binary.LittleEndian.Uint32(b[8:]),
			lines: binary.LittleEndian.Uint32(b[12:]), offset: int64(binary.LittleEndian.Uint64(b[16:])),
		})
	}
	return rows, nil
}

// hashPart returns which of n equal ranges of hashes h lies in, n a power of two.
func hashPart(h, n uint64) uint64 {
	if n <= 1 {
		return 0
	}
	return h / (1 << 63 / (n / 2))
}
