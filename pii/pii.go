// Package pii finds, checks and replaces personal data in Chinese text.
//
// Start with [New]; [Finder.AppendSpans] finds, [Finder.Redact] replaces.
// [Classes] lists what is looked for.
//
//	f, err := pii.New(pii.DefaultConfig())
//	…
//	text = f.Redact(text, counts)
//
// Numbers are checked, not only matched: identity cards by region, date and
// check digit, bank cards by prefix and Luhn sum, phones by the assigned number
// segments. ASCII and full-width digits are the same. A number inside a longer
// number, a word, a decimal fraction or a web address is no hit; weak forms need
// a cue word such as 电话 before them, on the same line.
//
// Limits: names, addresses, dates of birth and disguised forms ("one three
// eight", a(at)b.com, 一三八) are not found.
package pii

import (
	"fmt"
	"strings"
)

// Class is one kind of personal data.
type Class struct {
	Name        string // key in the config and in the record
	Doc         string
	Placeholder string // what a masked span becomes
}

// Indexes into Classes; Span.Class holds one of them.
const (
	IDCard = iota
	Phone
	Landline
	Email
	BankCard
	numClasses
)

// Classes lists all classes. The order is part of the stored data (counts are
// kept by index): new classes go to the end. Placeholders hold no digit and no
// @, so they are never found again.
var Classes = [numClasses]Class{
	IDCard:   {"id_card", "Resident identity card: 18 digits with check digit (GB 11643-1999), or 15 after a cue word.", "[身份证号]"},
	Phone:    {"phone", "Mobile phone of mainland China in an assigned segment, also spaced or with +86.", "[电话]"},
	Landline: {"landline", "Landline of mainland China with an assigned area code.", "[座机]"},
	Email:    {"email", "E-mail address.", "[邮箱]"},
	BankCard: {"bank_card", "Bank card: UnionPay (62…) with Luhn digit; other cards with Luhn digit after a cue word.", "[银行卡号]"},
}

// Action says what happens to a class.
type Action string

// The actions. The empty Action is Off.
const (
	Mask Action = "mask" // replace by the placeholder
	Drop Action = "drop" // remove the span
	Tag  Action = "tag"  // count only
	Off  Action = "off"  // do not look for it
)

// Config has one action per class.
type Config struct {
	IDCard   Action `yaml:"id_card" doc:"identity card numbers" range:"mask|drop|tag|off"`
	Phone    Action `yaml:"phone" doc:"mobile phone numbers" range:"mask|drop|tag|off"`
	Landline Action `yaml:"landline" doc:"landline numbers" range:"mask|drop|tag|off"`
	Email    Action `yaml:"email" doc:"e-mail addresses" range:"mask|drop|tag|off"`
	BankCard Action `yaml:"bank_card" doc:"bank card numbers" range:"mask|drop|tag|off"`
}

// DefaultConfig masks everything but landlines, which mostly belong to offices
// and are counted.
func DefaultConfig() Config {
	return Config{IDCard: Mask, Phone: Mask, Landline: Tag, Email: Mask, BankCard: Mask}
}

// Actions returns the action of each class, by the index of Classes.
func (c Config) Actions() []Action {
	a := c.actions()
	return a[:]
}

func (c *Config) actions() [numClasses]Action {
	return [numClasses]Action{IDCard: c.IDCard, Phone: c.Phone, Landline: c.Landline, Email: c.Email, BankCard: c.BankCard}
}

// Span is a half-open range of bytes [Start, End) with its class.
type Span struct {
	Start, End int32
	Class      uint8 // index into Classes
}

// Finder finds and replaces personal data. It is safe for concurrent use.
type Finder struct {
	actions [numClasses]Action
}

// New returns a Finder. It fails for unknown actions.
func New(c Config) (*Finder, error) {
	f := &Finder{actions: c.actions()}
	for i, a := range f.actions {
		switch a {
		case Mask, Drop, Tag, Off:
		case "":
			f.actions[i] = Off
		default:
			return nil, fmt.Errorf("pii: %s: unknown action %q, want mask, drop, tag or off", Classes[i].Name, a)
		}
	}
	return f, nil
}

// Version names the rules. It rises when other spans are found or replaced.
const Version = "qingliu-pii/1"

// maxRounds bounds how often Redact looks again. A replaced span can uncover a
// number that its neighbour made unlikely before; on 9,180 real pages this never
// happened (own measurement, 2026-11).
const maxRounds = 8

// Redact returns text with the spans of masked classes replaced by their
// placeholders and those of dropped classes removed; the same string if there
// are none. It adds the number of spans of each class to counts by the index of
// Classes; counts is nil or has len(Classes) elements. The result is valid UTF-8 if text is, and Redact
// changes it no further.
func (f *Finder) Redact(text string, counts []int) string {
	var a [32]Span
	for round := 0; round < maxRounds; round++ {
		spans := f.AppendSpans(a[:0], text)
		changed := false
		for _, s := range spans {
			change := f.changes(s)
			changed = changed || change
			if counts != nil && (change || round == 0) {
				counts[s.Class]++
			}
		}
		if !changed {
			break
		}
		text = f.replace(text, spans)
	}
	return text
}

func (f *Finder) changes(s Span) bool {
	return f.actions[s.Class] == Mask || f.actions[s.Class] == Drop
}

func (f *Finder) replace(text string, spans []Span) string {
	var b strings.Builder
	b.Grow(len(text))
	end := 0
	for _, s := range spans {
		if !f.changes(s) {
			continue
		}
		b.WriteString(text[end:s.Start])
		if f.actions[s.Class] == Mask {
			b.WriteString(Classes[s.Class].Placeholder)
		}
		end = int(s.End)
	}
	b.WriteString(text[end:])
	return b.String()
}
