package pipeline

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"
)

// foundPage is a page of a run.
type foundPage struct {
	place
	file   int // in the plan
	rg     Range
	record int // number in its range
	offset int64
	id     [16]byte
	kept   bool // released, as far as decide, rank and cluster say
}

var (
	offsetSuffix = regexp.MustCompile(`^(.*):(\d+)$`)
	idPattern    = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// splitOffset cuts :OFFSET from a target; without one the offset is 0.
func splitOffset(target string) (string, int64) {
	if m := offsetSuffix.FindStringSubmatch(target); m != nil {
		if n, err := strconv.ParseInt(m[2], 10, 64); err == nil {
			return m[1], n
		}
	}
	return target, 0
}

// fileOf returns the number of the input file that a path or name means.
func (r *RunFolder) fileOf(path string) (int, bool) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return 0, false
	}
	for i, f := range r.Plan.Files {
		if f.Name == path || f.Path == path || f.Path == abs {
			return i, true
		}
	}
	return 0, false
}

// findPages returns the pages that a target means, kept ones first, then in
// input order: an id, a URL, or FILE:OFFSET.
func (r *RunFolder) findPages(target string) ([]foundPage, error) {
	var match func(c *pageColumns, row int) bool
	switch {
	case idPattern.MatchString(target):
		key := idKey(target)
		match = func(c *pageColumns, row int) bool { return c.id[row] == key }
	case strings.Contains(target, "://"):
		key := [16]byte(xxh3.HashString128(r.Config.URLs.form().Canonical(target)).Bytes())
		match = func(c *pageColumns, row int) bool { return c.url[row] == key }
	default:
		path, offset := splitOffset(target)
		file, ok := r.fileOf(path)
		if !ok {
			return nil, fmt.Errorf("%s: no id, URL or input file of this run", target)
		}
		match = func(c *pageColumns, row int) bool { return c.file(row) == file && int64(c.offset[row]) == offset }
	}
	var found []foundPage
	for g := range r.Plan.Groups {
		c, err := r.pageColumns(g)
		if err != nil {
			return nil, err
		}
		for row := range c.id {
			if match(c, row) {
				rg := c.group.Ranges[c.ranges[row]]
				found = append(found, foundPage{place: place{g, row}, file: rg.File, rg: rg, record: int(c.record[row]), offset: int64(c.offset[row]), id: c.id[row]})
			}
		}
	}
	if err := r.markKept(found); err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b foundPage) int {
		return cmp.Or(cmp.Compare(boolByte(b.kept), boolByte(a.kept)), cmp.Compare(a.file, b.file), cmp.Compare(a.rg.From, b.rg.From), cmp.Compare(a.record, b.record))
	})
	return found, nil
}

// pageColumns are the columns that pages are found by.
type pageColumns struct {
	group          *Group
	id, url        [][16]byte
	offset         []uint64
	ranges, record []uint32
}

func (c *pageColumns) file(row int) int { return c.group.Ranges[c.ranges[row]].File }

func (r *RunFolder) pageColumns(g int) (*pageColumns, error) {
	cols, f, err := r.columns("measure", g, columnsFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	defer cols.close()
	c := &pageColumns{group: &r.Plan.Groups[g]}
	if c.id, err = cols.keys("id"); err != nil {
		return nil, err
	}
	if c.url, err = cols.keys("url"); err != nil {
		return nil, err
	}
	if c.offset, err = cols.uint64s("offset"); err != nil {
		return nil, err
	}
	if c.ranges, err = cols.uint32s("range"); err != nil {
		return nil, err
	}
	c.record, err = cols.uint32s("record")
	return c, err
}

// markKept marks the pages that are released. A run that did not come to
// cluster yet has none.
func (r *RunFolder) markKept(found []foundPage) error {
	if m, err := r.marker(stageByName("cluster"), 0); err != nil || m == nil || len(found) < 2 {
		return nil
	}
	k, err := r.openKeepers()
	if err != nil {
		return err
	}
	defer k.close()
	for i := range found {
		reasons, err := r.reasons(found[i].group)
		if err != nil {
			return err
		}
		if reasons[found[i].row] != 0 {
			continue
		}
		s, err := k.of(found[i].place)
		if err != nil {
			return err
		}
		found[i].kept = s.fate == ""
	}
	return nil
}
