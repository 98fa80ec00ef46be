package pipeline

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/qingliu/qingliu/corpus"
	"github.com/qingliu/qingliu/internal/storage"
	"github.com/qingliu/qingliu/shard"
)

// noOutput is the fate of documents that no output asked for.
const noOutput = "layout/no_output"

// groupAccount is what extract says of one group.
type groupAccount struct {
	Kinds  []string      `json:"kinds"`
	Ranges []rangeReport `json:"ranges"`
}

func (r *RunFolder) account(group int) (*groupAccount, error) {
	data, err := r.readAll("extract", group, accountFile)
	if err != nil {
		return nil, err
	}
	var a groupAccount
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, fmt.Errorf("group %d: account: %w", group, err)
	}
	if len(a.Ranges) != len(r.Plan.Groups[group].Ranges) {
		return nil, fmt.Errorf("group %d: account of %d ranges, the plan has %d", group, len(a.Ranges), len(r.Plan.Groups[group].Ranges))
	}
	return &a, nil
}

// ledgerMaker builds the ledger and the list of fates.
type ledgerMaker struct {
	r        *RunFolder
	accounts []*groupAccount
	files    []shard.LedgerAccount
	// first is the number in its file of the first record of each range.
	first    [][]int
	fates    *shard.Writer
	line     []byte
	warnings int64
	revisits *revisitResolver
}

func newLedgerMaker(r *RunFolder, fates *shard.Writer) (*ledgerMaker, error) {
	m := &ledgerMaker{r: r, fates: fates, files: make([]shard.LedgerAccount, len(r.Plan.Files))}
	for i, f := range r.Plan.Files {
		m.files[i] = shard.LedgerAccount{Path: f.Name, Account: shard.NewAccount()}
	}
	for g := range r.Plan.Groups {
		a, err := r.account(g)
		if err != nil {
			return nil, err
		}
		m.accounts = append(m.accounts, a)
		m.first = append(m.first, make([]int, len(a.Ranges)))
	}
	var err error
	if m.revisits, err = newRevisitResolver(r); err != nil {
		return nil, err
	}
	return m, m.sumFiles()
}

// sumFiles adds up the ranges of each file in file order and checks that they
// meet without overlap.
func (m *ledgerMaker) sumFiles() error {
	type part struct{ group, index int }
	parts := make([][]part, len(m.files))
	for g, group := range m.r.Plan.Groups {
		for i, rg := range group.Ranges {
			parts[rg.File] = append(parts[rg.File], part{g, i})
		}
	}
	for f, list := range parts {
		slices.SortFunc(list, func(a, b part) int {
			return cmp.Compare(m.r.Plan.Groups[a.group].Ranges[a.index].From, m.r.Plan.Groups[b.group].Ranges[b.index].From)
		})
		acc := &m.files[f]
		at := int64(0)
		var sums []partSum
		for _, p := range list {
			rep := &m.accounts[p.group].Ranges[p.index]
			if rep.From != at && rep.To > rep.From {
				return fmt.Errorf("%s: the bytes from %d to %d belong to no range or to two; please report this", acc.Path, at, rep.From)
			}
			at = max(at, rep.To)
			m.first[p.group][p.index] = int(acc.Records)
			acc.Records += int64(rep.Records)
			acc.Bytes = rep.Bytes
			acc.BytesInRecords += rep.InRecords
			acc.BytesInGaps += rep.InGaps
			acc.Gaps = appendGaps(acc.Gaps, rep.Gaps)
			for t, n := range rep.ByType {
				acc.ByType[t] += n
			}
			for code, n := range rep.Problems {
				acc.Problems[code] += n
			}
			sums = append(sums, rep.Sums...)
			m.warnings += rep.NWarnings
			m.addDamage(acc, rep, int64(m.first[p.group][p.index]))
		}
		for _, g := range acc.Gaps {
			if g.Problem != "" {
				acc.Problems[g.Problem]++
			}
		}
		var err error
		if acc.SHA256, err = joinSums(sums, acc.Bytes); err != nil {
			return fmt.Errorf("%s: %w", acc.Path, err)
		}
		if acc.Gaps == nil {
			acc.Gaps = []shard.Gap{}
		}
		if acc.Damage == nil {
			acc.Damage = []shard.Damage{}
		}
	}
	return nil
}

// joinSums returns the digest of a file of size bytes from those of its parts, in
// any order.
func joinSums(sums []partSum, size int64) (string, error) {
	parts := make([][sha256.Size]byte, storage.SumParts(size))
	have := make([]bool, len(parts))
	for _, s := range sums {
		if s.Part < 0 || s.Part >= len(parts) || have[s.Part] {
			return "", fmt.Errorf("part %d of %d was hashed twice; please report this", s.Part, len(parts))
		}
		sum, err := hex.DecodeString(s.SHA256)
		if err != nil || len(sum) != sha256.Size {
			return "", fmt.Errorf("part %d: damaged account: SHA-256 %q", s.Part, s.SHA256)
		}
		parts[s.Part], have[s.Part] = [sha256.Size]byte(sum), true
	}
	if i := slices.Index(have, false); i >= 0 {
		return "", fmt.Errorf("part %d of %d was not hashed; please report this", i, len(parts))
	}
	return storage.JoinSums(parts), nil
}

