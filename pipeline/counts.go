package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/qingliu/qingliu/report"
	"github.com/qingliu/qingliu/shard"
)

// IsNotReady reports whether an error means that an earlier task is not done:
// the caller may try again later.
func IsNotReady(err error) bool { return errors.Is(err, errNotReady) }

// Count returns the sum of a count over the finished tasks of a stage, 0 where
// none is known.
func (r *RunFolder) Count(stageName, name string) int64 {
	s := stageByName(stageName)
	sp, ok := r.Plan.Stage(stageName)
	if s == nil || !ok {
		return 0
	}
	var n int64
	for i := range sp.Tasks {
		if m, err := r.marker(s, i); err == nil && m != nil {
			n += m.Counts[name]
		}
	}
	return n
}

// MissingInputBytes returns the bytes of input that extract tasks still have to
// read.
func (r *RunFolder) MissingInputBytes() int64 {
	var n int64
	for i, g := range r.Plan.Groups {
		if m, err := r.marker(stageByName("extract"), i); err != nil || m != nil {
			continue
		}
		for _, rg := range g.Ranges {
			to := rg.To
			if to == 0 {
				to = r.Plan.Files[rg.File].Size
			}
			n += to - rg.From
		}
	}
	return n
}

// Summary is what a person wants to see after a run.
type Summary struct {
	Funnel  []report.FunnelStep
	Top     []report.Count // the reasons that took most
	Outputs []report.OutputCount
	Damage  report.DamageCounts
	// Unread names the first few inputs, or places in them, that could not be
	// read, with the cause; every one is in ledger.json.
	Unread []string
}

// maxUnread is how many unread places a summary names.
const maxUnread = 5

// Summary reads the statistics of the finished release.
func (r *RunFolder) Summary() (*Summary, error) {
	path := filepath.Join(r.Dir, ReleaseDir, "statistics.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var st report.Statistics
	if err := json.Unmarshal(data, &st); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s := &Summary{Funnel: st.Funnel, Outputs: st.Outputs, Damage: st.Damage}
	if err := s.nameUnread(filepath.Join(r.Dir, ReleaseDir, shard.LedgerName)); err != nil {
		return nil, err
	}
	for _, re := range st.Reasons {
		if re.First > 0 {
			s.Top = append(s.Top, report.Count{Name: re.Reason, N: re.First})
		}
	}
	slices.SortStableFunc(s.Top, func(a, b report.Count) int { return int(b.N - a.N) })
	s.Top = s.Top[:min(len(s.Top), 8)]
	return s, nil
}

// nameUnread fills Unread from the ledger.
func (s *Summary) nameUnread(path string) error {
	if s.Damage.Unreadable+s.Damage.Gaps == 0 {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	l, err := shard.ParseLedger(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	add := func(format string, args ...any) {
		if len(s.Unread) < maxUnread {
			s.Unread = append(s.Unread, fmt.Sprintf(format, args...))
		}
	}
	for _, f := range l.Files {
		for _, g := range f.Gaps {
			add("%s: offset %d, %d bytes: %s", f.Path, g.Offset, g.Length, g.Cause)
		}
		for _, d := range f.Damage {
			if !d.Readable {
				add("%s: offset %d, record %d: %s", f.Path, d.Offset, d.Record, d.Cause)
			}
		}
	}
	return nil
}
