package pipeline

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/qingliu/qingliu/internal/storage"
	"github.com/qingliu/qingliu/shard"
)

// PublishResult says what an upload did.
type PublishResult struct {
	To      string
	Files   int   // of the release
	Sent    int   // that were not there yet
	Bytes   int64 // of those
	Removed int   // objects of an earlier release that are no part of this one
}

// Publish uploads the finished release to the place that the config names by
// publish; "" as to means that. The manifest goes last, and that of another
// release goes first: whoever finds a manifest finds all of its files. Files that
// are there already, by size and SHA-256, are not sent again, so the same call
// completes an upload that was interrupted. Incomplete uploads in the folders of the
// release that nobody will complete are removed, so that no parts stay behind. Every
// file is hashed before it is sent.
func (r *RunFolder) Publish(ctx context.Context, to string, log func(string)) (*PublishResult, error) {
	if to == "" {
		to = r.Config.Publish
	}
	if err := checkPublish(to); err != nil {
		return nil, configError("publish: %v", err)
	}
	if done, err := r.Finished(); err != nil {
		return nil, err
	} else if !done {
		return nil, fmt.Errorf("%s: the release is not finished; run it first", r.Dir)
	}
	dir := filepath.Join(r.Dir, ReleaseDir)
	manifest, err := os.ReadFile(filepath.Join(dir, shard.ManifestName))
	if err != nil {
		return nil, err
	}
	sums, err := readSums(filepath.Join(dir, shard.SumsName))
	if err != nil {
		return nil, err
	}
	to = strings.TrimSuffix(to, "/")
	n := r.Config.network(log)
	res := &PublishResult{To: to, Files: len(sums) + 1}
	there, err := n.ReadAll(ctx, to+"/"+shard.ManifestName, maxManifestBytes)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err == nil && !bytes.Equal(there, manifest) {
		if err := n.Remove(ctx, to+"/"+shard.ManifestName); err != nil {
			return nil, err
		}
	}
	send := func(name, digest string) error {
		file := filepath.Join(dir, filepath.FromSlash(name))
		size, err := checkDigest(file, digest)
		if err != nil {
			return err
		}
		sent, err := n.Upload(ctx, file, to+"/"+name, digest)
		if sent && err == nil {
			res.Sent++
			res.Bytes += size
		}
		return err
	}
	keep := map[string]bool{shard.ManifestName: true}
	last := ""
	for _, s := range append(sums, shard.FileSum{Path: shard.SumsName}) {
		keep[s.Path] = true
		switch s.Path {
		case shard.ManifestName:
			last = s.SHA256
			continue
		case shard.SumsName:
			if s.SHA256, err = digestOf(filepath.Join(dir, shard.SumsName)); err != nil {
				return nil, err
			}
		}
		if err := send(s.Path, s.SHA256); err != nil {
			return nil, err
		}
	}
	if res.Removed, err = removeStale(ctx, n, to, keep); err != nil {
		return nil, err
	}
	folders := map[string]bool{}
	for name := range keep {
		folders[path.Join(strings.TrimPrefix(to, "s3://"), path.Dir(name))] = true
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		if _, err := n.EndUploads(ctx, "s3://"+folder); err != nil {
			return nil, err
		}
	}
	if last == "" {
		if last, err = digestOf(filepath.Join(dir, shard.ManifestName)); err != nil {
			return nil, err
		}
	}
	return res, send(shard.ManifestName, last)
}

// maxManifestBytes bounds the manifest that is read from the storage.
const maxManifestBytes = 1 << 30

// checkPublish returns what is wrong with a place for releases.
func checkPublish(to string) error {
	if !strings.HasPrefix(to, "s3://") {
		return fmt.Errorf("%q: write s3://bucket/prefix", to)
	}
	if err := storage.CheckName(to); err != nil {
		return err
	}
	if _, key, _ := strings.Cut(strings.TrimPrefix(to, "s3://"), "/"); strings.Trim(key, "/") == "" || strings.ContainsAny(key, "*?[") {
		return fmt.Errorf("%q: name a prefix inside the bucket, without patterns", to)
	}
	return nil
}

// removeStale removes what an earlier upload left at the place and this release
// does not have. Objects that were not uploaded by Publish stay.
func removeStale(ctx context.Context, n *storage.Network, to string, keep map[string]bool) (removed int, err error) {
	infos, err := n.Glob(ctx, to+"/")
	if err != nil {
		return 0, err
	}
	for _, info := range infos {
		if keep[strings.TrimPrefix(info.Name, to+"/")] {
			continue
		}
		ours, err := n.Uploaded(ctx, info.Name)
		if err != nil {
			return removed, err
		}
		if !ours {
			continue
		}
		if err := n.Remove(ctx, info.Name); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// readSums reads SHA256SUMS.
func readSums(path string) ([]shard.FileSum, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var sums []shard.FileSum
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		digest, name, ok := strings.Cut(sc.Text(), "  ")
		if !ok || len(digest) != 2*sha256.Size || !fs.ValidPath(name) {
			return nil, fmt.Errorf("%s: damaged line %q", path, sc.Text())
		}
		sums = append(sums, shard.FileSum{Path: name, SHA256: digest})
	}
	return sums, sc.Err()
}

func digestOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// checkDigest returns the size of a file that has the digest.
func checkDigest(path, digest string) (int64, error) {
	got, err := digestOf(path)
	if err != nil {
		return 0, err
	}
	if got != digest {
		return 0, fmt.Errorf("%s: SHA-256 is %s, the release says %s; the file is damaged, run qingliu verify", path, got, digest)
	}
	st, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}
