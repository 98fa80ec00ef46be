package extract

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"go.yaml.in/yaml/v4"

	"github.com/qingliu/qingliu/internal/weburl"
)

// RuleFile is a file of site rules. It is a YAML list of mappings such as
//
//	{site: example.cn, content: ["#text", .story], remove: [.ad, .share], title: h1, date: .info time, author: .by}
//
// site is a registrable domain with all its hosts; host (one host) or url_prefix
// (the begin of an address) may stand in its place. Selectors are CSS; content and
// remove take one or a list. Without content the text is found as usual in what
// remove leaves.
type RuleFile struct {
	Name string // path; errors name it, the rule path of a page its last part
	Data []byte
}

// SiteRules are rules for the pages of some sites, ready to use. They are not
// changed and may be shared by extractors.
//
// Rules for a prefix of the address go before those for its host, these before
// those for its site; of several the first whose content selector matches is used.
// The rule path of a page begins with site:FILE#N. Where rules are for a page and
// none chose its text, a reason follows and the page is extracted as usual:
// :no_content (no selector matched, or nothing but empty elements), :too_costly
// (the selectors could take too long on a tree of this shape), :no_tree (the page
// is too large or too deep for a tree).
type SiteRules struct {
	prefixes map[string][]*siteRule // by host; the longest prefix first
	hosts    map[string][]*siteRule
	sites    map[string][]*siteRule
	labels   []string
}

// Labels returns the names of the rules, site:FILE#N, in the order of the files.
func (s *SiteRules) Labels() []string { return slices.Clone(s.labels) }

// siteRule is one rule; its selectors are nil where the rule has none.
type siteRule struct {
	label               string // site:FILE#N, N from 1
	prefix              string // of the address, without its scheme
	content, remove     cascadia.Selector
	title, date, author cascadia.Selector
	cost                selectorCost // of the most costly selector
}

// siteRuleKeys are the keys of a rule; errors list them.
const siteRuleKeys = "site, host, url_prefix, content, remove, title, date, author"

// ParseSiteRules compiles rule files. The errors, joined, name every fault with
// file, line and selector.
func ParseSiteRules(files []RuleFile) (*SiteRules, error) {
	s := &SiteRules{prefixes: map[string][]*siteRule{}, hosts: map[string][]*siteRule{}, sites: map[string][]*siteRule{}}
	p := ruleParser{rules: s}
	names := map[string]string{}
	for _, f := range files {
		p.file, p.base = f.Name, filepath.Base(f.Name)
		if other, ok := names[p.base]; ok {
			p.errs = append(p.errs, fmt.Errorf("%s: %s has the same name; what names the rule of a page would fit both", f.Name, other))
		}
		names[p.base] = f.Name
		p.parse(f.Data)
	}
	for _, list := range s.prefixes {
		slices.SortStableFunc(list, func(a, b *siteRule) int { return cmp.Compare(len(b.prefix), len(a.prefix)) })
	}
	return s, errors.Join(p.errs...)
}

// ruleParser reads one file after the other.
type ruleParser struct {
	rules      *SiteRules
	file, base string
	errs       []error
}

func (p *ruleParser) add(line int, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("%s:%d: %s", p.file, line, fmt.Sprintf(format, args...)))
}

func (p *ruleParser) parse(data []byte) {
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		var load *yaml.LoadError
		if errors.As(err, &load) {
			p.add(max(load.Mark.Line, 1), "%s", strings.TrimPrefix(load.Message, "yaml: "))
		} else {
			p.errs = append(p.errs, fmt.Errorf("%s: %w", p.file, err))
		}
		return
	}
	root := &doc
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if root.Kind != yaml.SequenceNode {
		p.add(max(root.Line, 1), "a rule file is a list of rules, each with %s", siteRuleKeys)
		return
	}
	for i, n := range root.Content {
		p.rule(i+1, n)
	}
}

