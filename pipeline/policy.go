package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/qingliu/qingliu/internal/weburl"
	"github.com/qingliu/qingliu/shard"
)

// PolicyList is a list of addresses with what it decides: opt-outs and owners,
// black and white lists. A page is looked up by its own address, as the crawl has
// it. Each list is read when the config is loaded; its date and SHA-256 go into
// the manifest and the report.
//
// A line of the file holds one entry: a domain with all its hosts (example.com,
// gov.cn), a host with a path for everything below it (example.com/bbs), an address
// (http://example.com/a), a pattern with * (*.example.com/tag/*), or one of the
// words domain, host, prefix, url and glob, a tab, and the entry. Lines that begin
// with # are comments; "# date: 2026-11-01" dates the list. Scheme, "www.", default
// pages and tracking parameters make no difference. A list takes about 19 bytes of
// memory an entry.
type PolicyList struct {
	List   string `yaml:"list" doc:"file of domains, hosts, path prefixes, addresses and patterns, one a line"`
	Reason string `yaml:"reason" doc:"name of the rule; lists with one name are one rule; pages fall by policy.REASON"`
	Action string `yaml:"action" range:"drop|tag|keep" doc:"drop what is on the list, only count it, or keep nothing else"`
	read   *weburl.List
}

func defaultPolicyList() PolicyList { return PolicyList{Action: "drop"} }

// PolicyPrefix begins the reasons of policy lists.
const PolicyPrefix = "policy."

// readPolicy reads the lists and words what is wrong with the section; at names
// file and line of a key.
func (c *Config) readPolicy(at func(key string) string) (problems []string) {
	add := func(i int, key, format string, args ...any) {
		key = fmt.Sprintf("policy.%d.%s", i, key)
		problems = append(problems, fmt.Sprintf("%s: %s: %s", at(key), key, fmt.Sprintf(format, args...)))
	}
	for i := range c.Policy {
		p := &c.Policy[i]
		if !namePattern.MatchString(p.Reason) {
			add(i, "reason", "%q is no name; use letters, digits, - and _", p.Reason)
		}
		for _, q := range c.Policy[:i] {
			if q.Reason == p.Reason && q.Action != p.Action {
				add(i, "action", "%s, but another list of the reason %s says %s; give one of them another reason", p.Action, p.Reason, q.Action)
				break
			}
		}
		l, err := readPolicyFile(p.List)
		var lines interface{ Unwrap() []error }
		switch {
		case err == nil:
			p.read = l
		case errors.As(err, &lines):
			for _, e := range lines.Unwrap() {
				problems = append(problems, e.Error())
			}
		default:
			add(i, "list", "%v", err)
		}
	}
	return problems
}

func readPolicyFile(name string) (*weburl.List, error) {
	if name == "" {
		return nil, errors.New("is empty; name the file of the list")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	return weburl.ReadList(name, f, st.Size())
}

// policyFingerprint is what the lists decide by: their content, not their place.
func (c *Config) policyFingerprint() (f []string) {
	for _, p := range c.Policy {
		f = append(f, strings.Join([]string{p.Reason, p.Action, p.read.SHA256}, " "))
	}
	return f
}

// policyRule is a rule over addresses: the lists of one reason.
type policyRule struct {
	reason, action string
	lists          []*PolicyList
}

// policyRules joins the lists by reason, in the order of the config.
func policyRules(lists []PolicyList) (rules []policyRule) {
	for i := range lists {
		p := &lists[i]
		k := slices.IndexFunc(rules, func(r policyRule) bool { return r.reason == PolicyPrefix+p.Reason })
		if k < 0 {
			k = len(rules)
			rules = append(rules, policyRule{reason: PolicyPrefix + p.Reason, action: p.Action})
		}
		rules[k].lists = append(rules[k].lists, p)
	}
	return rules
}

// find returns the list and the line that an address is on, nil and 0 if it is on
// none.
func (r *policyRule) find(address string) (*PolicyList, int) {
	for _, p := range r.lists {
		if n := p.read.Find(address); n != 0 {
			return p, n
		}
	}
	return nil, 0
}

// applies reports whether the rule counts against an address: it is on a list, or
// on none of those that name what is kept.
func (r *policyRule) applies(address string) bool {
	l, _ := r.find(address)
	return (l != nil) != (r.action == "keep")
}

// drops reports whether a page that the rule applies to is dropped.
func (r *policyRule) drops() bool { return r.action != "tag" }

// PolicyNote says what one rule over addresses makes of a page.
type PolicyNote struct {
	Reason string `json:"reason"`
	Action string `json:"action"`
	List   string `json:"list,omitempty"` // list that has the address, "" if none has
	Line   int    `json:"line,omitempty"` // its line
	Broken bool   `json:"broken"`
}

// policyNotes says what the rules make of an address, for explain.
func (d *decisions) policyNotes(address string) []PolicyNote {
	var notes []PolicyNote
	for i := range d.policy {
		r := &d.policy[i]
		n := PolicyNote{Reason: r.reason, Action: r.action, Broken: r.applies(address)}
		if l, line := r.find(address); l != nil {
			n.List, n.Line = l.List, line
		}
		notes = append(notes, n)
	}
	return notes
}

// policyLists describes the lists for the manifest.
func (c *Config) policyLists() []shard.PolicyList {
	var lists []shard.PolicyList
	for _, p := range c.Policy {
		lists = append(lists, shard.PolicyList{
			List: filepath.Base(p.List), Reason: p.Reason, Action: p.Action,
			Date: p.read.Date, SHA256: p.read.SHA256, Entries: int64(p.read.Entries),
		})
	}
	return lists
}
