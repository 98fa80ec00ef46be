package pipeline

import "github.com/qingliu/qingliu/zh"

// spacer makes the field words of a record. It belongs to one goroutine.
type spacer struct {
	segment *zh.Segmenter
	buf     []byte
}

// newSpacer returns the spacer of a config, nil if no output has words.
func newSpacer(c *Config) (*spacer, error) {
	if !hasWords(c) {
		return nil, nil
	}
	s, err := segmenter(c.Measure.Segmenter, c.Text.UserWords)
	if err != nil {
		return nil, err
	}
	return &spacer{segment: s}, nil
}

func hasWords(c *Config) bool {
	for _, o := range c.Outputs {
		if o.Words {
			return true
		}
	}
	return false
}

// wordsIdentity returns what the fields of words depend on beside the text,
// nothing if there are none.
func wordsIdentity(c *Config) []any {
	if !hasWords(c) {
		return nil
	}
	words, err := readUserWords(c.Text.UserWords)
	if err != nil {
		return []any{err.Error()} // LoadConfig refused it before
	}
	return []any{c.Measure.Segmenter, words, zh.WordsVersion}
}

func (s *spacer) space(text string) string {
	s.buf = s.segment.AppendSpaced(s.buf[:0], text)
	out := string(s.buf)
	if cap(s.buf) > maxKeptBytes {
		s.buf = nil
	}
	return out
}
