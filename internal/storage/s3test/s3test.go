// Package s3test starts a real S3 server for tests: versitygw over a folder, on
// loopback. Where there is no such program the test is skipped; .ci/run installs
// it, so that there it runs.
package s3test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Keys of the server, which Start also puts into the environment of the test.
const (
	accessKey = "test-key"
	secretKey = "test-secret-key"
)

// Program returns the path of versitygw: QINGLIU_VERSITYGW, or the one on PATH.
// It is "" where there is none.
func Program() string {
	if p := os.Getenv("QINGLIU_VERSITYGW"); p != "" {
		return p
	}
	p, err := exec.LookPath("versitygw")
	if err != nil {
		return ""
	}
	return p
}

// Start starts a server that ends with the test and returns its endpoint, a URL.
// buckets are made empty. The keys are in the environment.
func Start(t testing.TB, buckets ...string) string {
	t.Helper()
	return StartOver(t, t.TempDir(), buckets...)
}

// StartOver is Start over a folder: what is put into root/BUCKET is an object.
func StartOver(t testing.TB, root string, buckets ...string) string {
	t.Helper()
	program := Program()
	if program == "" {
		t.Skip("no versitygw on PATH or in QINGLIU_VERSITYGW: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
	}
	side := t.TempDir()
	for _, b := range buckets {
		if err := os.Mkdir(filepath.Join(root, b), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if s, ok := t.(*testing.T); ok {
		s.Setenv("AWS_ACCESS_KEY_ID", accessKey)
		s.Setenv("AWS_SECRET_ACCESS_KEY", secretKey)
	}
	cmd := exec.Command(program, "--port", addr, "--quiet", "posix", "--sidecar", side, root)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+accessKey, "ROOT_SECRET_KEY="+secretKey)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var d net.Dialer
	for {
		c, err := d.DialContext(ctx, "tcp", addr)
		if err == nil {
			_ = c.Close()
			return "http://" + addr
		}
		if ctx.Err() != nil {
			t.Fatalf("versitygw does not answer on %s: %v", addr, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
