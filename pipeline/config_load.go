package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/qingliu/qingliu/configs"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/internal/confdoc"
	"github.com/qingliu/qingliu/internal/storage"
)

// maxExtends bounds a chain of presets.
const maxExtends = 8

// ConfigError is a fault in a config: the caller prints it and exits with 2.
type ConfigError struct{ Problems []string }

// Error returns the problems, one per line.
func (e *ConfigError) Error() string { return strings.Join(e.Problems, "\n") }

func configError(format string, args ...any) error {
	return &ConfigError{Problems: []string{fmt.Sprintf(format, args...)}}
}

// LoadConfig reads the config file at path, resolves what it extends, applies
// the settings (key=value, dotted keys, values in YAML) and checks the result.
// Every fault is a *ConfigError that names file, line and key.
func LoadConfig(path string, settings []string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, configError("%v", err)
	}
	root, err := loadLayered(path, data)
	if err != nil {
		return nil, err
	}
	for _, s := range settings {
		if err := applySetting(root, s); err != nil {
			return nil, err
		}
	}
	return decodeConfig(root, path)
}

// ParseConfig is LoadConfig for a config that is already in memory.
func ParseConfig(name string, data []byte) (*Config, error) {
	root, err := loadLayered(name, data)
	if err != nil {
		return nil, err
	}
	return decodeConfig(root, name)
}

// loadLayered parses one file, checks it alone (so that a fault is reported with
// its own file and line) and lays it over the preset it extends.
func loadLayered(name string, data []byte) (*yaml.Node, error) {
	var layers []*yaml.Node
	var names []string
	for {
		root, err := parseLayer(name, data)
		if err != nil {
			return nil, err
		}
		layers, names = append(layers, root), append(names, name)
		base := mapValue(root, "extends")
		if base == nil || base.Value == "" {
			break
		}
		if len(layers) == maxExtends {
			return nil, configError("%s: more than %d configs extend each other", name, maxExtends)
		}
		preset := base.Value
		data, err = configs.Presets.ReadFile("presets/" + preset + ".yaml")
		if err != nil {
			return nil, configError("%s:%d: extends: no preset %q; there are %s", name, base.Line, preset, strings.Join(PresetNames(), ", "))
		}
		name = "preset " + preset
	}
	var outside []filters.Signal // of the layers below
	for i, root := range slices.Backward(layers) {
		outside = appendOutside(outside, root)
		if filters := mapValue(root, "filters"); filters != nil {
			if _, err := buildFilters(filters, outside); err != nil {
				return nil, filtersError(names[i], err)
			}
		}
	}
	for _, preset := range layers[1:] {
		forgetLines(preset)
	}
	slices.Reverse(layers)
	merged := layers[0]
	for _, over := range layers[1:] {
		replaceEntries(merged, over)
		mergeNodes(merged, over)
	}
	return merged, nil
}

// PresetNames returns the names of the shipped presets, sorted.
func PresetNames() []string {
	entries, err := configs.Presets.ReadDir("presets")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

func parseLayer(name string, data []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return nil, yamlError(name, nil, err)
	}
	root := &doc
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		return nil, configError("%s: a config is a mapping of keys to values", name)
	}
	normaliseShorthand(root)
	dropEmptyBlocks(root)
	var c rawConfig
	if err := root.Load(&c, yaml.WithKnownFields()); err != nil {
		return nil, yamlError(name, root, err)
	}
	if problems := appendMissing(nil, name, "", root); len(problems) > 0 {
		return nil, &ConfigError{Problems: problems}
	}
	return root, nil
}

// dropEmptyBlocks removes the keys of root that have no value, such as a block whose
// keys are all comments: laid over a preset they would take its whole block away.
func dropEmptyBlocks(root *yaml.Node) {
	for i := 0; i+1 < len(root.Content); {
		if isNull(root.Content[i+1]) {
			root.Content = slices.Delete(root.Content, i, i+2)
		} else {
			i += 2
		}
	}
}

