package filters

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/qingliu/qingliu/internal/confdoc"
)

// Set is the configured filters of a run. It is read-only and may be shared.
type Set struct {
	specs   []Spec // Table, then the signals from outside
	signals []Signal
	first   []int // index in signals of the first signal of each spec
	configs []any // of each spec, its defaults where not named
	actions []Action
	named   []bool
	limits  []Limit
}

// Blocks splits the filters section of a config, a mapping from filter names to
// blocks, into what [Build] takes. A nil or empty section gives no blocks. (A
// field of type map[string]*yaml.Node cannot be decoded strictly by yaml/v4
// v4.0.0, which looks into the node; yaml.Node and map[string]yaml.Node can.)
func Blocks(section *yaml.Node) (map[string]*yaml.Node, error) {
	section = resolve(section)
	if section == nil {
		return nil, nil
	}
	if section.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: filters: %s is no mapping from filter names to blocks", section.Line, nodeText(section))
	}
	blocks := make(map[string]*yaml.Node, len(section.Content)/2)
	for i := 0; i+1 < len(section.Content); i += 2 {
		key := section.Content[i]
		if blocks[key.Value] != nil {
			return nil, fmt.Errorf("line %d: filters.%s stands twice", key.Line, key.Value)
		}
		blocks[key.Value] = section.Content[i+1]
	}
	return blocks, nil
}

// Build makes the filters of a run from the blocks of its config, by filter name.
// A filter without a block is measured with its defaults and has no limits. A
// block holds fields of the filter's config, which replace the defaults, and
// action: drop (the default), tag or off.
//
// All mistakes are reported, joined, in the order of their lines, each with line,
// filter, key, value and what is allowed: an unknown filter, an unknown or
// repeated key, a value of the wrong type or out of range.
//
// extra names signals that no filter measures, such as those of models, in their
// order after Table; a block of that name bounds each by min and max. Their names
// must be free.
func Build(blocks map[string]*yaml.Node, extra ...Signal) (*Set, error) {
	s := &Set{
		specs:   Table,
		signals: allSignals,
		first:   firstSignal,
	}
	if len(extra) > 0 {
		s.specs, s.signals, s.first = slices.Clone(s.specs), slices.Clone(s.signals), slices.Clone(s.first)
		for _, x := range extra {
			if _, taken := s.SignalIndex(x.Name); taken || specIndex(x.Name) >= 0 {
				return nil, fmt.Errorf("%s: a signal or filter has this name already", x.Name)
			}
			s.specs = append(s.specs, outside(x))
			s.first = append(s.first, len(s.signals))
			s.signals = append(s.signals, x)
		}
	}
	s.configs = make([]any, len(s.specs))
	s.actions = make([]Action, len(s.specs))
	s.named = make([]bool, len(s.specs))
	for i := range s.specs {
		s.configs[i], s.actions[i] = s.specs[i].defaults, Off
	}
	var found []lineError
	for _, name := range sortedNames(blocks) {
		i, line := s.specIndex(name), 0
		if blocks[name] != nil {
			line = blocks[name].Line
		}
		if i < 0 {
			found = append(found, lineError{line, fmt.Errorf("filters.%s: no such filter%s; there are %s", name, englishHint(name), s.filterNames())})
			continue
		}
		config, action, errs := decodeBlock(&s.specs[i], resolve(blocks[name]), line)
		found = append(found, errs...)
		s.configs[i], s.actions[i], s.named[i] = config, action, true
	}
	if len(found) > 0 {
		slices.SortStableFunc(found, func(a, b lineError) int { return cmp.Compare(a.line, b.line) })
		errs := make([]error, len(found))
		for i, e := range found {
			errs[i] = e.err
			if e.line > 0 {
				errs[i] = fmt.Errorf("line %d: %w", e.line, e.err)
			}
		}
		return nil, errors.Join(errs...)
	}
	s.limits = s.makeLimits()
	if err := keepsNothing(s.limits); err != nil {
		return nil, err
	}
	return s, nil
}

// keepsNothing says which two limits leave no value between them.
func keepsNothing(limits []Limit) error {
	var errs []error
	for _, low := range limits {
		for _, high := range limits {
			if low.Signal == high.Signal && !low.Max && high.Max && low.Bound > high.Bound {
				errs = append(errs, fmt.Errorf("filters.%s %v is above filters.%s %v: no page would be kept", low.Reason, low.Bound, high.Reason, high.Bound))
			}
		}
	}
	return errors.Join(errs...)
}

type lineError struct {
	line int
	err  error
}

