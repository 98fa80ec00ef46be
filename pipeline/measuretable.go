package pipeline

import (
	"io"
	"math"

	"github.com/qingliu/qingliu/dedup"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/pii"
)

// maxSignatures is how many signatures go into one piece of the band and sketch
// files: 14 MB in memory.
const maxSignatures = 1 << 16

// measureTable writes the columns and signatures of a group, a block of rows and
// a piece of signatures at a time.
type measureTable struct {
	w               *columnWriter
	bands, sketches *stackWriter
	written         uint32 // rows in finished blocks

	file, record, gate, doc, bytes, length []uint32
	offset, crawled                        []uint64
	gateValue, gateLimit                   []float64
	id, url, text                          [][16]byte
	words                                  [7][]string
	address                                []string
	names                                  []filters.Signal // of signals
	signals                                [][]float64
	pii                                    [][]uint32

	bandRows []uint32
	sigs     []dedup.Signature
}

func newMeasureTable(t *task) (*measureTable, error) {
	names := t.Config.measuredSignals()
	m := &measureTable{names: names, signals: make([][]float64, len(names)), pii: make([][]uint32, len(pii.Classes))}
	columns, err := t.create(columnsFile)
	if err != nil {
		return nil, err
	}
	m.w = newColumnWriter(columns)
	bands, err := t.create(bandsFile)
	if err != nil {
		return nil, err
	}
	m.bands = newStackWriter(bands)
	sketches, err := t.create(sketchesFile)
	if err != nil {
		return nil, err
	}
	m.sketches = newStackWriter(sketches)
	return m, nil
}

// total returns how many rows were added.
func (m *measureTable) total() int { return int(m.written) + len(m.file) }

// add appends a row; doc is its number among the documents, or noDoc.
func (m *measureTable) add(v *rowValues, doc uint32) error {
	if v.gate == 0 && v.sig.Letters >= dedup.DefaultParams().MinLetters {
		m.bandRows = append(m.bandRows, uint32(m.total()))
		m.sigs = append(m.sigs, v.sig)
	}
	m.file = append(m.file, v.file)
	m.record = append(m.record, v.record)
	m.offset = append(m.offset, uint64(v.offset))
	m.gate = append(m.gate, v.gate)
	m.gateValue = append(m.gateValue, v.gateValue)
	m.gateLimit = append(m.gateLimit, v.gateLimit)
	m.doc = append(m.doc, doc)
	m.bytes = append(m.bytes, v.bytes)
	m.length = append(m.length, v.length)
	m.crawled = append(m.crawled, v.crawled)
	m.id = append(m.id, v.id)
	m.url = append(m.url, v.url)
	m.text = append(m.text, v.sig.Text)
	m.address = append(m.address, v.address)
	for i := range m.words {
		m.words[i] = append(m.words[i], v.words[i])
	}
	for i := range m.signals {
		x := math.NaN()
		if v.gate == 0 {
			x = v.signals[i]
		}
		m.signals[i] = append(m.signals[i], x)
	}
	for i := range m.pii {
		n := 0
		if v.gate == 0 {
			n = v.pii[i]
		}
		m.pii[i] = append(m.pii[i], uint32(n))
	}
	if len(m.file) == columnRows {
		m.block()
	}
	if len(m.sigs) == maxSignatures {
		return m.signatures()
	}
	return nil
}

// block writes the rows at hand.
func (m *measureTable) block() {
	w := m.w
	m.written += uint32(len(m.file))
	w.block(len(m.file))
	w.uint32s("range", m.file)
	w.uint32s("record", m.record)
	w.uint64s("offset", m.offset)
	w.uint32s("gate", m.gate)
	w.float64s("gate_value", m.gateValue)
	w.float64s("gate_limit", m.gateLimit)
	w.uint32s("doc", m.doc)
	w.uint32s("bytes", m.bytes)
	w.uint32s("length", m.length)
	w.uint64s("crawled", m.crawled)
	w.keys("id", m.id)
	w.keys("url", m.url)
	w.keys("text", m.text)
	m.file, m.record, m.offset, m.gate = m.file[:0], m.record[:0], m.offset[:0], m.gate[:0]
	m.gateValue, m.gateLimit, m.doc, m.bytes = m.gateValue[:0], m.gateLimit[:0], m.doc[:0], m.bytes[:0]
	m.length, m.crawled = m.length[:0], m.crawled[:0]
	m.id, m.url, m.text = m.id[:0], m.url[:0], m.text[:0]
	w.texts("address", m.address)
	m.address = m.address[:0]
	for i, name := range textColumns {
		w.words(name, m.words[i])
		m.words[i] = m.words[i][:0]
	}
	for i, s := range m.names {
		w.float64s(signalColumn(s.Name), m.signals[i])
		m.signals[i] = m.signals[i][:0]
	}
	for i, c := range pii.Classes {
		w.uint32s(piiColumn(c.Name), m.pii[i])
		m.pii[i] = m.pii[i][:0]
	}
}

// signatures writes the signatures at hand as a piece of each stack.
func (m *measureTable) signatures() error {
	p := dedup.DefaultParams()
	if err := m.bands.add(func(w io.Writer) error { return dedup.WriteBands(w, p, m.bandRows, m.sigs) }); err != nil {
		return err
	}
	if err := m.sketches.add(func(w io.Writer) error { return dedup.WriteSketches(w, p, m.bandRows, m.sigs) }); err != nil {
		return err
	}
	m.bandRows, m.sigs = m.bandRows[:0], m.sigs[:0]
	return nil
}

func (m *measureTable) close() error {
	m.block()
	if err := m.w.close(); err != nil {
		return err
	}
	if err := m.signatures(); err != nil {
		return err
	}
	if err := m.bands.close(); err != nil {
		return err
	}
	return m.sketches.close()
}
