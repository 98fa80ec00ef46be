package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qingliu/qingliu/shard"
)

// manifestRow is what the development crawl's manifest says of a response.
type manifestRow struct {
	offset, length int64
	status         int
	category       string
	script         string
}

// manifestRows reads the manifest of the development crawl: file → record → row.
func manifestRows(t testing.TB) map[string]map[int]manifestRow {
	t.Helper()
	rows := map[string]map[int]manifestRow{}
	col := map[string]int{}
	for line := range strings.Lines(string(unzstd(t, crawlDev(t, "manifest.tsv.zst")))) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(col) == 0 {
			for i, name := range f {
				col[name] = i
			}
			continue
		}
		num := func(name string) int64 {
			n, err := strconv.ParseInt(f[col[name]], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		file := f[col["file"]]
		if rows[file] == nil {
			rows[file] = map[int]manifestRow{}
		}
		rows[file][int(num("rec"))] = manifestRow{num("offset"), num("length"), int(num("status")), f[col["category"]], f[col["script"]]}
	}
	return rows
}

// htmlSkips are fates of HTML pages with status 200 that carry nothing to read.
var htmlSkips = []string{"empty_body"}

// mislabelled are responses that the manifest takes for something else by their
// names; read by eye, the fates below are right.
var mislabelled = map[string]string{
	"crawl-medium.warc.gz 878":    "skipped", // few_han; .txt, sent as text/plain: HTML of an advertisement
	"crawl-large-01.warc.gz 911":  "skipped", // .txt, sent as text/plain: a style element
	"crawl-large-02.warc.gz 933":  "skipped", // the same
	"crawl-large-03.warc.gz 1841": "skipped", // a GIF sent as text/html, listed as a forum page
}

// rightKind says what is wrong with the fate of a response, "" if nothing.
func (m manifestRow) rightKind(f fateLine) string {
	page := f.Fate == "kept" || f.Fate == "dropped"
	switch {
	case f.Fate == "unreadable":
		return "is unreadable and not damaged"
	case m.status >= 300 && m.status < 400:
		if f.Fate != "skipped" || f.Detail != skipRedirect {
			return "is a redirect"
		}
	case m.status != 200:
		if f.Fate != "skipped" || !strings.HasPrefix(f.Detail, "http_") {
			return "has no status 200"
		}
	case m.category == "nonhtml":
		if f.Fate != "skipped" || strings.HasPrefix(f.Detail, "http_") || strings.HasPrefix(f.Detail, "warc_") || f.Detail == skipPanic {
			return "is no HTML"
		}
	case f.Detail == skipFewHan && m.script != "hans" && m.script != "hant":
	case !page && !(f.Fate == "skipped" && slices.Contains(htmlSkips, f.Detail)):
		return "is a page"
	}
	return ""
}

// checkAccount checks the ledger of a run against its inputs and the list of
// fates against the ledger.
func checkAccount(t *testing.T, r *RunFolder) []fateLine {
	t.Helper()
	l := readLedger(t, r.Dir)
	for _, err := range l.Check() {
		t.Errorf("ledger: %v", err)
	}
	fates := fateLines(t, r)
	byFile := map[string][]fateLine{}
	for _, f := range fates {
		byFile[f.File] = append(byFile[f.File], f)
	}
	if len(l.Files) != len(r.Plan.Files) {
		t.Errorf("ledger: %d files, the plan has %d", len(l.Files), len(r.Plan.Files))
	}
	for i, a := range l.Files {
		st, err := os.Stat(r.Plan.Files[i].Path)
		if err != nil {
			t.Fatal(err)
		}
		if a.Bytes != st.Size() {
			t.Errorf("%s: %d bytes in the ledger, %d on disk", a.Path, a.Bytes, st.Size())
		}
		if n := int64(len(byFile[a.Path])); n != a.Records {
			t.Errorf("%s: %d fates for %d records", a.Path, n, a.Records)
		}
		count := map[string]int64{}
		for _, f := range byFile[a.Path] {
			key := f.Fate
			if f.Fate == "dropped" || f.Fate == "skipped" {
				key += " " + f.Detail
			}
			count[key]++
		}
		want := map[string]int64{}
		for k, n := range map[string]int64{"kept": a.Kept, "unreadable": a.Unreadable} {
			if n > 0 {
				want[k] = n
			}
		}
		for k, n := range a.Dropped {
			want["dropped "+k] = n
		}
		for k, n := range a.Skipped {
			want["skipped "+k] = n
		}
		if diff := cmp.Diff(want, count); diff != "" {
			t.Errorf("%s: fates and ledger differ (-ledger +fates):\n%s", a.Path, diff)
		}
		checkBytes(t, a.Path, a.Bytes, a.Gaps, byFile[a.Path])
	}
	verifyRelease(t, r.Dir)
	return fates
}

// checkBytes checks that records and gaps tile a file, without hole or overlap,
// and that records are numbered in file order. Files whose records share bytes
// (packed in one member) have length 0 for all but one.
func checkBytes(t *testing.T, file string, size int64, gaps []shard.Gap, fates []fateLine) {
	t.Helper()
	type span struct{ from, length int64 }
	var spans []span
	shared := false
	for i, f := range fates {
		if f.Record != i {
			t.Errorf("%s: fate %d is of record %d", file, i, f.Record)
			return
		}
		shared = shared || f.Length == 0
		spans = append(spans, span{f.Offset, f.Length})
	}
	if shared {
		return // offsets are unpacked ones; ledger.Check did the sum
	}
	for _, g := range gaps {
		spans = append(spans, span{g.Offset, g.Length})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	at := int64(0)
	for _, s := range spans {
		if s.from != at {
			t.Errorf("%s: bytes %d to %d belong to no record or to two", file, at, s.from)
			return
		}
		at += s.length
	}
	if at != size {
		t.Errorf("%s: records and gaps end at %d of %d", file, at, size)
	}
}

// TestLedger_crawl joins the fates of all records to the manifest of the crawl.
func TestLedger_crawl(t *testing.T) {
	files := []string{"crawl-small.warc.gz"}
	if !testing.Short() {
		files = append(files, "crawl-medium.warc.gz")
	}
	if full() {
		files = append(files, "crawl-large-01.warc.gz", "crawl-large-02.warc.gz", "crawl-large-03.warc.gz")
	}
	rows := manifestRows(t)
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			r := runConfig(t, testYAML(crawlDev(t, name)), filepath.Join(t.TempDir(), "run"), RunOptions{})
			seen := map[int]bool{}
			for _, f := range checkAccount(t, r) {
				row, ok := rows[name][f.Record]
				if !ok {
					if f.Fate != "skipped" || !strings.HasPrefix(f.Detail, "warc_") && f.Detail != skipRevisitResolved {
						t.Errorf("record %d at %d is no response and has the fate %s %s", f.Record, f.Offset, f.Fate, f.Detail)
					}
					continue
				}
				if seen[f.Record] {
					t.Errorf("record %d has two fates", f.Record)
				}
				seen[f.Record] = true
				if f.Offset != row.offset || f.Length != row.length {
					t.Errorf("record %d: offset %d length %d, the manifest says %d and %d", f.Record, f.Offset, f.Length, row.offset, row.length)
				}
				if known := mislabelled[fmt.Sprintf("%s %d", name, f.Record)]; known != "" {
					if f.Fate != known {
						t.Errorf("record %d: fate %s %s, want %s", f.Record, f.Fate, f.Detail, known)
					}
					continue
				}
				if wrong := row.rightKind(f); wrong != "" {
					t.Errorf("record %d (%s, status %d) %s, but its fate is %s %s", f.Record, row.category, row.status, wrong, f.Fate, f.Detail)
				}
			}
			if len(seen) != len(rows[name]) {
				t.Errorf("%d of %d responses have a fate", len(seen), len(rows[name]))
			}
		})
	}
}

