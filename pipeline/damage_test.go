package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
)

// TestLedger_zstdCopy runs the zstd copy of the small crawl: the fates of its
// records are those of the gzip copy.
func TestLedger_zstdCopy(t *testing.T) {
	fates := func(name string) []fateLine {
		r := runConfig(t, testYAML(crawlDev(t, name)), filepath.Join(t.TempDir(), "run"), RunOptions{})
		list := checkAccount(t, r)
		for i := range list {
			list[i].File, list[i].Offset, list[i].Length = "", 0, 0
		}
		return list
	}
	if diff := cmp.Diff(fates("crawl-small.warc.gz"), fates("crawl-small.warc.zst")); diff != "" {
		t.Error(diff)
	}
}

// TestOnDamage runs damaged inputs that must not be damaged: the run names file,
// offset and cause, and a later run that reports it finishes.
func TestOnDamage(t *testing.T) {
	dir := t.TempDir()
	whole := writeCrawl(t, dir, 0)[0]
	archive, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	gap := writeInput(t, filepath.Join(dir, "gap.warc.gz"), append(append([]byte(nil), archive...), "no record"...))
	cut := writeInput(t, filepath.Join(dir, "cut.warc.gz"), archive[:len(archive)-40])
	lines := writeInput(t, filepath.Join(dir, "bad.jsonl"), []byte("{\"text\": \"一\"}\n\n{no json\n"))
	for _, tc := range []struct{ path, want string }{
		{whole, ""},
		{gap, fmt.Sprintf("bytes at offset %d, 9 bytes: bytes that are no gzip member", len(archive))},
		{cut, "gzip member is cut off"},
		{lines, "record at offset 17, 9 bytes: line is no JSON"},
	} {
		t.Run(filepath.Base(tc.path), func(t *testing.T) {
			config := strings.Replace(testYAML(tc.path), "}\n", ", on_damage: fail}\n", 1)
			run := filepath.Join(t.TempDir(), "run")
			r, err := Prepare(context.Background(), parseConfig(t, config), run)
			if err != nil {
				t.Fatal(err)
			}
			err = r.Run(context.Background(), RunOptions{Workers: 1})
			if (err == nil) != (tc.want == "") {
				t.Fatal(err)
			}
			if err != nil && (!strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), tc.path)) {
				t.Errorf("%v, want %q", err, tc.want)
			}
			checkAccount(t, runConfig(t, testYAML(tc.path), run, RunOptions{}))
			if tc.want == "" {
				return
			}
			// What was done under report does not stand for fail.
			if r, err = Prepare(context.Background(), parseConfig(t, config), run); err != nil {
				t.Fatal(err)
			}
			if err := r.Run(context.Background(), RunOptions{Workers: 1}); err == nil {
				t.Error("damage that was reported before was let pass")
			}
		})
	}
}

