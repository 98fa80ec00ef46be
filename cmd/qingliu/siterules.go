package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/qingliu/qingliu/extract"
)

// checkSiteRules extracts the pages NAME.html below dir with the rules, compares
// their text with NAME.txt, and prints for each which rule was used. The address
// of a page stands in NAME.url, in the comment that browsers put into saved pages,
// or in its canonical link.
func checkSiteRules(w io.Writer, rules *extract.SiteRules, comments bool, dir string) error {
	pages, err := savedPages(dir)
	if err != nil {
		return err
	}
	c := extract.DefaultConfig()
	c.Comments = comments
	plain := newPageReader(c)
	c.Rules = rules
	with := newPageReader(c)
	unused := rules.Labels()
	wrong := 0
	for _, path := range pages {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		base := strings.TrimSuffix(path, filepath.Ext(path))
		want, err := os.ReadFile(base + ".txt")
		if err != nil {
			return err
		}
		url, err := savedURL(base+".url", raw, plain)
		if err != nil {
			return err
		}
		page := with.extract(raw, url)
		verdict, diff := "equal", firstDifference(string(want), page.Text())
		if diff != "" {
			verdict = "differs"
			wrong++
		}
		label, _, _ := strings.Cut(page.Rule, ">")
		unused = slices.DeleteFunc(unused, func(s string) bool { return s == label })
		rule := page.Rule
		if !strings.HasPrefix(rule, "site:") {
			rule = fmt.Sprintf("no rule for %q, %s", url, rule)
		}
		fmt.Fprintf(w, "%-8s %s  %s\n%s", verdict, safeText(path), safeText(rule), safeText(diff))
	}
	for _, label := range unused {
		fmt.Fprintf(w, "unused   %s chose the text of no page\n", safeText(label))
	}
	fmt.Fprintf(w, "%d pages, %d equal, %d different\n", len(pages), len(pages)-wrong, wrong)
	if wrong > 0 {
		return exitError(exitFailed)
	}
	return nil
}

// savedPages lists the HTML files below dir, in order.
func savedPages(dir string) ([]string, error) {
	var pages []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !e.IsDir() && (ext == ".html" || ext == ".htm") {
			pages = append(pages, path)
		}
		return err
	})
	if err == nil && len(pages) == 0 {
		err = fmt.Errorf("%s: no .html file below this folder", dir)
	}
	return pages, err
}

// savedURL returns the address of a saved page.
func savedURL(file string, raw []byte, plain *pageReader) (string, error) {
	data, err := os.ReadFile(file)
	if err == nil {
		return strings.TrimSpace(string(data)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	const mark = "<!-- saved from url=("
	if _, rest, ok := bytes.Cut(raw[:min(len(raw), 2048)], []byte(mark)); ok {
		if _, rest, ok = bytes.Cut(rest, []byte(")")); ok {
			if url, _, ok := bytes.Cut(rest, []byte(" -->")); ok {
				return strings.TrimSpace(string(url)), nil
			}
		}
	}
	if url := plain.extract(raw, "").CanonicalURL; url != "" {
		return url, nil
	}
	return "", fmt.Errorf("%s is missing: the page does not say its address, and rules are found by it", file)
}

// firstDifference shows the first line in which two texts differ, "" if none does.
// Line ends at the end of a text do not count, nor the kind of line end.
func firstDifference(want, got string) string {
	lines := func(s string) []string {
		s = strings.TrimPrefix(strings.ReplaceAll(s, "\r\n", "\n"), "\ufeff")
		return strings.Split(strings.TrimRight(s, "\n"), "\n")
	}
	a, b := lines(want), lines(got)
	line := func(l []string, i int) string {
		if i < len(l) {
			return cmp.Or(shorten(l[i], 200), "(blank line)")
		}
		return "(end)"
	}
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("         line %d\n         - %s\n         + %s\n", i+1, line(a, i), line(b, i))
		}
	}
	return ""
}
