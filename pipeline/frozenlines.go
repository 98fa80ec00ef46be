package pipeline

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// placeNames are the names of cutAnywhere and cutAtEdge in lists of site lines.
var placeNames = map[byte]string{cutAnywhere: "anywhere", cutAtEdge: "edge"}

// frozenLine is a line of a reviewed list.
type frozenLine struct {
	site, hash uint64
	place      byte
}

// frozenLines is a reviewed list of site lines, sorted by site and hash. nil is no
// list; an empty list cuts nothing.
type frozenLines []frozenLine

// maxListLine bounds a line of a list of site lines, in bytes.
const maxListLine = 1 << 20

// readFrozenLines reads a list as [RunFolder.SiteLines] writes it. Counts are not
// looked at. All mistakes are reported, each with its line, up to twenty.
func readFrozenLines(name string) (frozenLines, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read
	list := frozenLines{}
	var found []error
	s := bufio.NewScanner(f)
	s.Buffer(nil, maxListLine)
	n := 0
	for s.Scan() && len(found) < 20 {
		n++
		text := strings.TrimRight(strings.TrimPrefix(s.Text(), "\ufeff"), "\r")
		if text == "" || text[0] == '#' {
			continue
		}
		l, err := parseSiteLine(text)
		if err != nil {
			found = append(found, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		list = append(list, l)
	}
	if err := s.Err(); err != nil {
		found = append(found, fmt.Errorf("%s:%d: %w", name, n+1, err))
	}
	if len(found) > 0 {
		return nil, errors.Join(found...)
	}
	slices.SortFunc(list, func(a, b frozenLine) int {
		return cmp.Or(cmp.Compare(a.site, b.site), cmp.Compare(a.hash, b.hash), cmp.Compare(a.place, b.place))
	})
	// Of a line with two places the wider one holds.
	return slices.CompactFunc(list, func(a, b frozenLine) bool { return a.site == b.site && a.hash == b.hash }), nil
}

// frozenLines returns the reviewed list of the config, nil if there is none.
func (c *SitesConfig) frozenLines() (frozenLines, error) {
	if c.Frozen == "" {
		return nil, nil
	}
	return readFrozenLines(c.Frozen)
}

func parseSiteLine(text string) (l frozenLine, err error) {
	f := strings.SplitN(text, "\t", 5)
	if len(f) != 5 {
		return l, errors.New("want site, place, documents, of and line, with tabs between")
	}
	for place, name := range placeNames {
		if f[1] == name {
			l.place = place
		}
	}
	if l.place == 0 {
		return l, fmt.Errorf("%.40q is no place; there are anywhere and edge", f[1])
	}
	if f[0] == "" {
		return l, errors.New("the site is empty")
	}
	hash, letters := hashLine(f[4])
	if letters == 0 {
		return l, errors.New("the line has no letters or digits")
	}
	l.site, l.hash = xxh3.HashString(f[0]), hash
	return l, nil
}

// ofSite returns the lines of one site.
func (l frozenLines) ofSite(site uint64) frozenLines {
	i, _ := slices.BinarySearchFunc(l, site, func(a frozenLine, s uint64) int { return cmp.Compare(a.site, s) })
	j := i
	for j < len(l) && l[j].site == site {
		j++
	}
	return l[i:j]
}

// place returns how a line of the site whose lines these are is cut, 0 for not.
func (l frozenLines) place(hash uint64) byte {
	i, ok := slices.BinarySearchFunc(l, hash, func(a frozenLine, h uint64) int { return cmp.Compare(a.hash, h) })
	if !ok {
		return 0
	}
	return l[i].place
}
