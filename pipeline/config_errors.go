package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	yamlLine    = regexp.MustCompile(`^(?:go-yaml load error(?: in \w+)? at (?:L(\d+)\.C\d+(?:-\S+)?|<unknown position>): |line (\d+)(?:, column \d+)?: )(?:line \d+: )?`)
	yamlUnknown = regexp.MustCompile(`field (\S+) not found in type \S+`)
	yamlType    = regexp.MustCompile("cannot construct !!(\\w+)(?: `([^`]*)`)? into (\\S+)")
)

// goTypes words for a reader of the config that a value is not of a type of Go.
var goTypes = map[string]string{"int": "no whole number", "float64": "no number", "bool": "neither true nor false", "string": "no text"}

// goType words that a value is not of a type of Go.
func goType(t string) string {
	switch {
	case strings.HasPrefix(t, "[]"):
		return "no list"
	case strings.HasPrefix(t, "map["):
		return "no mapping of names to blocks"
	case strings.Contains(t, "."):
		return "no block of keys"
	}
	return cmp.Or(goTypes[t], "no "+t)
}

// yamlTags words the tags of YAML.
var yamlTags = map[string]string{"seq": "list", "map": "mapping"}

// filtersError words the faults that [filters.Build] found in a file or setting.
func filtersError(name string, err error) error {
	var problems []string
	for msg := range strings.SplitSeq(err.Error(), "\n") {
		at := name
		if m := filtersLine.FindStringSubmatch(msg); m != nil {
			msg = msg[len(m[0]):]
			if !strings.HasPrefix(name, "--set ") {
				at += ":" + m[1]
			}
		}
		problems = append(problems, at+": "+msg)
	}
	return &ConfigError{Problems: problems}
}

var filtersLine = regexp.MustCompile(`^line (\d+): `)

// keyAt returns the dotted key that stands at a place of the file, or whose value
// does, "" if none, and the node there.
func keyAt(n *yaml.Node, mark yaml.Mark, isKey bool, prefix string) (string, *yaml.Node) {
	isAt := func(n *yaml.Node) bool { return n.Line == mark.Line && n.Column == mark.Column }
	for i := range n.Content {
		path, val := fmt.Sprintf("%s%d", prefix, i), n.Content[i]
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 {
				continue
			}
			path = prefix + n.Content[i-1].Value
			if isKey && isAt(n.Content[i-1]) {
				return path, n.Content[i-1]
			}
		}
		if !isKey && isAt(val) {
			return path, val
		}
		if key, at := keyAt(val, mark, isKey, path+"."); at != nil {
			return key, at
		}
	}
	return "", nil
}

// yamlError words the faults of the YAML library for a reader of the config, root if
// it could be parsed.
func yamlError(name string, root *yaml.Node, err error) error {
	var problems []string
	add := func(msg string, mark yaml.Mark) {
		msg = strings.TrimPrefix(msg, "yaml: ")
		unknown := yamlUnknown.MatchString(msg)
		key, quoted := "", ""
		if root != nil && mark.Line > 0 {
			var n *yaml.Node
			if key, n = keyAt(root, mark, unknown, ""); n != nil && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
				quoted = "; quotes make it a text"
			}
		}
		msg = yamlUnknown.ReplaceAllStringFunc(msg, func(m string) string {
			return fmt.Sprintf("unknown key %s; qingliu config reference lists the keys", cmp.Or(key, yamlUnknown.FindStringSubmatch(m)[1]))
		})
		msg = yamlType.ReplaceAllStringFunc(msg, func(m string) string {
			p := yamlType.FindStringSubmatch(m)
			if p[2] == "" {
				return fmt.Sprintf("a %s is %s", cmp.Or(yamlTags[p[1]], p[1]), goType(p[3]))
			}
			return fmt.Sprintf("%q is %s", p[2], goType(p[3])) + quoted
		})
		at := name
		if m := yamlLine.FindStringSubmatch(msg); m != nil {
			if line := m[1] + m[2]; line != "" && !strings.HasPrefix(name, "--set ") {
				at += ":" + line
			}
			msg = msg[len(m[0]):]
		}
		if key != "" && !unknown {
			at += ": " + key
		}
		problems = append(problems, at+": "+msg)
	}
	var list *yaml.LoadErrors
	if errors.As(err, &list) {
		for _, e := range list.Errors {
			add(e.Error(), e.Mark)
		}
	} else {
		add(err.Error(), yaml.Mark{})
	}
	return &ConfigError{Problems: problems}
}

// appendMissing appends a problem for each key below prefix that has no value: it
// would silently be the default, whatever a preset says. Filters have their own check.
func appendMissing(problems []string, name, prefix string, n *yaml.Node) []string {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, val := n.Content[i], n.Content[i+1]
			path := prefix + key.Value
			switch {
			case path == "filters":
			case isNull(val):
				problems = append(problems, fmt.Sprintf("%s:%d: %s has no value: write one, or take the key out", name, key.Line, path))
			default:
				problems = appendMissing(problems, name, path+".", val)
			}
		}
	case yaml.SequenceNode:
		for i, val := range n.Content {
			problems = appendMissing(problems, name, fmt.Sprintf("%s%d.", prefix, i), val)
		}
	}
	return problems
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
