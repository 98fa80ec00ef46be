package pipeline

import (
	"fmt"
	"time"

	"github.com/qingliu/qingliu/internal/storage"
)

// NetworkConfig says how remote inputs are read. It never changes a byte of the
// release. Nothing is fetched unless an input names a URL or a bucket.
type NetworkConfig struct {
	Attempts int           `yaml:"attempts" range:"1..1000" unit:"attempts" doc:"tries of a request in a row without a new byte, with growing waits"`
	Stall    time.Duration `yaml:"stall" range:"1s..1h" doc:"silence of a server after which the rest is asked for again"`
	Coalesce Bytes         `yaml:"coalesce" doc:"records of an index at most this far apart are fetched together, at most 1MiB"`
	S3       S3Config      `yaml:"s3" doc:"where s3:// leads"`

	log func(string) // see Config.LogNetwork
}

// LogNetwork makes log hear of every failed attempt of a request while inputs are
// listed. Tasks have the events of the run for that.
func (c *Config) LogNetwork(log func(text string)) { c.Network.log = log }

// S3Config says how S3-compatible storage is reached. Keys never stand in a
// config: they come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from a
// file.
type S3Config struct {
	Endpoint   string `yaml:"endpoint" doc:"host:port or URL of the storage; empty is Amazon"`
	Region     string `yaml:"region" doc:"region of the bucket; empty is us-east-1"`
	PathStyle  bool   `yaml:"path_style" doc:"the bucket stands in the path of the URL, not in the host name"`
	Anonymous  bool   `yaml:"anonymous" doc:"read without keys"`
	AccessFile string `yaml:"access_file" doc:"file with keys, as ~/.aws/credentials; empty: environment, then that file"`
	Profile    string `yaml:"profile" doc:"section of the access file; empty is default"`
}

// network returns the door to remote files. log may be nil.
func (c *Config) network(log func(string)) *storage.Network {
	n := &storage.Network{
		Attempts: c.Network.Attempts, Stall: c.Network.Stall,
		S3: storage.S3{
			Endpoint: c.Network.S3.Endpoint, Region: c.Network.S3.Region, PathStyle: c.Network.S3.PathStyle,
			Anonymous: c.Network.S3.Anonymous, AccessFile: c.Network.S3.AccessFile, Profile: c.Network.S3.Profile,
		},
	}
	if log != nil {
		n.Log = func(format string, args ...any) { log(fmt.Sprintf(format, args...)) }
	}
	return n
}