// appendOutside appends the names of signals that a layer brings along. Names that a
// filter has already are left to the check of the whole config.
func appendOutside(dst []filters.Signal, root *yaml.Node) []filters.Signal {
	for _, key := range []string{"models", "scores"} {
		section := mapValue(root, key)
		if section == nil {
			continue
		}
		for i := 0; i+1 < len(section.Content); i += 2 {
			s := filters.Signal{Name: section.Content[i].Value}
			if _, taken := filters.SignalIndex(s.Name); !taken && !slices.Contains(dst, s) && signalName(s.Name) {
				dst = append(dst, s)
			}
		}
	}
	return dst
}

// rawConfig decodes lists whose entries have defaults as nodes.
type rawConfig Config

func decodeConfig(root *yaml.Node, name string) (*Config, error) {
	c := DefaultConfig()
	inputs, outputs := mapValue(root, "input"), mapValue(root, "outputs")
	if err := root.Load((*rawConfig)(&c), yaml.WithKnownFields()); err != nil {
		return nil, yamlError(name, root, err)
	}
	c.Input, c.Outputs, c.Policy = nil, nil, nil
	if policy := mapValue(root, "policy"); policy != nil {
		for _, n := range policy.Content {
			p := defaultPolicyList()
			if err := n.Load(&p, yaml.WithKnownFields()); err != nil {
				return nil, yamlError(name, root, err)
			}
			c.Policy = append(c.Policy, p)
		}
	}
	if inputs != nil {
		for _, n := range inputs.Content {
			in := defaultInput()
			if err := n.Load(&in, yaml.WithKnownFields()); err != nil {
				return nil, yamlError(name, root, err)
			}
			c.Input = append(c.Input, in)
		}
	}
	if outputs != nil {
		for _, n := range outputs.Content {
			out := defaultOutput()
			if err := n.Load(&out, yaml.WithKnownFields()); err != nil {
				return nil, yamlError(name, root, err)
			}
			c.Outputs = append(c.Outputs, out)
		}
	}
	if err := c.check(name, root); err != nil {
		return nil, err
	}
	return &c, nil
}

// normaliseShorthand turns `input: a.warc.gz` and `input: [a, b]` into the long form.
func normaliseShorthand(root *yaml.Node) {
	in := mapValue(root, "input")
	if in == nil {
		return
	}
	if in.Kind == yaml.ScalarNode || in.Kind == yaml.MappingNode {
		item := *in
		*in = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: item.Line, Column: item.Column, Content: []*yaml.Node{&item}}
	}
	for i, n := range in.Content {
		if n.Kind == yaml.ScalarNode {
			key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "path", Line: n.Line, Column: n.Column}
			in.Content[i] = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column, Content: []*yaml.Node{key, n}}
		}
	}
}

func mapValue(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// mergeNodes lays over on top of base: mappings merge key by key, everything
// else is replaced.
func mergeNodes(base, over *yaml.Node) {
	for i := 0; i+1 < len(over.Content); i += 2 {
		key, val := over.Content[i], over.Content[i+1]
		old := mapValue(base, key.Value)
		switch {
		case old == nil:
			base.Content = append(base.Content, key, val)
		case old.Kind == yaml.MappingNode && val.Kind == yaml.MappingNode:
			mergeNodes(old, val)
		default:
			*old = *val
		}
	}
}

// replaceEntries removes the models and scores of base that over has, too, and the
// domain where over names a file: another file with the label or tokens of the first
// would be no model at all.
func replaceEntries(base, over *yaml.Node) {
	if d := mapValue(over, "domain"); d != nil && mapValue(d, "file") != nil {
		for i := 0; i+1 < len(base.Content); i += 2 {
			if base.Content[i].Value == "domain" {
				base.Content = slices.Delete(base.Content, i, i+2)
				break
			}
		}
	}
	for _, key := range []string{"models", "scores"} {
		old, section := mapValue(base, key), mapValue(over, key)
		if old == nil || section == nil {
			continue
		}
		for i := 0; i+1 < len(old.Content); {
			if mapValue(section, old.Content[i].Value) != nil {
				old.Content = slices.Delete(old.Content, i, i+2)
			} else {
				i += 2
			}
		}
	}
}

func applySetting(root *yaml.Node, s string) error {
	key, value, ok := strings.Cut(s, "=")
	if key == "extends" {
		return configError("--set %s: extends can only stand in a config file", s)
	}
	if !ok || key == "" {
		return configError("--set %s: write key=value, e.g. --set dedup.similarity=0.8", s)
	}
	if strings.TrimSpace(value) == "" {
		return configError(`--set %s: no value behind =; write "" for an empty text`, s)
	}
	over := &yaml.Node{}
	if err := yaml.Load([]byte(value), over); err != nil {
		return configError("--set %s: the value is no YAML: %v", s, err)
	}
	if over.Kind == yaml.DocumentNode && len(over.Content) == 1 {
		over = over.Content[0]
	}
	if isNull(over) {
		return configError("--set %s: null is no value", s)
	}
	parts := strings.Split(key, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: parts[i]}
		over = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{k, over}}
	}
	normaliseShorthand(over)
	var c rawConfig
	if err := over.Load(&c, yaml.WithKnownFields()); err != nil {
		return yamlError("--set "+s, nil, err)
	}
	if _, err := buildFilters(&c.Filters, appendOutside(appendOutside(nil, root), over)); err != nil {
		return filtersError("--set "+s, err)
	}
	forgetLines(over)
	if len(parts) <= 2 { // a whole model or score, as in a file
		replaceEntries(root, over)
	}
	mergeNodes(root, over)
	return nil
}

