package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// badServer serves one object and misbehaves as its script says: each request for
// content takes the next step, "" and everything after the last step is good.
type badServer struct {
	mu     sync.Mutex
	data   []byte
	etag   string
	script []string
	sent   atomic.Int64 // body bytes
	asked  atomic.Int64 // requests for content
	log    []string     // ranges asked for
}

func (s *badServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	step := ""
	rng := r.Header.Get("Range")
	if rng != "bytes=0-0" {
		s.asked.Add(1)
		s.log = append(s.log, rng)
		if len(s.script) > 0 {
			step, s.script = s.script[0], s.script[1:]
		}
	}
	data, etag := s.data, s.etag
	s.mu.Unlock()
	var from, to int
	if _, err := fmt.Sscanf(rng, "bytes=%d-%d", &from, &to); err != nil {
		http.Error(w, "no range", http.StatusBadRequest)
		return
	}
	to = min(to+1, len(data))
	send := func(b []byte) {
		n, _ := w.Write(b)
		s.sent.Add(int64(n))
	}
	if etag != "" {
		w.Header().Set("ETag", etag)
	}
	partial := func() {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(data)))
		w.Header().Set("Content-Length", fmt.Sprint(to-from))
		w.WriteHeader(http.StatusPartialContent)
	}
	switch verb, arg, _ := strings.Cut(step, " "); verb {
	case "status":
		var code int
		fmt.Sscan(arg, &code)
		if code == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "0")
		}
		http.Error(w, "bad day", code)
	case "drop": // the connection dies in the middle
		partial()
		send(data[from : from+(to-from)/2])
		panic(http.ErrAbortHandler)
	case "stall":
		partial()
		send(data[from : from+(to-from)/3])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	case "short": // a correct answer of fewer bytes than asked for
		to = from + (to-from+1)/2
		partial()
		send(data[from:to])
	case "shifted": // other bytes than asked for
		from = min(from+1, to-1)
		partial()
		send(data[from:to])
	case "norange":
		w.Header().Set("Content-Range", "banana")
		w.WriteHeader(http.StatusPartialContent)
		send(data[from:to])
	case "whole":
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		send(data)
	case "wholedrop":
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		send(data[:len(data)*2/3])
		panic(http.ErrAbortHandler)
	case "changed":
		w.Header().Set("ETag", `"other"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		send(bytes.ToUpper(data))
	default:
		partial()
		send(data[from:to])
	}
}

// quick is a network that does not wait long.
func quick() *Network {
	return &Network{Attempts: 4, Stall: 200 * time.Millisecond, Backoff: time.Millisecond}
}

func startBad(t *testing.T, s *badServer) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(s)
	srv.Config.ErrorLog = nil
	srv.Start()
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return srv.URL + "/dump/part-0.warc.gz"
}

// noise returns n bytes that are the same in every run.
func noise(n int) []byte {
	r := rand.NewChaCha8([32]byte{7})
	b := make([]byte, n)
	r.Read(b)
	return b
}

func TestNetwork_faults(t *testing.T) {
	data := noise(3 << 20)
	for _, script := range [][]string{
		nil,
		{"drop", "drop", "drop", "drop", "drop"},
		{"status 500", "status 503", "status 429"},
		{"stall", "stall"},
		{"short", "short", "short"},
		{"shifted", "norange", "shifted"},
		{"whole"},
		{"drop", "whole"},
		{"drop", "wholedrop", "status 502"},
		{"status 500", "drop", "stall", "short", "shifted", "whole"},
	} {
		t.Run(strings.Join(script, ","), func(t *testing.T) {
			t.Parallel()
			s := &badServer{data: data, etag: `"v1"`, script: script}
			f, err := quick().Open(context.Background(), startBad(t, s))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
			if err != nil || !bytes.Equal(got, data) {
				t.Fatalf("read %d bytes, %v; equal: %v", len(got), err, bytes.Equal(got, data))
			}
			asked := s.asked.Load()
			if sum, err := f.PartSHA256(0); err != nil || sum != sha256.Sum256(data) {
				t.Errorf("SHA256: %x, %v", sum, err)
			}
			if n := s.asked.Load() - asked; n != 0 {
				t.Errorf("%d more requests for the digest of what was read", n)
			}
		})
	}
}

// TestNetwork_givesUp wants errors that name the object and the cause, after a
// bounded number of attempts.
func TestNetwork_givesUp(t *testing.T) {
	data := noise(1 << 16)
	many := func(s string) []string { return strings.Split(strings.Repeat(s+",", 50), ",") }
	for _, c := range []struct {
		script []string
		want   string
		asked  int64
	}{
		{many("status 500"), "given up after 4 attempts: offset 0: the server answered 500", 4},
		{many("shifted"), `given up after 4 attempts: offset 0: asked for bytes 0-65535, got Content-Range "bytes 1-65535/65536"`, 4},
		{many("status 403"), "the server answered 403", 1},
		{many("changed"), ErrChanged.Error(), 1},
		{append([]string{"drop"}, many("changed")...), ErrChanged.Error(), 2},
	} {
		s := &badServer{data: data, etag: `"v1"`, script: c.script}
		url := startBad(t, s)
		f, err := quick().Open(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), url) {
			t.Errorf("%q: %v, want an error with the URL and %q", c.script[0], err, c.want)
		}
		if !bytes.Equal(got, data[:len(got)]) {
			t.Errorf("%q: wrong bytes before the error", c.script[0])
		}
		if s.asked.Load() != c.asked {
			t.Errorf("%q: %d requests, want %d", c.script[0], s.asked.Load(), c.asked)
		}
		f.Close()
	}
}

// TestNetwork_cancel ends a wait for a server that is silent.
func TestNetwork_cancel(t *testing.T) {
	s := &badServer{data: noise(1 << 20), script: []string{"stall"}}
	ctx, cancel := context.WithCancel(context.Background())
	n := quick()
	n.Stall = time.Hour
	f, err := n.Open(ctx, startBad(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size())); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// TestNetwork_noRanges reads from a server that always sends the whole object, in
// the middle first.
func TestNetwork_noRanges(t *testing.T) {
	data := noise(1 << 20)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		w.Write(data)
	}))
	defer srv.Close()
	f, err := quick().Open(context.Background(), srv.URL+"/x")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !f.Info().Whole || f.Size() != int64(len(data)) {
		t.Errorf("info %+v", f.Info())
	}
	buf := make([]byte, 1000)
	for _, off := range []int64{700_000, 10, 1<<20 - 1000, 500} {
		if _, err := f.ReadAt(buf, off); err != nil || !bytes.Equal(buf, data[off:off+1000]) {
			t.Errorf("offset %d: %v", off, err)
		}
	}
	if sum, err := f.PartSHA256(0); err != nil || sum != sha256.Sum256(data) {
		t.Errorf("SHA256: %x, %v", sum, err)
	}
}

// TestNetwork_expect reads two parts of an object and wants little more sent.
func TestNetwork_expect(t *testing.T) {
	s := &badServer{data: noise(8 << 20), etag: `"v1"`}
	f, err := quick().Open(context.Background(), startBad(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Expect(Span{0, 1000}, Span{4 << 20, 4<<20 + 5000})
	head, part := make([]byte, 1000), make([]byte, 5000)
	if _, err := f.ReadAt(head, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadAt(part, 4<<20); err != nil {
		t.Fatal(err)
	}
	if n := s.sent.Load(); n > 7000 {
		t.Errorf("the server sent %d bytes for 6000", n)
	}
	// beyond what was expected: a little at a time
	if _, err := f.ReadAt(part[:1], 4<<20+5000); err != nil {
		t.Fatal(err)
	}
	if n := s.sent.Load(); n > firstAhead+7000 {
		t.Errorf("the server sent %d bytes", n)
	}
	if !bytes.Equal(head, s.data[:1000]) {
		t.Error("wrong bytes")
	}
}

// TestNetwork_looksAhead reads as a reader of records does, which looks where each
// large record should end and comes back: the server sends the object once.
func TestNetwork_looksAhead(t *testing.T) {
	s := &badServer{data: noise(24 << 20), etag: `"v1"`, script: []string{"", "drop", "status 503", "stall"}}
	f, err := quick().Open(context.Background(), startBad(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const record = 6 << 20
	var got []byte
	for at := int64(0); at < f.Size(); at += record {
		head, next := make([]byte, 1000), make([]byte, 100)
		if _, err := f.ReadAt(head, at); err != nil {
			t.Fatal(err)
		}
		if n, err := f.ReadAt(next, at+record); at+record < f.Size() && (err != nil || !bytes.Equal(next[:n], s.data[at+record:at+record+100])) {
			t.Fatalf("offset %d: %v", at+record, err)
		}
		rest, err := io.ReadAll(io.NewSectionReader(f, at+1000, record-1000))
		if err != nil {
			t.Fatal(err)
		}
		got = append(append(got, head...), rest...)
	}
	if !bytes.Equal(got, s.data) {
		t.Error("wrong bytes")
	}
	if sum, err := f.PartSHA256(0); err != nil || sum != sha256.Sum256(s.data) {
		t.Errorf("digest %x, %v", sum, err)
	}
	// what the server sent may be on its way still when a fault ends a body
	if n := s.sent.Load(); n > 3*int64(len(s.data))/2 {
		t.Errorf("the server sent %d bytes of %d", n, len(s.data))
	}
	// a reader that goes to stay elsewhere is not kept at little requests
	asked := s.asked.Load()
	if _, err := io.ReadAll(io.NewSectionReader(f, 3<<20, 18<<20)); err != nil {
		t.Fatal(err)
	}
	if n := s.asked.Load() - asked; n > 3 {
		t.Errorf("%d requests for one stretch", n)
	}
}

func TestNetwork_redirects(t *testing.T) {
	data := noise(1000)
	target := startBad(t, &badServer{data: data})
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/same":
			http.Redirect(w, r, target, http.StatusFound)
		case "/scheme":
			http.Redirect(w, r, secure.URL, http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	f, err := quick().Open(context.Background(), srv.URL+"/same")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size())); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	for path, want := range map[string]string{"/scheme": "from http to https", "/loop": "more than 5 in a row", "/none": "404"} {
		_, err := quick().Open(context.Background(), srv.URL+path)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
		if path == "/none" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v is not fs.ErrNotExist", path, err)
		}
	}
}

func TestCheckName(t *testing.T) {
	const secret = "hunter2"
	for name, want := range map[string]string{
		"dir/a.warc.gz":                            "",
		"https://data.example.org/a.warc.gz":       "",
		"https://data.example.org/a?part=3":        "",
		"s3://bucket/crawl/*.warc.gz":              "",
		"https://u:" + secret + "@host/a":          "user or password",
		"https://host/a?X-Amz-Signature=" + secret: "grants access",
		"s3://id:" + secret + "@bucket/a":          "do not belong",
		"s3:///a":                                  "no bucket",
		"ftp://host/a":                             "no storage",
		"https:///a":                               "no host",
	} {
		err := CheckName(name)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("CheckName(%q) = %v, want %q", name, err, want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("CheckName(%q) quotes the secret: %v", name, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	if d := retryAfter("17"); d != 17*time.Second {
		t.Errorf("17: %s", d)
	}
	if d := retryAfter(time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)); d < 50*time.Second || d > time.Minute {
		t.Errorf("a date in a minute: %s", d)
	}
	for _, s := range []string{"", "-1", "soon", "Fri, 31 Dec 1999 23:59:59 GMT"} {
		if d := retryAfter(s); d != 0 {
			t.Errorf("%q: %s", s, d)
		}
	}
}
