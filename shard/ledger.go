package shard

import (
	"fmt"
	"maps"
	"slices"
)

// Ledger accounts for every record and every byte of the inputs.
type Ledger struct {
	Totals Account         `json:"totals"`
	Files  []LedgerAccount `json:"files"` // in input order
}

// LedgerAccount is the account of one input file.
type LedgerAccount struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"` // as in [Input]
	Account
	Gaps []Gap `json:"gaps"` // in file order
	// Damage lists the damaged records in file order; at most 10,000 unreadable
	// and 10,000 readable ones.
	Damage []Damage `json:"damage"`
}

// Damage is one damaged record of an input file.
type Damage struct {
	Record   int64  `json:"record"` // number in its file, from 0
	Offset   int64  `json:"offset"`
	Length   int64  `json:"length"`
	Readable bool   `json:"readable"` // its content could be used in spite of the damage
	Cause    string `json:"cause"`
}

// Account counts records by their fate and bytes by where they lie:
//
//	records = kept + Σ dropped + Σ skipped + unreadable
//	bytes = bytes_in_records + bytes_in_gaps
type Account struct {
	Bytes          int64            `json:"bytes"` // file bytes; unpacked bytes inside a single-member archive
	BytesInRecords int64            `json:"bytes_in_records"`
	BytesInGaps    int64            `json:"bytes_in_gaps"`
	Records        int64            `json:"records"`
	ByType         map[string]int64 `json:"by_type"` // records by WARC-Type or input format
	Kept           int64            `json:"kept"`
	Dropped        map[string]int64 `json:"dropped"` // by stage/reason
	Skipped        map[string]int64 `json:"skipped"` // by kind
	Unreadable     int64            `json:"unreadable"`
	// Problems counts the records in which something was tolerated, or a limit
	// was reached, by what it was; a record may have several. Gaps that are there
	// because of a limit count too.
	Problems map[string]int64 `json:"problems"`
}

// Gap is a range of an input file that belongs to no record. Length 0 marks
// damage that cannot be told in bytes of the file, as inside a compressed one.
type Gap struct {
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Cause  string `json:"cause"`
	// Empty says that nothing is lost there: blank lines, a dictionary, an
	// empty member of an archive.
	Empty bool `json:"empty,omitempty"`
	// Problem names the limit because of which the bytes were not read, if one is
	// why; it counts in the problems of the file.
	Problem string `json:"problem,omitempty"`
}

// Lost returns how many gaps of the file are not empty, and their bytes.
func (f *LedgerAccount) Lost() (gaps, bytes int64) {
	for _, g := range f.Gaps {
		if !g.Empty {
			gaps++
			bytes += g.Length
		}
	}
	return gaps, bytes
}

// NewAccount returns an account of nothing, with empty maps.
func NewAccount() Account {
	return Account{ByType: map[string]int64{}, Dropped: map[string]int64{}, Skipped: map[string]int64{}, Problems: map[string]int64{}}
}

// Add adds b to a, which must come from NewAccount.
func (a *Account) Add(b *Account) {
	a.Bytes += b.Bytes
	a.BytesInRecords += b.BytesInRecords
	a.BytesInGaps += b.BytesInGaps
	a.Records += b.Records
	a.Kept += b.Kept
	a.Unreadable += b.Unreadable
	addCounts(a.ByType, b.ByType)
	addCounts(a.Dropped, b.Dropped)
	addCounts(a.Skipped, b.Skipped)
	addCounts(a.Problems, b.Problems)
}

// addCounts adds src to dst; the order of the map does not matter for a sum.
func addCounts(dst, src map[string]int64) {
	for k, n := range src {
		dst[k] += n
	}
}

// Totals returns the sums over all reasons and kinds.
func (a *Account) Totals() Totals {
	return Totals{a.Records, a.Kept, sumCounts(a.Dropped), sumCounts(a.Skipped), a.Unreadable}
}

func sumCounts(m map[string]int64) int64 {
	var n int64
	for _, c := range m {
		n += c
	}
	return n
}

// Encode returns the ledger as indented JSON with a final line feed; the keys
// of its maps are sorted.
func (l *Ledger) Encode() ([]byte, error) {
	c := Ledger{Totals: l.Totals.notNil(), Files: notNil(slices.Clone(l.Files))}
	for i := range c.Files {
		f := &c.Files[i]
		f.Account, f.Gaps, f.Damage = f.Account.notNil(), notNil(f.Gaps), notNil(f.Damage)
	}
	return encodeJSON(&c)
}

