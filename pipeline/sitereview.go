package pipeline

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/shard"
	"github.com/zeebo/xxh3"
)

// reviewedLine is a boilerplate line with what a reader of the list needs.
type reviewedLine struct {
	siteLineFound
	site, text string // "" until a page with the line was read
}

const siteLinesHead = `# Lines that sites repeat on their pages, which the run cuts.
# Delete a row, or begin it with #, and such lines stay; then name this file as sites.frozen and run again.
# place: anywhere, or edge (only among the first and last lines). documents: distinct ones with the line; of: of the site.
# site	place	documents	of	line
`

// SiteLines writes the boilerplate lines of a run as a list that sites.frozen takes:
// by site, the most frequent first, each as the first page with it has it (every digit
// counts as 0). It returns their number. The lines stay in memory, about 200 bytes
// each.
func (r *RunFolder) SiteLines(w io.Writer) (int64, error) {
	lines := map[[2]uint64]*reviewedLine{}
	if r.Config.Sites.Cut {
		tables, closeTables, err := r.lineTables()
		if err != nil {
			return 0, err
		}
		defer closeTables()
		frozen, err := r.Config.Sites.frozenLines()
		if err != nil {
			return 0, err
		}
		err = eachSite(tables, 0, 1, func(rows []siteRow) error {
			return findSiteLines(r.Config.Sites, frozen, rows, func(l siteLineFound, _ []countedLine) {
				lines[[2]uint64{l.site, l.hash}] = &reviewedLine{siteLineFound: l}
			})
		})
		if err != nil {
			return 0, err
		}
	}
	missing := len(lines)
	for g := 0; g < len(r.Plan.Groups) && missing > 0; g++ {
		if err := r.nameSiteLines(g, lines, &missing); err != nil {
			return 0, err
		}
	}
	var list []*reviewedLine
	for _, l := range lines {
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b *reviewedLine) int {
		return cmp.Or(cmp.Compare(a.site, b.site), cmp.Compare(b.documents, a.documents), cmp.Compare(a.text, b.text), cmp.Compare(a.hash, b.hash))
	})
	b := bufio.NewWriter(w)
	b.WriteString(siteLinesHead)
	for _, l := range list {
		fmt.Fprintf(b, "%s\t%s\t%d\t%d\t%s\n", l.site, placeNames[l.place], l.documents, l.of, l.text)
	}
	return int64(len(list)), b.Flush()
}

// nameSiteLines gives the lines their text from the pages of a group.
func (r *RunFolder) nameSiteLines(g int, lines map[[2]uint64]*reviewedLine, missing *int) error {
	f, _, err := r.open("extract", g, pagesFile)
	if err != nil {
		return err
	}
	defer f.Close()
	pages, err := shard.NewReader(f)
	if err != nil {
		return err
	}
	var read workReader
	var d corpus.Document
	for *missing > 0 {
		line, err := pages.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		if err := read.read(line, &d); err != nil {
			return err
		}
		site := xxh3.HashString(d.Site)
		for _, sp := range d.Lines() {
			text := d.Text()[sp.Start:sp.End]
			hash, letters := hashLine(text)
			if letters == 0 {
				continue
			}
			if l := lines[[2]uint64{site, hash}]; l != nil && l.text == "" {
				l.site, l.text = d.Site, printable(text)
				*missing--
			}
		}
	}
	return nil
}

// printable makes a line of a page one cell of a list: what is not printable becomes
// a blank. Its letters and digits stay, and so does its hash.
func printable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return ' '
	}, text))
}

// lineTables opens the line tables of all groups.
func (r *RunFolder) lineTables() (tables []groupTable, closeAll func(), err error) {
	var open []*os.File
	closeAll = func() {
		for _, f := range open {
			f.Close() // only read
		}
	}
	for g := range r.Plan.Groups {
		f, size, err := r.open("extract", g, linesFile)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		open = append(open, f)
		stack, err := readStack(f, size)
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		for _, table := range stack {
			tables = append(tables, groupTable{g, f.Name(), table})
		}
	}
	return tables, closeAll, nil
}
