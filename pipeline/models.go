package pipeline

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/filters"
	"github.com/qingliu/qingliu/model"
)

// ModelConfig is one model whose score of a text is a signal.
type ModelConfig struct {
	File string `yaml:"file" doc:"fastText (.bin, .ftz) or ARPA model (.gz, .zst too), or shipped:quality"`
	// A language model has none: its signal is the perplexity by code point.
	Label  string `yaml:"label" json:",omitempty" doc:"of a fastText model: the label whose probability is the signal"`
	Tokens string `yaml:"tokens" json:",omitempty" doc:"what a fastText model reads: words (of the segmenter; the default), chars or raw"`
}

// DomainConfig says which model names the domain of a document.
type DomainConfig struct {
	File   string  `yaml:"file" doc:"fastText model whose labels are domains; empty: no domains"`
	Tokens string  `yaml:"tokens" range:"words|chars|raw" doc:"what the model reads: words (of the segmenter), chars or raw"`
	Min    float64 `yaml:"min" range:"0..1" unit:"probability" doc:"documents whose best label is less probable have no domain"`
}

const (
	maxModels     = 16        // of a config; each costs time on every page
	maxModelBytes = 16 << 30  // of an unpacked language model
	qualitySignal = "quality" // the model of this name fills the field quality, others the object scores
)

// modelNames returns the names of the models of a config in the order of their
// signals.
func (c *Config) modelNames() []string { return slices.Sorted(maps.Keys(c.Models)) }

// modelSignals are the signals that models set in measure.
func (c *Config) modelSignals() []filters.Signal {
	var s []filters.Signal
	for _, name := range c.modelNames() {
		m := c.Models[name]
		if m.Label == "" {
			s = append(s, filters.Signal{Name: name, Decimals: 2, Doc: "perplexity by code point of a language model"})
		} else {
			s = append(s, filters.Signal{Name: name, Decimals: 4, Doc: fmt.Sprintf("probability of label %s by a classifier", m.Label)})
		}
	}
	return s
}

// measuredSignals are the signals of filters and models, those of the measure stage.
func (c *Config) measuredSignals() []filters.Signal {
	return slices.Concat(filters.Signals(), c.modelSignals())
}

// outsideSignals are the signals that no filter measures.
func (c *Config) outsideSignals() []filters.Signal {
	return slices.Concat(c.modelSignals(), c.scoreSignals())
}

// signals are all signals of the config, in the order of their indexes.
func (c *Config) signals() []filters.Signal {
	return slices.Concat(filters.Signals(), c.outsideSignals())
}

// signalIndex finds a signal of the config by name.
func (c *Config) signalIndex(name string) (int, bool) {
	if i, ok := filters.SignalIndex(name); ok {
		return i, true
	}
	i := slices.IndexFunc(c.outsideSignals(), func(s filters.Signal) bool { return s.Name == name })
	return len(filters.Signals()) + i, i >= 0
}

// modelIdentity returns what the scores of models depend on beside the text: names,
// labels and SHA-256 of the models. Nothing if there are none.
func (c *Config) modelIdentity() []any {
	var id []any
	for _, name := range c.modelNames() {
		m := c.Models[name]
		sum, err := modelSum(m.File)
		if err != nil {
			return []any{err.Error()} // LoadConfig refused it before
		}
		id = append(id, "model", name, m.Label, m.tokens(), sum)
	}
	if c.Domain.File != "" {
		sum, err := modelSum(c.Domain.File)
		if err != nil {
			return []any{err.Error()}
		}
		id = append(id, "domain", c.Domain.Tokens, c.Domain.Min, sum)
	}
	return id
}

func (m *ModelConfig) tokens() string { return cmp.Or(m.Tokens, "words") }