// notNil makes JSON write {} where it would write null.
func (a Account) notNil() Account {
	for _, m := range []*map[string]int64{&a.ByType, &a.Dropped, &a.Skipped, &a.Problems} {
		if *m == nil {
			*m = map[string]int64{}
		}
	}
	return a
}

// ParseLedger reads what Encode wrote. Unknown keys are errors.
func ParseLedger(b []byte) (*Ledger, error) {
	l := new(Ledger)
	return l, decodeJSON(b, l)
}

// Check returns everything that does not add up: in the totals, in each file,
// between both, and between the gaps of a file and their sum.
func (l *Ledger) Check() []error {
	var errs []error
	sum := NewAccount()
	for i := range l.Files {
		f := &l.Files[i]
		for _, err := range append(f.check(), f.checkGaps()...) {
			errs = append(errs, fmt.Errorf("%s: %w", f.Path, err))
		}
		sum.Add(&f.Account)
	}
	for _, err := range append(l.Totals.check(), l.Totals.equal(&sum)...) {
		errs = append(errs, fmt.Errorf("totals: %w", err))
	}
	return errs
}

func (a *Account) check() []error {
	var errs []error
	for _, n := range a.numbers() {
		if n.n < 0 {
			errs = append(errs, fmt.Errorf("%s is %d", n.name, n.n))
		}
	}
	t := a.Totals()
	if fates := t.Kept + t.Dropped + t.Skipped + t.Unreadable; fates != a.Records {
		errs = append(errs, fmt.Errorf("%d records, but %d kept + %d dropped + %d skipped + %d unreadable = %d",
			a.Records, t.Kept, t.Dropped, t.Skipped, t.Unreadable, fates))
	}
	if a.BytesInRecords+a.BytesInGaps != a.Bytes {
		errs = append(errs, fmt.Errorf("%d bytes, but %d in records + %d in gaps = %d",
			a.Bytes, a.BytesInRecords, a.BytesInGaps, a.BytesInRecords+a.BytesInGaps))
	}
	if n := sumCounts(a.ByType); n > a.Records {
		errs = append(errs, fmt.Errorf("%d records, but %d by type", a.Records, n))
	}
	return errs
}

func (f *LedgerAccount) checkGaps() []error {
	var errs []error
	var end, sum int64
	for i, g := range f.Gaps {
		if g.Offset < end || g.Length < 0 || g.Offset > f.Bytes-g.Length {
			errs = append(errs, fmt.Errorf("gap %d at offset %d of %d bytes overlaps another or leaves the file", i, g.Offset, g.Length))
		}
		end = g.Offset + g.Length
		sum += g.Length
	}
	if sum != f.BytesInGaps {
		errs = append(errs, fmt.Errorf("%d bytes in gaps, but the gaps have %d", f.BytesInGaps, sum))
	}
	return errs
}

// equal returns what differs between the totals a and the sum of the files.
func (a *Account) equal(sum *Account) []error {
	var errs []error
	want := sum.numbers()
	have := map[string]int64{}
	for _, n := range a.numbers() {
		have[n.name] = n.n
	}
	for _, n := range want {
		if have[n.name] != n.n {
			errs = append(errs, fmt.Errorf("%s is %d, the files have %d", n.name, have[n.name], n.n))
		}
		delete(have, n.name)
	}
	for _, n := range a.numbers() {
		if left, ok := have[n.name]; ok && left != 0 {
			errs = append(errs, fmt.Errorf("%s is %d, the files have none", n.name, left))
		}
	}
	return errs
}

type named struct {
	name string
	n    int64
}

// numbers lists every number of the account under its key in ledger.json.
func (a *Account) numbers() []named {
	list := []named{
		{"bytes", a.Bytes}, {"bytes_in_records", a.BytesInRecords}, {"bytes_in_gaps", a.BytesInGaps},
		{"records", a.Records}, {"kept", a.Kept}, {"unreadable", a.Unreadable},
	}
	for _, m := range []struct {
		name   string
		counts map[string]int64
	}{{"by_type ", a.ByType}, {"dropped ", a.Dropped}, {"skipped ", a.Skipped}, {"problems ", a.Problems}} {
		for _, k := range slices.Sorted(maps.Keys(m.counts)) {
			list = append(list, named{m.name + k, m.counts[k]})
		}
	}
	return list
}
