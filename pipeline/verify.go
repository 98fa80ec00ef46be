package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/qingliu/qingliu/internal/storage"
	"github.com/qingliu/qingliu/shard"
)

// VerifyOptions say how [Verify] reaches a release that is not on disk.
type VerifyOptions struct {
	Config   string                           // a config whose section network is used; "" is the defaults
	Settings []string                         // key=value, as of LoadConfig
	Report   func(format string, args ...any) // told of every problem of the release; may be nil
	Log      func(text string)                // told of every failed attempt of a request; may be nil
}

// Verify is [shard.Verify] for a release folder, s3://bucket/prefix or a URL below
// which the files of a release lie. A remote release is read in one pass: nothing
// is written to disk. listed is false where files without an entry in the manifest
// could not be looked for, because HTTP does not list.
func Verify(ctx context.Context, release string, o VerifyOptions) (listed bool, err error) {
	if !storage.IsRemote(release) {
		err := shard.Verify(release, o.Report)
		if inner := filepath.Join(release, ReleaseDir); err != nil && o.Report != nil && !hasManifest(release) && hasManifest(inner) {
			o.Report("%s is the folder of a run: its release is %s", release, inner)
		}
		return true, err
	}
	if err := storage.CheckName(release); err != nil {
		return false, configError("%v", err)
	}
	c, err := networkOnly(o.Config, o.Settings)
	if err != nil {
		return false, err
	}
	folder, err := c.network(o.Log).Folder(ctx, release)
	if err != nil {
		return false, err
	}
	err = shard.VerifyFS(folder, release, o.Report)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	return strings.HasPrefix(release, "s3://"), err
}

// hasManifest reports whether a folder has the manifest of a release.
func hasManifest(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, shard.ManifestName))
	return err == nil
}

// networkOnly loads a config for the sake of its section network.
func networkOnly(path string, settings []string) (*Config, error) {
	if path != "" {
		return LoadConfig(path, settings)
	}
	root, err := loadLayered("defaults", []byte("{name: defaults, outputs: [{name: defaults, schema: superset}]}"))
	if err != nil {
		return nil, err
	}
	for _, s := range settings {
		if err := applySetting(root, s); err != nil {
			return nil, err
		}
	}
	return decodeConfig(root, "defaults")
}
