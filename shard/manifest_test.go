package shard

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestManifest_encodeAndParse(t *testing.T) {
	t.Parallel()
	m := newRelease(t).manifest
	m.Stages = []Stage{{"extract", "e1"}, {"decide", "d1"}}
	m.Files = []FileSum{{"ledger.json", 2, "b"}, {"README.md", 1, "<&>"}}
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseManifest(b)
	if err != nil {
		t.Fatal(err)
	}
	want := m
	want.Format = ManifestFormat
	want.Files = []FileSum{{"README.md", 1, "<&>"}, {"ledger.json", 2, "b"}}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Error(diff)
	}
	if m.Files[0].Path != "ledger.json" {
		t.Error("Encode changed the manifest")
	}
	if again, _ := got.Encode(); string(again) != string(b) {
		t.Error("a second encoding differs")
	}
	if b, _ := (Manifest{Outputs: []Output{{}}}).Encode(); strings.Contains(string(b), "null") {
		t.Errorf("null for an empty list:\n%s", b)
	}
	for in, want := range map[string]string{
		``: "unexpected end", `{"format":1,"colour":2}`: "unknown field", `{"format":9}`: "format 9, this program reads 1", `{"format":1}{}`: "after top-level value",
	} {
		if _, err := ParseManifest([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

func TestLedger_encode(t *testing.T) {
	t.Parallel()
	l := Ledger{Totals: NewAccount(), Files: []LedgerAccount{{
		Path: "a.warc.gz", SHA256: "ab", Account: Account{
			Bytes: 10, BytesInRecords: 7, BytesInGaps: 3, Records: 6, ByType: map[string]int64{"response": 5, "request": 1},
			Kept: 1, Dropped: map[string]int64{"decide/min_length": 2, "rank/exact_copy": 1}, Skipped: map[string]int64{"not_html": 1}, Unreadable: 1,
		}, Gaps: []Gap{{Offset: 7, Length: 3, Cause: "damaged"}},
	}, {Path: "b.warc.gz"}}}
	for i := range l.Files {
		l.Totals.Add(&l.Files[i].Account)
	}
	if errs := l.Check(); len(errs) > 0 {
		t.Error(errs)
	}
	b, err := l.Encode()
	if err != nil {
		t.Fatal(err)
	}
	const want = `    {
      "path": "a.warc.gz",
      "sha256": "ab",
      "bytes": 10,
      "bytes_in_records": 7,
      "bytes_in_gaps": 3,
      "records": 6,
      "by_type": {
        "request": 1,
        "response": 5
      },
      "kept": 1,
      "dropped": {
        "decide/min_length": 2,
        "rank/exact_copy": 1
      },
      "skipped": {
        "not_html": 1
      },
      "unreadable": 1,
      "problems": {},
      "gaps": [
        {
          "offset": 7,
          "length": 3,
          "cause": "damaged"
        }
      ],
      "damage": []
    },`
	if !strings.Contains(string(b), want) || strings.Contains(string(b), "null") {
		t.Errorf("got\n%s", b)
	}
	got, err := ParseLedger(b)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := got.Encode(); string(again) != string(b) {
		t.Error("a second encoding differs")
	}
}

func TestLedger_check(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(l *Ledger)
		want   string
	}{
		{"record without fate", func(l *Ledger) { l.Files[0].Records++ }, "f: 10 records, but 6 kept + 1 dropped + 2 skipped + 0 unreadable = 9"},
		{"more types than records", func(l *Ledger) { l.Files[0].ByType["request"] = 1 }, "f: 9 records, but 10 by type"},
		{"negative count", func(l *Ledger) { l.Files[0].Dropped["x"] = -1 }, "f: dropped x is -1"},
		{"gap behind the end", func(l *Ledger) { l.Files[0].Gaps[0].Offset = 91 }, "f: gap 0 at offset 91 of 10 bytes overlaps another or leaves the file"},
		{"a mark without bytes", func(l *Ledger) { l.Files[0].Gaps = append(l.Files[0].Gaps, Gap{Offset: 100, Cause: "damaged archive"}) }, "[]"},
		{"gaps that overlap", func(l *Ledger) { l.Files[0].Gaps = []Gap{{Offset: 50, Length: 5}, {Offset: 54, Length: 5}} }, "f: gap 1 at offset 54 of 5 bytes overlaps another or leaves the file"},
		{"other reason in the totals", func(l *Ledger) {
			l.Totals.Dropped = map[string]int64{"other": 1}
		}, "totals: dropped other is 1, the files have none"},
		{"kind missing in the totals", func(l *Ledger) {
			l.Totals.Skipped = map[string]int64{}
		}, "totals: skipped not_html is 0, the files have 2"},
	} {
		l := newRelease(t).ledger
		f := l.Files[0]
		f.Path, f.Account = "f", NewAccount()
		f.Add(&l.Totals)
		f.Gaps = []Gap{f.Gaps[0]}
		l.Files = []LedgerAccount{f}
		c.change(&l)
		if got := fmt.Sprint(l.Check()); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %s, want %q", c.name, got, c.want)
		}
	}
}

func ExampleWriter() {
	f, err := os.CreateTemp("", "*.jsonl.zst")
	if err != nil {
		panic(err)
	}
	defer os.Remove(f.Name())
	w, err := NewWriter(f, Options{Level: "better"})
	if err != nil {
		panic(err)
	}
	for _, text := range []string{"清流", "大江"} {
		if err := w.Write(fmt.Appendf(nil, `{"text":%q}`, text)); err != nil {
			panic(err)
		}
	}
	stats, err := w.Close()
	if err != nil {
		panic(err)
	}
	fmt.Println(stats.Records, "records,", stats.Frames, "frame,", stats.Unpacked, "bytes")

	if _, err := f.Seek(0, io.SeekStart); err != nil {
		panic(err)
	}
	r, err := NewReader(f)
	if err != nil {
		panic(err)
	}
	defer r.Close()
	for {
		line, err := r.Next()
		if err != nil {
			break
		}
		fmt.Println(string(line))
	}
	// Output:
	// 2 records, 1 frame, 36 bytes
	// {"text":"清流"}
	// {"text":"大江"}
}

func BenchmarkRowChecker(b *testing.B) {
	rc := rowChecker{idKey: "id", textKey: "text"}
	row := record(1, 6000)
	b.SetBytes(int64(len(row)))
	b.ReportAllocs()
	for b.Loop() {
		if err := rc.check(row); err != nil {
			b.Fatal(err)
		}
	}
}