// appendGaps appends the gaps of the next range. Gaps that touch and have one
// cause become one, so that the ledger does not depend on where ranges were cut.
func appendGaps(gaps, next []shard.Gap) []shard.Gap {
	for _, g := range next {
		if n := len(gaps); n > 0 && gaps[n-1].Offset+gaps[n-1].Length == g.Offset && gaps[n-1].Cause == g.Cause {
			gaps[n-1].Length += g.Length
			continue
		}
		gaps = append(gaps, g)
	}
	return gaps
}

// addDamage lists the damaged records of the next range of a file, by record;
// first is the number in the file of the range's first record. At most
// maxTroubles of each kind are listed by file.
func (m *ledgerMaker) addDamage(acc *shard.LedgerAccount, rep *rangeReport, first int64) {
	var listed [2]int
	for _, d := range acc.Damage {
		listed[boolByte(d.Readable)]++
	}
	var list []shard.Damage
	add := func(troubles []recordTrouble, readable bool) {
		room := maxTroubles - listed[boolByte(readable)]
		for _, t := range troubles[:min(max(room, 0), len(troubles))] {
			list = append(list, shard.Damage{Record: first + int64(t.Record), Offset: t.Offset, Length: t.Length, Readable: readable, Cause: t.Cause})
		}
	}
	add(rep.Errors, false)
	add(rep.Warnings, true)
	slices.SortStableFunc(list, func(a, b shard.Damage) int { return cmp.Compare(a.Record, b.Record) })
	acc.Damage = append(acc.Damage, list...)
}

// addGroup books every record of a group. fate returns the name of a page's
// fate, "" for released pages.
func (m *ledgerMaker) addGroup(g int, fate func(row int) string) error {
	rows, err := m.r.readAll("extract", g, recordsFile)
	if err != nil {
		return err
	}
	revisits, err := m.revisits.group(m.r, g)
	if err != nil {
		return err
	}
	acc := m.accounts[g]
	page := 0
	troubles := map[[2]int]string{}
	for i, rep := range acc.Ranges {
		for _, e := range rep.Errors {
			troubles[[2]int{i, e.Record}] = e.Cause
		}
	}
	for ; len(rows) >= recordRowBytes; rows = rows[recordRowBytes:] {
		rec := decodeRecordRow(rows)
		fileIndex := m.r.Plan.Groups[g].Ranges[rec.Range].File
		file := &m.files[fileIndex]
		number := m.first[g][rec.Range] + int(rec.Record)
		kind, detail := "kept", ""
		switch rec.Fate {
		case fateUnreadable:
			kind, detail = "unreadable", troubles[[2]int{int(rec.Range), int(rec.Record)}]
			file.Unreadable++
		case fateSkipped:
			if int(rec.Kind) >= len(acc.Kinds) {
				return fmt.Errorf("group %d: skip kind %d of %d", g, rec.Kind, len(acc.Kinds))
			}
			kind, detail = "skipped", acc.Kinds[rec.Kind]
			if detail == skipRevisit {
				detail = skipRevisitUnresolved // also without any reference
				if len(revisits) > 0 {
					detail, revisits = revisits[0], revisits[1:]
				}
			}
			file.Skipped[detail]++
		default:
			if detail = fate(page); detail != "" {
				kind = "dropped"
				file.Dropped[detail]++
			} else {
				file.Kept++
			}
			page++
		}
		if err := m.writeFate(file.Path, number, rec, kind, detail); err != nil {
			return err
		}
	}
	return nil
}

// writeFate appends one line to the list of fates: the ledger by record.
func (m *ledgerMaker) writeFate(path string, number int, rec recordRow, kind, detail string) error {
	b := append(m.line[:0], `{"file":`...)
	b = corpus.AppendJSONString(b, path)
	b = fmt.Appendf(b, `,"record":%d,"offset":%d,"length":%d,"fate":"%s","detail":`, number, rec.Offset, rec.Length, kind)
	b = corpus.AppendJSONString(b, detail)
	m.line = append(b, '}')
	return m.fates.Write(m.line)
}

// ledger returns the finished ledger.
func (m *ledgerMaker) ledger() *shard.Ledger {
	l := &shard.Ledger{Totals: shard.NewAccount(), Files: m.files}
	for i := range m.files {
		l.Totals.Add(&m.files[i].Account)
	}
	return l
}