// damagedCopies is what the description of the development crawl says of its
// damaged files: how many records, which are damaged, and which bytes are none.
var damagedCopies = []struct {
	file       string
	records    int
	unreadable []int // numbers of records that cannot be read
	warned     []int // numbers of records that can be read in spite of damage
	gaps       []shard.Gap
}{
	{"crawl-small-truncated.warc.gz", 122, []int{121}, nil, nil},
	{"crawl-small-corrupt-member.warc.gz", 220, []int{121}, nil, nil},
	{"crawl-small-mixed-damage.warc.gz", 240, []int{149}, []int{127, 129, 157}, []shard.Gap{{Offset: 366867, Length: 64, Cause: "bytes that are no gzip member"}}},
	{"crawl-small-one-member.warc.gz", 100, nil, nil, nil},
	{"crawl-tiny.warc", 13, nil, nil, nil},
}

// TestLedger_damagedCopies runs the damaged files. Their intact records must
// have the fates they have in the undamaged file, as far as a record by itself
// decides (site lines and copies depend on the other records).
func TestLedger_damagedCopies(t *testing.T) {
	const alone = "sites: {cut: false}\ndedup: {url: \"off\", exact: false, near: false}\n"
	rows := manifestRows(t)["crawl-small.warc.gz"]
	whole := map[int]fateLine{}
	for _, f := range fateLines(t, runConfig(t, testYAML(crawlDev(t, "crawl-small.warc.gz"))+alone, filepath.Join(t.TempDir(), "run"), RunOptions{})) {
		whole[f.Record] = f
	}
	for _, d := range damagedCopies {
		for _, tasks := range []string{"", "tasks: {split_bytes: 64KiB, group_bytes: 1}\n"} {
			t.Run(d.file+" "+tasks, func(t *testing.T) {
				r := runConfig(t, testYAML(crawlDev(t, d.file))+alone+tasks, filepath.Join(t.TempDir(), "run"), RunOptions{})
				fates := checkAccount(t, r)
				if len(fates) != d.records {
					t.Errorf("%d records, want %d", len(fates), d.records)
				}
				var unreadable []int
				for _, f := range fates {
					w := whole[f.Record]
					if f.Fate == "unreadable" {
						unreadable = append(unreadable, f.Record)
						continue
					}
					if f.Fate != w.Fate || f.Detail != w.Detail {
						t.Errorf("record %d: %s %s, in the undamaged file %s %s", f.Record, f.Fate, f.Detail, w.Fate, w.Detail)
					}
				}
				if diff := cmp.Diff(d.unreadable, unreadable); diff != "" {
					t.Errorf("unreadable records (-want +got):\n%s", diff)
				}
				a := readLedger(t, r.Dir).Files[0]
				if diff := cmp.Diff(append([]shard.Gap{}, d.gaps...), a.Gaps); diff != "" {
					t.Errorf("gaps (-want +got):\n%s", diff)
				}
				checkTroubles(t, r, d.unreadable, d.warned, rows, fates)
				counts, err := r.FinishCounts()
				if err != nil {
					t.Fatal(err)
				}
				if n := int64(len(d.unreadable)); counts["unreadable"] != n || counts["gaps"] != int64(len(d.gaps)) {
					t.Errorf("finish counts %v, want %d unreadable and %d gaps", counts, n, len(d.gaps))
				}
			})
		}
	}
}

