package pipeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qingliu/qingliu/internal/storage"
	"github.com/qingliu/qingliu/internal/storage/s3test"
	"github.com/qingliu/qingliu/shard"
)

// upload copies the files of a folder into the bucket crawl.
func upload(t *testing.T, n *storage.Network, dir, prefix string, names ...string) {
	t.Helper()
	for _, name := range names {
		file := filepath.Join(dir, name)
		digest, err := digestOf(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Upload(context.Background(), file, "s3://crawl/"+prefix+name, digest); err != nil {
			t.Fatal(err)
		}
	}
}

// TestS3_sameRelease reads the same files from disk and from a bucket, by folder,
// by pattern, by list, in small ranges; the releases are the same.
func TestS3_sameRelease(t *testing.T) {
	endpoint := s3test.Start(t, "crawl")
	in := t.TempDir()
	writeCrawl(t, in, 0, 1, 2)
	names := []string{"part-0.warc.gz", "part-1.warc", "part-2.warc.gz"}
	base := t.TempDir()
	with := func(input string) string {
		return strings.Replace(testYAML("X"), `{path: "X"}`, input, 1) + fmt.Sprintf("network: {s3: {endpoint: %q, path_style: true}}\n", endpoint)
	}
	runConfig(t, with(fmt.Sprintf("{path: %q}", in)), filepath.Join(base, "disk"), RunOptions{})
	want := releaseOf(t, filepath.Join(base, "disk"))
	c := parseConfig(t, with("{path: x}"))
	upload(t, c.network(nil), in, "dump/", names...)
	list := writeInput(t, filepath.Join(t.TempDir(), "warc.paths"), []byte(strings.Join(names, "\n")))
	for name, input := range map[string]string{
		"folder":  `{path: "s3://crawl/dump/"}`,
		"pattern": `{path: "s3://crawl/dump/part-*"}`,
		"list":    fmt.Sprintf(`{path: %q, list: true, prefix: "s3://crawl/dump"}`, list),
		"ranges":  "{path: \"s3://crawl/dump\"}\ntasks: {split_bytes: 8KiB, group_bytes: 8KiB}",
	} {
		dir := filepath.Join(base, name)
		runConfig(t, with(input), dir, RunOptions{})
		sameRelease(t, name, want, releaseOf(t, dir))
		for _, file := range []string{"config.yaml", "plan.json", "tasks.log"} {
			data, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil || strings.Contains(string(data), os.Getenv("AWS_SECRET_ACCESS_KEY")) || strings.Contains(string(data), os.Getenv("AWS_ACCESS_KEY_ID")) {
				t.Errorf("%s has a key, or %v", file, err)
			}
		}
	}
}

// TestS3_faults reads from and publishes to a bucket behind a proxy that refuses, drops,
// cuts, stalls and loses answers: the releases are the same, and so is what arrives.
func TestS3_faults(t *testing.T) {
	endpoint := s3test.Start(t, "crawl")
	faulty, through := s3test.StartFaulty(t, endpoint, 3)
	in := t.TempDir()
	writeCrawl(t, in, 0, 1, 2)
	names := []string{"part-0.warc.gz", "part-1.warc", "part-2.warc.gz"}
	base := t.TempDir()
	with := func(input, endpoint string) string {
		return strings.Replace(testYAML("X"), `{path: "X"}`, input, 1) + fmt.Sprintf("publish: s3://crawl/releases/test\nnetwork: {stall: 3s, attempts: 12, s3: {endpoint: %q, path_style: true}}\n", endpoint)
	}
	runConfig(t, with(fmt.Sprintf("{path: %q}", in), endpoint), filepath.Join(base, "disk"), RunOptions{})
	want := releaseOf(t, filepath.Join(base, "disk"))
	direct := parseConfig(t, with("{path: x}", endpoint)).network(nil)
	upload(t, direct, in, "dump/", names...)
	var r *RunFolder
	for name, input := range map[string]string{
		"folder": `{path: "s3://crawl/dump/"}`,
		"ranges": "{path: \"s3://crawl/dump\"}\ntasks: {split_bytes: 8KiB, group_bytes: 8KiB}",
	} {
		dir := filepath.Join(base, name)
		r = runConfig(t, with(input, through), dir, RunOptions{})
		sameRelease(t, name, want, releaseOf(t, dir))
	}
	ctx := context.Background()
	if _, err := r.Publish(ctx, "", nil); err != nil {
		t.Fatal(err)
	}
	infos, err := direct.Glob(ctx, "s3://crawl/releases/test/")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	for _, i := range infos {
		data, err := direct.ReadAll(ctx, i.Name, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		writeInput(t, filepath.Join(out, strings.TrimPrefix(i.Name, "s3://crawl/releases/test/")), data)
	}
	sameRelease(t, "published", want, digests(t, out))
	for kind, n := range faulty.Struck {
		if n == 0 {
			t.Errorf("no fault of kind %d: %v", kind, faulty.Struck)
		}
	}
}

// TestPublish uploads a release, again, after a crash, and another one over it.
func TestPublish(t *testing.T) {
	endpoint := s3test.Start(t, "crawl")
	in := t.TempDir()
	inputs := writeCrawl(t, in, 0, 1)
	dir := filepath.Join(t.TempDir(), "run")
	yaml := testYAML(inputs...) + fmt.Sprintf("publish: s3://crawl/releases/test\nnetwork: {s3: {endpoint: %q, path_style: true}}\n", endpoint)
	r := runConfig(t, yaml, dir, RunOptions{})
	ctx := context.Background()
	n := r.Config.network(nil)
	same := func(what string) {
		t.Helper()
		infos, err := n.Glob(ctx, "s3://crawl/releases/test/")
		if err != nil {
			t.Fatal(err)
		}
		out := t.TempDir()
		for _, i := range infos {
			data, err := n.ReadAll(ctx, i.Name, 1<<30)
			if err != nil {
				t.Fatal(err)
			}
			writeInput(t, filepath.Join(out, strings.TrimPrefix(i.Name, "s3://crawl/releases/test/")), data)
		}
		sameRelease(t, what, releaseOf(t, dir), digests(t, out))
	}
	first, err := r.Publish(ctx, "", nil)
	if err != nil || first.Sent != first.Files || first.Files != len(releaseOf(t, dir)) || first.Removed != 0 {
		t.Fatalf("first upload: %+v, %v", first, err)
	}
	same("first upload")
	if again, err := r.Publish(ctx, "", nil); err != nil || again.Sent != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	// a crash: some files and the manifest are not there
	for _, name := range []string{shard.ManifestName, shard.LedgerName} {
		if err := n.Remove(ctx, "s3://crawl/releases/test/"+name); err != nil {
			t.Fatal(err)
		}
	}
	if after, err := r.Publish(ctx, "", nil); err != nil || after.Sent != 2 {
		t.Errorf("after a crash: %+v, %v", after, err)
	}
	same("after a crash")
	// another release: fewer shards, changed files; a stranger's object stays
	if _, err := n.Glob(ctx, "s3://crawl/releases/test/"); err != nil {
		t.Fatal(err)
	}
	r = runConfig(t, strings.Replace(yaml, "shard_bytes: 24KiB", "shard_bytes: 1MiB", 1), dir, RunOptions{})
	if other, err := r.Publish(ctx, "", nil); err != nil || other.Removed == 0 || other.Sent == 0 {
		t.Errorf("another release: %+v, %v", other, err)
	}
	same("another release")
	// a file that is damaged on disk is not sent
	card := filepath.Join(dir, ReleaseDir, "README.md")
	if err := os.WriteFile(card, []byte("damaged"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Publish(ctx, "s3://crawl/releases/copy", nil); err == nil || !strings.Contains(err.Error(), "README.md: SHA-256 is") {
		t.Errorf("a damaged file: %v", err)
	}
	if _, err := n.Open(ctx, "s3://crawl/releases/copy/"+shard.ManifestName); err == nil {
		t.Error("a manifest was published over missing files")
	}
}
