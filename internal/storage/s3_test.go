package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/qingliu/qingliu/internal/storage/s3test"
)

// startS3 starts a server with one bucket, or skips the test.
func startS3(t *testing.T) (*Network, *minio.Client) {
	t.Helper()
	endpoint := s3test.Start(t, "crawl")
	n := quick()
	n.Stall = 10 * time.Second
	n.S3 = S3{Endpoint: endpoint, PathStyle: true}
	c, err := n.S3.client()
	if err != nil {
		t.Fatal(err)
	}
	return n, c
}

func putS3(t *testing.T, c *minio.Client, key string, data []byte) {
	t.Helper()
	if _, err := c.PutObject(context.Background(), "crawl", key, bytes.NewReader(data), int64(len(data)), minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
}

func TestS3(t *testing.T) {
	n, c := startS3(t)
	ctx := context.Background()
	data := noise(3 << 20)
	for _, key := range []string{"dump/a.warc.gz", "dump/b.warc", "dump/deep/c.warc.gz", "other/d.warc.gz"} {
		putS3(t, c, key, data)
	}
	for pattern, want := range map[string]string{
		"s3://crawl/dump/a.warc.gz":   "dump/a.warc.gz",
		"s3://crawl/dump":             "dump/a.warc.gz dump/b.warc dump/deep/c.warc.gz",
		"s3://crawl/dump/":            "dump/a.warc.gz dump/b.warc dump/deep/c.warc.gz",
		"s3://crawl/dump/*.warc.gz":   "dump/a.warc.gz",
		"s3://crawl/*/*.warc.gz":      "dump/a.warc.gz other/d.warc.gz",
		"s3://crawl/dump/d*":          "dump/deep/c.warc.gz",
		"s3://crawl/du":               "",
		"s3://crawl/none*":            "",
		"s3://crawl":                  "dump/a.warc.gz dump/b.warc dump/deep/c.warc.gz other/d.warc.gz",
		"s3://no-such-bucket/dump/x*": "",
	} {
		infos, err := n.Glob(ctx, pattern)
		var got []string
		for _, i := range infos {
			got = append(got, strings.TrimPrefix(i.Name, "s3://crawl/"))
		}
		if strings.Join(got, " ") != want || (want == "") != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %q, %v; want %q", pattern, got, err, want)
		}
	}
	f, err := n.Open(ctx, "s3://crawl/dump/a.warc.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	part := make([]byte, 1000)
	if _, err := f.ReadAt(part, 2<<20); err != nil || !bytes.Equal(part, data[2<<20:2<<20+1000]) {
		t.Errorf("range: %v", err)
	}
	got, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if sum, err := f.PartSHA256(0); err != nil || sum != sha256.Sum256(data) {
		t.Errorf("%x, %v", sum, err)
	}
	infos, err := n.Glob(ctx, "s3://crawl/dump/a.warc.gz")
	if err != nil || infos[0].Identity() != f.Info().Identity() {
		t.Errorf("identity in the list %v, of the file %s, %v", infos, f.Info().Identity(), err)
	}
	putS3(t, c, "dump/a.warc.gz", noise(3<<20 - 1)[1:])
	g, err := n.Open(ctx, "s3://crawl/dump/b.warc")
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	putS3(t, c, "dump/b.warc", append(bytes.Clone(data[:len(data)-1]), data[len(data)-1]+1))
	if _, err := g.ReadAt(part, 0); !errors.Is(err, ErrChanged) {
		t.Errorf("an object that was replaced: %v", err)
	}
}

// TestS3_noETag reads an object that came into the folder of the server from outside:
// it has no ETag, and its date tells that it changed.
func TestS3_noETag(t *testing.T) {
	root := t.TempDir()
	n := quick()
	n.S3 = S3{Endpoint: s3test.StartOver(t, root, "crawl"), PathStyle: true}
	name, file := "s3://crawl/outside.warc", filepath.Join(root, "crawl", "outside.warc")
	data := noise(100 << 10)
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	infos, err := n.Glob(ctx, "s3://crawl/*.warc")
	if err != nil || len(infos) != 1 {
		t.Fatalf("%v, %v", infos, err)
	}
	if infos[0].ETag != "" {
		t.Skipf("this server gives it the ETag %q", infos[0].ETag)
	}
	got, err := n.ReadAll(ctx, name, 1<<20)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("%d bytes of %d, %v", len(got), len(data), err)
	}
	f, err := n.Open(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if a, b := infos[0].Identity(), f.Info().Identity(); a != b {
		t.Errorf("listed as %s, opened as %s", a, b)
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadAt(make([]byte, 10), 50<<10); !errors.Is(err, ErrChanged) {
		t.Errorf("a changed object: %v, want ErrChanged", err)
	}
}

func TestS3_access(t *testing.T) {
	n, c := startS3(t)
	putS3(t, c, "a", []byte("a"))
	const secret = "not-the-secret"
	file := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(file, []byte("[default]\naws_access_key_id = "+os.Getenv("AWS_ACCESS_KEY_ID")+"\naws_secret_access_key = "+secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong, anonymous := *n, *n
	wrong.S3.AccessFile, anonymous.S3.Anonymous = file, true
	for _, n := range []*Network{&wrong, &anonymous} {
		_, err := n.Open(context.Background(), "s3://crawl/a")
		if err == nil || !strings.Contains(err.Error(), "access denied") || strings.Contains(err.Error(), secret) {
			t.Errorf("Open: %v", err)
		}
	}
}

func TestS3_upload(t *testing.T) {
	n, _ := startS3(t)
	ctx := context.Background()
	for _, size := range []int{0, 1000, 40 << 20} { // the last in three parts
		data := noise(size)
		file := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		digest := hex.EncodeToString(sum[:])
		name := fmt.Sprintf("s3://crawl/release/%d", size)
		for i, want := range []bool{true, false} {
			if sent, err := n.Upload(ctx, file, name, digest); sent != want || err != nil {
				t.Errorf("%d bytes, upload %d: %v, %v", size, i, sent, err)
			}
		}
		if got, err := n.ReadAll(ctx, name, 1<<30); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes: %d came back, %v", size, len(got), err)
		}
		if ours, err := n.Uploaded(ctx, name); !ours || err != nil {
			t.Errorf("%d bytes: ours %v, %v", size, ours, err)
		}
		if sent, err := n.Upload(ctx, file, name, strings.Repeat("0", 64)); !sent || err != nil {
			t.Errorf("%d bytes, another digest: %v, %v", size, sent, err)
		}
		if err := n.Remove(ctx, name); err != nil {
			t.Error(err)
		}
		if _, err := n.Open(ctx, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after Remove: %v", err)
		}
	}
	if err := n.Remove(ctx, "s3://crawl/none"); err != nil {
		t.Errorf("Remove of nothing: %v", err)
	}
}

// TestUpload_parts interrupts the upload of a large file in the middle of a part and
// goes on with it; then through faults, and over what another file's upload left.
func TestUpload_parts(t *testing.T) {
	const part = 5 << 20 // the smallest that S3 takes
	endpoint := s3test.Start(t, "crawl")
	plain, direct := s3test.StartFaulty(t, endpoint, 0)
	n := quick()
	n.Stall, n.partBytes = time.Minute, part
	n.S3 = S3{Endpoint: direct, PathStyle: true}
	data := noise(2*part + part/2)
	file := filepath.Join(t.TempDir(), "shard")
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	digest := func(b []byte) string { sum := sha256.Sum256(b); return hex.EncodeToString(sum[:]) }
	const name = "s3://crawl/release/shard"
	o, err := n.newS3Object(name)
	if err != nil {
		t.Fatal(err)
	}
	left := func() int {
		t.Helper()
		u, err := n.incomplete(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		return len(u)
	}
	check := func(what string, want []byte) {
		t.Helper()
		got, err := n.ReadAll(context.Background(), name, 1<<30)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", what, len(got), err)
		}
		if k := left(); k > 0 {
			t.Errorf("%s: %d incomplete uploads are left", what, k)
		}
	}

	// The process ends while the second part is on its way.
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for plain.Received.Load() < part+part/2 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, err := n.Upload(ctx, file, name, digest(data)); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted upload: %v", err)
	}
	if _, err := n.Open(context.Background(), name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half an object is there: %v", err)
	}
	if left() != 1 {
		t.Errorf("%d incomplete uploads", left())
	}
	before := plain.Received.Load()
	for { // what was on its way when the process ended
		time.Sleep(200 * time.Millisecond)
		now := plain.Received.Load()
		if now == before {
			break
		}
		before = now
	}
	if sent, err := n.Upload(context.Background(), file, name, digest(data)); err != nil || !sent {
		t.Fatalf("second upload: %v, %v", sent, err)
	}
	if again := plain.Received.Load() - before; again > part+part/2+64<<10 {
		t.Errorf("%d bytes were sent again, the first part is %d", again, part)
	}
	check("resumed", data)
	if sent, err := n.Upload(context.Background(), file, name, digest(data)); err != nil || sent {
		t.Errorf("third upload: %v, %v", sent, err)
	}

	// Another file of the name was interrupted: its parts and its digest are not taken.
	stale := noise(part + 1)
	stale[0]++
	if _, err := o.core.NewMultipartUpload(context.Background(), "crawl", "release/shard", putOptions(digest(stale))); err != nil {
		t.Fatal(err)
	}
	data[7]++
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Upload(context.Background(), file, name, digest(data)); err != nil {
		t.Fatal(err)
	}
	check("over another upload", data)

	// Through faults.
	faulty, through := s3test.StartFaulty(t, endpoint, 2)
	n.S3.Endpoint, n.Attempts, n.Stall = through, 12, 2*time.Second
	for i := range 4 {
		data[i]++
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := n.Upload(context.Background(), file, name, digest(data)); err != nil {
			t.Fatal(err)
		}
	}
	n.S3.Endpoint = direct
	check("through faults", data)
	for kind, k := range faulty.Struck {
		if k == 0 {
			t.Errorf("no fault of kind %d: %v", kind, faulty.Struck)
		}
	}
}

// TestUpload_noRightToList uploads with keys that may not list incomplete uploads.
func TestUpload_noRightToList(t *testing.T) {
	endpoint := s3test.Start(t, "crawl")
	to, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
	}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Query().Has("uploads") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	defer srv.Close()
	n := quick()
	n.Stall, n.partBytes = 10*time.Second, 5<<20
	n.S3 = S3{Endpoint: srv.URL, PathStyle: true}
	var log []string
	n.Log = func(format string, args ...any) { log = append(log, fmt.Sprintf(format, args...)) }
	data := noise(6 << 20)
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	if sent, err := n.Upload(context.Background(), file, "s3://crawl/r/f", hex.EncodeToString(sum[:])); !sent || err != nil {
		t.Fatalf("%v, %v", sent, err)
	}
	if got, err := n.ReadAll(context.Background(), "s3://crawl/r/f", 1<<30); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if len(log) == 0 || !strings.Contains(log[0], "incomplete uploads cannot be listed") {
		t.Errorf("log %q", log)
	}
}

// TestEndUploads removes incomplete uploads in a folder and none elsewhere.
func TestEndUploads(t *testing.T) {
	n, _ := startS3(t)
	ctx := context.Background()
	for _, name := range []string{"release/a", "release/deep/b", "releases/c"} {
		o, err := n.newS3Object("s3://crawl/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.core.NewMultipartUpload(ctx, o.bucket, o.key, putOptions("")); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []int{1, 0} {
		if ended, err := n.EndUploads(ctx, "s3://crawl/release", "s3://crawl/none"); ended != want || err != nil {
			t.Errorf("call %d: %d ended, %v; want %d", i, ended, err, want)
		}
	}
	o, err := n.newS3Object("s3://crawl/x")
	if err != nil {
		t.Fatal(err)
	}
	if left, err := n.incompleteBelow(ctx, o, ""); len(left) != 2 || err != nil {
		t.Errorf("left: %v, %v; want 2", left, err)
	}
}
