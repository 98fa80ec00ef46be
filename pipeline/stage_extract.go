package pipeline

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/qingliu/qingliu/shard"
)

// Files of an extract task.
const (
	pagesFile    = "pages.jsonl.zst" // work records of the pages, in input order
	linesFile    = "lines"           // hashes of the lines by site, a stack of line tables
	recordsFile  = "records"         // every record with its fate, see recordTable
	capturesFile = "captures"        // names of responses and references of revisits
	accountFile  = "account.json"    // bytes, gaps and digests by range
)

// maxPanics is how many pages of one task may panic before the run counts as
// broken.
const maxPanics = 100

func extractStage() *stage {
	return &stage{
		name:    "extract",
		version: 3,
		fingerprint: func(c *Config) []any {
			return c.Extract.fingerprint()
		},
		tasks: perGroup,
		identity: func(r *RunFolder, i int) (string, error) {
			var s string
			for _, rg := range r.Plan.Groups[i].Ranges {
				s += fmt.Sprintf("%s %d %d\n", r.Plan.Files[rg.File].identity(), rg.From, rg.To)
			}
			return s, nil
		},
		deps: func(*Plan, int) []dep { return nil },
		run:  runExtract,
	}
}

// rangeReport is the account of one range, with what the records were.
type rangeReport struct {
	rangeAccount
	Records   int              `json:"records"`
	ByType    map[string]int64 `json:"by_type"`
	InRecords int64            `json:"bytes_in_records"`
	InGaps    int64            `json:"bytes_in_gaps"`
	Problems  map[string]int64 `json:"problems"` // records by what was met, see package warc
	NWarnings int64            `json:"n_warnings"`
	Warnings  []recordTrouble  `json:"warnings,omitempty"` // readable in spite of damage
	Errors    []recordTrouble  `json:"errors,omitempty"`   // unreadable
}

