package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// faultyServer serves the files below a folder by HTTP. Every fifth answer with
// content is spoilt, in turn: dropped half-way, silent, 503, cut short.
type faultyServer struct {
	files  http.Handler
	good   bool // no faults
	n      atomic.Int64
	faults atomic.Int64
	bytes  atomic.Int64

	mu     sync.Mutex
	ranges []string
}

func newFaultyServer(t testing.TB, dir string) (*faultyServer, string) {
	t.Helper()
	s := &faultyServer{files: http.FileServer(http.Dir(dir))}
	srv := httptest.NewUnstartedServer(s)
	srv.Start()
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return s, srv.URL
}

// spoiltWriter passes on what a file server writes until the fault strikes.
type spoiltWriter struct {
	http.ResponseWriter
	s    *faultyServer
	r    *http.Request
	left int
	kind int64
}

func (w *spoiltWriter) Write(p []byte) (int, error) {
	if w.kind < 0 || len(p) < w.left {
		w.left -= len(p)
		n, err := w.ResponseWriter.Write(p)
		w.s.bytes.Add(int64(n))
		return n, err
	}
	n, _ := w.ResponseWriter.Write(p[:w.left])
	w.s.bytes.Add(int64(n))
	w.ResponseWriter.(http.Flusher).Flush()
	if w.kind == 1 {
		<-w.r.Context().Done()
	}
	panic(http.ErrAbortHandler)
}

func (s *faultyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Range") == "bytes=0-0" {
		s.files.ServeHTTP(w, r)
		return
	}
	s.mu.Lock()
	s.ranges = append(s.ranges, r.URL.Path+" "+r.Header.Get("Range"))
	s.mu.Unlock()
	kind := int64(-1)
	if n := s.n.Add(1); n%5 == 2 && !s.good {
		kind = s.faults.Add(1) % 4
	}
	if kind == 2 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	s.files.ServeHTTP(&spoiltWriter{w, s, r, 700, kind}, r)
}

// TestRemote_sameRelease reads the same files from disk, and from a server that
// drops, stalls and refuses, by a list and by name, whole and in ranges.
func TestRemote_sameRelease(t *testing.T) {
	in := t.TempDir()
	writeCrawl(t, in, 0, 1, 2)
	for i, name := range []string{"part-0.warc.gz", "part-1.warc", "part-2.warc.gz"} {
		if _, err := os.Stat(filepath.Join(in, name)); err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
	}
	base := t.TempDir()
	local := strings.Replace(testYAML("X"), `{path: "X"}`, fmt.Sprintf(`{path: %q}`, in+"/*"), 1)
	runConfig(t, local, filepath.Join(base, "disk"), RunOptions{})
	want := releaseOf(t, filepath.Join(base, "disk"))

	list := writeInput(t, filepath.Join(t.TempDir(), "warc.paths.gz"), gzipped(t, []byte("part-1.warc\n\npart-0.warc.gz\npart-2.warc.gz\n")))
	s, url := newFaultyServer(t, in)
	for name, input := range map[string]string{
		"list": fmt.Sprintf(`{path: %q, list: true, prefix: %q}`, list, url),
		"disk": fmt.Sprintf(`{path: %q, list: true, prefix: %q}`, list, in),
	} {
		for _, cut := range []string{"", "tasks: {split_bytes: 8KiB, group_bytes: 8KiB}\n"} {
			dir := filepath.Join(base, fmt.Sprint(name, len(cut)))
			yaml := strings.Replace(testYAML("X"), `{path: "X"}`, input, 1) + "network: {stall: 1s}\n" + cut
			runConfig(t, yaml, dir, RunOptions{})
			sameRelease(t, name+" "+cut, want, releaseOf(t, dir))
			verifyRelease(t, dir)
		}
	}
	if s.faults.Load() < 4 {
		t.Errorf("only %d faults", s.faults.Load())
	}
}

