package pipeline

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// TestRelease_sameBytesOfBuilds runs builds for an old and a new processor: the
// newer one has fused multiply-add, which must not reach a release.
func TestRelease_sameBytesOfBuilds(t *testing.T) {
	if !full() {
		t.Skip("builds everything twice; QINGLIU_FULL=1 runs it")
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("GOAMD64 levels need an amd64 machine")
	}
	config := filepath.Join(t.TempDir(), "c.yaml")
	yaml := testYAML(crawlDev(t, "crawl-small.warc.gz"), crawlDev(t, "crawl-medium.warc.gz"))
	if err := os.WriteFile(config, []byte(yaml), 0o666); err != nil {
		t.Fatal(err)
	}
	var want map[string]string
	for _, level := range []string{"v1", "v3"} {
		bin := filepath.Join(t.TempDir(), "qingliu-"+level)
		build := exec.Command("go", "build", "-o", bin, "../cmd/qingliu")
		build.Env = append(os.Environ(), "GOAMD64="+level)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
		if out, err := exec.Command(bin, "--version").CombinedOutput(); err != nil {
			t.Skipf("this processor does not run GOAMD64=%s: %s", level, out)
		}
		dir := filepath.Join(t.TempDir(), "run")
		if out, err := exec.Command(bin, "run", config, "--out", dir).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", level, err, out)
		}
		if got := releaseOf(t, dir); want == nil {
			want = got
		} else {
			sameRelease(t, "GOAMD64="+level, want, got)
		}
	}
}