// TestLedger_limits runs responses over every limit: each is counted under its
// name, and no record is lost.
func TestLedger_limits(t *testing.T) {
	page := []byte(htmlPage("题", prose(1, 3), ""))
	pack := func(b []byte) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		w.Write(b)
		w.Close()
		return out.Bytes()
	}
	bomb := pack(append(page, make([]byte, 20<<20)...))
	var file []byte
	add := func(warcHeader, headers string, body []byte) {
		block := append([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"+headers+"\r\n"), body...)
		file = fmt.Appendf(file, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/%d\r\n%sContent-Length: %d\r\n\r\n%s\r\n\r\n", len(file), warcHeader, len(block), block)
	}
	add("", "", page)
	add("", "Content-Encoding: gzip\r\n", bomb)
	add("", "Content-Encoding: gzip, gzip, gzip\r\n", bomb)
	add("", strings.Repeat("A: b\r\n", 600), page)
	add("", "A: "+strings.Repeat("b", 100_000)+"\r\n", page)
	add("WARC-Truncated: length\r\n", "Content-Length: 99999\r\n", page)
	add(strings.Repeat("X: y\r\n", 600), "", page)
	add("", "", append(page, make([]byte, 200<<10)...))
	add("", "", []byte(strings.Repeat("<div>", 100)+string(page)))
	add("", "", append([]byte(strings.Repeat("<i></i>", 2000)), page...))
	file = append(file, "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 1073741824\r\n\r\n10 bytes.."...)
	in := writeInput(t, filepath.Join(t.TempDir(), "hostile.warc"), file)
	limits := "extract: {max_page_bytes: 64KiB, max_record_bytes: 150KiB, limits: {codings: 2, header_lines: 500, http_header: 50KiB, page_depth: 64, page_nodes: 3000}}\n"
	r := runConfig(t, testYAML(in)+limits, filepath.Join(t.TempDir(), "run"), RunOptions{})
	checkAccount(t, r)
	totals := readLedger(t, r.Dir).Totals
	if diff := cmp.Diff(map[string]int64{
		"body_limit": 1, "too_many_codings": 1, "header_flood": 2, "header_limit": 1, "warc_truncated": 1, "short_body": 1, "record_limit": 1, "record_cut": 1,
		"too_deep": 1, "too_many_nodes": 1,
	}, totals.Problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if totals.Records != 11 || totals.Unreadable != 2 || totals.Skipped["zip"] != 1 {
		t.Errorf("%+v", totals)
	}
	// Other limits are other work: the config part belongs to extract.
	more := runConfig(t, testYAML(in)+strings.Replace(limits, "codings: 2", "codings: 3", 1), r.Dir, RunOptions{})
	if n := readLedger(t, more.Dir).Totals.Problems["too_many_codings"]; n != 0 {
		t.Errorf("%d bodies with too many codings under a larger limit", n)
	}
}

// TestWET runs a file of extracted texts as Common Crawl publishes them.
func TestWET(t *testing.T) {
	texts := []string{strings.Join(prose(7, 6), "\r\n"), "", strings.Join(prose(8, 6), "\n")}
	file := "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
	for i, text := range texts {
		file += fmt.Sprintf("WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://wet.example/%d\r\nWARC-Date: 2026-01-0%dT00:00:00Z\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Identified-Content-Language: zho,eng\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", i, i+1, i, len(text), text)
	}
	in := writeInput(t, filepath.Join(t.TempDir(), "a.warc.wet"), []byte(file))
	r := runConfig(t, testYAML(in)+"filters: {}\n", filepath.Join(t.TempDir(), "run"), RunOptions{})
	checkAccount(t, r)
	a := readLedger(t, r.Dir).Totals
	if a.ByType["conversion"] != 3 || a.Skipped["warc_warcinfo"] != 1 || a.Skipped["empty_body"]+a.Skipped["few_han"] != 1 || a.Kept != 2 {
		t.Errorf("%+v", a)
	}
	e, err := ExplainFile(r.Config, fmt.Sprintf("%s:%d", in, strings.Index(file, "WARC/1.0\r\nWARC-Type: conversion")))
	if err != nil || e.URL != "http://wet.example/0" || e.CrawlerLanguages != "zho,eng" {
		t.Errorf("explain says %+v, %v", e, err)
	}
	list := releaseRows(t, r.Dir)
	for i, want := range []string{"0", "2"} {
		if i >= len(list) || !strings.Contains(list[i], `"url":"http://wet.example/`+want) || !strings.Contains(list[i], `"date_crawled":"2026-01-0`) || strings.Contains(list[i], `\r`) {
			t.Errorf("row %d: %.300s", i, list)
		}
	}
}

// releaseRows returns the lines of the first output of a release.
func releaseRows(t *testing.T, dir string) (rows []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, ReleaseDir, "all", "data", "*.zst"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		rows = append(rows, strings.Split(strings.TrimSpace(string(unzstd(t, p))), "\n")...)
	}
	return rows
}