// TestRemote_rangeOnly lets the task of one range of a large object read: the
// server sends that range and little more.
func TestRemote_rangeOnly(t *testing.T) {
	in := t.TempDir()
	var records [][]byte
	for i := range 40 {
		records = append(records, warcRecords(i, crawlPart(i % 3)[:4])...)
	}
	data := bytes.Join(records, nil)
	for len(data) < 8<<20 {
		data = append(data, data...)
	}
	writeInput(t, filepath.Join(in, "big.warc"), data)
	s, url := newFaultyServer(t, in)
	s.good = true
	c := parseConfig(t, testYAML(url+"/big.warc"))
	p, err := MakePlan(context.Background(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := &p.Files[0]
	if f.Name != "big.warc" || f.Size != int64(len(data)) {
		t.Errorf("planned as %+v", f)
	}
	src, err := openSource(context.Background(), c, f, Range{From: 5 << 20, To: 5<<20 + 64<<10}, nil)
	if err != nil {
		t.Fatal(err)
	}
	rec := &rawRecord{}
	n := 0
	for ; src.next(rec) == nil; n++ {
	}
	account, err := src.close()
	if err != nil || n == 0 || account.From < 5<<20 || account.Sums != nil {
		t.Errorf("%d records, account %+v, %v", n, account, err)
	}
	if sent := s.bytes.Load(); sent > 2<<20 {
		t.Errorf("the server sent %d bytes for a range of 64 KiB", sent)
	}
}

// TestRemote_changed replaces an object after the plan was made.
func TestRemote_changed(t *testing.T) {
	in := t.TempDir()
	writeCrawl(t, in, 0)
	s, url := newFaultyServer(t, in)
	s.good = true
	r, err := Prepare(t.Context(), parseConfig(t, testYAML(url+"/part-0.warc.gz")), filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(in, "part-0.warc.gz"), later, later); err != nil {
		t.Fatal(err)
	}
	err = r.Run(t.Context(), RunOptions{Workers: 1})
	if err == nil || !strings.Contains(err.Error(), "make a new plan") || !strings.Contains(err.Error(), url) {
		t.Errorf("Run: %v", err)
	}
}

// TestRemote_unreachable lists inputs at a server that is not there: that is no fault
// of the config, and every attempt is told of.
func TestRemote_unreachable(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	gone := srv.URL
	srv.Close()
	c := parseConfig(t, testYAML(gone+"/a.warc.gz")+"network: {attempts: 2}\n")
	var log []string
	c.LogNetwork(func(text string) { log = append(log, text) })
	_, err := Prepare(t.Context(), c, filepath.Join(t.TempDir(), "run"))
	var bad *ConfigError
	if err == nil || errors.As(err, &bad) || strings.Count(err.Error(), gone) != 1 || !strings.Contains(err.Error(), "given up after 2 attempts: ") {
		t.Errorf("%v", err)
	}
	if len(log) != 1 || !strings.Contains(log[0], "attempt 1 of 2 failed") {
		t.Errorf("log %q", log)
	}
}

// TestList_bad wants the list and the line named.
func TestList_bad(t *testing.T) {
	in := t.TempDir()
	writeCrawl(t, in, 0)
	for _, c := range []struct{ list, prefix, want string }{
		{"part-0.warc.gz\n../secret\n", in, `line 2: "../secret" leads out of the prefix`},
		{"a/../../b\n", "https://host.example/", `line 1: "a/../../b" leads out of the prefix`},
		{"/etc/passwd\n", in, "line 1: \"/etc/passwd\" leads out of the prefix"},
		{"https://host.example/a\n", in, "leads out of the prefix"},
		{"https://u:hunter2@host.example/a\n", "", "user or password"},
		{"\n  \n", in, "names no file"},
		{"part-0.warc.gz\nnone.warc\n", in, "line 2: "},
		{strings.Repeat("x", 9000), in, "no list of names"},
		{"a\x00b\n", in, "line 1: no name of a file"},
		{"\x1f\x8b\x08broken", in, "damaged list"},
	} {
		list := writeInput(t, filepath.Join(t.TempDir(), "list"), []byte(c.list))
		cfg := parseConfig(t, strings.Replace(testYAML("X"), `{path: "X"}`, fmt.Sprintf(`{path: %q, list: true, prefix: %q}`, list, c.prefix), 1))
		_, err := MakePlan(t.Context(), cfg, nil)
		var bad *ConfigError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), list) {
			t.Errorf("%q: %v, want a ConfigError with %q", c.list, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error quotes a password: %v", err)
		}
	}
}

// FuzzList reads lists of names: no name leads out of its prefix.
func FuzzList(f *testing.F) {
	f.Add([]byte("crawl-data/CC-MAIN-2024-10/segments/1/warc/a.warc.gz\n"))
	f.Add([]byte("../a\n/b\nc:\\d\n\xff\n"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		names, err := readList(sectionOf(data), &LimitsConfig{ArchiveRatio: 2000, ArchiveWindow: 8 << 20, RatioFree: 16 << 20})
		if err != nil {
			return
		}
		for _, n := range names {
			path, _, err := joinPrefix("/data/crawl", n.name)
			if err == nil && !strings.HasPrefix(path, "/data/crawl") {
				t.Fatalf("%q leads to %q", n.name, path)
			}
			if url, _, err := joinPrefix("https://host.example/x/", n.name); err == nil && (!strings.HasPrefix(url, "https://host.example/x/") || strings.Contains(url, "/../")) {
				t.Fatalf("%q leads to %q", n.name, url)
			}
			_, _, _ = joinPrefix("", n.name)
		}
	})
}

func gzipped(t testing.TB, data []byte) []byte { return packRecords(t, [][]byte{data}) }

func sectionOf(data []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data)))
}
