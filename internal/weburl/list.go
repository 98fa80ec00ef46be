package weburl

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/zeebo/xxh3"
)

// Limits of a list.
const (
	maxListLine   = 64 << 10 // bytes of a line
	maxGlobs      = 1000     // patterns; each is tried on every address
	maxListErrors = 10       // bad lines that are named
	maxSegments   = 64       // segments of a path that prefixes are looked up for
	maxAddress    = 4 << 10  // bytes of an address that patterns are matched with
)

// List is a set of addresses: domains, hosts, path prefixes, single addresses and
// patterns, read by ReadList. It holds hashes of 96 bits, 16 bytes an entry, and
// about one more for its index; a look-up costs a hash for each label of the host
// and each segment of the path, whatever the length of the list, and a comparison
// with each pattern. A List is never changed and safe for concurrent use.
type List struct {
	// Date is what the line "# date: YYYY-MM-DD" says, "" without one.
	Date string
	// SHA256 is the digest of the file in hex.
	SHA256 string
	// Entries is the number of entries, equal ones counted once.
	Entries int

	keys    []listKey
	buckets []uint32 // first key of every value of the top bits
	shift   uint
	has     [kinds]bool
	globs   []glob
}

// listKey is one entry: the kind is mixed into the hash.
type listKey struct {
	hi   uint64
	lo   uint32
	line uint32
}

func (k listKey) compare(o listKey) int {
	return cmp.Or(cmp.Compare(k.hi, o.hi), cmp.Compare(k.lo, o.lo), cmp.Compare(k.line, o.line))
}

// The kinds of entries.
const (
	kindURL = iota
	kindPrefix
	kindHost
	kindDomain
	kindGlob
	kinds
)

var kindNames = [kinds]string{"url", "prefix", "host", "domain", "glob"}

// glob is a pattern: * stands for any run of bytes.
type glob struct {
	pattern  string
	hostOnly bool // it has no slash: it is matched with the host alone
	line     uint32
}

func keyOf(kind int, s string) listKey {
	h := xxh3.HashString128(s)
	return listKey{hi: h.Hi ^ uint64(kind)*0x9e3779b97f4a7c15, lo: uint32(h.Lo)}
}

// Address returns the form in which addresses are looked up in lists: Canonical
// without its scheme, "" for what is no http address.
func Address(raw string) string {
	a, ok := strings.CutPrefix(Canonical(raw), "http://")
	if !ok || strings.IndexByte(a, '/') <= 0 {
		return ""
	}
	return a
}

// Find looks up an address as Address gives it. It returns the line of the entry
// that fits best: the address itself, the longest prefix, the host, the longest
// domain, then the first pattern; 0 if none fits.
func (l *List) Find(address string) int {
	end := strings.IndexByte(address, '/')
	if end <= 0 {
		return 0
	}
	if l.has[kindURL] {
		if n := l.get(kindURL, address); n != 0 {
			return n
		}
	}
	host := address[:end]
	if l.has[kindPrefix] {
		path := address
		if i := strings.IndexByte(path, '?'); i >= 0 {
			path = path[:i]
		}
		found := 0
		for i, segments := end+1, 0; i < len(path) && segments < maxSegments; segments++ {
			next := strings.IndexByte(path[i:], '/')
			if next < 0 {
				next = len(path) - i
			}
			i += next
			if n := l.get(kindPrefix, path[:i]); n != 0 {
				found = n
			}
			i++
		}
		if found != 0 {
			return found
		}
	}
	if host[len(host)-1] != ']' {
		if i := strings.LastIndexByte(host, ':'); i >= 0 {
			host = host[:i] // the port
		}
	}
	if l.has[kindHost] {
		if n := l.get(kindHost, host); n != 0 {
			return n
		}
	}
	if l.has[kindDomain] {
		for d := host; ; {
			if n := l.get(kindDomain, d); n != 0 {
				return n
			}
			i := strings.IndexByte(d, '.')
			if i < 0 {
				break
			}
			d = d[i+1:]
		}
	}
	for i := range l.globs {
		g := &l.globs[i]
		s := host
		if !g.hostOnly {
			s = address[:min(len(address), maxAddress)]
		}
		if g.match(s) {
			return int(g.line)
		}
	}
	return 0
}

