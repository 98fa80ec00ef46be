package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 says how S3-compatible storage is reached. Keys are never part of it: they
// come from the environment or from a file that only its owner reads.
type S3 struct {
	Endpoint  string // host[:port] or URL; "" is Amazon
	Region    string // "" is us-east-1
	PathStyle bool   // the bucket stands in the path and not in the host name
	Anonymous bool   // no keys
	// AccessFile has the keys in the format of ~/.aws/credentials. "" takes
	// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, then ~/.aws/credentials.
	AccessFile string
	Profile    string // section of the file, "" is default
}

// s3Key splits s3://bucket/key.
func s3Key(name string) (bucket, key string, err error) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(name, "s3://"), "/")
	switch {
	case strings.Contains(bucket, "@"):
		return "", "", errors.New("s3://…@…: keys do not belong into a name; they come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or an access file")
	case bucket == "":
		return "", "", fmt.Errorf("%s: no bucket; write s3://bucket/key", name)
	}
	return bucket, key, nil
}

// client returns a client. It makes one attempt at each request: how often to
// try is decided in one place, Network.pause.
func (s *S3) client() (*minio.Client, error) {
	endpoint, secure := s.Endpoint, true
	if endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
		if u.User != nil || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return nil, errors.New("s3 endpoint: write host, host:port, or http(s)://host:port")
		}
		endpoint, secure = u.Host, u.Scheme == "https"
	}
	o := &minio.Options{Secure: secure, Region: s.Region, MaxRetries: 1, BucketLookup: minio.BucketLookupAuto, Transport: http.DefaultTransport}
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if s.PathStyle {
		o.BucketLookup = minio.BucketLookupPath
	}
	switch {
	case s.Anonymous:
		o.Creds = credentials.NewStatic("", "", "", credentials.SignatureAnonymous)
	case s.AccessFile != "":
		o.Creds = credentials.NewFileAWSCredentials(s.AccessFile, s.Profile)
	default:
		o.Creds = credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{Profile: s.Profile},
		})
	}
	c, err := minio.New(endpoint, o)
	if err != nil {
		return nil, fmt.Errorf("s3 endpoint %s: %w", endpoint, err)
	}
	return c, nil
}

// s3Object is an object of a bucket.
type s3Object struct {
	name, bucket, key string
	core              minio.Core
}

func (n *Network) newS3Object(name string) (*s3Object, error) {
	bucket, key, err := s3Key(name)
	if err != nil {
		return nil, err
	}
	c, err := n.S3.client()
	if err != nil {
		return nil, err
	}
	return &s3Object{name, bucket, key, minio.Core{Client: c}}, nil
}

func (o *s3Object) stat(ctx context.Context) (Info, error) {
	st, err := o.core.StatObject(ctx, o.bucket, o.key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, s3Error(err)
	}
	return s3Info(o.bucket, st), nil
}

// s3Info takes dates by the second: a header has no parts of it, a listing may.
func s3Info(bucket string, st minio.ObjectInfo) Info {
	return Info{Name: "s3://" + bucket + "/" + st.Key, Size: st.Size, ModTime: st.LastModified.UTC().Truncate(time.Second), ETag: st.ETag}
}

func (o *s3Object) open(ctx context.Context, info Info, off, n int64) (io.ReadCloser, int64, error) {
	var opt minio.GetObjectOptions
	err := opt.SetRange(off, off+n-1)
	if info.ETag != "" { // a gateway has none for files that came there another way
		err = errors.Join(err, opt.SetMatchETag(info.ETag))
	}
	if err != nil {
		return nil, 0, permanent(err)
	}
	opt.Set("Accept-Encoding", "identity")
	body, st, header, err := o.core.GetObject(ctx, o.bucket, o.key, opt)
	if err != nil {
		return nil, 0, s3Error(err)
	}
	if st.ETag != info.ETag || info.ETag == "" && !s3Info(o.bucket, st).ModTime.Equal(info.ModTime) {
		body.Close()
		return nil, 0, permanent(ErrChanged)
	}
	from, to, size, err := contentRange(&http.Response{Header: header})
	if err == nil && size != info.Size {
		err = permanent(ErrChanged)
	}
	if err == nil && (from != off || to > info.Size) {
		err = fmt.Errorf("asked for bytes %d-%d, got Content-Range %q", off, off+n-1, header.Get("Content-Range"))
	}
	if err != nil {
		body.Close()
		return nil, 0, err
	}
	return body, min(to, off+n), nil
}

