package warc

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"testing"
)

// crawls are the files with a manifest; all but the first are large.
var crawls = []string{"crawl-small.warc.gz", "crawl-medium.warc.gz", "crawl-large-01.warc.gz", "crawl-large-02.warc.gz", "crawl-large-03.warc.gz"}

// TestCrawlBodies compares every response of the development crawl with the
// manifest: place, URL, date, status, body.
func TestCrawlBodies(t *testing.T) {
	for _, file := range crawls {
		if testing.Short() && file != crawls[0] {
			break
		}
		t.Run(file, func(t *testing.T) { checkBodies(t, file) })
	}
}

func checkBodies(t *testing.T, file string) {
	b, rows := crawlFile(t, file), manifest(t, file)
	r, err := NewReader(bytes.NewReader(b), int64(len(b)), GzipMembers, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var d PayloadDecoder
	seen := 0
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil || rec.Err != nil || rec.Warning != "" {
			t.Fatal(err, rec.Err, rec.Warning)
		}
		want, ok := rows[rec.Index]
		if ok != (rec.Type == "response") {
			t.Fatalf("record %d is a %s, in the manifest: %v", rec.Index, rec.Type, ok)
		}
		if !ok {
			continue
		}
		seen++
		resp, err := d.Decode(rec.Block, 0)
		if err != nil {
			t.Fatalf("record %d: %v", rec.Index, err)
		}
		got := row{rec: rec.Index, offset: rec.Offset, length: rec.Length, url: rec.TargetURI, status: fmt.Sprint(resp.Status), httpType: resp.Header.Get("Content-Type"), bodyBytes: len(resp.Body)}
		exp := row{rec: want.rec, offset: want.offset, length: want.length, url: want.url, status: want.status, httpType: want.httpType, bodyBytes: want.bodyBytes}
		sum := sha1.Sum(resp.Body)
		got.sha1, exp.sha1 = hex.EncodeToString(sum[:]), want.sha1
		if rec.Truncated != "" { // the manifest describes the whole body
			if !resp.BodyTruncated || !slices.Equal(resp.Problems, []string{ProblemShortBody}) {
				t.Errorf("record %d: truncated %v, problems %v", rec.Index, resp.BodyTruncated, resp.Problems)
			}
			got.bodyBytes, got.sha1 = exp.bodyBytes, exp.sha1
		} else if len(resp.Problems) > 0 || resp.BodyTruncated {
			t.Errorf("record %d: problems %v", rec.Index, resp.Problems)
		}
		if got != exp {
			t.Errorf("record %d:\ngot  %+v\nwant %+v", rec.Index, got, exp)
		}
	}
	if seen != len(rows) || seen == 0 {
		t.Errorf("%d responses, the manifest has %d", seen, len(rows))
	}
}