// recordTrouble names a damaged record.
type recordTrouble struct {
	Record int    `json:"record"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Cause  string `json:"cause"`
}

// maxTroubles bounds the troubles of each kind that are listed by file; all are
// counted.
const maxTroubles = 10000

func runExtract(ctx context.Context, t *task) error {
	ranges := t.Plan.Groups[t.index].Ranges
	fields := make([]JSONFields, len(t.Plan.Files))
	files := make([]int, len(ranges))
	for i := range t.Plan.Files {
		fields[i] = t.Plan.Files[i].Fields
	}
	for i, rg := range ranges {
		files[i] = rg.File
	}
	out, err := t.create(pagesFile)
	if err != nil {
		return err
	}
	pages, err := shard.NewWriter(out, shard.Options{Level: "fastest", FrameBytes: 1 << 20})
	if err != nil {
		return err
	}
	records, err := t.create(recordsFile)
	if err != nil {
		return err
	}
	capturesOut, err := t.create(capturesFile)
	if err != nil {
		return err
	}
	linesOut, err := t.create(linesFile)
	if err != nil {
		return err
	}
	var (
		table    = recordTable{w: newBuffered(records)}
		captures = captureTable{w: newBuffered(capturesOut)}
		lines    = lineTable{out: newStackWriter(linesOut)}
		report   = make([]rangeReport, len(ranges))
		panics   int
	)
	feed := rangeFeed{ctx: ctx, t: t, ranges: ranges, report: report}
	consume := func(rec *rawRecord) error {
		rep := &report[rec.rangeIndex]
		rep.Records++
		rep.InRecords += rec.length
		rep.ByType[recordType(rec)]++
		for _, code := range rec.problems {
			rep.Problems[code]++
		}
		trouble := recordTrouble{Record: rec.record, Offset: rec.offset, Length: rec.length, Cause: rec.out.cause}
		switch {
		case rec.out.cause != "":
			if f := &t.Plan.Files[ranges[rec.rangeIndex].File]; f.OnDamage == damageFail {
				return damageError(f, "record", rec.offset, rec.length, rec.out.cause)
			}
			if len(rep.Errors) < maxTroubles {
				rep.Errors = append(rep.Errors, trouble)
			}
			table.add(rec, fateUnreadable, 0)
			t.count("unreadable", 1)
		case rec.out.skip != "":
			table.add(rec, fateSkipped, table.kind(rec.out.skip))
			t.count("skipped", 1)
		default:
			if err := pages.Write(rec.out.page); err != nil {
				return err
			}
			table.add(rec, fatePage, 0)
			if err := lines.add(&rec.out.lines); err != nil {
				return err
			}
			t.count("pages", 1)
		}
		if (rec.capture != captureNames{} || rec.warcType == "revisit") && rec.out.cause == "" {
			captures.add(rec.capture, rec.warcType == "revisit")
		}
		if rec.warning != "" && rec.out.cause == "" {
			rep.NWarnings++
			if len(rep.Warnings) < maxTroubles {
				trouble.Cause = rec.warning
				rep.Warnings = append(rep.Warnings, trouble)
			}
		}
		if rec.out.panicked != "" {
			panics++
			f := t.Plan.Files[ranges[rec.rangeIndex].File]
			t.events.Log(fmt.Sprintf("%s: record at offset %d: panic, the record is skipped as %s: %s", f.Path, rec.offset, skipPanic, rec.out.panicked))
			if panics > maxPanics {
				return fmt.Errorf("more than %d pages panicked; the first are in the log", maxPanics)
			}
		}
		t.count("records", 1)
		t.events.Progress(t.stage.name, 1, rec.length)
		return nil
	}
	newWorker := func() (func(*rawRecord) error, error) {
		return newPageChain(&t.Config.Extract, fields, files).process, nil
	}
	err = ordered(ctx, t.workers, feed.next, newWorker, consume)
	if cerr := feed.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if _, err := pages.Close(); err != nil {
		return err
	}
	for i := range report {
		for _, g := range report[i].Gaps {
			report[i].InGaps += g.Length
			t.count("gaps", 1)
		}
	}
	account, err := json.MarshalIndent(struct {
		Kinds  []string      `json:"kinds"`
		Ranges []rangeReport `json:"ranges"`
	}{table.kinds, report}, "", " ")
	if err != nil {
		return err
	}
	if err := t.write(accountFile, account); err != nil {
		return err
	}
	if err := errors.Join(table.w.Flush(), captures.w.Flush()); err != nil {
		return err
	}
	return lines.close()
}

func recordType(rec *rawRecord) string {
	switch rec.kind {
	case kindHTML:
		return "html"
	case kindJSON:
		return "json"
	case kindMember:
		return "member"
	case kindRow:
		return "row"
	}
	if rec.warcType == "" {
		return "unknown"
	}
	switch rec.warcType {
	case "response", "resource", "conversion", "warcinfo", "request", "metadata", "revisit", "continuation":
		return rec.warcType
	}
	return "other"
}

// rangeFeed reads the ranges of a task one after the other.
type rangeFeed struct {
	ctx    context.Context // of the task, for reads of remote files
	t      *task
	ranges []Range
	report []rangeReport
	i      int
	src    source
}

// next fills rec with the next record of the task's ranges.
func (f *rangeFeed) next(rec *rawRecord) (int, bool, error) {
	for f.i < len(f.ranges) {
		rg := f.ranges[f.i]
		if f.src == nil {
			src, err := openSource(f.ctx, f.t.Config, &f.t.Plan.Files[rg.File], rg, f.t.events.Log)
			if err != nil {
				return 0, false, err
			}
			f.src = src
			f.report[f.i].ByType = map[string]int64{}
			f.report[f.i].Problems = map[string]int64{}
		}
		data, out, problems := rec.data, rec.out, rec.problems
		if cap(data) > maxKeptBytes || cap(out.page) > maxKeptBytes {
			data, out = nil, extracted{}
		}
		*rec = rawRecord{rangeIndex: f.i, data: data[:0], problems: problems[:0], out: out}
		err := f.src.next(rec)
		if err == nil {
			return len(rec.data) + 512, true, nil
		}
		if err != io.EOF {
			return 0, false, err
		}
		if err := f.endRange(); err != nil {
			return 0, false, err
		}
	}
	return 0, false, nil
}

func (f *rangeFeed) endRange() error {
	account, err := f.src.close()
	f.src = nil
	f.report[f.i].rangeAccount = account
	if file := &f.t.Plan.Files[f.ranges[f.i].File]; file.OnDamage == damageFail && err == nil {
		for _, g := range account.Gaps {
			if !g.Empty {
				return damageError(file, "bytes", g.Offset, g.Length, g.Cause)
			}
		}
	}
	f.i++
	return err
}

func (f *rangeFeed) close() error {
	if f.src == nil {
		return nil
	}
	_, err := f.src.close()
	return err
}

// Fates of a record at the end of extract.
const (
	fatePage = iota
	fateSkipped
	fateUnreadable
)

// recordRow is one record in the records file.
type recordRow struct {
	Range  uint32
	Record uint32
	Offset int64
	Length int64
	Fate   uint8
	Kind   uint16 // index into the kinds of the account, for skipped records
}

const recordRowBytes = 32

// recordTable writes the records file: rows of fixed width in input order.
type recordTable struct {
	kinds []string
	w     *bufio.Writer
}

func (t *recordTable) kind(name string) uint16 {
	for i, k := range t.kinds {
		if k == name {
			return uint16(i)
		}
	}
	t.kinds = append(t.kinds, name)
	return uint16(len(t.kinds) - 1)
}

func (t *recordTable) add(rec *rawRecord, fate uint8, kind uint16) {
	var b [recordRowBytes]byte
	binary.LittleEndian.PutUint32(b[0:], uint32(rec.rangeIndex))
	binary.LittleEndian.PutUint32(b[4:], uint32(rec.record))
	binary.LittleEndian.PutUint64(b[8:], uint64(rec.offset))
	binary.LittleEndian.PutUint64(b[16:], uint64(rec.length))
	b[24] = fate
	binary.LittleEndian.PutUint16(b[25:], kind)
	t.w.Write(b[:]) // errors stay with w until Flush
}

func decodeRecordRow(b []byte) recordRow {
	return recordRow{
		Range: binary.LittleEndian.Uint32(b[0:]), Record: binary.LittleEndian.Uint32(b[4:]),
		Offset: int64(binary.LittleEndian.Uint64(b[8:])), Length: int64(binary.LittleEndian.Uint64(b[16:])),
		Fate: b[24], Kind: binary.LittleEndian.Uint16(b[25:]),
	}
}
