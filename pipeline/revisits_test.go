package pipeline

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRevisits runs revisits of every kind, with their targets in the same file,
// in another, after them, and missing. How files are cut and grouped does not
// matter.
func TestRevisits(t *testing.T) {
	record := func(kind, headers string) string {
		block := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + htmlPage("题", prose(uint64(len(headers)), 2), "")
		if kind == "revisit" {
			block = "HTTP/1.1 304 Not Modified\r\n\r\n"
		}
		return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\n%sContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, strings.ReplaceAll(headers, "\n", "\r\n"), len(block), block)
	}
	const (
		a = "WARC-Record-ID: <urn:uuid:1>\nWARC-Target-URI: http://a.example/\nWARC-Date: 2024-01-01T00:00:00Z\nWARC-Payload-Digest: sha1:AAAA\n"
		b = "WARC-Target-URI: <http://b.example/>\nWARC-Date: 2024-01-02T00:00:00Z\n"
	)
	first := record("revisit", "WARC-Target-URI: http://b.example/\nWARC-Date: 2024-09-09T00:00:00Z\nWARC-Refers-To-Date: 2024-01-02T00:00:00Z\n") + // after it, its own URL
		record("response", a) +
		record("revisit", "WARC-Target-URI: http://a.example/\nWARC-Refers-To: <urn:uuid:1>\n") +
		record("revisit", "WARC-Target-URI: http://other.example/\nWARC-Payload-Digest: sha1:AAAA\n") +
		record("revisit", "WARC-Target-URI: http://a.example/\nWARC-Refers-To-Target-URI: http://a.example/\nWARC-Refers-To-Date: 2023-01-01T00:00:00Z\n") // another date
	second := record("response", b) +
		record("revisit", "WARC-Target-URI: http://m.a.example/\nWARC-Refers-To-Target-URI: http://a.example/\nWARC-Refers-To-Date: 2024-01-01T00:00:00Z\n") +
		record("revisit", "") +
		record("revisit", "WARC-Target-URI: http://a.example/\nWARC-Refers-To: <urn:uuid:2>\nWARC-Payload-Digest: sha1:BBBB\n")
	dir := t.TempDir()
	inputs := []string{
		writeInput(t, filepath.Join(dir, "1.warc"), []byte(first)),
		writeInput(t, filepath.Join(dir, "2.warc"), []byte(second)),
	}
	const yes, no = skipRevisitResolved, skipRevisitUnresolved
	want := []string{"1.warc " + yes, "1.warc " + yes, "1.warc " + yes, "1.warc " + no, "2.warc " + yes, "2.warc " + no, "2.warc " + no}
	for _, tasks := range []string{"", "tasks: {split_bytes: 100, group_bytes: 1}\n"} {
		r := runConfig(t, testYAML(inputs...)+tasks, filepath.Join(t.TempDir(), "run"), RunOptions{})
		var got []string
		for _, f := range checkAccount(t, r) {
			if strings.HasPrefix(f.Detail, "revisit") {
				got = append(got, f.File+" "+f.Detail)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tasks, diff)
		}
	}
	// Without the first file the second has no target.
	r := runConfig(t, testYAML(inputs[1]), filepath.Join(t.TempDir(), "run"), RunOptions{})
	if n := readLedger(t, r.Dir).Totals.Skipped; n[yes] != 0 || n[no] != 3 {
		t.Errorf("the second file alone: %v", n)
	}
}

// TestRevisits_crawl finds the targets of all revisits planted in the small
// crawl.
func TestRevisits_crawl(t *testing.T) {
	r := runConfig(t, testYAML(crawlDev(t, "crawl-small.warc.gz")), filepath.Join(t.TempDir(), "run"), RunOptions{})
	if n := readLedger(t, r.Dir).Totals.Skipped; n[skipRevisitResolved] != 5 || n[skipRevisitUnresolved] != 0 {
		t.Errorf("%d resolved, %d not, of 5", n[skipRevisitResolved], n[skipRevisitUnresolved])
	}
}
