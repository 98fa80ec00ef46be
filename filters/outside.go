package filters

import (
	"math"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/internal/confdoc"
)

// outsideLimits are the keys of a block that bounds a signal from outside.
type outsideLimits struct {
	Min float64 `yaml:"min" doc:"lowest value that is kept" min:"value"`
	Max float64 `yaml:"max" doc:"highest value that is kept" max:"value"`
}

// outside returns a spec for a signal that no filter of Table measures: the caller of
// [Build] has it from a model or a file of scores. Its block is called like the
// signal, bounds nothing by default, and its signal stays NaN until the caller sets
// it.
func outside(s Signal) Spec {
	spec := Spec{Name: s.Name, Doc: s.Doc, From: "the config", Signals: []Signal{s}}
	defaults := outsideLimits{Min: math.Inf(-1), Max: math.Inf(1)}
	fields, err := confdoc.Fields(defaults)
	if err != nil {
		panic("filters: " + err.Error()) // the type is fixed
	}
	spec.fields = fields
	for i, f := range fields {
		spec.limits = append(spec.limits, limitField{field: i, max: f.Max != ""})
	}
	spec.defaults = defaults
	spec.decode = decoder(defaults)
	spec.build = func(any, int, *scratch) Filter { return noFilter{} }
	return spec
}

// noFilter measures nothing.
type noFilter struct{}

func (noFilter) Measure(*corpus.Document) {}