// decodeBlock reads the block of one filter, nil where it has no value, that stands in
// a line. It looks at every key itself, because
// the decoder names Go types where the reader of a config needs filter and key.
func decodeBlock(spec *Spec, node *yaml.Node, line int) (config any, action Action, errs []lineError) {
	prefix := "filters." + spec.Name
	if node == nil {
		return nil, 0, []lineError{{line, fmt.Errorf("%s has no value: write {} for its defaults, {action: off} to take it out", prefix)}}
	}
	if node.Kind != yaml.MappingNode {
		return nil, 0, []lineError{{node.Line, fmt.Errorf("%s: %s is no block of keys; keys are %s", prefix, nodeText(node), spec.keys())}}
	}
	rest := *node // without action
	rest.Content = nil
	lines := make(map[string]int, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if lines[key.Value] != 0 {
			errs = append(errs, lineError{key.Line, fmt.Errorf("%s.%s stands twice, first in line %d", prefix, key.Value, lines[key.Value])})
			continue
		}
		lines[key.Value] = key.Line
		field := slices.IndexFunc(spec.fields, func(f confdoc.Field) bool { return f.Key == key.Value })
		switch {
		case key.Value == "action":
			var err error
			if action, err = ParseAction(scalar(value)); err != nil {
				errs = append(errs, lineError{value.Line, fmt.Errorf("%s.action: %w", prefix, err)})
			}
		case field < 0:
			errs = append(errs, lineError{key.Line, fmt.Errorf("%s.%s: no such key; keys are %s", prefix, key.Value, spec.keys())})
		default:
			rest.Content = append(rest.Content, key, value)
			if e := checkType(spec, key, value); e != nil {
				f := spec.fields[field]
				errs = append(errs, lineError{value.Line, fmt.Errorf("%s.%s: %s is no %s%s", prefix, key.Value, nodeText(value), f.Type, allowed(f.Range))})
				rest.Content = rest.Content[:len(rest.Content)-2]
			}
		}
	}
	config, err := spec.decode(&rest)
	if err != nil {
		return nil, 0, append(errs, lineError{node.Line, fmt.Errorf("%s: %w", prefix, err)})
	}
	for _, err := range confdoc.Check(config, nil) {
		key, _, _ := strings.Cut(err.Error(), ":")
		errs = append(errs, lineError{lines[key], fmt.Errorf("%s.%w", prefix, err)})
	}
	return config, action, errs
}

// checkType decodes a block of just this key.
func checkType(spec *Spec, key, value *yaml.Node) error {
	v := resolve(value)
	if v == nil || v.Kind == yaml.ScalarNode && strings.EqualFold(v.Value, ".nan") {
		return errors.New("no value")
	}
	_, err := spec.decode(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: key.Line, Content: []*yaml.Node{key, value}})
	return err
}

func allowed(rng string) string {
	if rng == "" {
		return ""
	}
	return ", allowed is " + rng
}

// resolve follows documents and aliases; it returns nil for a missing or empty
// value.
func resolve(n *yaml.Node) *yaml.Node {
	for range 8 {
		switch {
		case n == nil || n.Kind == 0:
			return nil
		case n.Kind == yaml.AliasNode:
			n = n.Alias
		case n.Kind == yaml.DocumentNode:
			if len(n.Content) == 0 {
				return nil
			}
			n = n.Content[0]
		case isNull(n):
			return nil
		default:
			return n
		}
	}
	return n
}

// isNull reports whether a value is null. A config that was written out and read again
// has lost the tags of its nodes.
func isNull(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode {
		return false
	}
	return n.Tag == "!!null" || n.Tag == "" && n.Style == 0 && slices.Contains([]string{"", "~", "null", "Null", "NULL"}, n.Value)
}

// nodeText shows a value in an error message.
func nodeText(n *yaml.Node) string {
	switch n.Kind {
	case yaml.ScalarNode:
		v := n.Value
		if len(v) > 60 {
			v = v[:60]
		}
		return fmt.Sprintf("%q", v)
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a block"
	}
	return "an alias"
}

// scalar returns the text of a scalar value, "" for anything else.
func scalar(n *yaml.Node) string {
	if n = resolve(n); n != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

func sortedNames(blocks map[string]*yaml.Node) []string {
	names := make([]string, 0, len(blocks))
	for name := range blocks {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// englishHint says of the filters of other tools what they are made for.
func englishHint(name string) string {
	switch name {
	case "c4_quality", "c4", "c4_filter", "nowhite", "punctuation":
		return " (its end marks are ASCII and drop 90 to 100 % of Chinese pages; line_end_punctuation knows 。！？, and preset c4-zh has the rules of C4)"
	case "gopher_quality", "fineweb_quality", "gopher", "word_count":
		return " (made for English words between spaces; preset fineweb2-zh has the values for Chinese)"
	case "gopher_repetition":
		return " (here line_repetition and word_ngram_repetition)"
	}
	return ""
}

func (s *Set) filterNames() string {
	names := make([]string, len(s.specs))
	for i := range s.specs {
		names[i] = s.specs[i].Name
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
