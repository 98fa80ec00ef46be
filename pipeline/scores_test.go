package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

type exportedText struct{ ID, Text string }

// exportTexts exports id and text of all documents of a run.
func exportTexts(t *testing.T, r *RunFolder) (docs []exportedText) {
	t.Helper()
	var b bytes.Buffer
	if _, err := r.Export(&b, ExportOptions{Fields: []string{"id", "text"}}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		var d exportedText
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	return docs
}

// scoreText is the program that scores: the share of a text that is commas.
func scoreText(text string) float64 {
	return float64(strings.Count(text, "，")) / float64(len([]rune(text)))
}

func scoreLines(docs []exportedText) string {
	var b strings.Builder
	for _, d := range docs {
		fmt.Fprintf(&b, "{\"id\":%q,\"commas\":%v}\n", d.ID, scoreText(d.Text))
	}
	return b.String()
}

// TestScores_roundTrip exports the texts of a run, scores them, joins the scores and
// uses them.
func TestScores_roundTrip(t *testing.T) {
	in := t.TempDir()
	yaml := testYAML(writeCrawl(t, in, 0, 1, 2)...) + "tasks: {split_bytes: 8KiB, group_bytes: 8KiB}\n"
	dir := filepath.Join(t.TempDir(), "run")
	docs := exportTexts(t, runConfig(t, yaml, dir, RunOptions{}))
	half := len(docs) / 2
	writeInput(t, filepath.Join(in, "a.jsonl"), []byte(scoreLines(docs[half:])))
	writeInput(t, filepath.Join(in, "b.jsonl.gz"), gzipped(t, []byte(scoreLines(docs[:half]))))
	type row struct {
		Key   string  `parquet:"key"`
		Score float32 `parquet:"score"`
	}
	var rows []row
	for _, d := range docs {
		rows = append(rows, row{d.ID, float32(len(d.Text))})
	}
	if err := parquet.WriteFile(filepath.Join(in, "length.parquet"), rows); err != nil {
		t.Fatal(err)
	}
	scored := strings.Replace(yaml, "where: n_code_points >= 450", "where: commas >= percentile(50) && bytes > 900", 1) +
		fmt.Sprintf("scores:\n  commas: {files: %q}\n  bytes: {files: %q, id: key, field: score}\n", filepath.Join(in, "[ab].jsonl*"), filepath.Join(in, "*.parquet"))

	var r *RunFolder
	again := startedBy(t, dir, func() { r = runConfig(t, scored, dir, RunOptions{}) })
	if diff := cmp.Diff(strings.Fields("scores decide layout write finish"), stagesIn(again)); diff != "" {
		t.Errorf("stages that ran again (-want +got):\n%s", diff)
	}
	verifyRelease(t, dir)
	want := map[string]float64{}
	for _, d := range docs {
		want[d.ID] = scoreText(d.Text)
	}
	read := func(output string) (scores []float64) {
		shards, err := filepath.Glob(filepath.Join(dir, ReleaseDir, output, "data", "*.jsonl.zst"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range shards {
			for line := range strings.Lines(string(unzstd(t, name))) {
				var d struct {
					ID     string
					Scores map[string]*float64
					Meta   struct{ Scores map[string]*float64 } `json:"meta_info"`
				}
				if err := json.Unmarshal([]byte(line), &d); err != nil {
					t.Fatal(err)
				}
				if d.Scores == nil {
					d.Scores = d.Meta.Scores
				}
				got := d.Scores["commas"]
				if got == nil || math.Abs(*got-want[d.ID]) > 1e-6 || d.Scores["bytes"] == nil {
					t.Fatalf("%s: scores %v, want %v", d.ID, d.Scores, want[d.ID])
				}
				scores = append(scores, *got)
			}
		}
		return scores
	}
	all, long := read("all"), read("long")
	if len(long) == 0 || len(long) >= len(all) {
		t.Errorf("%d documents, %d of them in the output with the better half", len(all), len(long))
	}

	// The same from nothing, and with other workers.
	other := filepath.Join(t.TempDir(), "fresh")
	runConfig(t, scored, other, RunOptions{Workers: 1, Shuffle: 7})
	sameRelease(t, "fresh", releaseOf(t, dir), releaseOf(t, other))

	// A limit on a score.
	slices.Sort(all)
	bound := all[len(all)/2]
	limit := strconv.FormatFloat(bound, 'f', 6, 64)
	runConfig(t, scored+"filters: {commas: {min: "+limit+"}}\n", dir, RunOptions{})
	fewer := read("all")
	for _, s := range fewer {
		if s < bound {
			t.Errorf("score %v was kept", s)
		}
	}
	if len(fewer) == 0 || len(fewer) >= len(all) {
		t.Errorf("%d of %d documents are kept", len(fewer), len(all))
	}
	// explain shows it, whatif decides by it.
	e, err := r.Explain(docs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	last := e.Signals[len(e.Signals)-1]
	if last.Name != "commas" || last.Value == nil || math.Abs(*last.Value-want[docs[0].ID]) > 1e-6 {
		t.Errorf("explain shows %+v", last)
	}
	w, err := r.WhatIf([]string{"filters.commas.min=" + limit}, nil)
	if err != nil || w.After == w.Before {
		t.Errorf("whatif: %+v, %v", w, err)
	}

	// Another name of the same files changes nothing.
	writeInput(t, filepath.Join(in, "c.jsonl"), []byte(scoreLines(docs)))
	if again := startedBy(t, dir, func() { runConfig(t, strings.Replace(scored, "[ab].jsonl*", "c.jsonl", 1), dir, RunOptions{}) }); stagesIn(again)[0] != "scores" {
		t.Errorf("other files: %v ran", stagesIn(again))
	}
	sameRelease(t, "other files", dataOf(releaseOf(t, other)), dataOf(releaseOf(t, dir)))
}

// dataOf keeps the shards of a release.
func dataOf(sums map[string]string) map[string]string {
	data := map[string]string{}
	for name, sum := range sums {
		if strings.HasSuffix(name, ".jsonl.zst") {
			data[name] = sum
		}
	}
	return data
}

// TestScores_strict checks that what does not match is an error that names it.
func TestScores_strict(t *testing.T) {
	in := t.TempDir()
	yaml := testYAML(writeCrawl(t, in, 0)...)
	dir := filepath.Join(t.TempDir(), "run")
	docs := exportTexts(t, runConfig(t, yaml, dir, RunOptions{}))
	good := scoreLines(docs)
	name := filepath.Join(in, "s.jsonl")
	first := strings.SplitAfter(good, "\n")[0]
	for _, c := range []struct{ what, text, want string }{
		{"missing", strings.Replace(good, first, "", 1), fmt.Sprintf("1 of %d documents have no score (missing: allow takes them): %s", len(docs), docs[0].ID)},
		{"extra", good + `{"id":"00000000000000000000000000000000","commas":1}` + "\n", fmt.Sprintf("1 rows name no document of this run that passed the gates: %s:%d 00000000000000000000000000000000", name, len(docs)+1)},
		{"double", good + first, fmt.Sprintf("1 rows name a document again: %s:%d %s", name, len(docs)+1, docs[0].ID)},
		{"id", good + `{"id":"x","commas":1}` + "\n", "1 rows have no id of 32 hex digits in the field id"},
		{"infinite", strings.Replace(good, first, `{"id":"`+docs[0].ID+`","commas":1e999}`+"\n", 1), "s.jsonl:1"},
		{"text", `{"id":"` + docs[0].ID + `","commas":"0.5"}`, "s.jsonl:1: field commas is no number"},
		{"null", `{"id":"` + docs[0].ID + `","commas":null}`, "s.jsonl:1: no number in the field commas"},
		{"json", "{\n", "s.jsonl:1: no JSON"},
		{"all at once", first + first + `{"id":"00000000000000000000000000000000","commas":1}`, "rows name a document again"},
	} {
		t.Run(c.what, func(t *testing.T) {
			writeInput(t, name, []byte(c.text))
			r, err := Prepare(t.Context(), parseConfig(t, yaml+fmt.Sprintf("scores: {commas: {files: %q}}\n", name)), dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Run(t.Context(), RunOptions{Workers: 1}); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "scores.commas") {
				t.Errorf("Run: %v\nwant %s", err, c.want)
			}
		})
	}
	r, err := OpenRun(dir) // documents can be exported to be scored
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"commas"}, r.Unjoined()); diff != "" {
		t.Error(diff)
	}
	if again := exportTexts(t, r); len(again) != len(docs) {
		t.Errorf("%d of %d documents exported", len(again), len(docs))
	}
	writeInput(t, name, []byte(strings.Replace(good, first, "", 1)))
	runConfig(t, yaml+fmt.Sprintf("scores: {commas: {files: %q, missing: allow}}\nfilters: {commas: {min: -1}}\n", name), dir, RunOptions{})
	verifyRelease(t, dir)
	for _, bad := range []struct{ yaml, want string }{
		{"scores: {commas: {files: none-*.jsonl}}", "scores.commas.files: no file is none-*.jsonl"},
		{"scores: {commas: {}}", "scores.commas.files: is empty"},
		{"scores: {Commas: {files: " + name + "}}", "small letters"},
		{"scores: {page_type: {files: " + name + "}}", "not the name of a field"},
		{"scores: {han_fraction: {files: " + name + "}}", "has this name already"},
		{"scores: {x: {files: " + name + ", missing: maybe}}", "missing"},
	} {
		if _, err := ParseConfig("test.yaml", []byte(yaml+bad.yaml+"\n")); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v, want %s", bad.yaml, err, bad.want)
		}
	}
}

// TestJoinScore_parts joins in parts what is joined at once.
func TestJoinScore_parts(t *testing.T) {
	name := filepath.Join(t.TempDir(), "s.jsonl")
	var text strings.Builder
	var docs []scoredDocument
	for i := range 300 {
		id := fmt.Sprintf("%032x", uint64(i)*0x9E3779B97F4A7C15)
		id = id[16:] + id[:16]
		fmt.Fprintf(&text, "{\"id\":%q,\"s\":%d}\n", id, i)
		docs = append(docs, scoredDocument{idKey(id), uint32(i % 7), uint32(i)})
	}
	if err := os.WriteFile(name, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	s := &ScoreConfig{Files: name}
	for _, parts := range []uint64{1, 4} {
		seen := 0
		for p := range parts {
			var mine []scoredDocument
			for _, d := range docs {
				if idPart(d.id, parts) == p {
					mine = append(mine, d)
				}
			}
			sortScored(mine)
			values, err := joinScore("s", s, mine, p, parts)
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range values {
				if v != float64(mine[k].row) {
					t.Errorf("part %d of %d: document %d has score %v", p, parts, mine[k].row, v)
				}
				seen++
			}
		}
		if seen != len(docs) {
			t.Errorf("%d parts: %d documents", parts, seen)
		}
	}
}
