package filters

import (
	"fmt"
	"math"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/internal/confdoc"
)

// A Filter measures one document by itself: Measure sets the signals its Spec
// declares and changes nothing else. It is deterministic and cannot fail. It
// never decides: limits are data. A Filter belongs to one [Measurer] and so to
// one goroutine; it may keep scratch memory, but nothing of the document.
type Filter interface{ Measure(doc *corpus.Document) }

// Signal is one number that a filter measures.
type Signal struct {
	Name     string // unique among all filters, snake_case
	Decimals int    // it is rounded to so many before it is compared or stored
	Doc      string // what is counted, of what
}

// Needs says what must be known of a document before a filter can measure it.
type Needs uint8

const (
	NeedText      Needs = 1 << iota // the main text
	NeedWords                       // words of package zh, see corpus.Document.SetWords
	NeedSentences                   // sentences of package zh, see corpus.Document.SetSentences
)

// Spec describes a filter: what it measures, where the rule comes from.
type Spec struct {
	Name    string // unique, snake_case; its key in the filters section
	Doc     string // one or two sentences
	From    string // source of the rule and of its default limits
	Signals []Signal
	Needs   Needs
	Version int // rises when a measured value changes for the same text

	fields   []confdoc.Field
	limits   []limitField
	wordList string // embedded word list that decides what is measured, "" if none
	defaults any
	decode   func(node *yaml.Node) (any, error)
	build    func(config any, first int, s *scratch) Filter
}

// limitField is a field of a config that bounds a signal.
type limitField struct {
	field  int // index in fields
	signal int // index in Signals
	max    bool
}

// slot is where a filter writes: the index in doc.Signals of its first signal.
type slot int

// set stores a value of the filter's k-th signal.
func (s slot) set(doc *corpus.Document, k int, v float64) { doc.Signals[int(s)+k] = v }

// setShare stores part/whole; nothing of nothing is not measured.
func (s slot) setShare(doc *corpus.Document, k, part, whole int) {
	doc.Signals[int(s)+k] = share(part, whole)
}

// share returns part/whole, NaN when whole is 0.
func share(part, whole int) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return float64(part) / float64(whole)
}

// define completes a spec with a typed config: its defaults and the function that
// makes a filter of a config. It panics on a spec that contradicts itself, which
// every test run would show.
func define[C any](spec Spec, defaults C, build func(config C, at slot, s *scratch) Filter) Spec {
	fields, err := confdoc.Fields(defaults)
	if err != nil {
		panic("filters: " + spec.Name + ": " + err.Error())
	}
	spec.fields = fields
	for i, f := range fields {
		if !f.Bounds() {
			continue
		}
		l := limitField{field: i, signal: -1, max: f.Max != ""}
		for j, s := range spec.Signals {
			if s.Name == f.Max+f.Min { // one of the two is empty
				l.signal = j
			}
		}
		if l.signal < 0 {
			panic("filters: " + spec.Name + ": " + f.Key + " bounds a signal the filter does not measure")
		}
		spec.limits = append(spec.limits, l)
	}
	spec.defaults = defaults
	spec.decode = decoder(defaults)
	spec.build = func(config any, first int, s *scratch) Filter { return build(config.(C), slot(first), s) }
	return spec
}

// decoder returns the function that lays a block over the defaults.
func decoder[C any](defaults C) func(node *yaml.Node) (any, error) {
	return func(node *yaml.Node) (any, error) {
		c := defaults
		if node != nil {
			if err := node.Load(&c, yaml.WithKnownFields()); err != nil {
				return nil, err
			}
		}
		return c, nil
	}
}

// keys lists the keys of the spec's block for an error message.
func (s *Spec) keys() string {
	names := make([]string, 0, len(s.fields)+1)
	for _, f := range s.fields {
		names = append(names, f.Key)
	}
	return strings.Join(append(names, "action"), ", ")
}

// Action is what happens to a document that breaks a limit.
type Action uint8

const (
	Drop Action = iota // the document is dropped
	Tag                // the broken limit is recorded, the document stays
	Off                // the filter's limits are not applied; it is still measured
)

var actionNames = [...]string{Drop: "drop", Tag: "tag", Off: "off"}

// String returns the name of the action as it stands in a config.
func (a Action) String() string { return actionNames[a] }

// ParseAction reads drop, tag or off.
func ParseAction(s string) (Action, error) {
	for a, name := range actionNames {
		if s == name {
			return Action(a), nil
		}
	}
	return Drop, fmt.Errorf("%q is none of drop|tag|off", s)
}
