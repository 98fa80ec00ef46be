package s3test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Kinds of faults, in the order in which they take turns.
const (
	SlowDown   = iota // 503 SlowDown, the request is not passed on
	DropBody          // the answer ends early: the connection is closed after a few bytes
	CutRequest        // the connection is closed after a few bytes of the request's body
	LostAnswer        // the request is carried out and the connection closed without an answer
	Stall             // the answer stands still after a few bytes until the client goes
	kinds
)

// Faulty stands between client and server and spoils every few requests. What it
// does depends on the order of the requests alone.
type Faulty struct {
	proxy *httputil.ReverseProxy
	every int64
	n     atomic.Int64

	mu  sync.Mutex
	cut bool // CutRequest had its turn and no body to cut
	// Struck counts the faults by kind.
	Struck [kinds]int
	// Received and Sent count the bytes of bodies from and to the client.
	Received, Sent atomic.Int64
}

// StartFaulty starts a proxy on loopback that ends with the test, and returns it with
// its endpoint. Every every-th request is spoilt; 0 spoils none.
func StartFaulty(t testing.TB, endpoint string, every int) (*Faulty, string) {
	t.Helper()
	to, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	f := &Faulty{every: int64(every)}
	f.proxy = &httputil.ReverseProxy{
		// The host stays as the client signed it.
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
		},
		FlushInterval: -1,
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	srv := httptest.NewServer(f)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return f, srv.URL
}

// spoiltBytes is how far a spoilt body comes.
const spoiltBytes = 700

// fault returns the kind of fault of a request, -1 for none. The turn of CutRequest
// waits for a request with a body.
func (f *Faulty) fault(r *http.Request) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.n.Add(1)
	if f.every == 0 {
		return -1
	}
	kind := -1
	if n%f.every == 0 {
		kind = int(n/f.every-1) % kinds
	}
	body := r.ContentLength > spoiltBytes
	switch {
	case kind == CutRequest && !body:
		f.cut, kind = true, DropBody
	case f.cut && body:
		f.cut, kind = false, CutRequest
	}
	if kind >= 0 {
		f.Struck[kind]++
	}
	return kind
}

// ServeHTTP implements http.Handler.
func (f *Faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind := f.fault(r)
	r.Body = &countedBody{ReadCloser: r.Body, n: &f.Received, left: -1}
	switch kind {
	case SlowDown:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.Copy(w, strings.NewReader(`<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`))
		return
	case CutRequest:
		r.Body = &countedBody{ReadCloser: r.Body, n: new(atomic.Int64), left: spoiltBytes}
	case LostAnswer:
		w = &answer{ResponseWriter: w, f: f, r: r, left: 0, kind: kind, header: http.Header{}}
	default:
		w = &answer{ResponseWriter: w, f: f, r: r, left: spoiltBytes, kind: kind}
	}
	f.proxy.ServeHTTP(w, r)
	if kind == LostAnswer || kind == DropBody || kind == CutRequest {
		panic(http.ErrAbortHandler) // a short answer came through whole
	}
}

// countedBody counts what is read and fails after left bytes, unless that is -1.
type countedBody struct {
	io.ReadCloser
	n    *atomic.Int64
	left int
}

func (b *countedBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	if b.left > 0 {
		p = p[:min(len(p), b.left)]
	}
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	if b.left > 0 {
		b.left -= n
	}
	return n, err
}

// answer passes on an answer until its fault strikes.
type answer struct {
	http.ResponseWriter
	f      *Faulty
	r      *http.Request
	left   int
	kind   int
	header http.Header // of an answer that nobody gets
}

func (a *answer) Header() http.Header {
	if a.header != nil {
		return a.header
	}
	return a.ResponseWriter.Header()
}

func (a *answer) WriteHeader(status int) {
	if a.kind != LostAnswer {
		a.ResponseWriter.WriteHeader(status)
	}
}

func (a *answer) Flush() {
	if a.kind != LostAnswer {
		a.ResponseWriter.(http.Flusher).Flush()
	}
}

func (a *answer) Write(p []byte) (int, error) {
	if a.kind == LostAnswer {
		return len(p), nil
	}
	if a.kind < 0 || len(p) < a.left {
		a.left -= len(p)
		n, err := a.ResponseWriter.Write(p)
		a.f.Sent.Add(int64(n))
		return n, err
	}
	n, _ := a.ResponseWriter.Write(p[:a.left])
	a.f.Sent.Add(int64(n))
	a.Flush()
	if a.kind == Stall {
		<-a.r.Context().Done()
	}
	panic(http.ErrAbortHandler)
}
