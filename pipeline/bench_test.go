package pipeline

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/qingliu/qingliu/charset"
	"github.com/qingliu/qingliu/warc"
)

// dataDir returns the folder of the shared data, or skips.
func dataDir(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("QINGLIU_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	if _, err := os.Stat(dir); err != nil {
		tb.Skip("no shared data: set QINGLIU_DATA to its folder")
	}
	return dir
}

// cpuTime returns the CPU time of this process, user and system.
func cpuTime() time.Duration {
	var ru syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &ru) != nil {
		return 0
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// BenchmarkRun carries out whole runs over crawl-large-01..03, WARC to release,
// with one worker. P is the yardstick: html.Parse over the same HTML, measured
// in the same run; the metric is how much of P's speed the run reaches, by CPU
// time. The stages' shares are per iteration.
func BenchmarkRun(b *testing.B) {
	crawl := filepath.Join(dataDir(b), "crawl-dev", "crawl-large-0*.warc.gz")
	pages, size := htmlPages(b, crawl)
	b.SetBytes(size)
	var run, parse time.Duration
	stage := map[string]time.Duration{}
	for b.Loop() {
		start := cpuTime()
		for _, p := range pages {
			if _, err := html.Parse(bytes.NewReader(p)); err != nil {
				continue // deeper than the parser allows
			}
		}
		parse += cpuTime() - start

		c, err := LoadConfig("../configs/cci.yaml", []string{"input=" + crawl})
		if err != nil {
			b.Fatal(err)
		}
		start = cpuTime()
		r, err := Prepare(b.Context(), c, b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range stages {
			t := cpuTime()
			if err := r.runStage(context.Background(), s, RunOptions{Workers: 1}); err != nil {
				b.Fatal(err)
			}
			stage[s.name] += cpuTime() - t
		}
		run += cpuTime() - start
	}
	n := float64(b.N)
	b.ReportMetric(parse.Seconds()/run.Seconds(), "P")
	b.ReportMetric(run.Seconds()/n, "cpu-s/run")
	b.ReportMetric(parse.Seconds()/n, "cpu-s/parse")
	for _, s := range stages {
		b.ReportMetric(stage[s.name].Seconds()/n, "cpu-s/"+s.name)
	}
	var ru syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &ru) == nil {
		b.ReportMetric(float64(ru.Maxrss)/1024, "MiB-peak")
	}
}

// htmlPages returns the decoded HTML pages of WARC files, and their bytes.
func htmlPages(tb testing.TB, pattern string) (pages [][]byte, size int64) {
	tb.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		tb.Skipf("no %s", pattern)
	}
	var payload warc.PayloadDecoder
	var dec charset.Decoder
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		st, err := f.Stat()
		if err != nil {
			tb.Fatal(err)
		}
		r, err := warc.NewReader(f, st.Size(), warc.GzipMembers, warc.Options{})
		if err != nil {
			tb.Fatal(err)
		}
		for {
			rec, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				tb.Fatal(err)
			}
			if rec.Type != "response" {
				continue
			}
			resp, err := payload.Decode(rec.Block)
			if err != nil || warc.Kind(resp.Header.Get("Content-Type"), resp.Body) != "html" {
				continue
			}
			text, _ := dec.Decode(nil, resp.Body, charset.ContentTypeCharset(resp.Header.Get("Content-Type")))
			pages = append(pages, text)
			size += int64(len(text))
		}
		f.Close()
	}
	return pages, size
}