// s3Error words an answer of the server.
func s3Error(err error) error {
	if err == nil {
		return nil
	}
	r := minio.ToErrorResponse(err)
	switch {
	case r.StatusCode == 0: // no answer
		return requestError(err)
	case r.Code == "InvalidAccessKeyId":
		return permanent(fmt.Errorf("access denied (%s): the server does not know the access key; %s", r.Code, whereKeys))
	case r.Code == "SignatureDoesNotMatch":
		return permanent(fmt.Errorf("access denied (%s): the secret key is not that of the access key; %s", r.Code, whereKeys))
	case r.Code == "RequestTimeTooSkewed":
		return permanent(fmt.Errorf("access denied (%s): the clock of this machine differs from that of the server", r.Code))
	case r.StatusCode == http.StatusPreconditionFailed, r.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return permanent(ErrChanged)
	case r.Code == "NoSuchBucket":
		return permanent(notFound("no such bucket"))
	case r.Code == "NoSuchKey":
		return permanent(notFound("no such object"))
	case r.StatusCode == http.StatusNotFound:
		return permanent(notFound(cmp.Or(strings.TrimSuffix(r.Message, "."), r.Code)))
	case r.StatusCode == http.StatusForbidden, r.StatusCode == http.StatusUnauthorized:
		return permanent(fmt.Errorf("access denied (%s): the keys are wrong, lack the right to this, or there are none; %s", r.Code, whereKeys))
	case r.StatusCode >= 400 && r.StatusCode < 500 && r.StatusCode != http.StatusTooManyRequests && r.StatusCode != http.StatusRequestTimeout,
		r.StatusCode == http.StatusNotImplemented:
		return permanent(err)
	}
	return err
}

const whereKeys = "keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or from network.s3.access_file; network.s3.anonymous reads without"

// notFound is the answer of a server that has no such thing. It is fs.ErrNotExist.
type notFound string

func (e notFound) Error() string        { return string(e) }
func (e notFound) Is(target error) bool { return target == fs.ErrNotExist }

// globS3 lists the objects a pattern stands for.
func (n *Network) globS3(ctx context.Context, pattern string) ([]Info, error) {
	bucket, key, err := s3Key(pattern)
	if err != nil {
		return nil, err
	}
	key = strings.TrimSuffix(key, "/")
	if _, err := path.Match(key, ""); err != nil {
		return nil, fmt.Errorf("%s: %w", pattern, err)
	}
	c, err := n.S3.client()
	if err != nil {
		return nil, err
	}
	prefix, meta := key, false
	if i := strings.IndexAny(key, "*?["); i >= 0 {
		prefix, meta = key[:i], true
	}
	var found []Info
	err = n.retry(ctx, pattern, func(ctx context.Context) error {
		found = found[:0]
		list, cancel := context.WithCancel(ctx)
		defer cancel()
		for st := range c.ListObjects(list, bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if st.Err != nil {
				return s3Error(st.Err)
			}
			if strings.HasSuffix(st.Key, "/") || isTemp(st.Key) || !s3Match(key, st.Key, meta) {
				continue
			}
			st.ETag = strings.Trim(st.ETag, `"`)
			found = append(found, s3Info(bucket, st))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: %w", pattern, notFound("no such object"))
	}
	slices.SortFunc(found, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

// s3Match reports whether an object is what the pattern names, or lies below it.
func s3Match(pattern, key string, meta bool) bool {
	if pattern == "" {
		return true
	}
	depth := strings.Count(pattern, "/") + 1
	head := key
	for i := range len(key) {
		if key[i] == '/' {
			if depth--; depth == 0 {
				head = key[:i]
				break
			}
		}
	}
	if !meta {
		return head == pattern
	}
	ok, _ := path.Match(pattern, head)
	return ok
}
