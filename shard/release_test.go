package shard

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// release is a small release folder for tests: two shards of three rows with
// sidecars, one output.
type release struct {
	dir      string
	manifest Manifest
	ledger   Ledger
}

func newRelease(t *testing.T) *release {
	t.Helper()
	r := &release{dir: t.TempDir()}
	out := Output{Name: "cci", Schema: "cci", IDKey: "id", TextKey: "text"}
	for s := range 2 {
		var rows, side []string
		for i := range 3 {
			id := fmt.Sprintf("%032x", s*3+i)
			rows = append(rows, fmt.Sprintf(`{"id":%q,"text":"第%d行\n清流","n":%d,"meta":{"a":null,"b":true}}`, id, i, i))
			side = append(side, fmt.Sprintf(`{"id":%q,"frame":0}`, id))
		}
		out.Shards = append(out.Shards, r.shard(t, s, rows, side))
	}
	r.manifest = Manifest{
		Name: "test", Tool: "qingliu test", ConfigFingerprint: "f",
		Inputs:  []Input{{"crawl.warc.gz", strings.Repeat("a", 64), 100}},
		Outputs: []Output{out},
		Ledger:  Totals{Records: 9, Kept: 6, Dropped: 1, Skipped: 2},
	}
	a := Account{
		Bytes: 100, BytesInRecords: 90, BytesInGaps: 10, Records: 9, Kept: 6, ByType: map[string]int64{"response": 9},
		Dropped: map[string]int64{"decide/min_length": 1}, Skipped: map[string]int64{"not_html": 2},
	}
	r.ledger = Ledger{Totals: a, Files: []LedgerAccount{{
		Path: "crawl.warc.gz", SHA256: strings.Repeat("a", 64), Account: a, Gaps: []Gap{{Offset: 50, Length: 10, Cause: "damaged member"}},
	}}}
	return r
}

func (r *release) shard(t *testing.T, i int, rows, side []string) Shard {
	t.Helper()
	name := fmt.Sprintf("cci/data/cci-%05d.jsonl.zst", i)
	s := NewShard(name, r.lines(t, name, rows))
	for _, row := range rows {
		text := strings.SplitN(strings.SplitN(row, `"text":"`, 2)[1], `"`, 2)[0]
		s.CodePoints += int64(utf8.RuneCountInString(strings.ReplaceAll(text, `\n`, "\n")))
	}
	s.FirstID, s.LastID = rows[0][7:39], rows[len(rows)-1][7:39]
	name = fmt.Sprintf("cci/index/cci-%05d.jsonl.zst", i)
	st := r.lines(t, name, side)
	s.Sidecar = Sidecar{Path: name, Rows: st.Records, Bytes: st.Packed, SHA256: st.SHA256Packed}
	return s
}

func (r *release) lines(t *testing.T, name string, lines []string) Stats {
	t.Helper()
	var records [][]byte
	for _, l := range lines {
		records = append(records, []byte(l))
	}
	b, s := build(t, Options{FrameBytes: 128}, records...)
	r.write(t, name, b)
	return s
}

func (r *release) write(t *testing.T, name string, b []byte) FileSum {
	t.Helper()
	p := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, b, 0o644); err != nil {
		t.Fatal(err)
	}
	sum, err := newSummer(bytes.NewReader(b)).finish(name)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// finish writes ledger, manifest and sums.
func (r *release) finish(t *testing.T) {
	t.Helper()
	b, err := r.ledger.Encode()
	if err != nil {
		t.Fatal(err)
	}
	r.manifest.Files = append(r.manifest.Files, r.write(t, LedgerName, b))
	if b, err = r.manifest.Encode(); err != nil {
		t.Fatal(err)
	}
	sums := append([]FileSum{r.write(t, ManifestName, b)}, r.manifest.Files...)
	for _, s := range r.manifest.Outputs[0].Shards {
		sums = append(sums, FileSum{s.Path, s.PackedBytes, s.SHA256}, FileSum{s.Sidecar.Path, s.Sidecar.Bytes, s.Sidecar.SHA256})
	}
	r.write(t, SumsName, AppendSums(nil, sums))
}

func (r *release) verify() (string, error) {
	var b strings.Builder
	err := Verify(r.dir, func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) })
	return b.String(), err
}

func TestVerify_good(t *testing.T) {
	t.Parallel()
	r := newRelease(t)
	r.finish(t)
	if got, err := r.verify(); err != nil || got != "" {
		t.Errorf("a good release: %v\n%s", err, got)
	}
}