// get returns the line of an entry, 0 if there is none.
func (l *List) get(kind int, s string) int {
	k := keyOf(kind, s)
	b := k.hi >> l.shift
	for _, e := range l.keys[l.buckets[b]:l.buckets[b+1]] {
		if e.hi == k.hi && e.lo == k.lo {
			return int(e.line)
		}
	}
	return 0
}

// match is the usual walk with one point to come back to: time is bounded by the
// product of the lengths.
func (g *glob) match(s string) bool {
	p := g.pattern
	i, j, star, back := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case j < len(p) && p[j] == '*':
			star, back = j, i
			j++
		case j < len(p) && p[j] == s[i]:
			i++
			j++
		case star >= 0:
			back++
			i, j = back, star+1
		default:
			return false
		}
	}
	for j < len(p) && p[j] == '*' {
		j++
	}
	return j == len(p)
}

// ReadList reads a list. name stands in errors, size is the length of the file or
// 0 if it is not known. One entry stands on a line, alone or as KIND, a tab, the
// entry, and perhaps more behind another tab, which is not read:
//
//	domain  example.com            the domain with all its hosts; also a suffix: gov.cn
//	host    bbs.example.com        this host alone
//	prefix  example.com/bbs/old    this host, addresses whose path begins so, by whole segments
//	url     http://example.com/a   one address
//	glob    *.example.*/tag/*      * is any run of characters; without a slash for the host alone
//
// Alone, an entry with * is a pattern, one with :// an address, one with a slash
// a prefix, any other a domain. Scheme, "www.", port 80 and 443, default pages
// and tracking parameters do not count (Canonical). Empty lines and those that
// begin with # are skipped; "# date: YYYY-MM-DD" dates the list. The error names
// the first bad lines as NAME:LINE.
func ReadList(name string, r io.Reader, size int64) (*List, error) {
	l := &List{}
	if size > 0 {
		l.keys = make([]listKey, 0, size/24) // most lines are a domain
	}
	sum := sha256.New()
	sc := bufio.NewScanner(io.TeeReader(r, sum))
	sc.Buffer(make([]byte, 0, maxListLine), maxListLine)
	var errs []error
	line := uint32(0)
	for sc.Scan() {
		line++
		text := bytes.Trim(sc.Bytes(), " \r")
		if line == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		if len(text) == 0 {
			continue
		}
		if err := l.line(string(text), line); err != nil {
			if len(errs) == maxListErrors {
				errs = append(errs, fmt.Errorf("%s: more lines are bad", name))
				break
			}
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, line, err))
		}
	}
	switch err := sc.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		errs = append(errs, fmt.Errorf("%s:%d: the line is longer than %d bytes", name, line+1, maxListLine))
	case err != nil:
		errs = append(errs, fmt.Errorf("%s: %w", name, err))
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	l.SHA256 = hex.EncodeToString(sum.Sum(nil))
	l.index()
	return l, nil
}

// line adds one line.
func (l *List) line(text string, line uint32) error {
	if text[0] == '#' {
		date, ok := strings.CutPrefix(strings.TrimSpace(text[1:]), "date:")
		if !ok {
			return nil
		}
		date = strings.TrimSpace(date)
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return fmt.Errorf("date %q: want YYYY-MM-DD", date)
		}
		l.Date = date
		return nil
	}
	kind, value := kindGlob, text
	if i := strings.IndexByte(text, '\t'); i >= 0 {
		kind = slices.Index(kindNames[:], text[:i])
		if kind < 0 {
			return fmt.Errorf("kind %q: want %s, a tab and an entry, or an entry alone", text[:i], strings.Join(kindNames[:], ", "))
		}
		value, _, _ = strings.Cut(text[i+1:], "\t")
		value = strings.TrimSpace(value)
	} else {
		value = strings.TrimPrefix(value, "*.") // the domain, as most lists mean it
		switch {
		case strings.IndexByte(value, '*') >= 0:
		case strings.Contains(value, "://"):
			kind = kindURL
		case strings.IndexByte(value, '/') >= 0:
			kind = kindPrefix
		default:
			kind = kindDomain
		}
	}
	key, err := entryOf(kind, value)
	if err != nil {
		return err
	}
	if kind == kindGlob {
		if len(l.globs) == maxGlobs {
			return fmt.Errorf("more than %d patterns; write domains, hosts and prefixes, which cost nothing", maxGlobs)
		}
		l.globs = append(l.globs, glob{pattern: key, hostOnly: strings.IndexByte(key, '/') < 0, line: line})
		return nil
	}
	if kind == kindPrefix && strings.IndexByte(key, '/') < 0 {
		kind = kindHost // every path
	}
	k := keyOf(kind, key)
	k.line = line
	l.keys = append(l.keys, k)
	l.has[kind] = true
	return nil
}

