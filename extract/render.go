package extract

import (
	"strings"
	"unicode/utf8"
)

// render returns the selected blocks as text, valid until the next page. Blocks of one table row stand in
// one line, with the separator of the config, when the row is a row of data.
func (d *page) render() []byte {
	out := d.out[:0]
	for i := 0; i < len(d.bl); {
		if !d.sel[i] {
			i++
			continue
		}
		if len(out) > 0 {
			out = append(out, '\n')
		}
		if end := d.dataRow(i); end > i {
			out = d.appendRow(out, i, end)
			i = end
			continue
		}
		out = append(out, d.blockText(&d.bl[i])...)
		i++
	}
	d.out = out
	return out
}

const (
	maxCellTokens = 120 // more is a paragraph of a layout table
	maxCellLines  = 4
	maxRowBlocks  = 256
)

// dataRow returns the end of the row of data that begins at block i, or i if no
// such row begins there: two or more cells, all of them short.
func (d *page) dataRow(i int) int {
	row := d.bl[i].row
	if row < 0 {
		return i
	}
	end := i
	cells, lines := 0, 0
	var cell, tok int32 = -1, 0
	for ; end < len(d.bl) && d.bl[end].row == row; end++ {
		b := &d.bl[end]
		if b.pre || end-i > maxRowBlocks {
			return i
		}
		if !d.sel[end] {
			continue
		}
		if b.cell != cell {
			cells++
			cell, tok, lines = b.cell, 0, 0
		}
		tok += b.tok
		lines++
		if tok > maxCellTokens || lines > maxCellLines {
			return i
		}
	}
	if cells < 2 {
		return i
	}
	return end
}

// appendRow appends the selected blocks [a, z) as one line.
func (d *page) appendRow(out []byte, a, z int) []byte {
	cell := int32(-1)
	for k := a; k < z; k++ {
		if !d.sel[k] {
			continue
		}
		switch b := &d.bl[k]; {
		case cell < 0:
			cell = b.cell
		case b.cell != cell:
			out = append(out, d.cfg.CellSeparator...)
			cell = b.cell
		default:
			out = append(out, ' ')
		}
		out = append(out, d.blockText(&d.bl[k])...)
	}
	return out
}

// renderBody returns the article that JSON-LD carries, one line per
// paragraph, valid until the next page.
func (d *page) renderBody() []byte {
	out := d.out[:0]
	for line := range strings.Lines(d.head.body) {
		a := len(out)
		if a > 0 {
			out = append(out, '\n')
		}
		start := len(out)
		for _, r := range strings.TrimSpace(line) {
			if c := classOf(r); c == runeSpace {
				r = ' '
			} else if c == runeDropped {
				continue
			}
			out = utf8.AppendRune(out, r)
		}
		if len(out) == start {
			out = out[:a]
		}
	}
	d.out = out
	return out
}