func TestVerify_problems(t *testing.T) {
	t.Parallel()
	row := func(id int, rest string) string {
		return fmt.Sprintf(`{"id":"%032x","text":"第%d行\n清流",%s}`, id, id, rest)
	}
	side := func(ids ...int) (s []string) {
		for _, id := range ids {
			s = append(s, fmt.Sprintf(`{"id":"%032x","frame":0}`, id))
		}
		return s
	}
	const rest = `"n":1,"meta":{"a":1,"b":false}`
	for _, c := range []struct {
		name   string
		before func(t *testing.T, r *release) // changes what is written
		after  func(t *testing.T, r *release) // changes the written folder
		want   []string
	}{
		{name: "flipped byte in a shard", after: func(t *testing.T, r *release) {
			flip(t, r, "cci/data/cci-00000.jsonl.zst")
		}, want: []string{"cci-00000.jsonl.zst: SHA-256 is", "cci-00000.jsonl.zst: row 0 at unpacked offset 0:", "SHA256SUMS: line"}},
		{name: "cut-off shard", after: func(t *testing.T, r *release) {
			cut(t, r, "cci/data/cci-00001.jsonl.zst")
		}, want: []string{"cci-00001.jsonl.zst: ", "cci-00001.jsonl.zst: rows: "}},
		{name: "missing shard", after: func(t *testing.T, r *release) {
			remove(t, r, "cci/data/cci-00001.jsonl.zst")
		}, want: []string{"cci-00001.jsonl.zst: open", "output cci: 3 rows, 6 documents kept"}},
		{name: "missing sidecar", after: func(t *testing.T, r *release) {
			remove(t, r, "cci/index/cci-00001.jsonl.zst")
		}, want: []string{"cci/index/cci-00001.jsonl.zst: open"}},
		{name: "stray file", after: func(t *testing.T, r *release) {
			r.write(t, "cci/data/more.jsonl", []byte("{}"))
		}, want: []string{"cci/data/more.jsonl: no entry in manifest.json"}},
		{name: "changed ledger", after: func(t *testing.T, r *release) {
			r.ledger.Totals.Kept++
			b, _ := r.ledger.Encode()
			r.write(t, LedgerName, b)
		}, want: []string{"ledger.json: SHA-256", "totals: 9 records, but 7 kept", "totals: kept is 7, the files have 6", "the manifest says {"}},
		{name: "file that does not add up", before: func(t *testing.T, r *release) {
			f := &r.ledger.Files[0]
			f.Bytes, f.Gaps[0].Length = 101, 9
		}, want: []string{"crawl.warc.gz: 101 bytes, but 90 in records", "10 bytes in gaps, but the gaps have 9", "totals: bytes is 100, the files have 101"}},
		{name: "input of other bytes", before: func(t *testing.T, r *release) {
			r.manifest.Inputs[0].SHA256 = strings.Repeat("b", 64)
		}, want: []string{"crawl.warc.gz: SHA-256 aaaa"}},
		{name: "input without account", before: func(t *testing.T, r *release) {
			r.manifest.Inputs = append(r.manifest.Inputs, Input{Path: "other.warc.gz"})
		}, want: []string{"no account of input other.warc.gz"}},
		{name: "repeated id", before: func(t *testing.T, r *release) {
			r.manifest.Outputs[0].Shards[1] = r.shard(t, 1, []string{row(3, rest), row(1, rest), row(5, rest)}, side(3, 1, 5))
		}, want: []string{"id 00000000000000000000000000000001 occurs in cci/data/cci-00000.jsonl.zst row 1 and in cci/data/cci-00001.jsonl.zst row 1"}},
		{name: "other keys", before: func(t *testing.T, r *release) {
			r.manifest.Outputs[0].Shards[1] = r.shard(t, 1, []string{row(3, rest), row(4, `"meta":{},"n":1`), row(5, `"n":"1","meta":{"a":1,"b":false}`)}, side(3, 4, 5))
		}, want: []string{`row 1: key "meta" where the first row has "n"`, `row 2: key "n" is a string, in earlier rows a number`}},
		{name: "sidecar of other rows", before: func(t *testing.T, r *release) {
			r.manifest.Outputs[0].Shards[1] = r.shard(t, 1, []string{row(3, rest), row(4, rest), row(5, rest)}, side(3, 6))
		}, want: []string{"row 1: id 00000000000000000000000000000006, the shard has", "index/cci-00001.jsonl.zst: 2 rows, its shard has 3"}},
		{name: "wrong counts", before: func(t *testing.T, r *release) {
			s := &r.manifest.Outputs[0].Shards[0]
			s.Rows, s.CodePoints, s.LastID, s.Frames = 4, 1, "x", 9
		}, want: []string{"rows: 3, the manifest says 4", "code points: 18, the manifest says 1", "last id: ", "frames, the manifest says 9"}},
		{name: "path out of the folder", before: func(t *testing.T, r *release) {
			r.manifest.Files = append(r.manifest.Files, FileSum{Path: "../secret"})
		}, want: []string{`manifest.json: bad path "../secret"`}},
		{name: "other format", after: func(t *testing.T, r *release) {
			r.write(t, ManifestName, []byte(`{"format": 2}`))
		}, want: []string{"manifest.json: manifest format 2, this program reads 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRelease(t)
			if c.before != nil {
				c.before(t, r)
			}
			r.finish(t)
			if c.after != nil {
				c.after(t, r)
			}
			got, err := r.verify()
			if err == nil {
				t.Error("no error")
			}
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("no %q in\n%s", w, got)
				}
			}
			if strings.Contains(got, "%!") {
				t.Errorf("bad format:\n%s", got)
			}
		})
	}
}

func flip(t *testing.T, r *release, name string) {
	change(t, r, name, func(b []byte) []byte { b[len(b)/8] ^= 4; return b })
}

func cut(t *testing.T, r *release, name string) {
	change(t, r, name, func(b []byte) []byte { return b[:len(b)/2] })
}

func change(t *testing.T, r *release, name string, f func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	r.write(t, name, f(b))
}

func remove(t *testing.T, r *release, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(r.dir, name)); err != nil {
		t.Fatal(err)
	}
}