// entryOf returns what of an entry is hashed, or the pattern.
func entryOf(kind int, value string) (string, error) {
	if value == "" || strings.ContainsAny(value, " \t|^\"<>") {
		return "", fmt.Errorf("%q is no %s", value, kindNames[kind])
	}
	switch kind {
	case kindGlob:
		p := value
		if _, rest, ok := strings.Cut(p, "://"); ok {
			p = rest
		}
		if p = strings.TrimPrefix(p, "www."); strings.Trim(p, "*/.") == "" {
			return "", fmt.Errorf("%q would match nearly everything", value)
		}
		end := strings.IndexByte(p, '/')
		if end < 0 {
			end = len(p)
		}
		return strings.ToLower(p[:end]) + p[end:], nil
	case kindURL:
		if a := Address(value); a != "" && validHost(a[:strings.IndexByte(a, '/')], true) {
			return a, nil
		}
		return "", fmt.Errorf("%q is no http address", value)
	case kindPrefix:
		if _, rest, ok := strings.Cut(value, "://"); ok {
			value = rest
		}
		if strings.ContainsAny(value, "?#") {
			return "", fmt.Errorf("%q: a prefix has no query; write a pattern: %s*", value, value)
		}
		a := Address("http://" + value)
		if a == "" || !validHost(a[:strings.IndexByte(a, '/')], true) {
			return "", fmt.Errorf("%q is no host with a path", value)
		}
		return strings.TrimSuffix(a, "/"), nil
	}
	host := strings.ToLower(asciiHost(strings.TrimPrefix(value, ".")))
	if rest, ok := strings.CutPrefix(host, "www."); ok && strings.IndexByte(rest, '.') >= 0 {
		host = rest
	}
	if !validHost(host, false) {
		return "", fmt.Errorf("%q is no %s", value, kindNames[kind])
	}
	return host, nil
}

// validHost reports whether a host in ASCII has labels of letters, digits, - and
// _ only; an IPv6 address in brackets passes.
func validHost(host string, port bool) bool {
	if host != "" && host[0] == '[' {
		return strings.IndexByte(host, ']') > 0
	}
	if i := strings.IndexByte(host, ':'); port && i >= 0 {
		host = host[:i]
	}
	if host == "" || host[0] == '.' || host[len(host)-1] == '.' || strings.Contains(host, "..") {
		return false
	}
	for i := 0; i < len(host); i++ {
		c := host[i]
		if c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// index sorts the keys, removes equal ones (the first line stays) and cuts them
// into buckets of four or so.
func (l *List) index() {
	slices.SortFunc(l.keys, listKey.compare)
	l.keys = slices.Clip(slices.CompactFunc(l.keys, func(a, b listKey) bool { return a.hi == b.hi && a.lo == b.lo }))
	l.Entries = len(l.keys) + len(l.globs)
	bits := uint(0)
	for len(l.keys)>>bits > 4 {
		bits++
	}
	l.shift = 64 - bits
	l.buckets = make([]uint32, 1<<bits+1)
	for _, k := range l.keys {
		l.buckets[k.hi>>l.shift+1]++
	}
	for i := 1; i < len(l.buckets); i++ {
		l.buckets[i] += l.buckets[i-1]
	}
}
