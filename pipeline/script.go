package pipeline

import (
	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/zh"
)

// scriptConverter brings documents into one script. It belongs to one
// goroutine.
type scriptConverter struct {
	from string // script of the documents that it converts
	c    *zh.Converter
	buf  []byte
}

// newScriptConverter returns the converter of text.script, nil for keep.
func newScriptConverter(script string) (*scriptConverter, error) {
	name, from := "", ""
	switch script {
	case "simplified":
		name, from = "t2s", "Hant"
	case "traditional":
		name, from = "s2t", "Hans"
	default:
		return nil, nil
	}
	c, err := zh.NewConverter(name)
	if err != nil {
		return nil, err
	}
	return &scriptConverter{from: from, c: c}, nil
}

// apply converts title and text of a Chinese document whose script is the other
// one. A few characters of the other script in a document stay: they are quoted.
func (s *scriptConverter) apply(d *corpus.Document) {
	if d.Language != "zh" || d.Script != s.from {
		return
	}
	d.Title = s.convert(d.Title)
	d.SetText(s.convert(d.Text()))
	labelText(d)
	if cap(s.buf) > maxKeptBytes {
		s.buf = nil
	}
}

func (s *scriptConverter) convert(text string) string {
	s.buf = s.c.Append(s.buf[:0], text)
	return string(s.buf)
}
