package filters

import "github.com/qingliu/qingliu/corpus"

// MojibakeConfig configures mojibake.
type MojibakeConfig struct {
	MaxFraction            float64 `yaml:"max_fraction" max:"mojibake_fraction" range:"0..1" unit:"fraction of code points" doc:"drop texts with a larger share of wrongly decoded text"`
	MaxReplacementFraction float64 `yaml:"max_replacement_fraction" max:"replacement_fraction" range:"0..1" unit:"fraction of code points" doc:"drop pages with more bytes that stand for no character"`
}

var mojibake = define(Spec{
	Name: "mojibake", Doc: "Drops pages that were decoded wrongly before they were stored and cannot be repaired.",
	From: "charset_mnbvc (more than 5 % of 锟斤拷 and its like), loosened by own measurement, 2026-11: pages of the development crawl have at most 0.007, one with examples 0.053",
	Signals: []Signal{
		{"mojibake_fraction", 4, "U+FFFD, 锟斤拷, 烫烫烫, UTF-8 read as GB (涓枃) or Latin-1 (ä¸\u00ad) of all code points of the extracted text"},
		{"replacement_fraction", 6, "byte sequences that stand for no character of all code points of the page"},
	},
	Needs: NeedText,
}, MojibakeConfig{MaxFraction: 0.1, MaxReplacementFraction: 0.05}, newMojibake)

// mojibakeFilter passes on what was measured when the bytes were decoded: line
// rules have cut the worst lines by now.
type mojibakeFilter struct{ at slot }

func newMojibake(_ MojibakeConfig, at slot, _ *scratch) Filter { return mojibakeFilter{at} }

func (f mojibakeFilter) Measure(doc *corpus.Document) {
	f.at.set(doc, 0, doc.MojibakeFraction)
	f.at.set(doc, 1, doc.ReplacementRatio)
}
