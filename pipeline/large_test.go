package pipeline

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qingliu/qingliu/internal/storage"
	"github.com/qingliu/qingliu/shard"
)

// repeated is a file of unit again and again.
type repeated struct {
	unit []byte
	n    int64
}

func (r repeated) size() int64 { return r.n * int64(len(r.unit)) }

// ReadAt implements io.ReaderAt.
func (r repeated) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n)
		if at >= r.size() {
			return n, io.EOF
		}
		n += copy(p[n:], r.unit[at%int64(len(r.unit)):])
	}
	return n, nil
}

// TestRemote_sentOnce runs over objects of several ranges, in which records reach
// over the cut: the server sends them once, and the manifest has the digest of their
// parts.
func TestRemote_sentOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 1.3 GiB")
	}
	noise := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{1}).Read(noise)
	plain := fmt.Appendf(nil, "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://img.example.cn/a.png\r\n"+
		"WARC-Date: 2026-01-02T03:04:05Z\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", len(noise), noise)
	for name, unit := range map[string][]byte{"big.warc": plain, "big.warc.gz": packRecords(t, [][]byte{plain})} {
		t.Run(name, func(t *testing.T) { sentOnce(t, name, repeated{unit, 640<<20/int64(len(unit)) + 1}) })
	}
}

func sentOnce(t *testing.T, name string, object repeated) {
	var sent atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(countingWriter{w, &sent}, r, "", time.Unix(1e9, 0), io.NewSectionReader(object, 0, object.size()))
	}))
	defer srv.Close()
	dir := filepath.Join(t.TempDir(), "run")
	r := runConfig(t, testYAML(srv.URL+"/"+name), dir, RunOptions{Workers: 2})
	if n := len(r.Plan.Groups); n != 3 {
		t.Errorf("%d tasks, want 3", n)
	}
	ratio := float64(sent.Load()) / float64(object.size())
	t.Logf("an object of %d MiB, sent %.4f times", object.size()>>20, ratio)
	if ratio > 1.05 {
		t.Errorf("the object was sent %.2f times", ratio)
	}
	var parts [][sha256.Size]byte
	for at := int64(0); at < object.size(); at += storage.SumBytes {
		h := sha256.New()
		if _, err := io.Copy(h, io.NewSectionReader(object, at, min(storage.SumBytes, object.size()-at))); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, [sha256.Size]byte(h.Sum(nil)))
	}
	data, err := os.ReadFile(filepath.Join(dir, ReleaseDir, shard.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	m, err := shard.ParseManifest(data)
	if err != nil {
		t.Fatal(err)
	}
	if in := m.Inputs[0]; in.SHA256 != storage.JoinSums(parts) || in.Bytes != object.size() || len(parts) != 3 {
		t.Errorf("input %+v, want the digest %s", in, storage.JoinSums(parts))
	}
	verifyRelease(t, dir)
}

type countingWriter struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (w countingWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.n.Add(int64(n))
	return n, err
}
