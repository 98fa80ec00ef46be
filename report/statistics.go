package report

import "encoding/json"

// StatisticsFormat is the version of the layout of statistics.json.
const StatisticsFormat = 1

// Statistics are the numbers of a run: statistics.json in the release, and what
// report and card are drawn from. Every slice has a fixed order, so that two
// releases can be compared line by line.
type Statistics struct {
	Format     int           `json:"format"`
	Name       string        `json:"name"`
	Funnel     []FunnelStep  `json:"funnel"`
	Reasons    []Reason      `json:"reasons"` // in the order in which they decide
	Joint      []JointCount  `json:"joint"`   // pairs of reasons, most frequent first
	Skipped    []Count       `json:"skipped"` // most frequent first
	Histograms []Histogram   `json:"histograms"`
	Labels     []LabelCounts `json:"labels"`
	PII        []Count       `json:"pii"`            // replaced in the released documents, by class
	Cuts       []CutCount    `json:"cuts,omitempty"` // by rule, the one that took most first
	Dedup      DedupCounts   `json:"dedup"`
	Outputs    []OutputCount `json:"outputs"`
	Damage     DamageCounts  `json:"damage"`
	Tokens     []TokenCount  `json:"tokens,omitempty"` // of the released texts, if the config names tokenizers
	// Breakdown counts the released documents by what they are.
	Breakdown []BreakdownCount `json:"breakdown,omitempty"`
	// BucketOf names the score of the buckets, "" if there is none.
	BucketOf string `json:"bucket_of,omitempty"`
}

// FunnelStep is what is left after a step of the walk, in records.
type FunnelStep struct {
	Step string `json:"step"` // e.g. records, pages, gates, labels, limits, exact, near, released
	Left int64  `json:"left"`
}

// Reason counts the pages that one rule decides about.
type Reason struct {
	Reason string  `json:"reason"` // STAGE/REASON as in the ledger
	Signal string  `json:"signal"` // the signal a limit bounds, "" for other rules
	Max    bool    `json:"max"`    // the limit is an upper one
	Limit  float64 `json:"limit"`
	Action string  `json:"action"` // drop or tag
	First  int64   `json:"first"`  // pages dropped for this reason: it is their first
	Any    int64   `json:"any"`    // pages that break this rule, whatever else they break
	Alone  int64   `json:"alone"`  // pages that break this rule and no other that drops
}

// JointCount counts the pages that break two rules, whatever else they break.
type JointCount struct {
	A     string `json:"a"`
	B     string `json:"b"`
	Pages int64  `json:"pages"`
}

// Count is a named number.
type Count struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

// Histogram shows one signal over all measured documents. Bin i holds the values
// in [Edges[i], Edges[i+1]); the last bin also its upper edge. Values outside lie
// in the first or last bin.
type Histogram struct {
	Signal  string    `json:"signal"`
	Edges   []float64 `json:"edges"`   // one more than bins
	Kept    []int64   `json:"kept"`    // documents that decide kept
	Dropped []int64   `json:"dropped"` // documents that decide dropped
	Limits  []float64 `json:"limits"`  // bounds of the config on this signal
}

// LabelCounts breaks the pages down by one label.
type LabelCounts struct {
	Label  string       `json:"label"`  // page_type, language, script, variety, dataset, site
	Values []LabelValue `json:"values"` // most pages first; for sites the first 100
	Others int          `json:"others"` // values that are not listed
}

// LabelValue counts the pages of one label value.
type LabelValue struct {
	Value    string `json:"value"`
	Pages    int64  `json:"pages"`    // all pages
	Kept     int64  `json:"kept"`     // pages that decide kept
	Released int64  `json:"released"` // documents in the release
}

// CutCount says what a rule that changes texts took out of all pages, also those that
// were dropped later.
type CutCount struct {
	Rule       string `json:"rule"` // as explain names it, or blanks
	Pages      int64  `json:"pages"`
	Cuts       int64  `json:"cuts"`
	CodePoints int64  `json:"code_points"` // of line_break: blanks that became line breaks; of blanks: taken out or replaced
}

// DedupCounts says what deduplication did.
type DedupCounts struct {
	SameID    int64 `json:"same_id"`
	SameURL   int64 `json:"same_url"`
	SameText  int64 `json:"same_text"`
	Near      int64 `json:"near"`
	Clusters  int64 `json:"clusters"`        // with at least two documents
	Largest   int64 `json:"largest_cluster"` // documents
	Ranked    int64 `json:"ranked"`          // documents that were compared
	Candidate int64 `json:"candidate_edges"`
	Verified  int64 `json:"verified_edges"`
}

// OutputCount describes one output.
type OutputCount struct {
	Name       string `json:"name"`
	Schema     string `json:"schema"`
	Words      bool   `json:"words,omitempty"` // records have the text cut into words
	Docs       int64  `json:"docs"`
	CodePoints int64  `json:"code_points"`
	Shards     int    `json:"shards"`
	Packed     int64  `json:"packed_bytes"`
	Unpacked   int64  `json:"unpacked_bytes"`
}

// BreakdownCount is what an output has of one dataset, domain, variety and bucket of a
// score.
type BreakdownCount struct {
	Output     string           `json:"output"`
	Dataset    string           `json:"dataset"`
	Domain     string           `json:"domain"` // "" where none is known
	Variety    string           `json:"variety"`
	Bucket     string           `json:"bucket,omitempty"`
	Order      int              `json:"order"` // of the bucket, from the lowest; documents without a score are last
	Docs       int64            `json:"docs"`
	CodePoints int64            `json:"code_points"`
	Tokens     map[string]int64 `json:"tokens,omitempty"` // by tokenizer
}

// TokenCount is the number of tokens of a dataset in an output.
type TokenCount struct {
	Output    string `json:"output"`
	Dataset   string `json:"dataset"`
	Tokenizer string `json:"tokenizer"`
	Tokens    int64  `json:"tokens"`
}

// DamageCounts says what could not be read, or only in part.
type DamageCounts struct {
	Unreadable int64 `json:"unreadable"` // records
	Gaps       int64 `json:"gaps"`
	GapBytes   int64 `json:"gap_bytes"`
	Warnings   int64 `json:"warnings"` // records that were read in spite of damage
}

// Encode returns the statistics as indented JSON with a final line feed.
func (s *Statistics) Encode() ([]byte, error) {
	s.Format = StatisticsFormat
	b, err := json.MarshalIndent(s, "", "  ")
	return append(b, '\n'), err
}