// checkTroubles checks what the accounts of extract say of damaged records: each
// names its offset and a cause.
func checkTroubles(t *testing.T, r *RunFolder, unreadable, warned []int, rows map[int]manifestRow, fates []fateLine) {
	t.Helper()
	at := map[int64]int{}
	for _, f := range fates {
		at[f.Offset] = f.Record
	}
	var errs, warns []int
	for g := range r.Plan.Groups {
		a, err := r.account(g)
		if err != nil {
			t.Fatal(err)
		}
		for _, rep := range a.Ranges {
			for _, x := range rep.Errors {
				errs = append(errs, at[x.Offset])
				if x.Cause == "" || x.Length == 0 {
					t.Errorf("unreadable record without cause or length: %+v", x)
				}
			}
			for _, x := range rep.Warnings {
				warns = append(warns, at[x.Offset])
			}
		}
	}
	slices.Sort(errs)
	slices.Sort(warns)
	if diff := cmp.Diff([2][]int{unreadable, warned}, [2][]int{errs, warns}); diff != "" {
		t.Errorf("records with errors, with warnings (-want +got):\n%s", diff)
	}
	for _, n := range append(slices.Clone(unreadable), warned...) {
		if f := fates[n]; len(r.Plan.Groups) == 1 && n <= 121 && f.Offset != rows[n].offset {
			t.Errorf("damaged record %d is reported at %d, it lies at %d", n, f.Offset, rows[n].offset)
		}
	}
}

