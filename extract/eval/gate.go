package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
)

// Gate holds the figures that the extractor must reach, by gold set. It is kept
// as a file in the repository and changed by its own commit.
type Gate struct {
	About string    `json:"about"`
	Sets  []GateSet `json:"sets"`
}

// GateSet holds the bounds of one gold set. The digest binds them to its texts:
// figures on other texts mean something else.
type GateSet struct {
	Name    string `json:"name"`
	Pages   int    `json:"pages"`
	SHA256  string `json:"gold_sha256"`
	Min     Floors `json:"min"`
	Max     Limits `json:"max"`
	Lowered string `json:"lowered,omitempty"` // why a bound was last made weaker
}

// Floors are means that must be reached.
type Floors struct {
	F1 float64 `json:"f1"`
	P  float64 `json:"p"`
	R  float64 `json:"r"`
}

// Limits are means that must not be exceeded.
type Limits struct {
	Fail  float64 `json:"fail"`
	Empty float64 `json:"empty"`
	Boil  float64 `json:"boil"`
}

// bound is one bound of a set beside its measured value. Sign is 1 for floors and
// -1 for limits: sign·value ≥ sign·bound holds where the gate is passed.
type bound struct {
	name  string
	at    *float64
	value float64
	sign  float64
	slack float64 // between a measured value and the bound that update sets
}

// bounds lists the bounds. The slack of the means is about what one page of a
// hundred can move when a rule is changed for the better elsewhere; shares of pages
// have one page, so that Update does not pin luck.
func (s *GateSet) bounds(r *Result) []bound {
	page := 1 / float64(max(len(r.Pages), 1))
	return []bound{
		{"f1", &s.Min.F1, r.F1, 1, 0.003}, {"p", &s.Min.P, r.P, 1, 0.005}, {"r", &s.Min.R, r.R, 1, 0.005},
		{"fail", &s.Max.Fail, r.Fail, -1, page}, {"empty", &s.Max.Empty, r.Empty, -1, 0}, {"boil", &s.Max.Boil, r.Boil, -1, page},
	}
}

// ReadGate reads a gate file; unknown keys are errors.
func ReadGate(path string) (*Gate, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	g := &Gate{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(g); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return g, nil
}

// Write writes the gate file.
func (g *Gate) Write(path string) error {
	data, err := json.MarshalIndent(g, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

func (g *Gate) set(name string) *GateSet {
	if i := slices.IndexFunc(g.Sets, func(s GateSet) bool { return s.Name == name }); i >= 0 {
		return &g.Sets[i]
	}
	return nil
}

// Check returns an error that names every bound that a result breaks; nil where
// it passes. A set that the gate does not have, or with other gold texts, is an
// error as well.
func (g *Gate) Check(set Set, r *Result) error {
	s := g.set(set.Name)
	if s == nil {
		return fmt.Errorf("set %s: not in the gate", set.Name)
	}
	if sum := set.Gold.SHA256(); sum != s.SHA256 {
		return fmt.Errorf("set %s: the gold texts (%d pages, SHA-256 %s) are not those of the gate (%d pages, %s)", set.Name, len(set.Gold), sum, s.Pages, s.SHA256)
	}
	var errs []error
	for _, b := range s.bounds(r) {
		if float64(b.sign*b.value) < float64(b.sign**b.at) {
			errs = append(errs, fmt.Errorf("set %s: %s is %.4f, %s %.4f", set.Name, b.name, b.value, words(b.sign), *b.at))
		}
	}
	return errors.Join(errs...)
}

func words(sign float64) string {
	if sign > 0 {
		return "must be at least"
	}
	return "must be at most"
}

// Update moves the bounds of a set up to a little below (limits: above) what was
// measured, and adds the set if it is new. It never makes a bound weaker: where a
// result breaks one, or the gold texts have changed, it returns an error and
// changes nothing, unless reason says why; the reason is kept in the gate.
func (g *Gate) Update(set Set, r *Result, reason string) error {
	sum := set.Gold.SHA256()
	s := g.set(set.Name)
	switch {
	case s == nil:
		s = &GateSet{Name: set.Name, Pages: len(set.Gold), SHA256: sum, Max: Limits{1, 1, math.MaxInt32}}
		g.Sets = append(g.Sets, *s)
		s = &g.Sets[len(g.Sets)-1]
	default:
		if err := g.Check(set, r); err != nil {
			if reason == "" {
				return fmt.Errorf("the gate is not made weaker without a reason: %w", err)
			}
			*s = GateSet{Name: set.Name, Pages: len(set.Gold), SHA256: sum, Max: Limits{1, 1, math.MaxInt32}, Lowered: reason}
		}
	}
	for _, b := range s.bounds(r) {
		at := math.Floor(float64((b.value-b.slack)*1000)) / 1000
		if b.sign < 0 {
			at = math.Ceil(float64((b.value+b.slack)*1000)) / 1000
		}
		if float64(b.sign*at) > float64(b.sign**b.at) {
			*b.at = max(at, 0)
		}
	}
	return nil
}