// rule reads one rule and files it under its host or site.
func (p *ruleParser) rule(number int, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.add(n.Line, "rule %d is no mapping of keys to values", number)
		return
	}
	r := &siteRule{label: fmt.Sprintf("site:%s#%d", p.base, number)}
	at, key := "", ""
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if seen[k.Value] {
			p.add(k.Line, "%s occurs twice in rule %d", k.Value, number)
			continue
		}
		seen[k.Value] = true
		switch k.Value {
		case "site", "host", "url_prefix":
			if at != "" {
				p.add(k.Line, "rule %d has both %s and %s; one says for which pages it is", number, at, k.Value)
				continue
			}
			at, key = k.Value, p.where(k.Value, v)
		case "content":
			r.content = p.selector(r, k.Value, v)
		case "remove":
			r.remove = p.selector(r, k.Value, v)
		case "title":
			r.title = p.selector(r, k.Value, v)
		case "date":
			r.date = p.selector(r, k.Value, v)
		case "author":
			r.author = p.selector(r, k.Value, v)
		default:
			p.add(k.Line, "unknown key %q; the keys of a rule are %s", k.Value, siteRuleKeys)
		}
	}
	switch {
	case at == "":
		p.add(n.Line, "rule %d says for no page: add site, host or url_prefix", number)
	case !seen["content"] && !seen["remove"] && !seen["title"] && !seen["date"] && !seen["author"]:
		p.add(n.Line, "rule %d does nothing: add content, remove, title, date or author", number)
	case key != "":
		p.rules.file(r, at, key)
	}
}

func (s *SiteRules) file(r *siteRule, at, key string) {
	s.labels = append(s.labels, r.label)
	switch at {
	case "site":
		s.sites[key] = append(s.sites[key], r)
	case "host":
		s.hosts[key] = append(s.hosts[key], r)
	case "url_prefix":
		host := weburl.Host(key)
		r.prefix = withoutScheme(key)
		s.prefixes[host] = append(s.prefixes[host], r)
	}
}

// where checks the value of site, host or url_prefix; "" where it is wrong.
func (p *ruleParser) where(key string, v *yaml.Node) string {
	s := strings.TrimSpace(v.Value)
	if v.Kind != yaml.ScalarNode || s == "" {
		p.add(v.Line, "%s wants a text", key)
		return ""
	}
	if key == "url_prefix" {
		if weburl.Host(s) == "" {
			p.add(v.Line, "url_prefix %q is no address; write it like https://www.example.cn/news/", s)
			return ""
		}
		return s
	}
	host := weburl.Host("http://" + s + "/")
	switch {
	case host == "" || !strings.EqualFold(host, s):
		p.add(v.Line, "%s %q is no host name; write it like www.example.cn", key, s)
		return ""
	case key == "site" && weburl.Site(host) != host:
		p.add(v.Line, "site %q is no registrable domain; that is %s (host names one host)", s, weburl.Site(host))
		return ""
	}
	return host
}

// selector compiles a selector or a list of them into one.
func (p *ruleParser) selector(r *siteRule, key string, v *yaml.Node) cascadia.Selector {
	list := []*yaml.Node{v}
	if v.Kind == yaml.SequenceNode && (key == "content" || key == "remove") {
		list = v.Content
	}
	var group cascadia.SelectorGroup
	for _, n := range list {
		if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
			p.add(n.Line, "%s wants a CSS selector", key)
			continue
		}
		g, err := cascadia.ParseGroup(strings.TrimSpace(n.Value))
		if err != nil {
			p.add(n.Line, "%s: selector %q: %v", key, n.Value, err)
			continue
		}
		r.cost = r.cost.max(costOf(n.Value))
		group = append(group, g...)
	}
	if len(list) == 0 {
		p.add(v.Line, "%s is empty", key)
	}
	return group.Match
}

// candidates appends the rules for an address: those by prefix, the longest
// first, then by host, then by site, each in the order of the files.
func (s *SiteRules) candidates(dst []*siteRule, url string) []*siteRule {
	host := weburl.Host(url)
	if host == "" {
		return dst
	}
	if list := s.prefixes[host]; list != nil {
		rest := withoutScheme(url)
		for _, r := range list {
			if len(rest) >= len(r.prefix) && strings.EqualFold(rest[:hostLen(r.prefix)], r.prefix[:hostLen(r.prefix)]) && rest[hostLen(r.prefix):len(r.prefix)] == r.prefix[hostLen(r.prefix):] {
				dst = append(dst, r)
			}
		}
	}
	dst = append(dst, s.hosts[host]...)
	if len(s.sites) > 0 {
		dst = append(dst, s.sites[weburl.Site(host)]...)
	}
	return dst
}

// withoutScheme cuts http:// or https:// off: a rule is for both.
func withoutScheme(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		return rest
	}
	return url
}

func hostLen(rest string) int {
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return i
	}
	return len(rest)
}
