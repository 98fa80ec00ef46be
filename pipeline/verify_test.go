package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/internal/storage/s3test"
	"github.com/qingliu/qingliu/shard"
)

// verified returns what verify says of a release, with its name taken out.
func verified(t *testing.T, release string, settings ...string) (problems []string, listed bool, err error) {
	t.Helper()
	listed, err = Verify(t.Context(), release, VerifyOptions{Settings: settings, Report: func(format string, args ...any) {
		problems = append(problems, strings.ReplaceAll(fmt.Sprintf(format, args...), release+"/", ""))
	}})
	return problems, listed, err
}

// TestVerify_remote publishes a release and verifies it in its bucket and by HTTP,
// both with faults; then damages it in each way and wants what the verification of
// the same files on disk says.
func TestVerify_remote(t *testing.T) {
	root := t.TempDir()
	endpoint := s3test.StartOver(t, root, "crawl")
	faulty, through := s3test.StartFaulty(t, endpoint, 3)
	in := t.TempDir()
	inputs := writeCrawl(t, in, 0, 1)
	dir := filepath.Join(t.TempDir(), "run")
	r := runConfig(t, testYAML(inputs...)+fmt.Sprintf("network: {s3: {endpoint: %q, path_style: true}}\n", endpoint), dir, RunOptions{})
	if _, err := r.Publish(t.Context(), "s3://crawl/releases/test", nil); err != nil {
		t.Fatal(err)
	}
	const remote = "s3://crawl/releases/test"
	s3 := func(endpoint string) []string {
		return []string{"network.s3.endpoint=" + endpoint, "network.s3.path_style=true", "network.attempts=10", "network.stall=1s"}
	}
	if problems, listed, err := verified(t, remote, s3(through)...); err != nil || !listed || problems != nil {
		t.Fatalf("s3: %q, %v, %v", problems, listed, err)
	}
	for kind, n := range faulty.Struck {
		if n == 0 && kind != s3test.CutRequest {
			t.Errorf("no fault of kind %d: %v", kind, faulty.Struck)
		}
	}
	_, url := newFaultyServer(t, filepath.Join(root, "crawl", "releases"))
	for _, name := range []string{url + "/test", url + "/test/"} {
		if problems, listed, err := verified(t, name, "network.stall=1s"); err != nil || listed || problems != nil {
			t.Errorf("%s: %q, %v, %v", name, problems, listed, err)
		}
	}
	good := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(root, "crawl", "releases"))))
	defer good.Close()

	// the bucket of the server is a folder: damage in it is damage of objects
	place := filepath.Join(root, "crawl", "releases", "test")
	shardName := onlyShard(t, place)
	for _, c := range []struct {
		name   string
		damage func(path string) error
		file   string
		stray  bool
	}{
		{"shard is cut", func(p string) error { return os.Truncate(p, 1000) }, shardName, false},
		{"byte of a shard", func(p string) error { return flip(p, 500) }, shardName, false},
		{"ledger is gone", os.Remove, shard.LedgerName, false},
		{"shard is gone", os.Remove, shardName, false},
		{"card is changed", func(p string) error { return flip(p, 10) }, "README.md", false},
		{"manifest is gone", os.Remove, shard.ManifestName, false},
		{"manifest is damaged", func(p string) error { return flip(p, 0) }, shard.ManifestName, false},
		{"stray file", func(p string) error { return os.WriteFile(p, []byte("x"), 0o666) }, "stray.txt", true},
	} {
		path := filepath.Join(place, filepath.FromSlash(c.file))
		before, err := os.ReadFile(path)
		if err != nil && !c.stray {
			t.Fatal(err)
		}
		if err := c.damage(path); err != nil {
			t.Fatal(err)
		}
		want, _, werr := verified(t, place)
		if werr == nil || len(want) == 0 {
			t.Fatalf("%s: not found on disk", c.name)
		}
		got, _, err := verified(t, remote, s3(endpoint)...)
		if err == nil || err.Error() != strings.ReplaceAll(werr.Error(), place, remote) || !slices.EqualFunc(got, want, sameProblem) {
			t.Errorf("%s: in the bucket\n%s\n%v\non disk\n%s\n%v", c.name, strings.Join(got, "\n"), err, strings.Join(want, "\n"), werr)
		}
		got, _, err = verified(t, good.URL+"/test")
		if c.stray {
			if err != nil || got != nil {
				t.Errorf("%s: by HTTP %q, %v", c.name, got, err)
			}
		} else if err == nil || !slices.EqualFunc(got, want, sameProblem) {
			t.Errorf("%s: by HTTP\n%s\n%v\non disk\n%s", c.name, strings.Join(got, "\n"), err, strings.Join(want, "\n"))
		}
		if c.stray {
			err = os.Remove(path)
		} else {
			err = os.WriteFile(path, before, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if problems, _, err := verified(t, remote, s3(endpoint)...); err != nil {
		t.Errorf("mended: %q, %v", problems, err)
	}
}

// sameProblem compares a problem of a remote file with that of a local one: a file
// that is missing is worded by whoever has none.
func sameProblem(got, want string) bool {
	if strings.Contains(want, "no such file or directory") {
		head, _, _ := strings.Cut(want, ":")
		return strings.HasPrefix(got, head+":") && (strings.Contains(got, "no such object") || strings.Contains(got, "404 Not Found"))
	}
	return got == want
}

func onlyShard(t *testing.T, release string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(release, shard.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	m, err := shard.ParseManifest(data)
	if err != nil {
		t.Fatal(err)
	}
	return m.Outputs[0].Shards[0].Path
}

// flip changes a byte of a file.
func flip(path string, off int) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	data = bytes.Clone(data)
	data[off] ^= 0x55
	return os.WriteFile(path, data, 0o666)
}

// TestVerify_unreachable wants errors that say where to look.
func TestVerify_unreachable(t *testing.T) {
	endpoint := s3test.Start(t, "crawl")
	set := []string{"network.s3.endpoint=" + endpoint, "network.s3.path_style=true", "network.attempts=2"}
	for _, c := range []struct{ release, want string }{
		{"s3://crawl/none", "s3://crawl/none: no such object"},
		{"s3://none/none", "s3://none/none: no such bucket"},
		{"s3://", "no bucket"},
		{"s3://crawl/r*", "no pattern"},
		{"ftp://host/x", `no storage "ftp"`},
		{"https://u:hunter2@host.example/x", "user or password"},
	} {
		_, _, err := verified(t, c.release, set...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q", c.release, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Verify(ctx, "s3://crawl/none", VerifyOptions{Settings: set}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	var bad *ConfigError
	if _, err := Verify(t.Context(), "s3://crawl/x", VerifyOptions{Settings: []string{"network.s4=1"}}); !errors.As(err, &bad) {
		t.Errorf("a wrong setting: %v", err)
	}
}