// modelProblems says what is wrong with the models of a config.
func (c *Config) modelProblems(add func(key, format string, args ...any)) {
	if len(c.Models) > maxModels {
		add("models", "%d models are more than %d", len(c.Models), maxModels)
		return
	}
	for _, name := range c.modelNames() {
		m := c.Models[name]
		key := "models." + name
		if !signalName(name) {
			add(key, "%q is no name for a model: %s", name, signalNameRule)
			continue
		}
		if _, err := NewTokenLiner(m.tokens()); err != nil {
			add(key+".tokens", "%v", err)
			continue
		}
		x, err := openModel(m.File)
		switch {
		case err != nil:
			add(key+".file", "%v", err)
		case x.classifier == nil && m.Label != "":
			add(key+".label", "a language model has no labels")
		case x.classifier == nil && m.Tokens != "":
			add(key+".tokens", "a language model reads code points")
		case x.classifier != nil && m.Label == "":
			add(key, "label is missing; the model has %s", x.labels())
		case x.classifier != nil && x.classifier.LabelIndex(m.Label) < 0:
			add(key+".label", "the model has no label %q; it has %s", m.Label, x.labels())
		}
	}
	if c.Domain.File == "" {
		return
	}
	if x, err := openModel(c.Domain.File); err != nil {
		add("domain.file", "%v", err)
	} else if x.classifier == nil {
		add("domain.file", "%s is a language model; domains are labels of a classifier", c.Domain.File)
	}
}

// signalNameRule is what signalName asks for.
const signalNameRule = "small letters, digits and _, beginning with a letter, 32 at most, and not the name of a field of a document"

