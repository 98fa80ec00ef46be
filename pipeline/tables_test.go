package pipeline

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type metaRow struct {
	Meta struct {
		URL   *string `parquet:"url,optional"`
		Score float32 `parquet:"score"`
	} `parquet:"meta"`
	Text  string   `parquet:"text"`
	Tags  []string `parquet:"tags,list"`
	Count int32    `parquet:"count"`
}

func metaRows(n int) (rows []metaRow) {
	for i := range n {
		r := metaRow{Text: fmt.Sprintf("第%d页", i), Count: int32(i)}
		if i%5 != 4 {
			url := fmt.Sprintf("http://other.example/%d", i)
			r.Meta.URL = &url
		}
		r.Meta.Score = float32(i) / 2
		rows = append(rows, r)
	}
	return rows
}

// TestEachRow_sameFromBoth reads the same rows from JSON lines and from Parquet.
func TestEachRow_sameFromBoth(t *testing.T) {
	rows := metaRows(23)
	dir := t.TempDir()
	var lines bytes.Buffer
	for i, r := range rows {
		url := "null"
		if r.Meta.URL != nil {
			url = `"` + *r.Meta.URL + `"`
		}
		name := `"meta":{"url":` + url + `}`
		if i%2 == 0 {
			name = `"meta.url":` + url // a field whose name has a dot
		}
		fmt.Fprintf(&lines, "{%s,\"text\":%q,\"count\":%d}\n", name, r.Text, r.Count)
	}
	read := func(name string) (got []string) {
		err := eachRow(name, []string{"meta.url", "text", "count"}, func(r *tableRow) error {
			got = append(got, fmt.Sprintf("%d %s %v %s %v %v %v", r.row, r.values[0].text, r.values[0].isNumber, r.values[1].text, r.values[1].isNumber, r.values[2].number, r.values[2].isNumber))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	table := read(writeInput(t, filepath.Join(dir, "a.parquet"), parquetOf(t, rows, 7)))
	if len(table) != len(rows) || table[1] != "2 http://other.example/1 false 第1页 false 1 true" || table[4] != "5  false 第4页 false 4 true" {
		t.Errorf("rows of Parquet: %q", table)
	}
	if diff := cmp.Diff(table, read(writeInput(t, filepath.Join(dir, "a.jsonl"), lines.Bytes()))); diff != "" {
		t.Errorf("JSON lines (+) against Parquet (-):\n%s", diff)
	}
	if diff := cmp.Diff(table, read(writeInput(t, filepath.Join(dir, "a.jsonl.gz"), gzipped(t, lines.Bytes())))); diff != "" {
		t.Errorf("packed JSON lines (+) against Parquet (-):\n%s", diff)
	}
}

func TestEachRow_errors(t *testing.T) {
	good := parquetOf(t, metaRows(9), 4)
	damaged := bytes.Clone(good)
	copy(damaged[4:], "damage damage damage")
	for _, c := range []struct {
		name, field string
		data        []byte
		want        string
	}{
		{"a.parquet", "url", good, "has no column url; it has meta.url, meta.score, text, "},
		{"a.parquet", "tags.list.element", good, "is a list"},
		{"b.parquet", "text", good[:len(good)/2], "b.parquet: "},
		{"c.parquet", "meta.url", damaged, "c.parquet:"},
		{"d.parquet", "text", nil, "d.parquet: "},
		{"e.jsonl", "text", []byte("{\"text\":\"好\"}\n\n[}\n"), "e.jsonl:3: no JSON"},
		{"f.jsonl.gz", "text", []byte("{}"), "f.jsonl.gz: "},
		{"g.jsonl.zst", "text", []byte("{}"), "g.jsonl.zst:"},
	} {
		name := writeInput(t, filepath.Join(t.TempDir(), c.name), c.data)
		if err := eachRow(name, []string{c.field}, func(*tableRow) error { return nil }); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %s", c.name, c.field, err, c.want)
		}
	}
	if err := eachRow("absent.parquet", []string{"id"}, nil); !os.IsNotExist(err) {
		t.Errorf("absent file: %v", err)
	}
}

// TestCompare_parquet sets a run against a tool that writes Parquet, and against the
// same rows as JSON lines.
func TestCompare_parquet(t *testing.T) {
	in := t.TempDir()
	r := runConfig(t, testYAML(writeCrawl(t, in, 0)...), filepath.Join(t.TempDir(), "run"), RunOptions{})
	var b bytes.Buffer
	if _, err := r.Export(&b, ExportOptions{Fields: []string{"id", "url"}}); err != nil {
		t.Fatal(err)
	}
	all, err := r.Compare([]string{writeInput(t, filepath.Join(in, "urls.jsonl"), b.Bytes())}, CompareOptions{Key: "url", Text: "id"})
	if err != nil || all.Both == 0 || all.OnlyOurs != 0 || all.OnlyTheirs == 0 {
		t.Fatalf("all documents of the run: %+v, %v", all, err)
	}
	rows := metaRows(50)
	half := 0
	for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		if i%2 == 0 {
			continue
		}
		half++
		_, url, _ := strings.Cut(strings.TrimSuffix(line, `"}`), `"url":"`)
		row := metaRow{Text: strings.Repeat("同一页", 4000)}
		row.Meta.URL = &url
		rows = append(rows, row, row)
	}
	a := writeInput(t, filepath.Join(in, "theirs-a.parquet"), parquetOf(t, rows[:60], 9))
	writeInput(t, filepath.Join(in, "theirs-b.parquet"), parquetOf(t, rows[60:], 100))
	var lines bytes.Buffer
	for _, row := range rows {
		if row.Meta.URL == nil {
			lines.WriteString("{}\n")
			continue
		}
		fmt.Fprintf(&lines, "{\"meta\":{\"url\":%q},\"text\":%q}\n", *row.Meta.URL, row.Text)
	}
	o := CompareOptions{Key: "meta.url", Text: "text", N: 20, Seed: 3}
	got, err := r.Compare([]string{strings.Replace(a, "-a", "-?", 1)}, o)
	if err != nil {
		t.Fatal(err)
	}
	if got.Both == 0 || got.Both+got.OnlyOurs != all.Both || got.Both+got.OnlyTheirs+got.NoURL+got.Double != len(rows) || got.NoURL != 10 || got.Double < half || got.OnlyTheirs <= 40 {
		t.Errorf("%d both, %d only ours, %d only theirs, %d without URL, %d double; of %d rows of theirs, %d pages of ours", got.Both, got.OnlyOurs, got.OnlyTheirs, got.NoURL, got.Double, len(rows), all.Both)
	}
	if len(got.Pages) != 20+min(20, got.OnlyOurs) {
		t.Errorf("%d pages to read", len(got.Pages))
	}
	for _, p := range got.Pages {
		if p.Text == "" || len(p.Text) > maxCompareText+len(" …") || p.Ours == (p.Reason != "") {
			t.Errorf("page %s of ours %v with reason %q has a text of %d bytes", p.URL, p.Ours, p.Reason, len(p.Text))
		}
		if n, ok := strings.CutPrefix(p.URL, "http://other.example/"); ok && p.Text != "第"+n+"页" {
			t.Errorf("page %s has the text of another: %s", p.URL, p.Text)
		}
	}
	same, err := r.Compare([]string{writeInput(t, filepath.Join(in, "theirs.jsonl"), lines.Bytes())}, o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, same, cmp.AllowUnexported(ComparedPage{})); diff != "" {
		t.Errorf("JSON lines (+) against Parquet (-):\n%s", diff)
	}
}
