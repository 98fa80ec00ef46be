package filters

import "github.com/qingliu/qingliu/corpus"

// Measurer holds all filters of Table with their scratch memory. It belongs to
// one goroutine.
type Measurer struct {
	filters []Filter
	signals []Signal // of the set
	scratch *scratch
}

// NewMeasurer returns a measurer for one worker.
func (s *Set) NewMeasurer() *Measurer {
	m := &Measurer{filters: make([]Filter, len(Table)), signals: s.signals, scratch: newScratch()}
	for i := range Table {
		m.filters[i] = Table[i].build(s.configs[i], firstSignal[i], m.scratch)
	}
	return m
}

// Measure resets the signals of the document and sets those of Table, rounded to
// their declared decimals; signals from outside stay NaN. The text must be final, and its words and sentences
// set by package zh; what lacks them stays NaN. Texts of more than MaxRunes code
// points are measured on that prefix where a signal says so. It allocates nothing
// once its scratch has grown to the size of the pages; what a giant page made grow
// is given back.
func (m *Measurer) Measure(doc *corpus.Document) {
	doc.ResetSignals(len(m.signals))
	m.scratch.reset(doc)
	for _, f := range m.filters {
		f.Measure(doc)
	}
	for i, s := range allSignals {
		doc.Signals[i] = corpus.Round(doc.Signals[i], s.Decimals)
	}
	m.scratch.shrink()
}