// TestLedger_madeUpCrawl runs inputs of every format, one of them not readable at
// all, and compares the sums with what was put in.
func TestLedger_madeUpCrawl(t *testing.T) {
	in := t.TempDir()
	inputs := writeCrawl(t, in)
	jsonl, html := writeTexts(t, in)
	noise := writeInput(t, filepath.Join(in, "noise.bin"), bytes.Repeat([]byte{0, 1, 2, 3, 0xfe}, 100))
	empty := writeInput(t, filepath.Join(in, "empty.warc"), nil)
	r := runConfig(t, testYAML(append(inputs, jsonl, html, noise, empty)...)+lengthLimit, filepath.Join(t.TempDir(), "run"), RunOptions{})
	checkAccount(t, r)
	l := readLedger(t, r.Dir)
	want := shard.Account{
		Problems:   map[string]int64{},
		ByType:     map[string]int64{"html": 2, "json": 13, "request": 52, "response": 100, "revisit": 4, "warcinfo": 4},
		Skipped:    map[string]int64{"few_han": 12, "http_error": 4, "http_redirect": 4, "image": 4, "revisit_unresolved": 4, "warc_request": 52, "warc_warcinfo": 4},
		Unreadable: 1,
		Dropped: map[string]int64{
			"decide/length.min_code_points": 4,
			"rank/duplicate_text":           10, "rank/duplicate_url": 4, "cluster/near_duplicate": 4,
		},
		Kept: 68, Records: 175,
	}
	got := l.Totals
	got.Bytes, got.BytesInRecords, got.BytesInGaps = 0, 0, 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	gaps := map[string][]shard.Gap{}
	for _, f := range l.Files {
		if len(f.Gaps) > 0 {
			gaps[f.Path] = f.Gaps
		}
	}
	wantGaps := map[string][]shard.Gap{
		"noise.bin":  {{Offset: 0, Length: 500, Cause: "no known format"}},
		"empty.warc": {{Offset: 0, Length: 0, Cause: "empty file"}},
	}
	if diff := cmp.Diff(wantGaps, gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

// TestLedger_lostRecordIsNoticed drops one record behind the reader's back, in
// each of the places where a faulty reader would: no release may come of it.
func TestLedger_lostRecordIsNoticed(t *testing.T) {
	in := t.TempDir()
	inputs := writeCrawl(t, in, 0, 1)
	jsonl, _ := writeTexts(t, in)
	base := filepath.Join(t.TempDir(), "run")
	r := runConfig(t, testYAML(append(inputs, jsonl)...), base, RunOptions{})
	rows, err := r.readAll("extract", 0, recordsFile)
	if err != nil {
		t.Fatal(err)
	}
	var page, skipped int
	for i := 0; i < len(rows); i += recordRowBytes {
		switch decodeRecordRow(rows[i:]).Fate {
		case fatePage:
			page = i
		case fateSkipped:
			skipped = i
		}
	}
	without := func(at int) []byte {
		return append(bytes.Clone(rows[:at]), rows[at+recordRowBytes:]...)
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, r *RunFolder)
	}{
		{"a page is not in the list of records", func(t *testing.T, r *RunFolder) { rewrite(t, r, recordsFile, without(page)) }},
		{"a request is not in the list of records", func(t *testing.T, r *RunFolder) { rewrite(t, r, recordsFile, without(skipped)) }},
		{"a record is in the list twice", func(t *testing.T, r *RunFolder) {
			rewrite(t, r, recordsFile, append(bytes.Clone(rows[:skipped+recordRowBytes]), rows[skipped:]...))
		}},
		{"a record is in no count", func(t *testing.T, r *RunFolder) {
			changeAccount(t, r, func(rep *rangeReport) { rep.Records-- })
		}},
		{"bytes of a record are in no count", func(t *testing.T, r *RunFolder) {
			changeAccount(t, r, func(rep *rangeReport) { rep.InRecords -= 100 })
		}},
		{"the reader stopped before the end", func(t *testing.T, r *RunFolder) {
			changeAccount(t, r, func(rep *rangeReport) { rep.To -= 100; rep.InRecords -= 100 })
		}},
		{"a reader that skips a record and knows nothing of it", func(t *testing.T, r *RunFolder) {
			last := decodeRecordRow(rows[skipped:])
			rewrite(t, r, recordsFile, without(skipped))
			a, err := r.account(0)
			if err != nil {
				t.Fatal(err)
			}
			rep := &a.Ranges[last.Range]
			rep.Records--
			rep.InRecords -= last.Length
			writeAccount(t, r, a)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
				t.Fatal(err)
			}
			for _, gone := range []string{"finish", ReleaseDir} {
				if err := os.RemoveAll(filepath.Join(dir, gone)); err != nil {
					t.Fatal(err)
				}
			}
			r, err := OpenRun(dir)
			if err != nil {
				t.Fatal(err)
			}
			c.change(t, r)
			if r, err = OpenRun(dir); err != nil {
				t.Fatal(err)
			}
			err = r.Run(t.Context(), RunOptions{Workers: 2})
			if err == nil {
				var problems []string
				err = shard.Verify(filepath.Join(dir, ReleaseDir), func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) })
				if err == nil {
					t.Fatal("the run made a release that verifies")
				}
				t.Logf("verify: %q", problems)
				return
			}
			t.Logf("run: %v", err)
			if _, err := os.Stat(filepath.Join(dir, ReleaseDir)); err == nil {
				t.Error("the run failed and left a release")
			}
		})
	}
}

// rewrite changes a file of the extract task 0 and its marker, as a task with a
// faulty reader would have written them.
func rewrite(t *testing.T, r *RunFolder, suffix string, data []byte) {
	t.Helper()
	key, err := r.key(stageByName("extract"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.stageFile("extract", key, suffix), data, 0o666); err != nil {
		t.Fatal(err)
	}
	m, err := readMarker(r.stageFile("extract", key, "done"))
	if err != nil || m == nil {
		t.Fatal("no marker of extract: ", err)
	}
	for i := range m.Outputs {
		if m.Outputs[i].Suffix == suffix {
			m.Outputs[i].Bytes = int64(len(data))
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.stageFile("extract", key, "done"), b, 0o666); err != nil {
		t.Fatal(err)
	}
}

func changeAccount(t *testing.T, r *RunFolder, change func(rep *rangeReport)) {
	t.Helper()
	a, err := r.account(0)
	if err != nil {
		t.Fatal(err)
	}
	change(&a.Ranges[0])
	writeAccount(t, r, a)
}

func writeAccount(t *testing.T, r *RunFolder, a *groupAccount) {
	t.Helper()
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	rewrite(t, r, accountFile, b)
}