// signalName reports whether s can be the name of a signal: of a filter's block, a
// column and a field.
func signalName(s string) bool {
	if documentFields[s] != nil || s == "dataset" || s == "reason" {
		return false
	}
	return s != "" && len(s) <= 32 && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// textModel is a model in memory; one of the two is set.
type textModel struct {
	classifier *model.Classifier
	lm         *model.LM
}

// labels lists the labels of a classifier for a message, at most twelve of them.
func (m *textModel) labels() string {
	var l []string
	for i := range min(m.classifier.Labels(), 12) {
		l = append(l, m.classifier.Label(i))
	}
	if n := m.classifier.Labels() - len(l); n > 0 {
		l = append(l, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(l, ", ")
}

// models holds the models in use.
var models = fileCache[*textModel]{most: 2 * maxModels}

// openModel returns the model in a file, or a shipped one. Equal files are read once.
func openModel(name string) (*textModel, error) {
	if name == "" {
		return nil, errors.New("is empty")
	}
	sum, err := modelSum(name)
	if err != nil {
		return nil, err
	}
	return models.get(sum, func() (*textModel, error) {
		m, err := readModel(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return m, nil
	})
}

// modelSum returns the SHA-256 of a model's file.
func modelSum(name string) (string, error) {
	if short, ok := strings.CutPrefix(name, model.ShippedPrefix); ok {
		data, err := model.Shipped(short)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(data)
		return hex.EncodeToString(sum[:]), nil
	}
	return fileSum(name)
}

// readModel tells the kinds of models apart by their first bytes.
func readModel(name string) (*textModel, error) {
	if strings.HasPrefix(name, model.ShippedPrefix) {
		c, err := model.Open(name)
		return &textModel{classifier: c}, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read
	b := bufio.NewReader(f)
	head, err := b.Peek(4)
	if err != nil {
		return nil, errors.New("no model: the file is empty or cannot be read")
	}
	var r io.Reader = b
	switch {
	case head[0] == 0x1f && head[1] == 0x8b:
		if r, err = gzip.NewReader(b); err != nil {
			return nil, err
		}
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	case bytes.Equal(head, []byte{0xba, 0x16, 0x4f, 0x2f}): // 793712314, little-endian
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		c, err := model.Read(b, info.Size())
		return &textModel{classifier: c}, err
	}
	lm, err := model.ReadARPA(io.LimitReader(r, maxModelBytes))
	if err != nil {
		return nil, fmt.Errorf("neither a model of fastText nor a language model in ARPA format: %w", err)
	}
	return &textModel{lm: lm}, nil
}

// scorer sets the signals of models and the domain of documents. One per worker.
type scorer struct {
	first   int // index of the first signal of models
	scores  []score
	domain  *score
	min     float64
	lines   map[string][]byte // token line of the present text, by kind
	liners  map[string]*TokenLiner
	ownCuts bool // the words of the document are those that models read
}

// score is one model at work; one of predictor and lm is set.
type score struct {
	predictor *model.Predictor
	names     *model.Classifier
	label     int
	tokens    string
	lm        *model.Scorer
	decimals  int
}

// newScorer returns nil for a config without models.
func newScorer(c *Config) (*scorer, error) {
	if len(c.Models) == 0 && c.Domain.File == "" {
		return nil, nil
	}
	s := &scorer{
		first: len(filters.Signals()), min: c.Domain.Min, lines: map[string][]byte{}, liners: map[string]*TokenLiner{},
		ownCuts: c.Measure.Signals && c.Measure.Segmenter == "gse" && c.Text.UserWords == "",
	}
	signals := c.modelSignals()
	for i, name := range c.modelNames() {
		m := c.Models[name]
		x, err := s.open(m.File, m.tokens())
		if err != nil {
			return nil, fmt.Errorf("models.%s: %w", name, err)
		}
		x.decimals = signals[i].Decimals
		if x.predictor != nil {
			if x.label = x.names.LabelIndex(m.Label); x.label < 0 {
				return nil, fmt.Errorf("models.%s: no label %q", name, m.Label)
			}
		}
		s.scores = append(s.scores, *x)
	}
	if c.Domain.File != "" {
		x, err := s.open(c.Domain.File, c.Domain.Tokens)
		if err != nil {
			return nil, fmt.Errorf("domain: %w", err)
		}
		if x.predictor == nil {
			return nil, errors.New("domain: a language model has no labels")
		}
		s.domain = x
	}
	return s, nil
}

func (s *scorer) open(file, tokens string) (*score, error) {
	m, err := openModel(file)
	if err != nil {
		return nil, err
	}
	if m.lm != nil {
		return &score{lm: m.lm.NewScorer()}, nil
	}
	if s.liners[tokens] == nil {
		if s.liners[tokens], err = NewTokenLiner(tokens); err != nil {
			return nil, err
		}
	}
	return &score{predictor: m.classifier.NewPredictor(), names: m.classifier, tokens: tokens}, nil
}

// score scores the text of a document. Its words must be set where the measure
// stage sets them.
func (s *scorer) score(d *corpus.Document) {
	for kind, line := range s.lines {
		if cap(line) > maxKeptBytes {
			line = nil
		}
		s.lines[kind] = line[:0]
	}
	for i := range s.scores {
		x := &s.scores[i]
		var v float64
		if x.lm != nil {
			v = x.lm.Perplexity(d.Text())
		} else {
			v = float64(x.predictor.Probability(s.line(x.tokens, d), x.label))
		}
		d.Signals[s.first+i] = corpus.Round(v, x.decimals)
	}
	if s.domain != nil {
		d.Domain = ""
		if best := s.domain.predictor.Predict(s.line(s.domain.tokens, d), 1); len(best) > 0 && corpus.Round(float64(best[0].P), 4) >= s.min {
			d.Domain = s.domain.names.Label(best[0].Label)
		}
	}
}

// line returns the text as a line of tokens.
func (s *scorer) line(tokens string, d *corpus.Document) []byte {
	line := s.lines[tokens]
	if len(line) == 0 {
		if tokens == "words" && s.ownCuts {
			line = s.liners[tokens].appendCut(line, d.Text(), d.Words())
		} else {
			line = s.liners[tokens].Append(line, d.Text())
		}
		s.lines[tokens] = line
	}
	return line
}