// forgetLines removes the line numbers of nodes that do not come from the config
// file itself, so that no message names a wrong line.
func forgetLines(n *yaml.Node) {
	n.Line = 0
	for _, c := range n.Content {
		forgetLines(c)
	}
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// check finds what the types cannot: ranges, names, references.
func (c *Config) check(name string, root *yaml.Node) error {
	var problems []string
	add := func(key, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s: %s: %s", at(name, root, key), key, fmt.Sprintf(format, args...)))
	}
	for _, err := range confdoc.Check(c, func(key string) string { return at(name, root, key) }) {
		problems = append(problems, err.Error())
	}
	if !namePattern.MatchString(c.Name) {
		add("name", "%q is no name; use letters, digits, - and _, at most 64", c.Name)
	}
	for i, in := range c.Input {
		if in.Path == "" {
			add(fmt.Sprintf("input.%d.path", i), "is empty")
		}
		for key, name := range map[string]string{"path": in.Path, "prefix": in.Prefix} {
			if err := storage.CheckName(name); err != nil {
				add(fmt.Sprintf("input.%d.%s", i, key), "%v", err)
			}
		}
		if in.Prefix != "" && !in.List && in.Format != "cc-index" {
			add(fmt.Sprintf("input.%d.prefix", i), "only the names of a list or index have a prefix; set list: true or format: cc-index")
		}
		if in.Dataset != "" && !namePattern.MatchString(in.Dataset) {
			add(fmt.Sprintf("input.%d.dataset", i), "%q is no name; use letters, digits, - and _", in.Dataset)
		}
	}
	seen := map[string]bool{}
	for i, o := range c.Outputs {
		key := fmt.Sprintf("outputs.%d.name", i)
		if !namePattern.MatchString(o.Name) {
			add(key, "%q is no name; use letters, digits, - and _", o.Name)
		}
		if seen[o.Name] {
			add(key, "%q occurs twice", o.Name)
		}
		seen[o.Name] = true
		if _, err := c.parseWhere(o.Where); err != nil {
			add(fmt.Sprintf("outputs.%d.where", i), "%v", err)
		}
		if o.ShardBytes < 1<<10 || o.FrameBytes < 256 {
			add(fmt.Sprintf("outputs.%d", i), "shard_bytes must be at least 1KiB and frame_bytes at least 256")
		}
	}
	if len(c.Outputs) == 0 {
		add("outputs", "there is none; name at least one, e.g. {name: %s, schema: superset}", c.Name)
	}
	for i, t := range c.Labels.DropPageTypes {
		if !slices.Contains(pageTypes, t) {
			add(fmt.Sprintf("labels.drop_page_types.%d", i), "no page type is %q; there are %s", t, strings.Join(pageTypes, ", "))
		}
	}
	if c.Extract.Sample <= 0 {
		add("extract.sample", "%v reads nothing; want more than 0 and at most 1", c.Extract.Sample)
	}
	if c.Extract.HanPrefilter && c.Gates.Language == "any" {
		add("extract.han_prefilter", "it skips pages without Chinese, which gates.language any asks for; set it to false")
	}
	if c.Publish != "" {
		if err := checkPublish(c.Publish); err != nil {
			add("publish", "%v", err)
		}
	}
	if c.Network.Coalesce < 0 || c.Network.Coalesce > 1<<20 {
		add("network.coalesce", "%s is out of range 0..1MiB", c.Network.Coalesce)
	}
	if c.Tasks.GroupBytes < 1 || c.Tasks.SplitBytes < 1 {
		add("tasks", "split_bytes and group_bytes must be at least 1")
	}
	if c.Extract.MaxPageBytes < 1<<10 || c.Extract.MaxRecordBytes < 1<<10 {
		add("extract", "max_page_bytes and max_record_bytes must be at least 1KiB")
	}
	if p := c.Extract.Limits.problem(); p != "" {
		add("extract.limits", "%s", p)
	}
	if words, err := readUserWords(c.Text.UserWords); err != nil {
		add("text.user_words", "%v", err)
	} else if words != nil {
		if _, err := segmenter(c.Measure.Segmenter, c.Text.UserWords); err != nil {
			add("text.user_words", "%v", err)
		}
	}
	if _, err := c.Sites.frozenLines(); err != nil {
		add("sites.frozen", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	for i, p := range c.URLs.DropParams {
		if p == "" || p == "*" || strings.ContainsAny(p, "=&?#") {
			add(fmt.Sprintf("urls.drop_params.%d", i), "%q is no name of a parameter", p)
		}
	}
	for _, d := range slices.Sorted(maps.Keys(c.Datasets)) {
		if c.Input != nil && !slices.Contains(c.datasetNames(), d) {
			add("datasets."+d, "no input has this dataset; there are %s", strings.Join(c.datasetNames(), ", "))
		}
	}
	c.tokenizerProblems(add)
	c.modelProblems(add)
	c.scoreProblems(add)
	c.statisticsProblems(add)
	problems = append(problems, c.readPolicy(func(key string) string { return at(name, root, key) })...)
	problems = append(problems, c.Extract.siteRuleProblems(at(name, root, "extract.site_rules")+": extract.site_rules")...)
	if _, err := c.filterSet(); err != nil {
		problems = append(problems, fmt.Sprintf("%s: filters: %v", name, err))
	}
	for _, p := range c.englishLimits() {
		problems = append(problems, name+": "+p)
	}
	if problems != nil {
		return &ConfigError{Problems: problems}
	}
	return nil
}

// datasetNames returns the datasets of the inputs.
func (c *Config) datasetNames() []string {
	var names []string
	for _, in := range c.Input {
		if d := cmp.Or(in.Dataset, c.Name); !slices.Contains(names, d) {
			names = append(names, d)
		}
	}
	return names
}

// at returns file:line of a dotted key, or the file where the key is a default.
func at(name string, root *yaml.Node, key string) string {
	n := root
	for _, part := range strings.Split(key, ".") {
		var next *yaml.Node
		if n.Kind == yaml.SequenceNode {
			var i int
			if _, err := fmt.Sscan(part, &i); err == nil && i < len(n.Content) {
				next = n.Content[i]
			}
		} else {
			next = mapValue(n, part)
		}
		if next == nil {
			break
		}
		n = next
	}
	if n == root || n.Line == 0 {
		return name
	}
	return fmt.Sprintf("%s:%d", name, n.Line)
}

// EffectiveYAML returns the config with every default written out.
func (c *Config) EffectiveYAML() ([]byte, error) {
	e := *c
	e.Extends = ""
	out, err := yaml.Dump(&e)
	if err != nil {
		return nil, fmt.Errorf("writing the effective config: %w", err)
	}
	return out, nil
}
