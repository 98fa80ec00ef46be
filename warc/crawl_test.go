package warc

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
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

// countFeatures counts what was planted in the headers of a response.
func countFeatures(met map[string]int, rec *Record, resp *Response) {
	for _, f := range resp.Header.Fields() {
		if f.Name == "content-type" || f.Name == "server" {
			met["lowercase-headers"]++
			break
		}
	}
	for name, is := range map[string]bool{
		"te-chunked":       resp.Header.Get("transfer-encoding") == "chunked",
		"ce-gzip":          resp.Header.Get("content-encoding") == "gzip",
		"ce-deflate":       resp.Header.Get("content-encoding") == "deflate",
		"no-content-type":  resp.Header.Get("content-type") == "",
		"truncated-length": rec.Truncated == "length",
	} {
		if is {
			met[name]++
		}
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
	planted, met := map[string]int{}, map[string]int{}
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
		resp, err := d.Decode(rec.Block)
		if err != nil {
			t.Fatalf("record %d: %v", rec.Index, err)
		}
		for _, f := range strings.FieldsFunc(want.features, func(c rune) bool { return c == ' ' || c == ',' || c == ';' }) {
			planted[f]++
		}
		countFeatures(met, rec, resp)
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
	for _, f := range []string{"te-chunked", "ce-gzip", "ce-deflate", "lowercase-headers", "no-content-type", "truncated-length"} {
		if planted[f] != met[f] {
			t.Errorf("%s: %d planted, %d met", f, planted[f], met[f])
		}
	}
	if seen != len(rows) || seen == 0 {
		t.Errorf("%d responses, the manifest has %d", seen, len(rows))
	}
}
